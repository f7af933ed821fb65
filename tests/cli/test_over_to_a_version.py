"""What is said of a version that comes on a day, and of what a move to another version leaves as it was."""

from __future__ import annotations

from typing import Any

import pytest

from inprocap_flow.cli.exits import STOPPED
from inprocap_flow.service import migrating
from tests.cli.conftest import PURCHASE, Lab

PLAN = "migration: over\nprocedure: purchase\nfrom: 2026.1\nto: 2027.1\nreason: Two lawyers\n"


def _newer(lab: Lab, was: str, now: str) -> str:
    text = PURCHASE.read_text(encoding="utf-8").replace("version: 2026.1", "version: 2027.1", 1)
    assert was in text
    return lab.file("purchase.yaml", text.replace(was, now, 1))


def _release(lab: Lab, at: str, path: str, *more: str) -> str:
    return " ".join(lab.done(at, "release", path, "--despite", "Made for this test", *more).split())


def test_a_version_of_a_coming_day_says_from_when_cases_open_on_it_and_how_to_prepare(ready: Lab) -> None:
    path = _newer(ready, 'closes_at: "16:00"', 'closes_at: "12:00"')
    said = _release(ready, "01-07 10:00", path, "--valid-from", "2026-03-01")
    assert "From 2026-03-01 on, inprocap-flow open purchase opens cases on version 2027.1;" in said
    assert "inprocap-flow impact purchase" in said
    assert "Next: inprocap-flow open" not in said
    again = _release(ready, "01-08 10:00", path, "--valid-from", "2026-03-01")
    assert "Next: inprocap-flow open" not in again


def test_a_version_that_is_valid_by_now_is_opened_next(ready: Lab) -> None:
    path = _newer(ready, 'closes_at: "16:00"', 'closes_at: "12:00"')
    assert "Next: inprocap-flow open purchase" in _release(ready, "01-07 10:00", path, "--valid-from", "2026-01-07")


def test_an_end_that_somebody_has_set_is_told_to_stay_where_the_plan_recomputes_it(called: Lab) -> None:
    _release(called, "01-12 10:00", _newer(called, 'closes_at: "16:00"', 'closes_at: "12:00"'))
    plan = called.file("over.yaml", PLAN + "deadlines:\n  bids: recompute\n")
    for more in (("--dry-run",), ()):
        said = " ".join(called.done("01-12 11:00", "migrate", plan, *more, "--as", "ben").split())
        assert "bids keeps its end, Fri 2026-02-20 16:00: " in said
        assert "it was set by somebody, and recompute does not move it" in said


def test_the_reason_of_a_move_is_told_once_where_an_approval_is_asked_for_again(ready: Lab) -> None:
    ready.done("01-07 09:00", "sign", ready.case, "launch", "--as", "dora")
    was = "legal: {title: Legal service}"
    _release(ready, "01-07 10:00", _newer(ready, was, "legal: {title: Legal service, apart_from: [unit]}"))
    ready.done("01-07 11:00", "migrate", ready.file("over.yaml", PLAN), "--as", "ben")
    assert ready.done("01-07 12:00", "history", ready.case).count("Two lawyers") == 1


def test_who_names_no_case_is_told_how_to_find_one(ready: Lab) -> None:
    for command in ("next", "why", "do", "show"):
        run = ready("01-07 12:00", command)
        assert run.exit_code == 2
        assert "Missing argument 'CASE'. To find a case: inprocap-flow cases" in " ".join(run.output.split())
    said = ready.json("01-07 12:00", "next")["error"]
    assert said["mend"] == "to find a case: inprocap-flow cases"


def test_a_run_that_is_stopped_says_what_went_over_and_how_to_go_on(
    ready: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    ready.done("01-07 08:00", "open", "purchase", "--as", "ada", "--title", "Second", "need=Another")
    _release(ready, "01-07 10:00", _newer(ready, 'closes_at: "16:00"', 'closes_at: "12:00"'))
    plan = ready.file("over.yaml", PLAN + "deadlines:\n  bids: keep\n")
    tried, calls = migrating.tried, []

    def stopped(*how: Any, **more: Any) -> Any:
        calls.append(how)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return tried(*how, **more)

    monkeypatch.setattr(migrating, "tried", stopped)
    run = ready("01-07 11:00", "migrate", plan, "--as", "ben")
    said = " ".join(run.output.split())
    assert run.exit_code == STOPPED, run.output
    assert "1 case: 1 moved." in said
    assert "Stopped after 1 of 2 cases. The same words again take those that are left." in said
    monkeypatch.setattr(migrating, "tried", tried)
    assert "1 case: 1 moved." in ready.done("01-07 12:00", "migrate", plan, "--as", "ben")


def test_a_plan_is_found_by_its_name_in_the_folder_of_definitions(ready: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    _release(ready, "01-07 10:00", _newer(ready, 'closes_at: "16:00"', 'closes_at: "12:00"'))
    (ready.folder / "own" / "migrations").mkdir(parents=True)
    ready.file("own/migrations/over.yaml", PLAN + "deadlines:\n  bids: keep\n")
    monkeypatch.setenv("INPROCAP_FLOW_DEFINITIONS", str(ready.folder / "own"))
    assert "1 case: 1 would move." in ready.done("01-07 11:00", "migrate", "over", "--dry-run", "--as", "ben")
    assert "1 case: 1 moved." in ready.done("01-07 11:00", "migrate", "over", "--as", "ben")


def test_a_plan_that_is_not_there_is_answered_with_those_that_are(ready: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    said = " ".join(ready("01-07 11:00", "migrate", "over", "--as", "ben").output.split())
    assert "there is no plan over" in said
    assert "inprocap-flow migrate --draft NAME makes one" in said
    (ready.folder / "own" / "migrations").mkdir(parents=True)
    ready.file("own/migrations/to-2027.yaml", PLAN)
    monkeypatch.setenv("INPROCAP_FLOW_DEFINITIONS", str(ready.folder / "own"))
    said = " ".join(ready("01-07 11:00", "migrate", "over", "--as", "ben").output.split())
    assert "give a path, or one of: to-2027" in said
