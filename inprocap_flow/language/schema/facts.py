"""Fields and documents, as they are written, and from when who reads them."""

from __future__ import annotations

from typing import Annotated

from pydantic import model_validator

from inprocap_flow.language.schema.guards import exactly_one
from inprocap_flow.language.schema.messages import wrong
from inprocap_flow.language.schema.sources import RestsOnDoc
from inprocap_flow.language.schema.words import (
    Currency,
    Doc,
    MilestoneName,
    Name,
    OneOrMore,
    RoleName,
    Text,
    Value,
    key,
    word,
)
from inprocap_flow.language.values import TYPES

FIELD_TYPES = TYPES


class Guarded(Doc):
    """From when something can be read, by whom."""

    by: OneOrMore[RoleName] = key("By", "Who may fill or file it outside a step.", ())
    sealed_until: MilestoneName | None = key("Sealed until", "Nobody reads it before this milestone.", None)
    published_at: MilestoneName | None = key("Published at", "Everybody may read it from this milestone on.", None)
    secret_from: OneOrMore[RoleName] = key("Secret from", "Roles that never read it.", ())


class FieldDoc(Guarded):
    """A fact with a type."""

    type: Annotated[str, word(*FIELD_TYPES)] = key("Type", "What kind of value it is.")
    title: Text = key("Title", "What people read.")
    default: Value | None = key("Default", "The value it has from the beginning.", None)
    minimum: Value | None = key("Minimum", "The least value allowed.", None)
    above: Value | None = key("Above", "The value must be more than this.", None)
    maximum: Value | None = key("Maximum", "The most allowed.", None)
    currency: Currency | None = key("Currency", "For money: the only currency allowed.", None)
    choices: OneOrMore[Name] = key("Choices", "For a choice: the words to choose from.", ())
    of: Name | None = key("Of", "For a meeting: the committee.", None)
    fixed_from: MilestoneName | None = key("Fixed from", "It cannot change from this milestone on.", None)
    rests_on: RestsOnDoc | None = key("Rests on", "Of a period field: where its numbers come from.", None)

    @model_validator(mode="after")
    def _keys_of_the_type(self) -> FieldDoc:
        self._only_for("choice", "choices", needed=True)
        self._only_for("meeting", "of", needed=True)
        self._only_for("money", "currency", needed=False)
        exactly_one(self, ("minimum", "above"), none_too=True)
        return self

    def _only_for(self, type_name: str, name: str, *, needed: bool) -> None:
        written = bool(getattr(self, name))
        if written and self.type != type_name:
            raise wrong("wrong-key", f"`{name}` belongs to fields of type {type_name}, not {self.type}.", "Remove it.")
        if needed and not written and self.type == type_name:
            raise wrong("missing-key", f"A field of type {type_name} needs `{name}`.", f"Write `{name}:`.")


class DocumentDoc(Guarded):
    """A kind of document; every version is kept."""

    title: Text = key("Title", "What people read.")
    fixed_from: MilestoneName | None = key(
        "Fixed from", "From this milestone on a new version comes only with a step that may bring it.", None
    )
