"""Frozen records that cost nothing until they are used, for a program that starts anew with every command.

``@record`` is ``dataclasses.dataclass(frozen=True)`` to whoever reads, checks or uses a class. What differs is when the
work is done: a dataclass writes and compiles six functions when its module is imported, about a millisecond each
time, and this program has two hundred kinds of records, of which one command needs a few dozen. Here everything is
shared but ``__init__``, and that is compiled with the first record of its kind.

There are no slots, and so no place for a `cached_property`: all that a record holds is its fields. A copy with
changes is then one update of a mapping (`changed`), and copies are what a decision makes most of.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import MISSING, Field, FrozenInstanceError, field
from typing import Any, TypeVar, dataclass_transform

Record = TypeVar("Record")
__all__ = ["changed", "field", "record"]


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def record(cls: type[Record]) -> type[Record]:
    """Make *cls* a frozen record of its annotated fields, those of records that it inherits from first."""
    made: Any = cls
    fields = _declared(cls)
    setattr(cls, "__match_args__", tuple(name for name, said in fields.items() if not _is_named(said)))  # noqa: B010 - mypy
    made.__record_fields__ = fields
    made.__record_compared__ = _compared(fields)
    made.__dataclass_fields__ = _LazyFields()
    made.__init__ = _first_init(cls)
    made.__setattr__, made.__delattr__ = _refuse_to_set, _refuse_to_delete
    for name, function in (("__repr__", _repr), ("__eq__", _eq), ("__hash__", _hash)):
        if name not in cls.__dict__ or (name == "__hash__" and cls.__dict__[name] is None):
            setattr(cls, name, function)
    return cls


def changed(record: Record, **changes: Any) -> Record:
    """Return a copy of *record* with *changes*: `dataclasses.replace` at a fifth of the price.

    Raises TypeError for a name that is no field.
    """
    made = object.__new__(type(record))
    values = made.__dict__
    values.update(record.__dict__)
    count = len(values)
    values.update(changes)
    if len(values) != count:
        unknown = ", ".join(sorted(changes.keys() - record.__dict__.keys()))
        raise TypeError(f"{type(record).__name__} has no {unknown}")
    return made


def _declared(cls: type[Any]) -> dict[str, Any]:
    """Return each field with its default: MISSING, a value, or what `dataclasses.field` says."""
    found: dict[str, Any] = {}
    for base in reversed(cls.__mro__[1:]):
        found |= base.__dict__.get("__record_fields__", {})
    for name in cls.__dict__.get("__annotations__", ()):  # noqa: RUF063 - never evaluated here
        default = cls.__dict__.get(name, MISSING)
        found[name] = default
        if isinstance(default, Field):
            _leave_default(cls, name, default)
    return found


def _is_named(said: Any) -> bool:
    """Return whether a field is given by name only."""
    return isinstance(said, Field) and said.kw_only is True


def _leave_default(cls: type[Any], name: str, said: Field[Any]) -> None:
    if said.default is MISSING:
        delattr(cls, name)
    else:
        setattr(cls, name, said.default)


def _compared(fields: dict[str, Any]) -> tuple[str, ...] | None:
    """Return the fields that make records equal; None: all of them."""
    names = tuple(name for name, said in fields.items() if not isinstance(said, Field) or said.compare)
    return None if len(names) == len(fields) else names


# ---------------------------------------------------------------------------------------------- made when needed


def _first_init(cls: type[Any]) -> Callable[..., None]:
    def __init__(self: Any, *args: Any, **named: Any) -> None:  # noqa: N807 - it stands in for the real one
        made = _compiled(cls)
        cls.__init__ = made
        # A class that inherits ours unchanged finds the real one from now on.
        made(self, *args, **named)

    return __init__


def _compiled(cls: type[Any]) -> Callable[..., None]:
    """Write and compile ``__init__`` as `dataclasses` does, filling the mapping of the new record at once."""
    known: dict[str, Any] = {}
    head, named = ["self"], ["*"]
    body = ["    __fill = self.__dict__"]  # no field has such a name
    for name, said in cls.__record_fields__.items():
        factory = said.default_factory if isinstance(said, Field) else MISSING
        default = said.default if isinstance(said, Field) else said
        known[f"__default_{name}"] = factory if factory is not MISSING else default
        into = named if _is_named(said) else head
        if factory is not MISSING:
            into.append(f"{name}=__absent")
            body.append(f"    __fill['{name}'] = __default_{name}() if {name} is __absent else {name}")
        else:
            into.append(name if default is MISSING else f"{name}=__default_{name}")
            body.append(f"    __fill['{name}'] = {name}")
    if "__post_init__" in dir(cls):
        body.append("    self.__post_init__()")
    head += named if len(named) > 1 else []
    source = f"def __init__({', '.join(head)}):\n" + "\n".join(body)
    scope = {**known, "__absent": MISSING}
    exec(source, scope)  # noqa: S102 - of names that Python has accepted as names of attributes
    made: Callable[..., None] = scope["__init__"]
    made.__qualname__ = f"{cls.__qualname__}.__init__"
    return made


class _LazyFields:
    """``__dataclass_fields__``, made when `dataclasses.fields`, `replace` or `is_dataclass` first asks for it."""

    def __get__(self, instance: object, owner: type[Any]) -> dict[str, Field[Any]]:
        holder: Any = next(cls for cls in owner.__mro__ if "__record_fields__" in cls.__dict__)
        namespace: dict[str, Any] = {
            name: said for name, said in holder.__record_fields__.items() if said is not MISSING
        }
        notes: dict[str, Any] = {}
        for cls in reversed(holder.__mro__):
            if "__record_fields__" in cls.__dict__:
                notes |= cls.__dict__.get("__annotations__", {})  # noqa: RUF063 - as above
        plain = type(holder.__name__, (), {**namespace, "__annotations__": notes, "__doc__": holder.__doc__})
        made: Any = dataclasses.dataclass(init=False, repr=False, eq=False)(plain)
        holder.__dataclass_fields__ = made.__dataclass_fields__
        return dict(made.__dataclass_fields__)


# ---------------------------------------------------------------------------------------------- shared by all records


def _repr(self: Any) -> str:
    shown = (
        f"{name}={getattr(self, name)!r}"
        for name, said in self.__record_fields__.items()
        if not isinstance(said, Field) or said.repr
    )
    return f"{type(self).__qualname__}({', '.join(shown)})"


def _eq(self: Any, other: Any) -> Any:
    if self is other:
        return True
    if type(self) is not type(other):
        return NotImplemented
    names = self.__record_compared__
    if names is None:
        return self.__dict__ == other.__dict__
    return all(getattr(self, name) == getattr(other, name) for name in names)


def _hash(self: Any) -> int:
    names = self.__record_compared__ or self.__record_fields__
    return hash(tuple(getattr(self, name) for name in names))


def _refuse_to_set(self: object, name: str, value: object) -> None:  # noqa: ARG001 - the signature of Python
    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_to_delete(self: object, name: str) -> None:  # noqa: ARG001 - the signature of Python
    raise FrozenInstanceError(f"cannot delete field {name!r}")
