"""Limits and rulebooks: dated values read in their unit, each with its source."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import pairwise

from inprocap_flow.calendar.bad_values import BadValue
from inprocap_flow.calendar.periods import parse_period
from inprocap_flow.language.marks import NodePath
from inprocap_flow.language.model import AND, Limit, LimitValue, LimitVariant, Rulebook
from inprocap_flow.language.schema.dated import LimitDoc, LimitValueDoc, RulebookDoc
from inprocap_flow.language.schema.messages import did_you_mean, sentence
from inprocap_flow.language.values import number_text, parse_value
from inprocap_flow.language.written import refuse_thousands

Say = Callable[[NodePath, str, str, str], None]


def build_rulebook(doc: RulebookDoc, say: Say) -> Rulebook:
    """Return the rulebook; what is wrong with a value is said at its path."""
    limits = {name: build_limit(name, one, ("limits", name), doc.language, say) for name, one in doc.limits.items()}
    for name, one in doc.limits.items():
        _check_words(name, one, doc, say)
    return Rulebook(
        name=doc.rulebook,
        version=doc.version,
        title=_text(doc.title, doc.language),
        counting=doc.counting,
        limits=limits,
        facts={name: _text(text, doc.language) for name, text in doc.facts.items()},
        evidence=doc.evidence,
    )


def _text(text: Mapping[str, str], language: str) -> dict[str, str]:
    return {code or language: words for code, words in text.items()}


def _check_words(name: str, doc: LimitDoc, rulebook: RulebookDoc, say: Say) -> None:
    for number, value in enumerate(doc.values):
        path = ("limits", name, "values", number)
        _check_mark(value.mark, (*path, "mark"), rulebook, say)
        for place, variant in enumerate(value.variants):
            _check_mark(variant.mark, (*path, "variants", place, "mark"), rulebook, say)
            for fact in variant.when:
                if fact not in rulebook.facts:
                    say(
                        (*path, "variants", place, "when"),
                        "unknown-fact",
                        f"`{fact}` is not one of the facts of this rulebook.",
                        did_you_mean(fact, tuple(rulebook.facts)) or "Ask the question under `facts:`.",
                    )


def _check_mark(mark: str | None, path: NodePath, rulebook: RulebookDoc, say: Say) -> None:
    if mark is not None and rulebook.evidence and mark not in rulebook.evidence:
        say(path, "unknown-mark", f"`{mark}` is not explained under `evidence`.", "Explain it there.")


def build_limit(name: str, doc: LimitDoc, path: NodePath, language: str, say: Say) -> Limit:
    """Return the limit *name*; its values are in order of their days and do not overlap."""
    values = tuple(_value(one, doc.unit, (*path, "values", number), say) for number, one in enumerate(doc.values))
    for number, (one, following) in enumerate(pairwise(values)):
        if following.valid_from <= one.valid_from or (one.valid_until or "") >= following.valid_from:
            say(
                (*path, "values", number + 1, "from"),
                "values-overlap",
                f"The value from {following.valid_from} does not come after the one before it.",
                "List values by day; each holds until the next, or until `until`.",
            )
    return Limit(name, _text(doc.says, language), doc.basis, doc.unit, values, doc.direction, doc.as_of)


def _value(doc: LimitValueDoc, unit: str, path: NodePath, say: Say) -> LimitValue:
    if doc.until is not None and doc.until < doc.from_:
        say((*path, "until"), "bad-value", f"{doc.until} is before {doc.from_}.", "Let the value end after it begins.")
    return LimitValue(
        valid_from=doc.from_,
        value=None if doc.value == "unset" else read_in_unit(doc.value, unit, (*path, "value"), say),
        source=doc.source,
        valid_until=doc.until,
        mark=doc.mark,
        confirmed_on=doc.confirmed_on,
        confirmed_by=doc.confirmed_by,
        counted_from=doc.counted_from,
        variants=tuple(
            LimitVariant(
                AND.join(one.when),
                read_in_unit(one.value, unit, (*path, "variants", number, "value"), say),
                one.source,
                one.mark,
                one.counted_from,
                one.basis,
                one.confirmed_on,
            )
            for number, one in enumerate(doc.variants)
        ),
        basis=doc.basis,
    )


def read_in_unit(text: str, unit: str, path: NodePath, say: Say) -> str:
    """Return a value in its stored form: a period code, or the plain spelling of a number (money: its amount)."""
    try:
        if unit == "period":
            return parse_period(text).code
        if len(unit) == 3:
            refuse_thousands(text)
        amount = text.removesuffix(f" {unit}") if len(unit) == 3 else text
        return number_text(parse_value("percent" if unit == "percent" else "number", amount))  # type: ignore[arg-type]
    except BadValue as bad:
        say(path, "bad-value", sentence(bad.fact), sentence(bad.mend))
        return text
