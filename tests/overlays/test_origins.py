"""Whatever is read, compared or printed of a procedure with overlays names the line where that text stands."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from inprocap_flow.language.marks import read
from inprocap_flow.service.desk import Desk
from inprocap_flow.service.effective import effective
from inprocap_flow.service.reading.book import Book, open_book
from inprocap_flow.service.reading.differing import differences
from inprocap_flow.service.reading.finding import names, read_one
from inprocap_flow.service.reading.sentences import Section, Sentence
from inprocap_flow.service.reading.whole import whole
from inprocap_flow.store.opening import open_store
from tests.overlays.conftest import SHIPPED, House

DAY = date(2026, 11, 23)
NOW = "2026-07-01 09:00"
MADE = {"already_there", "that", "holds", "if_not", "en", "title"}
"""Words around the condition of a detour, and around a text in a further language, that nobody writes."""
OVERLAY = """\
overlay: ours
version: 1
language: en
title: Ours
organisation: house
for: {open: 2026.1}

roles:
  board: {title: Board, at_least: 2, apart_from: [evaluation_committee]}
approvals:
  board_agrees: {title: The board agrees, signatures: [{role: board}]}
watches:
  too_dear:
    since: contract_signed
    when: forecast_value > approved_value
    needs_approval: board_agrees
    tells: board
at:
  awarded:
    already_there: {approvals: [board_agrees]}
rename:
  roles: {legal: The lawyers}
  stages: {preparation: Getting ready}
