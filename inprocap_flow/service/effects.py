"""What one event says, in words and with what it changed: the lines under every decision of a history.

An effect has a label (Stage, Field, Document, ...), a text, and where something changed the old and the new of it.
Sealed values and documents are said to be sealed until their moment, whoever asks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from inprocap_flow.calendar.periods import parse_offset, parse_period
from inprocap_flow.engine.case.deadline_changes import is_waived
from inprocap_flow.engine.case.records import Event
from inprocap_flow.language.model import CASE_ENDS
from inprocap_flow.service.effect import Effect, Told, Values
from inprocap_flow.service.effects_of_rules import kept_by, lifted, migrated, passed_by
from inprocap_flow.service.phrases import ASSUMED, destroyed_words, notice, reported_value, size, trace, used_words
from inprocap_flow.service.sight import Sight, spoken
from inprocap_flow.service.voided import because_of


def effects(event: Event, sight: Sight, before: Values) -> Iterator[Effect]:
    """Yield what *event* says. *before* are the values of fields as they were."""
    told = Told(event, sight, before)
    say = _SAYINGS.get(event.kind)
    if say is None:
        yield told.effect("Note", spoken(event.kind))
        return
    yield from say(told)


def _opened(told: Told) -> Iterator[Effect]:
    data = told.data
    text = f"{data['procedure']} {data['version']} for {data['organisation']}"
    yield told.effect("Opened", text, mark=str(data["definition"]))


def _began(told: Told) -> Iterator[Effect]:
    title = told.sight.words.text(told.sight.definition.line(told.sight.kind(told.event.line)).title)
    parent = f", of {told.data['parent']}" if told.data.get("parent") else ""
    yield told.effect("Begun", f"{title or told.event.line}{parent}")


def _moved(told: Told) -> Iterator[Effect]:
    data, sight, kind = told.data, told.sight, told.sight.kind(told.event.line)

    def stage(state: str) -> str:
        return sight.words.address(sight.definition, kind, state) if state else ""

    old, new = stage(data["from"]), stage(data["to"])
    more = [f"source: {data['cite']}"] if data.get("cite") else []
    more += list(used_words(data.get("used", {})))
    more += [f"warned: {warning}" for warning in data.get("warned", ())]
    more += [f"passed over without evidence: {', '.join(data['between'])}"] if data.get("between") else []
    text = "stays" if old == new else ""
    if isinstance(data.get("final"), str) and data["final"] not in CASE_ENDS:
        text = data["final"] if old == new else text
    yield told.effect(
        "Stage", text, old="" if old == new else old, new=new, more=tuple(more), name=data.get("step", "")
    )
    if data.get("assumed"):
        yield told.effect("Assumed", ASSUMED)
    yield from passed_by(told)
    if data.get("reason"):
        yield told.effect("Reason", str(data["reason"]))


def _filled(told: Told) -> Iterator[Effect]:
    line, same = told.event.line, []
    for name, plain in told.data["fields"].items():
        before, title = told.before.get((line, name)), told.sight.title("field", line, name)
        if plain == before:
            same.append(title)
            continue
        old = told.sight.value(line, name, before) if before is not None else ""
        new = told.sight.value(line, name, plain)
        # One sealed value in the place of another: both are said to be sealed, and that is no change to show.
        yield told.effect("Field", title, old="" if old == new else old, new=new, name=name)
    asked = (told.event.request or {}).get("kind") == "fill"
    if asked and len(same) == len(told.data["fields"]):  # a decision without a line would look like a gap
        yield told.effect("Note", f"nothing changed: {', '.join(same)}")


def _brought(told: Told) -> Iterator[Effect]:
    version, line, name = told.data["version"], told.event.line, str(told.data["document"])
    declared = told.sight.definition.line(told.sight.kind(line)).documents.get(name)
    hidden = told.sight.hidden(line, declared) if declared else ""
    file = hidden or f"{version['filename']}, {size(version['size'])}"
    mark = "commitment" if version.get("sealed_until") else "SHA-256"
    more = (f"{mark} {version['sha256']}",)
    text = told.sight.title("document", line, name)
    yield told.effect("Document", text, new=file, mark=version["sha256"], more=more, name=name)


def _deadline(what: str) -> Callable[[Told], Iterator[Effect]]:
    def said(told: Told) -> Iterator[Effect]:
        data, words = told.data, told.sight.words
        end = f" {words.end(data['end'])}" if data.get("end") else ""
        marks = ", ".join(mark for mark in ("provisional", "assumed") if data.get(mark))
        new = f"{what}{end}" + (f" ({marks})" if marks else "")
        ground = [f"ground: {data['ground']}"] if data.get("ground") else []
        new += f"; cannot tell {data['cannot_tell']}" if data.get("cannot_tell") else ""
        law = [f"by law {parse_period(str(data['by_law']))} longer"] if data.get("by_law") else []
        back = [f"given back: {parse_offset(str(data['given_back']))}"] if data.get("given_back") else []
        more = (*ground, *law, *back, *trace(data.get("computed", {})))
        yield told.effect("Deadline", told.title("deadline"), new=new, more=more, name=str(data["deadline"]))
        yield from passed_by(told)

    return said


def _stopped(told: Told) -> Iterator[Effect]:
    waived = is_waived(told.sight.case, told.event)
    yield from _deadline("never ran, and holds nothing up any more" if waived else "is stopped")(told)


def _signed(told: Told) -> Iterator[Effect]:
    given, words, definition = told.data["signature"], told.sight.words, told.sight.definition
    what = "voted against" if given.get("against") else "signed"
    behalf = f" for {words.person(given['on_behalf_of'])}" if given.get("on_behalf_of") else ""
    recorded = " (recorded for those who decided)" if given.get("recorded_by") else ""
    until = f", lasts until {words.end(given['valid_until'])}" if given.get("valid_until") else ""
    who = f"{words.person(given['person'])}{behalf} as {words.role(definition, given['role'])}"
    new = f"{what} by {who}{recorded}{until}"
    yield told.effect("Signature", told.title("approval"), new=new, name=str(told.data["approval"]))


def _approval(what: str) -> Callable[[Told], Iterator[Effect]]:
    def said(told: Told) -> Iterator[Effect]:
        data = told.data
        because = f", because of {because_of(data['because'])}" if data.get("because") else ""
        by = f" by {told.sight.step(told.event.line, data['step'])}" if data.get("step") else ""
        new = f"{what}{by}{because}"
        yield told.effect("Approval", told.title("approval"), new=new, name=str(data["approval"]))
        if data.get("reason"):
            yield told.effect("Reason", str(data["reason"]))

    return said


def _told(told: Told) -> Iterator[Effect]:
    to = ", ".join(told.sight.addressee(who) for who in told.data["to"])
    names = [_named(told.sight, told.event.line, name) for name in told.data.get("names", ())]
    about = f" about {', '.join(names)}" if names else ""
    yield told.effect("Told", f"{to}{about}", name=str(told.data.get("step", "")))


def _published(told: Told) -> Iterator[Effect]:
    names = [_named(told.sight, told.event.line, name) for name in told.data["names"]]
    yield told.effect("Published", ", ".join(names))


def _named(sight: Sight, line_id: str, name: str) -> str:
    return next((t for what in ("document", "field") if (t := sight.title(what, line_id, name)) != name), name)


def _noticed(told: Told) -> Iterator[Effect]:
    yield told.effect("Notice", notice(told.data["notice"]))


def _reported(told: Told) -> Iterator[Effect]:
    data = told.data
    values = "; ".join(f"{name} {reported_value(plain)}" for name, plain in data.get("with", {}).items())
    text = f"{str(data['as']).replace('_', ' ')}, to {data['to']}{f': {values}' if values else ''}"
    yield told.effect("Reported", text, name=str(data["as"]))


def _interest(told: Told) -> Iterator[Effect]:
    data = told.data
    what = "a conflict of interest" if data["conflict"] else "no conflict of interest"
    note = f": {data['note']}" if data.get("note") else ""
    yield told.effect("Interests", f"{told.sight.words.person(data['person'])} declares {what}{note}")


def _marked(told: Told) -> Iterator[Effect]:
    for entry in told.data.get("not_evidenced", ()):
        yield told.effect("Not evidenced", str(entry.get("says") or entry.get("what") or entry))
    for entry in told.data.get("findings", ()):
        yield told.effect("Finding", str(entry.get("says") or entry.get("what") or entry))


def _imported(told: Told) -> Iterator[Effect]:
    data = told.data
    yield told.effect(
        "Source", f"{data.get('source', '')}, {str(data.get('certainty', '')).replace('_', ' ')}".strip(", ")
    )


def _annulled(told: Told) -> Iterator[Effect]:
    numbers = ", ".join(str(number) for number in told.data["decisions"])
    yield told.effect("Annulled", f"decision {numbers}")
    yield from kept_by(told)
    yield told.effect("Reason", str(told.data.get("reason", "")))


def _destroyed(told: Told) -> Iterator[Effect]:
    data = told.data
    until = f"; it had to be kept until {data['kept_until']}" if data.get("kept_until") else ""
    yield told.effect("Destroyed", f"{destroyed_words(data)}, with the key of the case{until}")
    yield from kept_by(told)
    if data.get("reason"):
        yield told.effect("Reason", str(data["reason"]))


def _note(text: str) -> Callable[[Told], Iterator[Effect]]:
    def said(told: Told) -> Iterator[Effect]:
        yield told.effect("Note", text.format(**{"watch": "", "step": "", **told.data}))

    return said


def _refused(told: Told) -> Iterator[Effect]:
    step = told.sight.step(told.event.line, str(told.data["step"]))
    yield told.effect("Note", f"{step} could not follow by itself: {'; '.join(told.data['because'])}")


_SAYINGS: Mapping[str, Callable[[Told], Iterator[Effect]]] = {
    "opened": _opened,
    "began": _began,
    "moved": _moved,
    "filled": _filled,
    "brought": _brought,
    "deadline_started": _deadline("runs until"),
    "deadline_extended": _deadline("is extended to"),
    "deadline_recomputed": _deadline("moves to"),
    "deadline_corrected": _deadline("is corrected to"),
    "deadline_suspended": _deadline("stands still from now on"),
    "deadline_resumed": _deadline("runs again until"),
    "deadline_over": _deadline("is over"),
    "deadline_met": _deadline("is met"),
    "deadline_missed": _deadline("is missed"),
    "deadline_stopped": _stopped,
    "approval_asked": _approval("asked for"),
    "approval_signed": _signed,
    "approval_given": _approval("all signatures are there"),
    "approval_declined": _approval("declined"),
    "approval_withdrawn": _approval("a signature is withdrawn"),
    "approval_voided": _approval("no longer valid"),
    "approval_used": _approval("used"),
    "approval_ended": _approval("no longer asked for"),
    "interest_declared": _interest,
    "lifted": lifted,
    "published": _published,
    "told": _told,
    "noticed": _noticed,
    "reported": _reported,
    "noted": _imported,
    "marked": _marked,
    "annulled": _annulled,
    "migrated": migrated,
    "watch_tripped": _note("{watch}: its condition holds, an approval is needed again"),
    "watch_fell_back": _note("{watch}: its condition holds no more"),
    "watch_released": _note("{watch}: approved, nothing is blocked any more"),
    "expiry_refused": _refused,
    "protected_data_destroyed": _destroyed,
}
