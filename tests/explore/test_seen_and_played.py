"""What is found without exploring is played, too, wherever a case can show it; where none can, it is said why."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from inprocap_flow.cli.definitions_seen import BEFORE, nothing_to_play
from inprocap_flow.clock import FixedClock
from inprocap_flow.language.checks import CHECKS, Around, Check, approval_impossible, never_means_never
from inprocap_flow.language.checks.behaviour import BEHAVIOURAL
from inprocap_flow.language.checks.files import FILE_CHECKS
from inprocap_flow.language.checks.plans import PLAN_CHECKS
from inprocap_flow.language.load import load_organisation, load_procedure
from inprocap_flow.language.model import Definition
from inprocap_flow.service.desk import Desk
from inprocap_flow.service.explaining import Explained, explain_found
from inprocap_flow.service.scenarios import run_file
from inprocap_flow.store.opening import open_store

ROOT = Path(__file__).parents[2]
FIXTURES = ROOT / "tests" / "checks"
DOCS = ROOT / "docs" / "checks"
PLAYED = tuple(one for one in CHECKS if not nothing_to_play(one.CODE))
GAPS = {
    "condition-never-holds": ["", "no-path"],  # the second stands where the first lets nobody come
    "nobody-can-fill": ["refused-otherwise"],  # an approval covers it, and nobody signs for what is not there
}
"""What stays unplayed in the fixtures, by the code that says why; everything else plays."""

each_played = pytest.mark.parametrize("one", PLAYED, ids=lambda one: one.CODE)


@pytest.fixture
def desk() -> Desk:
    return Desk(open_store("sqlite://"), FixedClock(datetime(2026, 11, 22, 9, tzinfo=UTC)))


def explained(desk: Desk, folder: Path, procedure: Path, one: Check) -> Explained:
    """Play what *one* finds in the file *procedure*, for a house whose people hold every role, and play it again."""
    definition = load_procedure(procedure)
    house, own = folder / "organisations" / "lab.yaml", FIXTURES / one.CODE / "lab.yaml"
    house.parent.mkdir(exist_ok=True)
    house.write_text(own.read_text("utf-8") if own.is_file() else lab(definition), encoding="utf-8")
    findings = list(one.check(definition, Around(organisation=load_organisation(house)[0])))
    told = explain_found(desk, procedure, definition, findings, organisation="lab")
    target = folder / f"{definition.name}.test.yaml"
    target.write_text(told.text, encoding="utf-8")
    report = run_file(target, desk)
    assert report.passed, [fault.says for fault in report.faults]
    assert len(report.played) == sum(bool(one.shows) for one in told.played)
    return told


def lab(definition: Definition) -> str:
    people = [
        f"  p{number}_{role.name}: {{name: Invented {role.name} {number}, roles: {role.name}}}"
        for role in definition.roles.values()
        if role.speaks_for is None
        for number in range(2)
    ]
    return "\n".join(
        (
            "organisation: lab",
            "version: 1",
            "title: A laboratory",
            "zone: Europe/Zurich",
            "currency: EUR",
            "calendars: {holidays: {public: CH-GE, years: [2026, 2028]}}",
            "people:",
            *people,
            "",
        )
    )


def small(folder: Path, text: str) -> Path:
    path = folder / "small.yaml"
    path.write_text(f"procedure: small\nversion: 1\nlanguage: en\ntitle: Small\nrulebook: none\n{text}", "utf-8")
    return path


@each_played
def test_what_a_check_finds_in_its_fixture_is_played_and_shows_the_fault(
    one: Check, desk: Desk, tmp_path: Path
) -> None:
    procedure = tmp_path / "refused.yaml"
    shutil.copy(FIXTURES / one.CODE / "refused.yaml", procedure)
    told = explained(desk, tmp_path, procedure, one)
    assert told.played
    assert [found.code for found in told.played] == GAPS.get(one.CODE, [""] * len(told.played)), [
        found.gap for found in told.played
    ]


@each_played
def test_what_is_found_without_exploring_is_found_whether_it_plays_or_not(
    one: Check, desk: Desk, tmp_path: Path
) -> None:
    procedure = tmp_path / "refused.yaml"
    shutil.copy(FIXTURES / one.CODE / "refused.yaml", procedure)
    assert all(found.certain for found in explained(desk, tmp_path, procedure, one).played)


@pytest.mark.parametrize(
    "code",
    sorted([*(one.CODE for one in CHECKS), *(one.CODE for one in PLAN_CHECKS), *(one.CODE for one in FILE_CHECKS)]),
)
def test_the_page_of_a_code_says_what_can_be_played_or_why_nothing_can(code: str) -> None:
    page = " ".join((DOCS / f"{code}.md").read_text(encoding="utf-8").split())
    why = nothing_to_play(code)
    if why:
        assert f"## Played Nothing can be played: {why}." in page
    else:
        assert f"## Played `inprocap-flow check --explain {code} FILE` writes a scenario" in page


@pytest.mark.parametrize("code", sorted(one.CODE for one in BEHAVIOURAL))
def test_the_page_of_a_check_that_explores_says_that_it_is_played(code: str) -> None:
    assert f"check --explain {code} FILE` writes" in (DOCS / f"{code}.md").read_text(encoding="utf-8")


def test_what_is_told_before_there_is_a_procedure_says_so() -> None:
    assert nothing_to_play("unknown-stage") == BEFORE


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("refused-recorder", [""]),
        # what the adviser alone may fill keeps the call from being sent, and a late entry is no deed of a played case
        ("refused-adviser", ["", "", "refused-on-the-way", "nothing-to-play"]),
    ],
)
def test_whoever_may_never_do_it_is_refused_whatever_it_is(
    name: str, codes: list[str], desk: Desk, tmp_path: Path
) -> None:
    procedure = tmp_path / f"{name}.yaml"
    shutil.copy(FIXTURES / never_means_never.CODE / f"{name}.yaml", procedure)
    told = explained(desk, tmp_path, procedure, never_means_never)
    assert [one.code for one in told.played] == codes
    for one in told.played:
        assert not one.shows or (one.deeds[-1].then and one.deeds[-1].then.refused == ("not-entitled",))


def test_a_missing_approval_is_shown_with_nobody_left_who_could_sign(desk: Desk, tmp_path: Path) -> None:
    procedure = tmp_path / "refused.yaml"
    shutil.copy(FIXTURES / approval_impossible.CODE / "refused.yaml", procedure)
    (one,) = explained(desk, tmp_path, procedure, approval_impossible).played
    *before, last = one.deeds
    assert [(deed.by, deed.what) for deed in before if deed.verb == "sign"] == [("june", "launch")]
    assert last.then is not None
    assert (last.then.refused, last.then.may_be_given_by) == (("approval-missing",), {"launch": ()})
    assert "Nobody is left who could sign launch." in one.shows
