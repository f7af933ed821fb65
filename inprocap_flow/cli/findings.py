"""``findings``: what the daily look found at an organisation and still stands."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from inprocap_flow.cli import layout
from inprocap_flow.cli.definitions import counted
from inprocap_flow.cli.session import Session, pass_session

if TYPE_CHECKING:
    from inprocap_flow.store.findings import Standing


@click.command()
@click.option("--look", is_flag=True, help="Look now, at everything, instead of waiting for the daily look.")
@click.option("--all", "everything", is_flag=True, help="List what is gone, too.")
@pass_session
def findings(session: Session, look: bool, everything: bool) -> None:
    """List what the people, calendars, limits and rates of your organisation do not let happen.

    Once a day, and after every change of people or definitions, the scheduler looks at the procedures that the
    organisation uses: an approval that nobody can give while somebody is away, a role with too few people, a limit, a
    rate or a calendar that ends. Whoever answers for the procedure is told of each finding once.
    """
    from inprocap_flow.service.daily.keeping import look_where_due, standing

    if look:
        desk = session.desk
        while look_where_due(desk, desk.clock.now()):
            pass
    else:
        desk = session.reading_desk
    organisation = session.organisation
    found = standing(desk, organisation, gone=everything)
    session.answer({"organisation": organisation, "findings": [_plain(one) for one in found]}, _lines(found))


def _plain(one: Standing) -> dict[str, Any]:
    return {
        "id": one.id,
        "procedure": one.procedure or None,
        "code": one.code,
        "fact": one.fact,
        "mend": one.mend,
        "first_on": one.first_on,
        "last_on": one.last_on,
        "gone_on": one.gone_on or None,
        "told": sorted(who for who, told in one.told.items() if "at" in told and "failed" not in told),
        "to_be_told": sorted(who for who, told in one.told.items() if "at" not in told),
    }


def _lines(found: tuple[Standing, ...]) -> Iterator[str]:
    if not found:
        yield "Nothing was found."
        return
    for procedure in dict.fromkeys(one.procedure for one in sorted(found, key=lambda one: one.procedure)):
        yield layout.heading(procedure or "All procedures")
        for one in found:
            if one.procedure == procedure:
                yield from layout.bullet(f"{one.fact} ({one.code})")
                yield from layout.wrapped(f"mend: {one.mend}", "    ")
                yield from layout.wrapped(_when(one), "    ")
        yield ""
    yield f"{counted(len(found), 'finding')}."


def _when(one: Standing) -> str:
    told = sorted(who for who, about in one.told.items() if "at" in about and "failed" not in about)
    parts = [f"since {one.first_on}"]
    parts += [f"gone on {one.gone_on}"] if one.gone_on else []
    parts += [f"told: {', '.join(told)}" if told else "nobody was told yet"]
    return ", ".join(parts)
