"""Reading aloud: complete, placed, and the same whole output as was reviewed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from inprocap_flow import bundled
from inprocap_flow.cli.app import inprocap_flow
from inprocap_flow.errors import NotFound
from inprocap_flow.plugins.loading import allowed_folders, load_hooks
from inprocap_flow.service.reading.book import Book, open_book
from inprocap_flow.service.reading.finding import names, read_one
from inprocap_flow.service.reading.mentioning import mentions
from inprocap_flow.service.reading.sentences import Section
from inprocap_flow.service.reading.whole import in_order, whole
from tests.reading.conftest import Said, compare, text_of, without_lines

DEFINITIONS = bundled.root("definitions")
SHIPPED = sorted(path.stem for path in DEFINITIONS.glob("*.yaml") if "." not in path.stem)
LAMP = "tests/reading/definitions/lamp.yaml"
NOW = ("--now", "2026-07-01T09:00:00+02:00")


def _read(*words: str) -> str:
    result = CliRunner().invoke(inprocap_flow, ["read", *words, *NOW])
    assert result.exit_code == 0, result.output
    return result.stdout


def test_a_whole_procedure_reads_as_reviewed() -> None:
    compare("lamp.txt", _read(LAMP))


@pytest.mark.parametrize("name", ["send_call", "launch", "questions_until", "supplier.submit", "cancel"])
def test_parts_of_the_shipped_procurement_read_as_reviewed(name: str) -> None:
    compare(f"pcp-{name}.txt", without_lines(_read("pcp", name)))


def test_the_contents_of_the_shipped_procurement_read_as_reviewed() -> None:
    compare("pcp-contents.txt", _read("pcp", "--contents"))


@pytest.mark.parametrize(
    "words", [(LAMP,), ("pcp", "send_call"), ("pcp", "--where", "standstill"), ("open",), ("restricted-lots",)]
)
def test_no_line_is_longer_than_a_terminal_is_wide(words: tuple[str, ...]) -> None:
    long = [line for line in _read(*words).splitlines() if len(line) > 80]
    assert not [line for line in long if " " in line.strip()]  # a path without blanks cannot be broken


# ------------------------------------------------------------------------------------------------------ completeness


def _sections(book: Book) -> list[Section]:
    return list(whole(book).walk())


@pytest.mark.parametrize("name", SHIPPED)
def test_every_step_stage_approval_and_deadline_is_read(name: str) -> None:
    hooks = load_hooks(allowed_folders(), allowed_folders())
    book = open_book(DEFINITIONS / f"{name}.yaml", (DEFINITIONS,), hook_lookup=hooks.lookup, day=date(2026, 7, 1))
    read = {(one.kind, one.name) for one in _sections(book)}
    assert {("step", _called(kind, step)) for kind, step in _steps(book)} <= read
    for line in book.definition.lines:
        for kind, things in (("approval", line.approvals), ("deadline", line.deadlines)):
            assert {(kind, _called(line.kind, one)) for one in things} <= read
        stages = {f"{line.kind}: {one}" if line.kind else one for one in line.leaves}
        assert {("stage", one) for one in stages} <= read


def _steps(book: Book) -> Iterator[tuple[str, str]]:
    for step in book.steps:
        yield step.line, step.name or "begins"


def _called(kind: str, name: str) -> str:
    return f"{kind}.{name}" if kind else name


def test_every_name_that_is_offered_can_be_read(pcp: Book) -> None:
    for name in names(pcp):
        assert read_one(pcp, name)


def test_every_place_is_a_line_of_a_file_that_was_read(pcp: Book) -> None:
    for section in _sections(pcp):
        for one in section.sentences():
            if one.place is not None:
                source = pcp.library.sources[one.place.file]
                assert source.line(one.place.line).strip(), one


def test_what_a_sentence_is_about_stands_on_the_line_it_names(lamp: Book) -> None:
    """Where a sentence names a field, document, deadline or approval in brackets, its place is no blank or comment."""
    for section in _sections(lamp):
        for one in section.sentences():
            if one.place is not None and one.place.line > 1:
                assert not lamp.library.sources[one.place.file].line(one.place.line).lstrip().startswith("#"), one


# ------------------------------------------------------------------------------------------------------------- words


def test_stages_come_in_the_order_in_which_they_are_reached_and_final_ones_last(pcp: Book) -> None:
    order = in_order(pcp.definition.main)
    assert order.index("tendering.open") < order.index("award.proposed") < order.index("phase_1.running")
    finals = [one for one in order if pcp.definition.main.stages[one].final]
    assert list(order[-len(finals) :]) == finals


def test_a_value_of_law_is_that_of_the_day_that_is_read() -> None:
    old = open_book(Path(LAMP), day=date(2025, 7, 1))
    new = open_book(Path(LAMP), day=date(2026, 7, 1))
    assert "is 500 EUR on 2025-07-01" in text_of(read_one(old, "small_purchase")[0])
    assert "is 1 000 EUR on 2026-07-01" in text_of(read_one(new, "small_purchase")[0])


def test_a_confirmed_value_names_who_and_when_and_another_says_not_confirmed(lamp: Book, said: Said) -> None:
    assert "[confirmed on 2026-02-03 by nora]" in said(lamp, "small_purchase")
    assert "[not confirmed]" in said(lamp, "time_for_offers")


def test_a_day_without_a_value_in_force_says_so() -> None:
    book = open_book(Path(LAMP), day=date(2019, 7, 1))
    assert "without a value" in text_of(read_one(book, "time_for_offers")[0])


def test_a_step_of_the_system_says_what_fires_it(lamp: Book, said: Said) -> None:
    assert 'When "Offers" (offers) is over.' in said(lamp, "close_offers", "Who")
    assert 'With "The time for offers is over" (close_offers).' in said(lamp, "offer.look_at", "Who")


def test_a_watch_says_what_it_asks_for_and_the_step_that_it_blocks_says_so_too(lamp: Book, said: Said) -> None:
    watches = next(one for one in _sections(lamp) if one.kind == "watches")
    text = text_of(watches)
    assert '"Lamps" (lamps) is more than "What counts as many" (many_lamps)' in text
    assert 'Then the approval "More than was planned" (dearer) is asked for.' in text
    assert "The watch too_dear does not hold it up" in said(lamp, "last_decide", "Already there")
    assert "Asked for when" in said(lamp, "dearer", "What it lets through")


def test_branches_say_when_each_is_taken(lamp: Book, said: Said) -> None:
    where = said(lamp, "close_offers", "Where")
    assert "If at least 2 offer" in where
    assert "Otherwise: to" in where


def test_a_change_that_nobody_expects_is_said_when_the_number_comes_from_a_field(lamp: Book, said: Said) -> None:
    """A signature whose condition reads a field becomes void when that field changes, though no list names it."""
    assert '"Lamps" (lamps).' in said(lamp, "last_contract_text", "How long a signature lasts")


def test_a_field_says_everything_that_rests_on_it(pcp: Book, said: Said) -> None:
    uses = said(pcp, "length_1", "Where it is used")
    assert "Handed to the block research_phase as phase_1: lasts." in uses
    assert "(phase_1_end) rests on it" in uses


def test_a_citation_says_how_well_it_is_evidenced_where_the_rulebook_does(lamp: Book) -> None:
    assert lamp.cited("House rule 7 [K]") == "House rule 7 [evidence K: own knowledge]"
    assert lamp.cited("Lamp Act, Art. 3") == "Lamp Act, Art. 3 [not confirmed]"  # a value rests on the very same
    assert lamp.cited("House rule 6") == "House rule 6"  # somebody confirmed that one
    for silent in ("House rule 7", "House rule 7 [X]"):
        assert lamp.cited(silent) == silent


def test_a_limit_says_where_it_is_used(pcp: Book, said: Said) -> None:
    uses = said(pcp, "suppliers_last_phase", "Where it is used")
    assert '"Send the call" (send_call): ' in uses
    assert "(phase_3_start): the number of supplier files" in uses


def test_a_kind_of_track_is_read_whole(pcp: Book) -> None:
    track = read_one(pcp, "supplier")[0]
    assert (track.kind, track.name) == ("track", "supplier")
    assert {"submit", "phase_1_deliver"} <= {part.name.rpartition(".")[2] for part in track.walk()}


def test_a_step_says_its_milestone(pcp: Book, said: Said) -> None:
    assert "The milestone call_sent is reached." in said(pcp, "send_call", "What happens then")


def test_where_finds_what_a_block_does_with_what_it_is_given(pcp: Book) -> None:
    found = mentions(pcp, "firms_concerned")
    assert {one.place.file.rpartition("/")[2] for one in found} == {"pcp.yaml", "questions.yaml"}
    assert any("stands('supplier', given.firms_concerned)" in one.text for one in found)


def test_a_milestone_reads_the_step_that_reaches_it(pcp: Book) -> None:
    assert [one.name for one in read_one(pcp, "call_sent")] == ["send_call"]


def test_a_role_lists_what_it_carries_out_and_signs(pcp: Book, said: Said) -> None:
    assert "(send_call)" in said(pcp, "procurement_officer", "Carries out")
    assert "(launch)" in said(pcp, "budget_holder", "Signs")


def test_an_unknown_name_gets_a_suggestion(pcp: Book) -> None:
    with pytest.raises(NotFound, match="send_call"):
        read_one(pcp, "send_cal")


@pytest.mark.parametrize("name", ["", ".", "..", "supplier.", ".submit", "\0", "x" * 5000, "phase_1.running.more"])
def test_a_name_that_is_none_is_not_found(pcp: Book, name: str) -> None:
    with pytest.raises(NotFound):
        read_one(pcp, name)
