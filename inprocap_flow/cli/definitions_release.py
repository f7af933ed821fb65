"""``release``: from files into the database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from inprocap_flow.cli import layout
from inprocap_flow.cli.definitions import file_desk, shown, today
from inprocap_flow.cli.definitions_minded import (
    judged_lines,
    lacking_lines,
    misspelt_lines,
    unfit_lines,
    unkept_lines,
    unused_lines,
    waiting_lines,
)
from inprocap_flow.cli.definitions_to_release import RELEASABLE, files_to_release, kind_to_release
from inprocap_flow.cli.exploring import terms_for
from inprocap_flow.cli.problems import problem_to_plain
from inprocap_flow.cli.session import Session, pass_session
from inprocap_flow.errors import NotAllowed

if TYPE_CHECKING:
    from inprocap_flow.service.applying import Lacking
    from inprocap_flow.service.desk import Desk
    from inprocap_flow.service.fitting import Unfit
    from inprocap_flow.service.judging import Terms
    from inprocap_flow.service.releasing import Released
    from inprocap_flow.store.records import ReleaseEntry


@click.command()
@click.argument("names", nargs=-1, required=True, metavar="PATH|NAME...")
@click.option(
    "--organisation", "organisation", metavar="FILE", help="Release this organisation too: its file or its name."
)
@click.option(
    "--valid-from",
    "valid_from",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DAY",
    help="New cases are opened on it from this day on; without it at once.",
)
@click.option(
    "--despite", metavar="REASON", help="Release it although checks find errors; the reason is kept with the release."
)
@click.option("--seconds", type=click.IntRange(1), help="How long to explore each procedure; else as is set, or 60.")
@pass_session
def release(
    session: Session,
    names: tuple[str, ...],
    *,
    organisation: str | None,
    valid_from: datetime | None,
    despite: str | None,
    seconds: int | None,
) -> None:
    """Release procedures (each with its rulebook), rulebooks, overlays and organisations into the database.

    What overlays make of a procedure for an organisation (kind "applied") is released with whichever of them comes
    last; new cases are opened on it while the overlays are in force.

    The next version may be released while the present one is in use: --valid-from says from which day on new cases are
    opened on it. Running cases stay on theirs until somebody moves them over (inprocap-flow migrate).

    What is released is explored first, as check does it (what check explored before, for as many --seconds, is answered
    at once): a fault that is found refuses the release; what could not be decided is said. --despite overrules findings
    of checks, but none about the law.

    A released version never changes: the same content again is no new release, other content under the same version
    is refused.
    """
    files = _files(session, names, organisation)
    day = valid_from.date() if valid_from else None
    if day and not {kind for kind, _ in files} & {"procedure", "overlay"}:
        raise click.UsageError("--valid-from is for procedures and overlays; other values have dates of their own.")
    by = str(session.options.get("actor") or session.settings.actor or session.account)
    released = _release(session.desk, files, by, day, terms_for(session, seconds, despite))
    _answer(session, [path for _, path in files], released)


def _files(session: Session, names: tuple[str, ...], organisation: str | None) -> list[tuple[str, Path]]:
    """Return what is to be released, each with its kind. Raises NotFound, InvalidInput: before anything is released."""
    desk = file_desk(session)
    files = [path for name in names for path in files_to_release(desk, name, RELEASABLE)]
    if organisation:
        files += files_to_release(desk, organisation, ("organisations",))
    return [(kind_to_release(path), path) for path in files]


def _answer(session: Session, files: list[Path], released: list[Released]) -> None:
    """Say what was released, and what to mind: what is left to do, and what does not fit an organisation."""
    from inprocap_flow.language.checks.unknown_role import problems_in
    from inprocap_flow.service.starting.waiting import left_to_do

    organisations = _organisations(session.desk)
    procedures, meant = _meant(session, released, organisations)
    unfit, unkept = _unfit(session, procedures, meant)
    unused = _unused(session, released, organisations)
    lacking = _lacking(session.desk, files[0], released)
    waiting = {file: lines for file in files if (lines := left_to_do(file))}
    roles = [one for file in files for one in problems_in(file, session.desk.definitions) if not one.explained]
    plain = {
        "released": [_plain(one) for one in released],
        "unfit": [_lack(one) for one in unfit],
        "unkept": [_lack(one) for one in unkept],
        "unused": [_lack(one) for one in unused],
        "lacking": [_lack(one) for one in lacking],
        "to_do": {shown(file): list(lines) for file, lines in waiting.items()},
        "unknown_roles": [problem_to_plain(one) for one in roles],
    }
    minded = (
        *misspelt_lines(roles),
        *unfit_lines(unfit),
        *unkept_lines(unkept),
        *unused_lines(unused),
    )
    coming = _coming(session, released)
    said = (*_lines(released, bool(organisations), coming), *judged_lines(released), *waiting_lines(waiting), *minded)
    session.answer(plain, [*said, *lacking_lines(lacking)])


def _organisations(desk: Desk) -> list[str]:
    with desk.store.reading() as reading:
        return sorted({one.name for one in reading.releases("organisation")})


def _meant(session: Session, released: list[Released], organisations: list[str]) -> tuple[list[str], list[str]]:
    """Return the procedures and organisations that are held against each other; of many, those named only."""
    now = [one.name for one in released if one.kind == "organisation"]
    named = session.options.get("organisation") or session.settings.organisation
    meant = now or [one for one in organisations if one == named] or (organisations if len(organisations) == 1 else [])
    procedures = [one.name for one in released if one.kind == "procedure"]
    if not procedures and now:
        with session.desk.store.reading() as reading:
            procedures = sorted({one.name for one in reading.releases("procedure")})
    return procedures, meant


def _unfit(session: Session, procedures: list[str], meant: list[str]) -> tuple[tuple[Unfit, ...], tuple[Unfit, ...]]:
    """Return what the organisations do not have for the procedures, and where nobody could keep the record."""
    from inprocap_flow.service.fitting import unfit, unkept

    return unfit(session.desk, procedures, meant), unkept(session.desk, procedures, meant)


def _unused(session: Session, released: list[Released], organisations: list[str]) -> tuple[Unfit, ...]:
    """Return which of the procedures that were released by now the organisation that is acted for does not use."""
    from inprocap_flow.service.fitting import unused

    named = session.options.get("organisation") or session.settings.organisation
    procedures = [one.name for one in released if one.kind == "procedure"]
    return unused(session.desk, procedures, [one for one in organisations if one == named])


def _lacking(desk: Desk, near: Path, released: list[Released]) -> tuple[Lacking, ...]:
    """Return the effective procedures that could not be made, of what has to do with what was released."""
    from inprocap_flow.service.applying import lacking

    return lacking(desk, near, {one.name for one in released})


def _lack(one: Unfit | Lacking) -> dict[str, str]:
    return {name: getattr(one, name) for name in one.__slots__}


def _release(desk: Desk, files: list[tuple[str, Path]], by: str, day: date | None, terms: Terms) -> list[Released]:
    """Release all of *files*, or none; return each release once."""
    from inprocap_flow.service.releasing import OtherContent, release_files

    try:
        released = release_files(desk, files, by=by, valid_from=day, terms=terms)
    except OtherContent as refused:
        message = str(refused).partition("\n  mend: ")[0]
        mend = f"write another `version:` into {shown(refused.path)}; what was released before stays, nothing was added"
        raise NotAllowed(message, mend=mend) from None
    done: dict[tuple[str, str, str], Released] = {}
    for one in released:
        done.setdefault((one.kind, one.name, one.version), one)
    return list(done.values())


def _plain(one: Released) -> dict[str, Any]:
    named = {"kind": one.kind, "name": one.name, "version": one.version, "hash": one.content_hash, "new": one.new}
    return named | {"judged": one.judged.to_plain()}


def _coming(session: Session, released: list[Released]) -> str:
    """Return the day from which cases open on the procedure that was released, if that is still to come; else ""."""
    one = next((one for one in released if one.kind == "procedure"), None)
    with session.desk.store.reading() as reading:
        days = [entry.valid_from for entry in reading.releases("procedure") if one and _is(entry, one)]
    return next((day for day in days if day > today(session).isoformat()), "")


def _is(entry: ReleaseEntry, one: Released) -> bool:
    return (entry.name, entry.version) == (one.name, one.version)


def _lines(released: list[Released], has_organisation: bool, coming: str) -> Iterator[str]:
    rows = [
        ("released" if one.new else "was there", one.kind, one.name, one.version, one.content_hash[:12])
        for one in released
    ]
    yield from layout.table(rows)
    procedure = next((one for one in released if one.kind == "procedure"), None)
    if procedure is None:
        return
    yield ""
    then = f"inprocap-flow open {procedure.name}"
    if coming:
        from_when = f"From {coming} on, {then} opens cases on version {procedure.version};"
        yield from layout.wrapped(f"{from_when} until then, on an earlier one, if there is one.")
        yield from layout.wrapped(f"To see what it means for running cases: inprocap-flow impact {procedure.name}")
    else:
        yield f"Next: {then}" if has_organisation else f"Next: release your organisation, then {then}"
