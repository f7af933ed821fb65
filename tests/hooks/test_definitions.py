"""A definition that calls hooks is checked against their signatures and bound to the hash of their file."""

from __future__ import annotations

from pathlib import Path

import pytest

from inprocap_flow.errors import InvalidInput
from inprocap_flow.language.load import load_procedure
from inprocap_flow.language.model import HookCall
from inprocap_flow.plugins import HookSet, allowed_folders, load_hooks

WRITTEN = Path(__file__).with_name("alignment.yaml")


@pytest.fixture(scope="module")
def hooks() -> HookSet:
    return load_hooks(allowed_folders(), allowed_folders())


def test_a_definition_is_bound_to_the_file_of_every_hook_that_it_calls(hooks: HookSet) -> None:
    definition = load_procedure(WRITTEN, hook_lookup=hooks.lookup)
    assert definition.hooks == {name: hooks.hashes()[name] for name in ("alignment_applies", "may_align")}
    assert hooks.bound_to(definition.hooks).hashes() == definition.hooks
    order = definition.main.steps["finish"].sets["alignment_order"]
    assert isinstance(order, HookCall)
    assert order.type == "text"


@pytest.mark.parametrize(
    ("old", "new", "fact"),
    [
        ("alignment_applies(", "alignement_applies(", "No workflow file offers the hook `alignement_applies`"),
        ("(estimated_value, limit('alignment_value'))", "(estimated_value)", "takes 2 arguments, not 1"),
        ("- hook: alignment_applies", "- hook: aligned_price", "gives money, not yes_no"),
    ],
)
def test_a_call_that_does_not_fit_is_found_when_the_definition_is_loaded(
    tmp_path: Path, hooks: HookSet, old: str, new: str, fact: str
) -> None:
    text = WRITTEN.read_text("utf-8")
    assert old in text
    path = tmp_path / "alignment.yaml"
    path.write_text(text.replace(old, new), "utf-8")
    with pytest.raises(InvalidInput, match=fact):
        load_procedure(path, hook_lookup=hooks.lookup)
