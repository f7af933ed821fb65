"""Events in words, one sentence each, for the answer to a command and for histories."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from inprocap_flow.calendar.periods import parse_offset
from inprocap_flow.cli.words import Words
from inprocap_flow.engine.case.deadline_changes import is_waived
from inprocap_flow.engine.case.kinds import AS_WRITTEN, kind_in
from inprocap_flow.engine.case.records import MAIN, Case, Event
from inprocap_flow.language.model import CASE, Definition
from inprocap_flow.service.voided import because_of


def sentence(event: Event, words: Words, definition: Definition, kinds: Mapping[str, str] = AS_WRITTEN) -> str:
    """Return what *event* says, in one sentence without who and when; a kind unknown here is named as it is.

    *kinds* are those that the tracks of the case have now, where they are not what their ids say.
    """
    say = _SAYINGS.get(event.kind)
    said = say(_Told(event, words, definition, kinds)) if say else event.kind.replace("_", " ")
    late = " (entered late)" if event.as_of is not None else ""
    return f"{_place(event)}{said}{late}"


def _place(event: Event) -> str:
    return "" if event.line == MAIN else f"{event.line}: "


class _Told:
    """An event with what is needed to speak of it."""

    def __init__(self, event: Event, words: Words, definition: Definition, kinds: Mapping[str, str]) -> None:
        self.event, self.words, self.definition = event, words, definition
        self.data: Mapping[str, Any] = event.data
        kind = kind_in(definition, event.line, kinds)
        self.kind = kind if kind == CASE or kind in definition.tracks else CASE

    def stage(self, name: str) -> str:
        return self.words.address(self.definition, self.kind, str(self.data.get(name, "")))

    def title(self, what: str, name: str) -> str:
        found: Any = getattr(self.definition, f"find_{what}")(self.kind, name)
        title = self.words.text(found.title) if found else ""
        return f"{title} ({name})" if title else name

    def approval(self) -> str:
        return self.title("approval", str(self.data.get("approval", "")))

    def deadline(self) -> str:
        return self.title("deadline", str(self.data.get("deadline", "")))

    def end(self) -> str:
        return self.words.end(self.data["end"]) if self.data.get("end") else "no known end"

    def recipients(self) -> str:
        return ", ".join(recipient(who, self.words, self.definition) for who in self.data.get("to", ()))


def recipient(who: str, words: Words, definition: Definition) -> str:
    """Return an addressee of a message as people read it: a role, a person, a track, or as it is."""
    kind, _, name = who.partition(":")
    if kind == "role":
        return words.role(definition, name)
    if kind == "person":
        return words.person(name)
    return name or {"public": "everybody", "publisher": "whoever publishes notices"}.get(who, who)


def _opened(told: _Told) -> str:
    return f"Case opened under {told.data['procedure']} {told.data['version']}."


def _moved(told: _Told) -> str:
    step = told.data.get("step", "")
    where = "stays in" if told.data.get("from") == told.data.get("to") else "now in"
    return f"{step}: {where} {told.stage('to')}.{_assumed(told)}{_passed_by(told)}"


def _assumed(told: _Told) -> str:
    if not told.data.get("assumed"):
        return ""
    from inprocap_flow.service.phrases import ASSUMED  # seldom needed

    return f" {ASSUMED}"


def _passed_by(told: _Told) -> str:
    """Return which rules did not bind the decision, and by which derogation."""
    from inprocap_flow.service.phrases import derogation_words, rule_words  # seldom needed

    lifted = (told.data.get("used") or {}).get("lifted", {})
    said = [
        f" The rule {rule_words(told.definition, rule, told.words.text)} is lifted by "
        f"{derogation_words(told.definition, name, told.words.text)}."
        for rule, name in lifted.items()
    ]
    return "".join(said)


def _lifted(told: _Told) -> str:
    from inprocap_flow.service.phrases import derogation_words, rule_words

    rules = ", ".join(rule_words(told.definition, rule, told.words.text) for rule in told.data.get("rules", ()))
    name = derogation_words(told.definition, str(told.data.get("derogation", "")), told.words.text)
    return f"Lifted for this case: {rules}; by {name}.{_reason(told)}"


def _filled(told: _Told) -> str:
    line = told.definition.line(told.kind)
    found = []
    for name, plain in told.data.get("fields", {}).items():
        declared = line.fields.get(name)
        title = told.words.text(declared.title) if declared else ""
        value = "cleared" if plain is None else told.words.value(declared, plain)
        found.append(f"{title or name} = {value}" if plain is not None else f"{title or name} cleared")
    return f"Set: {'; '.join(found)}."


def _brought(told: _Told) -> str:
    version = told.data.get("version", {})
    sealed = f", sealed until {version['sealed_until']}" if version.get("sealed_until") else ""
    return f"Filed: {told.title('document', told.data['document'])}, {version.get('filename', '')}{sealed}."


def _signed(told: _Told) -> str:
    given = told.data.get("signature", {})
    against = "Voted against" if given.get("against") else "Signed"
    until = f", valid until {told.words.end(given['valid_until'])}" if given.get("valid_until") else ""
    behalf = f", for {told.words.person(given['on_behalf_of'])}" if given.get("on_behalf_of") else ""
    role = told.words.role(told.definition, str(given.get("role", "")))
    return f"{against}: {told.approval()} as {role}{behalf}{until}."


def _annulled(told: _Told) -> str:
    numbers = ", ".join(str(number) for number in told.data.get("decisions", ()))
    return f"Annulled: {numbers}. Reason: {told.data.get('reason', '')}"


def _interest(told: _Told) -> str:
    note = f": {told.data['note']}" if told.data.get("note") else ""
    what = "a conflict of interest" if told.data.get("conflict") else "no conflict of interest"
    return f"{told.words.person(str(told.data.get('person', '')))} declared {what}{note}."


def _destroyed(told: _Told) -> str:
    from inprocap_flow.service.phrases import destroyed_words  # hardly ever needed

    return f"Destroyed for good: {destroyed_words(told.data)}.{_reason(told)}"


def _noticed(told: _Told) -> str:
    from inprocap_flow.service.phrases import notice

    return f"Notice due: {notice(told.data.get('notice', {}))}."


def _reported(told: _Told) -> str:
    from inprocap_flow.service.phrases import reported_value

    values = "; ".join(f"{name} {reported_value(plain)}" for name, plain in told.data.get("with", {}).items())
    what = str(told.data.get("as", "")).replace("_", " ")
    return f"Reported to {told.data.get('to', '')}: {what}{f' ({values})' if values else ''}."


def _reason(told: _Told) -> str:
    return f" Reason: {told.data['reason']}" if told.data.get("reason") else ""


def _ground(told: _Told) -> str:
    """Return why a person did it; what follows from another deadline names that as its ground, which says nothing."""
    ground = str(told.data.get("ground") or "")
    return f" Reason: {ground}" if " " in ground else ""


def _why(told: _Told) -> str:
    """Return the ground of an act on a deadline, and which rules did not bind it."""
    return f"{_ground(told)}{_passed_by(told)}"


def _given_back(told: _Told) -> str:
    code = told.data.get("given_back")
    return f", {parse_offset(str(code))} given back" if code else ""


_SAYINGS: Mapping[str, Callable[[_Told], str]] = {
    "opened": _opened,
    "began": lambda t: f"{t.words.text(t.definition.line(t.kind).title) or t.kind} begun.",
    "moved": _moved,
    "filled": _filled,
    "brought": _brought,
    "approval_asked": lambda t: f"Asked for: {t.approval()}.{_reason(t)}",
    "approval_signed": _signed,
    "approval_given": lambda t: f"Approved: {t.approval()}.",
    "approval_declined": lambda t: f"Declined: {t.approval()}.{_reason(t)}",
    "approval_withdrawn": lambda t: f"Signature withdrawn: {t.approval()}.{_reason(t)}",
    "approval_voided": lambda t: (
        f"No longer valid: {t.approval()}, because of {because_of(t.data.get('because', ()))}."
    ),
    "approval_used": lambda t: f"Used: {t.approval()}.",
    "approval_ended": lambda t: f"No longer asked for: {t.approval()}.",
    "deadline_started": lambda t: f"Deadline {t.deadline()} runs until {t.end()}.",
    "deadline_extended": lambda t: f"Deadline {t.deadline()} extended until {t.end()}.{_why(t)}",
    "deadline_recomputed": lambda t: f"Deadline {t.deadline()} moves to {t.end()}.",
    "deadline_corrected": lambda t: f"Deadline {t.deadline()} corrected: it ends {t.end()}.{_why(t)}",
    "deadline_suspended": lambda t: f"Deadline {t.deadline()} stands still from now on.{_why(t)}",
    "deadline_resumed": lambda t: f"Deadline {t.deadline()} runs again, until {t.end()}{_given_back(t)}.{_why(t)}",
    "deadline_met": lambda t: f"Deadline {t.deadline()} met.{_passed_by(t)}",
    "deadline_missed": lambda t: f"Deadline {t.deadline()} missed.",
    "deadline_over": lambda t: f"Deadline {t.deadline()} is over.",
    "deadline_stopped": lambda t: f"Deadline {t.deadline()} stopped.{_passed_by(t)}",
    "told": lambda t: f"Told: {t.recipients()}.",
    "lifted": _lifted,
    "published": lambda t: f"Published: {', '.join(t.data.get('names', ()))}.",
    "noticed": _noticed,
    "reported": _reported,
    "interest_declared": _interest,
    "annulled": _annulled,
    "protected_data_destroyed": _destroyed,
    "watch_tripped": lambda t: f"{t.data.get('watch')}: an approval is needed again.",
    "watch_released": lambda t: f"{t.data.get('watch')}: approved, nothing is blocked any more.",
    "watch_fell_back": lambda t: f"{t.data.get('watch')}: the reason is gone.",
    "expiry_refused": lambda t: (
        f"{t.data.get('step')} could not follow by itself: {', '.join(t.data.get('because', ()))}."
    ),
}


def told_apart(events: Iterable[Event], case: Case | None) -> list[Event]:
    """Return the events worth telling whoever has just acted; *case* is as they leave it.

    What only repeats a move is left out, and the stopping of clocks that never ran.
    """
    return [
        event for event in events if event.kind != "approval_used" and not (case is not None and is_waived(case, event))
    ]
