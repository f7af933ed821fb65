"""``check``: every problem of every definition, with its place, the line, the fact and the mend."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from inprocap_flow.cli import definitions_away, exits
from inprocap_flow.cli.definitions import definition_files, file_desk, today
from inprocap_flow.cli.definitions_checked import Asked, Shown, tell
from inprocap_flow.cli.definitions_explain import explain_files
from inprocap_flow.cli.definitions_looked_up import explanation
from inprocap_flow.cli.definitions_pages import page_lines
from inprocap_flow.cli.definitions_seen import Explaining
from inprocap_flow.cli.session import Session, pass_session

if TYPE_CHECKING:
    from inprocap_flow.service.desk import Desk


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("--explain", "code", metavar="CODE", help="What a code means; with PATH, play what leads to it.")
@click.option("--to", type=click.Path(path_type=Path), help="Where the scenario of --explain goes.")
@click.option("--quick", is_flag=True, help="Only what is seen at once; do not explore what cases can come to.")
@click.option("--details", "--behaviour", is_flag=True, help="Tell every open question of what cases can come to.")
@click.option(
    "--seconds",
    type=click.IntRange(1),
    help="How long to explore each procedure; else as is set, or 60 (10 after a save).",
)
@click.option("--watch", is_flag=True, help="Check again whenever a file is saved, until Ctrl-C.")
@click.option("--explained", is_flag=True, help="Show explained advice, too.")
@click.option("--away", multiple=True, metavar="PERSON[:FROM..UNTIL]", help="As if this person were away, too.")
@click.option(
    "--all", "whole", is_flag=True, help="Also what the organisations among the files use, with their people."
)
@click.option("--who-is-needed", is_flag=True, help="List whose absence alone would stop something.")
@pass_session
@click.pass_context
def check(
    ctx: click.Context,
    session: Session,
    paths: tuple[str, ...],
    code: str | None,
    to: Path | None,
    away: tuple[str, ...],
    *,
    quick: bool,
    details: bool,
    seconds: int | None,
    watch: bool,
    explained: bool,
    whole: bool,
    who_is_needed: bool,
) -> None:
    """Check definition files; without PATH, all of your own folder (or the shipped ones).

    A folder stands for every YAML file in it. With an organisation (--organisation, or as set) the people, calendars,
    lists and limits it must have are checked too, on procedures with the overlays that it has today. An overlay is
    checked with every procedure that it was written for. The exit status is 1 if there is an error; advice does not
    count.

    Then it explores what cases can come to: whether one can get stuck, or end with something open. Each answer is
    proven, none found up to a bound, or not decided; that is no error. Answers are kept, so unchanged procedures take
    no time. --quick leaves this out. --explain CODE PATH writes what leads to such findings as scenarios
    (PATH.CODE.test.yaml), for an organisation that uses the procedure or the one that is named (--organisation), plays
    them, and says what they show. --watch goes on until Ctrl-C and says what has changed.

    Which procedures an organisation among the files uses is said, and --all looks at them too: each for that
    organisation, with its people and its overlays.

    Whether people can give every approval is checked for the days on which somebody is away, too. --away asks what if;
    --who-is-needed lists whose absence alone would stop something.
    """
    if code:
        _explain(session, paths, code, to)
        return
    desk = file_desk(session)
    files = definition_files(desk, paths)
    organisation = _organisation_file(session, desk)
    if who_is_needed:
        found = definitions_away.needed(desk, files, organisation, today(session))
        session.answer(definitions_away.plain(found), definitions_away.lines(found))
        return
    absent = definitions_away.absences(organisation, away, desk.definitions)
    asked = Asked(desk, organisation, today(session), tuple(absent), quick=quick, seconds=seconds)
    if watch:
        found_errors = _watched(session, asked, paths, whole=whole)
    else:
        found_errors = tell(session, asked, files, Shown(details=details, explained=explained, whole=whole))
    if found_errors:
        ctx.exit(exits.PROBLEMS)


def _explain(session: Session, paths: tuple[str, ...], code: str, to: Path | None) -> None:
    """Say what a code means, or with files play what leads to it."""
    if not paths:
        page = explanation(code)
        session.answer({"code": code, "page": page}, page_lines(page))
        return
    desk = file_desk(session)
    files, house = definition_files(desk, paths), _organisation_file(session, desk)
    explain_files(session, desk, Explaining(code, files, house, today(session), to))


def _watched(session: Session, asked: Asked, paths: tuple[str, ...], *, whole: bool) -> bool:
    """Check again after every save until Ctrl-C; return whether there were errors at the end."""
    if whole:
        raise click.UsageError("--all looks once at everything; --watch goes on with the files themselves.")
    from inprocap_flow.cli.definitions_watch import watched

    return watched(session, asked, paths)


def _organisation_file(session: Session, desk: Desk) -> Path | None:
    """Return the file of the organisation that is named or set, if any. Raises NotFound."""
    name = session.options.get("organisation") or session.settings.organisation
    if not name:
        return None
    if Path(name).is_file():
        return Path(name)
    found = (folder / "organisations" / f"{name}.yaml" for folder in desk.definitions)
    path = next((one for one in found if one.is_file()), None)
    if path is None:
        from inprocap_flow.cli.overlaid import no_organisation

        raise no_organisation(desk, str(name))
    return path
