"""Stories, scenarios and what is done in them, as frozen records, each act with its place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from inprocap_flow.errors import Place


@dataclass(frozen=True, slots=True)
class Expected:
    """What must come back. Texts are as written; times are local to the organisation unless they have an offset."""

    refused: tuple[str, ...] = ()
    warned: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    may_be_given_by: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    signed_by: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    left_by: str | None = None
    until: str | None = None
    possible_from: str | None = None
    provisional: bool | None = None
    stage: str | None = None
    stage_of_case: str | None = None
    ended: str | None = None  # one of model.CASE_ENDS; None: not looked at
    deadline: Mapping[str, str] = field(default_factory=dict)
    tracks: Mapping[str, Any] = field(default_factory=dict)  # kind -> number as text, or name -> stage
    approval: Mapping[str, str] = field(default_factory=dict)
    reported: Mapping[str, Any] = field(default_factory=dict)  # name -> values as text, or "yes"
    field: Mapping[str, str] = field(default_factory=dict)
    told: tuple[str, ...] | None = None  # None: not looked at; empty: nobody


@dataclass(frozen=True, slots=True)
class Change:
    """A difference from the story that something starts from: ``deeds`` where a step is done, or other ``values``.

    ``where`` is ``before``, ``after`` or ``instead_of``, with the step and the track (None: any) it is about; it is
    ``values`` where only what is filled in differs, and ``later`` where all after the step happens ``by`` so much
    later (the code of a period that counts days: ``P10D``, ``P5WD``).
    """

    where: str
    step: str
    place: Place
    on: str | None = None
    deeds: tuple[Deed, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)
    by: str = ""


@dataclass(frozen=True, slots=True)
class Later:
    """That an act is told ``by`` so much later than it is written, because it comes after the act ``since``.

    ``kept`` are fields whose values whoever says so wrote too: they stay as written. ``place`` is where it is said.
    """

    by: str
    since: Deed
    place: Place
    kept: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Start:
    """Where a story begins: in a story of the same file (``file`` None) or of another, and how far it is told.

    ``cut`` is ``before`` or ``after`` and the step at which the telling stops, on the track ``on`` if one is named.
    """

    story: str
    place: Place
    file: str | None = None
    cut: tuple[str, str] | None = None
    on: str | None = None
    changes: tuple[Change, ...] = ()

    @property
    def name(self) -> str:
        """The story as it is written: ``call_out``, ``open#call_out``."""
        return f"{self.file}#{self.story}" if self.file else self.story

    @property
    def is_plain(self) -> bool:
        """Whether it is a whole story of the same file, without a change."""
        return self.file is None and self.cut is None and not self.changes


@dataclass(frozen=True, slots=True)
class Origin:
    """The story that deeds were taken over from, and the place at which somebody starts from it."""

    story: str
    used_at: Place


@dataclass(frozen=True, slots=True)
class Borrowed:
    """A story that was taken over: from where it is used, where it stands, for which organisation it was written."""

    origin: Origin
    place: Place
    organisation: str
    deeds: int


@dataclass(frozen=True, slots=True)
class Deed:
    """Something a person does. ``verb`` is one of `schema.scenarios.DEEDS`, ``what`` its value as written.

    ``values`` are fields that come with it, ``documents`` papers. ``then`` None: it must be accepted. ``start`` is set
    for the verb ``story``, ``told_in`` for what was taken over from a story of another file or from one with changes.
    ``at`` is as written; ``later`` says by how much it moves, in this order, once the organisation is known.
    """

    verb: str
    what: Any
    place: Place
    at: str = ""
    by: str = ""
    role: str | None = None
    on: str | None = None
    new: str | None = None
    of: str | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    documents: tuple[str, ...] = ()
    reason: str | None = None
    until: str | None = None
    by_law: str | None = None
    signed_by: str | None = None
    then: Expected | None = None
    start: Start | None = None
    told_in: Origin | None = None
    later: tuple[Later, ...] = ()


@dataclass(frozen=True, slots=True)
class Scenario:
    """One fact, shown by a story and some deeds."""

    fact: str
    place: Place
    deeds: tuple[Deed, ...]
    source: str | None = None
    given: str | None = None
    given_at: Place | None = None


@dataclass(frozen=True, slots=True)
class Tests:
    """The scenarios of a procedure, played for an organisation."""

    __test__ = False  # not a test of pytest

    procedure: str
    organisation: str
    overlays: tuple[str, ...] | None  # None: those that the organisation has on the day of the first deed
    firms: Mapping[str, str]  # person -> track
    stories: Mapping[str, tuple[Deed, ...]]
    scenarios: tuple[Scenario, ...]
    place: Place
    people: Mapping[str, str] = field(default_factory=dict)  # who stands for whom in stories of other files
    borrowed: tuple[Borrowed, ...] = ()

    @property
    def first_deed(self) -> Deed | None:
        """The first deed of the file: its day decides which overlays apply."""
        told = (deed for deeds in self.stories.values() for deed in deeds)
        shown = (deed for one in self.scenarios for deed in one.deeds)
        return next((deed for deed in (*told, *shown) if deed.at), None)
