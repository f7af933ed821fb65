"""Transitions: from where, to where, who, and what follows."""

from __future__ import annotations

from collections.abc import Mapping

from inprocap_flow.language.expressions.tree import Expr
from inprocap_flow.language.model.conditions import AlreadyThere, HandedIn, HookCall
from inprocap_flow.language.model.words import CASE, LINKED_CASE, SYSTEM, Text
from inprocap_flow.records import field, record


@record
class Tell:
    """Who is told. Exactly one is set: a role, every track of a kind (in some stages), or this track."""

    role: str | None = None
    every: str | None = None
    stages: tuple[str, ...] = ()
    this: str | None = None


@record
class Branch:
    """One way on. ``when`` is None for ``otherwise``. Effects here happen besides those of the step."""

    to: str
    when: Expr | None = None
    starts: tuple[str, ...] = ()
    meets: tuple[str, ...] = ()
    stops: tuple[str, ...] = ()
    tells: tuple[Tell, ...] = ()


@record
class Move:
    """Fires ``step`` on every track of a kind in some stages, in order of opening."""

    track: str
    step: str
    stages: tuple[str, ...] = ()
    where: Expr | None = None


@record
class Create:
    """Begins new tracks: one with given field values, or one for each track of another kind."""

    track: str
    values: Mapping[str, Expr] = field(default_factory=dict)
    for_each: str | None = None
    where: Expr | None = None


@record
class Extends:
    """Moves a running deadline to a later moment read from ``until``."""

    deadline: str
    until: Expr


@record
class Report:
    """What a step reports to another case: to which (a field of type case), under which name, with which values.

    It leaves with the outcome as a message and is carried out on the other case as a request of its own. Nothing of
    that case is read, and nothing of this one is read there.
    """

    to: str
    name: str
    values: Mapping[str, Expr] = field(default_factory=dict)


@record
class Receipt:
    """A report that this procedure takes: from cases of which procedures, and the step that it carries out.

    ``line`` is the kind of line that the step belongs to; the step that begins a kind of track begins a new one.
    ``values`` maps each value that comes to its type; they are fields of that line, handed in. ``sender`` is a field
    of type case of that line: it takes the id of the case that reports or, for a track that runs, names whose it is.
    """

    name: str
    of: tuple[str, ...]
    step: str
    line: str = CASE
    values: Mapping[str, str] = field(default_factory=dict)
    sender: str | None = None


@record
class Notice:
    """The official notice that belongs to a step. Codes carry their titles in every output (ruling 30)."""

    eforms: str | None = None
    ocds: str | None = None
    procedure: str | None = None
    reason: str | None = None
    result: str | None = None
    title: str | None = None


@record
class Step:
    """A transition of one line: from where, to where, who, what must come, what must be there, what follows.

    ``sources`` are leaf stages (groups already expanded); empty only for the step that begins a line.
    ``targets`` has one branch without ``when`` for a plain ``to``. A target of ``same`` leaves the line where it is.
    """

    name: str
    line: str  # track kind, or CASE
    sources: tuple[str, ...]
    targets: tuple[Branch, ...]
    title: Text = field(default_factory=dict)
    by: tuple[str, ...] = ()  # roles; (SYSTEM,) when only a deadline or another line fires it
    as_soon_as: Expr | None = None
    while_case: tuple[str, ...] = ()  # leaf stages of the main line; empty: anywhere
    milestone: str | None = None
    handed_in: HandedIn = HandedIn()
    already_there: AlreadyThere = AlreadyThere()
    sets: Mapping[str, Expr | HookCall] = field(default_factory=dict)
    starts: tuple[str, ...] = ()
    restarts: tuple[str, ...] = ()
    meets: tuple[str, ...] = ()
    stops: tuple[str, ...] = ()
    extends: Extends | None = None
    moves: tuple[Move, ...] = ()
    creates: tuple[Create, ...] = ()
    ends_everything: bool = False
    ends_everything_but: tuple[str, ...] = ()
    publishes: tuple[str, ...] = ()
    tells: tuple[Tell, ...] = ()
    notice: Notice | None = None
    cite: str | None = None
    guidance: Text = field(default_factory=dict)
    may_fill: tuple[str, ...] = ()  # fields that may, need not, come with the request
    may_bring: tuple[str, ...] = ()  # documents that may come; published ones too: this is a change notice
    reports: tuple[Report, ...] = ()

    @property
    def is_automatic(self) -> bool:
        return self.as_soon_as is not None

    @property
    def is_system(self) -> bool:
        return self.by == (SYSTEM,)

    @property
    def is_linked(self) -> bool:
        """Whether only the report of another case carries it out."""
        return self.by == (LINKED_CASE,)
