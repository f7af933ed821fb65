"""The checks of plans between two versions (property 17): accepted and refused plans, exactly as they are reported."""

from __future__ import annotations

from pathlib import Path

import pytest

from inprocap_flow.engine.acts.moving_clocks import in_plan
from inprocap_flow.errors import Problem
from inprocap_flow.language.checks.planning import PlanCheck
from inprocap_flow.language.checks.plans import PLAN_CHECKS, check_plan
from inprocap_flow.language.files import Library
from inprocap_flow.language.load import load_procedure
from inprocap_flow.language.model import Definition
from inprocap_flow.language.versions.drafting import draft_plan, open_questions
from inprocap_flow.language.versions.reading import read_plan

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
DOCS = ROOT / "docs" / "checks"

each_check = pytest.mark.parametrize("one", PLAN_CHECKS, ids=lambda one: one.CODE)


@pytest.fixture(autouse=True)
def _at_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def version_in(folder: Path, version: str) -> Definition | None:
    found = (load_procedure(path) for path in sorted(folder.glob("*/small.yaml")))
    return next((one for one in found if one.version == version), None)


def problems(path: Path) -> list[Problem]:
    library = Library((path.parent,))
    _, between, wrong = read_plan(path.relative_to(ROOT), lambda _, version: version_in(path.parent, version), library)
    assert (between is not None, wrong) == (True, [])
    assert between is not None
    return library.show(check_plan(between, library.read(path.relative_to(ROOT))))


@each_check
def test_an_accepted_plan_is_not_spoken_of(one: PlanCheck) -> None:
    assert [problem.render() for problem in problems(HERE / one.CODE / "accepted.yaml")] == []


@each_check
def test_a_refused_plan_is_reported_exactly_like_this(one: PlanCheck) -> None:
    found = [problem for problem in problems(HERE / one.CODE / "refused.yaml") if problem.code == one.CODE]
    assert {problem.severity for problem in found} == {one.SEVERITY}
    expected = (HERE / one.CODE / "refused.expected").read_text(encoding="utf-8")
    assert "\n".join(problem.render() for problem in found) + "\n" == expected


@each_check
def test_the_page_of_a_check_shows_what_it_says(one: PlanCheck) -> None:
    page = (DOCS / f"{one.CODE}.md").read_text(encoding="utf-8")
    assert page.startswith(f"# {one.CODE}\n")
    assert (HERE / one.CODE / "refused.expected").read_text(encoding="utf-8") in page
    assert ("**Error**" in page) == (one.SEVERITY == "error")
    assert all(heading in page for heading in ("## What it finds", "## Why", "## Mend"))


@each_check
def test_a_draft_marks_what_the_check_would_find_and_leaves_nothing_else_open(one: PlanCheck, tmp_path: Path) -> None:
    old, new = version_in(HERE / one.CODE, "1"), version_in(HERE / one.CODE, "2")
    assert old is not None
    assert new is not None
    draft = tmp_path / "draft.yaml"
    draft.write_text(draft_plan(old, new, "draft"), encoding="utf-8")
    versions = {"1": old, "2": new}
    _, between, wrong = read_plan(draft, lambda _, version: versions.get(version), Library(()))
    assert {problem.code for problem in wrong} <= {"migration-undecided"}
    assert len(wrong) == open_questions(draft.read_text(encoding="utf-8"))
    if wrong:
        return
    assert between is not None
    found = {problem.code for problem in check_plan(between, Library(()).read(draft))}
    assert found <= {"migration-loses-track", "migration-opens-seal"}  # no plan mends these


def test_a_name_that_neither_version_has_is_said_with_the_one_that_was_meant(tmp_path: Path) -> None:
    folder = HERE / "migration-loses-value"
    plan = tmp_path / "plan.yaml"
    plan.write_text(
        "migration: plan\nprocedure: small\nfrom: 1\nto: 2\nstages: {snet: sent}\ndeadlines: {anwser: keep}\n"
        "renamed: {fields: {note: amount}}\ntracks: {bit: {stages: {held: held}}}\n"
        "cases: {case-1: {fields: {amount: many}, deadlines: {answer: soon}}}\n",
        encoding="utf-8",
    )
    _, _, wrong = read_plan(plan, lambda _, version: version_in(folder, version), Library(()))
    assert sorted(problem.code for problem in wrong) == [
        "bad-value", "bad-value", "name-taken", "unknown-deadline", "unknown-stage", "unknown-track",
    ]  # fmt: skip
    assert next(problem.mend for problem in wrong if problem.code == "unknown-stage") == "Did you mean `sent`?"


def test_a_version_that_is_nowhere_is_an_error_of_the_plan(tmp_path: Path) -> None:
    plan = tmp_path / "plan.yaml"
    plan.write_text("migration: plan\nprocedure: small\nfrom: 1\nto: 2\n", encoding="utf-8")
    _, between, wrong = read_plan(plan, lambda _name, _version: None, Library(()))
    assert between is None
    assert [(problem.code, problem.place.line) for problem in wrong] == [("unknown-version", 3), ("unknown-version", 4)]


def test_a_plan_holds_no_value_that_is_sealed_for_everybody_can_read_it(tmp_path: Path) -> None:
    folder = HERE / "migration-opens-seal"
    plan = tmp_path / "plan.yaml"
    plan.write_text(
        "migration: plan\nprocedure: small\nfrom: 1\nto: 3\n"
        "values: {note: Nothing secret}\n"
        "tracks:\n  bid:\n    values: {price: 5 EUR}\n"
        "cases:\n  case-1:\n    tracks:\n      bid/alpha:\n        fields: {price: 6 EUR}\n",
        encoding="utf-8",
    )
    _, between, wrong = read_plan(plan, lambda _, version: version_in(folder, version), Library(()))
    assert between is not None
    assert [(problem.code, problem.place.line) for problem in wrong] == [
        ("migration-sealed", 8),
        ("migration-sealed", 13),
    ]
    assert {problem.fact for problem in wrong} == {"`price` is sealed, and a plan can be read by everybody."}
    assert {problem.mend for problem in wrong} == {"Let the value come with a step."}
    assert "5 EUR" not in repr(between)
    assert "6 EUR" not in repr(between)


def test_a_plan_takes_what_it_is_told_to_hold_for_a_case(tmp_path: Path) -> None:
    folder = HERE / "migration-opens-seal"
    mends = in_plan("case", "deadlines", "answer"), in_plan("bid/alpha", "fields", "price")
    told = [mend.split("`CASE: ")[1].rstrip("`") for mend in mends]
    assert told == ["{deadlines: {answer: DAY}}", "{tracks: {bid/alpha: {fields: {price: VALUE}}}}"]
    days = [text.replace("DAY", "2026-03-20").replace("VALUE", "5 EUR") for text in told]
    plan = tmp_path / "plan.yaml"
    plan.write_text(
        f"migration: plan\nprocedure: small\nfrom: 1\nto: 2\ncases:\n  case-1: {days[0]}\n  case-2: {days[1]}\n",
        encoding="utf-8",
    )
    _, between, wrong = read_plan(plan, lambda _, version: version_in(folder, version), Library(()))
    assert between is not None
    assert wrong == []
