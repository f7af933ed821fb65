"""New files, written all or none: laid out, looked at before they are there, never over what is there already."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from inprocap_flow.errors import InvalidInput, NotAllowed, Place, Problem
from inprocap_flow.language.files import shown_path
from inprocap_flow.service.desk import Desk

NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
PEOPLE_LACK = ("too-few-people", "nobody-signs", "approval-impossible", "absence-stops-approval")
"""What a file cannot mend: somebody has to be given a role in the file of the organisation."""


@dataclass(frozen=True, slots=True)
class Started:
    """What was written, in order, the file itself first; and what ``check`` will still say about people."""

    files: tuple[Path, ...]
    waits: tuple[Problem, ...] = ()


def refuse_name(name: str) -> None:
    """Refuse what cannot name a file of definitions. Raises InvalidInput."""
    if NAME.fullmatch(name) is None:
        fact = f"{name!r} cannot be a name."
        raise InvalidInput([Problem(Place("NAME"), "bad-name", fact, "Write small letters, digits and hyphens.")])


def start(
    desk: Desk,
    folder: Path,
    texts: Mapping[str, str],
    *,
    organisation: Path | None = None,
    day: date,
) -> Started:
    """Write *texts* (path inside *folder* to text) laid out as `format` does; the first is the file itself.

    First they are looked at, as `check` would with *organisation* (its file): any error but lacking people keeps all
    from being written. Raises NotAllowed (a file is there, or cannot be written), InvalidInput (what is wrong).
    """
    from inprocap_flow.language.layout import format_text

    laid_out = {name: format_text(text, name) for name, text in texts.items()}
    refuse_existing([folder / name for name in laid_out])
    waits = _look(desk, folder, laid_out, organisation, day)
    write_together({folder / name: text for name, text in laid_out.items()})
    return Started(tuple(folder / name for name in laid_out), waits)


def replace_text(
    desk: Desk, folder: Path, name: str, text: str, *, before: str, organisation: Path | None, day: date
) -> Started:
    """Write *text* in the place of *before*, the text of the file *name* inside *folder*, if `check` finds no error.

    Raises NotAllowed if the file says something else by now, or cannot be written; InvalidInput as `start` does.
    """
    waits = _look(desk, folder, {name: text}, organisation, day)
    path = folder / name
    if path.read_text(encoding="utf-8") != before:
        raise NotAllowed(f"{shown_path(path)} was changed meanwhile; nothing was written", mend="do it again")
    beside = path.with_suffix(".new")
    write_together({beside: text})
    beside.replace(path)
    return Started((path,), waits)


def _look(
    desk: Desk, folder: Path, texts: Mapping[str, str], organisation: Path | None, day: date
) -> tuple[Problem, ...]:
    """Return what waits for people. Raises InvalidInput with every other error, placed where the file would be."""
    from inprocap_flow.language.inspect import check

    with TemporaryDirectory() as temporary:
        trial = Path(temporary)
        write_together({trial / name: text for name, text in texts.items()})
        found = check(
            [trial / name for name in texts if not name.endswith(".test.yaml")],
            (trial, folder, *desk.definitions),
            organisation=organisation,
            day=day,
            hook_lookup=desk.hooks.lookup,
        )
        errors = [_placed(one, trial, folder) for one in found if one.severity == "error"]
    if wrong := [one for one in errors if one.code not in PEOPLE_LACK]:
        raise InvalidInput(wrong)
    return tuple(errors)


def _placed(problem: Problem, trial: Path, folder: Path) -> Problem:
    """Return *problem* with its place in *folder*, where the trial stood for it."""
    inside = Path(problem.place.file)
    if not inside.is_relative_to(trial):
        return problem
    return replace(problem, place=replace(problem.place, file=shown_path(folder / inside.relative_to(trial))))


def refuse_existing(paths: Sequence[Path]) -> None:
    """Refuse to write where a file is already. Raises NotAllowed."""
    there = [path for path in paths if path.exists()]
    if there:
        named = " and ".join(shown_path(path) for path in there)
        mend = "choose another name, or another folder with --to"
        if any(path.parent.name == "overlays" for path in there):
            mend += "; an overlay takes another change with --add"
        else:
            which = "them" if len(there) > 1 else "it"
            mend += f"; or change {which} by hand; or, if nothing in {which} is worth keeping, remove {which} first"
        fact = f"{named} {'are' if len(there) > 1 else 'is'} there already; nothing was written"
        raise NotAllowed(fact, mend=mend)


def write_together(texts: Mapping[Path, str]) -> None:
    """Write new files; where one cannot be written, take away those that were. Raises NotAllowed."""
    done: list[Path] = []
    try:
        for path, text in texts.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("x", encoding="utf-8", newline="\n") as file:
                done.append(path)
                file.write(text)
    except OSError as wrong:
        for path in done:
            path.unlink(missing_ok=True)
        fact = f"{shown_path(path)} cannot be written: {wrong.strerror}; nothing was written"
        raise NotAllowed(fact, mend="check folder and rights") from wrong
