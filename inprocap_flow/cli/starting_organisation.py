"""The questions for a new organisation."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import available_timezones

from inprocap_flow.calendar.holidays import AREAS
from inprocap_flow.cli.definitions import procedure_file
from inprocap_flow.cli.questions import Asker
from inprocap_flow.language.load import load_procedure
from inprocap_flow.language.model import Definition
from inprocap_flow.service.desk import Desk
from inprocap_flow.service.starting.organisations import OrganisationAnswers
from inprocap_flow.service.starting.words import titled

_RATE = re.compile(r"(\d+(?:\.\d+)?) +([A-Z]{3})")
LIMITS_COUNT_IN = "EUR"  # what the shipped rulebooks count in
ZONE = "Europe/Brussels"  # that of the institutions, where no area says another


def organisation_answers(
    desk: Desk, asker: Asker, name: str, given: Mapping[str, Any]
) -> tuple[OrganisationAnswers, Sequence[Definition]]:
    """Return the answers, and the procedures that it uses."""
    title = asker.answer("What is it called?", given["title"], titled(name), option="--title")
    areas = {code: area.title for code, area in AREAS.items()}
    area = asker.answer(
        "Whose public holidays?",
        given["area"],
        "none",
        option="--area",
        choices=areas | {"none": "they are listed by hand, in a calendar of your own"},
        read=_read_area,
        explained="They move deadlines. They come from a library and are not confirmed: compare them with the list.",
    )
    zone = asker.answer(
        "In which time zone?",
        given["zone"],
        AREAS[area].zone if area in AREAS else ZONE,
        option="--zone",
        read=_read_zone,
        explained="Every hour in every file is local to it.",
    )
    currency = asker.answer(
        "In which currency do you count?", given["currency"], "EUR", option="--currency", read=_read_currency
    )
    rate = _rate(asker, given, currency)
    used = _procedures(desk, asker, given)
    names = tuple(one.name for one in used)
    answers = OrganisationAnswers(name, title, zone, currency, "" if area == "none" else area, rate, names)
    return answers, used


def _rate(asker: Asker, given: Mapping[str, Any], currency: str) -> str:
    """Return what one unit is worth, where limits count in another currency; nobody's guess is taken for it."""
    if currency == LIMITS_COUNT_IN and given["rate"] is None:
        return ""
    return asker.answer(
        f"What is 1 {currency} worth?",
        given["rate"],
        "",
        option="--rate",
        read=_read_rate,
        explained=f"Limits of law count in {LIMITS_COUNT_IN}. Write an amount: 0.13 EUR. You add the source later.",
    )


def _procedures(desk: Desk, asker: Asker, given: Mapping[str, Any]) -> list[Definition]:
    known = sorted({path.stem for folder in desk.definitions for path in folder.glob("*.yaml") if "." not in path.stem})
    names = list(given["procedures"])
    if not names:
        typed = asker.answer(
            "Which procedures do you use?",
            None,
            "open" if "open" in known else ",".join(known[:1]),
            option="--procedure",
            explained=f"They say which roles must be held. Several with commas. There are: {', '.join(known)}.",
        )
        names = [part.strip() for part in typed.split(",") if part.strip()]
    files = dict.fromkeys(procedure_file(desk, one) for one in names)
    return [load_procedure(file, desk.definitions, hook_lookup=desk.hooks.lookup) for file in files]


def _read_area(text: str) -> str:
    """Return the code; of a country that is known by its parts only, raise ValueError with these."""
    code = text.strip()
    parts = [f"{one.code} ({one.title})" for one in AREAS.values() if one.code.startswith(f"{code.upper()}-")]
    if parts and code not in AREAS:
        raise ValueError(
            f"Holidays of {code!r} differ from part to part. There is: {', '.join(parts)}. Of another part take none, "
            "and list the days in a calendar of your own."
        )
    return code


def _read_zone(text: str) -> str:
    if text.strip() not in available_timezones():
        raise ValueError(f"{text!r} is no time zone: write one such as Europe/Zurich.")
    return text.strip()


def _read_currency(text: str) -> str:
    if not re.fullmatch("[A-Za-z]{3}", text.strip()):
        raise ValueError(f"{text!r} is no currency: write three letters, such as EUR.")
    return text.strip().upper()


def _read_rate(text: str) -> str:
    if not _RATE.fullmatch(text.strip()):
        raise ValueError(f"{text!r} is no worth: write one such as 0.13 EUR.")
    return text.strip()
