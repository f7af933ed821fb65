"""A case whose bidders are tenderers in the next version: commands, lists and proofs know the tracks by their ids."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from inprocap_flow.service.opening import open_desk
from inprocap_flow.service.timekeeping.reminding import remind
from inprocap_flow.settings import Settings
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


MORE_RENAMED = (
    ("Reply to the review", "Reply to the complaint"),
    ("review_reply", "complaint_reply"),
    ("review", "complaint"),
)
MORE_PLAN = PLAN.replace("{bidder: tenderer}", "{bidder: tenderer, review: complaint}") + (
    "  review:\n    renamed:\n      deadlines: {review_reply: complaint_reply}\n"
)


def _complained(lab: Lab) -> None:
    """Let a firm's case come to a complaint whose answer is due on 9 March, with nothing sent yet."""
    lab.done("02-11 10:00", "do", lab.case, "correct", "--as", "ben", "--reason", "A slip")
    lab.done("02-20 17:00", "interest", lab.case, "--none", "--as", "gus")
    lab.done("02-20 17:20", "do", lab.case, "rank", "--on", "bidder/al", "--as", "gus", "rank=1")
    lab.done("02-20 17:30", "attach", lab.case, "--as", "gus", f"report={lab.file('report.pdf')}")
    lab.done("02-20 17:40", "do", lab.case, "rank_all", "--as", "gus", "award_value=51234 EUR")
    begins = ("file_review", "--new", "review/one", "--of", "bidder/al", "--as", "dora")
    lab.done("02-23 09:00", "do", lab.case, *begins)


def _reminded(lab: Lab) -> int:
    """Write the reminders that are due, and send nothing: as if the machine had stopped in between."""
    desk = open_desk(Settings(database=str(lab.folder / "lab.db"), key_file=lab.folder / "sealing.key"))
    try:
        return remind(desk, datetime(2026, 3, 6, 8, tzinfo=UTC), lambda: True)[0]
    finally:
        desk.store.close()


def test_what_was_written_before_a_kind_is_renamed_arrives_after_it(bid_in: Lab) -> None:
    _complained(bid_in)
    assert _reminded(bid_in) == 1
    waiting = [(kind, to) for kind, to, _ in _written(bid_in)]
    assert ("told", "track:bidder/al") in waiting
    _released(bid_in, *MORE_RENAMED)
    bid_in.done("03-06 09:20", "migrate", bid_in.file("over.yaml", MORE_PLAN), "--as", "ben")
    assert bid_in.json("03-06 09:25", "track", bid_in.case, "review/one")["kind"] == "complaint"
    sent = bid_in.done("03-06 09:30", "deliveries", "send")
    assert "0 to be tried again, 0 given up" in sent
    assert "Nothing waits, and nothing was given up" in bid_in.done("03-06 09:35", "deliveries")
    letters = {path.name: path.read_text("utf-8") for path in (bid_in.folder / "outgoing").rglob("*") if path.is_file()}
    assert any("Reply to the review" in text for text in letters.values())  # the words of when it was written
    assert any("review/one" in text for text in letters.values())  # and the id, by which commands find it still


SIGNED_RENAMED = (("rejection:", "refusal:"), ("[rejection]", "[refusal]"))
SIGNED_PLAN = PLAN + "      approvals: {rejection: refusal}\n"


@pytest.mark.parametrize("signs", [False, True])
def test_who_was_asked_for_what_is_called_otherwise_now_is_told_unless_they_have_signed(
    bid_in: Lab, signs: bool
) -> None:
    _asked(bid_in)
    _released(bid_in, *SIGNED_RENAMED)
    bid_in.done("02-20 18:00", "migrate", bid_in.file("over.yaml", SIGNED_PLAN), "--as", "ben")
    if signs:
        bid_in.done("02-20 18:30", "sign", bid_in.case, "refusal", "--on", "bidder/al", "--as", "dora")
    assert "0 to be tried again, 0 given up" in bid_in.done("02-20 19:00", "deliveries", "send")
    letters = [path.read_text("utf-8") for path in (bid_in.folder / "outgoing").rglob("*") if path.is_file()]
    assert any("Rejection" in text and "dora@" in text for text in letters) is not signs


