"""A small procedure with every kind of ladder, released into a database, and a clock that a test sets."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from inprocap_flow.engine.case.records import Decision, Request
from inprocap_flow.ids import TimedIds
from inprocap_flow.language.canonical import to_plain
from inprocap_flow.language.load import load_procedure
from inprocap_flow.language.model import Organisation, Person
from inprocap_flow.language.values import encode
from inprocap_flow.machine.compile import compile_definition
from inprocap_flow.machine.table import released_form
from inprocap_flow.service.acting import act, open_case
from inprocap_flow.service.desk import Desk
from inprocap_flow.service.timekeeping.ticked import Ticked
from inprocap_flow.service.timekeeping.ticking import tick
from inprocap_flow.settings import Settings
from inprocap_flow.store.connection import Watch
from inprocap_flow.store.opening import open_store
from inprocap_flow.store.records import Person as Known
from tests.engine.conftest import ORGANISATION, moment

PROCEDURE = Path(__file__).with_name("watchful.yaml")
PEOPLE = {
    person.id: person
    for person in (
        Person("ben", ("officer",)),
        Person("ada", ("unit",)),
        Person("dora", ("legal",)),
        Person("june", ("authority",)),
    )
}
HOUSE = replace(ORGANISATION, people=PEOPLE)
BEGIN = "2026-01-05 09:00"


@dataclass
class SetClock:
    """A clock that shows what it was set to."""

    moment: datetime

    def now(self) -> datetime:
        return self.moment


@dataclass
class House:
    """One installation: what a test asks of it, and what it finds in it."""

    desk: Desk
    clock: SetClock
    url: str

    def at(self, when: str) -> None:
        """Set the clock to a local moment."""
        self.clock.moment = moment(when)

    def opens(self, case_id: str = "case-1", *, when: str = BEGIN) -> str:
        self.at(when)
        asked = Request("open", "ben", extra={"case": case_id})
        assert isinstance(open_case(self.desk, "watchful", "lab", asked), Decision)
        return case_id

    def does(self, when: str, by: str, kind: str, name: str = "", *, case: str = "case-1", **more: Any) -> Decision:
        self.at(when)
        outcome = act(self.desk, case, Request(kind, by, name, **more))
        assert isinstance(outcome, Decision), outcome
        return outcome

    def calls(self, closes: str = "2026-02-20 16:00", *, case: str = "case-1", when: str = "2026-01-05 10:00") -> None:
        """Send the call: tenders are taken until *closes*."""
        self.does(when, "ben", "fill", case=case, fields={"closes": encode(moment(closes))})
        self.does(when, "ben", "do", "call", case=case)

    def ticks(self, when: str) -> Ticked:
        self.at(when)
        return tick(self.desk)

    @property
    def planned(self) -> list[tuple[str, str, str]]:
        """Case, ladder and local moment of everything planned."""
        found = self.rows("SELECT case_id, ladder, due_at FROM reminders ORDER BY due_at, case_id, ladder")
        zone = moment(BEGIN).tzinfo
        return [
            (c, ladder, f"{datetime.fromisoformat(due).astimezone(zone):%Y-%m-%d %H:%M}") for c, ladder, due in found
        ]

    @property
    def reminders(self) -> list[tuple[str, str, str]]:
        """Case, recipient and subject of every reminder in the outbox, in the order in which they fell due."""
        return self.rows("SELECT case_id, recipient, subject FROM outbox WHERE kind = 'reminder' ORDER BY id")

    def details(self) -> list[dict[str, Any]]:
        found = self.rows("SELECT detail FROM outbox WHERE kind = 'reminder' ORDER BY id")
        return [json.loads(text) for (text,) in found]

    def rows(self, sql: str) -> list[Any]:
        if self.url.startswith("postgresql"):
            import psycopg

            with psycopg.connect(self.url.replace("+psycopg", "")) as raw:
                return list(raw.execute(sql.encode()).fetchall())
        with closing(sqlite3.connect(self.url.removeprefix("sqlite:///"))) as file:
            return file.execute(sql).fetchall()

    def events(self, kind: str, case: str = "case-1") -> list[Any]:
        with self.desk.store.reading() as reading:
            return [event for event in reading.events(case) if event.kind == kind]

    def release(self, organisation: Organisation) -> None:
        """Release the organisation anew."""
        with self.desk.store.writing() as work:
            work.release("organisation", "lab", organisation.version, to_plain(organisation), by="ben",
                         now=self.clock.now())  # fmt: skip

    def again(self, watch: Watch | None = None) -> House:
        """Open the same database as another program does."""
        return opened(self.url, self.desk.settings, self.clock, watch)


def opened(url: str, settings: Settings, clock: SetClock, watch: Watch | None = None) -> House:
    folder = settings.outgoing.parent if settings.outgoing else None
    store = open_store(url, ids=TimedIds(), documents=folder, watch=watch)
    return House(Desk(store, clock, settings=settings), clock, url)


def settings_for(url: str, folder: Path) -> Settings:
    return Settings(database=url, outgoing=folder / "outgoing", channel="file")


def built(url: str, folder: Path) -> House:
    """Make an installation with the procedure, the organisation and its people."""
    house = opened(url, settings_for(url, folder), SetClock(moment(BEGIN)))
    house.desk.store.create()
    released = released_form(compile_definition(load_procedure(PROCEDURE)))
    with house.desk.store.writing() as work:
        work.release("procedure", "watchful", "1", released, by="ben", now=house.clock.now())
        work.put_people("lab", [Known(one, contact={"email": f"{one}@example.org"}, roles=PEOPLE[one].roles)
                                for one in PEOPLE])  # fmt: skip
    house.release(HOUSE)
    return house


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = built(f"sqlite:///{tmp_path / 'cases.db'}", tmp_path)
    yield made
    made.desk.store.close()


@pytest.fixture
def postgres_house(tmp_path: Path, fresh_postgres_url: str) -> Iterator[House]:
    made = built(fresh_postgres_url, tmp_path)
    yield made
    made.desk.store.close()
