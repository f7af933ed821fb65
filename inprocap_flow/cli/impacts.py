"""``impact``: what a version means for the cases that run, before it is released and before they are moved over."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from inprocap_flow.cli import layout, reasons
from inprocap_flow.cli.alike import Block, together
from inprocap_flow.cli.definitions import counted, procedure_file
from inprocap_flow.cli.overlaid import overlay_file
from inprocap_flow.cli.session import Session, pass_session
from inprocap_flow.errors import NotFound

if TYPE_CHECKING:
    from inprocap_flow.service.desk import Desk
    from inprocap_flow.service.impact import Impact, Impacts


@click.command()
@click.argument("procedure", metavar="FILE|NAME")
@click.option(
    "--plan", type=click.Path(path_type=Path), metavar="FILE", help="As the cases would be moved by this plan."
)
@click.option("--all", "everything", is_flag=True, help="List the cases that are unaffected, too.")
@pass_session
def impact(session: Session, procedure: str, plan: Path | None, everything: bool) -> None:
    """Say what a new version of a procedure or of an overlay means for every open case, each from where it stands.

    A case is compared with what its organisation would get: the procedure with the overlays in force today. Not the
    text that differs counts, but what can still happen: an approval more before a step that lies behind changes
    nothing. Cases stay on their version until somebody moves them over (inprocap-flow migrate).
    """
    from inprocap_flow.service.impact import impact_of_file

    desk = session.reading_desk
    found = _by_plan(desk, plan) if plan else impact_of_file(desk, versioned_file(desk, procedure))
    session.answer(_plain(found), [*_lines(found, everything=everything), *_next(found, plan, procedure)])


def _by_plan(desk: Desk, path: Path) -> Impacts:
    from inprocap_flow.service.impact import impact as find_impact
    from inprocap_flow.service.migrating import load_plan

    plan = load_plan(desk, path).migration
    with desk.store.reading() as reading:
        return find_impact(desk, desk.machine(reading, plan.to_hash), plan)


def versioned_file(desk: Desk, name: str) -> Path:
    """Return the file of a procedure, else of an overlay, by its path or name. Raises NotFound."""
    try:
        return procedure_file(desk, name)
    except NotFound:
        with suppress(NotFound):
            return overlay_file(desk, name)
        raise


def _plain(found: Impacts) -> dict[str, Any]:
    return {
        found.kind: found.name,
        "version": found.version,
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
        "procedure": case.procedure,
        "version": case.version,
        "to": case.to,
        "stage": case.stage,
        "unaffected": case.unaffected,
        "effects": [
            {"kind": one.kind, "line": line or "case", "about": one.about, "step": one.step or None, "says": one.says}
            for line, one in case.effects
        ],
        "undecided": [reasons.to_plain(blocker) for blocker in case.undecided],
    }


def _lines(found: Impacts, *, everything: bool) -> Iterator[str]:
    yield layout.heading(f"{found.name} {found.version}")
    yield from layout.wrapped(_summary(found))
    yield from together(_block(found, case) for case in found.cases if everything or not case.unaffected)


def _block(found: Impacts, case: Impact) -> Block:
    where, says = f"on {case.version}, in {case.stage}", []
    if found.kind == "overlay" or case.to != found.version:
        says += layout.wrapped(f"compared with {case.procedure} {case.to}", "  ")
    for line, one in case.effects:
        on = f"{line}: " if line not in ("", "case") else ""
        says += layout.bullet(f"{on}{one.says}")
    said = {one.about for _, one in case.effects}
    for blocker in case.undecided:
        if blocker.about not in said:
            says += layout.bullet(blocker.reason)
    if case.unaffected:
        says += layout.bullet("unaffected")
    return Block(f"{case.case_id}  {case.title}".rstrip(), where, tuple(says))


def _next(found: Impacts, plan: Path | None, typed: str) -> Iterator[str]:
    if plan is not None and found.cases:
        yield ""
        yield from layout.wrapped(f"To see what would become of each case: inprocap-flow migrate {plan} --dry-run")
    elif any(not case.unaffected for case in found.cases):
        yield ""
        yield from layout.wrapped(f"To move cases over: inprocap-flow migrate --draft {typed} proposes a plan.")


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
