"""Which files ``law`` lists: those of one name, those that apply in an organisation, or all."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from inprocap_flow.cli import layout
from inprocap_flow.cli.overlaid import no_organisation, organisation_file
from inprocap_flow.errors import NotFound

if TYPE_CHECKING:
    from pathlib import Path

    from inprocap_flow.cli.session import Session
    from inprocap_flow.service.desk import Desk
    from inprocap_flow.service.holders import Holder


def holders_meant(
    session: Session, desk: Desk, name: str | None, day: date, *, every: bool
) -> tuple[tuple[Holder, ...], str | None]:
    """Return the files whose limits are meant, and the organisation whose they are alone because it is set.

    The organisation that is named counts for everything; the one that is set, where neither a *name* nor all
    (*every*) were asked for, and only if anything applies there. Raises NotFound for a name that has no limits.
    """
    from inprocap_flow.service.holders import all_holders, names_of_holders

    asked = session.options.get("organisation")
    if asked and not every:
        return _applying_to(str(asked), desk, name, day), None
    set_ = session.settings.organisation
    if set_ and name is None and not every:
        file = organisation_file(desk, set_)
        applying = _applying(desk, file, day) if file is not None else ()
        if applying:
            return applying, set_
    holders = all_holders(desk.definitions, name)
    if not holders:
        known = ", ".join(names_of_holders(desk.definitions))
        raise NotFound(
            f"there is no rulebook {name}, and no overlay of that name with values", mend=f"choose of: {known}"
        )
    return holders, None


def only_lines(whose: str | None) -> Iterator[str]:
    """Yield that these are the values of one organisation only, and how to see the others."""
    if whose:
        yield from layout.wrapped(f"Only what applies to {whose} (law --all lists those of all).")


def _applying_to(asked: str, desk: Desk, name: str | None, day: date) -> tuple[Holder, ...]:
    file = organisation_file(desk, asked)
    if file is None:
        raise no_organisation(desk, asked)
    applying = _applying(desk, file, day)
    holders = tuple(one for one in applying if name in (None, one.name))
    if not holders:
        known = ", ".join(dict.fromkeys(one.name for one in applying)) or "nothing"
        raise NotFound(f"{name} does not apply to {asked} on {day}", mend=f"what applies there: {known}")
    return holders


def _applying(desk: Desk, file: Path, day: date) -> tuple[Holder, ...]:
    from inprocap_flow.language.load import load_organisation
    from inprocap_flow.service.holders import holders_for

    return holders_for(load_organisation(file, desk.definitions)[0], day, desk.definitions)
