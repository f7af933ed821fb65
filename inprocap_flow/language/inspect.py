"""Everything that can be said of definition files before anybody uses them; what `inprocap-flow check` prints."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from inprocap_flow.errors import InvalidInput, Problem
from inprocap_flow.language.checks import Around, to_do_left
from inprocap_flow.language.checks import check as run_checks
from inprocap_flow.language.checks.files import FILE_CHECKS
from inprocap_flow.language.choices import changes_from, uses
from inprocap_flow.language.files import Library, folders_for
from inprocap_flow.language.load import (
    Search,
    kind_of,
    load,
    load_organisation,
    read_rulebook,
)
from inprocap_flow.language.marks import MapNode
from inprocap_flow.language.model import Absence, Definition, Organisation, Rulebook
from inprocap_flow.language.people.staff import with_absences
from inprocap_flow.language.procedures import resolve_procedure
from inprocap_flow.language.resolve.desk import HookLookup, no_hooks

if TYPE_CHECKING:
    from inprocap_flow.language.overlays.together import Together

Away = Iterable[tuple[str, Absence]]
"""Who is away, and when, besides what the file of the organisation says."""

Stepping = Callable[[Sequence["Together"]], Iterable["Together"]]
"""Goes through what takes a while; the identity, or one that shows how far it is."""


@dataclass(frozen=True, slots=True)
class Inspection:
    """What came out: the definition if it could be built, and every problem, advice included, sorted by place."""

    definition: Definition | None
    problems: tuple[Problem, ...]

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that keep it from being released."""
        return tuple(problem for problem in self.problems if problem.severity == "error")


def inspect(
    path: Path | str,
    search: Search = (),
    *,
    organisation: Path | str | None = None,
    overlays: Sequence[Path | str] = (),
    day: date | None = None,
    away: Away = (),
    hook_lookup: HookLookup = no_hooks,
) -> Inspection:
    """Return the procedure of *path* with every problem of its files and every finding of the checks.

    With *organisation* (its file) also what is lacking there: people, calendars, lists, limits; *away* are absences
    besides those in its file. With *overlays* (their files) it is the effective procedure that is looked at. What ended
    before *day* no longer counts. Raises nothing.
    """
    try:
        definition, library, problems = _resolved(Path(path), overlays, search, hook_lookup)
        if any(problem.severity == "error" for problem in problems):
            return Inspection(None, tuple(library.show(problems)))
        who = with_absences(load_organisation(organisation, search)[0], away) if organisation is not None else None
        around = Around(rulebook_of(library, definition, who), who, day)
        found = run_checks(definition, around, sources=library.sources)
        return Inspection(definition, tuple(library.show([*problems, *found])))
    except InvalidInput as invalid:
        return Inspection(None, invalid.problems)


def _resolved(
    path: Path, overlays: Sequence[Path | str], search: Search, hook_lookup: HookLookup
) -> tuple[Definition, Library, list[Problem]]:
    if not overlays:
        return resolve_procedure(path, search, hook_lookup)
    from inprocap_flow.language.overlays import resolve_applied

    return resolve_applied(path, overlays, search, hook_lookup)


def rulebook_of(library: Library, definition: Definition, organisation: Organisation | None) -> Rulebook | None:
    """Return the rulebook that applies: the organisation's, else the one that the procedure names."""
    name = definition.rulebook
    if name is None:
        return None
    if organisation is not None:
        name = organisation.rulebooks.get(name, name)
    path = library.find("rulebook", name)
    return None if path is None else read_rulebook(library, path)


def check(
    paths: Iterable[Path | str],
    search: Search = (),
    *,
    organisation: Path | str | None = None,
    day: date | None = None,
    away: Away = (),
    hook_lookup: HookLookup = no_hooks,
    stepping: Stepping = iter,
) -> list[Problem]:
    """Return every problem of every file, each once, sorted by place. A folder stands for all ``*.yaml`` in it.

    An overlay is looked at together with every procedure that it was written for. With *organisation* a procedure is
    looked at with the overlays that the organisation has on *day* and on each later day on which they change; without
    a day as it is written. An organisation is looked at with its overlays applied together to each procedure that they
    are for; *stepping* is given these to go through, where somebody wants to see how far it is.
    """
    found: dict[tuple[object, ...], Problem] = {}
    for path in _files(paths):
        for problem in _of_one(path, search, _Whose(organisation, day, tuple(away), stepping), hook_lookup):
            found.setdefault(problem.sort_key, problem)
    return sorted(found.values(), key=lambda problem: problem.sort_key)


