"""``why``: one step, and every reason why it cannot be carried out yet. The same code as ``do`` gives them.

Acts on deadlines and signatures are answered by `cli.whys_acts`.
"""

from __future__ import annotations

import click

from inprocap_flow.cli import completing, layout, reasons, standing
from inprocap_flow.cli.bringing import to_bring
from inprocap_flow.cli.outlooks import Shared, looked, offer_to_plain, open_rows
from inprocap_flow.cli.session import Session, pass_session
from inprocap_flow.cli.subject import Subject
from inprocap_flow.cli.words import line_name
from inprocap_flow.engine.carrying.judge import begin_blockers
from inprocap_flow.engine.case.records import MAIN, stamp
from inprocap_flow.engine.offers import COMES_WITH_IT, Offer, Outlook, derogation_elsewhere
from inprocap_flow.errors import NotFound
from inprocap_flow.language.model import CASE, CLOCK_ACTS, Step

SIGN = "sign"


@click.command()
@click.argument("case", shell_complete=completing.cases)
@click.argument("step", shell_complete=completing.steps)
@click.argument("name", required=False, metavar="[DEADLINE|APPROVAL]", shell_complete=completing.deadlines)
@click.option("--on", metavar="TRACK", shell_complete=completing.lines, help="The track, such as supplier/alpha.")
@pass_session
def why(session: Session, case: str, step: str, name: str | None, on: str | None) -> None:
    """Why STEP of CASE cannot be carried out yet: every reason with its source and mend, and from when waiting will do.

    STEP may be a derogation or an approval, too. `extend DEADLINE` (or suspend, resume, satisfy, stop, restart,
    correct) says who may do that and between which ends; `sign APPROVAL` who can sign. With --as, also whether that
    person may.

    Example: inprocap-flow why 3f2a91 send_call
    """
    if name is not None and step not in (*CLOCK_ACTS, SIGN):
        kinds = ", ".join((*CLOCK_ACTS, SIGN))
        raise click.UsageError(f"{step} takes no name behind it; only these do: {kinds}.")
    actor = session.options.get("actor")
    about, found = looked(session, case, actor)
    _known_track(about, on)
    if name is not None:
        _answer_act(session, about, step, name, on)
        return
    offer = _offered(found, step, on) or _derogation(about, found, step, on)
    also = about.definition.find_approval(_kind(about, on), step) is not None
    if offer is None and also and not _is_step(about, step, on):
        _answer_act(session, about, SIGN, step, on)
        return
    offer = offer or _not_offered(about, step, on)
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
        layout.parts(about.header(), _why_lines(about, offer), _approval_too(about, step, on) if also else []),
    )


def _is_step(about: Subject, name: str, on: str | None) -> bool:
    kinds = [_kind(about, on)] if on is not None else [CASE, *about.definition.tracks]
    return any(name in about.definition.line(kind).steps for kind in kinds)


def _approval_too(about: Subject, name: str, on: str | None) -> list[str]:
    """Return how to ask about the approval that has the name of the step, which alone was answered for."""
    track = f" --on {on}" if on is not None else ""
    return layout.wrapped(f"An approval is called so, too: inprocap-flow why {about.typed} {SIGN} {name}{track}")


def _answer_act(session: Session, about: Subject, kind: str, name: str, on: str | None) -> None:
    from inprocap_flow.cli import whys_acts  # only whoever asks about one waits for it

    if kind == SIGN:
        whys_acts.answer_signature(session, about, name, on)
    else:
        whys_acts.answer_act(session, about, kind, name, on)


def _kind(about: Subject, on: str | None) -> str:
    return about.case.lines[on].kind if on is not None else CASE


def _known_track(about: Subject, on: str | None) -> None:
    if on is not None and on not in about.case.lines:
        there = ", ".join(line for line in about.case.lines if line != MAIN) or "no track"
        raise NotFound(f"there is no {on} in this case", mend=f"there is: {there}")


def _offered(found: Outlook, name: str, on: str | None) -> Offer | None:
    """Return how *name* is offered on the track that is meant, else wherever it can be carried out, else anywhere."""
    fitting = [o for o in found.offers if o.step.name == name and (on is None or o.line == on or o.begins)]
    return min(fitting, key=lambda o: (o.line != on, not o.is_open), default=None)


