"""Clocks, and what people may do to them."""

from __future__ import annotations

from collections.abc import Mapping

from inprocap_flow.language.expressions.tree import Expr
from inprocap_flow.language.model.conditions import AlreadyThere, HookCall
from inprocap_flow.language.model.reminding import Reminder
from inprocap_flow.language.model.steps import Branch, Notice, Step, Tell
from inprocap_flow.language.model.words import Text
from inprocap_flow.records import field, record


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
