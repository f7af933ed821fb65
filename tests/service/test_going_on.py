"""Exploring that was stopped goes on; what no exploration looks at may change; all else is looked for again."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from inprocap_flow.language.checks import behaviour as checks
from inprocap_flow.language.checks import continuing, sharing
from inprocap_flow.language.checks.asked import Asked, Asking
from inprocap_flow.language.checks.behaviour import BEHAVIOURAL, Verdict, judged
from inprocap_flow.language.checks.continuing import Tally
from inprocap_flow.language.checks.finding import Finding
from inprocap_flow.language.explore.asking import NOT_DECIDED, Answer
from inprocap_flow.language.explore.search import Bound
from inprocap_flow.language.load import load_procedure
from inprocap_flow.language.model import Definition
from inprocap_flow.records import changed
from inprocap_flow.service.answered import Answered, asked_from, asked_to_plain
from inprocap_flow.service.behaving import behaviour
from inprocap_flow.service.holding import held, scene_of
from inprocap_flow.service.kept import Kept

ROOT = Path(__file__).parents[2]
BOUND = Bound(states=150, seconds=1000, in_all=1000)
EXPLORED = sorted(
    (ROOT / "tests" / "checks" / one.CODE / f"{kind}.yaml") for one in BEHAVIOURAL for kind in ("accepted", "refused")
)


class Spy:
    """Counts the questions that are looked at, and stops before one of them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.looked, self.stop_after = 0, 10**9
        real = sharing.shared

        def shared(questions: Sequence[Asking], bound: Bound) -> list[Sequence[Asked]]:
            return real([self.watched(one) for one in questions], bound)

        monkeypatch.setattr(continuing, "shared", shared)

    def watched(self, question: Asking) -> Asking:
        def asked(bound: Bound) -> Sequence[Asked]:
            if self.looked == self.stop_after:
                raise KeyboardInterrupt
            self.looked += 1
            return question(bound)

        return asked


@pytest.fixture
def spy(monkeypatch: pytest.MonkeyPatch) -> Spy:
    return Spy(monkeypatch)


def told(verdicts: Sequence[Verdict]) -> Any:
    """Return all that is said, without the seconds that it took."""
    return [[asked_to_plain(one) | {"seconds": 0} for one in _timeless(verdict)] for verdict in verdicts]


def _timeless(verdict: Verdict) -> list[Asked]:
    return [replace(one, answer=replace(one.answer, seconds=0.0)) for one in verdict.asked]


def shipped(folder: Path, name: str = "training") -> Path:
    shutil.copytree(ROOT / "definitions", folder / "definitions")
    return folder / "definitions" / f"{name}.yaml"


def test_what_was_answered_before_somebody_stopped_is_not_looked_for_again(tmp_path: Path, spy: Spy) -> None:
    definition = load_procedure(ROOT / "definitions" / "training.yaml")
    (fresh,) = behaviour([definition], Kept(None), BOUND)
    questions, spy.looked, spy.stop_after = spy.looked, 0, 7
    with pytest.raises(KeyboardInterrupt):
        list(behaviour([definition], Kept(tmp_path), BOUND))
    spy.looked, spy.stop_after = 0, 10**9
    (again,) = behaviour([definition], Kept(tmp_path), BOUND)
    assert told(again) == told(fresh)
    assert spy.looked == questions - 7
    assert sum(asked.answer.kept for verdict in again for asked in verdict.asked) == 7


@pytest.mark.parametrize("file", EXPLORED, ids=lambda file: f"{file.parent.name}-{file.stem}")
def test_a_run_from_the_journal_says_what_the_first_one_said_and_plays_it_again(
    file: Path, tmp_path: Path, spy: Spy
) -> None:
    definition = load_procedure(file)
    scene = scene_of()
    runs = [judged(definition, BOUND, answers=Answered(Kept(tmp_path), definition, BOUND)) for _ in range(2)]
    assert told(runs[1]) == told(runs[0])
    assert told(held(definition, runs[1], scene)) == told(held(definition, runs[0], scene))
    looked, spy.looked = spy.looked, 0
    judged(definition, BOUND, answers=Answered(Kept(tmp_path), definition, BOUND))
    no_way = sum(
        any(one.answer.verdict == "found" and one.answer.path is None for one in verdict.asked) for verdict in runs[0]
    )
    assert (spy.looked > 0) == (no_way > 0)
    assert looked > spy.looked


