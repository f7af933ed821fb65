"""``migrate``: running cases over to another version of their procedure, by a plan."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from inprocap_flow.cli import completing, exits, layout, reasons
from inprocap_flow.cli.definitions import counted, is_file, shown, stepping, written
from inprocap_flow.cli.session import Session, pass_session
from inprocap_flow.errors import FlowError, NotAllowed, NotFound

if TYPE_CHECKING:
    from inprocap_flow.service.migrating import Moved, Plan


@click.command()
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.argument("cases", nargs=-1, metavar="[CASE]...", shell_complete=completing.cases)
@click.option("--draft", is_flag=True, help="FILE is a new version of a procedure or overlay: propose a plan for it.")
@click.option("--from", "old", metavar="VERSION", help="With --draft: the version that the cases are on.")
@click.option("--of", "procedure", metavar="NAME", help="With --draft of an overlay: the procedure meant.")
@click.option("--output", type=click.Path(path_type=Path), metavar="FILE", help="With --draft: write it there.")
@click.option("--reason", metavar="TEXT", help="Why; recorded with every case. The plan may say it instead.")
@click.option("--dry-run", is_flag=True, help="Say what would become of every case; record nothing.")
@pass_session
def migrate(session: Session, file: Path, **how: Any) -> None:
    """Bring running cases to another version of their procedure, by the plan in FILE.

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
    plan = migrating.load_plan(desk, _existing(file))
    if not dry_run:
        migrating.must_be_released(plan)
    ids = migrating.cases_of(desk, plan, tuple(_named(session, cases)))
    who = migrating.Who(session.actor, session.role, reason, session.account)
    moved = [migrating.tried(desk, plan, case_id, who, dry_run=dry_run) for case_id in stepping(ids, "Moving")]
    session.answer(_plain(plan, moved, dry_run), _lines(session, plan, moved, dry_run))
    if any(one.outcome == migrating.REFUSED for one in moved):
        click.get_current_context().exit(exits.REFUSED)


def _existing(path: Path) -> Path:
    if not is_file(path):
        raise NotFound(
            f"there is no file {path}", mend="give the path of a plan; inprocap-flow migrate --draft makes one"
        )
    return path


def _named(session: Session, cases: Sequence[str]) -> Iterator[str]:
    from inprocap_flow.service.finding import find_case

    return (find_case(session.reading_desk, typed) for typed in cases)


# ---------------------------------------------------------------------------------------------- drafts


def _draft(session: Session, file: Path, old: str | None, procedure: str | None, output: Path | None) -> None:
    from inprocap_flow.language.versions.drafting import draft_plan, open_questions, renamed_or_gone
    from inprocap_flow.service.drafting import versions_to_draft

    if output is not None and output.exists():  # what somebody has decided there would be lost
        raise NotAllowed(f"{shown(output)} is there already", mend="name another file")
    desk = session.reading_desk
    before, after = versions_to_draft(desk, _existing(file), old, _organisation(session), procedure)
    name = output.stem if output else f"{after.definition.name}-{_as_name(after.definition.full_version)}"
    text = draft_plan(before.definition, after.definition, name)
    marked, remarked = open_questions(text), renamed_or_gone(text)
    questions = marked + remarked
    if output is not None:
        written(output, text)
    lines = text.rstrip("\n").splitlines() if output is None else [f"Written: {shown(output)}"]
    session.answer({"plan": text, "open_questions": questions, "file": str(output) if output else None}, lines)
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


# ---------------------------------------------------------------------------------------------- what became of them


def _plain(plan: Plan, moved: Sequence[Moved], dry_run: bool) -> dict[str, Any]:
    return {
        "procedure": plan.migration.procedure,
        "from": plan.migration.from_version,
        "to": plan.migration.to_version,
        "dry_run": dry_run,
        "cases": [
            {
                "case": one.case_id,
                "title": one.title,
                "outcome": one.outcome.replace(" ", "_"),
                "stage": one.stage,
                "events": [event.to_plain() for event in one.events],
                "blockers": [reasons.to_plain(blocker) for blocker in one.blockers],
            }
            for one in moved
        ],
    }


