"""The one door from files to what the rest works on. Raises InvalidInput with every problem found, never else.

What only one kind of files needs is imported when such a file is read: the model of each takes as long as a whole
check of a small procedure.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from inprocap_flow.errors import Problem
from inprocap_flow.language.documents import check_name, kind_of, read_document, refuse, unknown_kind
from inprocap_flow.language.files import Library, folders_for
from inprocap_flow.language.model import Definition, Organisation, Rulebook
from inprocap_flow.language.procedures import Search, default_rulebook, notice_titles, read_rulebook, resolve_procedure
from inprocap_flow.language.resolve.desk import HookLookup, no_hooks

if TYPE_CHECKING:
    from inprocap_flow.calendar.days import Calendar
    from inprocap_flow.language.histories import History
    from inprocap_flow.language.overlays import Overlay
    from inprocap_flow.language.scenarios import Tests

    Loaded = (
        Definition
        | Rulebook
        | tuple[Organisation, dict[str, dict[str, str]]]
        | Calendar
        | Tests
        | History
        | Overlay
        | dict[str, str]
        | str
    )

__all__ = [
    "Search",
    "check_name",
    "default_rulebook",
    "kind_of",
    "load",
    "load_block",
    "load_calendar",
    "load_codelist",
    "load_history",
    "load_migration",
    "load_organisation",
    "load_overlay",
    "load_procedure",
    "load_rulebook",
    "load_tests",
    "notice_titles",
    "read_document",
    "read_rulebook",
    "refuse",
    "resolve_procedure",
    "unknown_kind",
]


def load_procedure(path: Path | str, search: Search = (), *, hook_lookup: HookLookup = no_hooks) -> Definition:
    """Return the procedure of *path*, its blocks included. *search* are folders of definitions, first come first.

    *hook_lookup* answers what a hook takes and gives; without it every hook is unknown.
    Raises InvalidInput with every problem of every file it is made of. Advice of the checks is not raised;
    `language.inspect.inspect` gives it.
    """
    definition, library, problems = resolve_procedure(Path(path), search, hook_lookup)
    refuse(library, problems)
    return definition


def load_rulebook(path: Path | str, search: Search = ()) -> Rulebook:
    """Return the rulebook of *path*. Raises InvalidInput."""
    return read_rulebook(Library(folders_for(Path(path), search)), Path(path))


def load_organisation(path: Path | str, search: Search = ()) -> tuple[Organisation, dict[str, dict[str, str]]]:
    """Return the organisation of *path*, its calendars as explicit days, and names and contacts of its people apart.

    Raises InvalidInput.
    """
    from inprocap_flow.language.dated import Clerk
    from inprocap_flow.language.schema.organisation import OrganisationDoc

    library = Library(folders_for(Path(path), search))
    doc, root = read_document(library, Path(path), OrganisationDoc)
    clerk = Clerk(library, doc, root)
    organisation = clerk.organisation()
    refuse(library, [*check_name(root, Path(path)), *clerk.problems])
    return organisation, clerk.contacts()


def load_calendar(path: Path | str, search: Search = ()) -> Calendar:
    """Return the days of one calendar file. Raises InvalidInput."""
    from inprocap_flow.calendar.bad_values import BadCalendar
    from inprocap_flow.language.dated import days_of
    from inprocap_flow.language.schema.calendars import CalendarDoc
    from inprocap_flow.language.schema.report import locate

    library = Library(folders_for(Path(path), search))
    doc, root = read_document(library, Path(path), CalendarDoc)
    try:
        return days_of(doc)
    except BadCalendar as bad:
        place, width = locate(root, ("calendar",))
        refuse(library, [Problem(place, "bad-calendar", bad.fact, bad.mend, width=width)])
        raise


def load_codelist(path: Path | str, search: Search = ()) -> dict[str, str]:
    """Return code and title of every entry of a code list. Raises InvalidInput."""
    from inprocap_flow.language.schema.dated import CodelistDoc

    library = Library(folders_for(Path(path), search))
    doc, root = read_document(library, Path(path), CodelistDoc)
    refuse(library, check_name(root, Path(path)))
    return {code: next(iter(text.values())) for code, text in doc.codes.items()}


def load_tests(path: Path | str, search: Search = ()) -> Tests:
    """Return stories and scenarios of *path*, each act with its place; what they take over from others is told out.

    Raises InvalidInput.
    """
    from inprocap_flow.language.scenarios import Shelf, with_borrowed

    library = Library(folders_for(Path(path), search))
    tests = _tests_as_written(library, Path(path))
    beside = Path(path).parent

    def read(name: str) -> Tests | None:
        found = library.find_tests(name, beside)
        return None if found is None else _tests_as_written(library, found)

    told, problems = with_borrowed(tests, Shelf(read, lambda: library.known_tests(beside)))
    refuse(library, problems)
    return told


def _tests_as_written(library: Library, path: Path) -> Tests:
    from inprocap_flow.language.scenarios import build_tests
    from inprocap_flow.language.schema.scenarios import TestsDoc

    doc, root = read_document(library, path, TestsDoc)
    tests, problems = build_tests(doc, root)
    refuse(library, problems)
    return tests


def load_history(path: Path | str, search: Search = ()) -> History:
    """Return the dated facts of a past case, each with its place. Raises InvalidInput."""
    from inprocap_flow.language.histories import build_history
    from inprocap_flow.language.schema.history import HistoryDoc

    library = Library(folders_for(Path(path), search))
    doc, root = read_document(library, Path(path), HistoryDoc)
    history, problems = build_history(doc, root)
    refuse(library, [*check_name(root, Path(path)), *problems])
    return history


def load_migration(path: Path | str, search: Search = ()) -> str:
    """Check a plan by itself and return its name; what it leads to shows only between two versions.

    `language.versions.reading.read_plan` reads it between them. Raises InvalidInput.
    """
    from inprocap_flow.language.schema.migration import MigrationDoc

    library = Library(folders_for(Path(path), search))
    doc, root = read_document(library, Path(path), MigrationDoc)
    refuse(library, check_name(root, Path(path)))
    return doc.migration


def load_overlay(path: Path | str, search: Search = ()) -> Overlay:
    """Return the overlay of *path* by itself. Raises InvalidInput."""
    from inprocap_flow.language.overlays import load_overlay as load_one

    return load_one(path, search)


def load_block(path: Path | str, search: Search = ()) -> str:
    """Check a block by itself and return its name; what it means shows only in a procedure. Raises InvalidInput."""
    from inprocap_flow.language.includes.given import check_block
    from inprocap_flow.language.schema.procedure import BlockDoc

    library = Library(folders_for(Path(path), search))
    doc, root = read_document(library, Path(path), BlockDoc)
    refuse(library, [*check_name(root, Path(path)), *check_block(root, doc.given)])
    return doc.block


def load(path: Path | str, search: Search = (), *, hook_lookup: HookLookup = no_hooks) -> Loaded:
    """Return whatever *path* holds; its first key says what that is. Raises InvalidInput."""
    library = Library(folders_for(Path(path), search))
    root = library.read(Path(path))
    kind = kind_of(root)
    if kind is None:
        refuse(library, [unknown_kind(root)])
    if kind == "procedure":
        return load_procedure(path, search, hook_lookup=hook_lookup)
    return _LOADERS[kind or ""](path, search)


_LOADERS: dict[str, Callable[[Path | str, Search], Loaded]] = {
    "block": load_block,
    "rulebook": load_rulebook,
    "organisation": load_organisation,
    "calendar": load_calendar,
    "codelist": load_codelist,
    "tests": load_tests,
    "history": load_history,
    "overlay": load_overlay,
    "migration": load_migration,
}
