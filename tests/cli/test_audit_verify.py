"""``audit``: what is stored is what was recorded, or the finding says where not."""

from __future__ import annotations

import sqlite3

import pytest

from tests.cli.conftest import Lab


def _tamper(lab: Lab, statement: str) -> None:
    raw = sqlite3.connect(lab.folder / "lab.db", isolation_level=None)
    raw.execute(statement)
    raw.close()


def test_a_sound_database_is_found_sound_and_the_reach_is_said(called: Lab) -> None:
    said = called.done("01-09 09:00", "audit", "verify")
    assert "Nothing is wrong: 1 case" in said
    assert "unless everything was rewritten" in said
    assert f"Nothing is wrong with {called.case}" in called.done("01-09 09:00", "audit", "verify", called.case[-6:])


def test_a_changed_event_is_named_with_its_case_and_number(called: Lab) -> None:
    _tamper(called, "UPDATE events SET actor = 'x' WHERE seq = 3")
    result = called("01-09 09:00", "audit", "verify")
    assert result.exit_code == 5
    assert called.case in result.output
    assert "event 3" in result.output
    findings = called.json("01-09 09:00", "audit", "verify")["findings"]
    assert findings[0]["code"] == "chain-broken"
    assert findings[0]["event"] == 3


def test_a_head_kept_elsewhere_is_found_in_text_and_in_a_file(called: Lab) -> None:
    head = called.done("01-09 09:00", "audit", "head").strip()
    assert head.startswith("head-lab-1-")
    assert called.done("01-09 09:01", "audit", "checkpoint").strip() == head
    for given in (head, called.file("minutes.txt", f"Minutes of the meeting\nhead: {head}\n")):
        said = called.done("01-10 09:00", "audit", "verify", "--against", given)
        assert "Checked against checkpoint 1" in said


def test_a_rewrite_of_all_that_the_head_covers_is_found_only_against_it(called: Lab) -> None:
    head = called.done("01-09 09:00", "audit", "head").strip()
    for statement in ("DELETE FROM checkpoint_entries", "DELETE FROM checkpoints"):
        _tamper(called, statement)
    assert called("01-10 09:00", "audit", "verify").exit_code == 0
    result = called("01-10 09:00", "audit", "verify", "--against", head)
    assert result.exit_code == 5
    assert "head-differs" in result.output


def test_what_is_no_head_or_belongs_to_somebody_else_is_refused(called: Lab) -> None:
    assert "neither a head nor a file" in called("01-09 09:00", "audit", "verify", "--against", "abc").output
    empty = called.file("empty.txt", "nothing")
    assert "no head stands in" in called("01-09 09:00", "audit", "verify", "--against", empty).output
    head = called.done("01-09 09:00", "audit", "head").strip()
    result = called("01-09 09:00", "audit", "verify", "--organisation", "other", "--against", head)
    assert result.exit_code == 1


def test_an_organisation_without_cases_has_no_head(lab: Lab) -> None:
    result = lab("01-09 09:00", "audit", "head")
    assert result.exit_code == 1
    assert "no cases" in result.output


@pytest.mark.parametrize("content", ["{", "[1]", "{}", "null"])
@pytest.mark.parametrize("kind", ["procedure", "organisation"])
def test_a_release_that_somebody_wrote_over_is_damage_and_no_fault_of_ours(
    called: Lab, kind: str, content: str
) -> None:
    _tamper(called, f"UPDATE releases SET content = '{content}' WHERE kind = '{kind}'")
    found = called("01-10 09:00", "audit", "verify")
    assert found.exit_code == 5
    assert "what was released" in " ".join(found.output.split())
    for words in (("next", called.case), ("set", called.case, "value=1 EUR", "--as", "ben")):
        result = called("01-10 09:00", *words)
        assert result.exit_code == 5, result.output
        assert "audit verify" in result.output


def test_a_case_put_into_a_stage_that_its_procedure_does_not_have_is_damage(called: Lab) -> None:
    raw = sqlite3.connect(called.folder / "lab.db", isolation_level=None)
    (stage,) = raw.execute("SELECT stage FROM cases").fetchone()
    raw.execute("UPDATE cases SET state = replace(state, ?, ?)", (f'"{stage}"', '"nowhere"'))
    raw.close()
    for words in (("next", called.case), ("show", called.case), ("set", called.case, "value=1 EUR", "--as", "ben")):
        result = called("01-10 09:00", *words)
        assert result.exit_code == 5, result.output
        assert "stands in nowhere" in result.output
    assert "state-differs" in called("01-10 09:00", "audit", "verify").output
