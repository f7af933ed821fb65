"""What a version means for the cases that run, before it is released: which of them, what, and why (issue 4, 5)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from inprocap_flow.engine.binding import Binding
from inprocap_flow.engine.moving_on import Fit, misfits, otherwise_ahead
from inprocap_flow.engine.records import Blocker, When
from inprocap_flow.language.migrations import Migration
from inprocap_flow.language.versions.ahead import KINDS, Change
from inprocap_flow.language.versions.compare import Between
from inprocap_flow.machine.table import Machine
from inprocap_flow.service.desk import Desk
from inprocap_flow.store.entries import CaseEntry
from inprocap_flow.store.port import Reading


@dataclass(frozen=True, slots=True)
class Impact:
    """What the version means for one case: what is otherwise ahead, on which line; and what a plan must decide.

    ``effects`` are in order of importance, each with the id of its line (a kind of track for those not begun yet).
    """

    case_id: str
    title: str
    organisation: str
    version: str
    stage: str
    effects: tuple[tuple[str, Change], ...]
    undecided: tuple[Blocker, ...] = ()

    @property
    def unaffected(self) -> bool:
        return not self.effects and not self.undecided

    @property
    def kinds(self) -> tuple[str, ...]:
        """The codes of what is otherwise, each once, the most important first."""
        return tuple(dict.fromkeys(change.kind for _, change in self.effects))


@dataclass(frozen=True, slots=True)
class Impacts:
    """What a version means for every open case of its procedure."""

    procedure: str
    version: str
    content_hash: str
    cases: tuple[Impact, ...]

    def counts(self) -> tuple[tuple[str, int], ...]:
        """Return how many cases each thing happens to, the most important first; a case may stand in several."""
        counted = Counter(kind for case in self.cases for kind in case.kinds)
        return tuple((kind, counted[kind]) for kind in KINDS if counted[kind])

    @property
    def unaffected(self) -> int:
        return sum(case.unaffected for case in self.cases)


def impact(desk: Desk, machine: Machine, plan: Migration | None = None) -> Impacts:
    """Return what *machine*, a version released or not, means for every open case of its procedure on another one.

    With *plan* (from one version) only the cases on that version are looked at, as they would be after it.
    """
    definition = machine.definition
    with desk.store.reading() as reading:
        found = [
            _of_case(desk, reading, entry, machine, plan)
            for entry in desk.store.cases(ended=False)
            if entry.procedure == definition.name and entry.definition_hash != machine.content_hash
            and (plan is None or entry.definition_hash == plan.from_hash)
        ]  # fmt: skip
    return Impacts(definition.name, definition.version, machine.content_hash, tuple(found))


def _of_case(desk: Desk, reading: Reading, entry: CaseEntry, machine: Machine, plan: Migration | None) -> Impact:
    case = reading.load(entry.id).case
    old = desk.binding(reading, case)
    new = _bound(old, machine)
    made = plan or Migration(
        entry.procedure,
        entry.procedure_version,
        machine.definition.version,
        entry.definition_hash,
        machine.content_hash,
    )
    between = Between(old.definition, new.definition, made)
    fit = Fit(old, new, case, made, When.exactly(desk.clock.now()))
    undecided = tuple(blocker for blocker in misfits(fit) if blocker.code not in ("stage-gone", "track-gone"))
    effects = sorted(dict.fromkeys(otherwise_ahead(between, case)), key=lambda pair: list(KINDS).index(pair[1].kind))
    return Impact(
        case.id, case.title, case.organisation, case.procedure_version, case.main.state, tuple(effects), undecided
    )


def _bound(binding: Binding, machine: Machine) -> Binding:
    return Binding(machine, binding.organisation, binding.rulebook, binding.hooks, reveal=binding.reveal)
