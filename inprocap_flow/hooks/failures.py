"""Why a hook gave no answer. The engine makes a blocker of it, which says: NAME gives no answer, and the reason."""

from __future__ import annotations

from inprocap_flow.errors import FlowError


class HookFailed(FlowError):
    """A hook gave no usable answer; the request that needed it is refused. ``reason`` has no full stop.

    ``origin`` is "file:line" of the hook, once `plugins.HookSet` has called it.
    """

    code = "hook-refused"

    def __init__(self, reason: str, *, mend: str = "", origin: str = "") -> None:
        super().__init__(reason.rstrip("."), mend=mend)
        self.reason = reason.rstrip(".")
        self.origin = origin


class CannotSay(HookFailed):
    """Raised by a hook itself: the facts do not allow an answer. Says which fact, and what would mend it."""


class ValueMissing(HookFailed):
    """The hook read a field that has no value yet, or a list that has none for the day."""


class NotDeclared(HookFailed):
    """The hook read something that does not stand in its ``reads``: a defect of the hook."""
