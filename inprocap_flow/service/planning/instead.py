"""What stands in for a deadline where it is over: a firm that agreed, for itself, to be bound for longer.

Nothing says in so many words that one deadline stands in for another. It shows where a step goes on although the one is
over, because of the field that ends the other: ``not over('tenders_bind') or bound_until >= today``.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from inprocap_flow.engine.case.binding import Binding
from inprocap_flow.engine.case.records import MAIN, Case, unstamp
from inprocap_flow.language.expressions.tree import Call, Expr, Member, Name, Word, walk
from inprocap_flow.language.model import Definition, said
from inprocap_flow.service.planning.words import day


def in_its_place(binding: Binding, case: Case, point: str, missed_on: date) -> str:
    """Return a sentence on what runs until *missed_on* or longer in place of the deadline *point*; "" for nothing.

    *point* is the name of a row of a plan, ``deadline case tenders_bind``.
    """
    kind, _, rest = point.partition(" ")
    line, _, name = rest.partition(" ")
    if kind != "deadline" or line != MAIN:
        return ""
    found = list(_running(binding, case, name, missed_on))
    return f" Instead of it: {'; '.join(found)}." if found else ""


def _running(binding: Binding, case: Case, name: str, needed: date) -> Iterator[str]:
    for track, other in stand_ins(binding.definition, name):
        for line in case.tracks(track):
            clock = case.deadlines.get(f"{line.id} {other}")
            if line.ended or clock is None or clock.status != "running" or clock.end is None:
                continue
            declared = binding.definition.tracks[track].deadlines[other]
            last = date.fromisoformat(clock.last_day) if clock.last_day else binding.day(unstamp(clock.end))
            if last >= needed:
                yield f"{said(declared.title, binding.definition.language)}, {line.id}, until {day(last)}"


def stand_ins(definition: Definition, name: str) -> tuple[tuple[str, str], ...]:
    """Return the deadlines of tracks, by kind and name, with which a step goes on though *name* is over."""
    fields = {field for guard in _guards(definition) if _asks(guard, name) for field in _fields(guard)}
    return tuple(
        (kind, one.name)
        for kind, line in definition.tracks.items()
        for one in line.deadlines.values()
        if isinstance(one.ends_at, Name) and one.ends_at.name in fields
    )


def _guards(definition: Definition) -> Iterator[Expr]:
    for line in (definition.main, *definition.tracks.values()):
        for step in line.steps.values():
            yield from (guard.holds for guard in step.already_there.that if guard.holds is not None)


def _asks(guard: Expr, name: str) -> bool:
    """Return whether *guard* asks whether the deadline *name* is over."""
    calls = (one for one in walk(guard) if isinstance(one, Call) and one.function == "over")
    return any(isinstance(word, Word) and word.word == name for call in calls for word in call.arguments)


def _fields(guard: Expr) -> Iterator[str]:
    yield from (one.name for one in walk(guard) if isinstance(one, (Name, Member)))
