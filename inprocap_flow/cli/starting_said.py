"""What was begun and what to do next, for people and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from inprocap_flow.cli import layout
from inprocap_flow.cli.definitions import name_the_folder, shown
from inprocap_flow.cli.questions import Asker
from inprocap_flow.cli.session import Session

if TYPE_CHECKING:
    from inprocap_flow.service.starting.files import Started


def say(
    session: Session,
    folder: Path,
    made: Started,
    asker: Asker,
    steps: list[str],
    commands: Iterable[str],
) -> None:
    """Say what was written, what was taken by default, what waits for people, and what to do next."""
    if session.settings.definitions is None or session.settings.definitions.resolve() != folder.resolve():
        steps = [name_the_folder(folder), *steps]
    steps = [*_people(made), *steps]
    commands = list(commands)
    document = {
        "name": made.files[0].stem,
        "files": [shown(path) for path in made.files],
        "by_default": asker.taken,
        "next": [*steps, *commands],
        "waits": [{"code": one.code, "text": one.fact} for one in made.waits],
    }
    session.answer(document, _lines(made, asker, steps, commands))


def _people(made: Started) -> list[str]:
    facts = dict.fromkeys(one.fact for one in made.waits if one.code == "too-few-people")
    return [f"give the role to somebody in the organisation's file: {fact}" for fact in facts]


def _lines(made: Started, asker: Asker, steps: Iterable[str], commands: Iterable[str]) -> Iterator[str]:
    yield from (f"Written: {shown(path)}" for path in made.files)
    if asker.taken:
        said = ", ".join(f"{option} {layout.clean(value)}" for option, value in asker.taken.items())
        yield from layout.wrapped(f"Taken by default: {said}.", rest="  ")
    yield ""
    yield "Now"
    for number, one in enumerate(steps, 1):
        yield from layout.wrapped(one, f"  {number}. ", " " * 5)
    yield ""
    yield "and look at it"
    yield from (f"  {command}" for command in commands)
