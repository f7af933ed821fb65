"""A definition as explorations see it: without titles, sources, messages and all else on which no case depends.

They are given nothing but this, so what they answer holds for every definition of which as much is the same: after
another title, source or reminder nothing has to be looked for again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from inprocap_flow.language.expressions.tree import Expr
from inprocap_flow.language.model import Definition
from inprocap_flow.records import MISSING, changed, default_of, fields_of

_LEFT_OUT: Mapping[str, frozenset[str]] = {
    "Definition": frozenset({"name", "version", "language", "title", "guidance", "overlays", "origins", "footings"})
    | frozenset({"rulebook", "calendars", "roles", "rules", "limits", "needed_limits", "hooks", "receives"}),
    "Line": frozenset({"title"}),
    "Stage": frozenset({"title", "owner", "typical", "typical_range", "remind_after", "guidance", "remind"}),
    "Step": frozenset({"title", "cite", "guidance", "notice", "tells"}),
    "Branch": frozenset({"tells"}),
    "Guard": frozenset({"if_not", "cite"}),
    "Field": frozenset({"title"}),
    "Document": frozenset({"title"}),
    "Approval": frozenset({"title", "cite", "remind", "typical", "typical_range"}),
    "Deadline": frozenset({"title", "cite"}),
    "ClockAct": frozenset({"tells", "notice", "cite"}),
    "Reminder": frozenset({"role", "before", "after", "if_not_done", "escalation", "every", "before_lapse"}),
    "Watch": frozenset({"tells"}),
    "Derogation": frozenset({"title", "tells", "cite"}),
}
"""What is left out of which records. When somebody is reminded is left out, on what condition is not: it reads."""


def essential(definition: Definition) -> Definition:
    """Return *definition* with nothing in those places that no exploration looks at."""
    bare: Definition = _bare(definition)
    return bare


def _bare(thing: Any) -> Any:
    """Return *thing* without what is left out; expressions and single values are the very same as before."""
    if type(thing) is tuple:
        return tuple([_bare(one) for one in thing])
    if isinstance(thing, Mapping):
        return {name: _bare(one) for name, one in thing.items()}
    if isinstance(thing, Expr) or not hasattr(thing, "__record_fields__"):
        return thing
    out = _LEFT_OUT.get(type(thing).__name__, frozenset())
    fields = fields_of(thing)
    return changed(
        thing,
        **{
            name: _nothing(fields[name], value) if name in out else _bare(value)
            for name, value in thing.__dict__.items()
        },
    )


def _nothing(said: Any, value: Any) -> Any:
    """Return what stands in a field that is left out: its default, else the empty value of its kind."""
    default = default_of(said)
    if default is not MISSING:
        return default
    return {} if isinstance(value, Mapping) else ""
