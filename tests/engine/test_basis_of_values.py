"""A value or a reduction may rest on something else than its limit, and is then never shown as law."""

from __future__ import annotations

from typing import Any

import pytest

from inprocap_flow import bundled
from inprocap_flow.cli.reasons import source
from inprocap_flow.engine.case.records import Decision
from inprocap_flow.language.load import load_rulebook
from inprocap_flow.language.model import Rulebook
from inprocap_flow.language.model.limits import Limit, LimitValue, LimitVariant
from inprocap_flow.service.phrases import trace
from tests.engine.conftest import Build, Play, blocker

KINDS = """
limits:
  time_for_offers:
    says: From the invitation to the closing; the act names a number for lists only
    basis: law
    direction: at_least
    unit: period
    values:
      - from: 2020-01-01
        value: 2 days
        basis: convention
        source: "Act, Art. 3: long enough; two days are ours"
        confirmed_on: 2025-06-01
        variants:
          - {when: under_a_list, value: 10 days, source: "Act, Art. 4"}
  longest:
    says: The longest time
    basis: law
    direction: at_most
    unit: period
    values:
      - from: 2020-01-01
        value: 40 days
        source: "Act, Art. 9"
        confirmed_on: 2025-06-01
        variants:
          - {when: justified, value: 90 days, basis: convention, source: "Act, Art. 9: no number"}
          - {when: under_a_list, value: 30 days, source: "Act, Art. 10"}
fields:
  last: {type: date, by: officer, title: Last day}
  under_a_list: {type: yes_no, by: officer, title: Under a list}
  justified: {type: yes_no, by: officer, title: Justified}
stages: {first: {owner: officer}, end: {final: completed}}
steps:
  invite: {from: first, to: same, by: officer, starts: [offers]}
  finish: {from: first, to: end, by: officer, ends: everything}
deadlines:
  offers:
    title: Offers
    kind: open_until
    ends_at: last
    at_least: limit('time_for_offers')
    at_most: limit('longest')
    closes_at: "16:00"
    cite: "Act, Art. 3"
"""


@pytest.fixture
def play(tiny: Build) -> Play:
    return tiny(KINDS)


def test_a_refusal_for_a_number_of_ours_cites_the_source_of_the_value_and_not_the_article(play: Play) -> None:
    play.does("2026-01-05 09:00", "ben", "fill", last="2026-01-06")
    found = blocker(play.refused("2026-01-05 10:00", "ben", "do", "invite"), "below-floor")
    assert (found.basis, found.cite) == ("convention", "Act, Art. 3: long enough; two days are ours")
    assert source(found) == "Act, Art. 3: long enough; two days are ours (convention of this program)"


def test_a_reduction_without_a_basis_of_its_own_rests_on_what_its_limit_does(play: Play) -> None:
    play.does("2026-01-05 09:00", "ben", "fill", last="2026-01-09", under_a_list="yes")
    found = blocker(play.refused("2026-01-05 10:00", "ben", "do", "invite"), "below-floor")
    assert (found.basis, found.cite) == ("law", "Act, Art. 3")
    assert found.evidence == "never"  # the value beside it was compared, which is another thing than this law


def test_a_reduction_that_is_ours_is_not_confirmed_by_who_compared_the_law(play: Play) -> None:
    play.does("2026-01-05 09:00", "ben", "fill", last="2026-06-30", justified="yes")
    found = blocker(play.refused("2026-01-05 10:00", "ben", "do", "invite"), "above-ceiling")
    assert (found.basis, found.evidence, found.cite) == ("convention", "never", "Act, Art. 9: no number")
    play.does("2026-01-05 11:00", "ben", "fill", justified="no", under_a_list="yes")
    found = blocker(play.refused("2026-01-05 12:00", "ben", "do", "invite"), "above-ceiling")
    assert (found.basis, found.evidence) == ("law", "2025-06-01")


