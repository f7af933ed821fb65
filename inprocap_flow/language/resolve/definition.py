"""The whole procedure: its lines, roles, rules, limits and watches as one `Definition`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from inprocap_flow.language.includes.given import Handed
from inprocap_flow.language.marks import NodePath
from inprocap_flow.language.model import CASE, Definition, Limit, Line, Role, Rule, Watch
from inprocap_flow.language.resolve.bench import Bench
from inprocap_flow.language.resolve.derogations import build_derogations
from inprocap_flow.language.resolve.desk import Desk
from inprocap_flow.language.resolve.expressions import expression
from inprocap_flow.language.resolve.footings import build_footings
from inprocap_flow.language.resolve.limits import build_limit
from inprocap_flow.language.resolve.links import build_receipts
from inprocap_flow.language.resolve.name_table import table
from inprocap_flow.language.resolve.names import check_declarations, check_handed, check_names
from inprocap_flow.language.resolve.parts import (
    build_approval,
    build_deadline,
    build_document,
    build_field,
    build_stages,
    in_words,
)
from inprocap_flow.language.resolve.scope import scopes_of, world_of
from inprocap_flow.language.resolve.steps import build_begins, build_step
from inprocap_flow.language.schema.lines import LineDoc, TrackDoc, WatchDoc
from inprocap_flow.language.schema.roles import RoleDoc
from inprocap_flow.records import changed

DEFAULT_COUNTING = "eu-1182-71"


def resolve(
    desk: Desk,
    *,
    notice_titles: Mapping[tuple[str, str], str],
    counting: str | None = None,
    limits: Mapping[str, str] | None = None,
    handed: Sequence[Handed] = (),
) -> Definition:
    """Return the definition that *desk* holds. Problems are on the desk; with any error the result is not for use.

    *counting* is that of the rulebook, for a procedure that does not say its own; *limits* are the units of the
    rulebook's limits, None if the rulebook is not at hand; *handed* is what blocks were given.
    """
    doc = desk.doc
    names = table(doc)
    desk.scopes = scopes_of(world_of(doc, names, limits))
    check_names(desk, names)
    check_declarations(desk, names)
    check_handed(desk, names, handed)
    published = {CASE: _published(doc)} | {kind: _published(track) for kind, track in doc.tracks.items()}
    bench = Bench(desk, names, doc.language, notice_titles, published)
    main = _line(bench, CASE, doc, ())
    tracks = {kind: _line(bench, kind, track, ("tracks", kind)) for kind, track in doc.tracks.items()}
    watches = {name: _watch(bench, name, one) for name, one in doc.watches.items()}
    definition = Definition(
        name=doc.procedure,
        version=doc.version,
        language=doc.language,
        title=bench.text(doc.title),
        main=main,
        tracks=tracks,
        rulebook=None if doc.rulebook == "none" else doc.rulebook,
        counting=doc.counting or counting or DEFAULT_COUNTING,
        calendars={name: bench.text(title) for name, title in doc.calendars.items()},
        roles={name: _role(bench, name, one) for name, one in doc.roles.items()},
        rules={name: _rule(bench, name) for name in doc.rules},
        limits=_limits(bench),
        needed_limits=tuple(desk.limits),
        watches=watches,
        may_backdate=doc.may_backdate,
        derogations=build_derogations(bench),
        receives=build_receipts(bench),
        hooks=dict(sorted(desk.hooks.items())),
        guidance=bench.text(doc.guidance),
        milestones=_milestones(desk, main, tracks),
        origins=desk.origins,
    )
    return changed(definition, footings=build_footings(desk, definition))


def _published(doc: LineDoc) -> tuple[str, ...]:
    return tuple(name for name, one in doc.documents.items() if one.published_at)


def _line(bench: Bench, kind: str, doc: LineDoc, path: NodePath) -> Line:
    key = f"tracks.{kind}." if kind else ""
    title = doc.title if isinstance(doc, TrackDoc) else bench.desk.doc.title
    if kind:
        bench.desk.remember(f"tracks.{kind}", path)
        _check_track(bench, doc, path)
    return Line(
        kind=kind,
        title=bench.text(title) or {bench.language: in_words(kind)},
        begins=build_begins(bench, doc.begins, path, kind),
        stages=build_stages(bench, doc.stages, path, kind, key),
        steps={name: build_step(bench, name, one, (*path, "steps", name), kind) for name, one in doc.steps.items()},
        fields={name: build_field(bench, name, one, (*path, "fields", name), key) for name, one in doc.fields.items()},
        documents={
            name: build_document(bench, name, one, (*path, "documents", name), key)
            for name, one in doc.documents.items()
        },
        approvals={
            name: build_approval(bench, name, one, (*path, "approvals", name), kind, key)
            for name, one in doc.approvals.items()
        },
        deadlines={
            name: build_deadline(bench, name, one, (*path, "deadlines", name), kind, key)
            for name, one in doc.deadlines.items()
        },
        parent=doc.of if isinstance(doc, TrackDoc) else None,
        if_case_ends=doc.if_case_ends if isinstance(doc, TrackDoc) else None,
    )


def _check_track(bench: Bench, doc: LineDoc, path: NodePath) -> None:
    assert isinstance(doc, TrackDoc)
    if doc.title is None:
        bench.desk.say(path, "missing-key", "The track has no title.", "Write `title:`.", on_key=True)
    stages = bench.names.lines[str(path[1])].stages
    end = stages.get(doc.if_case_ends or "")
    if end is not None and not end.final:
        bench.desk.say(
            (*path, "if_case_ends"),
            "not-final",
            f"`{doc.if_case_ends}` is not a final stage.",
            "Name a stage with `final:`.",
        )


def _role(bench: Bench, name: str, doc: RoleDoc) -> Role:
    bench.desk.remember(f"roles.{name}", ("roles", name))
    return Role(
        name=name,
        title=bench.text(doc.title),
        at_least=doc.at_least,
        declares_interests=doc.declares_interests,
        sees=doc.sees,
        never=doc.never,
        speaks_for=doc.speaks_for,
        records_for=doc.records_for,
        apart_from=doc.apart_from,
        not_who_brought=doc.not_who_brought,
        side=doc.side,
    )


def _rule(bench: Bench, name: str) -> Rule:
    bench.desk.remember(f"rules.{name}", ("rules", name))
    doc = bench.desk.doc.rules[name]
    return Rule(name, bench.text(doc.title), doc.basis, doc.cite)


def _limits(bench: Bench) -> dict[str, Limit]:
    made = {}
    for name, one in bench.desk.doc.limits.items():
        bench.desk.remember(f"limits.{name}", ("limits", name))
        made[name] = build_limit(name, one, ("limits", name), bench.language, partial(bench.desk.say))
    return made


def _watch(bench: Bench, name: str, doc: WatchDoc) -> Watch:
    bench.desk.remember(f"watches.{name}", ("watches", name))
    when = expression(bench.desk, doc.when, ("watches", name, "when"), CASE, "yes_no")
    assert when is not None or bench.desk.problems
    return Watch(name, when, doc.needs_approval, doc.since, doc.until, doc.blocks, doc.tells)  # type: ignore[arg-type]


def _milestones(desk: Desk, main: Line, tracks: Mapping[str, Line]) -> dict[str, str]:
    """Return which line reaches each milestone; one that several lines reach is a problem."""
    found: dict[str, str] = {}
    for line in (main, *tracks.values()):
        for step in (line.begins, *line.steps.values()):
            if step.milestone is None:
                continue
            if found.setdefault(step.milestone, line.kind) != line.kind:
                below = ("begins",) if step is line.begins else ("steps", step.name)
                path = (*(("tracks", line.kind) if line.kind else ()), *below, "milestone")
                desk.say(
                    path,
                    "milestone-in-two-lines",
                    f"The milestone `{step.milestone}` is reached by another line, too.",
                    "Give it another name; a milestone belongs to one line.",
                )
    return found
