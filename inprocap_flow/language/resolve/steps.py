"""Steps of a line: sources and targets as leaf stages, conditions as expressions, effects as records."""

from __future__ import annotations

from inprocap_flow.language.expressions.plain import plain_guard
from inprocap_flow.language.expressions.syntax import BadExpression, Expr
from inprocap_flow.language.expressions.types import ANY, Type
from inprocap_flow.language.marks import NodePath
from inprocap_flow.language.model import (
    CASE,
    SYSTEM,
    AlreadyThere,
    Branch,
    Create,
    Extends,
    Guard,
    HandedIn,
    HookCall,
    Move,
    Notice,
    Step,
    Tell,
)
from inprocap_flow.language.resolve.bench import Bench
from inprocap_flow.language.resolve.expressions import computed, expression, hook_call
from inprocap_flow.language.resolve.reports import build_reports
from inprocap_flow.language.schema.guards import PLAIN_GUARDS, AtLeastDoc, GuardDoc, PlainGuardDoc
from inprocap_flow.language.schema.messages import did_you_mean
from inprocap_flow.language.schema.steps import (
    AlreadyThereDoc,
    BeginsDoc,
    BranchDoc,
    CreateDoc,
    MoveDoc,
    NoticeDoc,
    StepDoc,
    StepParts,
    TellDoc,
)

ALL_PUBLISHED = "all_published"


def build_step(bench: Bench, name: str, doc: StepParts, path: NodePath, line: str) -> Step:
    """Return the step *name* of *line*, written at *path*."""
    key = f"{f'tracks.{line}.' if line else ''}steps.{name}"
    bench.desk.remember(key, path)
    handed_in = doc.handed_in
    if line == CASE and doc.while_:
        bench.desk.say(
            (*path, "while"),
            "wrong-key",
            "`while` says where the case stands, and this is a step of the case.",
            "Write `from:`.",
            on_key=True,
        )
    may_bring = (*doc.may_bring, *handed_in.may_bring)
    return Step(
        name=name,
        line=line,
        sources=bench.leaves(line, doc.from_, final_too=False) if isinstance(doc, StepDoc) else (),
        targets=_targets(bench, doc, path, line),
        title=bench.text(doc.title),
        by=doc.by,
        as_soon_as=_as_soon_as(bench, doc, path, line),
        while_case=bench.leaves(CASE, doc.while_),
        milestone=doc.milestone,
        handed_in=HandedIn(once(handed_in.fields), once(handed_in.documents), handed_in.reason),
        already_there=build_already_there(bench, doc.already_there, (*path, "already_there"), line, key),
        sets=_sets(bench, doc, path, line),
        starts=once(doc.starts),
        restarts=doc.restarts,
        meets=doc.meets,
        stops=doc.stops,
        extends=_extends(bench, doc, path, line),
        moves=tuple(_move(bench, one, (*path, "moves", number), line) for number, one in enumerate(doc.moves)),
        creates=tuple(_create(bench, one, (*path, "creates", number), line) for number, one in enumerate(doc.creates)),
        ends_everything=doc.ends is not None,
        ends_everything_but=doc.ends.everything_but if doc.ends else (),
        publishes=once(doc.publishes),
        tells=tuple(dict.fromkeys(build_tell(bench, one) for one in doc.tells)),
        notice=build_notice(bench, doc.notice, (*path, "notice")) if doc.notice else None,
        cite=doc.cite,
        guidance=bench.text(doc.guidance),
        may_fill=once((*doc.may_fill, *handed_in.may_fill)),
        may_bring=_may_bring(bench, may_bring, line),
        reports=build_reports(bench.desk, doc.reports, (*path, "reports"), line),
    )


