"""The JSON Schema (2020-12) of every kind of file, for editors with a YAML language server."""

from __future__ import annotations

from typing import Any

from pydantic.json_schema import GenerateJsonSchema
from pydantic_core import core_schema

from inprocap_flow.language.schema.kinds import KINDS
from inprocap_flow.language.schema.words import JsonSchema

DIALECT = "https://json-schema.org/draft/2020-12/schema"


class _Written(GenerateJsonSchema):
    """What may be written, not what is read: a key that is left out is not the same as one without value."""

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchema:
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchema:
        return self.generate_inner(schema["schema"])


def json_schema() -> dict[str, Any]:
    """Return one schema for all kinds of files; the first key says which kind a file is."""
    definitions: dict[str, Any] = {}
    choices: list[Any] = []
    for kind, model in KINDS.items():
        schema = model.model_json_schema(by_alias=True, schema_generator=_Written, ref_template="#/$defs/{model}")
        definitions.update(schema.pop("$defs", {}))
        definitions[model.__name__] = schema
        choices.append({"if": _is_a(kind), "then": {"$ref": f"#/$defs/{model.__name__}"}})
    return {
        "$schema": DIALECT,
        "title": "Files of inprocap-flow",
        "description": "A procedure, a block, a rulebook, an organisation, an overlay, a calendar, a code list or a test file.",
        "type": "object",
        "anyOf": [{"required": [kind]} for kind in KINDS],
        "allOf": choices,
        "$defs": dict(sorted(definitions.items())),
    }


def _is_a(kind: str) -> JsonSchema:
    """Return the condition that a file is of *kind*; a procedure, too, has a key `rulebook`."""
    others = [other for other, model in KINDS.items() if other != kind and kind in model.model_fields]
    return {"required": [kind], **({"not": {"anyOf": [{"required": [other]} for other in others]}} if others else {})}
