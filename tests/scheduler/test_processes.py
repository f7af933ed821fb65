"""Real processes: two at once double nothing, one that is killed loses nothing, one that is stopped stops cleanly."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from inprocap_flow.service.timekeeping.ticking import tick
from tests.engine.conftest import moment
from tests.service.timekeeping.conftest import House, SetClock, built, opened, settings_for
from tests.simulator.killed import Killing

LONGEST = 60  # seconds; then something hangs
NOW = "2026-02-20 16:00"
CASES = 12


def fill(house: House) -> None:
    """Begin cases in each of which a deadline is over and a reminder due by NOW; half of them are silent, too."""
    for number in range(CASES):
        name = f"case-{number:02}"
        house.opens(name)
        if number % 2:
            house.calls(NOW, case=name)


@contextmanager
def house_at(url: str, folder: Path) -> Iterator[House]:
    made = built(url, folder)
    fill(made)
    yield made
    made.desk.store.close()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def full(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    kind = request.param
    url = request.getfixturevalue("fresh_postgres_url") if kind != "sqlite" else f"sqlite:///{tmp_path / 'cases.db'}"
    with house_at(url, tmp_path) as house:
        yield house


def expected() -> Counter[tuple[str, str, str]]:
    """What must have been said by NOW, all of it once."""
    said: Counter[tuple[str, str, str]] = Counter()
    for number in range(CASES):
        name = f"case-{number:02}"
        said[(name, "role:unit", "tenders") if number % 2 else (name, "role:officer", "draft")] += 1
    return said


def check(house: House) -> None:
    """Everything that was due is done, once: ends, messages, deliveries, and files at the receiver."""
    assert Counter(map(tuple, house.reminders)) == expected()
    assert house.rows("SELECT count(*) FROM events WHERE kind = 'deadline_over'") == [(CASES // 2,)]
    assert house.rows("SELECT count(*) FROM outbox WHERE state = 'pending'") == [(0,)]
    assert house.rows("SELECT count(*) FROM deliveries WHERE state != 'sent'") == [(0,)]
    keys = {key for (key,) in house.rows("SELECT DISTINCT bundle FROM deliveries")}
    assert house.desk.settings.outgoing is not None
    texts = "\n".join(
        one.name + one.read_text(encoding="utf-8") for one in house.desk.settings.outgoing.rglob("*") if one.is_file()
    )
    assert all(key in texts for key in keys)


# ---------------------------------------------------------------------------------------------- the command


def environment(house: House) -> dict[str, str]:
    return {
        **os.environ,
        "INPROCAP_FLOW_DATABASE": house.url,
        "INPROCAP_FLOW_DOCUMENTS": str(house.desk.settings.outgoing),
        "INPROCAP_FLOW_OUTGOING": str(house.desk.settings.outgoing),
        "INPROCAP_FLOW_CHANNEL": "file",
    }


def scheduler(house: House, *words: str) -> subprocess.Popen[str]:
    now = moment(NOW).isoformat()
    return subprocess.Popen(
        [sys.executable, "-m", "inprocap_flow", "--now", now, *words],
        env=environment(house), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def test_two_schedulers_on_one_database_double_nothing(full: House) -> None:
    both = [scheduler(full, "--json", "scheduler", "--once") for _ in range(2)]
    done = [process.communicate(timeout=LONGEST) for process in both]
    assert [process.returncode for process in both] == [0, 0], done
    answers: list[dict[str, Any]] = [json.loads(out) for out, _ in done]
    again = scheduler(full, "--json", "scheduler", "--once")  # what one was sending while the other had ended
    out, _ = again.communicate(timeout=LONGEST)
    answers.append(json.loads(out))
    assert sum(answer["ended"] for answer in answers) == CASES // 2
    assert sum(answer["written"] for answer in answers) == CASES
    assert sum(answer["failed"] for answer in answers) == 0
    check(full)


@pytest.mark.parametrize(("number", "status"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_a_signal_stops_it_after_the_transaction_under_way(tmp_path: Path, number: int, status: int) -> None:
    with house_at(f"sqlite:///{tmp_path / 'cases.db'}", tmp_path) as house:
        process = scheduler(house, "scheduler")
        assert process.stdout is not None
        first = process.stdout.readline()
        process.send_signal(number)
        _, errors = process.communicate(timeout=LONGEST)
        assert process.returncode == status, errors
        assert "reminders written" in first
        assert errors.splitlines()[0] == "Looking after time. Stop with Ctrl-C."
        assert errors.splitlines()[-1] == "Stopped."
        check(house)


def test_where_nothing_is_released_it_says_so_and_stops(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "inprocap_flow", "--db", str(tmp_path / "nothing.db"), "scheduler", "--once"]
    done = subprocess.run(words, capture_output=True, text=True, timeout=LONGEST, check=False)
    assert done.returncode == 1
    assert "there is no database" in done.stderr
    assert not (tmp_path / "nothing.db").exists()


# ---------------------------------------------------------------------------------------------- killed


@dataclass
class Life:
    """What a child is told: where it ticks, and the statement at which it dies."""

    url: str
    folder: Path
    watch: Killing


def live(life: Life) -> None:
    own = opened(life.url, settings_for(life.url, life.folder), SetClock(moment(NOW)), life.watch)
    tick(own.desk)


def killed(house: House, watch: Killing) -> int | None:
    """Let a process tick until it is killed, and return how it ended."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    assert house.desk.settings.outgoing is not None
    child = context.Process(target=live, args=(Life(house.url, house.desk.settings.outgoing.parent, watch),))
    child.start()
    child.join(LONGEST)
    return child.exitcode


