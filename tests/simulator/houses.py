"""Installations to simulate: a database file with released definitions, and the stories of a procedure."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path

from inprocap_flow.clock import FixedClock
from inprocap_flow.engine.case.binding import Binding, Linked
from inprocap_flow.ids import TimedIds
from inprocap_flow.language.canonical import to_plain
from inprocap_flow.language.load import load_organisation, load_procedure, load_rulebook, load_tests
from inprocap_flow.language.model import Organisation, Person
from inprocap_flow.language.scenarios import Deed, Tests
from inprocap_flow.machine.compile import compile_definition
from inprocap_flow.machine.table import Machine, released_form
from inprocap_flow.plugins.loading import allowed_folders, load_hooks
from inprocap_flow.service.desk import Desk
from inprocap_flow.service.scenarios import with_firms
from inprocap_flow.store.connection import Watch
from inprocap_flow.store.opening import open_store
from inprocap_flow.store.vault import KeyRing
from tests.engine.conftest import ORGANISATION

DEFINITIONS = Path(__file__).parents[2] / "definitions"
PURCHASE = Path(__file__).parents[1] / "engine" / "purchase.yaml"
STORY = Path(__file__).parent / "purchase.test.yaml"
START = datetime(2026, 1, 5, 8, tzinfo=UTC)  # a Monday morning


@dataclass
class House:
    """One installation in *folder*. A desk is opened for one run of the program and closed; a crash ends it, too."""

    folder: Path
    url: str
    procedure: str
    organisation: str
    chance: random.Random
    keys: KeyRing | None = None
    content_hash: str = ""
    stories: tuple[tuple[Deed, ...], ...] = field(default=())
    _machines: dict[str, Machine] = field(default_factory=dict)

    def desk(self, watch: Watch | None = None, *, now: datetime = START, cold: bool = False) -> Desk:
        """Open the database as a new run of the program does: nothing of the run before is known.

        Only released machines are kept from run to run, for they never change and take longest; not if *cold*.
        """
        store = open_store(self.url, keys=self.keys, ids=TimedIds(), documents=self.folder / "documents", watch=watch)
        known = {} if cold else self._machines
        return Desk(store, FixedClock(now), random_bytes=self.chance.randbytes, _machines=known)

    def binding(self) -> Binding:
        """Return what decisions of this house are made with, for somebody who decides without the database."""
        desk = self.desk()
        with desk.store.reading() as reading:
            found = desk.bind(reading, self.content_hash, self.organisation)
        desk.store.close()
        # Which other cases there are is all that such a decision asks the database; it asks anew each time.
        return replace(found, linked=self._linked)

    def _linked(self, case_id: str) -> Linked | None:
        desk = self.desk()
        try:
            with desk.store.reading() as reading:
                binding = desk.bind(reading, self.content_hash, self.organisation)
                return binding.linked(case_id) if binding.linked else None
        finally:
            desk.store.close()


def purchase(folder: Path, chance: random.Random, *, url: str = "", suppliers: int = 0) -> House:
    """Build a house with the small purchase of the engine's tests: every concept, quickly decided."""
    released = _purchase_released()
    people = dict(ORGANISATION.people)
    people |= {f"s{n}": Person(f"s{n}", ("supplier",)) for n in range(suppliers)}
    house = _built(folder, chance, url, "purchase", replace(ORGANISATION, people=people))
    house.content_hash = _release(house, "procedure", "2026.1", released)
    house.stories = _stories(load_tests(STORY, ()))
    return house


@cache
def _purchase_released() -> object:
    return released_form(compile_definition(load_procedure(PURCHASE)))


def open_procedure(folder: Path, chance: random.Random, *, url: str = "") -> House:
    """Build a house with the open procedure of the EU, the invented laboratory and the stories beside it."""
    return shipped("open", folder, chance, url=url)


def shipped(procedure: str, folder: Path, chance: random.Random, *, url: str = "") -> House:
    """Build a house with a shipped procedure, the organisation of its scenarios and the stories beside it."""
    tests = load_tests(DEFINITIONS / f"{procedure}.test.yaml", (DEFINITIONS,))
    hooks = load_hooks(allowed_folders(), allowed_folders())
    definition = load_procedure(DEFINITIONS / f"{procedure}.yaml", (DEFINITIONS,), hook_lookup=hooks.lookup)
    organisation, _ = load_organisation(DEFINITIONS / "organisations" / f"{tests.organisation}.yaml", (DEFINITIONS,))
    # Its overlays change other procedures, or this one into another that is not walked here.
    organisation = replace(organisation, overlays=(), procedures=())
    house = _built(folder, chance, url, procedure, with_firms(organisation, definition, tests.firms))
    book = definition.rulebook and organisation.rulebooks.get(definition.rulebook, definition.rulebook)
    if book and book != "none":
        rulebook = load_rulebook(DEFINITIONS / "rulebooks" / f"{book}.yaml")
        _release(house, "rulebook", rulebook.version, to_plain(rulebook), name=rulebook.name)
    house.content_hash = _release(house, "procedure", definition.version, released_form(compile_definition(definition)))
    house.stories = _stories(tests)
    return house


# No case of these without one of the framework, or of the system: tests/links walks the pairs.
BEGUN_FROM_ANOTHER = frozenset({"call-off", "qualified-call"})
SHIPPED = tuple(
    sorted({path.name.removesuffix(".test.yaml") for path in DEFINITIONS.glob("*.test.yaml")} - BEGUN_FROM_ANOTHER)
)
HOUSES: Mapping[str, Callable[[Path, random.Random], House]] = {
    "purchase": purchase,
    **{procedure: partial(shipped, procedure) for procedure in SHIPPED},
}


def _stories(tests: Tests) -> tuple[tuple[Deed, ...], ...]:
    return tuple(told(tests, name) for name in tests.stories)


def told(tests: Tests, name: str) -> tuple[Deed, ...]:
    """Return every deed of a story, with those of the stories it begins with."""
    deeds = tests.stories[name]
    if deeds and deeds[0].verb == "story":
        return (*told(tests, str(deeds[0].what)), *deeds[1:])
    return deeds


def _built(folder: Path, chance: random.Random, url: str, procedure: str, organisation: Organisation) -> House:
    folder.mkdir(exist_ok=True)
    house = House(folder, url or f"sqlite:///{folder / 'flow.db'}", procedure, organisation.name, chance)
    house.keys = KeyRing.open(folder / "sealing.key")
    desk = house.desk()
    desk.store.create()
    desk.store.close()
    _release(house, "organisation", organisation.version, to_plain(organisation), name=organisation.name)
    return house


def _release(house: House, kind: str, version: str, content: object, *, name: str = "") -> str:
    desk = house.desk()
    with desk.store.writing() as work:
        found = work.release(kind, name or house.procedure, version, content, by="ben", now=START)
    desk.store.close()
    return found
