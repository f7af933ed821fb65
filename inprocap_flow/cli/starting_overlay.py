"""The questions for a new overlay."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from inprocap_flow.cli.definitions import procedure_file
from inprocap_flow.cli.overlaid import organisation_file
from inprocap_flow.cli.questions import Asker
from inprocap_flow.cli.session import Session
from inprocap_flow.cli.starting_overlay_questions import (
    asked_milestone,
    asked_name,
    asked_role,
    asked_threshold,
    fresh,
    read_name,
    read_offset,
    read_period,
)
from inprocap_flow.errors import NotFound
from inprocap_flow.language.load import load_procedure
from inprocap_flow.language.model import Definition, said
from inprocap_flow.language.overlays.document import Overlay
from inprocap_flow.service.desk import Desk
from inprocap_flow.service.starting import choices as about
from inprocap_flow.service.starting.overlays import CHANGES, OverlayAnswers
from inprocap_flow.service.starting.words import in_a_sentence, titled


def overlay_answers(
    session: Session, desk: Desk, asker: Asker, name: str, given: Mapping[str, Any], there: Overlay | None = None
) -> tuple[OverlayAnswers, Definition, Path | None]:
    """Return the answers, the first procedure as it is without the overlay, and the organisation's file if any.

    *there* is the overlay to which a change is added: whose it is, and for which procedures, is not asked again; the
    roles and rules that it has declared already stand beside those of the procedure.
    """
    if there is None:
        whose, file = _whose(session, desk, asker, given)
        procedures = _procedures(desk, asker, given)
    else:
        whose = {"organisation": there.organisation or "", "national": there.national or ""}
        file = organisation_file(desk, there.organisation) if there.organisation else None
        procedures = _of_its_procedures(desk, asker, given, there)
    definition = procedures[0] if there is None else about.with_own(procedures[0], there)
    change = asker.answer(
        "What comes first?",
        given["change"],
        "approval",
        option="--change",
        choices=CHANGES,
        explained="One change at a time. The next is added with: new overlay NAME --add, or by hand.",
    )
    answers = OverlayAnswers(
        name=name,
        title=_title(asker, name, given) if there is None else said(there.title),
        procedures={one.name: one.version for one in procedures},
        change=change,
        organisation=whose.get("organisation", ""),
        national=whose.get("national", ""),
    )
    return _ASKED[change](asker, answers, definition, given), definition, file


def _title(asker: Asker, name: str, given: Mapping[str, Any]) -> str:
    return asker.answer("What shall people read as its title?", given["title"], titled(name), option="--title")


def _of_its_procedures(desk: Desk, asker: Asker, given: Mapping[str, Any], there: Overlay) -> list[Definition]:
    """Return the procedures of the overlay for which the change is. Raises a usage error for another one."""
    names, known = list(given["procedures"]), list(there.written_for)
    if not names and len(known) > 1:
        typed = asker.answer(
            "For which of its procedures?", None, ", ".join(known), option="--procedure",
            explained=f"Several with commas between them. It was written for: {', '.join(known)}.",
        )  # fmt: skip
        names = [part.strip() for part in typed.split(",") if part.strip()]
    if unknown := [name for name in names if name not in known]:
        mend = f"Add {unknown[0]} with its version under `for:` first."
        raise click.UsageError(f"--procedure: {there.name} was not written for {unknown[0]}. {mend}")
    files = [procedure_file(desk, one) for one in names or known]
    return [load_procedure(file, desk.definitions, hook_lookup=desk.hooks.lookup) for file in files]


def _whose(session: Session, desk: Desk, asker: Asker, given: Mapping[str, Any]) -> tuple[dict[str, str], Path | None]:
    """Return whose rules these are: a country's, or those of an organisation that has a file. Raises NotFound."""
    if given["country"]:
        return {"national": str(given["country"]).upper()}, None
    set_ = session.options.get("organisation")
    known = sorted({file.stem for folder in desk.definitions for file in (folder / "organisations").glob("*.yaml")})
    name = asker.answer(
        "For which organisation?",
        str(set_) if set_ else None,
        session.settings.organisation or "",
        option="--organisation",
        choices=dict.fromkeys(known, ""),
        own=True,
        explained="Whose house rules these are. For the law of a country, stop here and say --country CODE.",
    )
    file = organisation_file(desk, name)
    if file is None:
        mend = f"start one first: inprocap-flow new organisation {name}"
        raise NotFound(f"there is no organisation {name} among the definitions", mend=mend)
    return {"organisation": file.stem}, file


def _procedures(desk: Desk, asker: Asker, given: Mapping[str, Any]) -> list[Definition]:
    names = list(given["procedures"])
    if not names:
        known = sorted({file.stem for folder in desk.definitions for file in folder.glob("*.yaml")})
        known = [one for one in known if "." not in one]
        typed = asker.answer(
            "For which procedures?",
            None,
            "open" if "open" in known else "",
            option="--procedure",
            explained=f"Several with commas between them. There are: {', '.join(known)}.",
        )
        names = [part.strip() for part in typed.split(",") if part.strip()]
    files = dict.fromkeys(procedure_file(desk, one) for one in names)
    return [load_procedure(file, desk.definitions, hook_lookup=desk.hooks.lookup) for file in files]


