"""Who keeps the record of a case true: annuls, moves it to another version, destroys what is over."""

from __future__ import annotations

from inprocap_flow.engine.case.binding import Binding
from inprocap_flow.engine.case.people import Acting, Capacity, capacities, capacity_for, faults_against
from inprocap_flow.engine.case.records import Blocker
from inprocap_flow.language.model import Role

NO_KEEPER = "the procedure names no role under `may_backdate`"
NAME_ONE = "name one in the next version, for cases that are opened then; what runs stays as it is"
NAME_IN_THE_HOUSE = "name a role under `keeps_record` in the organisation's file and release it"


def keeper(somebody: Acting) -> Capacity | tuple[Blocker, ...]:
    """Return the capacity in which somebody keeps the record true: annuls, moves a case over, destroys what is over.

    These are the roles of the version; only where it names none, those of the organisation (``keeps_record``).
    """
    allowed = somebody.binding.definition.may_backdate
    return capacity_for(somebody, allowed) if allowed else _keeper_of_the_house(somebody)


def kept_by(binding: Binding) -> dict[str, str]:
    """Return what the event of a keeper's act says beside the role, where that role is not one of the version."""
    return {} if binding.definition.may_backdate else {"kept_by": "organisation"}


def _keeper_of_the_house(acting: Acting) -> Capacity | tuple[Blocker, ...]:
    """Return the capacity of whoever the organisation lets keep its records; the version need not know the role."""
    house, case = acting.binding.organisation.keeps_record, acting.case
    speaks = any(acting.actor in line.speakers for line in case.lines.values())
    worst: tuple[Blocker, ...] = ()
    for capacity in () if speaks else capacities(acting.binding, case, acting.actor, acting.moment):
        if capacity.role not in house or acting.wanted not in (None, capacity.role):
            continue
        role = acting.binding.definition.roles.get(capacity.role) or Role(capacity.role, {"en": capacity.role})
        faults = tuple(faults_against(acting, role, capacity))
        if not faults:
            return capacity
        worst = worst or faults
    mend = f"let it be done by: {', '.join(house)} (of the organisation)" if house else NAME_IN_THE_HOUSE
    reason = f"This is not open to {acting.actor}: {NO_KEEPER}."
    return worst or (Blocker("not-entitled", reason, about=acting.actor, mend=mend),)
