"""Checks that explore what cases can come to: their fixtures, their pages, what they say of what we ship."""

from __future__ import annotations

from pathlib import Path

import pytest

from inprocap_flow.language.checks.behaviour import BEHAVIOURAL, Behavioural, Verdict, judged, problems
from inprocap_flow.language.explore.asking import FOUND, PROVEN
from inprocap_flow.language.explore.search import Bound
from inprocap_flow.language.load import resolve_procedure

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
DOCS = ROOT / "docs" / "checks"
SHIPPED = sorted(path.stem for path in (ROOT / "definitions").glob("*.yaml") if "." not in path.stem)

CHECKS = {one.CODE: one for one in BEHAVIOURAL}

each_check = pytest.mark.parametrize("one", BEHAVIOURAL, ids=lambda one: one.CODE)


@pytest.fixture(autouse=True)
def _at_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)  # places are shown relative to the folder people work in


def said(one: Behavioural, path: Path) -> tuple[Verdict, str]:
    definition, library, _ = resolve_procedure(path.relative_to(ROOT), ())
    (verdict,) = judged(definition, Bound(seconds=60), checks=[one])
    return verdict, "".join(found.render() + "\n" for found in problems([verdict], definition, library.sources))


@each_check
def test_what_is_accepted_is_proven(one: Behavioural) -> None:
    for path in sorted((HERE / one.CODE).glob("accepted*.yaml")):
        verdict, found = said(one, path)
        assert (path.name, found) == (path.name, "")
        assert verdict.verdict == PROVEN


@each_check
def test_what_is_refused_is_reported_exactly_like_this(one: Behavioural) -> None:
    verdict, found = said(one, HERE / one.CODE / "refused.yaml")
    assert verdict.verdict == FOUND
    assert found == (HERE / one.CODE / "refused.expected").read_text(encoding="utf-8")


def test_ways_out_that_are_shut_by_different_things_are_looked_at_together() -> None:
    """What one way out waits for, and what is left open by the other: each alone seems to leave a way."""
    verdict, found = said(CHECKS["case-stuck"], HERE / "case-stuck" / "refused-together.yaml")
    assert verdict.verdict == FOUND
    assert "A case can stand in `waiting` with a track `bid` in `begun`, from where no end can be reached" in found


@each_check
def test_every_finding_comes_with_the_deeds_that_lead_to_it(one: Behavioural) -> None:
    verdict, _ = said(one, HERE / one.CODE / "refused.yaml")
    for _, answer in verdict.findings:
        assert answer.path is not None
        assert answer.path.deeds[0].verb == "open"
        assert answer.path.deeds[-1].refused or answer.path.state is not None


@each_check
def test_the_page_of_a_check_shows_what_it_says(one: Behavioural) -> None:
    page = (DOCS / f"{one.CODE}.md").read_text(encoding="utf-8")
    assert page.startswith(f"# {one.CODE}\n")
    assert (HERE / one.CODE / "refused.expected").read_text(encoding="utf-8") in page
    assert ("**Error**" in page) == (one.SEVERITY == "error")
    assert all(heading in page for heading in ("## What it finds", "## Why", "## How sure", "## Mend"))
    assert one.NEVER


def test_the_review_of_an_award_is_proven_in_every_respect() -> None:
    definition, _, _ = resolve_procedure(Path("definitions/iter-review.yaml"), ["definitions"])
    assert {verdict.code: verdict.verdict for verdict in judged(definition)} == {
        one.CODE: PROVEN for one in BEHAVIOURAL
    }


@pytest.mark.slow
@pytest.mark.parametrize("name", SHIPPED)
def test_what_we_ship_has_no_fault_of_behaviour(name: str) -> None:
    definition, library, _ = resolve_procedure(Path(f"definitions/{name}.yaml"), ["definitions"])
    verdicts = judged(definition)
    found = [one.render() for one in problems(verdicts, definition, library.sources) if one.severity == "error"]
    assert found == []
    for verdict in verdicts:
        print(f"{name} {verdict.code}: {verdict.verdict}, {verdict.states} cases, {verdict.seconds:.1f} s")  # noqa: T201  # the figures
