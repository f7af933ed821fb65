"""Calling hooks (ruling 16): declared reads through a frozen view, a typed result, recorded: replay needs none."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from inprocap_flow.engine.case.facts import CaseFacts
from inprocap_flow.engine.case.records import Blocker
from inprocap_flow.errors import FlowError
from inprocap_flow.language.expressions.evaluate import evaluate
from inprocap_flow.language.expressions.facts import UNKNOWN
from inprocap_flow.language.model import HookCall
from inprocap_flow.language.values import encode
from inprocap_flow.records import record


@record
class View:
    """What a hook may see of a line: its fields, the tracks of a kind, dated lists. Unknown values are None."""

    facts: CaseFacts

    @property
    def id(self) -> str:
        return self.facts.line_id

    @property
    def stage(self) -> str:
        return self.facts.line.state

    @property
    def now(self) -> datetime:
        return self.facts.when.last.astimezone(self.facts.binding.zone)

    @property
    def today(self) -> date:
        return self.facts.day

    def field(self, name: str) -> Any:
        value = self.facts.field(name)
        return None if value is UNKNOWN else value

    def tracks(self, kind: str) -> tuple[View, ...]:
        return tuple(View(facts) for facts in self.facts.tracks(kind))

    def countries(self, name: str) -> tuple[str, ...] | None:
        from inprocap_flow.engine.case.binding import in_force

        entry = in_force(self.facts.binding.organisation.lists.get(name, ()), self.facts.day)
        return None if entry is None else entry.countries


def call_hook(facts: CaseFacts, call: HookCall) -> Any:
    """Return the value that the hook gives, or a `Blocker` naming why it gave none. Writes it into the journal."""
    if facts.binding.hooks is None:
        return _refused(call, "no hooks are loaded", "allow the folder of workflow files in the settings")
    arguments: list[Any] = []
    for argument in call.arguments:
        result = evaluate(argument, facts)
        if result.value is UNKNOWN:
            missing = ", ".join(result.missing) or str(argument)
            return _refused(call, f"{missing} is not known", "fill it first")
        arguments.append(result.value)
    try:
        value = facts.binding.hooks.call(call.name, tuple(arguments), View(facts))
    except FlowError as failed:
        return _refused(call, str(failed.args[0]), failed.mend)
    facts.journal.hooks[_free_name(facts.journal.hooks, call.name)] = encode(value)
    return value


def _free_name(used: dict[str, Any], name: str) -> str:
    """Return *name*, numbered from the second call of one decision on: every result is kept."""
    again = sum(other.partition("#")[0] == name for other in used)
    return f"{name}#{again + 1}" if again else name


def _refused(call: HookCall, fact: str, mend: str) -> Blocker:
    return Blocker("hook-refused", f"{call.name} gives no answer: {fact}.", about=call.name, mend=mend)
