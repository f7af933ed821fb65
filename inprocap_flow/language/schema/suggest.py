"""What an editor offers beside the shapes: names that are known, each with what it is, and limits with their article.

A name is an example, never a demand: the schema accepts exactly what it accepts without them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from inprocap_flow.language.schema.words import NAMES_KEY, JsonSchema

_FILES: Mapping[tuple[str, str], str] = {
    ("IncludeDoc", "block"): "block",
    ("ProcedureDoc", "rulebook"): "rulebook",
    ("OrganisationDoc", "rulebooks"): "rulebook",
    ("OverlayDoc", "for"): "procedure",
    ("OverlayDoc", "organisation"): "organisation",
    ("ChosenOverlayDoc", "overlay"): "overlay",
    ("ChosenProcedureDoc", "procedure"): "procedure",
}
"""Keys that name a file by its stem; their models know only that it is an id."""
_LENGTH = "length"
_LIMIT = "limit"


@dataclass(frozen=True, slots=True)
class Known:
    """What is known: for each kind of thing (role, milestone, limit, block ...) its names, with what each is."""

    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def of(self, kind: str) -> Mapping[str, str]:
        """Return the names of *kind*, and of what is declared (``new role``) those that others chose."""
        return self.names.get(kind.removeprefix("new "), {})


NOTHING_KNOWN = Known()


def suggested(model: str, part: JsonSchema, known: Known) -> JsonSchema:
    """Return the schema of *model* with what is known beside each name; the marks of kinds are gone."""
    properties = {
        key: _with_names(described | {NAMES_KEY: _FILES[model, key]} if (model, key) in _FILES else described, known)
        for key, described in part.get("properties", {}).items()
    }
    rest = {key: _with_names(value, known) for key, value in part.items() if key != "properties"}
    return rest | ({"properties": properties} if "properties" in part else {})


def _with_names(part: Any, known: Known) -> Any:
    if isinstance(part, list):
        return [_with_names(one, known) for one in part]
    if not isinstance(part, dict):
        return part
    kind = part.get(NAMES_KEY)
    plain = {key: _with_names(value, known) for key, value in part.items() if key != NAMES_KEY}
    if kind is None:
        return plain
    names = known.of(_LIMIT if kind == _LENGTH else kind)
    if not names:
        return plain
    if kind == _LENGTH:
        return _length(plain)
    return _keys(plain, names) if plain.get("type") == "object" else _values(plain, kind)


def _keys(part: JsonSchema, names: Mapping[str, str]) -> JsonSchema:
    """Return a map from names to something with the known names as keys of their own, each explained."""
    values = list(part.get("patternProperties", {}).values()) or [part.get("additionalProperties", {})]
    described = {name: {"title": name, **_explained(values[0], says)} for name, says in names.items()}
    return part | {"properties": described}


def _explained(value: Any, says: str) -> JsonSchema:
    """Return the schema of a value with another description; beside a `$ref` it counts in place of that one's."""
    return {**value, "description": says} if says else dict(value)


def _values(part: JsonSchema, kind: str) -> JsonSchema:
    """Return a name, with what is known of its kind beside it."""
    return part | {"allOf": [*part.get("allOf", []), {"$ref": f"#/$defs/{_shared(kind)}"}]}


def _length(part: JsonSchema) -> JsonSchema:
    """Return a length, with each known limit as one way to write it: its hover says value, article and evidence."""
    head = {key: part[key] for key in ("title", "description") if key in part}
    plain = {key: value for key, value in part.items() if key not in head}
    return head | {"anyOf": [{"$ref": f"#/$defs/{_shared(_LENGTH)}"}, plain]}


def _shared(kind: str) -> str:
    return f"Known {kind.removeprefix('new ')}"


def shared_parts(known: Known) -> dict[str, JsonSchema]:
    """Return what `suggested` points to: for each kind its names as examples, and as snippets with what each is."""
    parts = {
        _shared(kind): {"examples": list(names), "defaultSnippets": _snippets(names)}
        for kind, names in known.names.items()
        if names
    }
    calls = {f"limit('{name}')": says for name, says in known.of(_LIMIT).items()}
    if calls:
        ways = [{"const": call, "description": says} for call, says in calls.items()]
        parts[_shared(_LENGTH)] = {"anyOf": ways, "defaultSnippets": _snippets(calls)}
    return parts


def _snippets(names: Mapping[str, str]) -> list[JsonSchema]:
    return [{"label": name, "body": name, "description": says} for name, says in names.items() if says]
