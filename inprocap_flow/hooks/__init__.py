"""All that a workflow file may import: how to declare a hook, what it is given, how it says that it cannot answer.

A hook is a pure function of what it declares to read and of its arguments. It sees a frozen view of the case, does
nothing, remembers nothing, and returns one value of the type it declares (ruling 16). ``docs/how-to/hooks.md`` shows
how to write, allow, test and release one.
"""

from __future__ import annotations

from inprocap_flow.hooks.declared import Hook, Parameter, hook
from inprocap_flow.hooks.failures import CannotSay, HookFailed, NotDeclared, ValueMissing
from inprocap_flow.hooks.reads import Fields, Lists, Tracks
from inprocap_flow.hooks.views import CaseView, Facts, TrackFacts, TrackView
from inprocap_flow.language.values import Money, Percent, Period, Value, in_words

__all__ = [
    "CannotSay",
    "CaseView",
    "Facts",
    "Fields",
    "Hook",
    "HookFailed",
    "Lists",
    "Money",
    "NotDeclared",
    "Parameter",
    "Percent",
    "Period",
    "TrackFacts",
    "TrackView",
    "Tracks",
    "Value",
    "ValueMissing",
    "hook",
    "in_words",
]
