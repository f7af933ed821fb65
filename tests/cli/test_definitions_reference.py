"""The reference of the language cannot fall behind: its made parts are made again, and every code has its meaning."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from inprocap_flow.cli.definitions_codes import EVENTS, REFUSALS, TYPES
from inprocap_flow.cli.definitions_reference import PAGE, PLAIN, made, parts_in, rewritten, taken
from inprocap_flow.engine.case.history import EVENT_KINDS
from inprocap_flow.language.expressions.plain import PLAIN_GUARDS
from inprocap_flow.language.marks import read
from inprocap_flow.language.schema.kinds import KINDS
from inprocap_flow.language.values import TYPES as FIELD_TYPES
from inprocap_flow.language.values import parse_value

ENGINE = Path(__file__).parents[2] / "inprocap_flow" / "engine"
TEXT = PAGE.read_text(encoding="utf-8")


def test_the_made_parts_are_those_that_would_be_made_now() -> None:
    assert rewritten(TEXT) == TEXT, "run python -m inprocap_flow.cli.definitions_reference"


def test_every_part_that_is_made_stands_on_the_page_once() -> None:
    assert sorted(parts_in(TEXT)) == sorted(made())


def test_every_key_of_every_kind_of_file_is_on_the_page() -> None:
    for kind, model in KINDS.items():
        assert f"| **`{kind}`** |" in TEXT, kind
        for name, field in model.model_fields.items():
            assert f"`{field.alias or name}`" in TEXT, (kind, name)


def test_every_link_within_the_page_leads_somewhere() -> None:
    headings = {_anchor(line) for line in TEXT.splitlines() if line.startswith("#")}
    assert set(re.findall(r"\]\(#([^)]+)\)", TEXT)) <= headings


def _anchor(line: str) -> str:
    return re.sub(r"[^a-z0-9 -]", "", line.lstrip("#").strip().lower()).replace(" ", "-")


def test_every_link_to_another_page_leads_to_a_file() -> None:
    for link in re.findall(r"\]\((\.\./[^)#]+)", TEXT):
        assert (PAGE.parent / link).is_file(), link


def test_the_example_is_written_in_the_language() -> None:
    for number, example in enumerate(re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)):
        read(example.encode(), f"example {number}")


@pytest.mark.parametrize("name", FIELD_TYPES)
def test_every_type_has_an_example_that_is_read(name: str) -> None:
    example, _ = TYPES[name]
    parse_value(name, example, zone="Europe/Berlin", choices=("technical",))


def test_every_type_and_plain_guard_is_explained() -> None:
    assert (list(TYPES), list(PLAIN)) == (list(FIELD_TYPES), list(PLAIN_GUARDS))


def test_every_code_of_a_refusal_is_explained_and_no_other() -> None:
    assert set(_codes()) == set(REFUSALS)


def test_every_kind_of_event_is_explained_and_no_other() -> None:
    # A kind may stand in a constant or a condition before it is emitted; what only folds it is left out.
    paths = [path for path in ENGINE.rglob("*.py") if path.name not in ("changes.py", "deadline_changes.py")]
    nodes = [node for path in paths for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))]
    written = {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    assert written & set(EVENT_KINDS) == set(EVENTS)


def test_a_key_takes_what_its_type_says() -> None:
    from inprocap_flow.language.schema import words

    assert taken(words.OneOrMore[words.RoleName]) == "role, one or a list"
    assert taken(words.YesNo | None) == "yes or no"


def _codes() -> Iterator[str]:
    """Yield every code that the engine refuses with: of blockers, of their changes, and the pairs of `lacking`."""
    yield from (text for _, text in _calls())
    for node in ast.walk(ast.parse((ENGINE / "case" / "lacking.py").read_text(encoding="utf-8"))):
        pair = node.value.elts if isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple) else []
        if pair and isinstance(pair[0], ast.Constant) and str(pair[0].value).startswith("approval-"):
            yield str(pair[0].value)


def _calls() -> Iterator[tuple[str, str]]:
    """Yield the name of each call that carries a code, with that text."""
    for path in sorted(ENGINE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
                first = node.args[:1] if name in ("Blocker", "blocker_of", "refusing") else []
                named = [keyword.value for keyword in node.keywords if keyword.arg == "code"]
                for one in (*first, *named):
                    if isinstance(one, ast.Constant) and isinstance(one.value, str):
                        yield name, one.value
