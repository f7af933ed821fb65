"""The one door from files to what the rest works on. Raises InvalidInput with every problem found, never else."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from inprocap_flow.calendar.bad_values import BadCalendar
from inprocap_flow.calendar.days import Calendar
from inprocap_flow.errors import InvalidInput, Place, Problem
from inprocap_flow.language.dated import Clerk, days_of
from inprocap_flow.language.files import Library, folders_for
from inprocap_flow.language.histories import History, build_history
from inprocap_flow.language.includes.expand import expand
from inprocap_flow.language.includes.given import check_block
from inprocap_flow.language.marks import MapNode, NodePath, ScalarNode
from inprocap_flow.language.model import Definition, Organisation, Rulebook
from inprocap_flow.language.resolve.definition import resolve
from inprocap_flow.language.resolve.desk import Desk, HookLookup, no_hooks
from inprocap_flow.language.resolve.limits import build_rulebook
from inprocap_flow.language.scenarios import Tests, build_tests
from inprocap_flow.language.schema.dated import CalendarDoc, CodelistDoc, OrganisationDoc, RulebookDoc
from inprocap_flow.language.schema.history import HistoryDoc
from inprocap_flow.language.schema.kinds import KINDS
from inprocap_flow.language.schema.messages import did_you_mean
from inprocap_flow.language.schema.procedure import BlockDoc, ProcedureDoc
from inprocap_flow.language.schema.report import locate, validate
from inprocap_flow.language.schema.scenarios import TestsDoc
from inprocap_flow.language.schema.words import Doc

Search = Sequence[Path | str]
D = TypeVar("D", bound=Doc)


def load_procedure(path: Path | str, search: Search = (), *, hook_lookup: HookLookup = no_hooks) -> Definition:
    """Return the procedure of *path*, its blocks included. *search* are folders of definitions, first come first.

    *hook_lookup* answers what a hook takes and gives; without it every hook is unknown.
    Raises InvalidInput with every problem of every file it is made of. Advice of the checks is not raised;
    `language.inspect.inspect` gives it.
    """
    definition, library, problems = resolve_procedure(Path(path), search, hook_lookup)
    refuse(library, problems)
    return definition


def resolve_procedure(
    path: Path, search: Search, hook_lookup: HookLookup = no_hooks
) -> tuple[Definition, Library, list[Problem]]:
    """Return the definition with the problems found while names and expressions were resolved.

    Raises InvalidInput for what must be right before that: syntax, schema, includes.
    """
    library = Library(folders_for(path, search))
    written, root = read_document(library, path, ProcedureDoc)
    whole, handed, problems = expand(library, written, root)
    refuse(library, problems)
    doc, problems = validate(ProcedureDoc, whole)
    refuse(library, problems)
    assert doc is not None
    desk = Desk(doc, whole, hook_lookup=hook_lookup)
    desk.problems += check_name(root, path)
    rulebook = default_rulebook(library, desk)
    limits = {name: one.unit for name, one in rulebook.limits.items()} if rulebook else None
    definition = resolve(
        desk,
        notice_titles=notice_titles(library),
        counting=rulebook.counting if rulebook else None,
        limits={} if doc.rulebook == "none" else limits,
        handed=handed,
    )
    return definition, library, desk.problems


def default_rulebook(library: Library, desk: Desk) -> Rulebook | None:
    """Return the rulebook that the procedure names, if it can be found; the organisation may bring another one."""
    name = desk.doc.rulebook
    path = None if name == "none" else library.find("rulebook", name)
    if path is None:
        if name != "none":
            mend = did_you_mean(name, library.known("rulebook")) or "Its limits cannot be checked until it is there."
            desk.say(("rulebook",), "unknown-rulebook", f"There is no rulebook `{name}`.", mend, severity="advice")
        return None
    rulebook = read_rulebook(library, path)
    for limit in desk.doc.limits:
        if limit in rulebook.limits:
            desk.say(
                ("limits", limit),
                "limit-twice",
                f"The rulebook `{name}` has a limit `{limit}`, too.",
                "Give it another name; no name may hide another.",
                on_key=True,
            )
    return rulebook


def check_name(root: MapNode, path: Path) -> list[Problem]:
    """Return a problem if the id of a document is not the name of its file."""
    key, node = root.entries[0]
    stem = path.name.removesuffix(".yaml")
    if not isinstance(node, ScalarNode) or key.value in ("tests", "calendar") or node.value == stem:
        return []
    return [
        Problem(
            node.place,
            "name-of-file",
            f"The {key.value} is called `{node.value}`, the file `{stem}`.",
            "Use one name for both: others find it by its file.",
            width=node.width,
        )
    ]


def load_rulebook(path: Path | str, search: Search = ()) -> Rulebook:
    """Return the rulebook of *path*. Raises InvalidInput."""
    return read_rulebook(Library(folders_for(Path(path), search)), Path(path))


def read_rulebook(library: Library, path: Path) -> Rulebook:
    """Return the rulebook of *path*. Raises InvalidInput."""
    doc, root = read_document(library, path, RulebookDoc)
    problems = check_name(root, path)

    def say(where: NodePath, code: str, fact: str, mend: str) -> None:
        place, width = locate(root, where)
        problems.append(Problem(place, code, fact, mend, width=width))

    rulebook = build_rulebook(doc, say)
    refuse(library, problems)
    return rulebook


def load_organisation(path: Path | str, search: Search = ()) -> tuple[Organisation, dict[str, dict[str, str]]]:
    """Return the organisation of *path*, its calendars as explicit days, and names and contacts of its people apart.

    Raises InvalidInput.
    """
    library = Library(folders_for(Path(path), search))
    doc, root = read_document(library, Path(path), OrganisationDoc)
    clerk = Clerk(library, doc, root)
    organisation = clerk.organisation()
    refuse(library, [*check_name(root, Path(path)), *clerk.problems])
    return organisation, clerk.contacts()


def load_calendar(path: Path | str, search: Search = ()) -> Calendar:
    """Return the days of one calendar file. Raises InvalidInput."""
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
    library = Library(folders_for(Path(path), search))
    doc, root = read_document(library, Path(path), CodelistDoc)
    refuse(library, check_name(root, Path(path)))
    return {code: next(iter(text.values())) for code, text in doc.codes.items()}


def load_tests(path: Path | str, search: Search = ()) -> Tests:
    """Return stories and scenarios of *path*, each act with its place. Raises InvalidInput."""
    library = Library(folders_for(Path(path), search))
    doc, root = read_document(library, Path(path), TestsDoc)
    tests, problems = build_tests(doc, root)
    refuse(library, problems)
    return tests


def load_history(path: Path | str, search: Search = ()) -> History:
    """Return the dated facts of a past case, each with its place. Raises InvalidInput."""
    library = Library(folders_for(Path(path), search))
    doc, root = read_document(library, Path(path), HistoryDoc)
    history, problems = build_history(doc, root)
    refuse(library, [*check_name(root, Path(path)), *problems])
    return history


def load_block(path: Path | str, search: Search = ()) -> str:
    """Check a block by itself and return its name; what it means shows only in a procedure. Raises InvalidInput."""
    library = Library(folders_for(Path(path), search))
    doc, root = read_document(library, Path(path), BlockDoc)
    refuse(library, [*check_name(root, Path(path)), *check_block(root, doc.given)])
    return doc.block


Loaded = (
    Definition
    | Rulebook
    | tuple[Organisation, dict[str, dict[str, str]]]
    | Calendar
    | Tests
    | History
    | dict[str, str]
    | str
)


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
}


def read_document(library: Library, path: Path, model: type[D]) -> tuple[D, MapNode]:
    """Return document and nodes of *path*. Raises InvalidInput if it is not a valid document of that kind."""
    root = library.read(path)
    doc, problems = validate(model, root)
    refuse(library, problems)
    assert doc is not None
    return doc, root


def refuse(library: Library, problems: Sequence[Problem]) -> None:
    """Raise InvalidInput if one of *problems* is an error."""
    shown = library.show(problems)
    if any(problem.severity == "error" for problem in shown):
        raise InvalidInput(shown)


def kind_of(root: MapNode) -> str | None:
    """Return the kind of a document: its first key."""
    first = root.keys()[0] if len(root) else ""
    return first if first in KINDS else None


def unknown_kind(root: MapNode) -> Problem:
    """Return the problem of a document whose first key is not one of the kinds."""
    first = root.keys()[0] if len(root) else ""
    place = root.entries[0][0].place if len(root) else Place(root.place.file, 1, 1)
    return Problem(
        place,
        "unknown-kind",
        f"The first key `{first}` does not say what the file is.",
        did_you_mean(first, tuple(KINDS)) or f"Begin with one of: {', '.join(KINDS)}.",
    )


def notice_titles(library: Library) -> Mapping[tuple[str, str], str]:
    """Return the titles of notice codes from the code lists ``eforms`` and ``ocds``, as far as they are there."""
    titles: dict[tuple[str, str], str] = {}
    for name in ("eforms", "ocds"):
        path = library.find("codelist", name)
        if path is not None:
            doc, _ = read_document(library, path, CodelistDoc)
            titles |= {(name, code): next(iter(text.values())) for code, text in doc.codes.items()}
    return titles