# ------------------------------------------------------------------------------------------------- by kind of change


def _approval(
    asker: Asker, answers: OverlayAnswers, definition: Definition, given: Mapping[str, Any]
) -> OverlayAnswers:
    milestone = asked_milestone(
        asker, definition, about.milestones(definition), given, "At which milestone is it needed?"
    )
    answers = replace(answers, milestone=milestone)
    answers = replace(answers, role=asked_role(asker, about.signing_roles(definition), given, "Who signs?"))
    known = definition.roles.get(answers.role)
    who = said(known.title) if known else titled(answers.role)
    answers = asked_name(asker, answers, given, fresh(f"Agreement of the {in_a_sentence(who)}", definition))
    return asked_threshold(asker, answers, definition, given, "100000")


def _stage(asker: Asker, answers: OverlayAnswers, definition: Definition, given: Mapping[str, Any]) -> OverlayAnswers:
    milestone = asked_milestone(
        asker, definition, about.detour_milestones(definition), given, "Before which milestone does it come?"
    )
    answers = replace(answers, milestone=milestone)
    answers = replace(answers, role=asked_role(asker, about.acting_roles(definition), given, "Who carries it out?"))
    answers = asked_name(asker, answers, given, "Check by our house")
    return asked_threshold(asker, answers, definition, given, "none")


def _period(asker: Asker, answers: OverlayAnswers, definition: Definition, given: Mapping[str, Any]) -> OverlayAnswers:
    explained = "A deadline can only get longer; what would fall below the law on any day is refused."
    deadline = _asked_deadline(asker, about.lengthy(definition), given, "Which deadline gets longer?", explained)
    period = asker.answer(
        "How long is it then?",
        given["period"],
        "20 days",
        option="--period",
        read=read_period,
        explained="20 days: that long from now on. 10 days more: so much longer than the procedure says; what the law "
        "reduces stays possible, each so much longer.",
    )
    return replace(answers, deadline=deadline, period=period)


def _asked_deadline(
    asker: Asker, known: Mapping[str, str], given: Mapping[str, Any], question: str, explained: str
) -> str:
    proposed = "standstill" if "standstill" in known else next(iter(known), "")
    found: str = asker.answer(
        question, given["deadline"], proposed, option="--deadline", choices=known, explained=explained
    )
    return found


def _reminder(
    asker: Asker, answers: OverlayAnswers, definition: Definition, given: Mapping[str, Any]
) -> OverlayAnswers:
    explained = "Whom the procedure reminds of it is reminded as before."
    deadline = _asked_deadline(asker, about.deadlines(definition), given, "Of which deadline?", explained)
    who = asked_role(asker, about.seeing_roles(definition), given, "Who is reminded?")
    before = asker.answer("How long before its end?", given["before"], "1 week", option="--before", read=read_offset)
    return replace(answers, deadline=deadline, role=who, period=before)


def _role(asker: Asker, answers: OverlayAnswers, definition: Definition, given: Mapping[str, Any]) -> OverlayAnswers:
    roles = about.acting_roles(definition)
    old = asker.answer(
        "Which role is replaced?",
        given["in_place_of"],
        "approving_authority" if "approving_authority" in roles else next(iter(roles), ""),
        option="--in-place-of",
        choices=roles,
        explained="Everywhere in the procedure. The new role is at least as strict as the old one.",
    )
    new = asker.answer("Which role takes its place?", given["who"], "managing_board", option="--who", read=read_name)
    if new in definition.roles:
        raise click.UsageError(f"--who: {new} is a role of {definition.name} already; name a new one.")
    return replace(answers, replaces=old, role=new)


def _derogation(
    asker: Asker, answers: OverlayAnswers, definition: Definition, given: Mapping[str, Any]
) -> OverlayAnswers:
    rules = about.liftable(definition)
    if not rules:
        mend = "Start with --change stage: what it writes brings a rule of your house, which a derogation can lift."
        fact = f"No rule of {definition.name} may be lifted: all rest on law, a grant or a contract."
        raise click.UsageError(f"{fact} {mend}")
    rule = asker.answer(
        "Which rule may be lifted?",
        given["rule"],
        "",  # nobody's default: what is lifted is decided by somebody
        option="--rule",
        choices=rules,
        explained="Only rules of custom and of the house can be lifted, each time by a decision that is recorded.",
    )
    acting = about.acting_roles(definition)
    first = "procurement_officer" if "procurement_officer" in acting else next(iter(acting))
    asks = asker.answer("Who may ask for it?", given["asked_by"], first, option="--asked-by", choices=acting)
    grants = asked_role(asker, about.signing_roles(definition), given, "Who grants it?")
    answers = replace(answers, rule=rule, replaces=asks, role=grants)
    return asked_name(asker, answers, given, f"Exception: {said(definition.rules[rule].title)}")


_ASKED = {
    "approval": _approval,
    "stage": _stage,
    "period": _period,
    "reminder": _reminder,
    "role": _role,
    "derogation": _derogation,
}


# ------------------------------------------------------------------------------------------------ single questions
