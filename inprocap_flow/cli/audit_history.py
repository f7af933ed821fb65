"""``history``: every decision of a case in order, with what it changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import click

from inprocap_flow.cli import layout
from inprocap_flow.cli.audit_moments import beginning
from inprocap_flow.cli.session import Session, pass_session
from inprocap_flow.cli.subject import Subject, subject
from inprocap_flow.engine.case.records import MAIN, stamp
from inprocap_flow.service.effect import Effect
from inprocap_flow.service.history import Entry, Refused, interleaved, read_history
from inprocap_flow.service.typing_in import known_line

LABELS = 13  # columns; the longest label is "Not evidenced"
SHORT_HASH = 12
MANY, SHOWN = ("Not evidenced", "Finding"), 3  # labels that an import gives by the dozen, and how many are shown


@click.command()
@click.argument("case")
@click.option("--line", metavar="LINE", help="Only what touched this line: case, supplier/alpha.")
@click.option("--since", metavar="DAY", help="Only what happened, or was entered late, on this day or later.")
@click.option("--full", is_flag=True, help="With whole hashes, the rules behind deadlines, and the values of law used.")
@click.option("--refusals", is_flag=True, help="With what was asked for and refused.")
@pass_session
def history(session: Session, case: str, line: str | None, since: str | None, full: bool, refusals: bool) -> None:
    """Show what happened in CASE, decision by decision.

    Every decision has a number (annul and at use it), the moment it happened, who acted in which role, and what it
    changed, old and new. What was annulled stays, marked. What is sealed is said to be sealed. With --as PERSON,
    only what that person may see.
    """
    about = subject(session, case)
    start = beginning(since, about.words.zone, "--since") if since else None
    who = session.options.get("actor")
    made, refused = read_history(session.reading_desk, about.case.id, about.words, who, refusals=refusals)
    if line is not None and not any(line in one.lines for one in made):
        known_line(about.case, line)  # a track whose beginning was annulled is no line any more, and has a history
    found = [one for one in interleaved(made, refused) if _wanted(one, line, start)]
    session.answer(
        {"case": about.case.id, "authenticated": False, "history": [_plain(one) for one in found]},
        _lines(about, found, line, full=full),
    )


def _wanted(one: Entry | Refused, line: str | None, start: datetime | None) -> bool:
    if isinstance(one, Refused):
        return (line is None or one.line == line) and (start is None or one.at >= start)
    if line is not None and line not in one.lines:
        return False
    return start is None or one.happened.last >= start or (one.late and one.recorded_at >= start)


def _lines(about: Subject, found: list[Entry | Refused], line: str | None, *, full: bool) -> Iterator[str]:
    yield from about.header()
    yield from layout.wrapped("Who acted is as they said; nobody was authenticated.")
    for one in found:
        yield ""
        yield from _refused(one, about) if isinstance(one, Refused) else _entry(one, about, line, full=full)
    if not found:
        yield ""
        yield "Nothing of that kind."


def _entry(entry: Entry, about: Subject, line: str | None, *, full: bool) -> Iterator[str]:
    words = about.words
    number = f"{entry.number:>4}  "
    who = [words.person(entry.actor)]
    who += [words.role(about.definition, entry.role)] if entry.role else []
    who += [f"for {words.person(entry.on_behalf_of)}"] if entry.on_behalf_of else []
    when = words.when(entry.happened.to_plain())
    yield from layout.wrapped(f"{when}  {', '.join(who)}", number, " " * 6)
    place = f"{entry.line}: " if entry.line != MAIN else ""
    yield from (layout.heading(text) for text in layout.wrapped(f"{place}{entry.title}", " " * 6))
    yield from layout.wrapped("; ".join(_marks(entry, about)), " " * 6) if _marks(entry, about) else ()
    shown = [effect for effect in entry.effects if line is None or effect.line == line]
    yield from layout.pairs(_rows(shown, entry, full=full), 6, LABELS)
    if full:
        account = f", account {entry.account} (not authenticated)" if entry.account else ""
        yield from layout.pairs([("Recorded", words.moment(entry.recorded_at) + account)], 6, LABELS)
        named = [f"{kind} {name} [{found}]" for kind, name, found in entry.decided_with]
        yield from layout.pairs(zip(["Decided with", *" " * len(named)], named, strict=False), 6, LABELS)


def _marks(entry: Entry, about: Subject) -> list[str]:
    marks = []
    if entry.annulled_by is not None:
        marks.append(f"ANNULLED by decision {entry.annulled_by}: it does not count")
    if entry.late:
        evidence = f", evidence: {entry.evidence}" if entry.evidence else ""
        place = f", counts after decision {entry.as_of}" if entry.as_of is not None else ""
        marks.append(f"entered late, recorded {about.words.moment(entry.recorded_at)}{place}{evidence}")
    return marks


def _rows(effects: list[Effect], entry: Entry, *, full: bool) -> Iterator[tuple[str, str]]:
    told: Counter[str] = Counter()
    count = Counter(effect.label for effect in effects)
    for before, effect in zip([None, *effects], effects, strict=False):
        told[effect.label] += 1
        if effect.label in MANY and told[effect.label] > SHOWN and not full:
            if told[effect.label] == count[effect.label]:
                yield " ", f"and {count[effect.label] - SHOWN} more (--full lists them)"
            continue
        same = before is not None and before.label == effect.label
        yield " " if same else effect.label, said(effect, entry.line, title=entry.title, full=full)
        if full:
            yield from ((" ", f"- {text}") for text in effect.more)


def said(effect: Effect, line: str = MAIN, *, title: str = "", full: bool = False) -> str:
    """Return an effect as text: ``Estimated value: 1 000 EUR -> 2 000 EUR``.

    Another line than *line* is named; what the *title* above says already is left out.
    """
    place = f"{effect.line}: " if effect.line not in (line, MAIN) else ""
    change = f"{effect.old} -> {effect.new}" if effect.old else effect.new
    if effect.text == "stays":
        text = f"stays in {change}"
    elif effect.text and change:
        text = change if title.endswith(f": {effect.text}") else f"{effect.text}: {change}"
    else:
        text = effect.text or change
    mark = f" [{effect.mark if full else effect.mark[:SHORT_HASH]}]" if effect.mark else ""
    if full and any(effect.mark in detail for detail in effect.more):
        mark = ""  # a detail says the whole of it
    return f"{place}{text}{mark}"


def _refused(one: Refused, about: Subject) -> Iterator[str]:
    role = f", {about.words.role(about.definition, one.role)}" if one.role else ""
    times = f", {one.times} times within a minute" if one.times > 1 else ""
    yield from layout.wrapped(f"{about.words.moment(one.at)}  {about.words.person(one.actor)}{role}", "   -  ", " " * 6)
    place = f"{one.line}: " if one.line != MAIN else ""
    yield from layout.wrapped(f"REFUSED{times}: {place}{one.title}", " " * 6)
    for reason in one.reasons:
        yield from layout.bullet(reason, 6)


def _plain(one: Entry | Refused) -> dict[str, Any]:
    if isinstance(one, Refused):
        return {
            "refused": True,
            "at": stamp(one.at),
            "what": one.title,
            "line": one.line,
            "actor": one.actor,
            "role": one.role,
            "codes": list(one.codes),
            "reasons": list(one.reasons),
            "times": one.times,
        }
    return {
        "refused": False,
        "decision": one.number,
        "outcome": one.outcome,
        "what": one.title,
        "act": one.kind,
        "line": one.line,
        "happened": one.happened.to_plain(),
        "precision": one.happened.precision,
        "recorded_at": stamp(one.recorded_at),
        "entered_late": one.late,
        "counts_after": one.as_of,
        "evidence": one.evidence or None,
        "annulled_by": one.annulled_by,
        "actor": one.actor,
        "role": one.role,
        "on_behalf_of": one.on_behalf_of,
        "account": one.account,
        "decided_with": [{"kind": kind, "name": name, "hash": found} for kind, name, found in one.decided_with],
        "effects": [_effect(effect) for effect in one.effects],
    }


def _effect(effect: Effect) -> dict[str, Any]:
    return {
        "event": effect.seq,
        "kind": effect.kind,
        "line": effect.line,
        "label": effect.label,
        "name": effect.name or None,
        "text": effect.text,
        "old": effect.old or None,
        "new": effect.new or None,
        "hash": effect.mark or None,
        "details": list(effect.more),
    }
