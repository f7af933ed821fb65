"""What the parts that an overlay writes must leave alone: the clocks, facts, papers and tracks of the procedure.

A step that stops a standstill, fills a field that others must fill, or publishes what is sealed would weaken the
procedure although it deletes nothing. What is the overlay's own it may use as it likes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from inprocap_flow.language.checks.reading import fields_of, readings
from inprocap_flow.language.marks import NodePath
from inprocap_flow.language.model import CASE, Document, Field, Step
from inprocap_flow.language.overlays.editing import reaching
from inprocap_flow.language.overlays.site import WEAKENS, Site
from inprocap_flow.language.schema.approvals import ApprovalDoc
from inprocap_flow.language.schema.deadlines import DeadlineDoc
from inprocap_flow.language.schema.overlay import OverlayAtDoc, OverlayDoc
from inprocap_flow.language.schema.steps import BranchDoc, HandedInDoc, StepParts

CLOCKS = ("starts", "restarts", "meets", "stops")


def check_effects(site: Site) -> None:
    """Say of everything that the overlay does to what is the procedure's, and not by adding to it."""
    doc = site.doc
    for name, insert in doc.insert.items():
        line = next((line for line, _, _ in reaching(site.nodes, insert.before)), CASE)
        for step, one in insert.steps.items():
            _step(site, one, ("insert", name, "steps", step), line)
    for kind, track in doc.tracks.items():
        steps = {("steps", name): one for name, one in track.steps.items()}
        for below, begun in ({("begins",): track.begins} if track.begins else {}).items():
            _step(site, begun, ("tracks", kind, *below), kind)
        for path, one in steps.items():
            _step(site, one, ("tracks", kind, *path), kind)
        _things(site, ("tracks", kind), kind, track.approvals, track.deadlines)
    _things(site, (), CASE, doc.approvals, doc.deadlines)
    _at(site, doc)
    for name, derogation in doc.derogations.items():
        _handed_in(site, derogation.handed_in, ("derogations", name, "handed_in"), CASE, derogation.by)


def _step(site: Site, doc: StepParts, path: NodePath, line: str) -> None:
    _clocks(site, doc, path, line)
    for number, branch in enumerate(doc.branches):
        _clocks(site, branch, (*path, "branches", number), line)
    if doc.extends is not None:
        _clock(site, doc.extends.deadline, (*path, "extends", "deadline"), line, "extends")
    for name in doc.sets:
        _sets(site, name, (*path, "sets", name), line)
    for number, move in enumerate(doc.moves):
        _track(site, move.tracks, (*path, "moves", number, "tracks"), "moves")
    for number, create in enumerate(doc.creates):
        _track(site, create.track, (*path, "creates", number, "track"), "begins")
    if doc.ends is not None:
        mend = "Leave ending to the steps of the procedure."
        site.say((*path, "ends"), WEAKENS, "It would end deadlines and tracks of the procedure.", mend, on_key=True)
    if doc.reports:
        mend = "Leave it to the procedure, which the receiver names."
        site.say((*path, "reports"), WEAKENS, "It would report to other cases in the procedure's name.", mend)
    if doc.milestone is not None and doc.milestone in site.base.milestones:
        fact = f"It would reach `{doc.milestone}`, which is a milestone of the procedure, on another way."
        site.say((*path, "milestone"), WEAKENS, fact, "Give it a milestone of its own.")
    _publishes(site, doc.publishes, (*path, "publishes"), line)
    _handed_in(site, doc.handed_in, (*path, "handed_in"), line, doc.by)
    for key, names in (("may_fill", doc.may_fill), ("may_bring", doc.may_bring)):
        _filled(site, names, (*path, key), line, doc.by)


def _clocks(site: Site, doc: StepParts | BranchDoc, path: NodePath, line: str) -> None:
    for key in CLOCKS:
        for number, name in enumerate(getattr(doc, key, ())):
            _clock(site, name, (*path, key, number), line, key)


def _clock(site: Site, name: str, path: NodePath, line: str, what: str) -> None:
    known = _find_deadline(site, line, name)
    if known:
        fact = f"It {what} `{name}`, a deadline of the procedure, which could then end sooner or hold nothing up."
        site.say(path, WEAKENS, fact, "Use a deadline that this overlay declares.")


def _find_deadline(site: Site, line: str, name: str) -> bool:
    kind = line if line in site.base.tracks else CASE
    return site.base.find_deadline(kind, name) is not None


def _sets(site: Site, name: str, path: NodePath, line: str) -> None:
    kind = line if line in site.base.tracks else CASE
    if site.base.find_field(kind, name) is not None and _is_looked_at(site, name):
        fact = f"It would set `{name}`, a fact that conditions or signatures of the procedure look at."
        site.say(path, WEAKENS, fact, "Set a field that this overlay declares.", on_key=True)


