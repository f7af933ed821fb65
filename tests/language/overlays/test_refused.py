"""What would weaken a procedure, or cannot be meant, and how it is said; one file for each way."""

from __future__ import annotations

from pathlib import Path

import pytest

from inprocap_flow.errors import InvalidInput
from inprocap_flow.language.overlays import load_applied

HERE = Path(__file__).parent
BASE = HERE / "library" / "fair.yaml"
REFUSED = sorted((HERE / "refused").glob("*.yaml"))
PAIRS = sorted((HERE / "pairs").glob("*_first.yaml"))


@pytest.fixture(autouse=True)
def _at_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(HERE.parents[2])  # places are shown relative to the folder people work in


@pytest.mark.parametrize("path", REFUSED, ids=lambda path: path.stem)
def test_a_refused_overlay_is_reported_exactly_like_this(path: Path) -> None:
    with pytest.raises(InvalidInput) as refused:
        load_applied(BASE, [path])
    assert f"{refused.value}\n" == path.with_suffix(".expected").read_text(encoding="utf-8")
    for problem in refused.value.problems:  # at its own lines, with a mend
        assert Path(problem.place.file).name == path.name
        assert problem.place.line
        assert problem.mend


@pytest.mark.parametrize("first", PAIRS, ids=lambda path: path.stem.removesuffix("_first"))
@pytest.mark.parametrize("turned", [False, True], ids=["as written", "the other way round"])
def test_two_overlays_that_contradict_each_other_are_refused_with_both_places(first: Path, turned: bool) -> None:
    name = first.stem.removesuffix("_first")
    pair = [first, first.with_name(f"{name}_second.yaml")]
    with pytest.raises(InvalidInput) as refused:
        load_applied(BASE, pair[::-1] if turned and name != "two_of_a_kind" else pair)
    assert f"{refused.value}\n" == first.with_name(f"{name}.expected").read_text(encoding="utf-8")


def test_every_refused_overlay_has_its_report() -> None:
    assert REFUSED
    assert {path.stem for path in (HERE / "refused").glob("*.expected")} == {path.stem for path in REFUSED}
    said = {path.stem for path in (HERE / "pairs").glob("*.expected")}
    assert said == {path.stem.removesuffix("_first") for path in PAIRS}
