"""What is said of a case that went over to another version: to the people who work on it, and to its firms."""

from __future__ import annotations

from collections.abc import Iterator

from inprocap_flow.engine.case.records import MAIN, Event
from inprocap_flow.language.model import said
from inprocap_flow.service.delivering.ends import deadlines
from inprocap_flow.service.delivering.telling import Said, Telling

_WHAT = {  # what is newly asked for, as definitions declare it
    "approval-gained": "approval",
    "approval-other": "approval",
    "field-gained": "field",
    "document-gained": "document",
    "clock-gained": "deadline",
}


def migrated(telling: Telling) -> Said:
    """Say where the case stands now, which ends are others, which signatures are void, and what is newly needed.

    A firm hears of the ends that count for it, and of nothing else.
    """
    phrases = telling.phrases
    if telling.outside:
        return Said(phrases.say("migrated_outside"), tuple(deadlines(telling)))
    event = next((one for one in telling.decision if one.kind == "migrated"), None)
    version = str(event.data["to"]) if event else telling.definition.full_version
    facts = (
        *(_stages(telling, event) if event else ()),
        *deadlines(telling),
        *_stopped(telling),
        *_approvals(telling, "approval_voided", "void"),
        *_approvals(telling, "approval_asked", "asked_again"),
        *(_newly(telling, event) if event else ()),
        (phrases.say("reason"), str(event.data.get("reason") or "") if event else ""),
    )
    look = telling.command(f"show {telling.case_id}")
    return Said(phrases.say("migrated", version=version), facts, "look", look)


def _stages(telling: Telling, event: Event) -> Iterator[tuple[str, str]]:
    for line_id, told in event.data.get("lines", {}).items():
        if told.get("to"):
            stage = telling.definition.line(telling.kind_of(line_id)).stages.get(str(told["to"]))
            title = (said(stage.title, telling.phrases.language) if stage else "") or str(told["to"])
            yield telling.phrases.say("stands"), _on(line_id, title)


def _stopped(telling: Telling) -> Iterator[tuple[str, str]]:
    for event in telling.decision:
        if event.kind == "deadline_stopped":
            name = str(event.data["deadline"])
            title = telling.titled("deadline", name, event.line)
            # The version that the case is on now has no title for what it does not know.
            yield telling.phrases.say("stopped"), _on(event.line, title if title != name else _words(name))


def _approvals(telling: Telling, kind: str, label: str) -> Iterator[tuple[str, str]]:
    for event in telling.decision:
        if event.kind == kind:
            title = telling.titled("approval", str(event.data["approval"]), event.line)
            yield telling.phrases.say(label), _on(event.line, title)


def _newly(telling: Telling, event: Event) -> Iterator[tuple[str, str]]:
    """Yield what the new version asks for ahead; each thing once, for the step where it is asked for.

    An approval that was asked for before, and that others sign now, is nothing new: it comes with who signs it.
    """
    found: dict[tuple[str, str], None] = {}
    for one in event.data.get("obligations", ()):
        line, name = str(one["line"]), str(one["about"])
        what = _WHAT.get(str(one["what"]))
        title = telling.titled(what, name, line) if what else _words(name)
        step = _step(telling, line, str(one.get("step") or ""))
        text = telling.phrases.say("for_step", what=title, step=step) if step else title
        roles = _who_signs(telling, name, line) if one["what"] == "approval-other" else ""
        if roles:
            text = telling.phrases.say("signed_now", what=text, roles=roles)
        found["otherwise" if one["what"] == "approval-other" else "newly", _on(line, text)] = None
    for label, text in found:
        yield telling.phrases.say(label), text


def _who_signs(telling: Telling, name: str, line: str) -> str:
    """Return the roles that sign an approval in the version that the case is on, in order."""
    approval = telling.definition.find_approval(telling.kind_of(line), name)
    roles = telling.definition.roles
    found = (one.role for one in approval.signatures) if approval else ()
    titles = (said(roles[role].title, telling.phrases.language) if role in roles else "" for role in found)
    return ", ".join(dict.fromkeys(title for title in titles if title))


def _step(telling: Telling, line_id: str, name: str) -> str:
    line = telling.definition.line(telling.kind_of(line_id))
    found = line.begins if line.begins.name == name else line.steps.get(name)
    return (said(found.title, telling.phrases.language) if found else "") or _words(name)


def _on(line_id: str, text: str) -> str:
    return text if line_id == MAIN else f"{line_id}: {text}"


def _words(name: str) -> str:
    return name.replace("_", " ").capitalize()
