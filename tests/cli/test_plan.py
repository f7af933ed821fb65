"""``plan`` and ``feed`` as people type them: at 80 columns, with files written, and refusals that mend."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from inprocap_flow.cli.app import inprocap_flow
from inprocap_flow.engine.case.records import Decision, Request
from inprocap_flow.service.acting import act, open_case
from inprocap_flow.service.judging import UNEXPLORED
from inprocap_flow.service.opening import open_desk
from inprocap_flow.service.releasing import release_organisation, release_overlay, release_procedure
from inprocap_flow.settings import Settings
from tests.exchange.rfc5545 import strictly_read
from tests.planning.test_living import moment

COUNCIL = Path(__file__).parents[1] / "planning" / "definitions" / "council.yaml"
CASE = "case-with-council"


def typed(*words: str, now: str = "2027-01-04T09:00:00+01:00") -> Result:
    result = CliRunner().invoke(inprocap_flow, ["--now", now, *words], prog_name="inprocap-flow")
    assert "Traceback" not in result.output, result.output
    return result


def answered(*words: str, **more: str) -> str:
    result = typed(*words, **more)
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A database with a case of the council whose call is out."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    path = tmp_path / "cases.db"
    desk = open_desk(Settings(database=str(path), key_file=tmp_path / "key"))
    release_procedure(desk, COUNCIL, by="ola", terms=UNEXPLORED)
    release_organisation(desk, COUNCIL.parent / "organisations" / "house.yaml", by="ola", terms=UNEXPLORED)
    release_overlay(desk, COUNCIL.parent / "overlays" / "house-rules.yaml", by="ola", terms=UNEXPLORED)
    opened = Request("open", "ola", "open_case", fields={"need": "A magnet"}, extra={"case": CASE, "title": "Magnet"})
    assert isinstance(open_case(desk, "council", "house", opened, now=moment("2027-03-08 10:00")), Decision)
    for at, request in (
        ("2027-03-29 10:00", Request("fill", "ola", fields={"weeks_open": "P5W", "large": False})),
        ("2027-03-29 10:05", Request("do", "ola", "send_call")),
    ):
        assert isinstance(act(desk, CASE, request, now=moment(at)), Decision)
    desk.store.close()
    return str(path)


def test_a_plan_fits_into_eighty_columns_and_says_what_it_assumes() -> None:
    printed = answered("plan", str(COUNCIL), "--organisation", "house", "--start", "2027-01-04")
    assert max(map(len, printed.splitlines())) <= 80
    assert "*!Mon 2027-04-19" in printed
    assert "3 months" in printed
    assert "Assumed: nobody said how long" in printed
    assert "Say it with --assume weeks_open=" in printed


def test_a_plan_says_what_comes_too_late() -> None:
    printed = answered(
        "plan", str(COUNCIL), "--organisation", "house", "--start", "2027-01-04", "--assume", "weeks_open=5 weeks"
    )
    assert "Comes too late" in printed
    assert "Finish the evaluation: Tue 2027-06-15, 22 days after the last safe one." in printed


def test_a_plan_that_would_have_had_to_begin_before_today_says_so() -> None:
    words = (
        "plan",
        str(COUNCIL),
        "--organisation",
        "house",
        "--finish",
        "2028-06-30",
        "--assume",
        "weeks_open=5 weeks",
    )
    begins = json.loads(answered(*words, "--json"))["start"]
    before = answered("--now", f"{begins}T09:00:00+01:00", *words)
    assert "have had to begin" not in before
    after = answered("--now", f"{begins[:8]}28T09:00:00+01:00", *words)
    assert "It would have had to begin" in " ".join(after.split())


def test_a_plan_as_json_holds_what_the_table_says() -> None:
    made = json.loads(answered("plan", str(COUNCIL), "--organisation", "house", "--start", "2027-01-04", "--json"))
    rows: dict[str, Any] = {row["name"]: row for row in made["rows"]}
    assert rows["step send_call"]["day"] == "2027-01-18"
    assert rows["step send_call"]["critical"] is True
    assert "weeks_open" in {one["of"] for one in made["lengths"]}


def test_a_plan_is_written_as_picture_and_calendar(tmp_path: Path) -> None:
    picture, calendar = tmp_path / "plan.svg", tmp_path / "plan.ics"
    words = ("plan", str(COUNCIL), "--organisation", "house", "--start", "2027-01-04")
    printed = answered(*words, "--svg", str(picture), "--ics", str(calendar))
    assert printed.splitlines()[-2:] == [f"Written: {picture}", f"Written: {calendar}"]
    assert picture.read_text(encoding="utf-8").startswith("<?xml")
    assert strictly_read(calendar.read_bytes())


def test_ranges_give_the_odds_of_each_milestone_and_the_same_seed_the_same_text() -> None:
    words = (
        "plan",
        str(COUNCIL),
        "--organisation",
        "house",
        "--start",
        "2027-01-04",
        "--range",
        "opened=2 weeks..9 weeks",
    )
    first, again = (answered(*words, "--runs", "300") for _ in range(2))
    assert "300 runs, seed 1, 1 length drawn" in first
    assert first == again
    assert answered(*words, "--runs", "300", "--seed", "2") != first
    assert max(map(len, first.splitlines())) <= 80


def test_a_case_is_planned_with_what_a_change_breaks(database: str) -> None:
    words = ("--db", database, "plan", "with-council", "--assume", "opened=3 weeks", "--what-if", "opened +10 days")
    printed = answered(*words, now="2027-04-12T09:00:00+02:00")
    assert "  2027-03-22  2027-03-29 done  2027-03-29       Send the call" in printed
    assert "2027-06-15       2027-09-14 +91" in printed
    assert "What breaks, if" in printed
    assert "misses summer on Tue 2027-06-15" in printed
    assert max(map(len, printed.splitlines())) <= 80


def test_the_latest_safe_days_of_a_case_are_printed_with_their_reasons_when_asked_for(database: str) -> None:
    words = ("--db", database, "plan", CASE, "--assume", "opened=3 weeks", "--why")
    printed = answered(*words, now="2027-04-12T09:00:00+02:00")
    assert "* Mon 2027-05-24  Fri 2027-05-28 Ready for signing: Finish the evaluation" in printed
    assert "3 weeks in Opened" in printed
    assert "Latest safe" not in answered(*words[:-1], now="2027-04-12T09:00:00+02:00")


def test_the_picture_of_a_case_shows_both_plans(database: str, tmp_path: Path) -> None:
    picture = tmp_path / "case.svg"
    words = ("--db", database, "plan", CASE, "--what-if", "opened +10 days", "--svg", str(picture))
    answered(*words, now="2027-04-12T09:00:00+02:00")
    text = picture.read_text(encoding="utf-8")
    assert "dashed, below: as expected without the change" in text
    assert "has happened" in text
    assert "today, Mon 2027-04-12" in text


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (("--start", "2027-01-04", "--finish", "2027-12-01"), 2, "not both"),
        (("--start", "next week"), 2, "is no day"),
        (("--start", "2027-01-04", "--what-if", "opened +1 day"), 2, "asked of a case"),
        (("--start", "2027-01-04", "--assume", "opend=1 week"), 1, "did you mean"),
        (("--start", "2027-01-04", "--by", "chek"), 1, "did you mean check"),
        (("--start", "2027-01-04", "--until", "signed"), 1, "it reaches:"),
        (("--finish", "2027-01-15"), 1, "cannot be finished by"),
        (("--start", "9999-12-30"), 1, "nothing is planned for 9999-12-30"),
        (("--finish", "0001-03-01"), 1, "nothing is planned for 0001-03-01"),
        (("--start", "2027-01-04", "--assume", "opened=9999 years"), 1, "longer than a hundred years"),
        (("--start", "2027-01-04", "--range", "opened=3 weeks"), 1, "is one period"),
    ],
)
def test_what_cannot_be_planned_is_refused_with_the_mend(words: tuple[str, ...], status: int, said: str) -> None:
    result = typed("plan", str(COUNCIL), "--organisation", "house", *words)
    assert result.exit_code == status
    assert said in " ".join(result.output.split())


def test_what_is_neither_procedure_nor_case_is_not_planned(database: str) -> None:
    result = typed("--db", database, "plan", "nothing-like-it")
    assert result.exit_code == 1
    assert "there is neither a procedure nor a case nothing-like-it" in result.output
    said = " ".join(result.output.split())
    assert "choose of: advisory, call-off" in said
    assert "or a case: inprocap-flow cases lists them" in said


def test_a_procedure_that_is_misspelt_is_guessed_also_where_there_is_no_database(tmp_path: Path) -> None:
    result = typed("--db", str(tmp_path / "none.db"), "plan", "opne")
    assert result.exit_code == 1
    assert "did you mean open?" in result.output


def test_finished_cases_give_lengths_once_there_are_three(database: str) -> None:
    desk = open_desk(Settings(database=database, key_file=Path(database).parent / "key"))
    for number, sent in enumerate(("2027-01-14", "2027-01-16", "2027-02-03")):  # after 10, 12 and 30 days
        case = f"case-old-{number}"
        opened = Request("open", "ola", "open_case", fields={"need": "x"}, extra={"case": case})
        open_case(desk, "council", "house", opened, now=moment("2027-01-04 10:00"))
        for at, request in (
            ("2027-01-04 11:00", Request("fill", "ola", fields={"weeks_open": "P1W", "large": False})),
            (f"{sent} 10:00", Request("do", "ola", "send_call")),
            ("2027-02-26 10:00", Request("do", "ola", "give_up", reason="no money")),
        ):
            assert isinstance(act(desk, case, request, now=moment(at)), Decision)
    desk.store.close()
    words = ("--db", database, "plan", CASE, "--history", "--json")
    lengths = {
        one["of"]: one for one in json.loads(answered(*words, now="2027-04-12T09:00:00+02:00"))["planned"]["lengths"]
    }
    assert lengths["drafted"] == {
        "of": "drafted",
        "title": "Drafted",
        "length": "12 days (10 days to 30 days)",
        "basis": "history",
        "source": None,
        "confirmed_on": None,
    }


# ------------------------------------------------------------------------------------------ feeds


def test_a_feed_is_written_and_counted(database: str, tmp_path: Path) -> None:
    path = tmp_path / "ola.ics"
    printed = answered(
        "--db", database, "feed", "person", "ola", "--output", str(path), now="2027-04-12T09:00:00+02:00"
    )
    assert printed == f"Written: {path} (1 entry)\n"
    assert [event["SUMMARY"] for event in strictly_read(path.read_bytes())] == ["Receipt of tenders: Magnet"]


def test_a_feed_without_a_file_is_printed(database: str) -> None:
    assert answered("--db", database, "feed", "case", "with-council").startswith("BEGIN:VCALENDAR")


def test_a_feed_of_somebody_unknown_is_refused(database: str) -> None:
    result = typed("--db", database, "feed", "person", "zoe")
    assert result.exit_code == 1
    assert "knows nobody called zoe" in result.output


def test_a_plan_goes_on_paper_of_a_procedure_and_of_a_case_with_what_if(database: str, tmp_path: Path) -> None:
    page = tmp_path / "plan.html"
    answered("plan", str(COUNCIL), "--organisation", "house", "--start", "2027-01-04", "--html", str(page))
    assert "Latest safe" in page.read_text(encoding="utf-8")
    words = ("--db", database, "plan", CASE, "--what-if", "opened +40 days", "--html", str(page))
    assert f"Written: {page}" in answered(*words, now="2027-04-01T09:00:00+02:00")
    text = page.read_text(encoding="utf-8")
    assert "First planned" in text
    assert "What if" in text
    assert "What does not hold" in text
