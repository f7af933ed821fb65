"""What does not hold in a plan of a case: ends and meetings missed, signatures that lapse, a finish that comes late."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from inprocap_flow.engine.case.records import MAIN, Case, unstamp
from inprocap_flow.language.model import said
from inprocap_flow.records import changed, record
from inprocap_flow.service.planning.instead import in_its_place
from inprocap_flow.service.planning.plans import Timetable
from inprocap_flow.service.planning.ticking import running_name
from inprocap_flow.service.planning.words import day


@record
class Break:
    """Something that does not hold in a plan: a sentence, and what it is about, so that two plans can be compared."""

    about: str
    text: str
    before: bool = False  # it does not hold without the change either


def breaks(case: Case, planned: Timetable | None, now: Timetable, what_if: Timetable | None) -> tuple[Break, ...]:
    """Return what does not hold: deadlines and meetings missed, signatures that lapse, a finish that comes late."""
    found = tuple(_breaks(case, planned, now))
    if what_if is None:
        return found
    known = {one.about for one in found}
    return tuple(changed(one, before=one.about in known) for one in _breaks(case, now, what_if))


def _breaks(case: Case, before: Timetable | None, made: Timetable) -> Iterator[Break]:
    for row in made.missed:
        for name in made.draft.network.misses(made.draft.network.points[row.name]):
            missed = made.row(name)
            title = f"{missed.title} ({day(missed.day)})" if missed else name
            text = f'"{row.title}" on {day(row.day)} comes after the end of {title}.'
            yield Break(f"{row.name} {name}", text + in_its_place(made.binding, case, name, row.day))
    yield from _not_met(case, made)
    if before is not None:
        yield from _other_meetings(before, made)
    yield from _lapsing(case, made)
    if made.required is not None and made.finish > made.required:
        late = (made.finish - made.required).days
        yield Break("finish", f"It is finished on {day(made.finish)}, {late} days after {day(made.required)}.")
    yield from (Break(note, note) for note in made.notes)


def _not_met(case: Case, made: Timetable) -> Iterator[Break]:
    """Yield the duties that were missed, that nobody has met since, and that nothing planned is said to come after."""
    network = made.draft.network
    told = {name for row in made.missed for name in network.misses(network.points[row.name])}
    for state in case.deadlines.values():
        row = made.row(running_name(case, state))
        if state.status == "missed" and row is not None and row.name not in told:
            yield Break(f"not met {row.name}", f"{row.title} ended on {day(row.day)} and is not met.")


def _other_meetings(before: Timetable, made: Timetable) -> Iterator[Break]:
    """Yield the meetings that are missed, compared with the plan *before*."""
    for name, item in made.draft.items.items():
        earlier = before.draft.items.get(name)
        if item.committee is None or earlier is None or item.meeting == earlier.meeting:
            continue
        missed, other = before.row(name), made.row(name)
        due = next((one.due for one in item.committee.sittings if one.id == earlier.meeting), None)
        if missed is None or other is None or other.day < missed.day:
            continue
        papers = f", for which papers are due by {day(date.fromordinal(due))}" if due else ""
        goes = f"it goes to {item.meeting} on {day(other.day)}" if item.meeting else "no later one is known"
        yield Break(
            f"{name} {earlier.meeting}", f"{item.title} misses {earlier.meeting} on {day(missed.day)}{papers}: {goes}."
        )


def _lapsing(case: Case, made: Timetable) -> Iterator[Break]:
    """Yield the signatures that are given and lapse before the step that they are for is planned."""
    steps = [leg.step for leg in made.legs if leg.step is not None]
    for state in case.approvals.values():
        if state.line != MAIN:
            continue
        for step in (one for one in steps if state.name in one.already_there.approvals):
            row = made.row(f"step {step.name}")
            for signature in _standing(state.signatures):
                lapses = made.binding.day(unstamp(signature.valid_until))
                if row is not None and row.day > lapses:
                    title = said(made.binding.definition.roles[signature.role].title, made.language)
                    text = f"The signature of {title} for {state.name} lapses on {day(lapses)}, before {row.title}."
                    yield Break(f"lapse {state.name} {signature.index} {signature.person}", text)


def _standing(signatures: Iterable[Any]) -> Iterator[Any]:
    return (one for one in signatures if one.status == "standing" and one.valid_until and not one.against)
