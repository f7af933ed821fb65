"""Single questions of `new overlay`: at which milestone, by whom, under which name, from which amount, how long."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import click

from inprocap_flow.calendar.bad_values import BadValue
from inprocap_flow.calendar.periods import parse_offset
from inprocap_flow.cli import layout
from inprocap_flow.cli.questions import Asker
from inprocap_flow.language.model import Definition
from inprocap_flow.service.starting import choices as about
from inprocap_flow.service.starting.overlays import MORE, OverlayAnswers
from inprocap_flow.service.starting.words import name_of

_AMOUNT = re.compile(r"(\d[\d' ]*?) ?([A-Z]{3})")
_ABOVE = "above "
_PERIOD = re.compile(r"(\d+) +((?:working +)?[a-z]+)")


def asked_milestone(
    asker: Asker, definition: Definition, known: Mapping[str, str], given: Mapping[str, Any], question: str
) -> str:
    """Return one of the milestones *known*, each with what reaches it."""
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


def asked_role(asker: Asker, known: Mapping[str, str], given: Mapping[str, Any], question: str) -> str:
    """Return the role that is to act: one of those *known*, or a new name."""
    usual = next((one for one in ("legal", "approving_authority") if one in known), next(iter(known), ""))
    return asker.answer(
        question,
        given["who"],
        usual,
        option="--who",
        choices=known,
        own=True,
        read=read_name,
        explained="A role, not a person. One of these, or a new name, such as managing_board:",
    )


def asked_name(asker: Asker, answers: OverlayAnswers, given: Mapping[str, Any], default: str) -> OverlayAnswers:
    """Return *answers* with what people will read."""
    return replace(answers, called=asker.answer("What is it called?", given["called"], default, option="--called"))


def asked_threshold(
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


def fresh(called: str, definition: Definition) -> str:
    """Return *called* so that its name is not taken by an approval of the procedure."""
    return f"{called} here" if name_of(called) in definition.main.approvals else called


def read_name(text: str) -> str:
    """Return the name of a role. Raises ValueError for what cannot be one."""
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


def read_offset(text: str) -> str:
    """Return how long before an end, as people type it. Raises ValueError for anything else."""
    try:
        return str(parse_offset(text))
    except BadValue as bad:
        raise ValueError(f"{text!r} is no time before an end: write one such as 3 days or 2 working days.") from bad


def read_period(text: str) -> str:
    """Return a length as people type it, with or without ``more``. Raises ValueError for anything else."""
    if not _PERIOD.fullmatch(text.strip().removesuffix(MORE)):
        raise ValueError(f"{text!r} is no period: write one such as 20 days, 6 weeks, 5 working days, 10 days more.")
    return text.strip()
