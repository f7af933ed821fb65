"""``law --own --organisation``: all numbers that a house writes, or those of a procedure there, and whose."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

from inprocap_flow.cli import layout
from inprocap_flow.cli.definitions import counted, file_desk
from inprocap_flow.cli.definitions_law_own import grouped, to_plain
from inprocap_flow.cli.overlaid import no_organisation, organisation_file
from inprocap_flow.cli.short_places import ShortPlaces

if TYPE_CHECKING:
    from inprocap_flow.cli.session import Session
    from inprocap_flow.service.house_numbers import Part, Rate, Silence
    from inprocap_flow.service.law import InForce


def list_house(session: Session, name: str | None, day: date, *, stale: bool) -> None:
    """List the numbers of the organisation's file and overlays; with *name*, what cases of that procedure have there.

    Raises NotFound for an organisation or a procedure that is not there.
    """
    from inprocap_flow.service.house_numbers import house_numbers

    desk, months, language = file_desk(session), session.settings.law_stale_after_months, session.settings.language
    asked = str(session.options.get("organisation"))
    file = organisation_file(desk, asked)
    if file is None:
        raise no_organisation(desk, asked)
    parts = house_numbers(desk.definitions, file, name, day, months)
    if stale:
        parts = tuple(one.wanting(day, months) for one in parts)
    silences = [one.silence.to_plain() | {"whose": one.whose} for one in parts if one.silence]
    document = {
        "on": day,
        "own": [to_plain(one, day, months, language) | {"whose": part.whose} for part in parts for one in part.own],
        "limits": [_limit(one, part.whose, language) for part in parts for one in part.limits],
        "rates": [one.to_plain() | {"whose": part.whose} for part in parts for one in part.rates],
        "remind_after": next(iter(silences), None),
    }
    short = ShortPlaces(_files(parts), desk.definitions)
    session.answer(document, list(_lines(parts, language, short)))


def _limit(one: InForce, whose: str, language: str) -> dict[str, Any]:
    from inprocap_flow.cli.definitions_law_limits import limit_to_plain

    return limit_to_plain(one, language) | {"whose": whose}


def _files(parts: tuple[Part, ...]) -> set[str]:
    files = {one.place.file for part in parts for one in part.own}
    files |= {one.place.file for part in parts for one in part.limits}
    return files | {place.file for part in parts for place in part.of_the_file}


def _lines(parts: tuple[Part, ...], language: str, short: ShortPlaces) -> Iterator[str]:
    from inprocap_flow.cli.definitions_law_limits import limit_lines
    from inprocap_flow.service.own_lengths import by_source

    for part in parts:
        if part.count:
            yield layout.heading(f"Written by {part.whose}")
            for one in part.limits:
                yield from limit_lines(one, language, short)
            yield from grouped(by_source(part.own), short)
            yield from _rates(part.rates, short)
            yield from _silence(part.silence, short) if part.silence else ()
            yield ""
    bare = sum(one.footing is None for part in parts for one in part.own)
    yield f"{counted(sum(part.count for part in parts), 'number')}: {bare} without a source."


def _rates(rates: tuple[Rate, ...], short: ShortPlaces) -> Iterator[str]:
    for one in rates:
        rate = one.rate
        evidence = f"[confirmed on {rate.confirmed_on}]" if one.confirmed else "[not confirmed]"
        yield _ended(f"  1 {rate.unit} is worth {rate.worth}", short(one.place))
        days = f"from {rate.valid_from}" + (f" to {rate.valid_until}" if rate.valid_until else "")
        yield from layout.wrapped(f"{days}; rate of the house; {rate.source}", "    ")
        yield f"    {evidence}"


def _silence(silence: Silence, short: ShortPlaces) -> Iterator[str]:
    if silence.length == "never":
        says = "A case in which nothing happens is not mentioned, unless its stage says so"
    else:
        says = f"A case in which nothing happens is mentioned after {silence.length}"
        says += ", later where its stage usually takes longer, unless the stage says otherwise"
    whose = "" if silence.place else "; the file says nothing, so it is the usual length"
    *most, last = layout.wrapped(f"{says} (convention, no law: nothing rests on a reminder{whose}).", "  ")
    yield from most
    yield _ended(last, short(silence.place)) if silence.place else last


def _ended(line: str, place: str) -> str:
    room = layout.width() - len(line)
    return line + place.rjust(room) if len(place) + 2 <= room else f"{line}\n{place.rjust(layout.width())}"
