"""What is said besides the events after some acts: who can sign, what an annulment took away, who is not reached."""

from __future__ import annotations

from inprocap_flow.cli import layout, standing_approvals
from inprocap_flow.cli.session import Session
from inprocap_flow.cli.subject import Subject
from inprocap_flow.engine.case.approvals import Standing
from inprocap_flow.engine.case.records import Case, Decision, Request
from inprocap_flow.engine.offers import outlook
from inprocap_flow.records import changed


def can_sign(case: Case, asked: Request, about: Subject) -> list[str]:
    """Return who can sign the approval that was asked for, signature by signature, and how."""
    return _signers(case, asked, about, "Who signs:")[1]


def still_missing(case: Case, asked: Request, about: Subject) -> list[str]:
    """Return who has still to sign what was just signed, and that nobody was asked; nothing where all have."""
    found, lines = _signers(case, asked, about, "Still to be signed:")
    if found is None or found.given or found.state.open:
        return lines
    text = "Mind: nobody was asked for it, so nobody is told or reminded that it waits. Ask for it:"
    command = f"inprocap-flow ask {about.typed} {asked.name}{_on(asked)}"
    return [*lines, "", *layout.wrapped(text), *layout.wrapped(command, "  ", "      ")]


def _signers(case: Case, asked: Request, about: Subject, heading: str) -> tuple[Standing | None, list[str]]:
    """Return the approval that *asked* names, if a step waits for it, and who signs it, under *heading*."""
    now = changed(about, case=case)
    for found, who in outlook(about.binding, case, about.now).approvals:
        if (found.approval.name, found.line_id) == (asked.name, asked.line):
            named = f"inprocap-flow sign {about.typed} {asked.name}{_on(asked)} --as PERSON"
            rows = layout.pairs(standing_approvals.signature_rows(now, found, who), 4)
            return found, ["", layout.heading(heading), *rows, *layout.wrapped(named, "  ")]
    return None, []


def _on(asked: Request) -> str:
    return f" --on {asked.line}" if asked.line != "case" else ""


def annulled(session: Session, outcome: Decision, about: Subject) -> list[str]:
    """Return the decisions that count no more, by title, moment and person, with what each had brought about."""
    from inprocap_flow.service.history import entries
    from inprocap_flow.service.sight import Sight

    numbers = {number for event in outcome.events if event.kind == "annulled" for number in event.data["decisions"]}
    with session.reading_desk.store.reading() as reading:
        events = reading.events(about.case.id)
    lines: list[str] = []
    for entry in entries(events, Sight(about.binding, about.case, about.now, about.words)):
        if entry.number in numbers:
            at, by = about.words.when(entry.happened.to_plain()), about.words.person(entry.actor)
            lines += layout.bullet(f"{entry.number}: {entry.title}, {at}, by {by}")
            for effect in entry.effects:
                was = ": ".join(part for part in (effect.text, effect.new) if part)
                lines += layout.wrapped(f"{effect.label}: {was}", "      ", "        ")
    return ["", layout.heading("That was:"), *lines] if lines else []


def nobody_speaks(session: Session, case: Case, line_id: str, about: Subject) -> list[str]:
    """Return that no message reaches a firm that somebody else registered: nobody who speaks for it is known here."""
    from inprocap_flow.service.roster import readers

    line = case.lines.get(line_id)
    speaks = [role.name for role in about.definition.roles.values() if line and role.speaks_for == line.kind]
    own = any(line_id in person.speaks_for for person in about.binding.organisation.people.values())
    if line is None or line.speakers or own or not speaks:
        return []
    with session.reading_desk.store.reading() as reading:
        if readers(reading.people(case.organisation), case.id, line_id):
            return []
    text = (
        f"Mind: nobody who speaks for {line_id} is known here, so no message reaches it: pass on what it must be told, "
        "or say where it is reached:"
    )
    command = f"inprocap-flow people reach {about.typed} {line_id} --email ADDRESS"
    return ["", *layout.wrapped(text), *layout.wrapped(command, "  ", "      ")]
