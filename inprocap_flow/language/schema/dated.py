"""Dated data, as it is written: limits and rulebooks, codelists, rates of exchange, lists of countries."""

from __future__ import annotations

from typing import Annotated

from inprocap_flow.language.schema.messages import short, wrong
from inprocap_flow.language.schema.sources import BASES
from inprocap_flow.language.schema.words import (
    Country,
    Currency,
    Day,
    DayOrNever,
    Doc,
    Id,
    MilestoneName,
    Name,
    OneOrMore,
    Scalar,
    Text,
    Value,
    Words,
    declared,
    key,
    word,
)


def _unit(text: str) -> str:
    if text in ("period", "number", "percent") or (len(text) == 3 and text.isalpha() and text.isupper()):
        return text
    raise wrong("unknown-word", f"`{short(text)}` is not a unit.", "Write period, number, percent or a currency.")


Unit = Annotated[str, Scalar(_unit, {"type": "string", "pattern": "^(period|number|percent|[A-Z]{3})$"})]
Counting = Annotated[str, word("eu-1182-71", "plain")]
Basis = Annotated[str, word(*BASES)]
Source = key("Source", "Where the value stands: act and article, or the page and its date.")


class VariantDoc(Doc):
    """A permitted reduction."""

    when: OneOrMore[Name] = key(
        "When", "The fact (a yes or no field) under which it applies; of several, all must be yes."
    )
    value: Value = key("Value", "The value then.")
    source: Words = Source
    mark: Words | None = key("Mark", "How well it is evidenced; the letters stand under `evidence`.", None)
    counted_from: Words | None = key("Counted from", "The event from which it is counted, if another.", None)
    basis: Basis | None = key("Basis", "What this reduction rests on, if something else than the limit.", None)
    confirmed_on: DayOrNever | None = key(
        "Confirmed on",
        "When somebody compared it; without it with the value, `never` if they rest on different things.",
        None,
    )


class LimitValueDoc(Doc):
    """A value from a day on."""

    from_: Day = key("From", "The first day on which it applies.", alias="from")
    until: Day | None = key("Until", "The last day on which it applies.", None)
    value: Value = key("Value", "The value in the limit's unit; `unset`: there is none then.")
    source: Words = Source
    basis: Basis | None = key("Basis", "What this value rests on, if something else than the limit.", None)
    confirmed_on: DayOrNever = key("Confirmed on", "The day on which somebody compared it with the source, or `never`.")
    confirmed_by: Words | None = key("Confirmed by", "Who compared it.", None)
    mark: Words | None = key("Mark", "How well it is evidenced; the letters stand under `evidence`.", None)
    counted_from: Words | None = key("Counted from", "The event from which it is counted, if another.", None)
    variants: OneOrMore[VariantDoc] = key("Variants", "Permitted reductions; the first that applies counts.", ())


class LimitDoc(Doc):
    """A dated value of law, custom, grant or house rule."""

    says: Text = key("Says", "What the limit says, in one sentence.")
    basis: Basis = key("Basis", "What it rests on; a value or a reduction may rest on something else.")
    direction: Annotated[str, word("at_least", "at_most", "above", "threshold")] = key(
        "Direction", "How a value is compared with it.", "at_least"
    )
    unit: Unit = key("Unit", "period, number, percent, or a currency.")
    as_of: MilestoneName | None = key("As of", "The milestone whose day decides which value applies.", None)
    values: OneOrMore[LimitValueDoc] = key("Values", "The values, by day.")


Limits = dict[Annotated[str, *declared("limit")], LimitDoc]


class RulebookDoc(Doc):
    """Dated legal data that organisations bring and procedures ask for by name."""

    rulebook: Id = key("Rulebook", "The file's name without .yaml.")
    version: Words = key("Version", "A text; a published version never changes.")
    language: Words = key("Language", "The language of the texts.", "en")
    title: Text = key("Title", "What it is.")
    counting: Counting = key("Counting", "How last days move.")
    evidence: dict[str, Words] = key("Evidence", "What the letters under `mark` mean.", {})
    facts: dict[Name, Text] = key(
        "Facts", "Questions that permit a reduction; a yes or no field of this name answers.", {}
    )
    limits: Limits = key("Limits", "The values.")


class CodelistDoc(Doc):
    """Codes of a standard and what they are called."""

    codelist: Id = key("Codelist", "The file's name without .yaml.")
    version: Words = key("Version", "The version of the standard that the codes were taken from.")
    language: Words = key("Language", "The language of the titles.", "en")
    title: Text | None = key("Title", "What it is.", None)
    source: Words = Source
    codes: dict[str, Text] = key("Codes", "Code and title; codes in quotes.")


class ExchangeDoc(Doc):
    """What one unit of a currency is worth."""

    from_: Day = key("From", "First day.", alias="from")
    until: Day | None = key("Until", "Last day.", None)
    unit: Currency = key("Unit", "The currency of which one unit is meant.")
    worth: Words = key("Worth", "Amount and currency: 0.95 CHF.")
    source: Words = Source
    confirmed_on: DayOrNever = key(
        "Confirmed on", "The day on which somebody compared it with the source, or `never`.", "never"
    )


class CountriesDoc(Doc):
    """A list of countries between two days."""

    from_: Day = key("From", "First day.", alias="from")
    until: Day | None = key("Until", "Last day.", None)
    countries: OneOrMore[Country] = key("Countries", 'Two capital letters each; write "NO" in quotes for other tools.')
    source: Words = Source
    confirmed_on: DayOrNever = key(
        "Confirmed on", "The day on which somebody compared it with the source, or `never`.", "never"
    )


SILENT_AFTER = "15 working days"  # convention, no law: three weeks in which nobody did anything
