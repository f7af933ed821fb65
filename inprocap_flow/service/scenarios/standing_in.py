"""Who plays the people of a story that was written for another organisation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

from inprocap_flow.errors import InvalidInput, NotFound, Problem
from inprocap_flow.language.load import load_organisation
from inprocap_flow.language.model import Organisation
from inprocap_flow.language.scenarios import Borrowed, Tests
from inprocap_flow.language.schema.messages import did_you_mean
from inprocap_flow.service.desk import Desk
from inprocap_flow.service.finding_files import house_of

NOTHING: Mapping[str, str] = MappingProxyType({})


def refuse_strangers(
    desk: Desk, path: Path, tests: Tests, organisation: Organisation, replaced: Mapping[str, str] = NOTHING
) -> None:
    """Raise InvalidInput if somebody acts in a story of another file whom *organisation* does not have.

    *replaced* says which role acts here for which of the procedure, by the overlays that are applied.
    The mend proposes for each somebody with the same roles, as the line that can be written into the file *path*.
    """
    problems = [*_nobody(tests, organisation), *_unknown(desk, path, tests, organisation, replaced)]
    if problems:
        raise InvalidInput(problems)


def _nobody(tests: Tests, organisation: Organisation) -> Iterator[Problem]:
    """Yield who shall stand for somebody and is not there."""
    place = tests.borrowed[0].origin.used_at if tests.borrowed else tests.place
    for one in sorted(set(tests.people.values()) - organisation.people.keys() - tests.firms.keys()):
        fact = f"`people:` names `{one}`, and nobody of {organisation.name} is called that."
        yield Problem(place, "unknown-person", fact, did_you_mean(one, list(organisation.people)))


def _unknown(
    desk: Desk, path: Path, tests: Tests, organisation: Organisation, replaced: Mapping[str, str]
) -> Iterator[Problem]:
    """Yield who acts in stories of other files and has nobody to stand for them: all of them in one sentence."""
    proposed: dict[str, str] = {}
    stories: list[Borrowed] = []
    for told in tests.borrowed:
        strangers = [one for one in _strangers(tests, organisation, told) if one not in tests.people.values()]
        if strangers:
            stories.append(told)
            there, new = _house(desk, path, told), [one for one in strangers if one not in proposed]
            _propose(new, there, organisation, proposed, replaced)
    if stories:
        first = stories[0].origin
        names = ", ".join(f"`{one}`" for one in dict.fromkeys(told.origin.story for told in stories))
        fact = f"In {names} people act whom {organisation.name} does not have: {', '.join(proposed)}."
        line = ", ".join(f"{one}: {who}" for one, who in proposed.items())
        mend = f"Say who stands for them: people: {{{line}}}"
        yield Problem(first.used_at, "unknown-person", fact, mend, width=len(first.story))


def _strangers(tests: Tests, organisation: Organisation, told: Borrowed) -> list[str]:
    """Return who acts in *told* and is neither somebody of *organisation* nor of a firm."""
    acts = [deed for deeds in tests.stories.values() for deed in deeds if deed.told_in == told.origin]
    found = [who for deed in acts if deed.verb != "report" for who in (deed.by, deed.signed_by) if who]
    return [one for one in dict.fromkeys(found) if one not in organisation.people and one not in tests.firms]


def _house(desk: Desk, path: Path, told: Borrowed) -> Organisation | None:
    """Return the organisation that the story was written for, if its file is at hand."""
    try:
        where = Path(told.place.file) if told.organisation.endswith(".yaml") else path
        return load_organisation(house_of(desk, where, told.organisation), desk.definitions)[0]
    except (InvalidInput, NotFound):
        return None


def _propose(
    strangers: list[str],
    there: Organisation | None,
    here: Organisation,
    found: dict[str, str],
    replaced: Mapping[str, str],
) -> None:
    """Add to *found* for each of *strangers* somebody of *here* with the same roles, another one for each.

    Roles that nobody holds here are left aside. The roles are those that act here: *replaced* says which one acts in
    the place of another.
    """
    held = {role for person in here.people.values() for role in person.roles}
    for one in strangers:
        who = there.people.get(one) if there else None
        roles = {replaced.get(role, role) for role in who.roles} if who else set()
        roles &= held  # what nobody holds here, no step that is played here can ask for
        able = [other.id for other in here.people.values() if roles and roles <= set(other.roles)]
        free = [other for other in able if other not in found.values()]
        found[one] = next(iter(free or able), "SOMEBODY")
