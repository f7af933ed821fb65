"""``format``: definition files in the usual layout; what they say never changes."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from pathlib import Path

import click

from inprocap_flow.cli import exits
from inprocap_flow.cli.definitions import counted, definition_files, file_desk, shown, stepping, written
from inprocap_flow.cli.session import Session, pass_session
from inprocap_flow.errors import InvalidInput, Place, Problem


@click.command("format")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("--check", "only_check", is_flag=True, help="Write nothing; exit 1 if a file would change.")
@click.option("--diff", "with_diff", is_flag=True, help="Write nothing; show what would change.")
@pass_session
@click.pass_context
def format_(ctx: click.Context, session: Session, paths: tuple[str, ...], only_check: bool, with_diff: bool) -> None:
    """Lay out definition files: two spaces, braces for one or two keys only, comments where they were.

    Without PATH, all files of your own folder of definitions. A folder stands for every YAML file in it. A file that
    cannot be read is left as it is, and said.
    """
    desk = file_desk(session)
    dry = only_check or with_diff
    if not paths and desk.settings.definitions is None and not dry:
        raise click.UsageError("Which files? Name them, or set your own folder with INPROCAP_FLOW_DEFINITIONS.")
    files = definition_files(desk, paths)
    changed: list[tuple[Path, str, str]] = []
    problems: list[Problem] = []
    for path in stepping(files, "Laying out"):
        try:
            before = _text_of(path)
            after = _laid_out(before, shown(path))
        except InvalidInput as wrong:
            problems += wrong.problems
            continue
        if after != before:
            changed.append((path, before, after))
    if not dry:
        for path, _, after in changed:
            written(path, after)
    session.answer(
        {
            "files": len(files),
            "changed": [shown(path) for path, _, _ in changed],
            "written": not dry,
            "problems": [str(one) for one in problems],
        },
        _lines(len(files), changed, problems, dry=dry, with_diff=with_diff),
    )
    if problems or (dry and changed):
        ctx.exit(exits.PROBLEMS)


def _text_of(path: Path) -> str:
    from inprocap_flow.language.marks import decode

    try:
        return decode(path.read_bytes(), shown(path)).text
    except OSError as wrong:
        fact = f"The file cannot be read: {wrong.strerror}."
        raise InvalidInput([Problem(Place(shown(path)), "cannot-read", fact, "Check name and rights.")]) from None


def _laid_out(text: str, file: str) -> str:
    from inprocap_flow.language.layout import format_text

    return format_text(text, file)


def _lines(
    files: int, changed: list[tuple[Path, str, str]], problems: list[Problem], *, dry: bool, with_diff: bool
) -> Iterator[str]:
    for path, before, after in changed:
        if with_diff:
            name = shown(path)
            yield from (
                line.rstrip("\n")
                for line in difflib.unified_diff(
                    before.splitlines(), after.splitlines(), name, f"{name} (laid out)", lineterm=""
                )
            )
        else:
            yield f"{'would change' if dry else 'laid out'}: {shown(path)}"
    for one in problems:
        yield str(one)
    verb = "would change" if dry else "changed"
    unread = len({one.place.file for one in problems})
    parts = [f"{len(changed)} {verb}", f"{files - len(changed) - unread} as usual"]
    parts += [f"{unread} cannot be read"] if unread else []
    yield f"{counted(files, 'file')}: {', '.join(parts)}."
