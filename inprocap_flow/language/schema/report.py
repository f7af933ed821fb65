"""From nodes to a validated document, or to problems with places: all of them, in plain words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeVar

from pydantic import ValidationError

from inprocap_flow.errors import Place, Problem
from inprocap_flow.language.marks import ListNode, MapNode, Node, NodePath, ScalarNode, to_data
from inprocap_flow.language.remembered import Remembered
from inprocap_flow.language.schema.messages import did_you_mean, short
from inprocap_flow.language.schema.shape import keys, model_at
from inprocap_flow.language.schema.words import Doc

D = TypeVar("D", bound=Doc)


def validate(model: type[D], node: MapNode) -> tuple[D | None, list[Problem]]:
    """Return the document that *node* holds, or every problem that keeps it from being one."""
    try:
        return model.model_validate(to_data(node)), []
    except ValidationError as wrong:
        return None, list(_problems(model, node, wrong))


_VALIDATED: Remembered[tuple[Any, list[Problem]]] = Remembered(256)


def validate_file(model: type[D], root: MapNode) -> tuple[D | None, list[Problem]]:
    """Return the same for the nodes of a file, which are those of last time if the file has not changed."""
    doc, problems = _VALIDATED.of((root, model), lambda: validate(model, root))
    return doc, list(problems)


def _problems(model: type[Doc], node: MapNode, wrong: ValidationError) -> Iterator[Problem]:
    for error in wrong.errors(include_url=False):
        path = tuple(error["loc"])
        kind = error["type"]
        on_key = kind == "extra_forbidden" or (bool(path) and path[-1] == "[key]")
        place, width = locate(node, path, on_key=on_key)
        code, fact, mend = _say(model, path, kind, error.get("ctx", {}))
        yield Problem(place, code, fact, mend, width=width)


def _say(model: type[Doc], path: NodePath, kind: str, context: dict[str, Any]) -> tuple[str, str, str]:
    last = str(path[-1]) if path else ""
    if "fact" in context:
        return kind, context["fact"], context.get("mend", "")
    if kind == "missing":
        return "missing-key", f"`{last}` is missing.", _what_it_is(model_at(model, path[:-1]), last)
    if kind == "extra_forbidden":
        inside = model_at(model, path[:-1])
        if " " in last:
            return "unknown-key", f"`{short(last)}` is not a key here.", "Put text with a comma or a colon in quotes."
        never = inside.keys_there_never_are.get(last) if inside else None
        return (
            "unknown-key",
            f"`{short(last)}` is not a key here.",
            never
            or did_you_mean(last, list(keys(inside) if inside else []))
            or "Remove it, or see the reference of the language for the keys that there are.",
        )
    expected = _EXPECTED.get(kind)
    if expected:
        return "wrong-shape", f"{expected[0]} is expected here.", expected[1]
    return "wrong-shape", f"This cannot stand here ({kind}).", "See the reference of the language."


_EXPECTED = {
    "model_type": ("A map of keys and values", "Write `key: value` lines, or {} for nothing."),
    "dict_type": ("A map of names", "Write `name:` lines, or {} for none."),
    "tuple_type": ("A list", "Write [one, two], or one value."),
    "string_type": ("A single value", "Write one value."),
}


def _what_it_is(model: type[Doc] | None, name: str) -> str:
    for field_name, field in model.model_fields.items() if model else ():
        if name in (field_name, field.alias):
            return f"Write `{name}:`. {field.description or ''}".strip()
    return f"Write `{name}:`."


def locate(node: Node, path: NodePath, *, on_key: bool = False) -> tuple[Place, int]:
    """Return the place of *path*, or of the deepest part of it that is written; of the key itself with *on_key*."""
    shown: Node = node
    for step in path:
        if isinstance(node, MapNode) and str(step) in node:
            key, value = node.key(str(step)), node.get(str(step))
            assert key is not None
            assert value is not None
            shown, node = (value if isinstance(value, ScalarNode) and not on_key else key), value
        elif isinstance(node, ListNode) and isinstance(step, int) and step < len(node.items):
            node = node.items[step]
            shown = node
    return shown.place, shown.width
