"""What a ladder says when one of its rungs is due: whether anybody still needs it, who is told, and whether it is late.

Pure, and decided on the case as it stands at that moment, not as it stood when the rung was planned: somebody who has
signed in the meantime is not reminded to sign. Several rungs that are overdue are one message to each recipient.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from inprocap_flow.engine.case.approvals import standing
from inprocap_flow.engine.case.binding import Binding
from inprocap_flow.engine.case.facts import CaseFacts
from inprocap_flow.engine.case.needing import is_needed
from inprocap_flow.engine.case.records import MAIN, Case, DeadlineState, When, key
from inprocap_flow.engine.case.signers import who_may_give
from inprocap_flow.engine.reminding.addressing import addressed
from inprocap_flow.engine.reminding.ladder import Ladder
from inprocap_flow.engine.reminding.rungs import Rung
from inprocap_flow.engine.reminding.silence import OF_CASE, by_default, waits_for
from inprocap_flow.errors import NotAllowed
from inprocap_flow.language.expressions.evaluate import evaluate
from inprocap_flow.language.model import Reminder
from inprocap_flow.records import record

LATE = timedelta(hours=1)  # what comes later than this after its moment says so


@record
class Note:
    """One message to write, to one recipient, because of ``rung``; it stands for ``merged`` others overdue with it."""

    to: str
    rung: Rung
    late: bool = False
    merged: int = 0


def notes(binding: Binding, case: Case, ladder: Ladder, first: datetime, now: datetime) -> tuple[Note, ...]:
    """Return what the rungs of *ladder* from *first* to *now* have to say: one note for each recipient, or none.

    *ladder* is one that *case* has now. What is overtaken (met, signed, over, gone on) says nothing.
    """
    due = [rung for rung in ladder.between(first, now) if _still_says(binding, case, ladder, rung, now)]
    latest: dict[str, Rung] = {}
    for rung in due:
        for one in recipients(binding, case, ladder, rung, now):
            latest[one] = rung
    return tuple(Note(to, rung, now - rung.at > LATE, len(due) - 1) for to, rung in latest.items())


def recipients(binding: Binding, case: Case, ladder: Ladder, rung: Rung, now: datetime) -> tuple[str, ...]:
    """Return whom a rung addresses, as the outbox names them: as it says, else whoever is concerned at *now*."""
    return rung.to or tuple(_concerned(binding, case, ladder, now))


def condition(binding: Binding, case: Case, ladder: Ladder, rung: Rung, now: datetime) -> tuple[str, bool]:
    """Return the condition under which *rung* says anything, as it is written, and whether it holds at *now*.

    The text is empty where there is none. A deadline that will have ended when *rung* is due holds back no reminder of
    a silent case. What cannot be told holds: one reminder too many is better than one missed.
    """
    if _of_case(binding, case, ladder):
        return OF_CASE, not waits_for(binding, case, max(now, rung.at))
    if ladder.kind != "deadline":
        return "", True
    clock = case.deadlines[key(ladder.line, ladder.about)]
    facts = _facts(binding, case, clock.line, now)
    one = binding.definition.line(facts.line.kind).deadlines[clock.name].remind[rung.number]
    if one.if_not_done:
        return "not_done", clock.status != "over"
    return str(one.when or ""), _wanted(facts, one)


def _still_says(binding: Binding, case: Case, ladder: Ladder, rung: Rung, now: datetime) -> bool:
    if ladder.kind == "deadline":
        clock = case.deadlines[key(ladder.line, ladder.about)]
        return _clock_says(binding, case, clock, rung, now)
    if ladder.kind in ("approval", "papers"):
        return _is_missing(binding, case, ladder, now)
    if _of_case(binding, case, ladder):
        return not waits_for(binding, case, now)
    return ladder.end is None or now < ladder.end


def _of_case(binding: Binding, case: Case, ladder: Ladder) -> bool:
    """Return whether *ladder* is that of a silent case of which only the organisation says something."""
    if ladder.kind != "silence" or ladder.line != MAIN:
        return False
    return by_default(binding, binding.definition.main.stages.get(case.main.state))


def _clock_says(binding: Binding, case: Case, clock: DeadlineState, rung: Rung, now: datetime) -> bool:
    facts = _facts(binding, case, clock.line, now)
    one = binding.definition.line(facts.line.kind).deadlines[clock.name].remind[rung.number]
    if not _wanted(facts, one):
        return False
    ended = clock.status != "running" or (clock.end is not None and datetime.fromisoformat(clock.end) <= now)
    if rung.side == "before":
        return not ended
    if one.if_not_done and clock.status == "over":
        return False
    return ended and not (now - rung.at > LATE and clock.status == "over" and _gone_on(facts, clock))


def _gone_on(facts: CaseFacts, clock: DeadlineState) -> bool:
    """Return whether the line has moved since *clock* ended: then nobody waits for its end any more."""
    since = facts.line.since
    return (
        since is not None and clock.end is not None and When.from_plain(since).first > datetime.fromisoformat(clock.end)
    )


def _wanted(facts: CaseFacts, one: Reminder) -> bool:
    """Return whether the condition of a reminder holds or cannot be told: one too many is better than one missed."""
    if one.when is None:
        return True
    try:
        return evaluate(one.when, facts).value is not False
    except NotAllowed:  # it reads what is sealed, and the key is on another machine
        return True


def _is_missing(binding: Binding, case: Case, ladder: Ladder, now: datetime) -> bool:
    """Return whether the approval is still to be given, for a step that is open or for one yet to come."""
    if ladder.end is not None and now >= ladder.end:
        return False
    facts = _facts(binding, case, ladder.line, now)
    found = standing(facts, ladder.about)
    if found.given:
        return False
    used = any(given.status == "used" for given in found.state.signatures)
    return ladder.kind == "approval" or not used or is_needed(facts, found)


def _concerned(binding: Binding, case: Case, ladder: Ladder, now: datetime) -> Iterable[str]:
    """Return who can do something about it: whoever has still to sign, else the owner of the stage."""
    facts = _facts(binding, case, ladder.line, now)
    people = who_may_give(facts, standing(facts, ladder.about)) if ladder.kind in ("approval", "papers") else ()
    if people:
        return tuple(f"person:{person}" for person in people)
    stage = binding.definition.line(facts.line.kind).stages[facts.line.state]
    return addressed(binding, case, stage.owner or "", ladder.line)


def _facts(binding: Binding, case: Case, line_id: str, now: datetime) -> CaseFacts:
    return CaseFacts(binding, case, line_id, When.exactly(now))
