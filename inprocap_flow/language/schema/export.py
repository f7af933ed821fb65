"""The JSON Schema (2020-12) of every kind of file, for editors with a YAML language server."""

from __future__ import annotations

from typing import Any

from pydantic.json_schema import GenerateJsonSchema
from pydantic_core import core_schema

from inprocap_flow.language.schema.kinds import KINDS
from inprocap_flow.language.schema.suggest import NOTHING_KNOWN, Known, shared_parts, suggested
from inprocap_flow.language.schema.words import NAMES_KEY, JsonSchema

DIALECT = "https://json-schema.org/draft/2020-12/schema"


class _Written(GenerateJsonSchema):
    """What may be written, not what is read: a key that is left out is not the same as one without value."""

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchema:
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchema:
        return self.generate_inner(schema["schema"])

    def dict_schema(self, schema: core_schema.DictSchema) -> JsonSchema:
        """Keep of the keys, too, what they name."""
        made = super().dict_schema(schema)
        key = self.generate_inner(schema["keys_schema"]).get(NAMES_KEY) if "keys_schema" in schema else None
        return made | ({NAMES_KEY: key} if key else {})


def json_schema(known: Known = NOTHING_KNOWN) -> dict[str, Any]:
    """Return one schema for all kinds of files; the first key says which kind a file is.

    Names that are *known* are offered and explained, and never demanded: a file may always make its own.
    """
    definitions: dict[str, Any] = {}
    choices: list[Any] = []
    for kind, model in KINDS.items():
        schema = model.model_json_schema(by_alias=True, schema_generator=_Written, ref_template="#/$defs/{model}")
        definitions.update(schema.pop("$defs", {}))
        definitions[model.__name__] = schema
        choices.append({"if": _is_a(kind), "then": {"$ref": f"#/$defs/{model.__name__}"}})
    definitions = {name: suggested(name, part, known) for name, part in definitions.items()} | shared_parts(known)
    return {
        "$schema": DIALECT,
        "title": "Files of inprocap-flow",
        "description": "A procedure, block, overlay, rulebook, organisation, calendar, code list or test file.",
        "type": "object",
        "anyOf": [{"required": [kind]} for kind in KINDS],
        "allOf": choices,
        "$defs": dict(sorted(definitions.items())),
    }


def _is_a(kind: str) -> JsonSchema:
    """Return the condition that a file is of *kind*; a procedure, too, has a key `rulebook`."""
    others = [other for other, model in KINDS.items() if other != kind and kind in model.model_fields]
    return {"required": [kind], **({"not": {"anyOf": [{"required": [other]} for other in others]}} if others else {})}
