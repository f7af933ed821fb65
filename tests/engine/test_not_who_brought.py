"""Whoever wrote the specification does not evaluate: a role that is closed to those who brought a document."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from inprocap_flow.engine.case.binding import Binding
from inprocap_flow.errors import InvalidInput
from inprocap_flow.language import canonical
from inprocap_flow.language.load import load_procedure
from inprocap_flow.language.model import Absence, Definition, Person
from inprocap_flow.language.overlays import load_applied
from inprocap_flow.machine.compile import compile_definition
from inprocap_flow.service.reading.book import open_book
from inprocap_flow.service.reading.finding import read_one
from inprocap_flow.service.reading.whole import whole
from inprocap_flow.service.rehearsal import Rehearsal
from tests.engine.conftest import ORGANISATION, TINY_PEOPLE, Play, blocker

PROCEDURE = """
procedure: tiny
version: 1.0
language: en
title: Tiny
rulebook: none
roles:
  unit: {title: Requesting unit}
  evaluator: {title: Evaluator, not_who_brought: specification}
documents:
  specification: {title: Specification, by: [unit, evaluator]}
  report: {title: Report, by: evaluator}
begins: {step: open_case, by: unit, to: first}
stages:
  first: {title: First, owner: unit}
  second: {title: Second, owner: evaluator}
  over: {title: Over, final: completed}
steps:
  hand_over: {from: first, to: second, by: unit, handed_in: {documents: specification}}
  evaluate: {from: second, to: same, by: evaluator, handed_in: {documents: report}}
  finish: {from: second, to: over, by: unit, already_there: {approvals: agreed}}
approvals:
  agreed: {signatures: [{role: evaluator}]}
