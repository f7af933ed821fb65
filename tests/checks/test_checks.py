from __future__ import annotations

from pathlib import Path

import pytest

from inprocap_flow.errors import Problem
from inprocap_flow.language.checks import CHECKS, Check
from inprocap_flow.language.checks.behaviour import BEHAVIOURAL
from inprocap_flow.language.checks.files import FILE_CHECKS
from inprocap_flow.language.checks.plans import PLAN_CHECKS
from inprocap_flow.language.inspect import check, inspect
from tests import shipped

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
LIBRARY = ROOT / "tests" / "language" / "overlays" / "library"
DOCS = ROOT / "docs" / "checks"

each_check = pytest.mark.parametrize("one", CHECKS, ids=lambda one: one.CODE)


@pytest.fixture(autouse=True)
def _at_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)  # places are shown relative to the folder people work in


def findings(one: Check, path: Path) -> list[Problem]:
    if path.read_text(encoding="utf-8").startswith("overlay:"):
        return [problem for problem in check([path.relative_to(ROOT)]) if problem.code == one.CODE]
    organisation = path.parent / "lab.yaml"
    found = inspect(path.relative_to(ROOT), organisation=organisation if organisation.exists() else None)
    assert found.definition is not None, [problem.render() for problem in found.problems]
    return [problem for problem in found.problems if problem.code == one.CODE]


@each_check
def test_an_accepted_definition_is_not_spoken_of(one: Check) -> None:
    accepted = sorted((HERE / one.CODE).glob("accepted*.yaml"))
    assert accepted
    for path in accepted:
        assert findings(one, path) == []


@each_check
def test_a_refused_definition_is_reported_exactly_like_this(one: Check) -> None:
    refused = sorted((HERE / one.CODE).glob("refused*.yaml"))
    assert refused
    for path in refused:
        found = findings(one, path)
        assert {problem.severity for problem in found} == {one.SEVERITY}
        assert "\n".join(problem.render() for problem in found) + "\n" == path.with_suffix(".expected").read_text()


@each_check
def test_the_page_of_a_check_shows_what_it_says(one: Check) -> None:
    page = (DOCS / f"{one.CODE}.md").read_text(encoding="utf-8")
    assert page.startswith(f"# {one.CODE}\n")
    assert (HERE / one.CODE / "refused.expected").read_text(encoding="utf-8") in page
    assert ("**Error**" in page) == (one.SEVERITY == "error")
    assert all(heading in page for heading in ("## What it finds", "## Why", "## Mend"))


def registered() -> set[str]:
    codes = [one.CODE for one in CHECKS] + [one.CODE for one in BEHAVIOURAL]
    return {*codes, *(one.CODE for one in PLAN_CHECKS), *(one.CODE for one in FILE_CHECKS)}


def test_modules_pages_and_fixtures_carry_the_same_names() -> None:
    codes = registered()
    assert {path.stem for path in DOCS.glob("*.md") if path.stem != "README"} == codes
    assert {path.name for path in HERE.iterdir() if path.is_dir() and path.name != "__pycache__"} == codes
    modules = {path.stem for path in (ROOT / "inprocap_flow" / "language" / "checks").glob("*.py")}
    assert {code.replace("-", "_") for code in codes} <= modules


def test_every_module_with_a_code_is_registered() -> None:
    modules = (ROOT / "inprocap_flow" / "language" / "checks").glob("*.py")
    assert {path.stem.replace("_", "-") for path in modules if _has_a_code(path)} == registered()


def _has_a_code(path: Path) -> bool:
    return any(line.startswith("CODE = ") for line in path.read_text(encoding="utf-8").splitlines())


def test_a_folder_is_checked_whole_and_each_problem_is_said_once() -> None:
    problems = check([HERE / "dead-step"])
    assert [problem.code for problem in problems] == ["dead-step"]
    assert problems == check([HERE / "dead-step", HERE / "dead-step" / "refused.yaml"])


def test_what_cannot_be_loaded_is_reported_like_everything_else() -> None:
    problems = check([ROOT / "tests" / "language" / "refused" / "names.yaml", ROOT / "nowhere.yaml"])
    assert {"unknown-stage", "cannot-read"} <= {problem.code for problem in problems}


@pytest.mark.timeout(600)
def test_what_we_ship_has_no_error(tmp_path_factory: pytest.TempPathFactory) -> None:
    found = shipped.of_this_run(tmp_path_factory)
    assert found  # there is advice, explained in the files
    assert [problem.render() for problem in found if problem.severity == "error"] == []


def test_what_is_left_to_do_is_said_of_an_organisation_and_an_overlay_too(tmp_path: Path) -> None:
    lab, house = tmp_path / "organisations" / "lab.yaml", tmp_path / "overlays" / "house.yaml"
    for folder in (lab.parent, house.parent):
        folder.mkdir()
    text = (LIBRARY / "organisations" / "lab.yaml").read_text(encoding="utf-8")
    lab.write_text(text.replace("Ada Invented", "TO DO Ada"), encoding="utf-8")
    head = "# Lines marked TO DO wait for you.\noverlay: house\nversion: 1\nlanguage: en\ntitle: 'TO DO: a title'\n"
    house.write_text(f"{head}organisation: lab\nfor: {{fair: 1.0}}\n", encoding="utf-8")
    (found,) = check([lab], [LIBRARY])
    assert (found.code, found.severity, found.fact) == ("to-do-left", "advice", "`ada` still says TO DO.")
    assert found.source_line.startswith("  ada:")
    assert [(one.code, one.place.line) for one in check([house], [LIBRARY])] == [("to-do-left", 5)]
