"""``reminders`` says who will be told what, when and why; ``scheduler --once`` does it."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from inprocap_flow.cli.app import inprocap_flow
from inprocap_flow.language.canonical import to_plain
from inprocap_flow.language.model import Reminding
from inprocap_flow.service.people import say_absent
from tests.engine.conftest import moment
from tests.service.timekeeping import conftest
from tests.service.timekeeping.conftest import HOUSE, House, built


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    made = built(f"sqlite:///{tmp_path / 'cases.db'}", tmp_path)
    made.opens()
    made.calls()
    made.opens("case-2")
    monkeypatch.setenv("INPROCAP_FLOW_DATABASE", made.url)
    monkeypatch.setenv("INPROCAP_FLOW_OUTGOING", str(tmp_path / "outgoing"))
    yield made
    made.desk.store.close()


def said(now: str, *words: str) -> str:
    done = CliRunner().invoke(inprocap_flow, ["--now", moment(now).isoformat(), *words], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return str(done.output)


def test_it_lists_what_is_planned_the_earliest_first(house: House) -> None:
    assert said("2026-01-06 09:00", "reminders") == (
        """\
Mon 2026-01-12 08:00  Nothing happens in Draft
                      to Officer: ben
                      because nothing has happened since Mon 2026-01-05 09:00, 5
                         working days then
                      Watchful (no title), case-2
Fri 2026-02-06 08:00  Tenders (tenders) ends Fri 2026-02-20 16:00
                      to Officer: ben
                      because that is 10 working days before; then Wed
                         2026-02-18 08:00
                      Watchful (no title), case-1
