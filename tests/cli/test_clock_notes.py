"""``deadlines --explain`` of clocks that people moved: what was given back, what was decided, and by whom."""

from __future__ import annotations

from tests.cli.conftest import Lab
from tests.cli.test_deadline_acts import sent  # noqa: F401 - a fixture


def note(lab: Lab, at: str, name: str) -> list[str]:
    return lab.done(at, "deadlines", lab.case, "--explain", "--name", name).splitlines()[4:]


def test_a_clock_that_was_suspended_and_extended_shows_what_was_given_back_and_who_did_what(sent: Lab) -> None:  # noqa: F811
    words = (sent.case, "tenders", "--as", "dora", "--reason", "A review came in")
    sent.done("01-07 09:00", "deadline", "suspend", *words)
    assert (
        note(sent, "01-08 09:00", "tenders")[1] == "  says       STANDS STILL; it would have ended Fri 2026-02-20 12:00"
    )
    sent.done("01-09 09:00", "deadline", "resume", *words)
    later = ("--until", "2026-03-20", "--as", "ben", "--reason", "Answers came late")
    sent.done("01-09 10:00", "deadline", "extend", sent.case, "tenders", *later)
    found = note(sent, "01-09 10:00", "tenders")
    assert found[found.index("  What was given back:") :] == [
        "  What was given back:",
        "    R15   The clock stood still from Wed 2026-01-07 09:00 +01:00 to",
        "          Fri 2026-01-09 09:00 +01:00. The day of the suspension is lost, that",
        "          of the resumption is not: 2 days to give back. [convention]",
        "    R15   2 days after the last day, Fri 2026-02-20, is Sun 2026-02-22.",
        "          [convention]",
        "    End   It is over at Sun 2026-02-22 12:00 +01:00 instead of",
        "          Fri 2026-02-20 12:00 +01:00. [convention]",
        "",
        "  What was done to it:",
        "    - Wed 2026-01-07 09:00  stands still, Dora Invented (dora): A review came in",
        "    - Fri 2026-01-09 09:00  runs again, to end Sun 2026-02-22 12:00, Dora",
        "      Invented (dora): A review came in",
        "    - Fri 2026-01-09 10:00  extended to Fri 2026-03-20 12:00, Ben Invented",
        "      (ben): Answers came late",
        "",
    ]


def test_a_clock_counted_back_shows_from_what_and_that_it_was_counted_again(sent: Lab) -> None:  # noqa: F811
    later = ("--until", "2026-03-20", "--as", "ben", "--reason", "Answers came late")
    sent.done("01-09 10:00", "deadline", "extend", sent.case, "tenders", *later)
    found = note(sent, "01-09 10:00", "answers")
    assert "  back from  tenders" in found
    assert "    R9    6 days before Fri 2026-03-20 is Sat 2026-03-14, the far edge." in found
    assert found[-3:-1] == [
        "    - Fri 2026-01-09 10:00  counted again, to end Fri 2026-03-13 24:00, Ben",
        "      Invented (ben): tenders",
    ]


BOUND = """
procedure: bound
version: "1"
language: en
title: Bound
rulebook: none
roles: {officer: {title: Officer}}
fields:
  bind_for: {type: period, by: officer, title: "How long tenders bind, as the call states it"}
begins: {step: begin, by: officer, to: first}
stages: {first: {owner: officer}, end: {final: completed}}
steps:
  close: {from: first, to: same, by: officer, starts: [bind]}
  go: {from: first, to: end, by: officer, meets: [bind], ends: everything}
deadlines:
  bind: {title: Validity, kind: due, period: bind_for, remind: {role: officer, before: 1 day}}
own_lengths: {source: Invented for a test, confirmed_on: never}
"""


def test_a_clock_whose_length_somebody_stated_says_which_and_where(lab: Lab) -> None:
    (lab.folder / "bound.yaml").write_text(BOUND, encoding="utf-8")
    lab.done("01-05 08:00", "release", "bound.yaml", "--as", "ben")
    lab.case = lab.json("01-05 09:00", "open", "bound", "--as", "ben")["case"]
    lab.done("01-05 09:10", "set", lab.case, "bind_for=3 months", "--as", "ben")
    lab.done("01-31 09:00", "do", lab.case, "close", "--as", "ben")
    found = note(lab, "02-01 09:00", "bind")
    assert "  stated     3 months: How long tenders bind, as the call states it (bind_for)" in found