def test_an_answer_with_its_path_is_the_same_after_being_written_and_read() -> None:
    definition = load_procedure(ROOT / "tests" / "checks" / "case-stuck" / "refused.yaml")
    asked = [one for verdict in judged(definition, BOUND) for one in verdict.asked]
    assert any(one.answer.path is not None and one.answer.path.state is not None for one in asked)
    for one in asked:
        assert asked_from(json.loads(json.dumps(asked_to_plain(one)))) == one


NOTHING_TO_SEE = [
    ("title: {en: ", "title: {en: Another "),
    ("guidance: >-\n", "guidance: >-\n  Read this first.\n"),
    ("version: ", "version: 9"),
]


@pytest.mark.parametrize(("before", "after"), NOTHING_TO_SEE, ids=["title", "guidance", "version"])
def test_a_change_of_words_is_looked_at_by_no_exploration(before: str, after: str, tmp_path: Path, spy: Spy) -> None:
    file = shipped(tmp_path)
    kept = Kept(tmp_path / "answers")
    list(behaviour([load_procedure(file)], kept, BOUND))
    spy.looked = 0
    text = file.read_text(encoding="utf-8")
    assert before in text
    file.write_text(text.replace(before, after, 1), encoding="utf-8")
    definition = load_procedure(file)
    (said,) = behaviour([definition], kept, BOUND)
    assert spy.looked == 0
    assert told(said) == told(next(behaviour([definition], Kept(None), BOUND)))


def changes(definition: Definition) -> list[Definition]:
    """Return the definition with one thing changed each time, at every step and deadline: what explorations look at."""
    made = []
    main = definition.main
    for name, step in islice(main.steps.items(), 0, None, 5):
        for more in (
            changed(step, starts=()), changed(step, stops=()), changed(step, already_there=type(step.already_there)()),
            changed(step, sources=step.sources[:1]), changed(step, targets=step.targets[-1:]),
            changed(step, ends_everything=not step.ends_everything), changed(step, milestone=None),
        ):  # fmt: skip
            made += [changed(main, steps={**main.steps, name: more})] * (more != step)
    for name, one in main.deadlines.items():
        made.append(changed(main, deadlines={**main.deadlines, name: changed(one, when_over=None, period="P77D")}))
    return [changed(definition, main=one) for one in made]


def test_whatever_explorations_look_at_has_another_key(tmp_path: Path) -> None:
    definition = load_procedure(ROOT / "definitions" / "open.yaml")
    others = changes(definition)
    kept = Kept(tmp_path)
    keys = [Answered(kept, one, BOUND).key for one in (definition, *others)]
    assert len(others) > 30
    assert keys.count(keys[0]) == 1


def test_another_size_of_the_bound_has_another_key_and_another_time_has_the_same(tmp_path: Path) -> None:
    definition = load_procedure(ROOT / "tests" / "checks" / "case-stuck" / "refused.yaml")
    bounds = [Bound(), Bound(seconds=1, in_all=1), Bound(states=7), Bound(tracks=2)]
    one, same, *others = [Answered(Kept(tmp_path), definition, bound).key for bound in bounds]
    assert one == same
    assert one not in others


def test_another_program_has_another_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    definition = load_procedure(ROOT / "tests" / "checks" / "case-stuck" / "refused.yaml")
    one = Answered(Kept(tmp_path), definition, BOUND).key
    monkeypatch.setattr("inprocap_flow.service.answered.program", lambda: "another")
    assert Answered(Kept(tmp_path), definition, BOUND).key != one


