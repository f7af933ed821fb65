"""Records that cost nothing until they are used, for a program that starts anew with every command.

``@record`` is ``dataclasses.dataclass(frozen=True)`` to whoever reads, checks or uses a class, and ``@draft`` the kind
that may be changed. What differs is when the work is done: a dataclass writes and compiles six functions when its
module is imported, about a millisecond each time, and this program has two hundred kinds of records, of which one
command needs a few dozen. Here everything is shared but ``__init__``, and that is compiled with the first record of
its kind. The standard module itself is imported only for those who ask for ``fields`` or ``replace``: what it rests
on costs more than all of a start may.

There are no slots, and so no place for a `cached_property`: all that a record holds is its fields. A copy with
changes is then one update of a mapping (`changed`), and copies are what a decision makes most of.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar, dataclass_transform, overload

if TYPE_CHECKING:
    import dataclasses

Record = TypeVar("Record")
Value = TypeVar("Value")
__all__ = ["MISSING", "Field", "changed", "default_of", "draft", "field", "fields_of", "filled", "names_of", "record"]

MISSING: Any = type("MISSING", (), {"__repr__": lambda _: "MISSING"})()  # no default; nothing equals it


class Field:
    """What is said of a field beside its type; as in `dataclasses`, ``hash`` None means: as ``compare`` says."""

    __slots__ = ("compare", "default", "default_factory", "hash", "kw_only", "metadata", "repr")

    def __init__(self, **said: Any) -> None:
        self.default = said.get("default", MISSING)
        self.default_factory = said.get("default_factory", MISSING)
        self.repr = said.get("repr", True)
        self.compare = said.get("compare", True)
        self.hash = said.get("hash")
        self.kw_only = said.get("kw_only", False)
        self.metadata: Mapping[str, Any] = said.get("metadata", {})

    def standard(self) -> Any:
        """Return the same as a field of `dataclasses`."""
        import dataclasses

        said = {name: getattr(self, name) for name in self.__slots__}
        return dataclasses.field(**{name: value for name, value in said.items() if value is not MISSING})


@overload
def field(
    *,
    default: Value,
    repr: bool = True,
    compare: bool = True,
    hash: bool | None = None,
    kw_only: bool = False,
    metadata: Mapping[str, Any] = ...,
) -> Value: ...
@overload
def field(
    *,
    default_factory: Callable[[], Value],
    repr: bool = True,
    compare: bool = True,
    hash: bool | None = None,
    kw_only: bool = False,
) -> Value: ...
@overload
def field(
    *,
    repr: bool = True,
    compare: bool = True,
    hash: bool | None = None,
    kw_only: bool = False,
) -> Any: ...
def field(**said: Any) -> Any:
    """Say more of a field than its type, as `dataclasses.field` does."""
    return Field(**said)


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def record(cls: type[Record]) -> type[Record]:
    """Make *cls* a frozen record of its annotated fields, those of records that it inherits from first."""
    made: Any = cls
    _prepare(made, _FROZEN)
    made.__setattr__, made.__delattr__ = _refuse_to_set, _refuse_to_delete
    return cls


@dataclass_transform(field_specifiers=(field,))
def draft(cls: type[Record]) -> type[Record]:
    """Make *cls* a record that may be changed while something is worked out; it is no key of a mapping."""
    made: Any = cls
    _prepare(made, _OPEN)
    made.__hash__ = None
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


def filled(cls: type[Record], values: dict[str, Any]) -> Record:
    """Return a record of *cls* with *values* by name: ``cls(**values)`` at half the price, for those that are read.

    Raises TypeError as that does: for a name that is no field, and for a field without a default that has no value.
    """
    shape = _SHAPES.get(cls) or _shape(cls)
    contents = {**shape.defaults, **values}
    for name, factory in shape.factories:
        if name not in values:
            contents[name] = factory()
    if len(contents) != shape.size or not shape.needed <= values.keys():
        return cls(**values)  # which says what is wrong
    made = object.__new__(cls)
    object.__setattr__(made, "__dict__", contents)
    if shape.after is not None:
        shape.after(made)
    return made


class _Shape(NamedTuple):
    """What a kind of record holds: how many fields, the defaults, how others are made, and what must be given."""

    size: int
    defaults: dict[str, Any]
    factories: tuple[tuple[str, Callable[[], Any]], ...]
    needed: frozenset[str]
    after: Callable[[Any], None] | None


_SHAPES: dict[type[Any], _Shape] = {}


def _shape(cls: Any) -> _Shape:
    fields: dict[str, Any] = cls.__record_fields__
    factories = {
        name: said.default_factory
        for name, said in fields.items()
        if isinstance(said, Field) and said.default_factory is not MISSING
    }
    plain = {name: default_of(said) for name, said in fields.items() if name not in factories}
    needed = frozenset(name for name, value in plain.items() if value is MISSING)
    defaults = {name: value for name, value in plain.items() if name not in needed}
    after = getattr(cls, "__post_init__", None)
    return _SHAPES.setdefault(cls, _Shape(len(fields), defaults, tuple(factories.items()), needed, after))


def fields_of(record: Any) -> Mapping[str, Any]:
    """Return what is said of each field of a record, or of a type of records: a `Field`, a default, or MISSING."""
    fields: Mapping[str, Any] = record.__record_fields__
    return fields


def default_of(said: Any) -> Any:
    """Return the default of a field; without one MISSING, which nothing equals."""
    if not isinstance(said, Field):
        return said
    return said.default if said.default_factory is MISSING else said.default_factory()


def names_of(record: Any) -> tuple[str, ...]:
    """Return the names of the fields of a record, or of a type of records, in their order."""
    return tuple(record.__record_fields__)


def _prepare(made: Any, fill: str) -> None:
    fields = _declared(made)
    setattr(made, "__match_args__", tuple(name for name, said in fields.items() if not _is_named(said)))  # noqa: B010 - mypy
    made.__record_fields__ = fields
    made.__record_compared__ = _chosen(fields, lambda said: said.compare)
    made.__record_hashed__ = _chosen(fields, lambda said: said.compare if said.hash is None else said.hash)
    made.__dataclass_fields__ = _LazyFields()
    made.__init__ = _first_init(made, fill)
    for name, function in (("__repr__", _repr), ("__eq__", _eq), ("__hash__", _hash)):
        if name not in made.__dict__ or (name == "__hash__" and made.__dict__[name] is None):
            setattr(made, name, function)


def _declared(cls: type[Any]) -> dict[str, Any]:
    """Return each field with its default: MISSING, a value, or what `field` says."""
    found: dict[str, Any] = {}
    for base in reversed(cls.__mro__[1:]):
        found |= base.__dict__.get("__record_fields__", {})
    for name in cls.__dict__.get("__annotations__", ()):  # noqa: RUF063 - never evaluated here
        default = _ours(cls.__dict__.get(name, MISSING))
        found[name] = default
        if isinstance(default, Field):
            _leave_default(cls, name, default)
    return found


def _ours(default: Any) -> Any:
    """Return *default*, a field of `dataclasses` as one of ours."""
    if type(default).__module__ != "dataclasses":
        return default
    import dataclasses

    said = {name: getattr(default, name) for name in Field.__slots__}
    return Field(**{name: value for name, value in said.items() if value is not dataclasses.MISSING})


def _is_named(said: Any) -> bool:
    """Return whether a field is given by name only."""
    return isinstance(said, Field) and said.kw_only is True


def _leave_default(cls: type[Any], name: str, said: Field) -> None:
    if said.default is MISSING:
        delattr(cls, name)
    else:
        setattr(cls, name, said.default)


def _chosen(fields: dict[str, Any], wanted: Callable[[Field], bool]) -> tuple[str, ...] | None:
    """Return the fields that are *wanted*; None: all of them."""
    names = tuple(name for name, said in fields.items() if not isinstance(said, Field) or wanted(said))
    return None if len(names) == len(fields) else names


# ---------------------------------------------------------------------------------------------- made when needed

# How a new record is given a value. What is frozen fills its mapping; what may change is filled as anything else is.
_FROZEN, _OPEN = "    __fill['{name}'] = {value}", "    self.{name} = {value}"


FEW = 40  # records of a kind that are cheaper filled one by one than by a function that must first be compiled


def _first_init(cls: type[Any], fill: str) -> Callable[..., None]:
    made = 0

    def __init__(self: Any, *args: Any, **named: Any) -> None:  # noqa: N807 - it stands in for the real one
        nonlocal made
        made += 1
        if made > FEW or not _filled(self, cls, args, named):
            # A class that inherits ours unchanged finds the real one from now on; so does whoever called wrongly.
            cls.__init__ = real = _compiled(cls, fill)
            real(self, *args, **named)
        elif hasattr(cls, "__post_init__"):
            self.__post_init__()

    return __init__


def _filled(self: Any, cls: type[Any], args: tuple[Any, ...], named: dict[str, Any]) -> bool:
    """Fill a new record as its ``__init__`` would; return whether it was called as that may be called."""
    fields: dict[str, Any] = cls.__record_fields__
    places: tuple[str, ...] = cls.__match_args__
    if len(args) > len(places):
        return False
    values = dict(zip(places, args, strict=False))
    if not values.keys().isdisjoint(named) or not named.keys() <= fields.keys():
        return False
    values |= named
    for name, said in fields.items():
        if name not in values:
            default = default_of(said)
            if default is MISSING:
                return False
            values[name] = default
    self.__dict__.update(values)
    return True


def _compiled(cls: type[Any], fill: str) -> Callable[..., None]:
    """Write and compile ``__init__`` as `dataclasses` does."""
    known: dict[str, Any] = {}
    head, named = ["self"], ["*"]
    body = ["    __fill = self.__dict__"] if fill is _FROZEN else ["    pass"]  # no field has such a name
    for name, said in cls.__record_fields__.items():
        factory = said.default_factory if isinstance(said, Field) else MISSING
        default = said.default if isinstance(said, Field) else said
        known[f"__default_{name}"] = factory if factory is not MISSING else default
        into = named if _is_named(said) else head
        if factory is not MISSING:
            into.append(f"{name}=__absent")
            body.append(fill.format(name=name, value=f"__default_{name}() if {name} is __absent else {name}"))
        else:
            into.append(name if default is MISSING else f"{name}=__default_{name}")
            body.append(fill.format(name=name, value=name))
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

    def __get__(self, instance: object, owner: type[Any]) -> dict[str, dataclasses.Field[Any]]:
        import dataclasses

        holder: Any = next(cls for cls in owner.__mro__ if "__record_fields__" in cls.__dict__)
        namespace: dict[str, Any] = {
            name: said.standard() if isinstance(said, Field) else said
            for name, said in holder.__record_fields__.items()
            if said is not MISSING
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
    names = self.__record_hashed__ or self.__record_fields__
    return hash(tuple(getattr(self, name) for name in names))


def _refuse_to_set(self: object, name: str, value: object) -> None:  # noqa: ARG001 - the signature of Python
    from dataclasses import FrozenInstanceError

    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_to_delete(self: object, name: str) -> None:  # noqa: ARG001 - the signature of Python
    from dataclasses import FrozenInstanceError

    raise FrozenInstanceError(f"cannot delete field {name!r}")