def test_the_decision_records_the_basis_and_the_trace_calls_no_convention_a_lawful_minimum(play: Play) -> None:
    play.does("2026-01-05 09:00", "ben", "fill", last="2026-01-30")
    done = play.does("2026-01-05 10:00", "ben", "do", "invite")
    floor = _computed(done)["floor"]
    assert floor["limits"]["time_for_offers"]["basis"] == "convention"
    said = list(trace(_computed(done)))
    assert "The least length beside it:" in said
    assert any(line.strip().endswith("two days are ours; convention)") for line in said)
    assert not any("lawful" in line for line in said)


def test_the_trace_of_a_number_of_law_speaks_of_the_lawful_minimum(play: Play) -> None:
    play.does("2026-01-05 09:00", "ben", "fill", last="2026-01-30", under_a_list="yes")
    said = list(trace(_computed(play.does("2026-01-05 10:00", "ben", "do", "invite"))))
    assert "The lawful minimum beside it:" in said


def _computed(done: Decision) -> dict[str, Any]:
    started = next(event for event in done.events if event.kind == "deadline_started")
    return dict(started.data["computed"])


def parts_of(value: LimitValue) -> tuple[LimitValue | LimitVariant, ...]:
    """A value and the reductions of it."""
    return (value, *value.variants)


BOOKS = [load_rulebook(path) for path in sorted((bundled.root("definitions") / "rulebooks").glob("*.yaml"))]


@pytest.mark.parametrize("book", BOOKS, ids=[book.name for book in BOOKS])
def test_no_shipped_value_whose_source_says_convention_rests_on_law(book: Rulebook) -> None:
    parts: list[tuple[Limit, LimitValue | LimitVariant]] = [
        (limit, part) for limit in book.limits.values() for value in limit.values for part in parts_of(value)
    ]
    of_law = [(limit.name, part.value) for limit, part in parts if limit.basis_of(part) == "law"]
    ours = [(limit.name, part.value) for limit, part in parts if "convention" in part.source or part.mark == "C"]
    assert not set(of_law) & set(ours)


def test_the_directive_names_no_number_for_what_is_marked_as_a_convention() -> None:
    limits = next(book for book in BOOKS if book.name == "eu-2014-24").limits
    ours = {
        (name, part.value)
        for name, limit in limits.items()
        for value in limit.values
        for part in parts_of(value)
        if limit.basis_of(part) == "convention"
    }
    assert ours == {
        ("restricted_tender_minimum", "P1D"),
        ("negotiation_tender_minimum", "P1D"),
        ("framework_term", "P10Y"),
        ("call_off_tender_minimum", "P1D"),
    }


GUARDED = """
limits:
  least_share:
    says: The least share
    basis: convention
    direction: threshold
    unit: percent
    values: [{from: 2020-01-01, value: 50, source: "Practice pages", confirmed_on: never}]
  many:
    says: Many
    basis: law
    direction: threshold
    unit: percent
    values: [{from: 2020-01-01, value: 10, source: "Act, Art. 11", confirmed_on: 2025-06-01}]
fields:
  share: {type: percent, by: officer, title: Share}
stages: {first: {owner: officer}, end: {final: completed}}
steps:
  finish:
    from: first
    to: end
    by: officer
    already_there:
      that:
        - {holds: share > limit('least_share'), if_not: Too little.}
        - {holds: share > limit('many'), if_not: Too few.}
        - {holds: share > 1, if_not: Next to nothing.}
        - {holds: share > limit('many'), if_not: Again., cite: "House rules, 2"}
"""


def test_a_condition_without_a_source_of_its_own_shows_that_of_the_limit_it_reads(tiny: Build) -> None:
    play = tiny(GUARDED)
    play.does("2026-01-05 10:00", "ben", "fill", share="1")
    refusal = play.refused("2026-01-05 11:00", "ben", "do", "finish")
    assert [source(found) for found in refusal.blockers] == [
        "Practice pages (convention of this program) [not confirmed]",
        "Act, Art. 11 (law)",
        "",
        "House rules, 2",
    ]
