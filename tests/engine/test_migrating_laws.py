"""Laws of migration on random cases: a version that differs by its number only changes nothing but that, and no case
is stranded by a stage that is gone. The seed is printed; ``INPROCAP_SEED`` repeats a walk.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from inprocap_flow.engine.acts.migrating import request_to_migrate
from inprocap_flow.engine.case.binding import Binding
from inprocap_flow.engine.case.history import fold
from inprocap_flow.engine.case.records import SYSTEM_ACTOR, Case, Decision, Refusal, Request
from inprocap_flow.engine.decide import decide
from inprocap_flow.engine.reminding.ladders import ladders
from inprocap_flow.engine.turn import TIME
from inprocap_flow.errors import DefinitionDefect
from inprocap_flow.language.graph import reaching
from inprocap_flow.language.load import load_procedure
from inprocap_flow.language.migrations import LineChange, Migration
from inprocap_flow.language.versions.compare import finals
from inprocap_flow.machine.compile import compile_definition
from inprocap_flow.store import snapshot
from tests.engine.conftest import ORGANISATION
from tests.engine.walking import SEED, Walk, shipped, text_of

PURCHASE = Path(__file__).parent / "purchase.yaml"
STAGES = {"ready": "finished", "over": "complete", "ranked": "listed", "standstill": "waiting", "free": "unbound"}


def purchase() -> Binding:
    return Binding(compile_definition(load_procedure(PURCHASE)), ORGANISATION)


def newer(binding: Binding) -> Binding:
    """Return the same procedure under another version."""
    definition = replace(binding.definition, version="2099.1")
    return Binding(compile_definition(definition), binding.organisation, binding.rulebook)


def together(old: Binding, new: Binding, reveal: Callable[[str], Any]) -> tuple[Binding, Binding]:
    """Return both bindings, each knowing the way to the other."""
    known = {one.machine.content_hash: one for one in (old, new)}

    def version(content_hash: str) -> Binding:
        return replace(known[content_hash], version=version, reveal=reveal)

    return version(old.machine.content_hash), version(new.machine.content_hash)


def over(walk: Walk, old: Binding, new: Binding, **lines: LineChange) -> Decision | Refusal:
    """Bring the case of *walk* over, by whoever may, at the moment at which it stands."""
    assert walk.case is not None
    plan = Migration(
        old.definition.name, old.definition.version, new.definition.version,
        old.machine.content_hash, new.machine.content_hash, {"": lines.get("main", LineChange()), **lines},
    )  # fmt: skip
    actor = old.holders(old.definition.may_backdate[0])[0].id
    request = request_to_migrate(plan, walk.case.id, actor=actor, role=None, reason="New rules")
    return decide(old, walk.case, request, walk.now, walk.events)


def walk_of(binding: Binding, seed: int, steps: int) -> Walk:
    walk = Walk(binding, random.Random(seed))
    walk.go(steps)
    return walk


def said(outcome: Decision | Refusal | None) -> Any:
    """Return what an outcome says, without the numbers of its recording."""
    if outcome is None:
        return "defect"
    words = [[e.kind, e.line, e.data, e.happened.to_plain(), e.actor, e.role] for e in outcome.events]
    told = [[m.kind, m.to, m.subject, m.about, m.line] for m in outcome.messages]
    version = outcome.case.procedure_version if outcome.case else ""
    return words, told, [repr(blocker).replace(version, "") for blocker in getattr(outcome, "blockers", ())]


def tried(binding: Binding, case: Case | None, request: Request, walk: Walk) -> Decision | Refusal | None:
    try:
        return decide(binding, case, request, walk.now)
    except DefinitionDefect:
        return None


@pytest.mark.parametrize(("name", "count"), [("purchase", 5), ("open", 2), ("pcp", 1)])
def test_a_version_that_differs_by_its_number_only_changes_nothing_else(name: str, count: int) -> None:
    first = purchase() if name == "purchase" else shipped(name)
    moved = compared = 0
    for number in range(count + 5):  # some walks end their case
        if moved == count:
            break
        walk = walk_of(first, SEED + number, 40)
        walk.ask(Request(TIME, SYSTEM_ACTOR))  # else what is over by now is recorded in one of the two only
        old, new = together(first, newer(first), walk.binding.reveal)
        outcome = over(walk, old, new)
        if isinstance(outcome, Refusal):
            assert set(outcome.codes) <= {"case-ended"}, outcome.blockers
            continue
        moved += 1
        events = [*walk.events, *outcome.events]
        assert text_of(fold(events)) == text_of(outcome.case) == text_of(snapshot.read(snapshot.write(outcome.case)))
        assert [event.kind for event in outcome.events][-2:] == ["migrated", "told"]
        assert walk.case is not None
        before = {one.name: one for one in ladders(old, walk.case) if not one.name.startswith("silence case")}
        assert outcome.case is not None
        after = {one.name: one for one in ladders(new, outcome.case) if not one.name.startswith("silence case")}
        assert {key: one for key, one in after.items() if key in before} == before
        compared += the_same_future(walk, old, new, outcome.case)
    print(f"{name}: seed {SEED}, {moved} cases moved, {compared} requests compared")  # noqa: T201
    assert moved == count


def the_same_future(walk: Walk, old: Binding, new: Binding, case: Case | None) -> int:
    """Ask the same of the case that stayed and of the one that went over: the answers are the same, word for word."""
    stayed, count = walk.case, 0
    for _ in range(40):
        walk.now += timedelta(minutes=walk.rng.choice((0, 1, 60, 1440, 10_000)))
        request = walk.some_request()
        if request.kind in ("annul", "migrate", "recount"):  # these are about numbers and versions
            continue
        one, other = tried(old, stayed, request, walk), tried(new, case, request, walk)
        assert said(one) == said(other), request
        if one is not None and other is not None:
            stayed, case = one.case or stayed, other.case or case
            walk.secrets |= getattr(one, "sealed", {})
        walk.case = stayed
        count += 1
    return count


@pytest.mark.parametrize(("stage", "becomes"), STAGES.items())
def test_no_case_is_stranded_by_a_stage_that_is_gone_once_it_is_mapped(
    stage: str, becomes: str, tmp_path: Path
) -> None:
    text = PURCHASE.read_text(encoding="utf-8").replace("version: 2026.1", "version: 2099.1", 1)
    head, middle, tail = text.partition("\ntracks:\n")
    named = head.replace(f"      {stage}:", f"      {becomes}:").replace(f".{stage}", f".{becomes}")
    (tmp_path / "purchase.yaml").write_text(
        named + middle + tail.replace(f"g.{stage}", f"g.{becomes}"), encoding="utf-8"
    )
    first, second = purchase(), Binding(compile_definition(load_procedure(tmp_path / "purchase.yaml")), ORGANISATION)
    group = next(leaf for leaf in first.definition.main.leaves if leaf.endswith(f".{stage}")).partition(".")[0]
    mapped = LineChange(stages={f"{group}.{stage}": f"{group}.{becomes}"})
    good = reaching(second.definition, second.definition.main, finals(second.definition.main))
    for number in range(3):
        walk = walk_of(first, SEED + number, 50)
        assert walk.case is not None
        old, new = together(first, second, walk.binding.reveal)
        stood = walk.case.main.state
        without = over(walk, old, new)
        if stood == f"{group}.{stage}":
            assert isinstance(without, Refusal)
            assert "stage-gone" in without.codes
        outcome = over(walk, old, new, main=mapped)
        if isinstance(outcome, Decision):
            assert outcome.case.main.state in good
            assert new.machine.offered("", outcome.case.main.state) or outcome.case.main.ended
        else:
            assert outcome.codes == ("case-ended",), outcome.blockers
