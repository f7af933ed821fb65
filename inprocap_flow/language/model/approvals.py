"""Signatures that a step needs, and watches that ask for them."""

from __future__ import annotations

from collections.abc import Mapping

from inprocap_flow.language.expressions.tree import Expr
from inprocap_flow.language.model.reminding import Reminder
from inprocap_flow.language.model.words import Text
from inprocap_flow.records import field, record


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
class Watch:
    """Between two milestones: when the condition becomes true, an approval is asked for and milestones block."""

    name: str
    when: Expr
    needs_approval: str
    since: str | None = None
    until: str | None = None
    blocks: tuple[str, ...] = ()
    tells: tuple[str, ...] = ()
