"""``adopt``: a shipped procedure becomes one's own, to be changed."""

from __future__ import annotations

from pathlib import Path

import click

from inprocap_flow.cli import layout
from inprocap_flow.cli.definitions import file_desk, name_the_folder, shown, today
from inprocap_flow.cli.session import Session, pass_session

RATHER = (
    "Put papers, signatures, longer periods, reminders and names into an overlay (inprocap-flow new overlay): the "
    "scenarios and the next version of the shipped procedure stay. A copy is for what no overlay can do: other steps, "
    "less than the procedure asks for."
)


@click.command()
@click.argument("name")
@click.option("--under", metavar="NEW-NAME", help="Give the copy another name; then both can be used.")
@click.option(
    "--to",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="FOLDER",
    help="Your own folder; without it, the one in the settings, else ./definitions.",
)
@pass_session
def adopt(session: Session, name: str, under: str | None, to: Path | None) -> None:
    """Copy the shipped procedure NAME with its scenarios, blocks and rulebook, to change it in your own folder.

    Shipped files are never edited: the next release of the program replaces them. A copy is for what an overlay cannot
    do (inprocap-flow new overlay): its scenarios and its next versions are yours to keep up.

    Example: inprocap-flow adopt open --under open-lab
    """
    from inprocap_flow.service.adopting import adopt as adopted_

    folder = to or session.settings.definitions or Path("definitions")
    made = adopted_(file_desk(session), name, folder, under=under, day=today(session))
    files = [shown(path) for path in made.files]
    lines = [f"{made.name} {made.version} is yours now:", *(f"  {file}" for file in files), ""]
    if session.settings.definitions is None or session.settings.definitions.resolve() != folder.resolve():
        lines += layout.wrapped(f"First {name_the_folder(folder)}")
    lines += layout.wrapped(f"Then change {shown(made.file)}, with another `version:` before you release it;")
    lines += [f"  inprocap-flow check {made.name}", f"  inprocap-flow test {made.name}"]
    lines += ["", *layout.wrapped(RATHER)]
    session.answer({"name": made.name, "version": made.version, "folder": str(folder), "files": files}, lines)