@pytest.mark.parametrize("name", ["pcp", "advisory", "iter-review"])
def test_what_is_left_out_changes_no_answer(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    definition = load_procedure(ROOT / "definitions" / f"{name}.yaml")
    small = Bound(states=25, seconds=1000, in_all=1000)
    bare = judged(definition, small)
    monkeypatch.setattr(checks, "essential", lambda whole: whole)
    assert told(judged(definition, small)) == told(bare)


# ---------------------------------------------------------------------------------------------------- late answers


def late(_bound: Bound) -> tuple[Asked, ...]:
    return (Asked("x", Finding("", ""), Answer(NOT_DECIDED, late=True)),)


def test_an_answer_for_which_time_ran_out_is_found_only_within_the_same_time(tmp_path: Path) -> None:
    definition = load_procedure(ROOT / "tests" / "checks" / "case-stuck" / "refused.yaml")
    looked: list[Bound] = []

    def asking(bound: Bound) -> tuple[Asked, ...]:
        looked.append(bound)
        return late(bound)

    def run(seconds: float) -> int:
        looked.clear()
        bound = Bound(seconds=seconds, in_all=seconds)
        answers = Answered(Kept(tmp_path), definition, bound)
        list(continuing.continued([("one", asking)], bound, answers, lambda _tally: None))
        return len(looked)

    assert run(0.001) > 0
    assert run(0.001) == 0
    assert run(0.002) > 0


def test_whoever_waits_is_told_how_many_are_answered_and_how_many_were_before(tmp_path: Path) -> None:
    definition = load_procedure(ROOT / "tests" / "checks" / "ends-left-open" / "accepted.yaml")
    tallies: list[Tally] = []
    for _ in range(2):
        judged(definition, BOUND, answers=Answered(Kept(tmp_path), definition, BOUND), told=tallies.append)
    count = tallies[0].questions
    assert tallies[0] == Tally(count, 0, 0)
    assert Tally(count, count, 0) in tallies
    assert tallies[-1] == Tally(count, count, count)


# -------------------------------------------------------------------------------------------------------- journals


@pytest.mark.parametrize("damage", [b"", b"{", b"\xff\xfe", b"[]", b'{"name": "a", "answer": 1, "sum": "x"}'])
def test_a_torn_line_of_a_journal_is_none_and_spoils_no_other(tmp_path: Path, damage: bytes) -> None:
    kept = Kept(tmp_path)
    kept.enter("key", "one", 1)
    file = tmp_path / "key.jsonl"
    file.write_bytes(file.read_bytes() + damage)
    kept.enter("key", "two", [2])
    assert kept.entries("key") == {"one": 1, "two": [2]}


def test_an_entry_of_another_journal_is_none(tmp_path: Path) -> None:
    kept = Kept(tmp_path)
    kept.enter("key", "one", 1)
    (tmp_path / "key.jsonl").rename(tmp_path / "other.jsonl")
    assert kept.entries("other") == {}


def test_many_may_write_one_journal_at_once(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as several:
        list(several.map(lambda number: Kept(tmp_path).enter("key", f"q{number}", ["x" * 5_000]), range(60)))
    assert Kept(tmp_path).entries("key") == {f"q{number}": ["x" * 5_000] for number in range(60)}


def test_a_folder_that_cannot_be_written_to_keeps_no_journal_and_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    kept = Kept(tmp_path / "file" / "folder")
    kept.enter("key", "one", 1)
    assert kept.entries("key") == {}
    Kept(None).enter("key", "one", 1)
    assert Kept(None).entries("key") == {}


def test_journals_count_among_what_is_kept(tmp_path: Path) -> None:
    kept = Kept(tmp_path, most=5)
    for number in range(9):
        kept.enter(f"key{number}", "one", 1)
    assert len(list(tmp_path.iterdir())) <= 5


def test_an_entry_that_nobody_can_read_is_asked_again(tmp_path: Path) -> None:
    definition = load_procedure(ROOT / "tests" / "checks" / "case-stuck" / "refused.yaml")
    answered = Answered(Kept(tmp_path), definition, BOUND)
    Kept(tmp_path).enter(answered.key, "case-stuck 0", [{"about": "x"}])
    assert Answered(Kept(tmp_path), definition, BOUND).find("case-stuck 0") is None
