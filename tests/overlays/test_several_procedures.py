"""What one of several procedures lacks that an overlay is for is said with the name of that procedure and a mend."""

from __future__ import annotations

from pathlib import Path

from inprocap_flow.language.inspect import check
from tests.overlays.conftest import OWN, SHIPPED

RULES = """\
overlay: fair-rules
version: 2026.1
language: en
title: FAIR rules
organisation: house
for: {open: 2026.1, pcp: 2026.1}
roles:
  evaluators:
PARTS
replace_role: {evaluation_committee: evaluators}
"""
WHOLE = """\
    title: Evaluators
    at_least: 3
    declares_interests: yes
    apart_from: [approving_authority]
    not_who_brought: [specification]"""
EACH = """\
    - only_for: [open]
      title: Evaluators
      at_least: 3
      declares_interests: yes
      apart_from: [approving_authority]
      not_who_brought: [specification]
    - only_for: [pcp]
      title: Evaluators
      at_least: 3
      declares_interests: yes
      apart_from: [approving_authority]"""


def found(folder: Path, parts: str) -> list[tuple[str, str, str]]:
    (folder / "overlays").mkdir()
    path = folder / "overlays" / "fair-rules.yaml"
    path.write_text(RULES.replace("PARTS", parts), encoding="utf-8")
    problems = check([path], (folder, OWN, SHIPPED))
    return [(one.code, one.fact, one.mend) for one in problems if one.code == "unknown-document"]


def test_a_document_that_one_procedure_lacks_is_said_with_its_name_and_how_to_narrow_the_entry(tmp_path: Path) -> None:
    ((_, fact, mend),) = found(tmp_path, WHOLE)
    assert fact == "`specification` is not a document of `pcp`."
    assert mend == "Give the entry for the others `only_for: [open]`, and `pcp` one of its own without it."


def test_the_mend_mends_it(tmp_path: Path) -> None:
    assert found(tmp_path, EACH) == []


def test_a_name_that_no_procedure_has_is_told_once_and_with_the_name_that_was_meant(tmp_path: Path) -> None:
    ((_, fact, mend),) = found(tmp_path, WHOLE.replace("specification", "need_statemnt"))
    assert fact == "`need_statemnt` is not a document of any of these procedures: open, pcp."
    assert mend == "Did you mean `need_statement`?"
