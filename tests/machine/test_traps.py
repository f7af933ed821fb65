"""The known traps of the state-machine library, each with the proof that we are not caught in it."""

from __future__ import annotations

import gc
import sys
import weakref
from concurrent.futures import ThreadPoolExecutor

import pytest
from transitions import Machine as PlainMachine

from inprocap_flow.errors import DefinitionDefect
from inprocap_flow.machine.compile import PREFIX, Token, ask, build, derive_table
from tests.machine.conftest import compiled, line_of, step


@pytest.mark.parametrize("name", ["state", "trigger", "branch", "model", "to", "is_first", "may_trigger", "__class__"])
def test_a_step_named_like_an_attribute_of_a_model_is_a_step_like_any_other(name: str) -> None:
    line = line_of([step(name, "first", "last")], "first", "last")
    assert derive_table(line, build(line)).moves == {"first": {name: ("last",)}}


def test_the_library_itself_skips_such_a_name() -> None:
    class Model:
        state = "first"

        def sign(self) -> str:
            return "the model's own"

    model = Model()
    machine = PlainMachine(model, states=["first", "last"], initial="first", auto_transitions=False)
    machine.add_transition("sign", "first", "last")
    assert model.sign() == "the model's own"
    assert model.state == "first"


def test_the_first_of_two_enabled_transitions_does_not_win() -> None:
    line = line_of([step("go", "first", "left", "right", "last")], "first", "left", "right", "last")
    machine = build(line)
    assert [ask(machine, "first", line.steps["go"], branch) for branch in range(3)] == ["left", "right", "last"]


def test_no_jumps_from_every_state_to_every_state_are_added() -> None:
    line = line_of([step("go", "first", "last")], "first", "middle", "last")
    assert list(build(line).events) == [PREFIX + "go"]


def test_names_with_underscores_make_no_other_state() -> None:
    # With the library's own separator "_", a stage "a_b" and a stage "b" in the group "a" would be one state.
    line = line_of([step("go", "a_b", "a"), step("on", "a.b", "last")], "a_b", "a", "a.b", "a.c", "last")
    table = derive_table(line, build(line))
    assert table.moves == {"a_b": {"go": ("a.b",)}, "a.b": {"on": ("last",)}}


@pytest.mark.parametrize("address", ["a b", "a-b", "1st", "a..b", ""])
def test_a_stage_name_that_could_not_be_an_address_is_refused(address: str) -> None:
    with pytest.raises(DefinitionDefect):
        build(line_of([], "first", address, "last"))


def test_entering_a_group_enters_its_first_stage_all_the_way_down() -> None:
    line = line_of([step("go", "first", "outer")], "first", "outer", "outer.inner", "outer.inner.leaf", "last")
    assert derive_table(line, build(line)).moves["first"]["go"] == ("outer.inner.leaf",)


def test_a_step_that_stays_stays_in_each_of_its_sources() -> None:
    line = line_of([step("note", "first second", "same")], "first", "second", "last")
    assert derive_table(line, build(line)).moves == {"first": {"note": ("first",)}, "second": {"note": ("second",)}}


def test_what_is_not_offered_is_a_defect_and_moves_nothing() -> None:
    line = line_of([step("go", "first", "last")], "first", "second", "last")
    machine = build(line)
    with pytest.raises(DefinitionDefect):
        ask(machine, "second", line.steps["go"])
    with pytest.raises(DefinitionDefect):
        ask(machine, "first", line.steps["go"], branch=7)


def test_nothing_of_ours_can_raise_after_the_state_moved() -> None:
    # The library moves first and calls back afterwards; a callback that raised would leave a moved model behind.
    line = line_of([step("go", "first", "last")], "first", "last")
    machine = build(line)
    for transitions in machine.events[PREFIX + "go"].transitions.values():
        for transition in transitions:
            assert (transition.before, transition.after, transition.prepare) == ([], [], [])
    assert (machine.before_state_change, machine.after_state_change, machine.finalize_event) == ([], [], [])


def test_no_model_is_bound_so_that_a_token_is_gone_when_it_is_gone() -> None:
    line = line_of([step("go", "first", "last")], "first", "last")
    machine = build(line)

    class Watched(Token):
        pass

    token = Watched("first")
    machine.trigger_event(token, PREFIX + "go")
    gone = weakref.ref(token)
    del token
    gc.collect()
    assert machine.models == []
    assert gone() is None


def test_several_threads_may_ask_one_machine() -> None:
    # Without the lock the library loses its place in the nested states: it raises, or answers for another thread.
    groups = [f"group_{number}" for number in range(20)]
    steps = [step(f"go_{number}", "first", group) for number, group in enumerate(groups)]
    line = line_of(steps, "first", *groups, *(f"{group}.leaf" for group in groups), "last")
    machine, switching = build(line), sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(8) as pool:
            asked = list(pool.map(lambda one: ask(machine, "first", one), steps * 20))
    finally:
        sys.setswitchinterval(switching)
    assert asked == [f"{group}.leaf" for group in groups] * 20


def test_a_compiled_definition_is_named_by_its_content_alone() -> None:
    one = compiled(line_of([step("go", "first", "last")], "first", "last"))
    same = compiled(line_of([step("go", "first", "last")], "first", "last"))
    other = compiled(line_of([step("went", "first", "last")], "first", "last"))
    assert one.content_hash == same.content_hash != other.content_hash
