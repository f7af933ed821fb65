"""What the models say about keys, read from their annotations: one place for suggestions, renaming and look-ups."""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from inprocap_flow.language.schema.guards import TextOr
from inprocap_flow.language.schema.steps import RoleOrMap
from inprocap_flow.language.schema.words import Doc, Names


@dataclass(frozen=True)
class Shape:
    """What may stand in one place. ``kind`` is ``map`` (a model), ``names`` (name to value), ``list`` or ``text``.

    ``model`` is set for a map; ``item`` for names and lists; ``key`` for what the names of ``names`` stand for;
    ``text`` is what a single value stands for, also where a list or map may stand instead.
    """

    kind: str
    model: type[Doc] | None = None
    item: Any = None
    key: Names | None = None
    text: Names | None = None

    @cached_property
    def inner(self) -> Shape:
        """What may stand inside, of a list or of names."""
        return shape(self.item)


@cache
def shapes(model: type[Doc]) -> Mapping[str, Shape]:
    """Return what may stand under every key of *model*."""
    return {name: shape(hint) for name, hint in keys(model).items()}


@cache
def keys(model: type[Doc]) -> Mapping[str, Any]:
    """Return every key of *model*, as written in files, with its annotation."""
    hints = typing.get_type_hints(model, include_extras=True)
    return {field.alias or name: hints[name] for name, field in model.model_fields.items()}


def shape(hint: Any) -> Shape:
    """Return what may stand where *hint* is the annotation."""
    try:
        return _shape(hint)
    except TypeError:  # an annotation that cannot be hashed
        return _read(hint)


@cache
def _shape(hint: Any) -> Shape:
    return _read(hint)


def _read(hint: Any) -> Shape:
    plain, metadata = _bare(hint)
    named = next((extra for extra in metadata if isinstance(extra, Names)), None)
    either = next((extra for extra in metadata if isinstance(extra, TextOr)), None)
    if either is not None:
        return Shape("map", either.model, text=Names("expression"))
    origin, arguments = typing.get_origin(plain), typing.get_args(plain)
    if origin is tuple:
        return Shape("list", item=arguments[0])
    if origin is dict and named is None:
        _, key_metadata = _bare(arguments[0])
        key_names = next((extra for extra in key_metadata if isinstance(extra, Names)), None)
        return Shape("names", item=arguments[1], key=key_names)
    if isinstance(plain, type) and issubclass(plain, Doc):
        role = Names("role") if any(isinstance(extra, RoleOrMap) for extra in metadata) else None
        return Shape("map", plain, text=role)
    return Shape("text", text=named)


def _bare(hint: Any) -> tuple[Any, tuple[Any, ...]]:
    """Return *hint* without Annotated and Optional, and the metadata that stood around it."""
    metadata: tuple[Any, ...] = ()
    while True:
        origin, arguments = typing.get_origin(hint), typing.get_args(hint)
        if origin is typing.Annotated:
            metadata += hint.__metadata__
            hint = arguments[0]
        elif origin in (typing.Union, types.UnionType) and type(None) in arguments and len(arguments) == 2:
            hint = next(argument for argument in arguments if argument is not type(None))
        else:
            return hint, metadata


def model_at(model: type[Doc], path: tuple[str | int, ...]) -> type[Doc] | None:
    """Return the model of the map at *path* inside *model*, or None if there is none."""
    hint: Any = model
    for step in path:
        here = shape(hint)
        if here.kind == "list":
            if isinstance(step, int):
                hint = here.item
                continue
            here = shape(here.item)
        if here.kind == "names":
            hint = here.item
        elif here.kind == "map" and here.model is not None:
            known = keys(here.model)
            if step not in known:
                continue  # a tag that pydantic puts into its path
            hint = known[str(step)]
        else:
            return None
    return shape(hint).model
