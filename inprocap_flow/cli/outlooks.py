"""``next`` and ``why``: what can be done now and by whom, what waits, and every reason why not yet."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import click

from inprocap_flow.cli import clocks, completing, layout, reasons, standing
from inprocap_flow.cli.session import Session, pass_session
from inprocap_flow.cli.subject import Subject, subject
from inprocap_flow.cli.words import line_name
from inprocap_flow.engine.approvals import Standing
from inprocap_flow.engine.offers import Offer, Outlook, outlook
from inprocap_flow.engine.records import MAIN, stamp
from inprocap_flow.errors import NotFound
from inprocap_flow.language.model import CASE, Step

SHOWN_LINES = 6  # tracks that share an offer are named up to so many, then counted


@dataclass(frozen=True, slots=True)
class Shared:
    """One offer as it stands on one or several tracks of a kind: the same step with the same reasons."""

    offer: Offer
    lines: tuple[str, ...]


def looked(session: Session, case: str, actor: str | None) -> tuple[Subject, Outlook]:
    """Return the case with time passed, and what can be done about it. Nothing is recorded (ruling 5)."""
    about = subject(session, case)
    found = outlook(about.binding, about.case, about.now, actor=actor)
    return replace(about, case=found.case), found


@click.command("next")
@click.argument("case", shell_complete=completing.cases)
@click.option("--mine", is_flag=True, help="Only what the person named with --as may do.")
@click.option("--brief", is_flag=True, help="Leave out what cannot be done yet.")
@pass_session
def next_(session: Session, case: str, mine: bool, brief: bool) -> None:
    """What can be done about CASE now, by whom, with what; what waits for signatures; and what cannot be done yet.

    Example: inprocap-flow next 3f2a91
    """
    actor = session.actor if mine else None
    about, found = looked(session, case, actor)
    open_now = sorted((offer for offer in found.offers if offer.is_open), key=lambda offer: _breaks_off(about, offer))
    held = [offer for offer in found.offers if offer.blockers and not offer.by_system]
    approvals = [(one, who) for one, who in found.approvals if actor is None or actor in who]
    session.answer(
        _next_to_plain(about, open_now, held, approvals),
        layout.parts(
            _where(about),
            _open_part(about, share(open_now)),
            _approvals_part(about, approvals),
            _deadlines_part(about),
            [] if brief or mine else _held_part(about, share(held)),
        ),
    )


def _breaks_off(about: Subject, offer: Offer) -> bool:
    """Return whether a step ends the case before its time; such steps are named last."""
    stages = about.definition.main.stages
    finals = [stages[branch.to].final for branch in offer.step.targets if branch.to in stages]
    return offer.step.line == CASE and bool(finals) and all(final not in (None, "completed") for final in finals)


def share(offers: Iterable[Offer]) -> list[Shared]:
    """Return offers with those of several tracks of one kind put together where nothing but the track differs."""
    found: dict[Any, Shared] = {}
    for offer in offers:
        same = found.get(_sameness(offer))
        found[_sameness(offer)] = (
            Shared(same.offer, (*same.lines, offer.line)) if same else Shared(offer, (offer.line,))
        )
    return list(found.values())


def _sameness(offer: Offer) -> Any:
    reasons_said = tuple((b.code, b.reason.replace(offer.line, ""), b.about) for b in offer.blockers)
    return (offer.step.line, offer.step.name, offer.begins, offer.who, reasons_said)


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
        lines += [*_title(about, one), *layout.pairs(_open_rows(about, one), 6, 8)]
    return lines


def _title(about: Subject, one: Shared) -> list[str]:
    step = one.offer.step
    title = about.words.text(step.title)
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


def _open_rows(about: Subject, one: Shared) -> list[tuple[str, str]]:
    offer = one.offer
    return [
        ("by", _who(about, offer)),
        ("bring", ", ".join(hand_in(about, offer.step))),
        ("may add", ", ".join((*offer.step.may_fill, *offer.step.may_bring))),
        ("leads to", _leads_to(about, offer.step)),
        ("law", offer.step.cite or ""),
    ]


def _who(about: Subject, offer: Offer) -> str:
    roles = about.words.roles(about.definition, offer.step.by)
    return f"{roles}: {about.words.people(offer.who)}" if offer.who else f"{roles}: nobody of this organisation"


def hand_in(about: Subject, step: Step) -> list[str]:
    """Return what comes with a step, in the words in which it is typed."""
    definition = about.definition
    found: list[str] = []
    for name in step.handed_in.fields:
        declared = definition.find_field(step.line, name)
        found.append(f'{name}=... ("{about.words.text(declared.title)}")' if declared else f"{name}=...")
    for name in step.handed_in.documents:
        document = definition.find_document(step.line, name)
        found.append(f'--doc {name}=FILE ("{about.words.text(document.title)}")' if document else f"--doc {name}=FILE")
    return [*found, "--reason TEXT"] if step.handed_in.reason else found


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
    lines: list[str] = []
    for found, who in approvals:
        lines += layout.wrapped(
            f"{standing.approval_title(about, found)}: {standing.approval_state(about, found)}", "  ", "      "
        )
        lines += layout.pairs(standing.signature_rows(about, found), 6)
        lines += layout.pairs([("may sign", about.words.people(who) or "nobody of this organisation can now")], 6)
    return [layout.heading("Waits for signatures"), *lines] if lines else []


def _deadlines_part(about: Subject) -> list[str]:
    running = [state for state in clocks.by_end(about.case.deadlines) if state.status == "running"]
    missed = [state for state in clocks.by_end(about.case.deadlines) if state.status == "missed"]
    lines: list[str] = []
    for state in (*missed, *running):
        declared = clocks.declared_deadline(about, state)
        after = f"; then {declared.when_over} by itself" if declared and declared.when_over else ""
        lines += layout.bullet(clocks.line(about, state) + after)
    return [layout.heading("Deadlines"), *lines] if lines else []


def _held_part(about: Subject, shared: list[Shared]) -> list[str]:
    if not shared:
        return []
    lines = [layout.heading("Not yet")]
    for one in shared:
        lines += [*_title(about, one), *reasons.lines(one.offer.blockers, about.words, about.definition, 6)]
        when = reasons.possible_from(one.offer.blockers, about.words)
        lines += layout.wrapped(when, "      ") if when else []
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
        "approvals": [standing.approval_to_plain(about, found, who) for found, who in approvals],
        "deadlines": [
            clocks.to_plain(about, state)
            for state in clocks.by_end(about.case.deadlines)
            if state.status in ("running", "missed")
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
        "roles": list(step.by),
        "who": list(offer.who),
        "fields": list(step.handed_in.fields),
        "documents": list(step.handed_in.documents),
        "reason": step.handed_in.reason,
        "cite": step.cite,
        "blockers": [reasons.to_plain(blocker) for blocker in offer.blockers],
    }


# ---------------------------------------------------------------------------------------------- why


@click.command()
@click.argument("case", shell_complete=completing.cases)
@click.argument("step", shell_complete=completing.steps)
@click.option("--on", metavar="TRACK", shell_complete=completing.lines, help="The track, such as supplier/alpha.")
@pass_session
def why(session: Session, case: str, step: str, on: str | None) -> None:
    """Why STEP of CASE cannot be carried out yet: every reason with its source and mend, and from when waiting will do.

    With --as, also whether that person may. Example: inprocap-flow why 3f2a91 send_call
    """
    actor = session.options.get("actor")
    about, found = looked(session, case, actor)
    offer = _offered(about, found, step, on) or _not_offered(about, step, on)
    possible = [b.possible_from for b in offer.blockers if b.possible_from]
    waiting = bool(offer.blockers) and len(possible) == len(offer.blockers)
    session.answer(
        {
            "case": about.case.id,
            "at": stamp(about.now),
            **offer_to_plain(about, offer),
            "possible": offer.is_open,
            "possible_from": stamp(max(possible)) if waiting else None,
        },
        layout.parts(about.header(), _why_lines(about, offer)),
    )


def _offered(about: Subject, found: Outlook, name: str, on: str | None) -> Offer | None:
    if on is not None and on not in about.case.lines:
        there = ", ".join(line for line in about.case.lines if line != MAIN) or "no track"
        raise NotFound(f"there is no {on} in this case", mend=f"there is: {there}")
    fitting = [o for o in found.offers if o.step.name == name and (on is None or o.line == on or o.begins)]
    return fitting[0] if fitting else None


def _not_offered(about: Subject, name: str, on: str | None) -> Offer:
    """Return a step that is not offered where its line stands, with the reason that `do` would give."""
    line_id, step = _step_of(about, name, on)
    from inprocap_flow.engine.decide import begin_work, not_offered
    from inprocap_flow.engine.records import Request, When

    work = begin_work(about.binding, about.case, Request("why", ""), about.now, When.exactly(about.now))
    return Offer(line_id, step, (), (), (not_offered(work, line_id, name, step),))


def _step_of(about: Subject, name: str, on: str | None) -> tuple[str, Step]:
    machine = about.binding.machine
    if on is not None:
        step = machine.step(about.case.lines[on].kind, name)
        if step is not None:
            return on, step
    else:
        for line in about.case.lines.values():
            step = machine.step(line.kind, name)
            if step is not None:
                return line.id, step
    raise NotFound(f"there is no step {name[:80]} here", mend=_near(about, name, on))


def _near(about: Subject, name: str, on: str | None) -> str:
    from difflib import get_close_matches

    kinds = [about.case.lines[on].kind] if on else [CASE, *about.definition.tracks]
    known = [step for kind in kinds for step in about.definition.line(kind).steps]
    near = get_close_matches(name, known, 3)
    if near:
        return f"did you mean {' or '.join(near)}?"
    for kind, line in about.definition.tracks.items():
        if name in line.steps or name == line.begins.name:
            return f"it is a step of a {kind}, and there is none yet"
    return f"steps of this case: inprocap-flow read {about.case.procedure}"


def _why_lines(about: Subject, offer: Offer) -> list[str]:
    step = offer.step
    on = f" on {line_name(offer.line)}" if line_name(offer.line) and not offer.begins else ""
    if offer.by_system and not offer.blockers:
        return [f"{step.name}{on} is carried out by the system itself; nobody can ask for it."]
    if offer.is_open:
        rows = _open_rows(about, Shared(offer, (offer.line,)))
        return [layout.heading(f"{step.name}{on} can be carried out now"), *layout.pairs(rows, 2, 8)]
    count = len(offer.blockers)
    first = f"{step.name}{on}: not yet, for {'one reason' if count == 1 else f'{count} reasons'}"
    lines = [layout.heading(first), *reasons.lines(offer.blockers, about.words, about.definition)]
    needs = hand_in(about, step)
    if needs:
        lines += ["", *layout.pairs([("It must come with", ", ".join(needs))], 2)]
    when = reasons.possible_from(offer.blockers, about.words)
    return [*lines, "", when] if when else lines
