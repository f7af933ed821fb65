"""What a hook is given: a frozen snapshot of exactly the facts that it declares to read."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType
from typing import Protocol, TypeVar

from inprocap_flow.hooks.failures import HookFailed, NotDeclared, ValueMissing
from inprocap_flow.hooks.reads import Fields, Lists, Read, Tracks
from inprocap_flow.language.values import Value, in_words

T = TypeVar("T", bound=Value)
Held = Value | None
"""A value, or nothing yet. A sealed value is nothing yet, until its moment."""


class TrackFacts(Protocol):
    """A track as the engine offers it. ``field`` gives the decoded value, None while unknown or sealed."""

    @property
    def id(self) -> str: ...
    @property
    def stage(self) -> str: ...
    def field(self, name: str) -> Held: ...


class Facts(Protocol):
    """The case as the engine offers it, seen from the line where a hook is called; read once for each call.

    ``id`` is that line (``case``, or ``supplier/alpha``), ``today`` the local day of ``now``; ``tracks`` gives every
    track of a kind in order of opening, ``countries`` a list of the organisation on that day, None if there is none.
    """

    @property
    def id(self) -> str: ...
    @property
    def stage(self) -> str: ...
    @property
    def now(self) -> datetime: ...
    @property
    def today(self) -> date: ...
    def field(self, name: str) -> Held: ...
    def tracks(self, kind: str) -> Sequence[TrackFacts]: ...
    def countries(self, name: str) -> Collection[str] | None: ...


@dataclass(frozen=True, slots=True)
class TrackView:
    """One track: its id (``supplier/alpha``), its stage, and the fields that the hook declares to read."""

    id: str
    stage: str
    fields: Mapping[str, Held] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "fields", MappingProxyType(dict(self.fields)))

    def stands_in(self, stage: str) -> bool:
        """Return whether the track stands in *stage* or, if that is a group, in a stage below it."""
        return self.stage == stage or self.stage.startswith(f"{stage}.")

    def known(self, name: str) -> bool:
        """Return whether the field has a value that may be seen. Raises NotDeclared."""
        return _held(self.fields, name, self.id) is not None

    def value(self, name: str, kind: type[T]) -> T:
        """Return the field as a *kind*. Raises NotDeclared, ValueMissing, or HookFailed (another type)."""
        return _value(self.fields, name, kind, self.id)


@dataclass(frozen=True, slots=True)
class CaseView:
    """The case as a hook sees it. ``line`` is where it is called: ``case`` or a track's id; ``stage`` is its stage.

    ``lists`` holds each list as it stands today, None where there is none. Tests of a hook make their own view.
    """

    now: datetime
    today: date
    line: str = "case"
    stage: str = ""
    fields: Mapping[str, Held] = field(default_factory=dict)
    tracks_by_kind: Mapping[str, tuple[TrackView, ...]] = field(default_factory=dict)
    lists: Mapping[str, Collection[str] | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("fields", "tracks_by_kind", "lists"):
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))

    def known(self, name: str) -> bool:
        """Return whether the field has a value that may be seen. Raises NotDeclared."""
        return _held(self.fields, name, self.line) is not None

    def value(self, name: str, kind: type[T]) -> T:
        """Return the field as a *kind*. Raises NotDeclared, ValueMissing, or HookFailed (another type)."""
        return _value(self.fields, name, kind, self.line)

    def tracks(self, kind: str, stage: str | None = None) -> tuple[TrackView, ...]:
        """Return the tracks of *kind* (in *stage*, if one is given) in order of opening. Raises NotDeclared."""
        if kind not in self.tracks_by_kind:
            raise _undeclared(f"tracks of kind `{kind}`", f'Tracks("{kind}", ...)')
        return tuple(track for track in self.tracks_by_kind[kind] if stage is None or track.stands_in(stage))

    def countries(self, name: str) -> frozenset[str]:
        """Return the list as it stands today. Raises NotDeclared, or ValueMissing if there is none for the day."""
        if name not in self.lists:
            raise _undeclared(f"the list `{name}`", f'Lists("{name}")')
        found = self.lists[name]
        if found is None:
            mend = f"Add the list `{name}` with its dates and source to the organisation's file."
            raise ValueMissing(f"there is no list `{name}` for {self.today}", mend=mend)
        return frozenset(found)


@dataclass(frozen=True, slots=True)
class _Track:
    """A track of a hand-made view, offered as the engine would."""

    view: TrackView

    @property
    def id(self) -> str:
        return self.view.id

    @property
    def stage(self) -> str:
        return self.view.stage

    def field(self, name: str) -> Held:
        return self.view.fields.get(name)


@dataclass(frozen=True, slots=True)
class _Offered:
    """A hand-made view, offered as the engine would: what it does not hold is unknown."""

    view: CaseView

    @property
    def id(self) -> str:
        return self.view.line

    @property
    def stage(self) -> str:
        return self.view.stage

    @property
    def now(self) -> datetime:
        return self.view.now

    @property
    def today(self) -> date:
        return self.view.today

    def field(self, name: str) -> Held:
        return self.view.fields.get(name)

    def tracks(self, kind: str) -> Sequence[TrackFacts]:
        return [_Track(track) for track in self.view.tracks_by_kind.get(kind, ())]

    def countries(self, name: str) -> Collection[str] | None:
        return self.view.lists.get(name)


def snapshot(given: Facts | CaseView, reads: Iterable[Read]) -> CaseView:
    """Return the view that a hook with these *reads* (already filled) gets: what it declares, and nothing else."""
    facts: Facts = _Offered(given) if isinstance(given, CaseView) else given
    reads = tuple(reads)
    names = [name for read in reads if isinstance(read, Fields) for name in read.names]
    lists = [name for read in reads if isinstance(read, Lists) for name in read.names]
    return CaseView(
        now=facts.now,
        today=facts.today,
        line=facts.id,
        stage=facts.stage,
        fields={name: facts.field(name) for name in names},
        tracks_by_kind={kind: _tracks(facts, kind, wanted) for kind, wanted in _wanted(reads).items()},
        lists={name: facts.countries(name) for name in lists},
    )


def _wanted(reads: Iterable[Read]) -> dict[str, tuple[str, ...]]:
    wanted: dict[str, tuple[str, ...]] = {}
    for read in reads:
        if isinstance(read, Tracks):
            wanted[read.kind] = wanted.get(read.kind, ()) + read.fields
    return wanted


def _tracks(facts: Facts, kind: str, wanted: tuple[str, ...]) -> tuple[TrackView, ...]:
    return tuple(
        TrackView(track.id, track.stage, {name: track.field(name) for name in wanted}) for track in facts.tracks(kind)
    )


def _held(fields: Mapping[str, Held], name: str, line: str) -> Held:
    if name not in fields:
        raise _undeclared(f"the field `{name}` of {line}", f'Fields("{name}") or Tracks(kind, "{name}")')
    return fields[name]


def _value(fields: Mapping[str, Held], name: str, kind: type[T], line: str) -> T:
    held = _held(fields, name, line)
    if held is None:
        mend = f"Fill in `{name}`, or wait until it is opened."
        raise ValueMissing(f"the field `{name}` of {line} has no value yet, or is still sealed", mend=mend)
    if not is_a(held, kind):
        mend = f"Give the hook a field that holds {kind.__name__}."
        raise HookFailed(f"the field `{name}` of {line} is {in_words(held)}, no {kind.__name__}", mend=mend)
    return held  # type: ignore[return-value]  # is_a is narrower than isinstance, which mypy would understand


def is_a(value: object, kind: type) -> bool:
    """Return whether *value* is a *kind*; yes and no are no numbers, and a moment is no day."""
    if isinstance(value, bool):
        return kind is bool
    if isinstance(value, datetime):
        return kind is datetime
    return isinstance(value, kind)


def _undeclared(what: str, declaration: str) -> NotDeclared:
    return NotDeclared(f"it reads {what} without declaring it", mend=f"Add {declaration} to its reads.")