def _derogation(about: Subject, found: Outlook, name: str, on: str | None) -> Offer | None:
    """Return the derogation *name*, if no step of the case is called so."""
    if on is not None or name in about.definition.main.steps:
        return None
    offered = next((one for one in found.derogations if one.step.name == name), None)
    return offered or derogation_elsewhere(about.binding, about.case, name, about.now)


def _not_offered(about: Subject, name: str, on: str | None) -> Offer:
    """Return a step that is not offered where its line stands, with the reason that `do` would give."""
    line_id, step = _step_of(about, name, on)
    if on is None and step.line != CASE and step is about.definition.tracks[step.line].begins:
        found = begin_blockers(standing.facts(about, MAIN), step)
        held = tuple(blocker for blocker in found if blocker.code not in COMES_WITH_IT)
        return Offer(MAIN, step, (), (), held, begins=step.line)
    from inprocap_flow.engine.acts.steps import not_offered
    from inprocap_flow.engine.carrying.beginning import begin_work
    from inprocap_flow.engine.case.records import Request, When

    work = begin_work(about.binding, about.case, Request("why", ""), about.now, When.exactly(about.now))
    return Offer(line_id, step, (), (), (not_offered(work, line_id, name, step),))


def _step_of(about: Subject, name: str, on: str | None) -> tuple[str, Step]:
    machine = about.binding.machine
    if on is not None:
        step = machine.step(about.case.lines[on].kind, name)
        if step is not None:
            return on, step
    else:
        begun = (line.begins for line in about.definition.tracks.values() if line.begins.name == name)
        if (step := next(begun, None)) is not None:
            return MAIN, step
        for line in about.case.lines.values():
            step = machine.step(line.kind, name)
            if step is not None:
                return line.id, step
    raise NotFound(f"there is no step {name[:80]} here", mend=_act_meant(about, name, on) or _near(about, name, on))


def _act_meant(about: Subject, name: str, on: str | None) -> str:
    """Return how to ask about an act on a deadline where somebody typed the act, or the deadline, alone; else ""."""
    known = {**about.definition.main.deadlines, **about.definition.line(_kind(about, on)).deadlines}
    chosen = [one for one in known.values() if one.acts and name in (one.name, *one.acts)]
    asked = [f"{kind} {one.name}" for one in chosen for kind in one.acts if name in (kind, one.name)]
    return f"ask about an act on a deadline: why {about.typed} {' or '.join(asked[:4])}" if asked else ""


def _near(about: Subject, name: str, on: str | None) -> str:
    from difflib import get_close_matches

    for kind, line in about.definition.tracks.items():
        if name in line.steps and not on:
            return f"it is a step of a {kind}, and there is none yet"
    kinds = [about.case.lines[on].kind] if on else [CASE, *about.definition.tracks]
    known = [step for kind in kinds for step in about.definition.line(kind).steps]
    near = get_close_matches(name, known, 3)
    if near:
        return f"did you mean {' or '.join(near)}?"
    return f"steps of this case: inprocap-flow read {about.case.procedure}"


def _why_lines(about: Subject, offer: Offer) -> list[str]:
    step = offer.step
    on = f" on {line_name(offer.line)}" if line_name(offer.line) and not offer.begins else ""
    if offer.by_system and not offer.blockers:
        return [f"{step.name}{on} is carried out by the system itself; nobody can ask for it."]
    if offer.is_open:
        rows = open_rows(about, Shared(offer, (offer.line,)))
        can = "can be granted" if offer.lifts else "can be carried out"
        return [layout.heading(f"{step.name}{on} {can} now"), *layout.pairs(rows, 2, 8)]
    count = len(offer.blockers)
    first = f"{step.name}{on}: not yet, for {'one reason' if count == 1 else f'{count} reasons'}"
    lines = [layout.heading(first), *reasons.lines(offer.blockers, about.words, about.definition, case=about.typed)]
    needs = to_bring(about, offer)
    if needs:
        lines += ["", *layout.pairs([("It must come with", ", ".join(needs))], 2)]
    when = reasons.possible_from(offer.blockers, about.words)
    return [*lines, "", when] if when else lines
