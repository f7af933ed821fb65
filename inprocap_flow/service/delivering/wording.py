"""One message in words: what, until when, why, what to do. Never a value of a field, never somebody's name.

Everything is taken from what cannot change any more (the message, the events of its decision, the released version),
so that a message that is sent again says the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from inprocap_flow.delivery.parcels import Item
from inprocap_flow.engine.case.records import unstamp
from inprocap_flow.language.model import said
from inprocap_flow.service.delivering.ends import deadlines
from inprocap_flow.service.delivering.migrations import migrated
from inprocap_flow.service.delivering.reminders import reminder
from inprocap_flow.service.delivering.telling import Said, Telling, anything
from inprocap_flow.service.phrases import notice
from inprocap_flow.store.deliveries import Posted

FEW = 2  # titles in a heading; more stand below it
Facts = list[tuple[str, str]]


def item(telling: Telling) -> Item:
    """Return *telling* as an item of a letter."""
    message, phrases = telling.message, telling.phrases
    said_ = _SAYINGS.get(message.kind, anything)(telling)
    facts: Facts = [(phrases.say("case"), telling.title or telling.case_id)]
    if telling.title and not telling.outside:
        facts.append(("", telling.case_id))
    if telling.line:
        facts.append((phrases.say("on"), telling.line))
    facts += [fact for fact in said_.facts if fact[1]]
    late = phrases.say("late", due=phrases.moment(unstamp(telling.detail("due_at")))) if _is_late(message) else ""
    what = phrases.say("escalation", what=said_.what) if message.detail.get("escalation") else said_.what
    return Item(what, tuple(facts), phrases.say(said_.to_do) if said_.to_do else "", said_.command, late)


def _is_late(message: Posted) -> bool:
    return bool(message.detail.get("late")) and bool(message.detail.get("due_at"))


# ---------------------------------------------------------------------------------------------- kinds of messages


def _told(telling: Telling) -> Said:
    message, phrases = telling.message, telling.phrases
    if message.subject == "approval_declined":
        name = message.about[0] if message.about else ""
        what = phrases.say("approval_declined", approval=telling.titled("approval", name))
        because = (*_declined(telling, name), *telling.why("approval", name))
        return Said(what, because, "look", telling.command(f"history {telling.case_id}"))
    if message.subject == "expiry_refused":
        step = message.about[0] if message.about else ""
        what = phrases.say("expiry_refused", step=_step_title(telling, step))
        return Said(what, (), "see_why", telling.command(f"why {telling.case_id} {step}"))
    facts = [(phrases.say("documents"), telling.names), *_happened(telling), *deadlines(telling), *_ground(telling)]
    facts += _cited(telling)
    what = f"{telling.step}." if telling.acted_on else phrases.say("told", step=telling.step)
    return Said(what, tuple(facts), "look", telling.command(f"show {telling.case_id}"))


def _declined(telling: Telling, name: str) -> Iterator[tuple[str, str]]:
    """Yield who declined (the role, with the id that the record holds) and why."""
    declined = (one for one in telling.decision if one.kind == "approval_declined" and one.data["approval"] == name)
    for event in declined:
        role = telling.definition.roles.get(event.role or "")
        title = said(role.title, telling.phrases.language) if role else ""
        yield telling.phrases.say("by"), f"{title} ({event.actor})" if title else event.actor
        yield telling.phrases.say("reason"), str(event.data.get("reason") or "")


def _step_title(telling: Telling, name: str) -> str:
    found = telling.definition.line(telling.kind).steps.get(name)
    return (said(found.title, telling.phrases.language) if found else "") or name.replace("_", " ").capitalize()


def _happened(telling: Telling) -> Iterator[tuple[str, str]]:
    """Yield when it happened, where that is known to the minute: it may have been entered days later."""
    if telling.decision and telling.decision[0].happened.is_exact:
        yield telling.phrases.say("when"), telling.phrases.moment(telling.decision[0].happened.last)


def _ground(telling: Telling) -> Iterator[tuple[str, str]]:
    """Yield why something was done to a deadline; they are the inside's own words, so a firm is not told."""
    if telling.acted_on and not telling.outside:
        grounds = dict.fromkeys(str(event.data["ground"]) for event in telling.decision if event.data.get("ground"))
        yield telling.phrases.say("reason"), "; ".join(grounds)


