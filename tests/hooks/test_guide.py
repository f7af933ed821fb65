"""The how-to on hooks says what is true: its files load, its test passes, its calls are calls of its hooks."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from inprocap_flow import hooks as offered
from inprocap_flow.language.expressions.syntax import parse
from inprocap_flow.language.schema.guards import split_arguments
from inprocap_flow.plugins import allowed_folders, load_hooks
from inprocap_flow.plugins.hygiene import PURE_MODULES
from inprocap_flow.settings import Settings

PAGE = (Path(__file__).parents[2] / "docs" / "how-to" / "hooks.md").read_text("utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


def blocks(language: str) -> list[str]:
    return [text for found, text in BLOCKS if found == language]


def test_the_hook_file_of_the_guide_loads_and_its_test_passes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hook_file, test_file = blocks("python")
    (tmp_path / "workflows").mkdir()
    (tmp_path / "workflows" / "house.py").write_text(hook_file, "utf-8")
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    exec(compile(test_file, "test_house.py", "exec"), names)
    tests = [value for name, value in names.items() if name.startswith("test_") and callable(value)]
    assert len(tests) == 2
    for test in tests:
        test()


def test_the_calls_in_the_guide_are_calls_of_hooks_that_exist(tmp_path: Path) -> None:
    (tmp_path / "house.py").write_text(blocks("python")[0], "utf-8")
    folders = (*allowed_folders(), tmp_path)
    hooks = load_hooks(folders, folders)
    calls = [call for text in blocks("yaml") for call in _calls(yaml.safe_load(text))]
    assert len(calls) == 3
    for call in calls:
        name, _, rest = call.partition("(")
        arguments = split_arguments(rest.rstrip()[:-1])
        info = hooks.lookup(name)
        assert info is not None
        assert info.parameters is not None
        assert len(arguments) == len(info.parameters)
        assert [parse(argument) for argument in arguments]


def _calls(node: object) -> list[str]:
    if isinstance(node, dict):
        own = [node["hook"]] if "hook" in node else []
        return own + [call for value in node.values() for call in _calls(value)]
    return [call for item in node for call in _calls(item)] if isinstance(node, list) else []


def test_the_settings_of_the_guide_are_settings() -> None:
    (text,) = blocks("toml")
    assert text.partition(" = ")[0] in Settings.__dataclass_fields__


def test_every_module_and_every_name_that_a_hook_may_import_is_listed() -> None:
    assert set(re.findall(r"`([\w.]+)`", PAGE)) >= PURE_MODULES
    assert set(re.findall(r"\w+", PAGE)) >= set(offered.__all__) - {"Facts", "TrackFacts", "Hook", "Parameter"}
