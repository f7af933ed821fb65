"""Notes of earlier checks: whatever is changed, a check with them says what one without them says."""

from __future__ import annotations

import random
import re
import shutil
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from inprocap_flow.calendar.periods import parse_period
from inprocap_flow.errors import InvalidInput, Problem
from inprocap_flow.language import noted as notes
from inprocap_flow.language import procedures
from inprocap_flow.language.checks import conditions, lengths
from inprocap_flow.language.checks.conditions import Asking
from inprocap_flow.language.checks.finding import Around
from inprocap_flow.language.guards import decide
from inprocap_flow.language.guards.abstraction import Known, ask
from inprocap_flow.language.guards.grounds import digest_of, grounded
from inprocap_flow.language.inspect import check
from inprocap_flow.language.load import load_procedure
from inprocap_flow.language.schema.kind_names import KIND_NAMES
from inprocap_flow.language.schema.kinds import KINDS
from inprocap_flow.service import noting
from inprocap_flow.service.kept import Kept
from inprocap_flow.service.noting import noting_for

ROOT = Path(__file__).parents[2]
SMALL = ROOT / "tests" / "checks" / "condition-never-holds" / "refused.yaml"
SEED, EDITS, DAY = 20261123, 25, date(2026, 11, 23)
WORDS = [
    ("minimum: 1", "minimum: 5"), ("maximum: 3", "maximum: 9"), (">= 4", "< 4"), (">= 4", "== 2"), (">= 4", ">= 0"),
    ("whole_number", "number"), ("by: officer", "by: authority"), ("period: 10 days", "period: 3 weeks"),
    ("count('offer', 'sent') == 0", "count('offer', 'out') > 2"), ("value, places, urgent", "value, places"),
    ("above: 0", "minimum: 100 EUR"), ("title: Places", "title: Seats"), ("sent", "sealed"),
    ("holds: places", "holds: urgent and places"), ("holds: places", "holds: value > 10 EUR or places"),
    ("type: yes_no", "type: text"), ("to: open", "to: closed"), ("holds: places >=", "holds: not urgent or places >="),
]  # fmt: skip
"""Edits of the small procedure: a number, a type, a condition, a role, a stage, a text."""


@pytest.fixture
def small(tmp_path: Path) -> Path:
    return Path(shutil.copy(SMALL, tmp_path / "refused.yaml"))


def said(problems: Sequence[Problem]) -> list[str]:
    return [one.render() for one in problems]


def afresh(path: Path, folders: Sequence[Path] = (), day: date | None = None) -> list[str]:
    """Return what a check says in a process that remembers nothing."""
    for memory in (conditions._ASKED, procedures._WHOLE, procedures._RESOLVED):
        memory._held.clear()
    decide.cache_clear()
    return said(check([path], folders, day=day))


def test_a_check_with_notes_says_after_every_edit_what_one_without_says(small: Path, tmp_path: Path) -> None:
    dice, kept, before = random.Random(SEED), Kept(tmp_path / "answers"), small.read_text(encoding="utf-8")
    answers = set()
    for _ in range(EDITS):
        text = small.read_text(encoding="utf-8") if dice.random() < 0.7 else before
        old, new = dice.choice(WORDS)
        old, new = (old, new) if dice.random() < 0.7 else (new, old)
        small.write_text(text.replace(old, new), encoding="utf-8")
        with noting_for(kept, small):
            with_notes = afresh(small)
        assert with_notes == afresh(small), f"seed {SEED}"
        answers.add(tuple(with_notes))
    assert len(answers) > EDITS // 4


@pytest.mark.parametrize(
    ("file", "pattern", "after"),
    [
        ("rulebooks/eu-2014-24.yaml", r"value: (\d+)\n", r"value: 1\1\n"),
        ("blocks/award_and_signing.yaml", r"(\d+) days", r"9\1 days"),
    ],
)
def test_a_change_in_any_file_that_a_procedure_is_made_of_counts(
    file: str, pattern: str, after: str, tmp_path: Path
) -> None:
    folder = tmp_path / "definitions"
    shutil.copytree(ROOT / "definitions", folder)
    kept, path = Kept(tmp_path / "answers"), folder / "open.yaml"
    with noting_for(kept, path):
        afresh(path, [folder], DAY)
    changed = folder / file
    text, count = re.subn(pattern, after, changed.read_text(encoding="utf-8"))
    assert count
    changed.write_text(text, encoding="utf-8")
    with noting_for(kept, path):
        with_notes = afresh(path, [folder], DAY)
    assert with_notes == afresh(path, [folder], DAY)