def once(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return *names* without doubles: a block and what a procedure adds to it may ask for the same thing."""
    return tuple(dict.fromkeys(names))


def build_begins(bench: Bench, doc: BeginsDoc | None, path: NodePath, line: str) -> Step:
    """Return the step that begins a line; what is missing is said, and a stand-in returned."""
    if doc is None:
        what = "The track does not say how it begins" if line else "The procedure does not say how a case begins"
        bench.desk.say(path, "missing-key", f"{what}.", "Write `begins:` with `step`, `by` and `to`.", on_key=True)
        return Step("begin", line, (), (Branch("same"),), by=(SYSTEM,))
    name = doc.step or f"begin_{line or 'case'}"
    if doc.step is None and doc.by != (SYSTEM,):
        bench.desk.say(
            (*path, "begins"),
            "missing-key",
            "The beginning has no name by which people ask for it.",
            "Write `step:`, or `by: system` if only other steps create it.",
            on_key=True,
        )
    if not doc.by:
        bench.desk.say(
            (*path, "begins"),
            "missing-key",
            "Nobody may begin it: `by` is missing.",
            "Write `by:` with a role, or `by: system`.",
            on_key=True,
        )
    return build_step(bench, name, doc, (*path, "begins"), line)


def _targets(bench: Bench, doc: StepParts, path: NodePath, line: str) -> tuple[Branch, ...]:
    if doc.to is not None:
        return (Branch(bench.entered(line, doc.to)),)
    branches = [_branch(bench, one, (*path, "branches", number), line) for number, one in enumerate(doc.branches)]
    for number, one in enumerate(doc.branches[:-1]):
        if one.otherwise is not None:
            bench.desk.say(
                (*path, "branches", number),
                "otherwise-not-last",
                "Branches after `otherwise` are never taken.",
                "Put `otherwise` last.",
            )
    return tuple(branches)


def _branch(bench: Bench, doc: BranchDoc, path: NodePath, line: str) -> Branch:
    when = None if doc.when is None else expression(bench.desk, doc.when, (*path, "when"), line, "yes_no")
    tells = tuple(build_tell(bench, one) for one in doc.tells)
    return Branch(bench.entered(line, doc.to or doc.otherwise or ""), when, doc.starts, doc.meets, doc.stops, tells)


def _as_soon_as(bench: Bench, doc: StepParts, path: NodePath, line: str) -> Expr | None:
    if not isinstance(doc, StepDoc) or doc.as_soon_as is None:
        return None
    return condition(bench, doc.as_soon_as, (*path, "as_soon_as"), line)


def condition(bench: Bench, value: str | PlainGuardDoc, path: NodePath, line: str) -> Expr | None:
    """Return a condition: an expression, or a guard in plain words."""
    if isinstance(value, PlainGuardDoc):
        return _plain(bench, value, path, line)
    return expression(bench.desk, value, path, line, "yes_no")


def _plain(bench: Bench, doc: PlainGuardDoc, path: NodePath, line: str) -> Expr | None:
    key = next(name for name in PLAIN_GUARDS if getattr(doc, name) is not None)
    value = getattr(doc, key)
    plain = value
    if isinstance(value, AtLeastDoc):
        plain = {"how_many": value.how_many, value.track: list(value.stages)}
        how_many = expression(bench.desk, value.how_many, (*path, key, "how_many"), line, "number")
        if how_many is None:
            return None
    try:
        made = plain_guard(key, plain)  # its names are looked up with those of all other keys
    except BadExpression as bad:
        bench.desk.say((*path, key), bad.code, bad.fact, bad.mend)
        return None
    return made


def _guard(bench: Bench, doc: GuardDoc, path: NodePath, line: str) -> Guard:
    holds, hook = None, None
    if doc.hook is not None:
        hook = hook_call(bench.desk, doc.hook, (*path, "hook"), line, "yes_no")
    elif doc.holds is not None:
        holds = expression(bench.desk, doc.holds, (*path, "holds"), line, "yes_no", today=True)
    else:
        holds = _plain(bench, doc, path, line)
    only_from = bench.leaves(line, doc.only_from)
    return Guard(holds, bench.text(doc.if_not), hook, doc.rule, doc.cite, doc.only_warns, only_from)


def build_already_there(bench: Bench, doc: AlreadyThereDoc, path: NodePath, line: str, key: str) -> AlreadyThere:
    """Return what must be there; guards are remembered under *key*."""
    guards = []
    for number, one in enumerate(doc.that):
        bench.desk.remember(f"{key}.that.{number}", (*path, "that", number))
        guards.append(_guard(bench, one, (*path, "that", number), line))
    return AlreadyThere(
        once(doc.fields), once(doc.documents), once(doc.approvals), once(doc.within), once(doc.after), tuple(guards)
    )


def _sets(bench: Bench, doc: StepParts, path: NodePath, line: str) -> dict[str, Expr | HookCall]:
    made = {}
    for name, value in doc.sets.items():
        result = computed(bench.desk, value, (*path, "sets", name), line, field_type(bench, line, name))
        if result is not None:
            made[name] = result
    return made


def field_type(bench: Bench, line: str, name: str) -> Type:
    """Return the type of the field *name* as *line* sees it; ``ANY`` if there is none (said elsewhere)."""
    scope = bench.desk.scopes.get(line)
    return (scope.field(name) if scope else None) or ANY


def _extends(bench: Bench, doc: StepParts, path: NodePath, line: str) -> Extends | None:
    if doc.extends is None:
        return None
    until = expression(bench.desk, doc.extends.until, (*path, "extends", "until"), line, "day")
    return None if until is None else Extends(doc.extends.deadline, until)


def _move(bench: Bench, doc: MoveDoc, path: NodePath, line: str) -> Move:
    where = _where(bench, doc.where, path, line, doc.tracks)
    return Move(doc.tracks, doc.step, bench.leaves(doc.tracks, doc.in_), where)


def _where(bench: Bench, text: str | None, path: NodePath, line: str, each: str | None) -> Expr | None:
    return None if text is None else expression(bench.desk, text, (*path, "where"), line, "yes_no", each=each)


def _create(bench: Bench, doc: CreateDoc, path: NodePath, line: str) -> Create:
    values = {}
    for name, text in doc.with_.items():
        kind = field_type(bench, doc.track, name)
        literal = _choice(bench, doc.track, name, text)
        made = expression(bench.desk, literal, (*path, "with", name), line, kind, each=doc.for_each)
        if made is not None:
            values[name] = made
    return Create(doc.track, values, doc.for_each, _where(bench, doc.where, path, line, doc.for_each))


def _choice(bench: Bench, track: str, name: str, text: str) -> str:
    """Return a choice written bare (`part: technical`) as the quoted word that it is."""
    is_choice = field_type(bench, track, name).name == "choice"
    return f"'{text}'" if is_choice and text.replace("_", "").isalnum() else text


def build_tell(bench: Bench, doc: TellDoc) -> Tell:
    """Return who is told, stages as leaves."""
    return Tell(doc.role, doc.every, bench.leaves(doc.every, doc.in_) if doc.every else (), doc.this)


def build_notice(bench: Bench, doc: NoticeDoc, path: NodePath) -> Notice:
    """Return the official notice with the title of its code; an unknown code is said."""
    for key in ("eforms", "ocds", "procedure", "reason", "result"):
        codelist = "ocds" if key == "ocds" else "eforms"
        code = getattr(doc, key)
        has_list = any(name == codelist for name, _ in bench.notice_titles)
        if code and has_list and (codelist, code) not in bench.notice_titles and (key, code) != ("eforms", "same"):
            known = [one for name, one in bench.notice_titles if name == codelist]
            mend = did_you_mean(code, known) or f"Write a known code, or add it to codelists/{codelist}.yaml."
            bench.desk.say((*path, key), "unknown-code", f"`{code}` is not in the code list {codelist}.", mend)
    title = doc.title or bench.notice_titles.get(("eforms", doc.eforms or ""))
    return Notice(doc.eforms, doc.ocds, doc.procedure, doc.reason, doc.result, title)


def _may_bring(bench: Bench, documents: tuple[str, ...], line: str) -> tuple[str, ...]:
    every = dict.fromkeys((*bench.published.get(line, ()), *bench.published.get(CASE, ())))
    named = (name for word in documents for name in (every if word == ALL_PUBLISHED else (word,)))
    return tuple(dict.fromkeys(named))
