"""A plan from its file: every name looked up in both versions, every value typed, all problems with their place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from inprocap_flow.calendar.bad_values import BadValue
from inprocap_flow.errors import Place, Problem
from inprocap_flow.language.files import Library
from inprocap_flow.language.marks import MapNode, NodePath
from inprocap_flow.language.migrations import RENAMED, ROLES, TRACKS, WATCHES, Answers, LineChange, Migration
from inprocap_flow.language.model import CASE, Definition, Field, Line
from inprocap_flow.language.schema.messages import did_you_mean
from inprocap_flow.language.schema.migration import DECIDE, LineAnswersDoc, LineChangeDoc, MigrationDoc
from inprocap_flow.language.schema.report import locate, validate
from inprocap_flow.language.values import encode
from inprocap_flow.language.versions.compare import Between
from inprocap_flow.language.written import parse_written

Versions = Callable[[str, str], Definition | None]  # a procedure by name and version; None: not at hand

_PARTS: Mapping[str, str] = {
    "fields": "field",
    "documents": "document",
    "approvals": "approval",
    "deadlines": "deadline",
}


class Reader:
    """A plan being read. Alive within one call of `read_plan`."""

    def __init__(self, doc: MigrationDoc, root: MapNode, old: Definition, new: Definition) -> None:
        self.doc, self.root, self.old, self.new = doc, root, old, new
        self.problems: list[Problem] = []

    def say(self, path: NodePath, code: str, fact: str, mend: str, *, on_key: bool = False) -> None:
        place, width = locate(self.root, path, on_key=on_key)
        self.problems.append(Problem(place, code, fact, mend, width=width))

    def plan(self) -> Migration:
        """Return what the file says, as far as it can be read."""
        lines = {CASE: self._line(self.doc, CASE, ())}
        for kind, told in self.doc.tracks.items():
            if kind not in self.old.tracks or self._kind(kind) not in self.new.tracks:
                mend = did_you_mean(kind, [*self.old.tracks])
                self.say(
                    ("tracks", kind), "unknown-track", f"Not both versions have tracks `{kind}`.", mend, on_key=True
                )
                continue
            lines[kind] = self._line(told, kind, ("tracks", kind))
        return Migration(
            self.doc.procedure,
            self.doc.from_version,
            self.doc.to_version,
            lines={kind: change for kind, change in lines.items() if change != LineChange()},
            answers={case: self._case(case) for case in self.doc.cases},
        )

    # ---------------------------------------------------------------------------------------------- one kind of line

    def _line(self, told: LineChangeDoc, kind: str, at: NodePath) -> LineChange:
        was, now = self.old.line(kind), self.new.line(self._kind(kind))
        self._stages(told, was, now, at)
        known = (*RENAMED, WATCHES, TRACKS, ROLES)
        renamed = {what: dict(getattr(told.renamed, what)) for what in known if getattr(told.renamed, what)}
        for what, pairs in renamed.items():
            self._renamed(what, pairs, was, now, at)
        self._choices("deadlines", told.deadlines, (was.deadlines, now.deadlines), at)
        self._choices("fields", told.fields, (was.fields, now.fields), at)
        self._choices("documents", told.documents, (was.documents, now.documents), at)
        return LineChange(
            {leaf: end for start, end in told.stages.items() for leaf in was.leaves_under(start)},
            renamed,
            dict(told.deadlines),
            dict(told.fields),
            dict(told.documents),
            self._typed(told.values, now, (*at, "values")),
        )

    def _kind(self, kind: str) -> str:
        """Return the kind of line in the new version; a track of a renamed kind keeps the id that it has."""
        return self.doc.renamed.tracks.get(kind, kind)

    def _stages(self, told: LineChangeDoc, was: Line, now: Line, at: NodePath) -> None:
        for start, end in told.stages.items():
            self._known(start, was.stages, (*at, "stages", start), "stage", "old", on_key=True)
            if end == DECIDE:
                # A plan names no end: only a step ends a case.
                going_on = sorted(leaf for leaf in now.leaves if now.stages[leaf].final is None)
                self._undecided((*at, "stages", start), f"The stage {start}", going_on)
            else:
                self._known(end, now.stages, (*at, "stages", start), "stage", "new")

    def _renamed(self, what: str, pairs: Mapping[str, str], was: Line, now: Line, at: NodePath) -> None:
        path = (*at, "renamed", what)
        if what == "milestones":
            known = {step.milestone for line in self.old.lines for step in (line.begins, *line.steps.values())}
            names = {name for name in known if name}, set(self.new.milestones)
        elif what in (WATCHES, TRACKS, ROLES):
            # A watch looks at the case as a whole; a kind of track and a role belong to it.
            both = set(getattr(self.old, what)), set(getattr(self.new, what))
            names = both if was.kind == CASE else (set(), set())
        else:
            names = set(getattr(was, what)), set(getattr(now, what))
        for start, end in pairs.items():
            self._known(start, names[0], (*path, start), what.removesuffix("s"), "old", on_key=True)
            self._known(end, names[1], (*path, start), what.removesuffix("s"), "new")
            if end in names[0] and end not in pairs and what != "milestones":
                fact = f"`{end}` is a name of the old version too, and goes over under it."
                self.say((*path, start), "name-taken", fact, "Rename that one as well, or choose another.")

    def _choices(
        self, what: str, told: Mapping[str, str], known: tuple[Mapping[str, Any], Mapping[str, Any]], at: NodePath
    ) -> None:
        for name, choice in told.items():
            path = (*at, what, name)
            self._known(name, {**known[0], **known[1]}, path, what.removesuffix("s"), "old or new", on_key=True)
            if choice == DECIDE:
                options = {"deadlines": "keep, recompute, ask; if it is gone stop; if new start, ask, later"}.get(
                    what, "drop, ask"
                )
                self._undecided(path, f"The {what.removesuffix('s')} {name}", [options])

    def _known(
        self, name: str, known: Iterable[str], path: NodePath, what: str, where: str, *, on_key: bool = False
    ) -> None:
        names = list(known)
        if name not in names:
            mend = did_you_mean(name, names) or f"There is: {', '.join(sorted(names)) or 'none'}."
            self.say(path, f"unknown-{what}", f"The {where} version has no {what} `{name}`.", mend, on_key=on_key)

    def _undecided(self, path: NodePath, what: str, options: Iterable[str]) -> None:
        fact = f"{what} is still to be decided."
        self.say(path, "migration-undecided", fact, f"Write one of: {', '.join(options)}.")

    # ---------------------------------------------------------------------------------------------- what was asked

    def _case(self, case: str) -> Answers:
        told = self.doc.cases[case]
        ends, values = self._answers(told, "case", CASE, ("cases", case))
        for line_id, own in told.tracks.items():
            kind, at = self._kind(line_id.partition("/")[0]), ("cases", case, "tracks", line_id)
            if kind not in self.new.tracks:
                fact = f"`{line_id}` is no track of the new version."
                self.say(at, "unknown-track", fact, "Write kind/name, such as supplier/alpha.", on_key=True)
                continue
            more = self._answers(own, line_id, kind, at)
            ends, values = {**ends, **more[0]}, {**values, **more[1]}
        return Answers(ends, values)

    def _answers(
        self, told: LineAnswersDoc, line_id: str, kind: str, at: NodePath
    ) -> tuple[dict[str, str], dict[str, Any]]:
        now = self.new.line(kind)
        for name, text in told.deadlines.items():
            self._known(name, now.deadlines, (*at, "deadlines", name), "deadline", "new", on_key=True)
            if not _is_end(text):
                fact = f"`{text}` is neither a day nor a moment with its offset."
                self.say((*at, "deadlines", name), "bad-value", fact, "Write 2026-03-20 or 2026-03-20T16:00+01:00.")
        values = self._typed(told.fields, now, (*at, "fields"))
        ends = {f"{line_id} {name}": text for name, text in told.deadlines.items()}
        return ends, {f"{line_id} {name}": value for name, value in values.items()}

    def _typed(self, told: Mapping[str, str], now: Line, at: NodePath) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for name, text in told.items():
            self._known(name, now.fields, (*at, name), "field", "new", on_key=True)
            declared = now.fields.get(name)
            if declared is None:
                continue
            if declared.sealed_until:
                fact = f"`{name}` is sealed, and a plan can be read by everybody."
                self.say((*at, name), "migration-sealed", fact, "Let the value come with a step.", on_key=True)
                continue
            try:
                values[name] = _value(declared, text)
            except BadValue as wrong:
                self.say((*at, name), "bad-value", wrong.fact, wrong.mend)
        return values


def _value(declared: Field, text: str) -> Any:
    return encode(parse_written(declared.type, text, choices=declared.choices or None))


def _is_end(text: str) -> bool:
    try:
        date.fromisoformat(text) if len(text) == 10 else None
        return len(text) == 10 or datetime.fromisoformat(text).utcoffset() is not None
    except ValueError:
        return False


def read_plan(
    path: Path, versions: Versions, library: Library
) -> tuple[MigrationDoc | None, Between | None, list[Problem]]:
    """Return the plan of *path* between its two versions, with the problems found.

    There is no plan if the file is not one, or a version is not at hand. Raises InvalidInput for what is no YAML.
    """
    root = library.read(path)
    doc, problems = validate(MigrationDoc, root)
    if doc is None:
        return None, None, problems
    old, new = versions(doc.procedure, doc.from_version), versions(doc.procedure, doc.to_version)
    if old is None or new is None:
        return doc, None, list(_not_at_hand(doc, root, (old, new)))
    reader = Reader(doc, root, old, new)
    plan = reader.plan()
    return doc, Between(old, new, plan), reader.problems


def _not_at_hand(
    doc: MigrationDoc, root: MapNode, found: tuple[Definition | None, Definition | None]
) -> Iterator[Problem]:
    for key, version, definition in (("from", doc.from_version, found[0]), ("to", doc.to_version, found[1])):
        if definition is None:
            place: tuple[Place, int] = locate(root, (key,))
            fact = f"Version {version} of {doc.procedure} is neither released nor in a file here."
            yield Problem(
                place[0], "unknown-version", fact, "Release it first, or write the right one.", width=place[1]
            )
