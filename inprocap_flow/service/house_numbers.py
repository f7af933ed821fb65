"""Every number that a house writes: in its own file, in its overlays, and in procedures as they are there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from inprocap_flow.calendar.periods import parse_period
from inprocap_flow.errors import NotFound, Place
from inprocap_flow.language.choices import overlays_on
from inprocap_flow.language.files import Library, shown_path
from inprocap_flow.language.load import load_organisation
from inprocap_flow.language.model import ExchangeRate, Organisation
from inprocap_flow.language.nodes import MapNode, nearest
from inprocap_flow.language.overlays import load_overlay
from inprocap_flow.service.holders import OVERLAY, holders_for
from inprocap_flow.service.law import NEVER, InForce, is_old, limits_on
from inprocap_flow.service.own_lengths import Owned, effective_lengths, lengths_in


@dataclass(frozen=True, slots=True)
class Rate:
    """What one unit of a currency is worth, as the file of the organisation says. ``stale``: compared too long ago."""

    rate: ExchangeRate
    place: Place
    stale: bool

    @property
    def confirmed(self) -> bool:
        return self.rate.confirmed_on != NEVER

    def to_plain(self) -> dict[str, Any]:
        """Return it as JSON data."""
        one = self.rate
        return {
            "unit": one.unit, "worth": one.worth, "from": one.valid_from, "until": one.valid_until,
            "source": one.source, "confirmed_on": one.confirmed_on, "confirmed": self.confirmed, "stale": self.stale,
            "file": self.place.file, "line": self.place.line,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Silence:
    """After how long without an event a case is mentioned; ``place`` None: the file does not say, so it is usual."""

    length: str  # in words, or never
    place: Place | None

    def to_plain(self) -> dict[str, Any]:
        """Return it as JSON data."""
        file, line = (self.place.file, self.place.line) if self.place else (None, None)
        return {"value": self.length, "written": self.place is not None, "file": file, "line": line}


@dataclass(frozen=True, slots=True)
class Part:
    """The numbers of one file: ``whose`` names it in words."""

    whose: str
    own: tuple[Owned, ...] = ()
    limits: tuple[InForce, ...] = ()
    rates: tuple[Rate, ...] = ()
    silence: Silence | None = None

    @property
    def count(self) -> int:
        return len(self.own) + len(self.limits) + len(self.rates) + (self.silence is not None)

    @property
    def of_the_file(self) -> tuple[Place, ...]:
        """Where the numbers of the organisation's own file stand."""
        silence = (self.silence.place,) if self.silence and self.silence.place else ()
        return (*(one.place for one in self.rates), *silence)

    def wanting(self, day: date, months: int) -> Part:
        """Return of it only what nobody stands by, or what somebody compared more than *months* before *day*."""
        own = tuple(one for one in self.own if one.wants_somebody(day, months))
        limits = tuple(one for one in self.limits if one.stale or not one.confirmed)
        return Part(self.whose, own, limits, tuple(one for one in self.rates if one.stale or not one.confirmed))


def house_numbers(folders: Sequence[Path], file: Path, name: str | None, day: date, months: int) -> tuple[Part, ...]:
    """Return the numbers of the organisation in *file* on *day*; with *name*, what cases of that procedure have there.

    *months*: what was compared longer ago is stale. Raises NotFound for an unknown procedure, InvalidInput for a file
    that is not sound.
    """
    house = load_organisation(file, folders)[0]
    base = Library(tuple(folders)).find("procedure", name) if name else None
    if name and base is None:
        raise NotFound(f"there is no procedure {name}", mend="leave the name out for all numbers of the house")
    overlays = list(_overlays(house, day, folders, name))
    found = {
        one.whose: one for one in (_of_file(house, file, day, months), *_limits(house, day, folders, name, months))
    }
    for one in _lengths(folders, base, overlays):
        whose = overlays_named(overlays).get(one.place.file, f"the procedure {name} and its blocks")
        part = found.get(whose, Part(whose))
        found[whose] = replace(part, own=(*part.own, one))
    return tuple(found.values())


def overlays_named(overlays: Sequence[Path]) -> dict[str, str]:
    """Return what each file of an overlay is called, by its path as it is shown."""
    return {shown_path(path): f"the overlay {path.stem}" for path in overlays}


def _of_file(house: Organisation, file: Path, day: date, months: int) -> Part:
    """Return the numbers of the organisation's own file: rates in force or to come, and when silence is mentioned."""
    root, rates = Library(()).read(file), []
    for number, one in enumerate(house.exchange):
        if one.valid_until is None or one.valid_until >= day.isoformat():
            stale = one.confirmed_on != NEVER and is_old(one.confirmed_on, day, months)
            rates.append(Rate(one, nearest(root, ("exchange", number))[0], stale))
    return Part(f"the organisation {house.name}", rates=tuple(rates), silence=_silence(house, root))


def _silence(house: Organisation, root: MapNode) -> Silence:
    after, said = house.reminders.remind_after, root.get("reminders")
    written = isinstance(said, MapNode) and "remind_after" in said
    place = nearest(root, ("reminders", "remind_after"))[0] if written else None
    return Silence(NEVER if after is None else str(parse_period(after)), place)


def _limits(house: Organisation, day: date, folders: Sequence[Path], name: str | None, months: int) -> Iterator[Part]:
    """Yield the limits of the house's own overlays, or with *name* of all that such cases read there."""
    own = {path.stem for path in _overlays(house, day, folders, name)}
    for holder in holders_for(house, day, folders):
        if (holder.kind == OVERLAY and holder.name in own) if name is None else name in holder.read_by:
            limits = limits_on(holder, day, stale_after_months=months)
            there = tuple(one for one in limits if one.limit.name not in holder.added)
            yield Part(f"the {holder.kind} {holder.name}", limits=there)


def _lengths(folders: Sequence[Path], base: Path | None, overlays: Sequence[Path]) -> Iterator[Owned]:
    if base is not None:
        yield from effective_lengths(folders, base, overlays)
        return
    files = overlays_named(overlays)
    yield from (one for path in overlays for one in lengths_in(folders, path.stem) if one.place.file in files)


def _overlays(house: Organisation, day: date, folders: Sequence[Path], name: str | None) -> Iterator[Path]:
    """Yield the overlays that *house* has on *day*: its own ones, or with *name* all that are for that procedure."""
    for one in overlays_on(house, day):
        path = Library(tuple(folders)).find("overlay", one)
        if path is not None:
            overlay = load_overlay(path, folders)
            if overlay.organisation == house.name if name is None else name in overlay.written_for:
                yield path
