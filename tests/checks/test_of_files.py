"""Checks of files that are no procedures: their fixtures and pages."""

from __future__ import annotations

from pathlib import Path

import pytest

from inprocap_flow.language.checks.files import FILE_CHECKS, FileCheck
from inprocap_flow.language.inspect import check

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
DOCS = ROOT / "docs" / "checks"

each_check = pytest.mark.parametrize("one", FILE_CHECKS, ids=lambda one: one.CODE)


@pytest.fixture(autouse=True)
def _at_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)  # places are shown relative to the folder people work in


@each_check
def test_an_accepted_file_is_not_spoken_of(one: FileCheck) -> None:
    assert check([HERE.relative_to(ROOT) / one.CODE / "accepted.yaml"]) == []


@each_check
def test_a_refused_file_is_reported_exactly_like_this(one: FileCheck) -> None:
    found = check([HERE.relative_to(ROOT) / one.CODE / "refused.yaml"])
    assert {(problem.code, problem.severity) for problem in found} == {(one.CODE, one.SEVERITY)}
    expected = (HERE / one.CODE / "refused.expected").read_text(encoding="utf-8")
    assert "\n".join(problem.render() for problem in found) + "\n" == expected


@each_check
def test_the_page_of_a_check_shows_what_it_says(one: FileCheck) -> None:
    page = (DOCS / f"{one.CODE}.md").read_text(encoding="utf-8")
    assert page.startswith(f"# {one.CODE}\n")
    assert (HERE / one.CODE / "refused.expected").read_text(encoding="utf-8") in page
    assert f"**{'Error' if one.SEVERITY == 'error' else 'Advice'}**" in page
    assert all(heading in page for heading in ("## What it finds", "## Why", "## Mend"))
