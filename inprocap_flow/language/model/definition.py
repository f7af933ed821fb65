"""A whole procedure, with the overlays that it was made with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from inprocap_flow.language.model.approvals import Approval, Watch
from inprocap_flow.language.model.conditions import AlreadyThere, HandedIn
from inprocap_flow.language.model.deadlines import Deadline
from inprocap_flow.language.model.facts import Document, Field
from inprocap_flow.language.model.footings import Footing
from inprocap_flow.language.model.limits import Limit
from inprocap_flow.language.model.lines import Line
from inprocap_flow.language.model.roles import Role, Rule
from inprocap_flow.language.model.steps import Receipt, Tell
from inprocap_flow.language.model.words import CASE, Text
from inprocap_flow.records import field, record


@record
class AppliedOverlay:
    """An overlay that this definition was made with, in the order of applying: national first, then the own one.

    ``national`` is the country whose law it writes down; None: the house rules of an organisation.
    """

    name: str
    version: str
    title: Text
    national: str | None = None


@record
class Derogation:
    """A recorded decision that lifts rules in one case. Only rules whose basis is custom or house rule can be lifted.

    ``while_case`` are leaf stages of the main line; empty: anywhere. What it needs is judged like a step's.
    """

    name: str
    title: Text
    lifts: tuple[str, ...]
    by: tuple[str, ...]
    while_case: tuple[str, ...] = ()
    handed_in: HandedIn = HandedIn()
    already_there: AlreadyThere = AlreadyThere()
    tells: tuple[Tell, ...] = ()
    cite: str | None = None


@record
class Definition:
    """A whole procedure, expanded and resolved. ``origins`` maps a path to "file:line" and is outside the hash."""

    name: str
    version: str
    language: str
    title: Text
    main: Line
    tracks: Mapping[str, Line] = field(default_factory=dict)
    rulebook: str | None = None
    counting: str = "eu-1182-71"
    calendars: Mapping[str, Text] = field(default_factory=dict)
    roles: Mapping[str, Role] = field(default_factory=dict)
    rules: Mapping[str, Rule] = field(default_factory=dict)
    limits: Mapping[str, Limit] = field(default_factory=dict)
    needed_limits: tuple[str, ...] = ()  # every limit it names, its own or the rulebook's
    watches: Mapping[str, Watch] = field(default_factory=dict)
    may_backdate: tuple[str, ...] = ()
    hooks: Mapping[str, str] = field(default_factory=dict)  # hook name -> SHA-256 of its file
    guidance: Text = field(default_factory=dict)
    milestones: Mapping[str, str] = field(default_factory=dict)  # milestone -> line kind that reaches it
    overlays: tuple[AppliedOverlay, ...] = ()  # what it was made with; empty: the procedure as it is written
    derogations: Mapping[str, Derogation] = field(default_factory=dict)
    receives: Mapping[str, Receipt] = field(default_factory=dict)  # reports of other cases that it takes
    footings: tuple[Footing, ...] = ()  # where the lengths come from that no rulebook gives
    origins: Mapping[str, str] = field(default_factory=dict, compare=False)  # path -> "file:line"; no part of the hash

    @property
    def full_version(self) -> str:
        """The version with those of the overlays that it was made with: ``2026.1 + cern 2026.1``."""
        return " + ".join([self.version, *(f"{one.name} {one.version}" for one in self.overlays)])

    def footing(self, key: str) -> Footing | None:
        """Return where the length *key* (as `own_lengths` names it) comes from; None if nothing says so."""
        return next((one for one in self.footings if key in one.lengths), None)

    @property
    def lines(self) -> Iterator[Line]:
        yield self.main
        yield from self.tracks.values()

    def line(self, kind: str) -> Line:
        return self.main if kind == CASE else self.tracks[kind]

    def find_field(self, kind: str, name: str) -> Field | None:
        """Return the field *name* as the line of *kind* sees it: its own first, then the case's."""
        return self.line(kind).fields.get(name) or self.main.fields.get(name)

    def find_document(self, kind: str, name: str) -> Document | None:
        """Return the document *name* as the line of *kind* sees it."""
        return self.line(kind).documents.get(name) or self.main.documents.get(name)

    def find_deadline(self, kind: str, name: str) -> Deadline | None:
        """Return the deadline *name* as the line of *kind* sees it; ``parent.name`` reaches the parent track."""
        if "." in name:
            owner, _, bare = name.partition(".")
            return self.tracks[owner].deadlines.get(bare) if owner in self.tracks else None
        return self.line(kind).deadlines.get(name) or self.main.deadlines.get(name)

    def find_approval(self, kind: str, name: str) -> Approval | None:
        """Return the approval *name* as the line of *kind* sees it."""
        return self.line(kind).approvals.get(name) or self.main.approvals.get(name)