def _cited(telling: Telling) -> Iterator[tuple[str, str]]:
    cites = dict.fromkeys(str(event.data["cite"]) for event in telling.decision if event.data.get("cite"))
    if cites:
        yield telling.phrases.say("why"), "; ".join(cites)


def _published(telling: Telling) -> Said:
    names, phrases = telling.names, telling.phrases
    if len(telling.message.about) <= FEW:
        what, about = phrases.say("published", names=names or telling.step), ""
    else:
        what, about = phrases.say("published_many", count=len(telling.message.about)), names
    facts = [(phrases.say("documents"), about), *_happened(telling), *_cited(telling)]
    return Said(what, tuple(facts), "look", telling.command(f"show {telling.case_id}"))


def _notice(telling: Telling) -> Said:
    found = [event.data["notice"] for event in telling.decision if event.kind == "noticed"]
    what = telling.phrases.say("notice", notice=notice(found[0]) if found else telling.step)
    facts = (*_happened(telling), *_cited(telling))
    return Said(what, facts, "look", telling.command(f"show {telling.case_id}"))


def _asked(telling: Telling) -> Said:
    message, phrases = telling.message, telling.phrases
    name = message.about[0] if message.about else message.subject
    title = telling.titled("approval", name)
    watch = message.subject != name
    what = phrases.say("watch" if watch else "asked", approval=title, watch=message.subject)
    on = f" --on {telling.line}" if telling.line else ""
    sign = telling.command(f"sign {telling.case_id} {telling.approval or name}{on}")
    return Said(what, telling.why("approval", name), "sign", sign)


def _correction(telling: Telling) -> Said:
    phrases = telling.phrases
    reasons = [str(event.data.get("reason", "")) for event in telling.decision if event.kind == "annulled"]
    # The reason is the inside's own words; a firm is told that, not why.
    facts = [] if telling.outside else [(phrases.say("reason"), reason) for reason in reasons]
    what = phrases.say("correction", subject=telling.step)
    return Said(what, tuple(facts), "look", telling.command(f"history {telling.case_id}"))


def _undelivered(telling: Telling) -> Said:
    phrases = telling.phrases
    because = telling.detail("because")
    facts = [(phrases.say("message"), telling.step), (phrases.say("reason"), phrases.say(because) if because else "")]
    kind = telling.detail("to").partition(":")[0]
    firm = kind == "track" and because == "no-address"
    where = "address_firm" if firm else "address_person" if kind in ("role", "person", "track") else ""
    facts.append((phrases.say("address"), phrases.say(where) if where else ""))
    what = phrases.say("undelivered_firm" if firm else "undelivered", whom=_whom(telling))
    return Said(what, tuple(facts), "look", telling.command(f"deliveries list --case {telling.case_id}"))


def _whom(telling: Telling) -> str:
    kind, _, name = telling.detail("to").partition(":")
    if kind == "role" and name in telling.definition.roles:
        role = said(telling.definition.roles[name].title, telling.phrases.language) or name
        return telling.phrases.say("the_role", role=role)
    return name or kind


def _report_refused(telling: Telling) -> Said:
    """Say that a linked case took no report: to whoever answers for the case that reported, or that was told."""
    here = telling.detail("from") == telling.case_id
    what = telling.phrases.say("report_refused" if here else "report_refused_here", report=_report_title(telling))
    codes = telling.message.detail.get("codes") or ()
    facts = [
        (telling.phrases.say("linked"), telling.detail("to" if here else "from")),
        (telling.phrases.say("reason"), ", ".join(str(code).replace("-", " ") for code in codes)),
    ]
    look = telling.command(f"history {telling.detail('to')} --refusals")
    return Said(what, tuple(facts), "see_why", look)


def _report_annulled(telling: Telling) -> Said:
    what = telling.phrases.say("report_annulled", report=_report_title(telling))
    facts = ((telling.phrases.say("linked"), telling.detail("from")),)
    return Said(what, facts, "look", telling.command(f"history {telling.detail('from')}"))


def _report_title(telling: Telling) -> str:
    return telling.message.subject.replace("_", " ")


_SAYINGS: Mapping[str, Callable[[Telling], Said]] = {
    "told": _told,
    "published": _published,
    "notice": _notice,
    "migrated": migrated,
    "asked": _asked,
    "correction": _correction,
    "undelivered": _undelivered,
    "report_refused": _report_refused,
    "report_annulled": _report_annulled,
    "reminder": reminder,
}
