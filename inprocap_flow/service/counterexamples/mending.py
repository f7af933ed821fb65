"""Getting a deed done: whatever the engine asks for is brought, signed, filled in, waited for, until nothing mends."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from inprocap_flow.engine.case.facts import CaseFacts
from inprocap_flow.engine.case.records import MAIN, Blocker, Decision, Refusal, When
from inprocap_flow.language.explore.state import Deed as Happened
from inprocap_flow.language.expressions.tree import Call, Expr, Word, walk
from inprocap_flow.language.model import CASE, CLOCK_ACTS, Field, Step
from inprocap_flow.language.scenarios import Deed
from inprocap_flow.service.counterexamples.gaps import Gap
from inprocap_flow.service.counterexamples.one_more import one_more
from inprocap_flow.service.counterexamples.stage import HERE, TOGETHER, Stage
from inprocap_flow.service.counterexamples.wishes import bare_names

MOST_TRIES = 24
"""So often a deed is asked for again, each time mended."""
MOST_ANSWERS = 3
"""So many values are looked at for one that is another than what stands."""
_BY_VALUE = ("field-missing", "guard-unknown", "branch-unknown", "bad-value", "out-of-range")
_BY_ANOTHER = ("not-entitled", "four-eyes", "conflict-of-interest", "apart")
_BY_DATE = ("below-floor", "too-early", "too-late", "above-ceiling")
REASON = "It has to be"


def get_done(stage: Stage, deed: Deed, happened: Happened) -> Refusal | None:
    """Do *deed* with all that the engine asks for; None once it is done, else the last refusal.

    What was signed, filled and brought for it stays, even if it is refused. Raises Gap for what cannot be asked.
    """
    last: Refusal | None = None
    refused_to: set[str] = set()
    for _ in range(MOST_TRIES):
        trial = stage.copy()
        asked = replace(deed, at=trial.clock())
        trial.deeds.append(asked)
        try:
            outcome = trial.try_out(asked)
        except Gap:  # an automatic step may lead straight back, which the engine does not decide
            if not _keep_away(stage, deed, happened):
                raise
            continue
        if isinstance(outcome, Decision):
            other = None if _went_there(trial, deed, happened, outcome) else _turned(stage, deed, happened)
            if other is None:  # it is done; where it leads elsewhere whatever is filled in, the path goes on from there
                stage.take_over(trial)
                stage.now += TOGETHER
                return None
            deed = other
            continue
        last, stage.tried = outcome, deed
        refused_to.add(deed.by)
        mended = _mended(stage, deed, outcome, happened, refused_to)
        if mended is None:
            return last
        deed = mended
    return last


def _keep_away(stage: Stage, deed: Deed, happened: Happened) -> bool:
    """Fill in otherwise what automatic steps wait for where *deed* leads; return whether there was something to fill.

    Only those that the path does not have: what came by itself before may do so no more.
    """
    if happened.after is None:
        return False
    before = len(stage.deeds)
    for step in stage.definition.line(happened.kind).steps.values():
        comes = f"{happened.kind}.{step.name}" in happened.follows
        if step.as_soon_as is not None and happened.after.leaf in step.sources and not comes:
            for name in sorted(bare_names(step.as_soon_as)) * MOST_ANSWERS:
                if len(stage.deeds) == before:
                    fill(stage, Deed("do", step.name, HERE, on=deed.on), name, {})
    return len(stage.deeds) > before


def _went_there(trial: Stage, deed: Deed, happened: Happened, outcome: Decision) -> bool:
    """Return whether the line of the deed took the way of the path, and no step came by itself that the path lacks."""
    if happened.after is None or happened.verb in CLOCK_ACTS:
        return True
    line, leaf = deed.new or deed.on or MAIN, happened.after.leaf
    moved = next((e for e in outcome.events if e.kind == "moved" and e.line == line), None)
    took = moved is None or moved.data["to"] == leaf
    return took and (bool(happened.follows) or trial.case.lines[line].state == leaf)


def _turned(stage: Stage, deed: Deed, happened: Happened) -> Deed | None:
    """Return *deed* with other values, so that it may take another way; None if no value decides about that."""
    step = stage.declared(happened)
    names = _read(branch.when for branch in (step.targets if step else ()))
    before = len(stage.deeds)
    other = _other_values(stage, deed, names)
    return None if other == deed and len(stage.deeds) == before else other


def _mended(stage: Stage, deed: Deed, refusal: Refusal, happened: Happened, refused_to: set[str]) -> Deed | None:
    """Return *deed* as it may be asked for again; None if nothing has changed."""
    before = (len(stage.deeds), stage.now, deed)
    # Signatures come last: what is filled in and brought for the rest makes them void.
    for blocker in sorted(refusal.blockers, key=lambda one: one.code.startswith("approval-")):
        deed = _mend(stage, deed, blocker, happened, refused_to)
    if (len(stage.deeds), stage.now, deed) != before:
        return deed
    return (
        deed if any(one.code == "guard" for one in refusal.blockers) and one_more(stage, happened, get_done) else None
    )


def _mend(stage: Stage, deed: Deed, blocker: Blocker, happened: Happened, refused_to: set[str]) -> Deed:
    code = blocker.code
    if code == "interest-undeclared":
        stage.small(Deed("interest", "none", HERE, by=deed.by))
    elif code.startswith("approval-") or code == "watch":
        sign(stage, blocker)
    elif code in _BY_ANOTHER:
        return _by_another(stage, deed, blocker, happened, refused_to)
    elif code in ("reason-missing", "end-missing"):
        later = None if code == "reason-missing" else stage.later_than(blocker.about)
        return replace(deed, reason=REASON, until=later or deed.until)
    elif code == "document-missing":
        return _bring(stage, deed, blocker.about)
    elif code in _BY_VALUE:
        return _other_values(stage, deed, {blocker.about})
    elif code == "guard":
        return _papers_and_signatures(stage, _other_values(stage, deed, _of_guards(stage, happened)), happened)
    elif code in _BY_DATE:
        return _other_values(stage, deed, _of_dates(stage, happened))
    elif code == "deadline-running" and blocker.possible_from is not None:
        stage.wait_until(blocker.possible_from)
    return _below_another(stage, deed) if code == "no-such-track" and deed.new else deed


# ---------------------------------------------------------------------------------------------------- who


def sign(stage: Stage, blocker: Blocker) -> None:
    """Let one of those sign whom *blocker* names as able to; nothing happens if none of them may after all."""
    on = blocker.line if blocker.line not in ("", MAIN) else None
    for person in blocker.who:
        if stage.small(Deed("sign", blocker.about, HERE, by=person, on=on)):
            return
        stage.small(Deed("interest", "none", HERE, by=person))
        if stage.small(Deed("sign", blocker.about, HERE, by=person, on=on)):
            return


def _by_another(stage: Stage, deed: Deed, blocker: Blocker, happened: Happened, refused_to: set[str]) -> Deed:
    """Return *deed* by somebody else who may act in one of its roles, and was not refused before."""
    step = stage.declared(happened)
    people = list(blocker.who)
    people += [one.id for role in (step.by if step else ()) for one in stage.rehearsal.binding.holders(role)]
    other = next((one for one in people if one not in refused_to), None)
    return replace(deed, by=other) if other else deed


def _below_another(stage: Stage, deed: Deed) -> Deed:
    """Return the beginning of a track below one that is begun for it: a path may leave out to what it belongs."""
    kind = (deed.new or "").partition("/")[0]
    above = stage.definition.tracks[kind].parent
    if above is None or stage.case.tracks(above):
        return deed
    begins = Happened("begin", above, stage.definition.tracks[above].begins.name)
    if get_done(stage, stage.asked(begins), begins) is not None:
        return deed
    return stage.asked(Happened("begin", kind, stage.definition.tracks[kind].begins.name))


# ---------------------------------------------------------------------------------------------------- values


def _other_values(stage: Stage, deed: Deed, names: set[str]) -> Deed:
    """Return *deed* with other values for the fields named that come with it; fills those that do not."""
    values = dict(deed.values)
    for name in sorted(names):
        fill(stage, replace(deed, values=values), name, values)
    return replace(deed, values=values)


def fill(stage: Stage, deed: Deed, name: str, values: dict[str, str]) -> None:
    """Give the field *name* a value: with the deed if it may come with it, else by whoever may fill it."""
    line_id, kind = _home(deed)
    declared = stage.definition.find_field(kind, name.rpartition(".")[2])
    if declared is None:
        return
    own = declared.name in stage.definition.line(kind).fields
    text = stage.text_for(declared, line_id, deed)
    if declared.name in stage.wishes.aimed and not deed.new and stage.holds(declared, line_id, text):
        return
    with_it, before = _may_come(stage, deed, kind)
    on = line_id if own and line_id != MAIN and not deed.new else None
    if declared.by and not (own and declared.name in with_it):  # what is signed for must be there before
        who = stage.guess.filler(declared.by, stage.rehearsal.case, line_id)
        if _stands(stage, declared, on, text) or stage.small(Deed("fill", {declared.name: text}, HERE, by=who, on=on)):
            return
    if own and declared.name in (*with_it, *before):
        values[declared.name] = text


def _stands(stage: Stage, declared: Field, on: str | None, text: str) -> bool:
    """Return whether the value was filled in with the deed before: it need not be said twice."""
    last = stage.deeds[-1] if stage.deeds else None
    return last is not None and last.verb == "fill" and last.what == {declared.name: text} and last.on == on


def _home(deed: Deed) -> tuple[str, str]:
    line_id = deed.new or deed.on or MAIN
    return line_id, CASE if line_id == MAIN else line_id.partition("/")[0]


def _may_come(stage: Stage, deed: Deed, kind: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the fields that come with a step, and those that may come with it if nobody filled them before."""
    line = stage.definition.line(kind)
    step = line.begins if deed.what == line.begins.name else line.steps.get(str(deed.what))
    if step is None:
        return (), ()
    return (*step.handed_in.fields, *step.may_fill), step.already_there.fields


