"""``diff --since``: what a file, or a later released version, says otherwise than a released version."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.cli.conftest import PURCHASE, Lab

WAS, NOW = 'closes_at: "16:00"', 'closes_at: "12:00"'


@pytest.fixture
def edited(ready: Lab) -> Lab:
    """A lab that released 2026.1, and is at work on 2027.1 in its file."""
    text = PURCHASE.read_text(encoding="utf-8").replace("version: 2026.1", "version: 2027.1", 1)
    assert WAS in text
    ready.file("purchase.yaml", text.replace(WAS, NOW, 1))
    return ready


def said(lab: Lab, *words: str) -> str:
    return " ".join(lab.done("01-12 10:00", "diff", *words).split())


def found(lab: Lab, *words: str) -> Any:
    return json.loads(lab.done("01-12 10:00", "diff", *words, "--json"))


def released(lab: Lab) -> Lab:
    lab.done("01-12 09:00", "release", "purchase.yaml", "--despite", "Made for this test", "--as", "ben")
    return lab


def test_a_file_does_not_differ_from_what_was_released_of_it(ready: Lab) -> None:
    assert found(ready, str(PURCHASE), "--since", "2026.1")["differences"] == []
    assert "Nothing differs." in said(ready, str(PURCHASE), "--since", "2026.1")


def test_a_file_is_compared_with_a_released_version_in_words(edited: Lab) -> None:
    text = said(edited, "purchase.yaml", "--since", "2026.1")
    assert text.startswith("purchase, released 2026.1, and purchase 2027.1 as its file is now:")
    assert "12:00" in text
    assert "16:00" in text
    assert "purchase.yaml:" in text  # what is new is said with its place


def test_what_was_released_has_no_place_and_what_the_file_says_has_one(edited: Lab) -> None:
    answer = found(edited, "purchase.yaml", "--since", "2026.1")
    assert answer["base"] == {"procedure": "purchase", "version": "2026.1", "released": True}
    assert answer["other"] == {"procedure": "purchase", "version": "2027.1", "released": False}
    changes = [change for one in answer["differences"] for change in one["changes"]]
    assert all("file" not in sentence for change in changes for sentence in change["was"])
    assert all(sentence["file"] == "purchase.yaml" for change in changes for sentence in change["now"])
    assert changes


def test_two_released_versions_are_compared_without_any_file(edited: Lab) -> None:
    released(edited)
    (edited.folder / "purchase.yaml").unlink()
    words = ("purchase", "--since", "2026.1", "--to", "2027.1")
    assert said(edited, *words).startswith("purchase, released 2026.1, and purchase, released 2027.1:")
    answer = found(edited, *words)
    assert answer["other"] == {"procedure": "purchase", "version": "2027.1", "released": True}
    assert answer["differences"]
    assert '"file"' not in json.dumps(answer)
    assert '"line":' not in json.dumps(answer)


def test_both_ways_of_asking_find_the_same(edited: Lab) -> None:
    of_file = found(edited, "purchase.yaml", "--since", "2026.1")["differences"]
    of_release = found(released(edited), "purchase.yaml", "--since", "2026.1", "--to", "2027.1")["differences"]
    assert [(one["what"], one["kind"], one["name"]) for one in of_file] == [
        (one["what"], one["kind"], one["name"]) for one in of_release
    ]


def test_a_step_that_is_gone_is_said_without_a_line(edited: Lab) -> None:
    text = (edited.folder / "purchase.yaml").read_text(encoding="utf-8")
    extra = "  aside: {title: Put aside, from: running, to: running, by: officer}\n"
    released(edited)
    edited.file(
        "purchase.yaml", text.replace("version: 2027.1", "version: 2027.2").replace("steps:\n", f"steps:\n{extra}", 1)
    )
    new = found(edited, "purchase.yaml", "--since", "2027.1")["differences"]
    assert ("new", "step", "aside") in {(one["what"], one["kind"], one["name"]) for one in new}
    edited.done("01-12 09:30", "release", "purchase.yaml", "--despite", "Made for this test", "--as", "ben")
    gone = edited.done("01-12 10:00", "diff", "purchase", "--since", "2027.2", "--to", "2027.1")
    assert "Gone step: Put aside (aside)" in gone
    assert all(line.strip() for line in gone.split("Put aside")[1].splitlines()[:1])


def test_what_differs_under_one_and_the_same_version_asks_for_another(edited: Lab) -> None:
    text = (edited.folder / "purchase.yaml").read_text(encoding="utf-8")
    edited.file("purchase.yaml", text.replace("version: 2027.1", "version: 2026.1", 1))
    assert "2026.1 is released: give the file another `version` to release it." in said(
        edited, "purchase.yaml", "--since", "2026.1"
    )


def test_a_version_that_is_not_released_is_refused_with_those_that_are(edited: Lab) -> None:
    for words in (("--since", "2025.9"), ("--since", "2026.1", "--to", "2025.9")):
        run = edited("01-12 10:00", "diff", "purchase.yaml", *words)
        assert run.exit_code == 1
        text = " ".join(run.output.split())
        assert "version 2025.9 of purchase is not released" in text
        assert "released: 2026.1" in text


def test_a_procedure_of_which_nothing_is_released_is_told_to_be_released_first(ready: Lab) -> None:
    run = ready("01-12 10:00", "diff", "pcp", "--since", "2026.1")
    assert run.exit_code == 1
    assert "no version of pcp is released" in " ".join(run.output.split())


def test_a_later_version_alone_or_beside_another_file_is_a_misuse(edited: Lab) -> None:
    alone = edited("01-12 10:00", "diff", "purchase.yaml", "--to", "2026.1")
    both = edited("01-12 10:00", "diff", "purchase.yaml", "cern", "--since", "2026.1", "--to", "2026.1")
    assert (alone.exit_code, both.exit_code) == (2, 2)
    assert "--since" in alone.output
