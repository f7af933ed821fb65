"""That overlays can be applied together is noted, with every file that it hangs on."""

from __future__ import annotations

import json
import re
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from inprocap_flow.language.overlays import floors, together
from inprocap_flow.language.overlays.applied import resolve_applied
from inprocap_flow.language.overlays.grounds import Wrong
from inprocap_flow.language.overlays.together import conflicts
from inprocap_flow.service.kept import Kept
from inprocap_flow.service.noting import noting_for

LIBRARY = Path(__file__).parents[1] / "language" / "overlays" / "library"
DAY = date(2026, 7, 1)


@pytest.fixture
def house(tmp_path: Path) -> Path:
    shutil.copytree(LIBRARY, tmp_path / "library")
    lab = tmp_path / "library" / "organisations" / "lab.yaml"
    head = lab.read_text(encoding="utf-8").partition("overlays:")[0]
    lab.write_text(f"{head}overlays: [{{overlay: land}}, {{overlay: house}}]\n", encoding="utf-8")
    return tmp_path / "library"


def worked(house: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[int, list[str]]:
    """Return how often overlays were applied, and the codes of what was found."""
    times: list[object] = []

    def counted(*words: Any) -> Any:
        times.append(words)
        return resolve_applied(*words)

    monkeypatch.setattr(together, "resolve_applied", counted)
    lab = house / "organisations" / "lab.yaml"
    with noting_for(Kept(house.parent / "answers"), lab):
        found = [one for pair in together.together(lab, [house], DAY) for one in conflicts(pair, [house])]
    monkeypatch.undo()
    return len(times), [one.code for one in found]


def test_overlays_that_can_be_applied_are_applied_once(house: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = worked(house, monkeypatch)
    assert first == (1, [])
    assert worked(house, monkeypatch) == (0, [])


@pytest.mark.parametrize(
    "file", ["fair.yaml", "overlays/land.yaml", "overlays/house.yaml", "organisations/lab.yaml", "calendars/lab.yaml"],
)  # fmt: skip
def test_each_file_that_it_hangs_on_counts(house: Path, file: str, monkeypatch: pytest.MonkeyPatch) -> None:
    worked(house, monkeypatch)
    path = house / file
    path.write_text(path.read_text(encoding="utf-8") + "# one more line\n", encoding="utf-8")
    assert worked(house, monkeypatch) == (1, [])


def test_a_file_that_comes_before_another_of_its_name_counts(house: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    worked(house, monkeypatch)
    (house / "codelists").mkdir()
    (house / "codelists" / "eforms.yaml").write_text("codelist: eforms\ntitle: Notices\ncodes: {}\n", encoding="utf-8")
    assert worked(house, monkeypatch)[0] == 1


def test_what_keeps_overlays_apart_is_found_again_and_never_noted(house: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    worked(house, monkeypatch)
    land = house / "overlays" / "land.yaml"
    text = land.read_text(encoding="utf-8")
    land.write_text(re.sub(r"proposes: \d+ days", "proposes: 5 days", text), encoding="utf-8")
    first = worked(house, monkeypatch)
    assert first[1]
    assert worked(house, monkeypatch) == first


def test_what_a_damaged_note_says_is_worked_out_anew(house: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    worked(house, monkeypatch)
    damages: tuple[Any, ...] = (
        [],
        {"found": 1},
        {"found": [[1, 2]], "read": {}},
        {"read": {}},
        {"found": [["x", [["y"]]]]},
    )
    for damage in damages:
        kept = Kept(house.parent / "answers")
        (file,) = (house.parent / "answers").glob("*.notes")
        known = kept.read(file.stem)
        assert known is not None
        spoilt = {key: damage if key.startswith("together") else plain for key, plain in json.loads(known).items()}
        kept.write(file.stem, json.dumps(spoilt).encode())
        assert worked(house, monkeypatch) == (1, [])


def test_a_length_is_compared_day_by_day_once(house: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    floors._JUDGED._held.clear()
    walked: list[object] = []
    work = floors._worked_out

    def counted(asked: floors._Asked) -> Wrong | None:
        walked.append(asked)
        return work(asked)

    monkeypatch.setattr(floors, "_worked_out", counted)
    pairs = together.together(house / "organisations" / "lab.yaml", [house], DAY)
    for _ in range(2):
        assert [one for pair in pairs for one in conflicts(pair, [house])] == []
    lengths = len(walked)
    assert lengths
    land = house / "overlays" / "land.yaml"
    land.write_text(
        land.read_text(encoding="utf-8").replace("proposes: 40 days", "proposes: 41 days"), encoding="utf-8"
    )
    assert [one for pair in pairs for one in conflicts(pair, [house])] == []
    assert len(walked) == lengths + 1
