"""A process that carries out reports is really killed, at any statement: nothing is lost, nothing comes twice."""

from __future__ import annotations

import multiprocessing
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from inprocap_flow.clock import FixedClock
from inprocap_flow.ids import TimedIds
from inprocap_flow.service.delivering import hand_over
from inprocap_flow.service.desk import Desk
from inprocap_flow.service.judging import UNEXPLORED
from inprocap_flow.service.migrating import Who, cases_of, load_plan, migrate_case
from inprocap_flow.service.releasing import release_organisation, release_procedure
from inprocap_flow.store.opening import open_store
from inprocap_flow.store.vault import KeyRing
from tests.links.conftest import FIRST, HERE, NOW, POT, SECOND, House, decided
from tests.simulator.killed import Killing

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL"),
    pytest.mark.timeout(120),
]
DEATHS = ((9, False), (16, True), (25, False))  # statements, before or after them


def desk(url: str, folder: Path, watch: Killing | None = None) -> Desk:
    store = open_store(url, keys=KeyRing.open(folder / "key"), ids=TimedIds(), watch=watch)
    store.create()
    return Desk(store, FixedClock(NOW), TimedIds())


def begun(url: str, folder: Path) -> None:
    house = House(desk(url, folder))
    for name in ("pot", "buy"):
        release_procedure(house.desk, HERE / f"{name}.yaml", by="kim", terms=UNEXPLORED)
    release_organisation(house.desk, HERE / "organisations" / "house.yaml", by="kim")
    decided(house.opens(POT, "pot", "kim", size="100 EUR"))
    decided(house.opens(FIRST, "buy", "bob", pot=POT, cost="60 EUR"))
    decided(house.opens(SECOND, "buy", "bob", pot=POT, cost="30 EUR"))
    house.desk.store.close()


def asks_until_killed(url: str, folder: Path, at: int, after_it: bool) -> None:
    house = House(desk(url, folder, Killing(at=at, after_it=after_it)), 60)
    decided(house.does(FIRST, "bob", "ask_pot"))
    decided(house.does(SECOND, "bob", "ask_pot"))


def migrates_until_killed(url: str, folder: Path, at: int, after_it: bool) -> None:
    known = desk(url, folder)
    plan = load_plan(known, folder / "over.yaml")
    known.store.close()
    dying = desk(url, folder, Killing(at=at, after_it=after_it))
    for case_id in cases_of(dying, plan):
        migrate_case(dying, plan, case_id, Who("bob", reason="New"))


def killed(target: object, *arguments: object) -> bool:
    """Run *target* in a process of its own; return whether it was killed. Nothing else may end it before its time."""
    child = multiprocessing.get_context("fork").Process(target=target, args=arguments)  # type: ignore[arg-type]
    child.start()
    child.join(60)
    assert child.exitcode in (0, -signal.SIGKILL), child.exitcode
    return child.exitcode != 0


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'cases.db'}"
    else:
        yield request.getfixturevalue("fresh_postgres_url")


def test_reports_of_killed_processes_are_carried_out_once(url: str, tmp_path: Path) -> None:
    begun(url, tmp_path)
    deaths = sum(killed(asks_until_killed, url, tmp_path, at, after_it) for at, after_it in DEATHS)
    assert deaths > 0
    house = House(desk(url, tmp_path), 120)
    for _ in range(3):
        house.later()
        hand_over(house.desk, house.desk.clock.now())
    for case_id in (FIRST, SECOND):
        reported = house.events(case_id, "reported")
        taken = [e for e in house.events(POT, "began") if (e.request or {}).get("from") == case_id]
        refusals = sum(r.times for r in house.desk.store.refusals(POT) if r.request.get("from") == case_id)
        assert len(taken) + refusals == len(reported), case_id
    assert {entry.state for entry in house.outbox("report")} <= {"carried_out"}
    assert house.desk.store.audit().ok
    house.desk.store.close()


def test_a_killed_migration_leaves_every_case_on_one_version_whole_and_is_gone_on_with(
    url: str, tmp_path: Path
) -> None:
    begun(url, tmp_path)
    text = (HERE / "buy.yaml").read_text(encoding="utf-8").replace('version: "1"', 'version: "2"')
    (tmp_path / "buy.yaml").write_text(text, encoding="utf-8")
    house = House(desk(url, tmp_path), 60)
    release_procedure(house.desk, tmp_path / "buy.yaml", by="kim", terms=UNEXPLORED)
    house.desk.store.close()
    (tmp_path / "over.yaml").write_text("migration: over\nprocedure: buy\nfrom: 1\nto: 2\n", encoding="utf-8")
    deaths = sum(killed(migrates_until_killed, url, tmp_path, at, after_it) for at, after_it in DEATHS)
    assert deaths > 0
    house = House(desk(url, tmp_path), 120)
    plan = load_plan(house.desk, tmp_path / "over.yaml")
    for case_id in cases_of(house.desk, plan):
        migrate_case(house.desk, plan, case_id, Who("bob", reason="New"))
    for case_id in (FIRST, SECOND):
        assert len(house.events(case_id, "migrated")) == 1
    assert house.desk.store.audit().ok
    assert not cases_of(house.desk, plan)
    house.desk.store.close()