# ---------------------------------------------------------- what a plan means, and what would become of each case


def both(lab: Lab, plan: str) -> tuple[set[tuple[str, str, str]], set[tuple[str, str, str]], str]:
    """Return what `impact --plan` and `migrate --dry-run` say that nobody has decided, and what would become of it."""
    path = lab.file("over.yaml", plan)
    (meant,) = lab.json("02-11 08:40", "impact", "purchase.yaml", "--plan", path)["by_case"]
    (tried,) = lab.json("02-11 08:41", "migrate", path, "--dry-run", "--as", "ben")["cases"]
    assert (meant["case"], meant["stage"]) == (tried["case"], tried["stage"])
    said = ({(b["code"], b["line"], b["about"]) for b in those} for those in (meant["undecided"], tried["blockers"]))
    undecided, blockers = said
    return undecided, blockers, tried["outcome"]


def test_impact_and_dry_run_agree_that_a_case_can_go(bid_in: Lab) -> None:
    _released(bid_in)
    assert both(bid_in, PLAN) == (set(), set(), "would_move")


def test_impact_and_dry_run_name_the_same_values_that_are_missing_on_renamed_tracks(bid_in: Lab) -> None:
    asked = (
        "      rank: {type: whole_number",
        "      origin: {type: text, title: Origin, by: supplier}\n      rank: {type: whole_number",
    )
    _released(bid_in, asked)
    undecided, blockers, outcome = both(bid_in, PLAN + "    fields: {origin: ask}\n")
    assert outcome == "refused"
    assert undecided == blockers == {("value-missing", f"bidder/{who}", "origin") for who in ("al", "bo")}


def test_impact_and_dry_run_name_the_same_signatures_that_renamed_tracks_need_from_now_on(bid_in: Lab) -> None:
    rank = "        handed_in: {fields: [rank]}\n"
    _released(bid_in, (rank, rank + "        already_there: {approvals: [rejection]}\n"))
    path = bid_in.file("over.yaml", PLAN)
    (meant,) = bid_in.json("02-11 08:40", "impact", "purchase.yaml", "--plan", path)["by_case"]
    (tried,) = bid_in.json("02-11 08:41", "migrate", path, "--dry-run", "--as", "ben")["cases"]
    data = next(event["data"] for event in tried["events"] if event["kind"] == "migrated")
    needed = {(one["line"], one["about"], one["step"]) for one in meant["effects"] if one["kind"] == "approval-gained"}
    assert needed == {(f"bidder/{who}", "rejection", "rank") for who in ("al", "bo")}
    assert {(one["line"], one["about"], one["step"]) for one in data["obligations"]} == needed


def test_a_dry_run_says_what_is_called_otherwise_and_impact_how_to_try_the_plan(bid_in: Lab) -> None:
    _released(bid_in)
    path = bid_in.file("over.yaml", PLAN)
    tried = " ".join(bid_in.done("02-11 08:41", "migrate", path, "--dry-run", "--as", "ben").split())
    assert "the kind of track bidder is called tenderer: bidder/al, bidder/bo" in tried
    assert "the field price is called offer: bidder/al" in tried
    meant = " ".join(bid_in.done("02-11 08:40", "impact", "purchase.yaml", "--plan", path).split())
    assert "migrate over.yaml --dry-run" in meant.replace(str(bid_in.folder) + "/", "")
    assert "--draft" not in meant


def test_tracks_that_a_plan_forgets_are_gone_for_impact_and_keep_the_case_where_it_is_in_a_dry_run(bid_in: Lab) -> None:
    _released(bid_in)
    path = bid_in.file("over.yaml", PLAN.partition("renamed:\n  tracks:")[0])
    (meant,) = bid_in.json("02-11 08:40", "impact", "purchase.yaml", "--plan", path)["by_case"]
    (tried,) = bid_in.json("02-11 08:41", "migrate", path, "--dry-run", "--as", "ben")["cases"]
    gone = {one["line"] for one in meant["effects"] if one["kind"] == "track-gone"}
    assert (
        gone == {one["line"] for one in tried["blockers"] if one["code"] == "track-gone"} == {"bidder/al", "bidder/bo"}
    )
    assert tried["outcome"] == "refused"
