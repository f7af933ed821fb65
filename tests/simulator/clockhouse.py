"""An installation for the simulator of time: a procedure full of clocks, people who are away, changing calendars."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

from inprocap_flow.calendar.days import Calendar, Closure
from inprocap_flow.ids import TimedIds
from inprocap_flow.language.canonical import to_plain
from inprocap_flow.language.load import load_procedure
from inprocap_flow.language.model import Definition, MeetingDate, Organisation, Person, Reminding
from inprocap_flow.machine.compile import compile_definition
from inprocap_flow.machine.released import from_released
from inprocap_flow.machine.table import Machine, released_form
from inprocap_flow.service.desk import Desk
from inprocap_flow.settings import Settings
from inprocap_flow.store.connection import Connection
from inprocap_flow.store.database import DatabaseStore
from inprocap_flow.store.postgres import PostgresConnection
from inprocap_flow.store.records import Person as Known
from inprocap_flow.store.sqlite import SqliteConnection
from tests.simulator.faults import Fault

TIMED = Path(__file__).parent / "timed.yaml"
START = datetime(2026, 1, 5, 8, tzinfo=UTC)  # a Monday
NAME = "clockhouse"
HOURS = ("08:00", "07:30", "02:30")  # the last one does not exist on one morning of the year

SILENCES = ("P10WD", "P5D", "P1M", "PT36H", None)  # after which a case that nobody touches is mentioned

PEOPLE = {
    person.id: person
    for person in (
        Person("ben", ("officer",), (), "ada"),
        Person("ada", ("unit",), (), "ben"),
        Person("dora", ("legal",), (), "dan"),
        Person("dan", ("legal",)),
        Person("kim", ("board",), (), "lee"),
        Person("lee", ("board",), (), "mo"),
        Person("mo", ("board",), (), "kim"),
        Person("al", ("firm",)),
        Person("bo", ("firm",)),
    )
}


@dataclass
class Hands:
    """The clock of everybody in the house; the simulator moves its hands."""

    moment: datetime = START

    def now(self) -> datetime:
        return self.moment


@dataclass
class Switch:
    """The watch of one desk: passes statements on to a fault, and does something else where a transaction begins."""

    fault: Fault = field(default_factory=Fault)
    at_begin: int = 0  # the how manieth beginning; 0: none
    meanwhile: Callable[[], None] = lambda: None
    statements: int = 0

    def before(self, sql: str) -> None:
        self.statements += 1
        if self.at_begin and sql.startswith("BEGIN"):
            self.at_begin -= 1
            if not self.at_begin:
                self.meanwhile()
        self.fault.before(sql)

    def after(self, sql: str) -> None:
        self.fault.after(sql)


@dataclass
class ClockHouse:
    """One installation: a database in memory, in a file or on a server; desks are programs that run on it."""

    folder: Path
    url: str  # file:/NAME?vfs=memdb, a path, or postgresql+psycopg://...
    chance: random.Random
    hands: Hands = field(default_factory=Hands)
    releases: int = 0
    _held_open: Any = None  # a database in memory lives as long as somebody holds it open

    @classmethod
    def in_memory(cls, folder: Path, chance: random.Random) -> ClockHouse:
        return cls(folder, f"file:/inprocap-clockhouse-{uuid4().hex}?vfs=memdb", chance)

    @classmethod
    def in_file(cls, folder: Path, chance: random.Random) -> ClockHouse:
        return cls(folder, str(folder / f"{uuid4().hex}.db"), chance)

    def connect(self, watch: Switch | None = None) -> Connection:
        kind = PostgresConnection if self.url.startswith("postgresql") else SqliteConnection
        return kind(self.url, watch)

    def desk(self, switch: Switch | None = None) -> Desk:
        """Start a program. Only the machine is known to it from the beginning, which never changes."""
        store = DatabaseStore(
            self.url, lambda: self.connect(switch), keys=None, ids=TimedIds(), documents=self.folder / "documents"
        )
        settings = Settings(database=self.url, channel="file", digest_at="off", delivery_tries=6)
        return Desk(
            store, self.hands, settings=settings, random_bytes=self.chance.randbytes, _machines=dict(_machines())
        )

    def build(self) -> None:
        """Make the database, with everything released."""
        self._held_open = self.raw()
        desk = self.desk()
        desk.store.create()
        with desk.store.writing() as work:
            definition = load_timed()[0]
            work.release("procedure", definition.name, definition.version, load_timed()[1], by="ben", now=START)
            work.put_people(NAME, [Known(one.id, one.id, {}, one.roles, (), one.substitute) for one in PEOPLE.values()])
        desk.store.close()
        self.release_organisation()

    def release_organisation(self) -> None:
        """Release the organisation, anew with other holidays, closures, meetings, and another hour for reminders."""
        self.releases += 1
        content = to_plain(organisation(self.releases, self.chance))
        desk = self.desk()
        with desk.store.writing() as work:
            work.release("organisation", NAME, str(self.releases), content, by="ben", now=self.hands.moment)
        desk.store.close()

    def say_absence(self) -> None:
        """Let somebody be away for some days from now on, or be back."""
        person = self.chance.choice([one for one in PEOPLE.values() if one.substitute])
        first = self.hands.moment.date() + timedelta(days=self.chance.randint(-2, 5))
        until = first + timedelta(days=self.chance.randint(0, 25))
        away = ({"from": first.isoformat(), "until": until.isoformat()},) if self.chance.random() < 0.7 else ()
        desk = self.desk()
        with desk.store.writing() as work:
            work.put_people(NAME, [Known(person.id, person.id, {}, person.roles, away, person.substitute)])
        desk.store.close()

    def close(self) -> None:
        """Let go of it; whatever was kept is gone."""
        if self._held_open is not None:
            self._held_open.close()
        if not self.url.startswith(("file:", "postgresql")):
            for suffix in ("", "-wal", "-shm"):
                Path(self.url + suffix).unlink(missing_ok=True)

    def raw(self) -> Any:
        """Return a connection of our own, to look with."""
        if self.url.startswith("postgresql"):
            return LookingPostgres(self.url)
        return sqlite3.connect(self.url, uri=self.url.startswith("file:"), isolation_level=None, timeout=10)


class LookingPostgres:
    """A connection to PostgreSQL that takes statements as SQLite does."""

    def __init__(self, url: str) -> None:
        import psycopg

        self._connection = psycopg.connect(url.replace("+psycopg", "", 1), autocommit=True)

    def execute(self, sql: str, values: tuple[Any, ...] = ()) -> Any:
        return self._connection.execute(sql.replace("?", "%s").encode(), values)

    def close(self) -> None:
        self._connection.close()


def organisation(release: int, chance: random.Random) -> Organisation:
    """Return the organisation as it is released for the how manieth time: the first one plain, the others otherwise.

    Each knows the holidays of some months more; deadlines beyond are provisional and are reckoned again.
    """
    last = date(2026, 4, 30) + timedelta(days=60 * release)
    holidays = {date(year, month, day): "holiday" for year in range(2026, 2046) for month, day in _HOLIDAYS}
    holidays |= {date(2026, 1, 1) + timedelta(days=chance.randint(0, 2500)): "moved" for _ in range(release)}
    holidays = {day: name for day, name in holidays.items() if day <= last}
    closures = tuple(
        Closure(date(year, 12, 27), date(year, 12, 31), "between the years", counts_as_holiday=release % 2 == 0)
        for year in range(2026, 2036)
    )
    calendar = Calendar(
        NAME, str(release), holidays=holidays, covers_from=date(2026, 1, 1), covers_until=last,
        closures=closures,
    )  # fmt: skip
    return Organisation(
        name=NAME,
        version=str(release),
        title={"en": "An invented house"},
        zone="Europe/Berlin",
        currency="EUR",
        calendars={"holidays": calendar.to_plain()},
        committees={"council": tuple(_meetings(chance))},
        people=PEOPLE,
        reminders=_reminding(release, chance),
    )


def _reminding(release: int, chance: random.Random) -> Reminding:
    if release == 1:
        return Reminding(hour=HOURS[0], remind_after=SILENCES[0])
    return Reminding(hour=chance.choice(HOURS), remind_after=chance.choice(SILENCES))


_HOLIDAYS = ((1, 1), (4, 3), (4, 6), (5, 1), (5, 14), (5, 25), (10, 3), (12, 24), (12, 25), (12, 26))


def _meetings(chance: random.Random) -> list[MeetingDate]:
    found = []
    for number in range(1, 61):
        meets = date(2026, 1, 20) + timedelta(days=45 * number + chance.randint(0, 3))
        found.append(MeetingDate(f"c{number}", meets.isoformat(), {"papers": (meets - timedelta(days=10)).isoformat()}))
    return found


@cache
def load_timed() -> tuple[Definition, dict[str, Any]]:
    """Return the procedure and its released form."""
    definition = load_procedure(TIMED)
    return definition, released_form(compile_definition(definition))


@cache
def _machines() -> dict[str, Machine]:
    from inprocap_flow.language.canonical import digest

    content = load_timed()[1]
    found = digest(content)
    return {found: from_released(content, found)}


def content_hash() -> str:
    """Return the name of the one version that there is."""
    return next(iter(_machines()))
