"""The resolved definition: what a procedure is once its files are read, expanded, named and checked.

Plain frozen records. They import nothing heavy, carry no places (those stand in ``Definition.origins``), and
have one canonical JSON form (`language.canonical`), whose SHA-256 names a released version. Everything that
decides, draws, reads aloud or checks works on these records and never on YAML.

Addresses. A stage is named dotted from the top of its line (``consultation.open``). A line is the case itself
(kind ``""``) or a track of some kind. Everything else has a bare name, unique per kind and line; a track sees
its own names and those of the case, and the same name in both is refused, so no name ever hides another.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from inprocap_flow.language.expressions.tree import Expr
from inprocap_flow.records import field, record

CASE = ""  # the kind of the main line
SYSTEM = "system"
LINKED_CASE = "linked_case"  # stands where a role may: the step is carried out by what another case reports
WHOEVER_ASKS = "whoever_asks"
WHOEVER_CARRIES_OUT = "whoever_carries_out"
CLOCK_ACTS = ("extend", "suspend", "resume", "satisfy", "stop", "restart", "correct")  # what people may do to deadlines

Text = Mapping[str, str]  # language code -> words


def said(text: Text, language: str = "en") -> str:
    """Return *text* in *language*, else in English, else in whatever language there is; "" when empty."""
    return text.get(language) or text.get("en") or next(iter(text.values()), "")


@record
class Role:
    """In what capacity somebody acts. ``speaks_for`` names a track kind: its holder acts on own tracks only.

    ``records_for`` names roles whose acts, done outside this system, a holder may record here (ruling 1:
    a tender arrives on the organisation's platform, the officer records it).
    """

    name: str
    title: Text
    at_least: int = 1
    declares_interests: bool = False
    sees: str = "all"  # all | own | published
    never: tuple[str, ...] = ()  # move, approve
    speaks_for: str | None = None
    records_for: tuple[str, ...] = ()
    apart_from: tuple[str, ...] = ()
    side: str | None = None  # buyer | supplier | neither; None: as `side_of` says


def side_of(role: Role) -> str:
    """Return whom *role* serves: ``buyer``, ``supplier`` or ``neither``; whoever only listens serves neither."""
    if role.side:
        return role.side
    if role.speaks_for:
        return "supplier"
    return "neither" if {"move", "approve"} <= set(role.never) else "buyer"


@record
class Rule:
    """A rule that guards name, so that a derogation can lift it when its basis is custom or house rule."""

    name: str
    title: Text
    basis: str  # law | custom | house_rule | grant | contract | convention | rulebook
    cite: str | None = None


@record
class Field:
    """A typed fact of a case or track. Milestones say from when it is fixed, readable, public."""

    name: str
    type: str
    title: Text
    by: tuple[str, ...] = ()
    default: object = None  # encoded as `language.values.encode` gives it
    minimum: object = None
    above: object = None
    maximum: object = None
    currency: str | None = None
    choices: tuple[str, ...] = ()
    committee: str | None = None
    fixed_from: str | None = None
    sealed_until: str | None = None
    published_at: str | None = None
    secret_from: tuple[str, ...] = ()


@record
class Document:
    """A kind of document. Every version is kept by hash.

    From ``fixed_from`` (what a call said when it was sent) and ``published_at`` on only a change notice adds one.
    """

    name: str
    title: Text
    by: tuple[str, ...] = ()
    sealed_until: str | None = None
    published_at: str | None = None
    secret_from: tuple[str, ...] = ()
    fixed_from: str | None = None


@record
class Reminder:
    """When somebody is told that something is due or waits. Exactly one of the period codes is set.

    Of a deadline: ``before`` or ``after`` its end, to ``role``. Of an approval: ``every`` or ``after`` from the day on
    which it was asked for, ``before`` the gate by which it is due, ``before_lapse`` of a signature; of a stage:
    ``after`` or ``every`` since the last event. There ``role`` may be empty: whoever is concerned.
    """

    role: str
    before: str | None = None
    after: str | None = None
    when: Expr | None = None
    if_not_done: bool = False
    escalation: bool = False
    every: str | None = None
    before_lapse: str | None = None


@record
class Stage:
    """A place where a line stands. Groups have ``children`` and are entered at the first of them."""

    address: str
    title: Text
    owner: str | None = None  # inherited already; None only in final stages
    typical: str | None = None  # period code, for plans only
    typical_range: tuple[str, ...] = ()  # period codes, least and most; empty: no range
    remind_after: str | None = None
    guidance: Text = field(default_factory=dict)
    final: str | None = None
    children: tuple[str, ...] = ()
    remind: tuple[Reminder, ...] = ()  # after or every; inherited like the owner

    @property
    def is_leaf(self) -> bool:
        return not self.children


@record
class HookCall:
    """A call of a Python function from a workflow file (ruling 16). Its result is recorded in the event."""

    name: str
    arguments: tuple[Expr, ...] = ()
    type: str = "yes_no"


@record
class Guard:
    """A condition that must hold. ``if_not`` is what people are told, in the author's words.

    ``only_from`` are leaf stages: it is asked only of a line that stands in one of them. Empty: always.
    """

    holds: Expr | None
    if_not: Text
    hook: HookCall | None = None
    rule: str | None = None
    cite: str | None = None
    only_warns: bool = False
    only_from: tuple[str, ...] = ()


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
class HandedIn:
    """What must come with the request itself."""

    fields: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    reason: bool = False


@record
class AlreadyThere:
    """What must be there by now. ``within``: deadlines that must run; ``after``: that must be over or stopped."""

    fields: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    approvals: tuple[str, ...] = ()
    within: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    that: tuple[Guard, ...] = ()


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


@record
class Signature:
    """One line of an approval: whose signatures, how many, under which condition, how long they last."""

    role: str
    when: Expr | None = None
    how_many: str = "1"  # a number, "50 percent", "all", "majority"
    majority: str | None = None  # simple | two_thirds, of votes cast
    not_same_as: tuple[str, ...] = ()
    valid_for: str | None = None  # period code
    due_by: str | None = None  # gate of the meeting
    meets_on: str | None = None
    recorded_by: str | None = None


@record
class Approval:
    """Signatures that a step needs. A signature is used once: by the step that it let through."""

    name: str
    line: str
    signatures: tuple[Signature, ...]
    title: Text = field(default_factory=dict)
    void_if_changed_fields: tuple[str, ...] = ()  # fields read by a signature's `when` are in here too
    void_if_changed_documents: tuple[str, ...] = ()
    together: bool = False
    meeting: str | None = None
    if_sent_back: str = "first_step"
    sets: Mapping[str, Expr] = field(default_factory=dict)
    cite: str | None = None
    remind: tuple[Reminder, ...] = ()
    typical: str | None = None  # period code, for plans only: how long collecting the signatures takes
    typical_range: tuple[str, ...] = ()


@record
class ClockAct:
    """What somebody may do to a deadline (ruling 17): one of `CLOCK_ACTS`, by whom, on which conditions.

    ``until`` is the end that was agreed beforehand (None: it comes with the request); ``takes`` a period code, how long
    before the end of the deadline it must be begun.
    """

    kind: str
    by: tuple[str, ...]
    requires: AlreadyThere = AlreadyThere()
    until: Expr | None = None
    takes: str | None = None
    publishes: tuple[str, ...] = ()
    tells: tuple[Tell, ...] = ()
    notice: Notice | None = None
    cite: str | None = None


@record
class Deadline:
    """A clock. ``open_until``: act only while it runs; ``not_before``: act only after; ``due``: can be missed.

    Its end comes from ``period`` (a period code such as ``P10D``, or an expression), or from ``ends_at`` (a typed
    date or moment), or is counted ``backwards_from`` another deadline, a field, or a gate (``meeting_field.gate``).
    ``proposes`` is only a proposal for the typed moment (ruling 29).
    """

    name: str
    line: str
    title: Text
    kind: str
    period: Expr | str | None = None
    ends_at: Expr | HookCall | None = None
    proposes: Expr | str | None = None
    backwards_from: str | None = None
    at_least: Expr | str | None = None
    at_most: Expr | str | None = None
    closes_at: str | None = None
    calendar: str = "holidays"
    counting: str | None = None
    when_over: str | None = None
    met_when: Expr | None = None
    remind: tuple[Reminder, ...] = ()
    outlives_case: bool = False
    cite: str | None = None
    acts: Mapping[str, ClockAct] = field(default_factory=dict)


def step_of(deadline: Deadline, act: ClockAct) -> Step:
    """Return *act* on *deadline* as the step that it is like: what it requires and tells follows the same rules."""
    return Step(
        f"{act.kind} {deadline.name}",
        deadline.line,
        sources=(),
        targets=(Branch("same"),),
        by=act.by,
        already_there=act.requires,
        publishes=act.publishes,
        tells=act.tells,
        notice=act.notice,
        cite=act.cite,
    )


@record
class Watch:
    """Between two milestones: when the condition becomes true, an approval is asked for and milestones block."""

    name: str
    when: Expr
    needs_approval: str
    since: str | None = None
    until: str | None = None
    blocks: tuple[str, ...] = ()
    tells: tuple[str, ...] = ()


@record
class Line:
    """The main line of a case, or one kind of track."""

    kind: str
    title: Text
    begins: Step
    stages: Mapping[str, Stage]  # every stage and group, by address, in order of writing
    steps: Mapping[str, Step]
    fields: Mapping[str, Field] = field(default_factory=dict)
    documents: Mapping[str, Document] = field(default_factory=dict)
    approvals: Mapping[str, Approval] = field(default_factory=dict)
    deadlines: Mapping[str, Deadline] = field(default_factory=dict)
    parent: str | None = None
    if_case_ends: str | None = None

    def leaf(self, address: str) -> str:
        """Return the leaf that is entered when *address* is."""
        stage = self.stages[address]
        while stage.children:
            stage = self.stages[stage.children[0]]
        return stage.address

    @property
    def leaves(self) -> tuple[str, ...]:
        return tuple(address for address, stage in self.stages.items() if stage.is_leaf)

    def leaves_under(self, address: str) -> tuple[str, ...]:
        """Return the leaves that *address* stands for: itself, or every leaf below it."""
        return tuple(leaf for leaf in self.leaves if leaf == address or leaf.startswith(address + "."))


AND = " and "  # joins the facts of a reduction in the one text that is kept


@record
class LimitVariant:
    """A permitted reduction: applies when every fact that `when` names is yes, joined by `and`."""

    when: str
    value: object
    source: str
    mark: str | None = None
    counted_from: str | None = None

    @property
    def facts(self) -> tuple[str, ...]:
        return tuple(self.when.split(AND))


@record
class LimitValue:
    """A value of a limit from a day on. ``value`` is text in the limit's unit; None means: no value then."""

    valid_from: str  # ISO day
    value: str | None
    source: str
    valid_until: str | None = None
    mark: str | None = None
    confirmed_on: str = "never"
    confirmed_by: str | None = None
    counted_from: str | None = None
    variants: tuple[LimitVariant, ...] = ()


@record
class Limit:
    """A dated value of law, custom, grant or house rule: unit, direction, and where each value comes from."""

    name: str
    says: Text
    basis: str
    unit: str  # period | number | percent | a currency code
    values: tuple[LimitValue, ...]
    direction: str = "at_least"  # at_least | at_most | above | threshold
    as_of: str | None = None


@record
class Rulebook:
    """Dated legal data that organisations bring and procedures ask for by name (ruling 11)."""

    name: str
    version: str
    title: Text
    counting: str
    limits: Mapping[str, Limit]
    facts: Mapping[str, Text] = field(default_factory=dict)
    evidence: Mapping[str, str] = field(default_factory=dict)


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
    origins: Mapping[str, str] = field(default_factory=dict, compare=False)  # path -> "file:line"; no part of the hash

    @property
    def full_version(self) -> str:
        """The version with those of the overlays that it was made with: ``2026.1 + cern 2026.1``."""
        return " + ".join([self.version, *(f"{one.name} {one.version}" for one in self.overlays)])

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


@record
class Absence:
    """Days (inclusive) on which somebody is away."""

    first: str
    last: str


@record
class Person:
    """Somebody of an organisation. Only the id ever enters an event (ruling 2)."""

    id: str
    roles: tuple[str, ...]
    absent: tuple[Absence, ...] = ()
    substitute: str | None = None
    speaks_for: tuple[str, ...] = ()  # ids of tracks, for people of firms


@record
class ExchangeRate:
    """One unit of a currency is worth so much of another, between two days (inclusive)."""

    unit: str
    worth: str
    source: str
    valid_from: str
    valid_until: str | None = None
    confirmed_on: str = "never"


@record
class CountryList:
    """A dated list of countries (member states, poorly balanced states)."""

    countries: tuple[str, ...]
    source: str
    valid_from: str
    valid_until: str | None = None
    confirmed_on: str = "never"


@record
class MeetingDate:
    """A meeting of a committee, and the days of the gates that its papers must pass before."""

    id: str
    meets: str
    gates: Mapping[str, str] = field(default_factory=dict)


@record
class Reminding:
    """How an organisation wants to be reminded.

    ``hour`` is local clock time. On a day of ``quiet_days`` (weekends, holidays, closures of ``calendar``) nobody is
    reminded. ``digest``: ``together`` (what is due to one person at one time comes as one message) or ``apart``.
    """

    hour: str = "08:00"
    quiet_days: tuple[str, ...] = ("weekends", "holidays", "closures")
    calendar: str = "holidays"
    digest: str = "together"


@record
class Chosen:
    """An overlay or a procedure that an organisation uses, between two days (inclusive ISO days; None: open).

    What counts is the day on which a case is opened, in the organisation's zone.
    """

    name: str
    valid_from: str | None = None
    valid_until: str | None = None


@record
class Organisation:
    """For whom a case is run: zone, currency, calendars, people. Dated data that moves with the law, not with the case.

    ``calendars`` maps a name that procedures use (``holidays``) to a calendar in plain form
    (`calendar.days.Calendar.to_plain`). Names and contacts of people are kept apart from this record.
    """

    name: str
    version: str
    title: Text
    zone: str
    currency: str
    languages: tuple[str, ...] = ("en",)
    rulebooks: Mapping[str, str] = field(default_factory=dict)  # rulebook a procedure names -> the one used here
    calendars: Mapping[str, object] = field(default_factory=dict)
    committees: Mapping[str, tuple[MeetingDate, ...]] = field(default_factory=dict)
    exchange: tuple[ExchangeRate, ...] = ()
    lists: Mapping[str, tuple[CountryList, ...]] = field(default_factory=dict)
    people: Mapping[str, Person] = field(default_factory=dict)
    reminders: Reminding = Reminding()
    overlays: tuple[Chosen, ...] = ()
    procedures: tuple[Chosen, ...] = ()  # empty: every procedure
