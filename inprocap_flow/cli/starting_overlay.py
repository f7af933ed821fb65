"""The questions for a new overlay."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from inprocap_flow.cli import layout
from inprocap_flow.cli.definitions import procedure_file
from inprocap_flow.cli.overlaid import organisation_file
from inprocap_flow.cli.questions import Asker
from inprocap_flow.cli.session import Session
from inprocap_flow.errors import NotFound
from inprocap_flow.language.load import load_procedure
from inprocap_flow.language.model import Definition, said
from inprocap_flow.language.overlays.document import Overlay
from inprocap_flow.service.desk import Desk
from inprocap_flow.service.starting import choices as about
from inprocap_flow.service.starting.overlays import CHANGES, MORE, OverlayAnswers
from inprocap_flow.service.starting.words import name_of, titled

_AMOUNT = re.compile(r"(\d[\d' ]*?) ?([A-Z]{3})")
_ABOVE = "above "
_PERIOD = re.compile(r"(\d+) +((?:working +)?[a-z]+)")


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
    milestone = _milestone(asker, definition, about.milestones(definition), given, "At which milestone is it needed?")
    answers = replace(answers, milestone=milestone)
    answers = replace(answers, role=_who(asker, about.signing_roles(definition), given, "Who signs?"))
    known = definition.roles.get(answers.role)
    who = said(known.title) if known else titled(answers.role)
    answers = _called(asker, answers, given, _fresh(f"Agreement of the {who.lower()}", definition))
    return _threshold(asker, answers, definition, given, "100000")


def _stage(asker: Asker, answers: OverlayAnswers, definition: Definition, given: Mapping[str, Any]) -> OverlayAnswers:
    milestone = _milestone(
        asker, definition, about.detour_milestones(definition), given, "Before which milestone does it come?"
    )
    answers = replace(answers, milestone=milestone)
    answers = replace(answers, role=_who(asker, about.acting_roles(definition), given, "Who carries it out?"))
    answers = _called(asker, answers, given, "Check by our house")
    return _threshold(asker, answers, definition, given, "none")


def _period(asker: Asker, answers: OverlayAnswers, definition: Definition, given: Mapping[str, Any]) -> OverlayAnswers:
    lengthy = about.lengthy(definition)
    deadline = asker.answer(
        "Which deadline gets longer?",
        given["deadline"],
        "standstill" if "standstill" in lengthy else next(iter(lengthy), ""),
        option="--deadline",
        choices=lengthy,
        explained="A deadline can only get longer; what would fall below the law on any day is refused.",
    )
    period = asker.answer(
        "How long is it then?",
        given["period"],
        "20 days",
        option="--period",
        read=_read_period,
        explained="20 days: that long from now on. 10 days more: so much longer than the procedure says; what the law "
        "reduces stays possible, each so much longer.",
    )
    return replace(answers, deadline=deadline, period=period)


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
    new = asker.answer("Which role takes its place?", given["who"], "managing_board", option="--who", read=_read_name)
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
    grants = _who(asker, about.signing_roles(definition), given, "Who grants it?")
    answers = replace(answers, rule=rule, replaces=asks, role=grants)
    return _called(asker, answers, given, f"Exception: {said(definition.rules[rule].title)}")


_ASKED = {"approval": _approval, "stage": _stage, "period": _period, "role": _role, "derogation": _derogation}


# ------------------------------------------------------------------------------------------------ single questions


def _milestone(
    asker: Asker, definition: Definition, known: Mapping[str, str], given: Mapping[str, Any], question: str
) -> str:
    usual = next((one for one in ("awarded", "call_sent", "contract_signed") if one in known), next(iter(known), ""))
    return asker.answer(
        question,
        given["milestone"],
        usual,
        option="--milestone",
        choices=known,
        read=lambda text: _read_milestone(text, definition, known),
        explained="A milestone is a name for the moment at which a step is done. These are reached:",
    )


def _read_milestone(text: str, definition: Definition, known: Mapping[str, str]) -> str:
    name = text.strip()
    if name in known:
        return name
    step = definition.main.steps.get(name)
    if step is not None and step.milestone in known:
        raise ValueError(f"`{name}` is a step; it reaches `{step.milestone}`. Say that.")
    there = "\n".join(layout.pairs(list(known.items())))
    raise ValueError(f"There is no {name!r} here. Choose of:\n{there}")


def _who(asker: Asker, known: Mapping[str, str], given: Mapping[str, Any], question: str) -> str:
    usual = next((one for one in ("legal", "approving_authority") if one in known), next(iter(known), ""))
    return asker.answer(
        question,
        given["who"],
        usual,
        option="--who",
        choices=known,
        own=True,
        read=_read_name,
        explained="A role, not a person. One of these, or a new name, such as managing_board:",
    )


def _called(asker: Asker, answers: OverlayAnswers, given: Mapping[str, Any], default: str) -> OverlayAnswers:
    return replace(answers, called=asker.answer("What is it called?", given["called"], default, option="--called"))


def _threshold(
    asker: Asker, answers: OverlayAnswers, definition: Definition, given: Mapping[str, Any], amount: str
) -> OverlayAnswers:
    """Return *answers* with the value from which the change applies, where the procedure knows a value."""
    money = about.sums(definition)
    known = about.sum_known_at(definition, answers.milestone)
    field = known or next((one for one in ("estimated_value",) if one in money), next(iter(money), ""))
    if not field:
        return answers
    default = amount if amount == "none" else f"{amount} EUR"
    value = asker.answer(
        "From which value on?",
        _given_value(given),
        default,
        option="--above" if given["above"] else "--from-value",
        read=_read_amount,
        explained="An amount with its currency; above 100000 EUR: not at that value, only beyond it; or: none. The "
        "figure is dated and names its source, like one of law.",
    )
    if value == "none":
        return answers
    above, value = value.startswith(_ABOVE), value.removeprefix(_ABOVE)
    field = asker.answer(
        "Which amount of the case is compared with it?", given["value"], field, option="--value", choices=money
    )
    return replace(answers, threshold=value, value=field, above=above)


def _given_value(given: Mapping[str, Any]) -> str | None:
    """Return what was said by one of the two options. Raises a usage error for both."""
    from_value, above = given["from_value"], given["above"]
    if from_value and above:
        raise click.UsageError("--from-value and --above: say one of them; at the value itself only the first applies.")
    return f"{_ABOVE}{above}" if above else from_value


def _fresh(called: str, definition: Definition) -> str:
    """Return *called* so that its name is not taken by an approval of the procedure."""
    return f"{called} here" if name_of(called) in definition.main.approvals else called


def _read_name(text: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9_]*", text.strip()):
        raise ValueError(f"{text!r} cannot be a role: write small letters, digits and _.")
    return text.strip()


def _read_amount(text: str) -> str:
    text = text.strip()
    if text == "none":
        return "none"
    above = _ABOVE if text.startswith(_ABOVE) else ""
    text = text.removeprefix(_ABOVE).strip()
    found = _AMOUNT.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is no amount: write one such as 100000 EUR, or none.")
    return f"{above}{re.sub(chr(39) + '| ', '', found[1])} {found[2]}"


def _read_period(text: str) -> str:
    if not _PERIOD.fullmatch(text.strip().removesuffix(MORE)):
        raise ValueError(f"{text!r} is no period: write one such as 20 days, 6 weeks, 5 working days, 10 days more.")
    return text.strip()
