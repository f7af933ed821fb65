"""``law``: the values of rulebooks, overlays and procedures that are in force on a day, with source and evidence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import click

from inprocap_flow.cli import layout
from inprocap_flow.cli.definitions import counted, file_desk, shown, today
from inprocap_flow.cli.definitions_law_confirm import confirm
from inprocap_flow.cli.definitions_law_limits import limit_lines, limit_to_plain
from inprocap_flow.cli.definitions_law_meant import holders_meant, only_lines
from inprocap_flow.cli.options import Day
from inprocap_flow.cli.session import Session, pass_session
from inprocap_flow.cli.short_places import ShortPlaces

if TYPE_CHECKING:
    from inprocap_flow.service.holders import Holder
    from inprocap_flow.service.law import InForce


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
    """List values of law, grants and custom, and confirm them: law [NAME] [--on DAY] [--stale].

    Each value says from which day it holds, what it rests on, where it stands, and who compared it with its source.
    NAME is a rulebook, an overlay or a procedure with values of its own; any day may be asked about: law eu-2014-24
    --on 2027-01-01. With --organisation it is what applies there on the day: law --organisation cern.
    """


@law.command("list")
@click.argument("name", required=False)
@click.option("--on", "day", type=Day(), metavar="DAY", help="In force on this day; without it, today.")
@click.option("--stale", is_flag=True, help="Only what nobody has confirmed, or not for a long time.")
@click.option("--own", is_flag=True, help="The lengths that no rulebook gives, of a procedure, overlay or block.")
@click.option("--all", "every", is_flag=True, help="Of all files, whatever organisation is set.")
@pass_session
def list_(session: Session, name: str | None, day: date | None, *, stale: bool, own: bool, every: bool) -> None:
    """List the values of the rulebook, overlay or procedure NAME, or of all.

    With an organisation (--organisation, or as set) only what applies to cases that it opens on the day: its rulebooks
    and its overlays; the one that is set leaves all else to NAME and to --all.

    With --own the lengths that stand in definitions themselves: estimates, proposals, how long a signature lasts. With
    --own and --organisation, all numbers that the house's own file and overlays write, rates too; with NAME, those of
    the procedure there, and whose each is.
    """
    if own:
        _list_own(session, name, day or today(session), stale=stale)
        return
    from inprocap_flow.service.law import limits_on

    desk = file_desk(session)
    on = day or today(session)
    holders, whose = holders_meant(session, desk, name, on, every=every)
    months = session.settings.law_stale_after_months
    found = {one.path: list(limits_on(one, on, stale_after_months=months)) for one in holders}
    kept = {
        path: [one for one in limits if not stale or one.stale or not one.confirmed] for path, limits in found.items()
    }
    listed = [(one, kept[one.path]) for one in holders if kept[one.path] or (one.taken and not stale)]
    language = session.settings.language
    document = {
        "on": on,
        "limits": [limit_to_plain(one, language) for _, limits in listed for one in limits],
        "files": [_holder_to_plain(one) for one, _ in listed],
    }
    short = ShortPlaces({one.place.file for limits in kept.values() for one in limits}, desk.definitions)
    told = _lines(listed, [one for limits in found.values() for one in limits], on, language, short)
    session.answer(document, [*told, *only_lines(whose)])


law.add_command(confirm)


def _list_own(session: Session, name: str | None, day: date, *, stale: bool) -> None:
    if session.options.get("organisation"):
        from inprocap_flow.cli.definitions_law_house import list_house

        list_house(session, name, day, stale=stale)
    else:
        from inprocap_flow.cli.definitions_law_own import list_own

        list_own(session, name, day, stale=stale)


def _holder_to_plain(one: Holder) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "name": one.name,
        "file": shown(one.path),
        "read_by": list(one.read_by),
        "reads_from": {book: list(names) for book, names in one.taken.items()},
    }


def _lines(
    listed: Sequence[tuple[Holder, list[InForce]]],
    found: Sequence[InForce],
    day: date,
    language: str,
    short: ShortPlaces,
) -> Iterator[str]:
    for number, (holder, limits) in enumerate(listed):
        yield from [""] if number else []
        yield from _head(holder, day)
        for one in limits:
            yield from limit_lines(one, language, short)
    unconfirmed = sum(not one.confirmed for one in found if one.value is not None)
    stale = sum(one.stale for one in found)
    without = sum(one.value is None for one in found)
    yield ""
    text = f"{counted(len(found), 'value')}: {unconfirmed} not confirmed, {stale} confirmed too long ago"
    yield f"{text}{f', {without} without a value on this day' if without else ''}."


def _head(holder: Holder, day: date) -> Iterator[str]:
    """Yield whose limits follow, which procedures rest on them, and what an overlay reads elsewhere."""
    what = "" if holder.kind == "rulebook" else f" ({holder.kind}{f', {holder.whose}' if holder.whose else ''})"
    yield layout.heading(f"{holder.name}{what}, in force on {day}")
    if holder.read_by and holder.kind != "procedure":
        yield from layout.wrapped(f"for {', '.join(holder.read_by)}", "  ")
    for book, names in holder.taken.items():
        yield from layout.wrapped(f"reads from the rulebook {book}: {', '.join(names)}", "  ")
