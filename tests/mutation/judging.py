"""A mutant put before everything that may notice it: reading, looking up, the checks, the shipped scenarios."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from pathlib import Path

from inprocap_flow.engine.case.binding import Binding
from inprocap_flow.errors import FlowError, InvalidInput, Problem
from inprocap_flow.language.canonical import canonical_json
from inprocap_flow.language.checks import CHECKS, Around, check, overlay_weakens
from inprocap_flow.language.checks.behaviour import BEHAVIOURAL, Verdict
from inprocap_flow.language.checks.finding import problem
from inprocap_flow.language.explore.search import Bound
from inprocap_flow.language.files import Library
from inprocap_flow.language.load import load_organisation, load_tests
from inprocap_flow.language.marks import MapNode, NodePath
from inprocap_flow.language.model import Definition, Organisation, Rulebook
from inprocap_flow.language.overlays import resolve_applied
from inprocap_flow.language.procedures import Whole, read_whole, resolve_whole
from inprocap_flow.language.resolve.limits import build_rulebook
from inprocap_flow.language.scenarios import Tests
from inprocap_flow.language.schema.dated import RulebookDoc
from inprocap_flow.language.schema.procedure import ProcedureDoc
from inprocap_flow.language.schema.report import locate, validate
from inprocap_flow.machine.compile import compile_definition
from inprocap_flow.machine.table import Machine, released_form
from inprocap_flow.service.holding import Scene, held
from inprocap_flow.service.scenarios import Player, with_firms
from tests.mutation.fault import FaultClass, Mutant, Subject

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "definitions"
BOUND = Bound(seconds=3)
UNDECIDED = "conditions-not-decided"
READING, LOOKING_UP, CHECKING, BEHAVING, OVERLAYING = (
    "reading", "looking up", "checks", "behaviour", "applying an overlay",
)  # fmt: skip


def shipped() -> list[str]:
    """Return the names of the shipped procedures that are played for an example organisation.

    Those of a house with overlays or hooks of its own are left to the overlays that the classes write themselves.
    """
    played = {path.name.removesuffix(".test.yaml"): path for path in sorted(SHIPPED.glob("*.test.yaml"))}
    return [name for name, path in played.items() if "\norganisation: example-" in path.read_text(encoding="utf-8")]


class Memory(Library):
    """A library that reads each file once."""

    def read(self, path: Path) -> MapNode:
        if path not in _READ:
            _READ[path] = super().read(path)
        return _READ[path]


_READ: dict[Path, MapNode] = {}


@dataclass(frozen=True)
class Judged:
    """What became of one mutant. *codes* are what checks said; *scenario* where a shipped scenario did not hold.

    *hidden*: why no scenario could show it (see tests/mutation/hidden.py).
    """

    subject: str
    fault: str
    what: str
    equivalent: bool = False
    stage: str = ""
    codes: tuple[str, ...] = ()
    advice_only: bool = False
    scenario: str = ""
    playable: bool = False
    hidden: str = ""

    @property
    def found(self) -> bool:
        return bool(self.codes or self.scenario)


@dataclass
class Base:
    """A shipped procedure as it is, with what it is judged against."""

    name: str
    library: Memory
    whole: Whole
    definition: Definition
    organisation: Organisation
    book: MapNode | None
    rulebook: Rulebook | None
    tests: Tests
    known: set[tuple[str, str, int, int]] = field(default_factory=set)

    @property
    def subject(self) -> Subject:
        return Subject(self.name, self.whole.root, self.book, self.definition, self.organisation)

    @cached_property
    def form(self) -> str:
        return _form(compile_definition(self.definition))


def _form(machine: Machine) -> str:
    return canonical_json(released_form(machine))


@cache
def base_of(name: str) -> Base:
    """Return the shipped procedure *name*, with the problems that it has by itself (advice that is explained)."""
    path = SHIPPED / f"{name}.yaml"
    library = Memory((SHIPPED,))
    whole = read_whole(library, path)
    definition, said = resolve_whole(library, whole)
    tests = load_tests(SHIPPED / f"{name}.test.yaml", (SHIPPED,))
    organisation, _ = load_organisation(SHIPPED / "organisations" / f"{tests.organisation}.yaml", (SHIPPED,))
    wanted = definition.rulebook and organisation.rulebooks.get(definition.rulebook, definition.rulebook)
    place = library.find("rulebook", wanted) if wanted and wanted != "none" else None
    book = library.read(place) if place else None
    rulebook = _rulebook(book)[0] if book is not None else None
    base = Base(name, library, whole, definition, organisation, book, rulebook, tests)
    base.known = {_key(one) for one in [*said, *_checked(definition, rulebook, organisation, base)]}
    return base


def _rulebook(root: MapNode) -> tuple[Rulebook | None, list[Problem]]:
    doc, said = validate(RulebookDoc, root)

    def say(where: NodePath, code: str, fact: str, mend: str) -> None:
        place, width = locate(root, where)
        said.append(Problem(place, code, fact, mend, width=width))

    return (build_rulebook(doc, say) if doc is not None else None), said


def _key(problem: Problem) -> tuple[str, str, int, int]:
    return problem.code, problem.place.file, problem.place.line, problem.place.column


def _checked(
    definition: Definition, rulebook: Rulebook | None, organisation: Organisation, base: Base
) -> list[Problem]:
    return check(definition, Around(rulebook, organisation), sources=base.library.sources, checks=CHECKS)


# ------------------------------------------------------------------------------------------ judging


@dataclass(frozen=True)
class Trial:
    """How far a mutant is judged. *scenarios*: whether shipped scenarios are played, too."""

    bound: Bound = BOUND
    scenarios: bool = True


def judge(base: Base, fault: FaultClass, mutant: Mutant, trial: Trial = Trial()) -> Judged:
    """Return what notices *mutant*. Raises nothing."""
    judged = _judged(base, fault, mutant, trial)
    return judged if fault.weakens else replace(judged, hidden=mutant.hidden)


def _judged(base: Base, fault: FaultClass, mutant: Mutant, trial: Trial) -> Judged:
    if mutant.overlay:
        return _overlaid(base, fault, mutant)
    organisation = mutant.organisation() if mutant.organisation else base.organisation
    rulebook, said = _rulebook(mutant.book()) if mutant.book else (base.rulebook, [])
    if _errors(said):
        return _seen(base, fault, mutant, READING, said)
    nodes = mutant.nodes() if mutant.nodes else base.whole.root
    doc, said = validate(ProcedureDoc, nodes)
    if doc is None or _errors(said):
        return _seen(base, fault, mutant, READING, said)
    definition, said = resolve_whole(base.library, Whole(doc, nodes, base.whole.handed, files=base.whole.files))
    if _errors(said):
        return _seen(base, fault, mutant, LOOKING_UP, said)
    try:
        machine = compile_definition(definition)
    except FlowError as wrong:
        return Judged(base.name, fault.name, mutant.what, stage=LOOKING_UP, codes=(wrong.code,))
    if mutant.nodes and _form(machine) == base.form:
        return Judged(base.name, fault.name, mutant.what, equivalent=True)
    if fault.weakens:
        found = [overlay_weakens.CODE for _ in overlay_weakens.check(definition, Around(base=base.definition))]
        return Judged(base.name, fault.name, mutant.what, stage=CHECKING, codes=tuple(found[:1]))
    return _in_full(base, fault, mutant, trial, (machine, rulebook, organisation, said))


def _in_full(
    base: Base,
    fault: FaultClass,
    mutant: Mutant,
    trial: Trial,
    made: tuple[Machine, Rulebook | None, Organisation, list[Problem]],
) -> Judged:
    machine, rulebook, organisation, said = made
    definition = machine.definition
    found = _new(base, [*said, *_checked(definition, rulebook, organisation, base)])
    stage = CHECKING
    if not found:
        found, stage = _behaviour(base, fault, definition, rulebook, trial.bound), BEHAVING
    codes = tuple(dict.fromkeys(one.code for one in found))
    scenario = _played(base, machine, rulebook, organisation) if trial.scenarios else ""
    only_advice = bool(found) and not _errors(found)
    return Judged(base.name, fault.name, mutant.what, stage=stage if codes else "", codes=codes,
                  advice_only=only_advice, scenario=scenario, playable=trial.scenarios)  # fmt: skip


def _errors(said: Iterable[Problem]) -> list[Problem]:
    return [one for one in said if one.severity == "error"]


def _new(base: Base, said: Iterable[Problem]) -> list[Problem]:
    return [one for one in said if _key(one) not in base.known and one.code != UNDECIDED]


def _seen(base: Base, fault: FaultClass, mutant: Mutant, stage: str, said: Iterable[Problem]) -> Judged:
    codes = tuple(dict.fromkeys(one.code for one in _errors(said)))
    return Judged(base.name, fault.name, mutant.what, stage=stage, codes=codes)


def _behaviour(
    base: Base, fault: FaultClass, definition: Definition, rulebook: Rulebook | None, bound: Bound
) -> list[Problem]:
    """Return the first thing that the explorations which claim the class find, and that plays."""
    for one in BEHAVIOURAL:
        for ask in one.ask(definition) if one.CODE in fault.claimed else ():
            verdict = Verdict(one.CODE, one.SEVERITY, one.NEVER, tuple(ask(bound)))
            (verdict,) = held(definition, [verdict], Scene(lambda _one: rulebook))
            for finding, _ in verdict.findings:
                return [problem(finding, one.CODE, one.SEVERITY, definition, dict(base.library.sources))]
    return []


def _played(base: Base, machine: Machine, rulebook: Rulebook | None, organisation: Organisation) -> str:
    """Return where a shipped scenario does not come out as written; nothing if all do."""
    people = with_firms(organisation, machine.definition, base.tests.firms)
    player = Player(base.tests, Binding(machine, people, rulebook))
    for scenario in base.tests.scenarios:
        for fault in player._scenario(scenario).faults:
            return f"{fault.fact} ({fault.place.file.rpartition('/')[2]}:{fault.place.line}): {fault.says}"
    return ""


def _overlaid(base: Base, fault: FaultClass, mutant: Mutant) -> Judged:
    place = _scratch() / "mutant.yaml"
    place.write_text(mutant.overlay, encoding="utf-8")
    try:
        _, _, said = resolve_applied(SHIPPED / f"{base.name}.yaml", [place], [SHIPPED])
    except InvalidInput as refused:
        return _seen(base, fault, mutant, OVERLAYING, refused.problems)
    return _seen(base, fault, mutant, OVERLAYING, said)


@cache
def _scratch() -> Path:
    return Path(tempfile.mkdtemp())
