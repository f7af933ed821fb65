"""Test files with the procedure, overlays, organisation and rulebook that they are played with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

from inprocap_flow.calendar.bad_values import BadValue
from inprocap_flow.calendar.moments import Span, parse_moment
from inprocap_flow.engine.case.binding import Binding
from inprocap_flow.errors import InvalidInput, Problem
from inprocap_flow.language.documents import refuse
from inprocap_flow.language.files import Library, folders_for
from inprocap_flow.language.load import load_organisation, load_rulebook, load_tests
from inprocap_flow.language.model import Definition, Organisation, Person
from inprocap_flow.language.overlays import layers_of
from inprocap_flow.language.overlays.applied import Layer
from inprocap_flow.language.overlays.chosen import overlay_files
from inprocap_flow.language.scenarios import Deed, Tests
from inprocap_flow.language.schema.messages import sentence
from inprocap_flow.machine.compile import compile_definition
from inprocap_flow.machine.table import Machine
from inprocap_flow.service.coverage import brought
from inprocap_flow.service.desk import Desk
from inprocap_flow.service.finding_files import beside, house_of
from inprocap_flow.service.scenarios.later import with_later
from inprocap_flow.service.scenarios.playing import Player
from inprocap_flow.service.scenarios.records import Report
from inprocap_flow.service.scenarios.standing_in import refuse_strangers


def run_file(path: Path | str, desk: Desk) -> Report:
    """Play every scenario of the test file *path* and return the report.

    Raises InvalidInput when the file, its procedure, organisation or rulebook is not sound.
    """
    player = player_for(path, desk)
    overlays = tuple(one.name for one in player.binding.definition.overlays)
    tests, played = player.tests, player.play_all()
    return Report(Path(path), tests.procedure, played, player.coverage, overlays, player.brought, tests.borrowed)


def player_for(path: Path | str, desk: Desk) -> Player:
    """Return who plays the stories and scenarios of the test file *path*. Raises InvalidInput, as `run_file` does."""
    path = Path(path)
    tests = load_tests(path, desk.definitions)
    organisation, _ = load_organisation(house_of(desk, path, tests.organisation), desk.definitions)
    layers = _layers(desk, path, tests, organisation)
    machine = compile_definition(layers[-1].definition)
    replaced = {old: new for layer in layers for old, new in layer.replaced.items()}
    refuse_strangers(desk, path, tests, organisation, replaced)
    binding = _binding(desk, path, tests, machine, organisation)
    return Player(with_later(tests, binding), binding, brought(layers))


def _layers(desk: Desk, path: Path, tests: Tests, organisation: Organisation) -> tuple[Layer, ...]:
    """Return the procedure without and with the overlays that the file names or the organisation has."""
    folders = folders_for(path, desk.definitions)
    beside_it = path.with_name(f"{tests.procedure}.yaml")
    file = beside_it if beside_it.is_file() else Library(folders).find("procedure", tests.procedure) or beside_it
    if tests.overlays is not None:
        overlays = [beside(desk, path, "overlays", name) for name in tests.overlays]
    else:
        zone = ZoneInfo(organisation.zone)
        first = tests.first_deed
        day = _told_at(first, zone).first.date() if first else desk.clock.now().astimezone(zone).date()
        overlays = list(overlay_files(tests.procedure, organisation, day, folders))
    layers, library = layers_of(file, overlays, desk.definitions, desk.hooks.lookup)
    refuse(library, layers[-1].problems)
    return layers


def _told_at(deed: Deed, zone: ZoneInfo) -> Span:
    """Return when *deed* happened. Raises InvalidInput for a time that the clocks of *zone* skip or pass twice."""
    try:
        return parse_moment(deed.at, zone)
    except BadValue as bad:
        raise InvalidInput([Problem(deed.place, "bad-value", sentence(bad.fact), sentence(bad.mend))]) from bad


def _binding(desk: Desk, path: Path, tests: Tests, machine: Machine, organisation: Organisation) -> Binding:
    name = machine.definition.rulebook
    book = name and organisation.rulebooks.get(name, name)
    rulebook = load_rulebook(beside(desk, path, "rulebooks", book)) if book and book != "none" else None
    hooks = desk.hooks if machine.definition.hooks else None
    return Binding(machine, with_firms(organisation, machine.definition, tests.firms), rulebook, hooks)


def with_firms(organisation: Organisation, definition: Definition, firms: Mapping[str, str]) -> Organisation:
    """Return the organisation with the people of firms in its directory, each speaking for its track."""
    people = dict(organisation.people)
    for person, line_id in firms.items():
        kind = line_id.partition("/")[0]
        roles = tuple(role.name for role in definition.roles.values() if role.speaks_for == kind)
        people[person] = Person(person, roles, speaks_for=(line_id,))
    return replace(organisation, people=people)
