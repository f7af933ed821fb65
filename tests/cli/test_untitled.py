"""A case that nobody gave a title is called by what its procedure is called, wherever people read of it."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Lab


@pytest.fixture
def untitled(lab: Lab) -> Lab:
    lab.case = lab.json("01-05 09:00", "open", "purchase", "--as", "ada", "need=A pump")["case"]
    lab.done("01-05 10:00", "set", lab.case, "--as", "ben", "value=90000 EUR")
    lab.done("01-05 11:00", "attach", lab.case, "--as", "ada", f"specification={lab.file('spec.pdf')}")
    lab.done("01-06 09:00", "do", lab.case, "finish_draft", "--as", "ben")
    return lab


def test_messages_about_it_say_what_kind_of_case_it_is(untitled: Lab) -> None:
    untitled.done("01-06 10:00", "ask", untitled.case, "launch", "--as", "ben")
    untitled.done("01-06 10:05", "deliveries", "send")
    found = untitled.json("01-06 10:10", "deliveries", "list", "--all")["deliveries"]
    assert {entry["title"] for entry in found} == {"A small purchase"}


def test_the_list_of_cases_says_so_too_and_that_it_has_no_title(untitled: Lab) -> None:
    assert "A small purchase (no title)" in untitled.done("01-06 10:00", "cases")


def test_the_deadlines_of_all_cases_are_called_by_their_titles_with_how_far_away_they_are(called: Lab) -> None:
    told = called.done("01-10 09:00", "deadlines")
    assert "Receipt of bids (bids), open until then, in 41 days" in " ".join(told.split())
    assert f"Cooling, {called.case[-6:]}" in told
