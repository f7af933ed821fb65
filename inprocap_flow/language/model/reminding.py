"""When somebody is reminded, of whatever it is."""

from __future__ import annotations

from inprocap_flow.language.expressions.tree import Expr
from inprocap_flow.records import record


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