def _papers_and_signatures(stage: Stage, deed: Deed, happened: Happened) -> Deed:
    """Bring the papers, and get the signatures, that the conditions of a step ask for by name."""
    line_id, kind = _home(deed)
    for function, name in sorted(_asked_by_name(stage, happened)):
        if function == "has" and stage.rehearsal.case is not None:
            there = CaseFacts(
                stage.rehearsal.binding, stage.case, MAIN if deed.new else line_id, When.exactly(stage.now)
            )
            deed = deed if there.has(name) else _bring(stage, deed, name)
        approval = stage.definition.find_approval(kind, name) if function == "approved" else None
        own = approval is not None and approval.line == kind
        for signature in approval.signatures if approval else ():
            who = tuple(one.id for one in stage.rehearsal.binding.holders(signature.role))
            sign(stage, Blocker("approval-missing", "", about=name, line=line_id if own else "", who=who))
    return deed


def _asked_by_name(stage: Stage, happened: Happened) -> set[tuple[str, str]]:
    """Return the papers (`has`) and approvals (`approved`) that the conditions of a step name."""
    step = stage.wishes.step(happened)
    exprs = [guard.holds for guard in (step.already_there.that if step else ()) if guard.holds and not guard.only_warns]
    calls = [part for expr in exprs for part in walk(expr) if isinstance(part, Call) and part.arguments]
    return {(one.function, first.word) for one in calls
            if one.function in ("has", "approved") and isinstance(first := one.arguments[0], Word)}  # fmt: skip


