"""Answers about behaviour: what is kept equals what is found, and is asked for only of the same definition."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from inprocap_flow.language.explore.search import Bound
from inprocap_flow.language.load import load_procedure
from inprocap_flow.language.model import Definition
from inprocap_flow.service import behaving
from inprocap_flow.service.behaving import behaviour, keys_of
from inprocap_flow.service.kept import Kept

ROOT = Path(__file__).parents[2]
FILE = ROOT / "tests" / "checks" / "ends-left-open" / "refused.yaml"
BOUND = Bound(states=3_000, seconds=1000, in_all=1000)


@pytest.fixture
def definition() -> Definition:
    return load_procedure(FILE)


def test_a_kept_answer_equals_a_fresh_one(
    definition: Definition, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (fresh,) = behaviour([definition], Kept(tmp_path), BOUND)
    monkeypatch.setattr(behaving, "judged", lambda *_a, **_k: pytest.fail("it was explored again"))
    (again,) = behaviour([definition], Kept(tmp_path), BOUND)
    assert again == fresh
    assert [one.verdict for one in again if one.code == "ends-left-open"] == ["found"]


def test_several_processes_find_the_same_as_one(definition: Definition) -> None:
    other = load_procedure(FILE.with_name("accepted.yaml"))
    both = list(behaviour([definition, other], Kept(None), BOUND, codes=["ends-left-open"], processes=2))
    alone = [next(behaviour([one], Kept(None), BOUND, codes=["ends-left-open"])) for one in (definition, other)]
    assert [[one.verdict for one in said] for said in both] == [[one.verdict for one in said] for said in alone]
    assert [said[0].verdict for said in both] == ["found", "proven"]


def test_another_bound_and_another_program_ask_anew(definition: Definition, monkeypatch: pytest.MonkeyPatch) -> None:
    names = {keys_of(definition, ["case-stuck"], BOUND)[0], keys_of(definition, ["case-stuck"], Bound(states=7))[0]}
    names.add(keys_of(definition, ["ends-left-open"], BOUND)[0])
    monkeypatch.setattr(behaving, "program", lambda: "another")
    names.add(keys_of(definition, ["case-stuck"], BOUND)[0])
    assert len(names) == 4


@pytest.mark.parametrize(
    ("file", "before", "after"),
    [
        ("open.yaml", "title:", "title: Another"),
        ("blocks/low_price.yaml", "title: ", "title: Another "),
        ("blocks/award_and_signing.yaml", "title: ", "title: Another "),
        ("blocks/performance.yaml", "title: ", "title: Another "),
    ],
)
def test_a_change_in_any_file_of_the_procedure_asks_anew(tmp_path: Path, file: str, before: str, after: str) -> None:
    shutil.copytree(ROOT / "definitions", tmp_path / "definitions")
    path = tmp_path / "definitions" / "open.yaml"
    (was,) = keys_of(load_procedure(path), ["case-stuck"], BOUND)
    changed = tmp_path / "definitions" / file
    text = changed.read_text(encoding="utf-8")
    assert before in text
    at = text.rindex(before)
    changed.write_text(text[:at] + after + text[at + len(before) :], encoding="utf-8")
    (now,) = keys_of(load_procedure(path), ["case-stuck"], BOUND)
    assert now != was
