"""A case that went over to another version: what people and plain Python still read, verify and do not read of it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import PURCHASE, Lab

PLAN = """migration: over
procedure: purchase
from: 2026.1
to: 2027.1
reason: Other words
stages: {bidding.running: bidding.open}
tracks:
  bidder:
    renamed:
      fields: {price: offer}
      documents: {bid: tender}
"""
RENAMED = (
    ("version: 2026.1", "version: 2027.1"),
    ("      running: {title: Open for bids}", "      open: {title: Open for bids}"),
    ("bidding.running", "bidding.open"),
    ("price: {type: money", "offer: {type: money"),
    ("fields: [price]", "fields: [offer]"),
    ("bid: {title: Bid, sealed", "tender: {title: Bid, sealed"),
    (
        "documents: [bid]}\n        already_there: {within: [bids]}",
        "documents: [tender]}\n        already_there: {within: [bids]}",
    ),
    (  # without it `finish` would end a case with an open question, and no such version is released
        "        - holds: not running('award",
        "        - {all_finished: question, if_not: A question is open.}\n        - holds: not running('award",
    ),
)


@pytest.fixture
def moved(bid_in: Lab) -> Lab:
    text = PURCHASE.read_text(encoding="utf-8")
    for was, now in RENAMED:
        assert was in text, was
        text = text.replace(was, now)
    bid_in.file("purchase.yaml", text)
    bid_in.done("02-11 08:00", "release", "purchase.yaml")
    bid_in.done("02-11 09:00", "migrate", bid_in.file("over.yaml", PLAN), "--as", "ben")
    return bid_in


def written(lab: Lab, at: str) -> Path:
    lab.done(at, "file", lab.case, "--output", "out")
    return lab.folder / "out"


def test_plain_python_verifies_a_case_that_went_over(moved: Lab) -> None:
    folder = written(moved, "02-12 09:00")
    done = subprocess.run([sys.executable, folder / "verify.py"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.count("ok     ")) == (0, 8), done.stdout
    assert len(list((folder / "data").glob("definition*.json"))) == 2


def test_an_annulled_migration_verifies_too(moved: Lab) -> None:
    number = str(moved.json("02-11 10:00", "history", moved.case)["history"][-1]["decision"])
    moved.done("02-11 10:00", "annul", moved.case, number, "--as", "ben", "--reason", "The wrong plan")
    assert moved.json("02-11 10:30", "show", moved.case)["procedure_version"] == "2026.1"
    assert "Nothing is wrong" in moved.done("02-11 11:00", "audit", "verify")
    folder = written(moved, "02-12 09:00")
    done = subprocess.run([sys.executable, folder / "verify.py"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_a_wrong_definition_of_an_earlier_version_is_found(moved: Lab) -> None:
    folder = written(moved, "02-12 09:00")
    (earlier,) = (folder / "data").glob("definition-*.json")
    earlier.write_text(earlier.read_text(encoding="utf-8").replace("2026.1", "2026.2"), encoding="utf-8")
    done = subprocess.run([sys.executable, folder / "verify.py"], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "the definition that event 1 names is not there" in done.stdout


def test_what_was_sealed_before_stays_sealed_under_its_new_name_wherever_one_looks(moved: Lab) -> None:
    shown = [
        moved.done("02-12 09:00", *words)
        for words in (
            ("show", moved.case), ("history", moved.case, "--full"), ("at", moved.case, "2026-02-10"),
            ("track", moved.case), ("history", moved.case, "--json"), ("next", moved.case),
        )
    ]  # fmt: skip
    page = (written(moved, "02-12 09:00") / "index.html").read_text(encoding="utf-8")
    prices = ("51 234", "51234", "51\u202f234")
    assert not [price for text in (*shown, page) for price in prices if price in text]


def test_the_history_tells_each_part_in_the_words_of_its_version(moved: Lab) -> None:
    text = moved.done("02-12 09:00", "history", moved.case)
    assert "Go over to version 2027.1" in text
    assert "2026.1 -> 2027.1" in text
    assert "Reason         Other words" in text
    assert json.loads(moved.done("02-12 09:00", "show", moved.case, "--json"))["stage"]
    assert "purchase 2026.1" in moved.done("02-12 09:00", "at", moved.case, "2026-02-10")
    assert "purchase 2027.1" in moved.done("02-12 09:00", "show", moved.case)


def test_the_case_goes_on_by_the_new_version(moved: Lab) -> None:
    text = moved.done("02-20 17:00", "show", moved.case)
    assert "Bids are in" in text
    assert "Nothing is wrong" in moved.done("02-20 17:30", "audit", "verify")


def test_a_plan_for_which_no_case_is_left_says_so_and_changes_nothing(moved: Lab) -> None:
    assert "No open case is on 2026.1" in moved.done("02-12 09:00", "migrate", "over.yaml", "--as", "ben")
    assert moved.json("02-12 09:00", "migrate", "over.yaml", "--as", "ben")["cases"] == []


def test_the_draft_of_a_plan_names_every_open_question(moved: Lab) -> None:
    text = moved.done("02-12 09:00", "migrate", "--draft", "purchase.yaml", "--from", "2026.1")
    assert "bidding.running: decide  # gone; perhaps bidding.open" in text
    assert (
        text.count(": decide")
        == moved.json("02-12 09:00", "migrate", "--draft", "purchase.yaml", "--from", "2026.1")["open_questions"]
        == 3
    )


def test_a_plan_is_drafted_for_what_impact_takes_a_path_or_a_name(moved: Lab) -> None:
    """What `impact` says next is what can be typed."""
    moved.file("inprocap-flow.toml", 'definitions = "."\n')
    by_path = moved.done("02-12 09:00", "migrate", "--draft", "purchase.yaml", "--from", "2026.1")
    assert moved.done("02-12 09:00", "migrate", "--draft", "purchase", "--from", "2026.1") == by_path


def test_a_draft_is_never_written_over_a_plan_in_which_somebody_has_decided(moved: Lab) -> None:
    words = ("migrate", "--draft", "purchase.yaml", "--from", "2026.1", "--output")
    moved.done("02-12 09:00", *words, "next.yaml")
    again = moved("02-12 09:00", *words, "next.yaml")
    assert again.exit_code == 1
    assert "next.yaml is there already" in again.output


def test_a_draft_asks_for_the_reason_and_a_plan_without_one_is_advised_to_give_it(moved: Lab) -> None:
    moved.done("02-12 09:00", "migrate", "--draft", "purchase.yaml", "--from", "2026.1", "--output", "next.yaml")
    text = (moved.folder / "next.yaml").read_text(encoding="utf-8")
    assert "\n# reason: Why the cases go over." in text
    told = moved("02-12 09:00", "check", "next.yaml")
    assert "next.yaml:1:1: reason-missing (advice)" in told.output
    assert "migrate --reason TEXT" in " ".join(told.output.split())
    said = moved.file("said.yaml", text.replace("# reason:", "reason:"))
    assert "reason-missing" not in moved("02-12 09:00", "check", said).output


def test_a_case_that_stays_says_where_the_reason_is_written_and_who_may_move_it(bid_in: Lab) -> None:
    text = PURCHASE.read_text(encoding="utf-8").replace("version: 2026.1", "version: 2026.2")
    bid_in.file("purchase.yaml", text)
    plan = bid_in.file("over.yaml", "migration: over\nprocedure: purchase\nfrom: 2026.1\nto: 2026.2\n")
    told = " ".join(bid_in.refused("02-12 09:00", "migrate", plan, "--dry-run", "--as", "june").split())
    assert "who can Ben Invented (ben)" in told
    assert "A migration needs a reason. mend write it behind `reason:` in the plan, or after --reason" in told


def test_a_dry_run_says_from_which_end_to_which_a_deadline_moves(bid_in: Lab) -> None:
    text = PURCHASE.read_text(encoding="utf-8").replace("version: 2026.1", "version: 2027.1", 1)
    assert "period: 6 days" in text
    bid_in.file("purchase.yaml", text.replace("period: 6 days", "period: 5 days", 1))
    head = PLAN.partition("stages:")[0]
    plan = bid_in.file("over.yaml", f"{head}deadlines: {{answers: recompute}}\n")
    said = " ".join(bid_in.done("02-11 08:00", "migrate", plan, "--as", "ben", "--dry-run").split())
    assert "- answers recomputed: ends Sat 2026-02-14 24:00, was Fri 2026-02-13 24:00" in said
