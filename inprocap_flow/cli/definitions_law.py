"""``law``: the values of rulebooks that are in force on a day, with source and evidence, and their confirmation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import click

from inprocap_flow.cli import layout
from inprocap_flow.cli.definitions import counted, file_desk, shown, today, written
from inprocap_flow.cli.session import Session, pass_session
from inprocap_flow.errors import NotFound

if TYPE_CHECKING:
    from inprocap_flow.service.law import InForce

BASES = {"house_rule": "house rule", "grant": "grant condition"}


class Day(click.ParamType[date]):
    """A day: 2026-07-01."""

    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value!r} is no day; write one such as 2026-07-01", param, ctx)


class LawGroup(click.Group):
    """``law`` lists; ``law confirm`` confirms. A first word that is no command of it names a rulebook."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        words = [word for word in args if not word.startswith("-")]
        if not words or words[0] not in self.commands:
            asked = any(word in ("-h", "--help") for word in args)
            args = args if asked else ["list", *args]
        return super().parse_args(ctx, args)


@click.group(cls=LawGroup)
def law() -> None:
    """List values of law, grants and custom, and confirm them: law [RULEBOOK] [--on DAY] [--stale].

    Each value says from which day it holds, what it rests on, where it stands, and who compared it with its source.
    A rulebook may be read on any day: law eu-2014-24 --on 2027-01-01.
    """


@law.command("list")
@click.argument("rulebook", required=False)
@click.option("--on", "day", type=Day(), metavar="DAY", help="In force on this day; without it, today.")
@click.option("--stale", is_flag=True, help="Only what nobody has confirmed, or not for a long time.")
@pass_session
def list_(session: Session, rulebook: str | None, day: date | None, stale: bool) -> None:
    """List the values of one rulebook, or of all."""
    from inprocap_flow.service.law import in_force_on, rulebook_files

    desk = file_desk(session)
    files = rulebook_files(desk.definitions)
    if rulebook is not None and rulebook not in files:
        raise NotFound(f"there is no rulebook {rulebook}", mend=f"choose of: {', '.join(files)}")
    months = session.settings.law_stale_after_months
    wanted = [files[rulebook]] if rulebook else list(files.values())
    found = [one for path in wanted for one in in_force_on(path, day or today(session), stale_after_months=months)]
    kept = [one for one in found if not stale or one.stale or not one.confirmed]
    session.answer(
        {"on": day or today(session), "limits": [_plain(one, session.settings.language) for one in kept]},
        _lines(kept, found, session.settings.language),
    )


@law.command()
@click.argument("rulebook")
@click.argument("limit")
@click.option("--by", "who", required=True, metavar="PERSON", help="Who compared the value with its source.")
@click.option("--on", "day", type=Day(), metavar="DAY", help="When; without it, today.")
@click.option("--source", metavar="TEXT", help="The source as it was read: act, article, edition.")
@click.option("--value-on", type=Day(), metavar="DAY", help="The value in force on this day; without it, on --on.")
@pass_session
def confirm(
    session: Session,
    rulebook: str,
    limit: str,
    *,
    who: str,
    day: date | None,
    source: str | None,
    value_on: date | None,
) -> None:
    """Record that somebody compared a value with its source.

    It is written beside the value, into the rulebook of your own folder of definitions; a shipped rulebook is copied
    there first. Release the rulebook, and the value is shown as confirmed wherever it is cited.
    """
    from inprocap_flow.service import law as laws

    desk = file_desk(session)
    now = today(session)
    made, text = laws.confirm(
        desk.definitions,
        session.settings.definitions,
        rulebook,
        limit,
        by=who,
        on=day or now,
        today=now,
        source=source,
        value_on=value_on,
    )
    made.path.parent.mkdir(parents=True, exist_ok=True)
    written(made.path, text)
    document = {
        "rulebook": rulebook,
        "limit": limit,
        "value": made.value,
        "confirmed_by": who,
        "confirmed_on": made.on,
        "source": made.source,
        "file": shown(made.path),
        "version": made.version,
        "copied_from": shown(made.copied_from) if made.copied_from else None,
    }
    lines = [f"{limit} of {rulebook}: {made.value}, confirmed on {made.on} by {who}."]
    lines += layout.wrapped(f"Source: {made.source}.")
    if made.copied_from:
        lines += layout.wrapped(f"Copied from {shown(made.copied_from)}, which stays as it is.")
    lines += layout.wrapped(f"Written: {shown(made.path)}, now version {made.version}.")
    lines += layout.wrapped(f"Next: inprocap-flow release {shown(made.path)}")
    session.answer(document, lines)


def _plain(one: InForce, language: str) -> dict[str, Any]:
    from inprocap_flow.service.law import titles

    value = one.value
    return {
        "rulebook": one.rulebook,
        "limit": one.limit.name,
        "says": titles(one.limit, language),
        "value": value.value if value else None,
        "unit": one.limit.unit,
        "direction": one.limit.direction,
        "basis": one.limit.basis,
        "from": value.valid_from if value else None,
        "until": value.valid_until if value else None,
        "source": value.source if value else None,
        "mark": value.mark if value else None,
        "confirmed_on": value.confirmed_on if value else None,
        "confirmed_by": value.confirmed_by if value else None,
        "confirmed": one.confirmed,
        "stale": one.stale,
        "file": one.place.file,
        "line": one.place.line,
        "variants": [
            {"when": variant.when, "value": variant.value, "source": variant.source}
            for variant in (value.variants if value else ())
        ],
    }


def _lines(kept: Sequence[InForce], found: Sequence[InForce], language: str) -> Iterator[str]:
    book = ""
    for one in kept:
        if one.rulebook != book:
            yield from ([""] if book else [])
            book = one.rulebook
            yield layout.heading(f"{book}, in force on {one.day}")
        yield from _limit(one, language)
    unconfirmed = sum(not one.confirmed for one in found if one.value is not None)
    stale = sum(one.stale for one in found)
    yield ""
    yield f"{counted(len(found), 'value')}: {unconfirmed} not confirmed, {stale} confirmed too long ago."


def _limit(one: InForce, language: str) -> Iterator[str]:
    from inprocap_flow.service.law import titles, value_in_words

    value = one.value
    place = f"{one.place.file.rpartition('/')[2]}:{one.place.line}"
    head = f"  {one.limit.name}  {one.in_words}"
    yield head + place.rjust(max(layout.width() - len(head), len(place) + 2))
    yield from layout.wrapped(titles(one.limit, language), "    ")
    if value is None:
        return
    until = f" until {value.valid_until}" if value.valid_until else ""
    basis = BASES.get(one.limit.basis, one.limit.basis)
    yield from layout.wrapped(f"from {value.valid_from}{until}; {basis}; {value.source}", "    ")
    yield from layout.wrapped(_evidence(one), "    ")
    for variant in value.variants:
        shown_value = value_in_words(one.limit, None if variant.value is None else str(variant.value))
        answered = "is yes" if len(variant.facts) == 1 else "are yes"
        yield from layout.wrapped(f"{shown_value} if {variant.when} {answered} ({variant.source})", "    - ")


def _evidence(one: InForce) -> str:
    value = one.value
    assert value is not None
    means = f"; evidence {value.mark}: {one.mark_means}" if value.mark and one.mark_means else ""
    if not one.confirmed:
        return f"[not confirmed]{means}"
    by = f" by {value.confirmed_by}" if value.confirmed_by else ""
    old = " - too long ago, confirm it again" if one.stale else ""
    return f"[confirmed on {value.confirmed_on}{by}]{old}{means}"