def _files(paths: Iterable[Path | str]) -> list[Path]:
    files: list[Path] = []
    for path in map(Path, paths):
        files += sorted(path.rglob("*.yaml")) if path.is_dir() else [path]
    return list(dict.fromkeys(files))


@dataclass(frozen=True, slots=True)
class _Whose:
    """The file of the organisation for which something is looked at, the day, who is away besides, and how it steps."""

    organisation: Path | str | None
    day: date | None
    away: tuple[tuple[str, Absence], ...] = ()
    stepping: Stepping = iter


def _of_one(path: Path, search: Search, whose: _Whose, hook_lookup: HookLookup) -> Sequence[Problem]:
    try:
        library = Library(folders_for(path, search))
        root = library.read(path)
        kind = kind_of(root)
        if kind == "procedure":
            return list(_of_procedure(path, search, whose, hook_lookup))
        if kind == "overlay":
            from inprocap_flow.language.overlays.inspecting import inspect_overlay

            return inspect_overlay(
                path, search, organisation=whose.organisation, day=whose.day, away=whose.away, hook_lookup=hook_lookup
            )
        load(path, search, hook_lookup=hook_lookup)
        found = library.show([*to_do_left.problems(library.sources), *_of_file(kind, root, library)])
        return found if kind != "organisation" else [*found, *_of_overlays(path, search, whose, hook_lookup)]
    except InvalidInput as invalid:
        return invalid.problems


def _of_file(kind: str | None, root: MapNode, library: Library) -> Iterator[Problem]:
    if kind == "organisation":
        for one in FILE_CHECKS:
            yield from one.problems(root, library)


def _of_overlays(path: Path, search: Search, whose: _Whose, hook_lookup: HookLookup) -> Iterator[Problem]:
    """Yield what keeps the overlays of an organisation from being applied together, once, and from which day on."""
    from inprocap_flow.language.overlays.together import conflicts, together

    known: set[tuple[object, ...]] = set()
    first = whose.day or date.min
    for one in whose.stepping(together(path, search, whose.day)):
        for problem in conflicts(one, folders_for(path, search), hook_lookup):
            if problem.sort_key not in known:
                known.add(problem.sort_key)
                yield problem if one.day == first else _coming(problem, one.day)


def _of_procedure(path: Path, search: Search, whose: _Whose, hook_lookup: HookLookup) -> Iterator[Problem]:
    """Yield every problem of a procedure: with the overlays of the day, then with those of each later day.

    What is wrong already is not said again of later days; what comes then says from which day on.
    """
    known: set[tuple[object, ...]] = set()
    seen: list[tuple[Path, ...]] = []
    for day in coming_days(path, search, organisation=whose.organisation, day=whose.day):
        try:
            overlays = overlays_of(path, search, organisation=whose.organisation, day=day)
            if overlays in seen:
                continue
            seen.append(overlays)
            found = inspect(
                path, search, organisation=whose.organisation, overlays=overlays, day=day, away=whose.away,
                hook_lookup=hook_lookup,
            ).problems  # fmt: skip
        except InvalidInput as invalid:
            found = invalid.problems
        for problem in found:
            if problem.sort_key not in known:
                known.add(problem.sort_key)
                yield problem if day == whose.day else _coming(problem, day)


def _coming(problem: Problem, day: date | None) -> Problem:
    """Return *problem* with the day from which on it is one."""
    return replace(problem, fact=f"From {day} on, with the overlays of that day: {problem.fact}")


def coming_days(
    path: Path, search: Search = (), *, organisation: Path | str | None, day: date | None
) -> tuple[date | None, ...]:
    """Return *day*, and each later day from which on *organisation* uses the procedure of *path* with other choices.

    Only *day* (perhaps None) without an organisation. Raises InvalidInput for one that is not sound.
    """
    if organisation is None or day is None:
        return (day,)
    whose = load_organisation(organisation, search)[0]
    return tuple(one for one in changes_from(whose, day) if one == day or uses(whose, path.stem, one))


def overlays_of(
    path: Path, search: Search = (), *, organisation: Path | str | None, day: date | None
) -> tuple[Path, ...]:
    """Return the files of the overlays that *organisation* has on *day* for the procedure of *path*.

    None without an organisation or a day. Raises InvalidInput.
    """
    if organisation is None or day is None:
        return ()
    from inprocap_flow.language.overlays.chosen import overlay_files

    return overlay_files(path.stem, load_organisation(organisation, search)[0], day, folders_for(path, search))
