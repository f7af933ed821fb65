"""Why a hook gave no answer. Callers of `plugins.HookSet` never see these: there they become a blocker."""

from __future__ import annotations

from inprocap_flow.errors import FlowError


class HookFailed(FlowError):
    """A hook gave no usable answer. The request that needed it is refused, with the reason and the mend."""

    code = "hook-refused"

    def __init__(self, reason: str, *, mend: str = "") -> None:
        super().__init__(reason, mend=mend)
        self.reason = reason


class CannotSay(HookFailed):
    """Raised by a hook itself: the facts do not allow an answer. Says which fact, and what would mend it."""


class ValueMissing(HookFailed):
    """The hook read a field that has no value yet, or a list that has none for the day. ``name`` says which."""

    def __init__(self, name: str, reason: str, *, mend: str) -> None:
        super().__init__(reason, mend=mend)
        self.name = name


class NotDeclared(HookFailed):
    """The hook read something that stands not in its ``reads``: a defect of the hook."""
