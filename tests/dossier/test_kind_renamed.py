"""A case whose bidders are tenderers in the next version: commands, lists and proofs know the tracks by their ids."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.conftest import PURCHASE, Lab

PLAN = """migration: over
procedure: purchase
from: 2026.1
to: 2027.1
reason: Other words
renamed:
  tracks: {bidder: tenderer}
tracks:
  bidder:
    renamed:
      fields: {price: offer}
"""
CHANGES = (
    ("version: 2026.1", "version: 2027.1"),
    ("bidder", "tenderer"),
    ("price: {type: money", "offer: {type: money"),
    ("fields: [price]", "fields: [offer]"),
    (  # without it `finish` would end a case with an open question, and no such version is released
        "        - holds: not running('award",
        "        - {all_finished: question, if_not: A question is open.}\n        - holds: not running('award",
    ),
)


def _released(lab: Lab, *more: tuple[str, str]) -> Lab:
    text = PURCHASE.read_text(encoding="utf-8")
    for was, now in (*CHANGES, *more):
        assert was in text, was
        text = text.replace(was, now)
    lab.file("purchase.yaml", text)
    lab.done("02-11 08:00", "release", "purchase.yaml")
    return lab


@pytest.fixture
def moved(bid_in: Lab) -> Lab:
    _released(bid_in).done("02-11 09:00", "migrate", bid_in.file("over.yaml", PLAN), "--as", "ben")
    return bid_in


def test_the_draft_says_how_a_kind_is_renamed_and_a_dry_run_says_what_it_does(bid_in: Lab) -> None:
    _released(bid_in)
    drafted = bid_in.done("02-11 08:30", "migrate", "--draft", "purchase.yaml")
    assert "renamed: {tracks: {bidder: tenderer}}" in drafted
    assert "# bidder: there are no such tracks any more" in drafted
    counted = bid_in.json("02-11 08:30", "migrate", "--draft", "purchase.yaml")["open_questions"]
    assert counted == drafted.count(": decide") + 1
    plan = bid_in.file("over.yaml", PLAN)
    assert "1 file checked: no problems" in bid_in.done("02-11 08:30", "check", plan)
    tried = bid_in.json("02-11 08:40", "migrate", plan, "--dry-run", "--as", "ben")
    assert [one["blockers"] for one in tried["cases"]] == [[]]
    assert bid_in.json("02-11 08:45", "show", bid_in.case)["procedure_version"] == "2026.1"


def test_without_the_new_name_the_case_stays(bid_in: Lab) -> None:
    plan = PLAN.partition("renamed:\n  tracks:")[0]
    said = _released(bid_in)("02-11 09:00", "migrate", bid_in.file("over.yaml", plan), "--as", "ben").output
    assert "The new version has no bidder" in said


def test_a_track_is_shown_under_its_id_with_the_words_of_the_new_kind(moved: Lab) -> None:
    tracks = moved.json("02-11 10:00", "track", moved.case)["tracks"]
    assert [(one["line"], one["kind"]) for one in tracks] == [("bidder/al", "tenderer"), ("bidder/bo", "tenderer")]
    assert "offer" in moved.json("02-11 10:00", "track", moved.case, "bidder/al")["fields"]
    moved.done("02-11 10:00", "show", moved.case)
    moved.done("02-11 10:00", "next", moved.case)
    moved.done("02-11 10:00", "cases", "--waiting")
    moved.done("02-11 10:00", "feed", "case", moved.case, "--output", "case.ics")


def test_the_history_tells_the_old_acts_in_the_old_words_and_what_the_kind_is_called_now(moved: Lab) -> None:
    told = moved.done("02-11 10:00", "history", moved.case)
    assert "tenderer" in told
    assert moved.json("02-11 10:00", "history", moved.case)["history"]


def test_people_go_on_with_the_track_under_its_id(moved: Lab) -> None:
    assert moved("02-11 10:30", "do", moved.case, "rank", "--on", "bidder/bo", "--as", "gus", "rank=1").exit_code == 3
    bid = moved.file("bid2.pdf", "another bid")
    words = ("--on", "bidder/bo", "--as", "bo", "offer=90 EUR", "--doc", f"bid={bid}")
    moved.done("02-11 11:00", "do", moved.case, "submit", *words)
    assert moved.json("02-11 12:10", "track", moved.case, "bidder/bo")["state"] == "bid"
    assert "Nothing is wrong" in moved.done("02-11 13:00", "audit", "verify")


def test_an_annulled_migration_gives_the_old_kind_back(moved: Lab) -> None:
    number = str(moved.json("02-11 10:00", "history", moved.case)["history"][-1]["decision"])
    moved.done("02-11 10:00", "annul", moved.case, number, "--as", "ben", "--reason", "The wrong plan")
    assert [one["kind"] for one in moved.json("02-11 10:30", "track", moved.case)["tracks"]] == ["bidder", "bidder"]


def test_plain_python_verifies_the_file_of_the_case(moved: Lab) -> None:
    moved.done("02-12 09:00", "file", moved.case, "--output", "out")
    folder: Path = moved.folder / "out"
    done = subprocess.run([sys.executable, folder / "verify.py"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.count("ok     ")) == (0, 8), done.stdout


def test_the_impact_compares_conditions_after_renaming(bid_in: Lab) -> None:
    _released(bid_in)
    (one,) = bid_in.json("02-11 08:40", "impact", "purchase.yaml", "--plan", bid_in.file("over.yaml", PLAN))["by_case"]
    assert [(effect["kind"], effect["about"]) for effect in one["effects"]] == [
        ("condition-gained", "unfinished('question') == 0")
    ]


def test_reasons_and_lists_name_a_renamed_track_by_titles(moved: Lab) -> None:
    why = " ".join(moved("02-11 10:00", "why", moved.case, "submit", "--on", "bidder/al").output.split())
    assert "submit was carried out already: bidder/al now stands in Bid is in." in why
    assert "possible from: Registered" in why
    _asked(moved)
    waits = " ".join(moved.done("02-20 18:00", "cases", "--waiting").split())
    assert "waits: Rejection (rejection on bidder/al)" in waits


def _asked(moved: Lab) -> None:
    """Let the rejection of a renamed track be asked for, once bidding is over."""
    moved.done("02-20 17:00", "interest", moved.case, "--none", "--as", "gus")
    moved.done("02-20 17:30", "ask", moved.case, "rejection", "--on", "bidder/al", "--as", "gus")


def _written(lab: Lab) -> list[tuple[str, str, str]]:
    with closing(sqlite3.connect(lab.folder / "lab.db")) as file:
        return file.execute("SELECT kind, recipient, subject FROM outbox ORDER BY id").fetchall()


REMINDED = ("        title: Rejection\n", "        title: Rejection\n        remind: {every: 3 working days}\n")


def test_mails_about_a_renamed_track_reach_the_firms_of_before(moved: Lab) -> None:
    before = len(_written(moved))
    moved.done("02-11 10:00", "do", moved.case, "correct", "--as", "ben", "--reason", "A slip")
    assert [who for _, who, _ in _written(moved)[before:]] == ["track:bidder/al", "track:bidder/bo"]
    assert "0 given up" in moved.done("02-11 11:00", "deliveries", "send")


def test_what_is_signed_for_a_renamed_track_is_reminded_of_once_a_turn(bid_in: Lab) -> None:
    _released(bid_in, REMINDED).done("02-11 09:00", "migrate", bid_in.file("over.yaml", PLAN), "--as", "ben")
    _asked(bid_in)
    planned = " ".join(bid_in.done("02-20 18:00", "reminders").split())
    assert "Rejection (rejection, on bidder/al) waits for signatures to Dora Invented (dora)" in planned
    for _ in range(2):  # looking twice reminds once
        bid_in.done("02-25 09:00", "scheduler", "--once")
    reminded = [one for one in _written(bid_in) if one[0] == "reminder"]
    assert reminded == [("reminder", "person:dora", "rejection")]


def test_one_run_moves_every_case_whatever_tracks_it_has(bid_in: Lab) -> None:
    again = ("open", "purchase", "--as", "ada", "--title", "Heating", "need=A stove")
    bare = bid_in.json("02-10 09:00", *again)["case"]
    _released(bid_in)
    found = bid_in.json("02-11 09:00", "migrate", bid_in.file("over.yaml", PLAN), "--as", "ben")["cases"]
    assert {one["case"]: one["outcome"] for one in found} == {bid_in.case: "moved", bare: "moved"}
    assert bid_in.json("02-11 09:10", "migrate", "over.yaml", "--as", "ben")["cases"] == []  # each goes once
    assert bid_in.json("02-11 10:00", "show", bare)["procedure_version"] == "2027.1"
    (bid, left) = bid_in.json("02-11 10:00", "track", bid_in.case)["tracks"]
    assert (bid["kind"], left["kind"]) == ("tenderer", "tenderer")
    assert "Nothing is wrong" in bid_in.done("02-11 13:00", "audit", "verify")
