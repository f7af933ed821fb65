"""``impact``: what a version means for the cases that run, before it is released and before they are moved over."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from inprocap_flow.cli import layout, reasons
from inprocap_flow.cli.definitions import counted, procedure_file
from inprocap_flow.cli.session import Session, pass_session

if TYPE_CHECKING:
    from inprocap_flow.service.impact import Impact, Impacts


@click.command()
@click.argument("procedure", metavar="FILE|NAME")
@click.option(
    "--plan", type=click.Path(path_type=Path), metavar="FILE", help="As the cases would be moved by this plan."
)
@click.option("--all", "everything", is_flag=True, help="List the cases that are unaffected, too.")
@pass_session
def impact(session: Session, procedure: str, plan: Path | None, everything: bool) -> None:
    """Say what a new version of a procedure means for every open case, each from where it stands.

    Not the text that differs counts, but what can still happen: an approval more before a step that lies behind
    changes nothing. Cases stay on their version until somebody moves them over (inprocap-flow migrate).
    """
    from inprocap_flow.service.impact import impact as find_impact
    from inprocap_flow.service.migrating import load_plan
    from inprocap_flow.service.releasing import compiled

    desk = session.reading_desk
    machine = compiled(desk, procedure_file(desk, procedure))
    found = find_impact(desk, machine, load_plan(desk, plan).migration if plan else None)
    session.answer(_plain(found), _lines(found, everything=everything))


def _plain(found: Impacts) -> dict[str, Any]:
    return {
        "procedure": found.procedure,
        "version": found.version,
        "hash": found.content_hash,
        "cases": len(found.cases),
        "unaffected": found.unaffected,
        "counts": dict(found.counts()),
        "by_case": [_case(case) for case in found.cases],
    }


def _case(case: Impact) -> dict[str, Any]:
    return {
        "case": case.case_id,
        "title": case.title,
        "organisation": case.organisation,
        "version": case.version,
        "stage": case.stage,
        "unaffected": case.unaffected,
        "effects": [
            {"kind": one.kind, "line": line or "case", "about": one.about, "step": one.step or None, "says": one.says}
            for line, one in case.effects
        ],
        "undecided": [reasons.to_plain(blocker) for blocker in case.undecided],
    }


def _lines(found: Impacts, *, everything: bool) -> Iterator[str]:
    yield layout.heading(f"{found.procedure} {found.version}")
    yield from layout.wrapped(_summary(found))
    for case in found.cases:
        if case.unaffected and not everything:
            continue
        yield ""
        yield from layout.wrapped(f"{case.case_id}  {case.title}".rstrip())
        yield from layout.wrapped(f"on {case.version}, in {case.stage}", "  ")
        for line, one in case.effects:
            on = f"{line}: " if line not in ("", "case") else ""
            yield from layout.bullet(f"{on}{one.says}")
        said = {one.about for _, one in case.effects}
        for blocker in case.undecided:
            if blocker.about not in said:
                yield from layout.bullet(blocker.reason)
        if case.unaffected:
            yield from layout.bullet("unaffected")
    if any(not case.unaffected for case in found.cases):
        yield ""
        yield from layout.wrapped("To move cases over: inprocap-flow migrate --draft FILE proposes a plan.")


def _summary(found: Impacts) -> str:
    """Return it in one sentence: ``17 cases: 12 unaffected, 3 gain an approval, 2 stand in a stage that is gone.``"""
    from inprocap_flow.language.versions.ahead import KINDS

    if not found.cases:
        return "No open case is on another version."
    parts = [f"{found.unaffected} unaffected"] if found.unaffected else []
    parts += [f"{count} {KINDS[kind][0 if count == 1 else 1]}" for kind, count in found.counts()]
    open_questions = sum(bool(case.undecided) and not case.effects for case in found.cases)
    parts += [f"{open_questions} with something that a plan must decide"] if open_questions else []
    return f"{counted(len(found.cases), 'case')}: {', '.join(parts)}."
