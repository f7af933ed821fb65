"""``migrate``: running cases over to another version of their procedure, by a plan."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from inprocap_flow.cli import completing, exits
from inprocap_flow.cli.definitions import counted, is_file, shown, stepping, written
from inprocap_flow.cli.moved_cases import lines, plain
from inprocap_flow.cli.session import Session, pass_session
from inprocap_flow.errors import NotAllowed, NotFound

if TYPE_CHECKING:
    from inprocap_flow.service.desk import Desk
    from inprocap_flow.service.migrating import Moved


@click.command()
@click.argument("file", metavar="FILE|NAME", type=click.Path(path_type=Path))
@click.argument("cases", nargs=-1, metavar="[CASE]...", shell_complete=completing.cases)
@click.option(
    "--draft",
    is_flag=True,
    help="Propose a plan for a new version of a procedure or overlay, given by its file or name.",
)
@click.option("--from", "old", metavar="VERSION", help="With --draft: the version that the cases are on.")
@click.option("--of", "procedure", metavar="NAME", help="With --draft of an overlay: the procedure meant.")
@click.option("--output", type=click.Path(path_type=Path), metavar="FILE", help="With --draft: write it there.")
@click.option("--reason", metavar="TEXT", help="Why; recorded with every case. The plan may say it instead.")
@click.option("--dry-run", is_flag=True, help="Say what would become of every case; record nothing.")
@pass_session
def migrate(session: Session, file: Path, **how: Any) -> None:
    """Bring running cases to another version of their procedure, by the plan in FILE, or by the plan NAME in the folder
    `migrations` of your definitions.

    Each case goes over in a transaction of its own, with one event; one that cannot stays, with the reason. A run that
    was stopped is begun again with the same words. Begin with --draft, decide what it marks, then --dry-run.
    """
    if how["draft"]:
        _draft(session, file, how["old"], how["procedure"], how["output"])
    else:
        _move(session, file, how["cases"], how["reason"], dry_run=how["dry_run"])


def _move(session: Session, file: Path, cases: tuple[str, ...], reason: str | None, *, dry_run: bool) -> None:
    from inprocap_flow.service import migrating

    desk = session.reading_desk if dry_run else session.desk
    plan = migrating.load_plan(desk, _plan_file(desk, file))
    if not dry_run:
        migrating.must_be_released(plan)
    ids = migrating.cases_of(desk, plan, tuple(_named(session, cases)))
    who = migrating.Who(session.actor, session.role, reason, session.account)
    moved: list[Moved] = []
    stopped = False
    try:
        over = stepping(ids, "Trying" if dry_run else "Moving")
        moved.extend(migrating.tried(desk, plan, case_id, who, dry_run=dry_run) for case_id in over)
    except KeyboardInterrupt:  # what went over stays over, and has to be said
        stopped = True
    session.answer(plain(plan, moved, dry_run), lines(session, plan, moved, dry_run))
    if stopped:
        session.note(
            f"Stopped after {len(moved)} of {counted(len(ids), 'case')}. The same words again take those that are left."
        )
        click.get_current_context().exit(exits.STOPPED)
    if any(one.outcome == migrating.REFUSED for one in moved):
        click.get_current_context().exit(exits.REFUSED)


def _plan_file(desk: Desk, path: Path) -> Path:
    """Return the file of a plan: a path, or a name looked up in the folders of definitions. Raises NotFound."""
    from inprocap_flow.language.files import Library

    if is_file(path):
        return path
    library = Library(desk.definitions)
    found = library.find("migration", str(path))
    if found is None:
        known = library.known("migration")
        which = f"a path, or one of: {', '.join(known)}" if known else "the path of a plan"
        raise NotFound(f"there is no plan {path}", mend=f"give {which}; inprocap-flow migrate --draft NAME makes one")
    return found


def _named(session: Session, cases: Sequence[str]) -> Iterator[str]:
    from inprocap_flow.service.finding import find_case

    return (find_case(session.reading_desk, typed) for typed in cases)


# ---------------------------------------------------------------------------------------------- drafts


def _draft(session: Session, file: Path, old: str | None, procedure: str | None, output: Path | None) -> None:
    from inprocap_flow.cli.impacts import versioned_file
    from inprocap_flow.language.versions.drafting import draft_plan, open_questions, renamed_or_gone
    from inprocap_flow.service.drafting import versions_to_draft

    if output is not None and output.exists():  # what somebody has decided there would be lost
        raise NotAllowed(f"{shown(output)} is there already", mend="name another file")
    desk = session.reading_desk
    before, after = versions_to_draft(desk, versioned_file(desk, str(file)), old, _organisation(session), procedure)
    name = output.stem if output else f"{after.definition.name}-{_as_name(after.definition.full_version)}"
    text = draft_plan(before.definition, after.definition, name)
    marked, remarked = open_questions(text), renamed_or_gone(text)
    questions = marked + remarked
    if output is not None:
        written(output, text)
    said = text.rstrip("\n").splitlines() if output is None else [f"Written: {shown(output)}"]
    session.answer({"plan": text, "open_questions": questions, "file": str(output) if output else None}, said)
    parts = ["marked `decide`"] if marked and not remarked else [f"{marked} marked `decide`"] if marked else []
    if remarked:
        parts.append(f"{remarked} in a remark: is a kind of track or a role gone, or called otherwise only?")
    session.note(
        f"({counted(questions, 'open question')}{'; ' if remarked else ', ' if marked else ''}{', '.join(parts)})"
    )


def _organisation(session: Session) -> str | None:
    """Return the organisation whose overlays count: as named, else the only one; None where several would do."""
    try:
        return session.organisation
    except (click.UsageError, NotFound):
        return None


def _as_name(version: str) -> str:
    return "-".join("".join(one if one.isalnum() else " " for one in version.lower()).split())