def _bring(stage: Stage, deed: Deed, name: str) -> Deed:
    """Return *deed* with a paper, unless somebody could file it before."""
    line_id, kind = _home(deed)
    declared = stage.definition.find_document(kind, name)
    own = name in stage.definition.line(kind).documents
    step = None if deed.new else stage.definition.line(kind).steps.get(str(deed.what))
    with_it = step is not None and name in step.handed_in.documents
    if declared is not None and declared.by and not deed.new and not with_it:
        who = stage.guess.filler(declared.by, stage.rehearsal.case, line_id)
        on = line_id if own and line_id != MAIN else None
        if stage.small(Deed("bring", (name,), HERE, by=who, on=on)):
            return deed
    return replace(deed, documents=(*deed.documents, name)) if own and name not in deed.documents else deed


# ---------------------------------------------------------------------------------------------------- what is read


def _of_guards(stage: Stage, happened: Happened) -> set[str]:
    step = stage.wishes.step(happened)
    return _read(guard.holds for guard in (step.already_there.that if step else ()) if not guard.only_warns)


def _of_dates(stage: Stage, happened: Happened) -> set[str]:
    step: Step | None = stage.declared(happened)
    names = (*step.starts, *step.restarts) if step else ()
    clocks = [stage.definition.find_deadline(happened.kind, name) for name in names]
    lengths = [expr for clock in clocks if clock for expr in (clock.ends_at, clock.period)]
    return _read(expr for expr in lengths if isinstance(expr, Expr))


def _read(exprs: Iterator[Expr | None]) -> set[str]:
    return {name for expr in exprs if expr is not None for name in bare_names(expr)}