"""
    )


def test_of_one_case_it_does_not_repeat_which(house: House) -> None:
    text = said("2026-01-06 09:00", "reminders", "case-1")
    assert "case-1" not in text
    assert "case-2" not in text
    assert text.count("\n") == 4


def test_an_approval_that_waits_names_who_has_still_to_sign(house: House) -> None:
    house.does("2026-02-20 16:30", "ben", "fill", fields={"note": "a"})
    house.does("2026-02-20 16:30", "ben", "ask", "plan")
    house.does("2026-02-20 16:40", "dora", "sign", "plan")
    text = " ".join(said("2026-02-20 17:00", "reminders", "case-1").split())
    assert "to Unit: ada because it is over then" in text
    assert "The plan (plan) waits for signatures" in text
    assert "to june" in text
    assert "because it waits since Fri 2026-02-20 16:30; again every 3 working days" in text


def test_what_lies_behind_is_marked_and_the_json_says_all_of_it(house: House) -> None:
    assert "OVERDUE" in said("2026-02-06 08:01", "reminders", "case-1")
    found: list[Any] = json.loads(said("2026-01-06 09:00", "--json", "reminders", "case-1"))["reminders"]
    assert found == [
        {
            "case": "case-1",
            "title": "",
            "due_at": "2026-02-06T07:00:00Z",
            "ladder": "deadline case tenders",
            "of": "deadline",
            "about": "tenders",
            "line": "case",
            "rung": "before P10WD",
            "to": ["role:officer"],
            "people": {"role:officer": [{"person": "ben", "present": "ben", "away": False}]},
            "escalation": False,
            "end": "2026-02-20T15:00:00Z",
            "since": "2026-01-05T09:00:00Z",
            "then": "2026-02-18T07:00:00Z",
            "only_if": None,
            "as_things_stand": True,
            "waits_for": [],
            "then_to": ["role:officer"],
            "then_only_if": None,
            "then_as_things_stand": True,
        }
    ]


def test_what_the_scheduler_would_call_overtaken_is_not_listed_as_overdue(house: House) -> None:
    assert "OVERDUE" in said("2026-02-20 15:00", "reminders", "case-1")
    text = said("2026-02-20 16:30", "reminders", "case-1")  # the tenders are in, and nobody has let time pass
    assert "working days before" not in text
    assert "because it is over then" in text


def test_a_condition_is_said_and_whether_it_holds_as_things_stand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = conftest.PROCEDURE.read_text(encoding="utf-8")
    text = text.replace("before: 10 working days}", "before: 10 working days, if: note == 'hurry'}")
    text = text.replace("{role: officer, before: 2 days}", "{role: unit, before: 2 days, if: note == 'late'}", 1)
    changed = tmp_path / "watchful.yaml"
    changed.write_text(text, encoding="utf-8")
    monkeypatch.setattr(conftest, "PROCEDURE", changed)
    house = built(f"sqlite:///{tmp_path / 'cases.db'}", tmp_path)
    monkeypatch.setenv("INPROCAP_FLOW_DATABASE", house.url)
    house.opens()
    house.calls()
    house.does("2026-01-06 08:00", "ben", "fill", fields={"note": "calm"})
    told = " ".join(said("2026-01-06 09:00", "reminders", "case-1").split())
    assert "only if note == 'hurry' (as things stand, not sent)" in told
    assert "then Wed 2026-02-18 08:00, to Unit: ada, only if note == 'late' (as things stand, not sent)" in told
    (one,) = json.loads(said("2026-01-06 09:00", "--json", "reminders", "case-1"))["reminders"]
    assert (one["only_if"], one["as_things_stand"]) == ("note == 'hurry'", False)
    assert (one["then_to"], one["then_only_if"], one["then_as_things_stand"]) == (
        ["role:unit"],
        "note == 'late'",
        False,
    )
    house.does("2026-01-06 10:00", "ben", "fill", fields={"note": "hurry"})
    told = " ".join(said("2026-01-06 11:00", "reminders", "case-1").split())
    assert "only if note == 'hurry'" in told
    assert "'hurry' (as things stand, not sent)" not in told
    house.desk.store.close()


def test_a_reminder_of_what_is_not_done_says_so_and_names_its_own_recipient(house: House) -> None:
    house.ticks("2026-02-20 16:00")
    told = " ".join(said("2026-02-20 17:00", "reminders", "case-1").split())
    assert ", to Authority: june, only if it is not done by then" in told
    assert "as things stand, not sent" not in told


def test_it_can_be_cut_by_a_moment_or_a_number(house: House) -> None:
    assert "Tenders" not in said("2026-01-06 09:00", "reminders", "--until", "2026-02-01T00:00:00Z")
    assert "Tenders" not in said("2026-01-06 09:00", "reminders", "--most", "1")


@pytest.mark.parametrize("until", ["2026-02-06", "2026-02-06 08:00", "2026-02", "2026-02-06T07:00Z"])
def test_it_can_be_cut_by_a_plain_day_which_counts_to_its_end_where_the_organisation_is(
    house: House, until: str
) -> None:
    assert "Tenders" in said("2026-01-06 09:00", "reminders", "--until", until)


@pytest.mark.parametrize("until", ["2026-02-05", "2026-02-06 07:59", "2026-01"])
def test_what_is_due_after_that_day_is_left_out(house: House, until: str) -> None:
    assert "Tenders" not in said("2026-01-06 09:00", "reminders", "--until", until)


def test_what_is_no_day_is_refused_with_the_forms_that_are_taken(house: House) -> None:
    done = CliRunner().invoke(inprocap_flow, ["reminders", "--until", "26 June"])
    assert done.exit_code == 1
    assert '"2026-07-07"' in done.stderr


def test_it_names_who_stands_in_for_whom_today(house: House) -> None:
    say_absent(house.desk, "lab", "ben", date(2026, 1, 6), date(2026, 1, 9), by="ben", substitute="ada")
    text = " ".join(said("2026-01-06 09:00", "reminders", "case-1").split())
    assert "to Officer: ada in the place of ben, who is away today" in text
    assert "to Officer: ben because" in " ".join(said("2026-01-10 09:00", "reminders", "case-1").split())


def test_somebody_away_in_whose_place_nobody_is_there_is_said(house: House) -> None:
    say_absent(house.desk, "lab", "ben", date(2026, 1, 6), date(2026, 1, 9), by="ben")
    text = " ".join(said("2026-01-06 09:00", "reminders", "case-1").split())
    assert "to Officer: ben, who is away today; nobody stands in" in text


def test_where_nothing_is_planned_it_says_so(house: House) -> None:
    house.does("2026-01-06 10:00", "ben", "do", "finish", case="case-1")
    text = said("2026-01-06 11:00", "reminders", "case-1")
    assert text == "Nobody will be reminded of anything.\n"


def test_where_nothing_is_planned_until_a_day_it_names_the_day(house: House) -> None:
    text = said("2026-01-06 09:00", "reminders", "--until", "2026-01-08")
    assert text == "Nobody will be reminded of anything until 2026-01-08.\n"


def test_the_scheduler_does_once_what_is_due_and_says_what_it_was(house: House) -> None:
    text = said("2026-01-12 08:00", "scheduler", "--once")
    assert "1 reminder written, 1 message handed over, 1 delivery sent" in " ".join(text.split())
    assert "nothing was due" in said("2026-01-12 08:01", "scheduler", "--once")
    assert house.reminders == [("case-2", "role:officer", "draft")]


def test_the_scheduler_speaks_in_the_zone_of_the_organisation_wherever_the_machine_stands(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    try:
        text = said("2026-01-12 08:00", "scheduler", "--once")
    finally:
        monkeypatch.undo()
        time.tzset()
    assert "\nMon 2026-01-12 08:00:00 +0100  1 reminder written" in f"\n{text}"
    assert "\nnext: Fri 2026-02-06 08:00:00 +0100, a reminder" in text


def test_where_several_organisations_are_released_the_scheduler_speaks_in_utc_and_says_so(house: House) -> None:
    with house.desk.store.writing() as work:
        other = replace(HOUSE, name="other", zone="Europe/Lisbon")
        work.release("organisation", "other", "1", to_plain(other), by="ben", now=house.clock.now())
    assert "Mon 2026-01-12 07:00:00 UTC  1 reminder" in said("2026-01-12 08:00", "scheduler", "--once")
    named = said("2026-01-12 09:00", "scheduler", "--once", "--organisation", "other")
    assert "Mon 2026-01-12 08:00:00 +0000  nothing was due" in named


def test_the_scheduler_makes_everything_anew_when_asked_to(house: House) -> None:
    before = house.planned
    with house.desk.store.writing() as work:
        work.reminders.drop("case-1", ["deadline case tenders"])
    said("2026-01-06 09:00", "scheduler", "--once", "--rebuild")
    assert house.planned == before


# ---------------------------------------------------------------------------------------------- a silent case


def silent(house: House) -> None:
    house.release(replace(HOUSE, version="2", reminders=Reminding(remind_after="P15WD")))
    house.opens("case-3")


def test_the_condition_of_a_silent_case_is_said_once_and_that_nothing_holds_it_back(house: House) -> None:
    silent(house)
    house.calls("2026-01-12 16:00", case="case-3")
    house.ticks("2026-01-12 17:00")
    house.does("2026-01-13 10:00", "ben", "do", "report_in", case="case-3")
    text = " ".join(said("2026-01-14 09:00", "reminders", "case-3").split())
    assert "only if nothing happens in the whole case until then; no deadline holds it back" in text
    assert text.count("nothing happens in the whole case") == 1


def test_a_silent_case_that_waits_for_a_deadline_names_it_and_its_end(house: House) -> None:
    silent(house)
    house.calls("2026-06-01 16:00", case="case-3")
    text = " ".join(said("2026-01-14 09:00", "reminders", "case-3").split())
    assert "not sent as things stand: the case waits until Tenders (tenders) ends, Mon 2026-06-01 16:00" in text
    found = json.loads(said("2026-01-14 09:00", "--json", "reminders", "case-3"))["reminders"]
    assert [one["waits_for"] for one in found if one["of"] == "silence"] == [["tenders"]]