def _is_looked_at(site: Site, name: str) -> bool:
    """Tell whether the procedure's conditions, deadlines or signatures look at a field of that name."""
    read = {field for reading in readings(site.base) for _, field in fields_of(site.base, reading)}
    covered = {
        field for line in site.base.lines for one in line.approvals.values() for field in one.void_if_changed_fields
    }
    return name in read | covered


def _track(site: Site, name: str, path: NodePath, what: str) -> None:
    if name in site.base.tracks:
        fact = f"It {what} tracks `{name}`, which are the procedure's, on a way of its own."
        site.say(path, WEAKENS, fact, "Use a kind of track that this overlay declares.")


def _publishes(site: Site, names: Iterable[str], path: NodePath, line: str) -> None:
    for number, name in enumerate(names):
        for paper in _papers(site, line, name):
            guarded = paper.sealed_until or paper.published_at
            if guarded or paper.secret_from:
                ground = f"before `{guarded}`" if guarded else "although some may never read it"
                fact = f"It would publish `{name}` {ground}."
                site.say(
                    (*path, number),
                    WEAKENS,
                    fact,
                    "Publish what this overlay declares, or what the procedure leaves open.",
                )


def _papers(site: Site, line: str, name: str) -> Iterator[Field | Document]:
    kind = line if line in site.base.tracks else CASE
    for found in (site.base.find_field(kind, name), site.base.find_document(kind, name)):
        if found is not None:
            yield found


def _handed_in(site: Site, doc: HandedInDoc, path: NodePath, line: str, by: Sequence[str]) -> None:
    for key in ("fields", "documents", "may_fill", "may_bring"):
        _filled(site, getattr(doc, key), (*path, key), line, by)


def _filled(
    site: Site, names: Iterable[str], path: NodePath, line: str, by: Sequence[str], taken: Collection[str] = ()
) -> None:
    """Say of what is the procedure's and could be filled here by others than those who may; *taken* comes anyway."""
    for number, name in enumerate(names):
        if name in taken:
            continue
        if name == "all_published":
            site.say(
                (*path, number),
                WEAKENS,
                "It would bring new versions of what is published.",
                "Name documents of your own.",
            )
        for paper in _papers(site, line, name):
            others = [role for role in by if role not in paper.by]
            if others or not by:
                who = ", ".join(paper.by) or "only a step of the procedure"
                fact = f"`{', '.join(others) or 'the system'}` would fill `{name}` here; in the procedure {who} does."
                site.say(
                    (*path, number), WEAKENS, fact, "Ask for it under `already_there:`, or declare one of your own."
                )


def _things(
    site: Site,
    path: NodePath,
    line: str,
    approvals: Mapping[str, ApprovalDoc],
    deadlines: Mapping[str, DeadlineDoc],
) -> None:
    """Say of approvals that set facts of the procedure, and of deadlines that fire its steps."""
    for name, approval in approvals.items():
        for field in approval.sets:
            _sets(site, field, (*path, "approvals", name, "sets", field), line)
    kind = line if line in site.base.tracks else CASE
    for name, deadline in deadlines.items():
        fired = deadline.when_over
        if fired is not None and line in ("", *site.base.tracks) and fired in site.base.line(kind).steps:
            fact = f"When it is over the system would take `{fired}`, a step of the procedure."
            site.say((*path, "deadlines", name, "when_over"), WEAKENS, fact, "Name a step that this overlay declares.")
        for act, one in deadline.acts:
            if one is not None:
                _publishes(site, one.publishes, (*path, "deadlines", name, "acts", act, "publishes"), line)


def _at(site: Site, doc: OverlayDoc) -> None:
    for milestone, parts in doc.at.items():
        for line, where, _ in reaching(site.nodes, milestone):
            known = site.base.line(line) if line in ("", *site.base.tracks) else None
            step = None if known is None else known.begins if where[-1] == "begins" else known.steps.get(str(where[-1]))
            if step is None:
                continue
            for more in parts:
                _added(site, more, ("at", milestone), line, step)


def _added(site: Site, more: OverlayAtDoc, path: NodePath, line: str, step: Step) -> None:
    """Say of what is added to *step*: clocks of the procedure, papers that are kept, facts that others fill."""
    for number, name in enumerate(more.starts):
        _clock(site, name, (*path, "starts", number), line, "starts")
    _publishes(site, more.publishes, (*path, "publishes"), line)
    taken = {*step.handed_in.fields, *step.handed_in.documents, *step.may_fill, *step.may_bring}
    for key in ("fields", "documents", "may_fill", "may_bring"):
        asked = getattr(more.handed_in, key)
        _filled(site, asked, (*path, "handed_in", key), line, step.by, taken)
