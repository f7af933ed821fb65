"""Everything that can be said of an overlay before anybody uses it: with every procedure that it was written for.

What a procedure has against it without the overlay is not said again. What is said stands in the overlay's file: where
something in the procedure is wrong because of it, at the line that names the procedure. What is wrong in the procedure
by itself is said at its own place, and the overlay is not looked at with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from inprocap_flow.errors import InvalidInput, Place, Problem
from inprocap_flow.language.checks import ANYWHERE, OF_ORGANISATIONS, Around, absence_stops_approval, check, to_do_left
from inprocap_flow.language.choices import first_day
from inprocap_flow.language.dated import Clerk
from inprocap_flow.language.documents import read_document
from inprocap_flow.language.files import Library, folders_for
from inprocap_flow.language.marks import MapNode
from inprocap_flow.language.model import Absence, Definition, Organisation, Rulebook
from inprocap_flow.language.overlays.applied import Layer, layers_of
from inprocap_flow.language.overlays.document import read_overlay
from inprocap_flow.language.people.staff import with_absences
from inprocap_flow.language.procedures import read_rulebook
from inprocap_flow.language.remembered import Remembered
from inprocap_flow.language.resolve.desk import HookLookup, no_hooks
from inprocap_flow.language.schema.messages import did_you_mean
from inprocap_flow.language.schema.organisation import OrganisationDoc
from inprocap_flow.language.schema.overlay import OverlayDoc
from inprocap_flow.language.schema.report import locate

Search = Sequence[Path | str]
_THIS = "of this procedure"
_BELOW: Remembered[frozenset[tuple[object, ...]]] = Remembered(64)


def inspect_overlay(
    path: Path | str,
    search: Search = (),
    *,
    organisation: Path | str | None = None,
    day: date | None = None,
    away: Iterable[tuple[str, Absence]] = (),
    hook_lookup: HookLookup = no_hooks,
) -> list[Problem]:
    """Return every problem and finding of the overlay of *path*, applied to each procedure it names, sorted by place.

    It is looked at for *organisation* (its file), else for its own organisation if that is found: with the people,
    calendars and rates there, and together with each national overlay that it has chosen. What ended before *day*, or
    before the later day on which that organisation begins with the overlay, no longer counts. *away* are absences of
    people of *organisation* besides those in its file: what they stop is said even where the procedure needs it
    without the overlay, too. Raises nothing.
    """
    library = Library(folders_for(Path(path), search))
    try:
        doc, root = read_overlay(library, Path(path))
        inspector = _Inspector(library, Path(path), doc, root, hook_lookup)
        who = inspector.organisation(None if organisation is None else Path(organisation))
        inspector.away = tuple(away) if organisation is not None else ()
        inspector.day = first_day(who, doc.overlay, day) if who is not None and day is not None else day
        found = list(inspector.findings(who))
        found += to_do_left.problems({root.place.file: library.sources[root.place.file]})
        return library.show([*inspector.problems, *found])
    except InvalidInput as invalid:
        return list(invalid.problems)


class _Inspector:
    """Looks at one overlay, procedure by procedure."""

    def __init__(self, library: Library, path: Path, doc: OverlayDoc, root: MapNode, hook_lookup: HookLookup) -> None:
        self.library = library
        self.path = path
        self.doc = doc
        self.root = root
        self.hook_lookup = hook_lookup
        self.day: date | None = None  # on which it begins to count
        self.away: tuple[tuple[str, Absence], ...] = ()  # besides those in the file of the organisation
        self.problems: list[Problem] = []

    def say(self, path: tuple[str | int, ...], code: str, fact: str, mend: str) -> None:
        place, width = locate(self.root, path)
        self.problems.append(Problem(place, code, fact, mend, width=width))

    def organisation(self, given: Path | None) -> Organisation | None:
        """Return the organisation to look at it for; of its own, that there is none is a problem."""
        name = self.doc.organisation
        path = given or (self.library.find("organisation", name) if name else None)
        if path is None:
            if name is not None:
                mend = did_you_mean(name, self.library.known("organisation")) or "Add its file to organisations/."
                self.say(("organisation",), "unknown-organisation", f"There is no organisation `{name}`.", mend)
            return None
        doc, root = read_document(self.library, path, OrganisationDoc)
        clerk = Clerk(self.library, doc, root)
        found = clerk.organisation()
        self.problems += clerk.problems
        return None if clerk.problems else found

    def findings(self, who: Organisation | None) -> Iterator[Problem]:
        """Yield what is found with each procedure, alone and with each national overlay beside it."""
        missed: list[dict[Place, Problem]] = []
        met: list[tuple[str, Problem]] = []
        for name in self.doc.for_:
            path = self.library.find("procedure", name)
            if path is None:
                mend = did_you_mean(name, self.library.known("procedure")) or "Add its file, or take the name out."
                self.say(("for", name), "unknown-procedure", f"There is no procedure `{name}`.", mend)
                continue
            for beside in ((), *self._nationals(name, who)):
                found, passed_over = self._with(name, path, beside, who)
                met += [(name, problem) for problem in found]
                if passed_over is not None:
                    missed.append({problem.place: problem for problem in passed_over})
        yield from self._named(met)
        in_none = set(missed[0]).intersection(*missed) if missed else set()
        yield from (missed[0][place] for place in in_none)

    def _nationals(self, procedure: str, who: Organisation | None) -> Iterator[tuple[Path, ...]]:
        """Yield the national overlays that *who* has chosen for *procedure*, each as what stands beside this one."""
        for name in dict.fromkeys(one.name for one in who.overlays) if who and not self.doc.national else ():
            path = self.library.find("overlay", name)
            if path is not None:
                other, _ = read_overlay(self.library, path)
                if other.national is not None and procedure in other.for_:
                    yield (path,)

    def _with(
        self, name: str, path: Path, beside: tuple[Path, ...], who: Organisation | None
    ) -> tuple[list[Problem], tuple[Problem, ...] | None]:
        """Return what is found with one procedure, and what of the overlay it has nothing of (None: not looked at)."""
        try:
            layers, library = layers_of(path, [*beside, self.path], self.library.search, self.hook_lookup)
        except InvalidInput as invalid:
            own = self._faults_below(path)
            told = own or [self._at_home(name, one) for one in invalid.problems if one.severity == "error"]
            return [*told, *([self._not_looked_at(name, len(own))] if own else [])], None
        self.library.sources.update(library.sources)
        below, last = layers[-2:]
        errors = [problem for problem in last.problems if problem.severity == "error"]
        found = errors or self._checked(library, below, last, who)
        return [self._at_home(name, problem) for problem in found if self._is_told(problem)], last.passed_over

    def _faults_below(self, path: Path) -> list[Problem]:
        """Return the errors that the procedure of *path* has by itself, where they are."""
        try:
            layers, library = layers_of(path, (), self.library.search, self.hook_lookup)
        except InvalidInput as invalid:
            found: Sequence[Problem] = invalid.problems
        else:
            found = library.show(layers[0].problems)
        return [problem for problem in found if problem.severity == "error"]

    def _not_looked_at(self, procedure: str, errors: int) -> Problem:
        place, width = locate(self.root, ("for", procedure), on_key=True)
        has = f"`{procedure}` itself has {errors} error{'s' if errors != 1 else ''}"
        fact = f"{has}, so this overlay was not looked at with it."
        return Problem(place, "overlay-not-looked-at", fact, "Mend those first.", "advice", width=width)

    def _checked(self, library: Library, below: Layer, last: Layer, who: Organisation | None) -> list[Problem]:
        """Return what the checks find with the overlay and not without it."""
        rulebook = _rulebook(library, last.definition, who)
        around = Around(rulebook, who, self.day)
        known = _found_below(below.definition, around, library)
        found = check(
            last.definition,
            replace(around, organisation=self._with_absences(who), base=below.definition, replaced=last.replaced),
            sources=library.sources,
        )
        return [problem for problem in (*last.problems, *found) if problem.sort_key not in known]

    def _with_absences(self, who: Organisation | None) -> Organisation | None:
        return with_absences(who, self.away) if who is not None and self.away else who

    def _is_told(self, problem: Problem) -> bool:
        """Tell whether *problem* is this overlay's: an error anywhere is; advice about other files is theirs.

        What the absences that are asked about stop is told wherever it stands.
        """
        asked = bool(self.away) and problem.code == absence_stops_approval.CODE
        return asked or problem.severity == "error" or problem.place.file == self.root.place.file

    def _at_home(self, procedure: str, problem: Problem) -> Problem:
        """Return *problem* at a line of the overlay: its own, or the one that names the procedure."""
        if problem.place.file == self.root.place.file:
            return problem
        place, width = locate(self.root, ("for", procedure), on_key=True)
        fact = f"With it, at {problem.place}: {problem.fact}"
        return Problem(place, problem.code, fact, problem.mend, problem.severity, width=width)

    def _named(self, met: list[tuple[str, Problem]]) -> Iterator[Problem]:
        """Yield what was *met*, with the name of the procedure where the overlay is for several and that one lacks it.

        What none of them has is told once: narrowing the entry would mend nothing.
        """
        every = len(self.doc.for_)
        lacking: dict[tuple[Place, str], list[str]] = {}
        for procedure, problem in met:
            if _THIS in problem.fact:
                names = lacking.setdefault((problem.place, problem.fact), [])
                names += [procedure] if procedure not in names else []
        for procedure, problem in met:
            names = lacking.get((problem.place, problem.fact), [])
            if every == 1 or not names:
                yield problem
            elif len(names) < every:
                yield self._narrowed(procedure, problem)
            elif procedure == names[0]:
                of_any = f"of any of these procedures: {', '.join(self.doc.for_)}"
                yield replace(problem, fact=problem.fact.replace(_THIS, of_any))

    def _narrowed(self, procedure: str, problem: Problem) -> Problem:
        fact = problem.fact.replace(_THIS, f"of `{procedure}`")
        others = ", ".join(one for one in self.doc.for_ if one != procedure)
        mend = f"Give the entry for the others `only_for: [{others}]`, and `{procedure}` one of its own without it."
        return replace(problem, fact=fact, mend=f"{problem.mend} {mend}".strip())


def _found_below(definition: Definition, around: Around, library: Library) -> frozenset[tuple[object, ...]]:
    """Return what is found without the overlay, each by its place and fact.

    Most checks ask nothing of an organisation: what they find in a procedure is found once for all its overlays.
    """
    asked = (definition,) if around.rulebook is None else (definition, around.rulebook)
    anywhere = replace(around, organisation=None)
    same = _BELOW.of(
        asked, lambda: _keys(check(definition, anywhere, sources=library.sources, checks=ANYWHERE)), around.day
    )
    return same | _keys(check(definition, around, sources=library.sources, checks=OF_ORGANISATIONS))


def _keys(problems: Iterable[Problem]) -> frozenset[tuple[object, ...]]:
    return frozenset(problem.sort_key for problem in problems)


def _rulebook(library: Library, definition: Definition, who: Organisation | None) -> Rulebook | None:
    name = definition.rulebook
    if name is None:
        return None
    path = library.find("rulebook", who.rulebooks.get(name, name) if who else name)
    return None if path is None else read_rulebook(library, path)