def test_what_is_noted_is_not_worked_out_again_and_the_rest_is(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []

    def counted(*words: Any) -> Any:
        asked.append(words)
        return ask(*words)

    monkeypatch.setattr(conditions, "ask", counted)
    edits = [("", ""), ("title: Places", "title: Seats"), ("places >= 4", "places >= 3"), ("maximum: 3", "maximum: 8")]
    counts = []
    for old, new in edits:
        text = small.read_text(encoding="utf-8")
        small.write_text(text.replace(old, new) if old else text, encoding="utf-8")
        asked.clear()
        with noting_for(Kept(tmp_path / "answers"), small):
            afresh(small)
        counts.append(len(asked))
    first, title, condition, field = counts
    assert title < condition < first
    assert field > condition


def test_a_condition_is_asked_about_nothing_that_its_key_leaves_out() -> None:
    """The answer is found again by `digest_of`, and is asked about what that is the hash of."""
    definition = load_procedure(SMALL)
    ground = grounded(Known(definition))
    assert ground.definition.main.steps == {}
    assert ground.computed == Known(definition).computed
    asking = Asking.about(definition, Around())
    for held in conditions.conditions(definition):
        for answer in (True, False, None):
            wanted = [(held.condition, answer)]
            assert asking.whether(wanted, held.given).verdict == asking.decide(wanted, held.given).verdict
    other = load_procedure(SMALL.with_name("accepted.yaml"))
    assert digest_of(grounded(Known(other))) == digest_of(ground)  # they differ in one condition of a step


def test_days_are_counted_again_for_another_calendar(monkeypatch: pytest.MonkeyPatch) -> None:
    held: dict[str, Any] = {}

    class Notes:
        def find(self, key: str) -> Any:
            return held.get(key)

        def keep(self, key: str, plain: Any) -> None:
            held[key] = plain

    definition = load_procedure(ROOT / "tests" / "checks" / "period-below-floor" / "refused.yaml")
    deadline = next(iter(definition.main.deadlines.values()))
    days = lengths.Days(definition, Around())
    one, other = (
        lengths.Length("", (parse_period("20 days"),)),
        lengths.Length("", (parse_period("1 month"),)),
    )
    with notes.noting(Notes()):
        assert days.first_shorter(deadline, one, other) == lengths.FIRST_DAY
        monkeypatch.setattr(lengths.Days, "_ends_before", lambda *_words: pytest.fail("counted again"))
        assert days.first_shorter(deadline, one, other) == lengths.FIRST_DAY
        monkeypatch.setattr(lengths.Days, "_written", lambda *_words: {"name": "another"})
        with pytest.raises(pytest.fail.Exception, match="counted again"):
            days.first_shorter(deadline, one, other)


# ----------------------------------------------------------------------------------------------------- the folder


def files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.notes"))


@pytest.mark.parametrize("damage", [b"", b"{", b"\xff\xfe", b"[]", b"0" * 64 + b"\n{}"])
def test_damaged_notes_are_none(small: Path, tmp_path: Path, damage: bytes) -> None:
    kept = Kept(tmp_path / "answers")
    plain = afresh(small)
    for _ in range(2):
        with noting_for(kept, small):
            assert afresh(small) == plain
        (file,) = files(tmp_path / "answers")
        file.write_bytes(damage)


def test_notes_that_say_something_else_than_they_should_are_worked_out_anew(small: Path, tmp_path: Path) -> None:
    kept = Kept(tmp_path / "answers")
    with noting_for(kept, small):
        plain = afresh(small)
    (file,) = files(tmp_path / "answers")
    known = kept.read(file.stem)
    assert known is not None
    kept.write(file.stem, re.sub(rb"\[[^\[\]]*\]", b"7", known))
    with noting_for(kept, small):
        assert afresh(small) == plain


def test_a_folder_that_cannot_be_written_to_only_costs_time(small: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    for kept in (Kept(tmp_path / "file" / "folder"), Kept(None)):
        with noting_for(kept, small):
            assert afresh(small) == afresh(small)


def test_another_program_and_another_organisation_have_notes_of_their_own(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = Kept(tmp_path / "answers")
    for about in ((small, None), (small, "lab"), (small, None)):
        with noting_for(kept, *about):
            afresh(small)
    assert len(files(tmp_path / "answers")) == 2
    monkeypatch.setattr(noting, "working", lambda: "another")
    with noting_for(kept, small, None):
        afresh(small)
    assert len(files(tmp_path / "answers")) == 3


def test_notes_do_not_grow_with_what_is_no_longer_asked(small: Path, tmp_path: Path) -> None:
    kept, sizes = Kept(tmp_path / "answers"), []
    for number in range(4, 12):
        text = SMALL.read_text(encoding="utf-8").replace("places >= 4", f"places >= {number}")
        small.write_text(text, encoding="utf-8")
        with noting_for(kept, small):
            afresh(small)
        sizes.append(files(tmp_path / "answers")[0].stat().st_size)
    assert max(sizes) < 1.2 * min(sizes)


def test_what_is_wrong_with_a_file_leaves_notes_alone(small: Path, tmp_path: Path) -> None:
    kept = Kept(tmp_path / "answers")
    small.write_text("procedure: [", encoding="utf-8")
    with noting_for(kept, small):
        assert afresh(small)
    assert files(tmp_path / "answers") == []
    with pytest.raises(InvalidInput):
        load_procedure(small)


def test_the_names_of_kinds_are_those_of_the_models() -> None:
    assert tuple(KINDS) == KIND_NAMES
