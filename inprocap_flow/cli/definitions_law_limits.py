"""A limit on a day, for people and as JSON: its value, what it rests on and who has confirmed it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from inprocap_flow.cli import layout
from inprocap_flow.cli.short_places import ShortPlaces
from inprocap_flow.cli.words import confirmed_mark
from inprocap_flow.language.model import confirmation_of

if TYPE_CHECKING:
    from inprocap_flow.service.law import InForce

if TYPE_CHECKING:
    from inprocap_flow.service.law import InForce


BASES = {"house_rule": "house rule", "grant": "grant condition", "convention": "convention, no law"}


def limit_to_plain(one: InForce, language: str) -> dict[str, Any]:
    """Return a limit on its day as JSON data."""
    from inprocap_flow.service.law import titles

    value = one.value
    return {
        "kind": one.kind,
        one.kind: one.name,
        "limit": one.limit.name,
        "says": titles(one.limit, language),
        "value": value.value if value else None,
        "unit": one.limit.unit,
        "direction": one.limit.direction,
        "basis": one.limit.basis_of(value),
        "from": one.since,
        "until": value.valid_until if value else None,
        "source": value.source if value else None,
        "mark": value.mark if value else None,
        "confirmed_on": value.confirmed_on if value else None,
        "confirmed_by": value.confirmed_by if value else None,
        "confirmed": one.confirmed,
        "stale": one.stale,
        "coming_from": one.coming.valid_from if one.coming else None,
        "file": one.place.file,
        "line": one.place.line,
        "variants": [
            {
                "when": variant.when,
                "value": variant.value,
                "source": variant.source,
                "basis": one.limit.basis_of(variant),
                "confirmed_on": confirmation_of(value, variant),
            }
            for value in ([value] if value else [])
            for variant in value.variants
        ],
    }


def limit_lines(one: InForce, language: str, short: ShortPlaces) -> Iterator[str]:
    """Yield the lines of a limit: value and place, what it says, its ground, its evidence, its variants."""
    from inprocap_flow.service.law import titles, value_in_words

    value = one.value
    place = short(one.place)
    head = f"  {one.limit.name}  {one.in_words}"
    yield head + place.rjust(max(layout.width() - len(head), len(place) + 2))
    yield from layout.wrapped(titles(one.limit, language), "    ")
    if value is None:
        yield from layout.wrapped(_coming(one), "    ")
        return
    until = f" until {value.valid_until}" if value.valid_until else ""
    basis = _basis(one.limit.basis_of(value))
    since = f"from {one.since}{until}" if one.since else "in every case with this version"
    yield from layout.wrapped(f"{since}; {basis}; {value.source}", "    ")
    yield from layout.wrapped(_evidence(one), "    ")
    for variant in value.variants:
        shown_value = value_in_words(one.limit, None if variant.value is None else str(variant.value))
        answered = "is yes" if len(variant.facts) == 1 else "are yes"
        other = one.limit.basis_of(variant) != one.limit.basis_of(value)
        apart = f"; {_basis(one.limit.basis_of(variant))}" if other else ""
        mark = confirmed_mark(confirmation_of(value, variant)) if one.confirmed else ""
        ground = f"{variant.source}{apart}"
        yield from layout.wrapped(f"{shown_value} if {variant.when} {answered} ({ground}){mark}", "    - ")


def _basis(word: str) -> str:
    return BASES.get(word, word)


def _coming(one: InForce) -> str:
    from inprocap_flow.service.law import value_in_words

    if one.coming is None:
        return f"no value is in force on {one.day}: whatever asks for it is refused"
    then = value_in_words(one.limit, one.coming.value)
    return f"no value is in force before {one.coming.valid_from} ({then} from then on): whatever asks for it is refused"


def _evidence(one: InForce) -> str:
    value = one.value
    assert value is not None
    means = f": {one.mark_means}" if one.mark_means else ""  # a procedure says in its head what its marks mean
    means = f"; evidence {value.mark}{means}" if value.mark else ""
    if not one.confirmed:
        return f"[not confirmed]{means}"
    by = f" by {value.confirmed_by}" if value.confirmed_by else ""
    old = " - too long ago, confirm it again" if one.stale else ""
    return f"[confirmed on {value.confirmed_on}{by}]{old}{means}"
