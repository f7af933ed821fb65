from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from inprocap_flow.language.marks import ListNode, MapNode, Node, ScalarNode, read
from inprocap_flow.language.schema.export import json_schema
from inprocap_flow.language.schema.kinds import KINDS

ROOT = Path(__file__).parents[2]
FILES = sorted([*(ROOT / "definitions").rglob("*.yaml"), *(ROOT / "tests" / "language" / "accepted").rglob("*.yaml")])
VALIDATOR = jsonschema.Draft202012Validator(json_schema())

_WORDS = {
    "1.2": {"true": True, "false": False, "null": None},
    "1.1": {"true": True, "false": False, "null": None, "yes": True, "no": False, "on": True, "off": False},
}


def as_editor_sees(node: Node, version: str) -> Any:
    """Return the data that a YAML language server hands to the schema: bare numbers and booleans have types."""
    if isinstance(node, MapNode):
        return {key: as_editor_sees(value, version) for key, value in node.items()}
    if isinstance(node, ListNode):
        return [as_editor_sees(item, version) for item in node.items]
    assert isinstance(node, ScalarNode)
    if node.quoted:
        return node.value
    if node.value.lower() in _WORDS[version]:
        return _WORDS[version][node.value.lower()]
    if re.fullmatch(r"-?\d+", node.value):
        return int(node.value)
    if re.fullmatch(r"-?\d*\.\d+", node.value):
        return float(node.value)
    return node.value


@pytest.mark.parametrize("version", ["1.1", "1.2"])
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_an_editor_accepts_what_we_ship(path: Path, version: str) -> None:
    seen = as_editor_sees(read(path.read_bytes(), path.name), version)
    assert [f"{error.json_path}: {error.message}" for error in VALIDATOR.iter_errors(seen)] == []


@pytest.mark.parametrize(
    ("key", "value"),
    [("titel", "Small"), ("roles", {"officer": {"title": "Officer", "sees": "everything"}}), ("steps", {"go": {}})],
)
def test_an_editor_refuses_what_we_refuse(key: str, value: object) -> None:
    path = ROOT / "tests" / "language" / "accepted" / "small.yaml"
    seen = as_editor_sees(read(path.read_bytes(), path.name), "1.2")
    assert not VALIDATOR.is_valid({**seen, key: value})


def test_the_schema_is_one_of_the_draft_it_names() -> None:
    jsonschema.Draft202012Validator.check_schema(json_schema())


def of_model(schema: dict[str, Any], described: dict[str, Any]) -> str:
    return str(schema["$defs"][described["$ref"].rpartition("/")[2]]["description"])


def test_every_key_is_titled_and_explained() -> None:
    schema = json_schema()
    silent = [
        f"{name}.{key}"
        for name, part in schema["$defs"].items()
        for key, described in part.get("properties", {}).items()
        if not described.get("title") or not (described.get("description") or of_model(schema, described))
    ]
    assert silent == []
    assert set(KINDS) <= {kind for choice in schema["anyOf"] for kind in choice["required"]}
