"""``next``: what can be done now and by whom, what waits for signatures, and every reason why not yet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from inprocap_flow.cli import awaits, clocks, layout, reasons, standing, standing_approvals
from inprocap_flow.cli.bringing import to_bring
from inprocap_flow.cli.offered_to import people_for, recorders
from inprocap_flow.cli.session import Session
from inprocap_flow.cli.subject import Subject, subject
from inprocap_flow.engine.carrying.judge import is_past
from inprocap_flow.engine.case.approvals import Standing
from inprocap_flow.engine.case.records import MAIN, stamp
from inprocap_flow.engine.offers import Offer, Outlook, outlook
from inprocap_flow.language.model import CASE, Step
from inprocap_flow.records import changed, record

SHOWN_LINES = 6  # tracks that share an offer are named up to so many, then counted


@record
class Shared:
    """One offer as it stands on one or several tracks of a kind: the same step with the same reasons."""

    offer: Offer
    lines: tuple[str, ...]


def looked(session: Session, case: str, actor: str | None) -> tuple[Subject, Outlook]:
    """Return the case with time passed, and what can be done about it. Nothing is recorded (ruling 5)."""
    about = subject(session, case)
    found = outlook(about.binding, about.case, about.now, actor=actor)
    return changed(about, case=found.case), found


def say_what_is_next(session: Session, case: str, *, mine: bool = False, brief: bool = False) -> None:
    """Answer ``next``: what can be done now, what waits for signatures, the deadlines and, unless *brief*, what waits.

    *mine*: only what the person may do who is named as acting.
    """
    actor = session.actor if mine else None
    about, found = looked(session, case, actor)
    open_now = sorted((offer for offer in found.offers if offer.is_open), key=lambda offer: _breaks_off(about, offer))
    held = sorted(
        (offer for offer in found.offers if offer.blockers and not offer.by_system),
        key=lambda offer: _breaks_off(about, offer),
    )
    # What somebody has asked for comes first: there people are waiting.
    granted = [one for one in found.derogations if one.is_open]
    held += [one for one in found.derogations if not one.is_open]
    approvals = sorted(
        ((one, who) for one, who in found.approvals if actor is None or actor in who),
        key=lambda pair: not pair[0].state.open,
    )
    session.answer(
        {
            **_next_to_plain(about, open_now, [one for one in held if not one.lifts], approvals),
            "derogations": [offer_to_plain(about, one) for one in found.derogations],
            "reports_awaited": awaits.to_plain(about),
        },
        layout.parts(
            _where(about),
            _open_part(about, share(about, open_now)),
            _derogations_part(about, granted),
            _approvals_part(about, approvals),
            awaits.part(about),
            _deadlines_part(about),
            [] if brief or mine else _held_part(about, share(about, held)),
        ),
    )


def _breaks_off(about: Subject, offer: Offer) -> bool:
    """Return whether a step ends the case before its time; such steps are named last."""
    stages = about.definition.main.stages
    finals = [stages[branch.to].final for branch in offer.step.targets if branch.to in stages]
    return offer.step.line == CASE and bool(finals) and all(final not in (None, "completed") for final in finals)


def share(about: Subject, offers: Iterable[Offer]) -> list[Shared]:
    """Return offers with those of several tracks of one kind put together where nothing but the track differs."""
    found: dict[Any, Shared] = {}
    for offer in offers:
        alike = _sameness(about, offer)
        before = found.get(alike)
        found[alike] = Shared(before.offer, (*before.lines, offer.line)) if before else Shared(offer, (offer.line,))
    return list(found.values())


def _sameness(about: Subject, offer: Offer) -> Any:
    said = tuple((b.code, b.reason.replace(offer.line, ""), b.about) for b in offer.blockers)
    return (offer.step.line, offer.step.name, offer.begins, tuple(people_for(about, offer)), said)


# ---------------------------------------------------------------------------------------------- parts


def _where(about: Subject) -> list[str]:
    main = about.case.main
    lines = [*about.header(), *layout.pairs([("Stands in", standing.where(about, main))], 0)]
    stage = about.definition.main.stages.get(main.state)
    guidance = about.words.text(stage.guidance) if stage else ""
    if guidance:
        lines += ["", *layout.wrapped(guidance, "  ")]
    return lines


def _open_part(about: Subject, shared: list[Shared]) -> list[str]:
    if not shared:
        ended = about.definition.main.stages[about.case.main.state].final is not None
        return [layout.heading("The case has ended." if ended else "Nothing can be done now but what follows.")]
    lines = [layout.heading("Can be done now")]
    for one in shared:
        lines += [*_title(about, one), *layout.pairs(open_rows(about, one), 6, 8)]
    return lines


def _derogations_part(about: Subject, granted: list[Offer]) -> list[str]:
    lines: list[str] = []
    for offer in granted:
        rows = [*open_rows(about, Shared(offer, (MAIN,)))]
        lines += [*_title(about, Shared(offer, (MAIN,))), *layout.pairs(rows, 6, 8)]
    return [layout.heading("Rules that can be lifted, with: derogate CASE NAME"), *lines] if lines else []


def lifted_rules(about: Subject, offer: Offer) -> str:
    """Return the rules that a derogation lifts, by their titles; "" for a step."""
    if not offer.lifts:
        return ""
    from inprocap_flow.service.phrases import rule_words

    return ", ".join(rule_words(about.definition, rule, about.words.text) for rule in offer.lifts)


def _title(about: Subject, one: Shared) -> list[str]:
    step = one.offer.step
    title = about.words.text(step.title)
    if one.offer.lifts:
        return layout.wrapped(f"derogate {step.name}: {title}", "  ", "      ")
    begins = f"begins a {standing.kind_title(about, one.offer.begins)}" if one.offer.begins else ""
    said = ": ".join(filter(None, [step.name, title or begins]))
    if one.offer.begins:
        return layout.wrapped(said, "  ")
    return layout.wrapped(f"{said}{_on(one.lines)}", "  ", "      ")


def _on(lines: tuple[str, ...]) -> str:
    if lines == (MAIN,):
        return ""
    named = ", ".join(lines[:SHOWN_LINES])
    more = f" and {len(lines) - SHOWN_LINES} more" if len(lines) > SHOWN_LINES else ""
    return f"  on {named}{more}"


def open_rows(about: Subject, one: Shared) -> list[tuple[str, str]]:
    """Return by whom a step can be carried out, what must and may come with it, where it leads, and its law."""
    offer = one.offer
    return [
        ("lifts", lifted_rules(about, offer)),
        ("by", _who(about, offer)),
        ("bring", ", ".join(to_bring(about, offer))),
        ("may add", ", ".join((*offer.step.may_fill, *offer.step.may_bring))),
        ("leads to", "" if offer.lifts else _leads_to(about, offer.step)),
        ("law", offer.step.cite or ""),
    ]


def _who(about: Subject, offer: Offer) -> str:
    roles = about.words.roles(about.definition, offer.step.by)
    if acting := people_for(about, offer):
        return f"{roles}: {_named(about, acting)}"
    recording = recorders(about, offer)
    if not recording:
        return f"{roles}: nobody of this organisation now"
    kept_by = about.words.roles(about.definition, tuple(recording))
    people = {person: must for found in recording.values() for person, must in found.items()}
    return f"{roles}: nobody of this organisation; recorded by {kept_by}: {_named(about, people)}"


def _named(about: Subject, able_now: Mapping[str, bool]) -> str:
    return ", ".join(
        f"{about.words.person(person)}{' (must declare interests first)' if must_declare else ''}"
        for person, must_declare in able_now.items()
    )


def _leads_to(about: Subject, step: Step) -> str:
    targets = dict.fromkeys(branch.to for branch in step.targets)
    line = about.definition.line(step.line)
    names = [
        "where it stands" if to == "same" else about.words.address(about.definition, step.line, line.leaf(to))
        for to in targets
        if to == "same" or to in line.stages
    ]
    return " or ".join(names) + (", depending on the facts" if len(names) > 1 else "")


def _approvals_part(about: Subject, approvals: list[tuple[Standing, tuple[str, ...]]]) -> list[str]:
    alike: dict[Any, list[str]] = {}
    for found, who in approvals:
        body = (standing_approvals.approval_state(about, found), *standing_approvals.signature_rows(about, found, who))
        alike.setdefault((standing_approvals.approval_title(about, found), body), []).append(found.line_id)
    lines: list[str] = []
    for (title, (state, *rows)), on in alike.items():
        lines += [*layout.wrapped(f"{title}: {state}{_on(tuple(on))}", "  ", "      "), *layout.pairs(rows, 6)]
    return [layout.heading("Waits for signatures"), *lines] if lines else []


def _deadlines_part(about: Subject) -> list[str]:
    running = [state for state in clocks.by_end(about.case.deadlines) if state.is_open]
    missed = [state for state in clocks.by_end(about.case.deadlines) if state.status == "missed"]
    lines: list[str] = []
    for state in (*missed, *running):
        declared = clocks.declared_deadline(about, state)
        after = f"; then {declared.when_over} by itself" if declared and declared.when_over else ""
        lines += layout.bullet(clocks.line(about, state) + after)
        if state.status == "running" and (safe := clocks.safely(about, state)):
            lines += layout.wrapped(f"can be extended{safe}", "      ")
    return [layout.heading("Deadlines"), *lines] if lines else []


def _held_part(about: Subject, shared: list[Shared]) -> list[str]:
    past = [one for one in shared if is_past(one.offer.blockers)]
    waiting = [one for one in shared if one not in past]
    lines = [layout.heading("Not yet")] if waiting else []
    for one in waiting:
        lines += [
            *_title(about, one),
            *reasons.lines(one.offer.blockers, about.words, about.definition, 6, about.typed),
        ]
        when = reasons.possible_from(one.offer.blockers, about.words)
        lines += layout.wrapped(when, "      ") if when else []
    if past:
        names = ", ".join(dict.fromkeys(one.offer.step.name for one in past))
        lines += layout.wrapped(f"Past, for no step leads the case back to where they were possible: {names}.")
    return lines


# ---------------------------------------------------------------------------------------------- as JSON


def _next_to_plain(
    about: Subject, open_now: list[Offer], held: list[Offer], approvals: list[tuple[Standing, tuple[str, ...]]]
) -> dict[str, Any]:
    return {
        "case": about.case.id,
        "at": stamp(about.now),
        "state": about.case.main.state,
        "stage": about.words.stage(about.definition, about.case.main),
        "version": about.case.version,
        "open": [offer_to_plain(about, offer) for offer in open_now],
        "not_yet": [offer_to_plain(about, offer) for offer in held],
        "approvals": [standing_approvals.approval_to_plain(about, found, who) for found, who in approvals],
        "deadlines": [
            clocks.to_plain(about, state)
            for state in clocks.by_end(about.case.deadlines)
            if state.is_open or state.status == "missed"
        ],
    }


def offer_to_plain(about: Subject, offer: Offer) -> dict[str, Any]:
    """Return an offer as JSON data."""
    step = offer.step
    return {
        "step": step.name,
        "title": about.words.text(step.title),
        "line": offer.line,
        "begins": offer.begins,
        "lifts": list(offer.lifts),
        "roles": list(step.by),
        "who": list(people_for(about, offer)),
        "must_declare_interests": [person for person, must in people_for(about, offer).items() if must],
        "recorded_by": list(dict.fromkeys(who for people in recorders(about, offer).values() for who in people)),
        "fields": list(step.handed_in.fields),
        "documents": list(step.handed_in.documents),
        "reason": step.handed_in.reason,
        "cite": step.cite,
        "blockers": [reasons.to_plain(blocker) for blocker in offer.blockers],
    }
