"""How many people a new organisation needs in each role, so that every approval of its procedures can be given."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from inprocap_flow.language.model import Definition, Organisation, Person, said
from inprocap_flow.language.people.approvals import Use, judge, uses
from inprocap_flow.language.people.staff import Staff

Needed = Mapping[str, tuple[str, int]]
"""Role to its title, and how many people it takes at least."""
MOST_OF_A_ROLE = 6
"""Beyond so many people more of them do not help: what is asked for then contradicts itself, which `check` says."""


def people_needed(procedures: Sequence[Definition]) -> Needed:
    """Return the roles of the house in *procedures*, in order: title, and how many people each takes at least.

    Enough for each approval by itself, where whoever signs must be somebody else than whoever carries the step out or
    signed before. Firms are not listed.
    """
    titles: dict[str, str] = {}
    least: dict[str, int] = {}
    for procedure in procedures:
        for name, role in procedure.roles.items():
            if role.speaks_for is None:
                titles[name] = said(role.title)
                least[name] = max(least.get(name, 1), role.at_least, *_asked(procedure, name))
    for procedure in procedures:
        for use in uses(procedure):
            least |= _enough(procedure, use, least)
    return {name: (title, least[name]) for name, title in titles.items()}


def placeholders(needed: Needed) -> Iterator[tuple[str, str, str]]:
    """Yield id, what stands in the place of the name, and role, of each person who is needed."""
    for role, (title, least) in needed.items():
        for number in range(1, least + 1):
            mark = f"-{number}" if least > 1 else ""
            yield f"{role.replace('_', '-')}{mark}", f"{title}{mark.replace('-', ' ')}", role


def _asked(procedure: Definition, role: str) -> list[int]:
    """Return how many people of *role* the approvals take at one time."""
    signatures = (
        one for line in procedure.lines for approval in line.approvals.values() for one in approval.signatures
    )
    return [1, *(int(one.how_many) for one in signatures if one.role == role and one.how_many.isdigit())]


def _enough(procedure: Definition, use: Use, least: Mapping[str, int]) -> Mapping[str, int]:
    """Return *least* with as many people more as *use* takes; as it was, where more people do not help.

    All signatures are taken as needed together, so a placeholder too many can come of conditions that exclude each
    other, but none is lacking. Who signs is doubled before who carries the step out.
    """
    if _can(procedure, use, least):
        return least
    roles = dict.fromkeys((*(one.role for one in use.approval.signatures), *use.by))
    now = dict(least)
    for _ in range(MOST_OF_A_ROLE):
        tries = [{**now, role: now[role] + 1} for role in roles if role in now]
        if found := next((one for one in tries if _can(procedure, use, one)), None):
            return found
        now |= {role: now[role] + 1 for role in roles if role in now}
    return least


def _can(procedure: Definition, use: Use, least: Mapping[str, int]) -> bool:
    """Return whether so many people, each with one role, can give the approval and use it."""
    needed = {name: ("", number) for name, number in least.items()}
    people = {who: Person(id=who, roles=(role,)) for who, _, role in placeholders(needed)}
    organisation = Organisation(name="new", version="1", title={}, zone="UTC", currency="EUR", people=people)
    return judge(Staff(procedure, organisation), use).can
