"""The questions for a new organisation."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import available_timezones

import click

from inprocap_flow.calendar.areas import AREAS, COUNTRIES, areas_in_words, parts_of
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
    area = asker.answer(
        "Whose public holidays?",
        given["area"],
        "none",
        option="--area",
        choices=_countries(),
        own=True,
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
    usual = AREAS[area].currency if area in AREAS else LIMITS_COUNT_IN
    currency = asker.answer(
        "In which currency do you count?", given["currency"], usual, option="--currency", read=_read_currency
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
    if given["rate"] is None and given["currency"] is None and not asker.asks:
        euro = f"or count in {LIMITS_COUNT_IN} with --currency {LIMITS_COUNT_IN}"
        raise click.UsageError(
            f"What is 1 {currency} worth? Say it with --rate, such as 0.13 {LIMITS_COUNT_IN}, {euro}."
        )
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


def _countries() -> dict[str, str]:
    """Return what is offered: countries, those that are known by part with their parts named by code only."""
    offered = {}
    for code, country in COUNTRIES.items():
        parts = [one.code for one in parts_of(code)]
        if country.whole:
            offered[code] = country.title
        if parts:
            offered[", ".join([parts[0], "..."][: len(parts)])] = f"{len(parts)} parts of {country.title.split(',')[0]}"
    return offered | {"none": "they are listed by hand, in a calendar of your own"}


def _read_area(text: str) -> str:
    """Return the code, or none; raise ValueError with the parts of the country that was meant."""
    typed = text.strip()
    code = typed if typed == "none" else typed.upper()
    if code in AREAS or code == "none":
        return code
    country = COUNTRIES.get(code)
    if country is not None:
        fact = f"Holidays of {country.title} differ from part to part."
    else:
        fact = f"There is no {typed!r} here."
    raise ValueError(
        f"{fact} Choose of: {areas_in_words(code)}; or take none, and list the days in a calendar of your own."
    )


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
