"""Two hats: somebody who serves the buyer and a supplier in one case, or in cases that are linked.

Within a case `apart_from` of a role refuses it; this only warns, also where no role says so and across cases.
"""

from __future__ import annotations

from collections.abc import Iterator

from inprocap_flow.engine.case.people import serving_both
from inprocap_flow.engine.case.records import SYSTEM_ACTOR, Blocker, Case, Decision
from inprocap_flow.errors import NotFound
from inprocap_flow.language.model import Definition, said, side_of
from inprocap_flow.records import changed, record
from inprocap_flow.service.desk import Desk
from inprocap_flow.store.port import Reading


@record
class Hat:
    """One role of a person in one case; ``how``: acted, speaks (for a track) or holds (by the organisation)."""

    person: str
    case: str
    role: str
    title: str
    side: str
    how: str


def hats_in(definition: Definition, case: Case, person: str, held: tuple[str, ...] = ()) -> Iterator[Hat]:
    """Yield the hats of *person* in *case*: roles acted in, of tracks spoken for, and *held* in the organisation."""
    spoken = {line.kind for line in case.lines.values() if person in line.speakers}
    speaking = tuple(name for name, role in definition.roles.items() if role.speaks_for in spoken and role.speaks_for)
    seen: set[str] = set()
    for how, names in (("acted", case.acted.get(person, ())), ("speaks", speaking), ("holds", held)):
        for name in names:
            role = definition.roles.get(name)
            if role is None or name in seen or side_of(role) == "neither":
                continue
            seen.add(name)
            yield Hat(person, case.id, name, said(role.title), side_of(role), how)


def linked_cases(case: Case, definition: Definition) -> frozenset[str]:
    """Return the ids of the cases that *case* names in fields of type case."""
    found = set()
    for line in case.lines.values():
        fields = definition.line(line.kind).fields
        found |= {
            plain
            for name, plain in line.fields.items()
            if name in fields and fields[name].type == "case" and isinstance(plain, str)
        }
    return frozenset(found)


def are_linked(case: Case, names: frozenset[str], other: Case, others: frozenset[str]) -> bool:
    """Return whether one of two cases names the other, or both name the same one."""
    return other.id in names or case.id in others or bool(names & others)


def two_hats(desk: Desk, reading: Reading, case: Case, person: str) -> tuple[Hat, ...]:
    """Return the hats of *person* in *case* and in cases linked with it if they are of both sides, else ()."""
    binding = desk.binding(reading, case)
    known = binding.person(person)
    hats = list(hats_in(binding.definition, case, person, known.roles if known else ()))
    if not any(hat.how != "holds" for hat in hats):
        return ()  # whoever holds a role and has not touched the case serves nobody in it
    hats += _elsewhere(desk, reading, case, binding.definition, person)
    sides = {hat.side for hat in hats}
    return tuple(hats) if {"buyer", "supplier"} <= sides else ()


def _elsewhere(desk: Desk, reading: Reading, case: Case, definition: Definition, person: str) -> Iterator[Hat]:
    names = linked_cases(case, definition)
    for case_id in dict.fromkeys((*names, *reading.acted_in(case.organisation, person))):
        if case_id == case.id:
            continue
        try:
            other = reading.glance(case_id)
        except NotFound:
            continue  # it is named, and kept elsewhere
        theirs = desk.machine(reading, other.definition_hash).definition
        if are_linked(case, names, other.case, linked_cases(other.case, theirs)):
            yield from hats_in(theirs, other.case, person)


def warned(desk: Desk, before: Case | None, decision: Decision) -> Decision:
    """Return *decision* with a warning where its actor serves both sides, in this case or in a linked one.

    Asked where somebody acts in a role for the first time in the case; whoever acts again has been warned, and the
    ledger lists it for good.
    """
    actor = decision.request.actor
    case = decision.case
    if actor == SYSTEM_ACTOR or (before is not None and before.acted.get(actor) == case.acted.get(actor)):
        return decision
    with desk.store.reading() as reading:
        hats = two_hats(desk, reading, case, actor)
    return changed(decision, warnings=(*decision.warnings, warning(hats))) if hats else decision


def warning(hats: tuple[Hat, ...]) -> Blocker:
    """Return the warning that somebody has *hats* of both sides."""
    person, here = hats[0].person, hats[0].case
    both = "; ".join(f"{side}: {_listed(hats, side, here)}" for side in ("buyer", "supplier"))
    return serving_both(person, f"{person} serves both sides. For the {both}.")


def _listed(hats: tuple[Hat, ...], side: str, here: str) -> str:
    return ", ".join(
        f"{hat.title}" + ("" if hat.case == here else f" in {hat.case}") for hat in hats if hat.side == side
    )
