"""``diagram``: a procedure as a picture, for Markdown (Mermaid), for Graphviz (DOT) or to look at (SVG)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from inprocap_flow.cli.definitions import file_desk, procedure_file, written
from inprocap_flow.cli.session import Session, pass_session
from inprocap_flow.errors import NotFound
from inprocap_flow.language.model import CASE

if TYPE_CHECKING:
    from inprocap_flow.machine.table import Machine

FORMATS = ("mermaid", "dot", "svg")


@click.command()
@click.argument("procedure", required=False)
@click.option("--line", metavar="TRACK", help="A kind of track (supplier), or one of a case (supplier/alpha).")
@click.option("--case", "case", metavar="CASE", help="Draw the version of this case, and mark where it stands.")
@click.option(
    "--format", "form", type=click.Choice(FORMATS), help="Without it: by the ending of the file, else mermaid."
)
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Write it to FILE.")
@pass_session
def diagram(
    session: Session,
    procedure: str | None,
    *,
    line: str | None,
    case: str | None,
    form: str | None,
    output: Path | None,
) -> None:
    """Draw a procedure, or one kind of track of it; with --case, mark where that case stands.

    PROCEDURE is a name (pcp) or a file; with --case it is not needed.
    """
    if (procedure is None) == (case is None):
        raise click.UsageError("Draw a PROCEDURE, or a case with --case CASE.")
    if case is not None:
        machine, kind, current = _of_case(session, case, line)
    else:
        machine, kind, current = _of_file(session, procedure or ""), _kind_of(line), None
    if kind not in ("", *machine.definition.tracks):
        known = ", ".join(machine.definition.tracks) or "none"
        raise NotFound(f"{machine.definition.name} has no track {kind}", mend=f"its tracks: {known}")
    form = form or _by_ending(output)
    text = _drawn(form, machine, kind, current, session.settings.language)
    _answer(session, form, text, output)


def _answer(session: Session, form: str, text: str, output: Path | None) -> None:
    text = text if text.endswith("\n") else text + "\n"
    if output is None:
        session.answer({"format": form, "text": text}, text.splitlines())
        return
    written(output, text)
    session.answer({"format": form, "written": str(output)}, [f"Written: {output}"])


def _by_ending(output: Path | None) -> str:
    endings = {".dot": "dot", ".gv": "dot", ".svg": "svg"}
    return endings.get(output.suffix.lower(), "mermaid") if output else "mermaid"


def _kind_of(line: str | None) -> str:
    kind = (line or CASE).partition("/")[0]
    return CASE if kind == "case" else kind


def _of_file(session: Session, name: str) -> Machine:
    from inprocap_flow.service.releasing import compiled

    desk = file_desk(session)
    return compiled(desk, procedure_file(desk, name))


def _of_case(session: Session, typed: str, line: str | None) -> tuple[Machine, str, str]:
    """Return the machine of a case's own version, the kind of line to draw, and where that line stands."""
    from inprocap_flow.cli.subject import subject

    found = subject(session, typed)
    lines = found.case.lines
    wanted = line if line and line != "case" else found.case.main.id
    if wanted not in lines:
        known = ", ".join(name for name in lines if name != found.case.main.id) or "none"
        raise NotFound(f"the case has no track {line}", mend=f"its tracks: {known}")
    return found.binding.machine, lines[wanted].kind, lines[wanted].state


def _drawn(form: str, machine: Machine, kind: str, current: str | None, language: str) -> str:
    from inprocap_flow.machine import draw

    if form == "mermaid":
        return draw.mermaid(machine, kind, current=current, language=language)
    text = draw.dot(machine, kind, current=current, language=language)
    if form == "dot":
        return text
    from inprocap_flow.machine.layout import svg

    return svg(text)
