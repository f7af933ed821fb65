"""What became, or would become, of each case that a plan is about: the answer of ``migrate``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from inprocap_flow.cli import layout, reasons
from inprocap_flow.cli.alike import Block, together
from inprocap_flow.cli.definitions import counted
from inprocap_flow.cli.session import Session
from inprocap_flow.errors import FlowError

if TYPE_CHECKING:
    from inprocap_flow.engine.case.records import Event
    from inprocap_flow.service.migrating import Moved, Plan


def plain(plan: Plan, moved: Sequence[Moved], dry_run: bool) -> dict[str, Any]:
    """Return the answer for programs."""
    return {
        "procedure": plan.migration.procedure,
        "from": plan.migration.from_version,
        "to": plan.migration.to_version,
        "dry_run": dry_run,
        "cases": [
            {
                "case": one.case_id,
                "title": one.title,
                "outcome": one.outcome.replace(" ", "_"),
                "stage": one.stage,
                "kept": list(one.kept),
                "events": [event.to_plain() for event in one.events],
                "blockers": [reasons.to_plain(blocker) for blocker in one.blockers],
            }
            for one in moved
        ],
    }


def lines(session: Session, plan: Plan, moved: Sequence[Moved], dry_run: bool) -> Iterator[str]:
    """Yield the answer for people; cases of which the same is to be said are one group."""
    what = f"{plan.migration.procedure}, {plan.migration.from_version} to {plan.migration.to_version}"
    yield from map(layout.heading, layout.wrapped(f"{what}{': what would become of each case' if dry_run else ''}"))
    for problem in plan.advice:
        yield from layout.wrapped(f"Mind: {problem.fact} {problem.mend}")
    if not moved:
        yield from layout.wrapped(f"No open case is on {plan.migration.from_version}.")
        return
    yield from together(_block(session, one) for one in moved)
    yield ""
    yield _summary(moved)
    if dry_run and not plan.released:
        yield from layout.wrapped(f"Version {plan.migration.to_version} is not released yet: release it, then migrate.")


def _block(session: Session, one: Moved) -> Block:
    where = f"{one.outcome}, {'stays in' if one.blockers else 'in'} {one.stage}"
    says = (
        _stays(session, one) if one.blockers else [line for text in _what(session, one) for line in layout.bullet(text)]
    )
    return Block(f"{one.case_id}  {one.title}".rstrip(), where, tuple(says))


def _stays(session: Session, one: Moved) -> list[str]:
    """Return why a case stays, each reason with who can do something about it and how."""
    from inprocap_flow.cli.subject import subject

    try:
        about = subject(session, one.case_id)
    except FlowError:  # of another organisation than the one named, or not to be read: then the reasons alone
        texts = dict.fromkeys(_of_line(blocker.line, blocker.reason) for blocker in one.blockers)
        return [line for text in texts for line in layout.bullet(text)]
    return reasons.lines(one.blockers, about.words, about.definition, case=one.case_id)


def _what(session: Session, one: Moved) -> tuple[str, ...]:
    """Return what happens to a case that goes over; what was due already stands apart: it is not for the change."""
    at = next((place for place, event in enumerate(one.events) if event.kind == "migrated"), None)
    if at is None:  # it was there already
        return ()
    due = [
        text for event in one.events[:at] if event.seq not in one.waived and (text := _was_due(event.kind, event.data))
    ]
    said = [f"due before, and carried out first: {', '.join(dict.fromkeys(due))}"] if due else []
    said += _otherwise_called(one.events[at].data)
    said += [
        text for event in one.events[at:] if (text := _said(event.kind, event.data) or _of_clock(session, one, event))
    ]
    said += [_kept(session, one, name) for name in one.kept]
    return tuple(dict.fromkeys((*said, *_new(one.events[at].data))))


def _was_due(kind: str, data: Any) -> str:
    return str(data.get("step")) if kind == "moved" else _said(kind, data)


def _of_clock(session: Session, one: Moved, event: Event) -> str:
    """Return what becomes of a clock, with its end and the one that it had."""
    if event.kind not in _CLOCKS:
        return ""
    name, end = str(event.data["deadline"]), event.data.get("end")
    was = one.ends.get(f"{event.line} {name}")
    text = _of_line(event.line, f"{name} {_CLOCKS[event.kind]}")
    if not end:
        return text
    end, was = _ends(session, one, end, was)
    return f"{text}: ends {end}" + (f", was {was}" if was and was != end else "")


def _kept(session: Session, one: Moved, place: str) -> str:
    line, _, name = place.partition(" ")
    end, _ = _ends(session, one, one.ends[place], None)
    return _of_line(line, f"{name} keeps its end, {end}: it was set by somebody, and recompute does not move it")


def _ends(session: Session, one: Moved, end: str, was: str | None) -> tuple[str, str | None]:
    """Return two ends in the time of the case; as they are recorded where the case is of another organisation."""
    from inprocap_flow.cli.subject import subject

    try:
        words = subject(session, one.case_id).words
    except FlowError:
        return end, was
    return words.end(end), words.end(was) if was else None


def _otherwise_called(data: Any) -> Iterator[str]:
    """Yield what is called otherwise from now on, each once with the lines on which it is."""
    from inprocap_flow.engine.case.kinds import written_kind

    found: dict[str, list[str]] = {}
    for line, told in data.get("lines", {}).items():
        if "kind" in told:
            found.setdefault(f"the kind of track {written_kind(line)} is called {told['kind']}", []).append(line)
        for what in ("fields", "documents", "milestones"):
            for was, now in told.get(what, {}).items():
                found.setdefault(f"the {what.removesuffix('s')} {was} is called {now}", []).append(line)
    yield from (f"the role {was} is called {now}" for was, now in data.get("roles", {}).items())
    for what in ("deadlines", "approvals"):
        for was, now in data.get(what, {}).items():
            line, name = was.split(" ", 1)
            text = f"the {what.removesuffix('s')} {name} is called {now.partition(' ')[2]}"
            found.setdefault(text, []).append(line)
    for text, lines in found.items():
        yield text if lines == ["case"] else f"{text}: {', '.join(lines)}"


def _new(data: Any) -> Iterator[str]:
    from inprocap_flow.service.effects_of_rules import OBLIGATIONS

    for rule in data.get("holds_again", ()):
        yield f"the rule {rule} holds again: no derogation of the new version lifts it as it was lifted"
    for one in data.get("obligations", ()):
        step = f", for {one['step']}" if one.get("step") else ""
        yield _of_line(one["line"], f"new ahead: {OBLIGATIONS.get(one['what'], one['what'])} {one['about']}{step}")


def _of_line(line: str, reason: str) -> str:
    return reason if line == "case" else f"{line}: {reason}"


_CLOCKS = {
    "deadline_recomputed": "recomputed",
    "deadline_corrected": "has another end",
    "deadline_started": "starts",
}


def _said(kind: str, data: Any) -> str:
    name = str(data.get("deadline") or data.get("approval") or "")
    return {
        "deadline_stopped": f"{name} stopped",
        "approval_voided": f"signatures of {name} are void",
        "approval_asked": f"{name} asked for again",
        "filled": "values filled in",
        "watch_tripped": f"the watch {data.get('watch')} asks for an approval",
    }.get(kind, "")


def _summary(moved: Sequence[Moved]) -> str:
    from collections import Counter

    found = Counter(one.outcome for one in moved)
    parts = ", ".join(f"{count} {outcome}" for outcome, count in found.items())
    return f"{counted(len(moved), 'case')}: {parts}."
