"""What a version means for the cases that run, before it is released: which of them, what, and why (issue 4, 5)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from inprocap_flow.engine.acts.ahead import otherwise_ahead
from inprocap_flow.engine.acts.fitting import Fit
from inprocap_flow.engine.acts.moving_on import misfits
from inprocap_flow.engine.case.binding import Binding
from inprocap_flow.engine.case.records import Blocker, When
from inprocap_flow.language.migrations import Migration
from inprocap_flow.language.versions.ahead import KINDS, Change
from inprocap_flow.language.versions.compare import Between
from inprocap_flow.machine.table import Machine
from inprocap_flow.service.desk import Desk
from inprocap_flow.service.meant import Meant
from inprocap_flow.store.entries import CaseEntry
from inprocap_flow.store.port import Reading

Target = Callable[[Reading, CaseEntry], Machine | None]  # the version that a case would be on; None: nothing changes


@dataclass(frozen=True, slots=True)
class Impact:
    """What the version means for one case: what is otherwise ahead, on which line; and what a plan must decide.

    ``version`` is the one it is on, ``to`` the one it would be on, each with its overlays. ``effects`` are in
    order of importance, each with the id of its line (a kind of track for those not begun yet).
    """

    case_id: str
    title: str
    organisation: str
    procedure: str
    version: str
    to: str
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
    """What a version of something, a procedure or an overlay, means for every open case that it is about."""

    kind: str
    name: str
    version: str
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
    cases = _cases(desk, (definition.name,), lambda _reading, _entry: machine, plan)
    return Impacts("procedure", definition.name, definition.full_version, cases)


def impact_of_file(desk: Desk, path: Path) -> Impacts:
    """Return what a procedure or an overlay, as its file is now, means for every open case that it is about.

    Each case is compared with what its organisation would get: the procedure with the overlays that are in force today.
    Raises InvalidInput, NotFound.
    """
    meant = Meant(desk, path)

    def target(reading: Reading, entry: CaseEntry) -> Machine | None:
        return meant.of(entry.procedure, desk.organisation(reading, entry.organisation))

    cases = _cases(desk, meant.procedures, target)
    if meant.overlay is not None:
        return Impacts("overlay", meant.overlay.name, meant.overlay.version, cases)
    definition = meant.alone().definition
    return Impacts("procedure", definition.name, definition.full_version, cases)


def _cases(
    desk: Desk, procedures: tuple[str, ...], target: Target, plan: Migration | None = None
) -> tuple[Impact, ...]:
    found: list[Impact] = []
    with desk.store.reading() as reading:
        for entry in desk.store.cases(ended=False):
            if entry.procedure not in procedures or (plan is not None and entry.definition_hash != plan.from_hash):
                continue
            machine = target(reading, entry)
            if machine is not None and machine.content_hash != entry.definition_hash:
                found.append(_of_case(desk, reading, entry, machine, plan))
    return tuple(found)


def _of_case(desk: Desk, reading: Reading, entry: CaseEntry, machine: Machine, plan: Migration | None) -> Impact:
    case = reading.load(entry.id).case
    old = desk.binding(reading, case)
    new = _bound(old, machine)
    to = machine.definition.full_version
    made = plan or Migration(entry.procedure, entry.procedure_version, to, entry.definition_hash, machine.content_hash)
    between = Between(old.definition, new.definition, made)
    fit = Fit(old, new, case, made, When.exactly(desk.clock.now()))
    undecided = tuple(blocker for blocker in misfits(fit) if blocker.code not in ("stage-gone", "track-gone"))
    effects = sorted(dict.fromkeys(otherwise_ahead(between, case)), key=lambda pair: list(KINDS).index(pair[1].kind))
    return Impact(
        case.id, case.title, case.organisation, entry.procedure, case.procedure_version, to, case.main.state,
        tuple(effects), undecided,
    )  # fmt: skip


def _bound(binding: Binding, machine: Machine) -> Binding:
    return Binding(machine, binding.organisation, binding.rulebook, binding.hooks, reveal=binding.reveal)
