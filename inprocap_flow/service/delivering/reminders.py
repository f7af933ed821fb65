"""A reminder in words: what ends, waits, lapses or stands still, and until when."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from inprocap_flow.engine.case.records import MAIN, unstamp
from inprocap_flow.language.model import said
from inprocap_flow.service.delivering.telling import Said, Telling, anything


def reminder(telling: Telling) -> Said:
    """Return what a reminder says; its ladder says what it is about."""
    kind, *rest = telling.detail("ladder").split(" ")
    say = _LADDERS.get(telling.detail("of") or kind)
    return say(telling, rest) if say else anything(telling)


def _of_deadline(telling: Telling, rest: list[str]) -> Said:
    phrases = telling.phrases
    line, name = rest
    title = telling.titled("deadline", name, line)
    look = telling.command(f"next {telling.case_id}")
    if not telling.detail("end"):
        return Said(phrases.say("reminder", subject=title), telling.why("deadline", name, line), "next", look)
    end, due = unstamp(telling.detail("end")), _due_at(telling)
    over = due >= end
    declared = telling.definition.find_deadline(telling.kind_of(line), name)
    said_as = _ENDS["due" if declared and declared.kind == "due" else "ends"]
    what = phrases.say(said_as[over], deadline=title, when=phrases.distance(end, due))
    facts = ((phrases.say("since" if over else "until"), phrases.end(end)), *telling.why("deadline", name, line))
    return Said(what, facts, "next", look)


def _of_safety(telling: Telling, rest: list[str]) -> Said:
    """Say until when a deadline can still be extended without haste."""
    phrases = telling.phrases
    line, name = rest
    end = telling.detail("end")
    what = phrases.say("safely", deadline=telling.titled("deadline", name, line))
    facts = ((phrases.say("until"), phrases.end(unstamp(end)) if end else ""),)
    return Said(what, facts, "look", telling.command(f"deadlines {telling.case_id}"))


def _due_at(telling: Telling) -> datetime:
    """Return the moment that "in five days" counts from: late reminders count from when they were written."""
    written = unstamp(telling.message.created_at)
    due = telling.detail("due_at")
    return max(unstamp(due), written) if due else written


def _of_approval(telling: Telling, rest: list[str]) -> Said:
    line, name = rest[0], rest[1]
    phrases, since = telling.phrases, telling.detail("since")
    asked = (phrases.say("asked_on"), phrases.moment(unstamp(since)) if since else "")
    on = f" --on {line}" if line != MAIN else ""
    sign = telling.command(f"sign {telling.case_id} {telling.approval or name}{on}")
    what = phrases.say("waits", approval=telling.titled("approval", name, line))
    return Said(what, (asked, *telling.why("approval", name, line)), "sign", sign)


def _of_silence(telling: Telling, rest: list[str]) -> Said:
    stage = telling.message.subject or (rest[0] if rest else "")
    since = telling.detail("since")
    what = telling.phrases.say("silent", stage=_stage(telling, stage))
    last = (telling.phrases.say("last"), telling.phrases.moment(unstamp(since)) if since else "")
    return Said(what, (last,), "next", telling.command(f"next {telling.case_id}"))


def _stage(telling: Telling, name: str) -> str:
    found = telling.definition.line(telling.kind).stages.get(name)
    return (said(found.title, telling.phrases.language) if found else "") or name


def _of_validity(telling: Telling, rest: list[str]) -> Said:
    phrases = telling.phrases
    line, name = rest[0], rest[1]
    what = phrases.say("lapses", approval=telling.titled("approval", name, line))
    end = telling.detail("end")
    facts = ((phrases.say("until"), phrases.end(unstamp(end)) if end else ""), *telling.why("approval", name, line))
    return Said(what, facts, "next", telling.command(f"next {telling.case_id}"))


def _of_papers(telling: Telling, rest: list[str]) -> Said:
    """Say by when an approval must be there, so that the meeting it goes to can deal with it."""
    phrases = telling.phrases
    line, name = rest[0], rest[1]
    end, title = telling.detail("end"), telling.titled("approval", name, line)
    when = phrases.distance(unstamp(end), _due_at(telling)) if end else ""
    facts = ((phrases.say("until"), phrases.end(unstamp(end)) if end else ""), *telling.why("approval", name, line))
    what = phrases.say("papers", approval=title, when=when)
    return Said(what, facts, "next", telling.command(f"next {telling.case_id}"))


_ENDS = {"due": ("due", "was_due"), "ends": ("ends", "ended")}  # before and after it
_LADDERS: Mapping[str, Callable[[Telling, list[str]], Said]] = {
    "deadline": _of_deadline,
    "approval": _of_approval,
    "safety": _of_safety,
    "papers": _of_papers,
    "silence": _of_silence,
    "validity": _of_validity,
}
