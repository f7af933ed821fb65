"""What must hold, come along, or be there before something is carried out."""

from __future__ import annotations

from inprocap_flow.language.expressions.tree import Expr
from inprocap_flow.language.model.words import Text
from inprocap_flow.records import record


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
