"""``deadline``: clocks changed from the command line, with all that moves said beforehand."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Lab


@pytest.fixture
def sent(lab: Lab) -> Lab:
    """A case with three clocks: tenders until 20 February 12:00, answers six days before, a hold until 16 January."""
    shutil.copy(Path(__file__).with_name("clocks.yaml"), lab.folder / "clocks.yaml")
    lab.done("01-05 08:00", "release", "clocks.yaml", "--as", "ben")
    lab.case = lab.json("01-05 09:00", "open", "clocks", "--as", "ben")["case"]
    lab.done("01-05 09:10", "set", lab.case, "last=2026-02-20", "--as", "ben")
    lab.done("01-06 09:00", "do", lab.case, "send", "--as", "ben")
    return lab


def extend(lab: Lab, at: str, *more: str) -> Any:
    words = ("deadline", "extend", lab.case, "tenders", "--as", "ben", "--reason", "Answers came late", *more)
    return lab.json(at, *words)


def test_a_preview_says_all_that_moves_and_records_nothing(sent: Lab) -> None:
    text = sent.done(
        "01-07 09:00", "deadline", "extend", sent.case, "tenders", "--until", "2026-03-20", "--as", "ben",
        "--reason", "Answers came late", "--preview",
    )  # fmt: skip
    assert "This would happen; nothing is recorded:" in text
    moves = text.partition("What moves\n")[2]
    assert moves.index("Receipt of tenders") < moves.index("Answers given")
    assert "Fri 2026-03-20 12:00 instead of Fri 2026-02-20" in " ".join(text.split())
    assert "Who is told\n  - Legal, Holder" in text
    assert "not before Fri 2026-01-16 24:00" in text
    assert max(map(len, text.splitlines())) <= 80
    assert "tenders): open until Fri 2026-02-20 12:00" in sent.done("01-07 09:01", "deadlines", sent.case)


def test_a_preview_says_which_clock_that_was_over_opens_again(sent: Lab) -> None:
    text = sent.done(
        "02-16 09:00", "deadline", "extend", sent.case, "tenders", "--until", "2026-03-20", "--as", "ben",
        "--reason", "Answers came late", "--preview",
    )  # fmt: skip
    moves = " ".join(text.partition("What moves")[2].split())
    assert "Answers given (answers): OPENS AGAIN until Fri 2026-03-13 24:00; it had ended Fri 2026-02-13" in moves


def test_a_preview_says_of_what_time_does_that_it_is_not_recorded_either(sent: Lab) -> None:
    refused = " ".join(sent("02-20 12:00", *_extending(sent), "--preview").output.split())
    assert "Nothing is recorded; by itself, because its time has come, this would be:" in refused
    assert "Recorded all the same" not in refused
    carried = " ".join(sent("02-16 09:00", *_extending(sent), "--preview").output.split())
    assert "Nothing is recorded; by itself, because its time has come, this would be:" in carried
    really = sent("02-20 12:00", *_extending(sent))
    assert "Recorded all the same, because its time had come:" in really.output


def _extending(lab: Lab) -> tuple[str, ...]:
    return ("deadline", "extend", lab.case, "tenders", "--until", "2026-03-20", "--as", "ben", "--reason", "Late")


def test_the_same_as_json_with_every_end_before_and_after(sent: Lab) -> None:
    found = extend(sent, "01-07 09:00", "--until", "2026-03-20 16:00")
    assert (found["outcome"], found["told"]) == ("done", ["role:legal", "role:holder"])
    assert [(one["deadline"], one["was"], one["now"]) for one in found["moves"]] == [
        ("tenders", "2026-02-20T11:00:00Z", "2026-03-20T15:00:00Z"),
        ("answers", "2026-02-13T23:00:00Z", "2026-03-13T23:00:00Z"),
    ]
    assert found["minima"] == [
        {
            "deadline": "tenders",
            "line": "case",
            "not_before": "2026-01-16T23:00:00Z",
            "source": None,
            "basis": None,
            "grounds": [],
        }
    ]
    assert found["committee_dates"] == []


@pytest.mark.parametrize(
    ("until", "says"),
    [("soon", "is not a moment"), ("2026-03", "leaves the day open"), ("2026-03-20 25:00", "--until")],
)
def test_what_is_no_end_is_refused_before_anything_is_asked(sent: Lab, until: str, says: str) -> None:
    result = sent("01-07 09:00", "deadline", "extend", sent.case, "tenders", "--until", until, "--as", "ben")
    assert result.exit_code == 1
    assert says in " ".join(result.stderr.split())


def test_a_law_that_makes_a_period_longer_is_a_period(sent: Lab) -> None:
    result = sent("01-07 09:00", "deadline", "extend", sent.case, "tenders", "--by-law", "five", "--as", "ben")
    assert result.exit_code == 1
    assert "--by-law" in result.stderr
    refused = sent.refused(
        "01-07 09:00", "deadline", "extend", sent.case, "tenders", "--by-law", "5 days", "--as", "ben", "--reason", "x"
    )
    assert "which the longer minimum allows" in " ".join(refused.split())


def test_a_clock_stands_still_in_every_view_and_runs_again_with_what_was_lost(sent: Lab) -> None:
    words = (sent.case, "tenders", "--as", "dora", "--reason", "A review came in")
    sent.done("01-07 09:00", "deadline", "suspend", *words)
    for view in ("deadlines", "show", "next"):
        assert "STANDS STILL; it would have ended Fri" in " ".join(sent.done("01-08 09:00", view, sent.case).split())
    assert "extend" not in sent.done("01-08 09:00", "deadlines", sent.case)
    assert "resume: Legal" in sent.done("01-08 09:00", "deadlines", sent.case)
    everywhere = sent.json("01-08 09:00", "deadlines")["deadlines"]
    assert [(one["name"], one["status"]) for one in everywhere] == [
        ("hold", "running"), ("answers", "suspended"), ("tenders", "suspended")
    ]  # fmt: skip
    text = sent.done("01-09 09:00", "deadline", "resume", *words)
    assert "2 days given back" in text
    history = " ".join(sent.done("01-09 09:00", "history", sent.case).split())
    assert "Suspend: Receipt of tenders Deadline stands still from now on" in history
    assert "Resume: Receipt of tenders Deadline runs again until Sun 2026-02-22 12:00" in history


def test_until_when_an_extension_is_safe_is_said_before_and_after_that(sent: Lab) -> None:
    sent.done("01-07 09:00", "deadline", "restart", sent.case, "hold", "--as", "ben", "--reason", "A wrong letter")
    before, after = (
        " ".join(sent.done(at, view, sent.case).split())
        for at, view in (("02-12 23:00", "next"), ("02-13 08:00", "show"))
    )
    assert "can be extended, safely until Thu 2026-02-12 24:00" in before
    assert "can be extended; too late to be safe since Thu 2026-02-12 24:00" in after
    (tenders,) = [
        one
        for one in sent.json("02-13 08:00", "deadlines", sent.case)["deadlines"]
        if one["deadline"] == "tenders"
    ]  # fmt: skip
    assert tenders["safe_until"] == "2026-02-12T23:00:00Z"
    assert tenders["acts"]["extend"] == ["officer"]


def test_a_refusal_says_what_is_possible_instead(sent: Lab) -> None:
    text = " ".join(sent.refused("01-07 09:00", "deadline", "stop", sent.case, "tenders", "--as", "ben").split())
    assert 'does not say who may stop "Receipt of tenders"' in text
    assert "possible under acts: extend, suspend, resume" in text
    missing = sent.refused("01-07 09:00", "deadline", "correct", sent.case, "hold", "--as", "ben", "--reason", "x")
    assert "give the new end (until)" in missing


def test_a_duty_is_satisfied_from_outside_with_its_ground(sent: Lab) -> None:
    words = ("deadline", "satisfy", sent.case, "answers", "--as", "ben", "--reason", "Answered by the ministry")
    sent.done("01-07 09:00", *words)
    history = " ".join(sent.done("01-07 09:01", "history", sent.case).split())
    assert "Satisfy: Answers given Deadline is met Reason Answered by the ministry" in history


def test_recounting_without_a_newer_calendar_finds_nothing_to_do(sent: Lab) -> None:
    found = sent.json("01-07 10:00", "deadline", "recount", sent.case, "--as", "ben")
    assert [blocker["code"] for blocker in found["blockers"]] == ["nothing-to-do"]


def test_what_an_unknown_day_leaves_open_is_said_in_every_view(sent: Lab) -> None:
    words = ("deadline", "satisfy", sent.case, "answers", "--as", "ben", "--reason", "By post", "--evidence", "letter")
    sent.done("03-02 09:00", *words, "--happened", "2026-02")
    says = "CANNOT TELL whether it was met in time: the day is not known exactly"
    for view in (("deadlines", "--all"), ("show",)):
        assert says in " ".join(sent.done("03-02 10:00", view[0], sent.case, *view[1:]).split())
    assert "cannot tell whether it was met in time" in " ".join(sent.done("03-02 10:00", "history", sent.case).split())
    assert "MISSED" not in sent.done("03-02 10:00", "show", sent.case)
    sent.done("03-02 10:00", "file", sent.case, "--output", "dossier")
    page = (sent.folder / "dossier" / "index.html").read_text(encoding="utf-8")
    assert "cannot tell whether it was met in time" in page


def test_a_preview_that_is_refused_still_says_what_would_move_once_the_blockers_are_mended(sent: Lab) -> None:
    words = ("deadline", "extend", sent.case, "tenders", "--until", "2026-03-20", "--as", "ada", "--preview")
    text = sent.refused("01-07 09:00", *words)
    reasons, _, moves = text.partition("With that in place, it would do this:\n")
    assert "Refused, for 2 reasons" in reasons
    assert "Fri 2026-03-20 12:00 instead of Fri 2026-02-20" in " ".join(moves.split())
    assert "Who is told" in moves
    assert "not before Fri 2026-01-16 24:00" in moves
    assert max(map(len, text.splitlines())) <= 80


def test_a_preview_of_what_cannot_be_done_at_all_moves_nothing(sent: Lab) -> None:
    words = ("deadline", "extend", sent.case, "tenders", "--until", "2026-02-10", "--as", "ada", "--preview")
    assert "With that in place" not in sent.refused("01-07 09:00", *words)


def test_a_duty_that_was_missed_is_listed_until_somebody_has_met_it(sent: Lab) -> None:
    sent.done("02-17 08:00", "scheduler", "--once")
    for words in (("deadlines", sent.case), ("deadlines",)):
        assert "answers" in sent.done("02-17 09:00", *words)
        assert "missed" in {one["status"] for one in sent.json("02-17 09:00", *words)["deadlines"]}
    assert "MISSED; it ended Fri 2026-02-13 24:00" in sent.done("02-17 09:00", "deadlines", sent.case)
    met = ("deadline", "satisfy", sent.case, "answers", "--as", "ben", "--reason", "By post", "--evidence", "letter")
    sent.done("02-17 10:00", *met)
    for words in (("deadlines", sent.case), ("deadlines",)):
        assert "missed" not in {one["status"] for one in sent.json("02-17 11:00", *words)["deadlines"]}