class At(Killing):
    """Kills at the *at*-th statement that contains a text."""

    def _is_here(self, sql: str) -> bool:
        if self.text is None or self.text not in sql.replace("%s", "?"):
            return False
        self.found = getattr(self, "found", 0) + 1
        return self.found == (self.at or 1)


MOMENTS: dict[str, Callable[[], Killing]] = {
    "before an end is recorded": lambda: At(text="INSERT INTO events"),
    "after the second end is committed": lambda: At(text="COMMIT", at=8, after_it=True),
    "before a rung is claimed": lambda: At(text="DELETE FROM reminders"),
    "after a rung is claimed": lambda: At(text="DELETE FROM reminders", after_it=True),
    "after a message is written": lambda: At(text="INSERT INTO outbox", at=3, after_it=True),
    "after a message is handed over": lambda: At(text="UPDATE outbox", at=3, after_it=True),
    "after a bundle is named": lambda: At(text="UPDATE deliveries SET state='sending'", after_it=True),
    "before what was sent is marked": lambda: At(text="UPDATE deliveries SET state=?"),
    "after what was sent is marked": lambda: At(text="UPDATE deliveries SET state=?", after_it=True),
}


def test_a_process_killed_anywhere_loses_nothing_and_doubles_nothing(full: House) -> None:
    for name, made in MOMENTS.items():
        assert killed(full, made()) == -signal.SIGKILL, name
    full.ticks(NOW)
    full.ticks("2026-02-20 17:00")  # when every lease of the dead has run out
    check(full)


def test_a_frozen_process_that_wakes_up_later_does_nothing_that_another_has_done(tmp_path: Path) -> None:
    with house_at(f"sqlite:///{tmp_path / 'cases.db'}", tmp_path) as house:
        process = scheduler(house, "--json", "scheduler", "--once")
        time.sleep(0.3)
        process.send_signal(signal.SIGSTOP)
        other = scheduler(house, "--json", "scheduler", "--once")
        other.communicate(timeout=LONGEST)
        process.send_signal(signal.SIGCONT)
        process.communicate(timeout=LONGEST)
        house.ticks("2026-02-20 17:00")
        check(house)
