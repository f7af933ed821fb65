"""``check --watch``: check again whenever a file is saved, and say only what has changed since the last time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inprocap_flow.cli import definitions_behaviour, layout
from inprocap_flow.cli.definitions import counted, definition_files
from inprocap_flow.cli.problems import problem_to_plain, rendered
from inprocap_flow.errors import InvalidInput, NotFound, Problem

if TYPE_CHECKING:
    from inprocap_flow.cli.definitions_checked import Asked
    from inprocap_flow.cli.session import Session
    from inprocap_flow.service.desk import Desk

Key = tuple[object, ...]

SOON = 10
"""Seconds for which each procedure is explored after a save, if nobody says how long: the next save waits for it."""


def watched(session: Session, asked: Asked, paths: Sequence[str]) -> bool:
    """Check, then again after every change of a definition or hook, until Ctrl-C; return whether errors are left.

    A file that is only half written shows as a problem of that file, and as none once it is whole. With --json every
    time is one document in a line.
    """
    from watchfiles import watch

    last: dict[Key, Problem] = {}
    try:
        # The watch begins before the first check: what is saved while that runs, for a minute perhaps, counts too.
        saved = watch(
            *_folders(asked, paths), watch_filter=_counts, raise_interrupt=True, rust_timeout=500, yield_on_timeout=True
        )
        next(saved)
        last = _once(session, asked, paths, last, first=True)
        if not session.as_json:
            session.say("Watching the files; Ctrl-C ends it.")
        again = asked if asked.seconds else replace(asked, seconds=SOON)
        for changes in saved:
            if changes:
                last = _once(session, again, paths, last, first=False)
    except KeyboardInterrupt:
        pass
    return any(one.severity == "error" for one in last.values())


def _counts(_change: object, path: str) -> bool:
    """Return whether a changed file can change what is said; what an editor or a cache writes beside it cannot."""
    name = Path(path).name
    return name.endswith((".yaml", ".yml", ".py")) and not name.startswith(".")


def _folders(asked: Asked, paths: Sequence[str]) -> list[Path]:
    """Return the folders that are watched: those of the definitions, and those in which the named files lie."""
    named = [Path(path) for path in paths]
    folders = [*asked.desk.definitions, *asked.desk.settings.hook_folders]
    folders += [path if path.is_dir() else path.parent for path in named if path.exists()]
    folders += [asked.organisation.parent] if asked.organisation else []
    return list(dict.fromkeys(folder.resolve() for folder in folders if folder.is_dir()))


def _once(
    session: Session, asked: Asked, paths: Sequence[str], last: dict[Key, Problem], *, first: bool
) -> dict[Key, Problem]:
    from inprocap_flow.cli.definitions_checked import behavioural, structural, summary

    try:
        files = [path for path in definition_files(asked.desk, paths) if path.is_file()]
    except NotFound as missing:  # for the moment between an editor's removing and its writing anew
        session.say(str(missing))
        return last
    hooks = _hook_problems(asked.desk)
    # What a definition says of a hook that cannot be loaded would only be that there is none.
    now = {_key(one): one for one in hooks or structural(session, asked, files)}
    _tell_new(session, [one for key, one in now.items() if key not in last])
    if hooks:
        now = last | now
    elif not asked.quick:
        results = behavioural(asked, files)
        more = {_key(one): one for result in results for one in result.problems}
        _tell_new(session, [one for key, one in more.items() if key not in last and key not in now])
        now |= more
        if first and not session.as_json:
            _say(session, definitions_behaviour.lines(results, details=False))
    now |= _not_looked_at(last, now)
    gone = [one for key, one in last.items() if key not in now]
    _tell_rest(session, gone, summary(len(files), list(now.values())), now)
    return now


def _not_looked_at(last: dict[Key, Problem], now: dict[Key, Problem]) -> dict[Key, Problem]:
    """Return what was told before and an error keeps from being looked at now: nobody can say that it is gone."""
    from inprocap_flow.language.checks.behaviour import BEHAVIOURAL

    later = {check.CODE for check in BEHAVIOURAL}
    if not any(one.severity == "error" and one.code not in later for one in now.values()):
        return {}
    return {key: one for key, one in last.items() if key not in now and (one.severity != "error" or one.code in later)}


def _hook_problems(desk: Desk) -> list[Problem]:
    """Load the hooks as their files are now; return what keeps them from being loaded."""
    desk.forget_hooks()
    try:
        desk.hooks  # noqa: B018 - loading is what may fail
    except InvalidInput as bad:
        return list(bad.problems)
    return []


def _key(problem: Problem) -> Key:
    """Return what makes a problem the same one as before: not the line, which moves when others are written above."""
    return problem.place.file, problem.code, problem.fact


def _tell_new(session: Session, problems: Sequence[Problem]) -> None:
    if not session.as_json:
        for one in problems:
            if not one.explained:
                _say(session, [*rendered(one), ""])


def _tell_rest(session: Session, gone: Sequence[Problem], summary: str, now: dict[Key, Problem]) -> None:
    if session.as_json:
        from inprocap_flow.language.canonical import canonical_json

        document: dict[str, Any] = {"problems": [problem_to_plain(one) for one in now.values()], "gone": len(gone)}
        session.say(canonical_json(document))
        return
    shown = [one for one in gone if not one.explained]
    for one in shown:
        _say(session, layout.wrapped(f"gone: {one.place.file}: {one.code}: {one.fact}", "", "  "))
    _say(session, layout.wrapped(summary if not shown else f"{summary} {counted(len(shown), 'problem')} gone."))


def _say(session: Session, lines: Sequence[str] | Iterator[str]) -> None:
    for line in lines:
        session.say(line)