def _lines(session: Session, plan: Plan, moved: Sequence[Moved], dry_run: bool) -> Iterator[str]:
    what = f"{plan.migration.procedure}, {plan.migration.from_version} to {plan.migration.to_version}"
    yield from map(layout.heading, layout.wrapped(f"{what}{': what would become of each case' if dry_run else ''}"))
    for problem in plan.advice:
        yield from layout.wrapped(f"Mind: {problem.fact} {problem.mend}")
    if not moved:
        yield from layout.wrapped(f"No open case is on {plan.migration.from_version}.")
        return
    for one in moved:
        yield ""
        yield from layout.wrapped(f"{one.case_id}  {one.title}".rstrip())
        yield from layout.wrapped(f"{one.outcome}, {'stays in' if one.blockers else 'in'} {one.stage}", "  ")
        if one.blockers:
            yield from _stays(session, one)
        for text in _what(one):
            yield from layout.bullet(text)
    yield ""
    yield _summary(moved)
    if dry_run and not plan.released:
        yield from layout.wrapped(f"Version {plan.migration.to_version} is not released yet: release it, then migrate.")


def _stays(session: Session, one: Moved) -> list[str]:
    """Return why a case stays, each reason with who can do something about it and how."""
    from inprocap_flow.cli.subject import subject

    try:
        about = subject(session, one.case_id)
    except FlowError:  # of another organisation than the one named, or not to be read: then the reasons alone
        texts = dict.fromkeys(_of_line(blocker.line, blocker.reason) for blocker in one.blockers)
        return [line for text in texts for line in layout.bullet(text)]
    return reasons.lines(one.blockers, about.words, about.definition, case=one.case_id)


def _what(one: Moved) -> tuple[str, ...]:
    """Return what happens to a case that goes over."""
    if one.blockers:
        return ()
    said = [text for event in one.events if event.kind == "migrated" for text in _otherwise_called(event.data)]
    said += [text for event in one.events if (text := _said(event.kind, event.data))]
    new = [text for event in one.events if event.kind == "migrated" for text in _new(event.data)]
    return tuple(dict.fromkeys((*said, *new)))


def _otherwise_called(data: Any) -> Iterator[str]:
    """Yield what is called otherwise from now on, each once with the lines on which it is."""
    from inprocap_flow.engine.case.kinds import written_kind

    found: dict[str, list[str]] = {}
    for line, told in data.get("lines", {}).items():
        if "kind" in told:
            found.setdefault(f"the kind of track {written_kind(line)} is called {told['kind']}", []).append(line)
        for what in ("fields", "documents", "milestones"):
            for was, now in told.get(what, {}).items():
                found.setdefault(f"the {what.removesuffix('s')} {was} is called {now}", []).append(line)
    yield from (f"the role {was} is called {now}" for was, now in data.get("roles", {}).items())
    for what in ("deadlines", "approvals"):
        for was, now in data.get(what, {}).items():
            line, name = was.split(" ", 1)
            text = f"the {what.removesuffix('s')} {name} is called {now.partition(' ')[2]}"
            found.setdefault(text, []).append(line)
    for text, lines in found.items():
        yield text if lines == ["case"] else f"{text}: {', '.join(lines)}"


def _new(data: Any) -> Iterator[str]:
    from inprocap_flow.service.effects_of_rules import OBLIGATIONS

    for rule in data.get("holds_again", ()):
        yield f"the rule {rule} holds again: no derogation of the new version lifts it as it was lifted"
    for one in data.get("obligations", ()):
        step = f", for {one['step']}" if one.get("step") else ""
        yield _of_line(one["line"], f"new ahead: {OBLIGATIONS.get(one['what'], one['what'])} {one['about']}{step}")


def _of_line(line: str, reason: str) -> str:
    return reason if line == "case" else f"{line}: {reason}"


def _said(kind: str, data: Any) -> str:
    name = str(data.get("deadline") or data.get("approval") or "")
    return {
        "deadline_stopped": f"{name} stopped",
        "deadline_recomputed": f"{name} recomputed",
        "deadline_corrected": f"{name} has another end",
        "deadline_started": f"{name} starts",
        "approval_voided": f"signatures of {name} are void",
        "approval_asked": f"{name} asked for again",
        "filled": "values filled in",
        "moved": f"carries out {data.get('step')} by itself",
        "watch_tripped": f"the watch {data.get('watch')} asks for an approval",
    }.get(kind, "")


def _summary(moved: Sequence[Moved]) -> str:
    from collections import Counter

    found = Counter(one.outcome for one in moved)
    parts = ", ".join(f"{count} {outcome}" for outcome, count in found.items())
    return f"{counted(len(moved), 'case')}: {parts}."