"""
PEOPLE = (Person("ann", ("unit", "evaluator")), Person("bea", ("unit", "evaluator")))


def definition(folder: Path, text: str = PROCEDURE) -> Definition:
    (folder / "tiny.yaml").write_text(text, encoding="utf-8")
    return load_procedure(folder / "tiny.yaml")


@pytest.fixture
def play(tmp_path: Path) -> Play:
    people = {person.id: person for person in (*TINY_PEOPLE, *PEOPLE)}
    machine = compile_definition(definition(tmp_path))
    play = Play(Rehearsal(Binding(machine, replace(ORGANISATION, people=people))))
    play.does("2026-01-05 09:00", "ann", "open", "open_case")
    play.does("2026-01-05 10:00", "ann", "do", "hand_over", docs=("specification",))
    return play


def test_whoever_brought_the_document_carries_out_no_step_of_the_role(play: Play) -> None:
    found = blocker(play.refused("2026-01-06 09:00", "ann", "do", "evaluate", docs=("report",)), "four-eyes")
    assert found.reason == "ann brought specification in this case and so cannot act as evaluator."
    assert found.mend == "let somebody else act"
    play.does("2026-01-06 10:00", "bea", "do", "evaluate", docs=("report",))


def test_whoever_brought_the_document_does_not_sign_in_the_role(play: Play) -> None:
    blocker(play.refused("2026-01-06 09:00", "ann", "sign", "agreed"), "four-eyes")
    play.does("2026-01-06 10:00", "bea", "sign", "agreed")
    play.does("2026-01-06 11:00", "ann", "do", "finish")  # in the other role ann goes on


ON_PAPER = PROCEDURE.replace("[{role: evaluator}]", "[{role: evaluator, recorded_by: unit}]")


def test_whose_signature_on_paper_was_recorded_does_not_bring_the_document_either(tmp_path: Path) -> None:
    people = {person.id: person for person in (*TINY_PEOPLE, *PEOPLE, Person("cleo", ("unit",)))}
    machine = compile_definition(definition(tmp_path, ON_PAPER))
    play = Play(Rehearsal(Binding(machine, replace(ORGANISATION, people=people))))
    play.does("2026-01-05 09:00", "ann", "open", "open_case")
    play.does("2026-01-05 10:00", "ann", "do", "hand_over", docs=("specification",))
    play.does("2026-01-05 11:00", "cleo", "sign", "agreed", extra={"signed_by": "bea"})
    found = blocker(play.refused("2026-01-05 12:00", "bea", "bring", docs=("specification",)), "four-eyes")
    assert found.reason == "bea has acted as evaluator in this case and so cannot bring specification."
    play.does("2026-01-05 13:00", "ann", "bring", docs=("specification",))


def test_every_version_counts_not_only_the_last(play: Play) -> None:
    play.does("2026-01-06 08:00", "bea", "bring", docs=("specification",))
    for person in ("ann", "bea"):
        blocker(play.refused("2026-01-06 09:00", person, "do", "evaluate", docs=("report",)), "four-eyes")


def test_whoever_has_evaluated_brings_no_version_afterwards(play: Play) -> None:
    play.does("2026-01-06 09:00", "bea", "do", "evaluate", docs=("report",))
    found = blocker(play.refused("2026-01-06 10:00", "bea", "bring", docs=("specification",)), "four-eyes")
    assert found.reason == "bea has acted as evaluator in this case and so cannot bring specification."
    play.does("2026-01-06 10:00", "ann", "bring", docs=("specification",))


def test_a_document_that_is_not_there_is_found(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as wrong:
        definition(tmp_path, PROCEDURE.replace("not_who_brought: specification", "not_who_brought: specificatoin"))
    (found,) = wrong.value.problems
    assert (found.code, found.place.line) == ("unknown-document", 9)
    assert "specification" in found.mend


def test_it_is_part_of_the_definition_only_where_it_is_said(tmp_path: Path) -> None:
    found = definition(tmp_path)
    assert canonical.from_plain(Definition, canonical.to_plain(found)) == found
    assert "not_who_brought" not in canonical.canonical_json(
        canonical.to_plain(definition(tmp_path, PROCEDURE.replace(", not_who_brought: specification", "")))
    )


OVERLAY = """
overlay: house
version: 1
language: en
title: House
organisation: lab
for: {tiny: 1.0}
roles: {panel: {title: Panel%s}}
replace_role: {evaluator: panel}
"""


def test_an_overlay_may_bar_the_authors_from_a_role_but_not_let_them_in(tmp_path: Path) -> None:
    definition(tmp_path)
    (tmp_path / "house.yaml").write_text(OVERLAY % "", encoding="utf-8")
    with pytest.raises(InvalidInput, match="whoever brought specification is not barred"):
        load_applied(tmp_path / "tiny.yaml", [tmp_path / "house.yaml"])
    (tmp_path / "house.yaml").write_text(OVERLAY % ", not_who_brought: [specification, report]", encoding="utf-8")
    found = load_applied(tmp_path / "tiny.yaml", [tmp_path / "house.yaml"])
    assert found.roles["panel"].not_who_brought == ("specification", "report")


def test_it_is_read_with_the_roles_and_at_each_step(tmp_path: Path) -> None:
    definition(tmp_path)
    book = open_book(tmp_path / "tiny.yaml", day=date(2026, 7, 1))
    whole_one = "\n".join(one.text for part in whole(book).walk() for one in part.sentences())
    assert 'Nobody who has filed a version of "Specification" (specification) in the case' in whole_one
    step = [one.text for part in read_one(book, "evaluate") for one in part.sentences()]
    assert 'Nobody who has filed a version of "Specification" (specification) in this case' in "\n".join(step)
    assert "no author is recorded" in whole_one


# ------------------------------------------------------------------------------- a substitute and the person are one

AWAY = Absence("2026-01-01", "2026-01-07")
TESS = Person("tess", ())


def _played(folder: Path, *people: Person, text: str = PROCEDURE) -> Play:
    known = {person.id: person for person in (*TINY_PEOPLE, *people)}
    play = Play(Rehearsal(Binding(compile_definition(definition(folder, text)), replace(ORGANISATION, people=known))))
    play.does("2026-01-05 09:00", "cy", "open", "open_case")
    return play


CY = Person("cy", ("unit",))
ANN_AWAY = replace(PEOPLE[0], absent=(AWAY,), substitute="tess")


def test_what_a_substitute_brought_counts_as_brought_by_the_person_and_by_the_substitute(tmp_path: Path) -> None:
    play = _played(tmp_path, CY, ANN_AWAY, replace(TESS, roles=("evaluator",)))
    play.does("2026-01-05 10:00", "tess", "do", "hand_over", docs=("specification",))  # as the unit, for ann
    for person in ("ann", "tess"):
        found = blocker(play.refused("2026-01-09 09:00", person, "do", "evaluate", docs=("report",)), "four-eyes")
        assert found.reason.startswith(f"{person} brought specification")


def test_nobody_evaluates_for_an_absent_person_who_brought_the_document(tmp_path: Path) -> None:
    play = _played(tmp_path, CY, replace(PEOPLE[0], absent=(AWAY,), substitute="tess"), TESS)
    play.does("2026-01-10 10:00", "ann", "do", "hand_over", docs=("specification",))
    away = replace(PEOPLE[0], absent=(Absence("2026-01-12", "2026-01-16"),), substitute="tess")
    known = {**play.rehearsal.binding.organisation.people, "ann": away}
    binding = play.rehearsal.binding
    play.rehearsal.binding = replace(binding, organisation=replace(binding.organisation, people=known))
    found = blocker(play.refused("2026-01-13 09:00", "tess", "sign", "agreed"), "four-eyes")
    assert found.reason == "ann brought specification in this case, and tess acts for ann: not as evaluator."


RECORDED = PROCEDURE.replace("[{role: evaluator}]", "[{role: evaluator, recorded_by: unit}]")


def test_whose_signature_on_paper_is_recorded_did_not_bring_the_document_either(tmp_path: Path) -> None:
    play = _played(tmp_path, CY, *PEOPLE, text=RECORDED)
    play.does("2026-01-05 10:00", "ann", "do", "hand_over", docs=("specification",))
    refused = play.refused("2026-01-09 09:00", "cy", "sign", "agreed", role="unit", extra={"signed_by": "ann"})
    assert (
        blocker(refused, "four-eyes").reason == "ann brought specification in this case and so cannot act as evaluator."
    )
    play.does("2026-01-09 10:00", "cy", "sign", "agreed", role="unit", extra={"signed_by": "bea"})


def test_a_version_says_for_whom_it_was_filed_only_where_that_counts(tmp_path: Path) -> None:
    play = _played(tmp_path, CY, ANN_AWAY, TESS)
    play.does("2026-01-05 10:00", "tess", "do", "hand_over", docs=("specification",))
    (version,) = play.case.main.documents["specification"]
    assert (version.by, version.for_whom) == ("tess", "ann")
    (tmp_path / "plain").mkdir()
    plain = _played(
        tmp_path / "plain", CY, ANN_AWAY, TESS, text=PROCEDURE.replace(", not_who_brought: specification", "")
    )
    plain.does("2026-01-05 10:00", "tess", "do", "hand_over", docs=("specification",))
    assert plain.case.main.documents["specification"][0].for_whom is None