"""


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("ours") / "ours.yaml"
    path.write_text(OVERLAY, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def book(ours: Path) -> Book:
    return open_book(SHIPPED / "open.yaml", (SHIPPED,), overlays=[ours], day=DAY)


@pytest.fixture(scope="module")
def base() -> Book:
    return open_book(SHIPPED / "open.yaml", (SHIPPED,), day=DAY)


def line_of(text: str) -> int:
    return next(number for number, line in enumerate(OVERLAY.splitlines(), 1) if text in line)


def sentence(section: Section, text: str) -> Sentence:
    return next(one for part in section.walk() for one in part.sentences() if text in one.text)


def test_a_section_that_only_an_overlay_has_stands_in_the_overlay(book: Book) -> None:
    watches = next(one for one in whole(book).walk() if one.kind == "watches")
    assert watches.place is not None
    assert watches.place.file.endswith("ours.yaml")
    assert watches.place.line == line_of("watches:")


def test_another_title_stands_where_the_overlay_gives_it(book: Book) -> None:
    people = next(one for one in whole(book).walk() if one.kind == "roles")
    place = sentence(people, "The lawyers (legal).").place
    assert place is not None
    assert (place.file.endswith("ours.yaml"), place.line) == (True, line_of("The lawyers"))
    (role,) = read_one(book, "legal")
    assert role.place is not None
    assert role.place.file.endswith("preparation.yaml")
    assert role.title_place == place


def test_what_an_overlay_adds_to_a_list_stands_where_the_overlay_names_it(book: Book) -> None:
    (step,) = read_one(book, "decide_award")
    given = sentence(step, 'The approval "The board agrees" (board_agrees) is given')
    used = sentence(step, 'The signatures of "The board agrees" (board_agrees) are used up.')
    for one in (given, used):
        assert one.place is not None
        assert (one.place.file.endswith("ours.yaml"), one.place.line) == (True, line_of("already_there"))
    award = sentence(step, 'The signatures of "Award" (award) are used up.')
    assert award.place is not None
    assert award.place.file.endswith("award_and_signing.yaml")


def test_a_role_that_acts_for_another_stands_where_the_overlay_says_so(tmp_path: Path) -> None:
    text = OVERLAY.partition("approvals:")[0] + "replace_role: {approving_authority: board}\n"
    path = tmp_path / "ours.yaml"
    path.write_text(text, encoding="utf-8")
    book = open_book(SHIPPED / "open.yaml", (SHIPPED,), overlays=[path], day=DAY)
    (step,) = read_one(book, "decide_award")
    place = next(group for group in step.groups if group.label == "Who").sentences[0].place
    assert place is not None
    assert (place.file.endswith("ours.yaml"), place.line) == (True, text.count("\n"))


def test_differences_of_an_overlay_stand_in_the_overlay(base: Book, book: Book) -> None:
    found = differences(base, book)
    new = [one.place for one in found if one.what == "new"]
    said = [sentence.place for one in found for change in one.changes for sentence in change.now]
    assert [place for place in (*new, *said) if place is not None and not place.file.endswith("ours.yaml")] == []


def test_another_title_of_a_stage_is_one_difference(base: Book, book: Book) -> None:
    renamed = [one for one in differences(base, book) if one.title == "Getting ready"]
    assert [(one.kind, one.name) for one in renamed] == [("stage", "preparation")]
    assert not [one for one in differences(base, book) if one.kind == "stage" and one.name != "preparation"]


def test_no_sentence_of_a_difference_ends_before_it_has_said_what(base: Book, book: Book) -> None:
    for one in differences(base, book):
        for change in one.changes:
            assert not [said for said in change.now if said.text.endswith(":") and not said.below], one.title


def test_a_further_signature_takes_none_of_the_others_away(base: Book, book: Book) -> None:
    step = next(one for one in differences(base, book) if one.name == "decide_award")
    assert [sentence for change in step.changes for sentence in change.was] == []


@pytest.mark.parametrize(("procedure", "overlay"), [("pcp", "cern"), ("open", "f4e")])
def test_a_line_of_the_effective_procedure_stands_where_it_is_said_to_stand(procedure: str, overlay: str) -> None:
    desk = Desk(open_store("sqlite://"))
    path = SHIPPED / "overlays" / f"{overlay}.yaml"
    lines = path.read_text(encoding="utf-8").splitlines()
    made = effective(desk, SHIPPED / f"{procedure}.yaml", (path,))
    written = [one for one in made.lines if one.overlay and one.place is not None]
    assert len(written) > 50
    lost = []
    for one in written:
        # The condition of a detour is asked from where it begins, which the overlay says by naming a milestone.
        if one.text.lstrip().startswith("from:"):
            continue  # a detour adds its stage to the steps that it keeps: there it names the step, not the stage
        told = one.text.partition("only_from")[0].partition('"This is not needed here;')[0]
        words = set(re.findall(r"\w+", told.lower())) - MADE
        assert one.place is not None
        if words and not words & set(re.findall(r"\w+", lines[one.place.line - 1].lower())):
            lost.append(f"{one.text!r} is said to stand in line {one.place.line}")
    assert lost == []


@pytest.mark.parametrize(("procedure", "overlay"), [("pcp", "cern"), ("open", "f4e")])
def test_every_name_that_an_overlay_declares_can_be_read_by_itself(procedure: str, overlay: str) -> None:
    path = SHIPPED / "overlays" / f"{overlay}.yaml"
    book = open_book(SHIPPED / f"{procedure}.yaml", (SHIPPED,), overlays=[path], day=DAY)
    root = read(path.read_text(encoding="utf-8"), path.name)
    sections = ("limits", "rules", "roles", "fields", "documents", "approvals", "deadlines", "watches", "derogations")
    declared = [name for section in sections for name in getattr(root.get(section), "keys", list)()]
    assert len(declared) > 5
    offered = names(book)
    for name in declared:
        if procedure not in str(getattr(root.get("for"), "keys", list)()):
            continue
        if name in offered:
            assert read_one(book, name), name
    kept = {*book.definition.watches, *book.definition.rules, *book.definition.limits, *book.definition.derogations}
    assert kept <= set(offered)


def test_a_watch_is_read_by_itself_with_what_it_holds_up(house: House) -> None:
    said = house.done(NOW, "read", "pcp", "limit_crossed", "--overlay", "cern")
    assert "+ watch limit_crossed" in said
    assert 'The step "Close the file" (close_file).' in said


def test_a_rule_is_read_by_itself_with_what_asks_for_it_and_what_lifts_it(house: House) -> None:
    said = house.done(NOW, "read", "pcp", "member_states_only", "--overlay", "cern")
    assert "House rule; CERN, Procurement Strategy and Policy." in said
    assert 'The step "Submit a tender"' in said
    assert "What may lift it in one case" in said


def test_a_name_of_an_overlay_that_is_not_applied_says_where_it_stands(house: House) -> None:
    lost = house(NOW, "read", "pcp", "limit_crossed")
    assert lost.exit_code != 0
    assert "it stands in the overlay cern" in lost.output
    near = house(NOW, "read", "pcp", "limit_crosed", "--overlay", "cern")
    assert "did you mean limit_crossed" in near.output


def test_only_what_an_overlay_changed_is_marked(house: House) -> None:
    said = house.done(NOW, "read", "pcp", "eu_funded", "--overlay", "cern")
    field = said.partition("Paid by a European grant")[0].partition("Where it is used")[2]
    assert "Must be there for" in field
    assert "    - Must be there for" in field
    assert "+ - Must be there for" not in field


def test_a_file_is_named_by_its_folder_where_others_have_its_name(house: House) -> None:
    for words in (("diff", "pcp", "cern"), ("read", "pcp", "decide_award", "--overlay", "cern"),
                  ("effective", "pcp", "--overlay", "cern")):  # fmt: skip
        said = house.done(NOW, *words)
        assert "overlays/cern.yaml:" in said
        assert not re.search(r"(?<!/)\bcern\.yaml:", said), words
        assert "award_and_signing.yaml:" in said or words[0] == "diff"
        assert "blocks/award_and_signing.yaml:" not in said  # nothing else is called so


def test_what_is_only_called_otherwise_is_said_once_above(house: House) -> None:
    said = house.done(NOW, "read", "open", "decide_award", "--overlay", "f4e")
    assert '+ "Authorising officer" stands where others have "Approving authority"' in said
    assert "    - Authorising officer." in said
