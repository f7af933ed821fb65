"""Cases over to another version, by a plan: one after the other, each in a transaction of its own.

Nothing binds the cases together: a run that is stopped is begun again, and finds those that are over already. What
cannot go over stays where it is, with the reason in its list of refusals.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from inprocap_flow.engine.acts.migrating import request_to_migrate
from inprocap_flow.engine.case.deadline_changes import is_waived
from inprocap_flow.engine.case.records import Blocker, Case, Decision, Event
from inprocap_flow.engine.timing.reclocking import is_set
from inprocap_flow.errors import FlowError, InvalidInput, NotFound, Problem
from inprocap_flow.language.checks.plans import check_plan
from inprocap_flow.language.documents import kind_of
from inprocap_flow.language.files import Library, folders_for
from inprocap_flow.language.load import load_migration
from inprocap_flow.language.migrations import RECOMPUTE, Migration
from inprocap_flow.language.model import Definition
from inprocap_flow.language.schema.migration import MigrationDoc
from inprocap_flow.language.schema.report import locate
from inprocap_flow.language.versions.compare import Between
from inprocap_flow.language.versions.reading import read_plan
from inprocap_flow.machine.table import Machine
from inprocap_flow.records import changed
from inprocap_flow.service.acting import act, preview
from inprocap_flow.service.desk import Desk
from inprocap_flow.store.port import Reading
from inprocap_flow.store.records import Answer

PROCEDURES = ("procedure", "applied")  # kinds of releases that cases run on
MOVED, WOULD, ALREADY, REFUSED = "moved", "would move", "already there", "refused"


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan as it can be carried out: what its file says, with the hashes of both versions.

    ``released``: whether the version to go to is released; else it can only be tried. ``advice``: what the checks say.
    """

    path: Path
    migration: Migration
    between: Between
    reason: str | None
    released: bool
    advice: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Moved:
    """What became of one case: one of `MOVED`, `WOULD`, `ALREADY`, `REFUSED`, with the events or the reasons.

    ``ends`` are those that running clocks had before, by ``line deadline`` in the words of the new version.
    ``kept``: those of which the plan says `recompute` and that stay, because somebody has set their end.
    ``waived``: numbers of the events that stop a clock which never ran.
    """

    case_id: str
    title: str
    outcome: str
    stage: str
    events: tuple[Event, ...] = ()
    blockers: tuple[Blocker, ...] = ()
    ends: Mapping[str, str] = field(default_factory=dict)
    kept: tuple[str, ...] = ()
    waived: frozenset[int] = frozenset()


def load_plan(desk: Desk, path: Path) -> Plan:
    """Return the plan of a file. Both versions are looked up: released ones first, else procedure files.

    Raises InvalidInput with everything that is wrong with the plan, what the checks of plans find included.
    """
    found, read, shown = _read(desk, path)
    if read is None or any(problem.severity == "error" for problem in shown):
        raise InvalidInput(shown)
    doc, between = read
    old, new = (found.known[doc.procedure, version] for version in (doc.from_version, doc.to_version))
    plan = changed(between.plan, from_hash=old.content_hash, to_hash=new.content_hash)
    return Plan(path, plan, between, doc.reason, new.content_hash in found.released, shown)


def is_plan(path: Path) -> bool:
    """Return whether a file is a plan that can be read; what is wrong with it as a file is said by whoever reads it."""
    try:
        if kind_of(Library(()).read(path)) != "migration":
            return False
        load_migration(path)
        return True
    except InvalidInput:
        return False


def problems_of_plan(desk: Desk, path: Path) -> tuple[Problem, ...]:
    """Return everything that is wrong with a plan between its two versions, advice included."""
    try:
        _, read, shown = _read(desk, path)
    except InvalidInput as invalid:
        return invalid.problems
    return (*shown, *_without_reason(path)) if read is not None and not (read[0].reason or "").strip() else shown


def _without_reason(path: Path) -> Iterator[Problem]:
    """Yield the advice to give a reason: it may come with the command, so a plan without one is no error."""
    fact = "The plan gives no reason, and no case goes over without one."
    mend = "Write why behind `reason:`, or give it with the command: migrate --reason TEXT."
    library = Library(())
    root = library.read(path)
    place, width = locate(root, ("reason" if "reason" in root else "migration",), on_key=True)
    yield from library.show([Problem(place, "reason-missing", fact, mend, severity="advice", width=width)])


def _read(desk: Desk, path: Path) -> tuple[_Versions, tuple[MigrationDoc, Between] | None, tuple[Problem, ...]]:
    library = Library(folders_for(path, desk.definitions))
    with desk.store.reading() as reading:
        found = _Versions(desk, reading, path)
        doc, between, problems = read_plan(path, found.definition, library)
        if between is not None and not problems:
            problems = check_plan(between, library.read(path))
    shown = tuple(library.show(problems))
    return found, (doc, between) if doc is not None and between is not None else None, shown


class _Versions:
    """The versions that a plan names, as they were found. Alive while a plan is read."""

    def __init__(self, desk: Desk, reading: Reading, path: Path) -> None:
        self.desk, self.reading, self.path = desk, reading, path
        self.known: dict[tuple[str, str], Machine] = {}
        self.released: set[str] = set()

    def definition(self, name: str, version: str) -> Definition | None:
        machine = self._released(name, version) or self._in_a_file(name, version)
        if machine is None:
            return None
        self.known[name, version] = machine
        return machine.definition

    def _released(self, name: str, version: str) -> Machine | None:
        content_hash = released_version(self.reading, name, version)
        if content_hash is None:
            return None
        self.released.add(content_hash)
        return self.desk.machine(self.reading, content_hash)

    def _in_a_file(self, name: str, version: str) -> Machine | None:
        from inprocap_flow.service.meant import of_version

        return of_version(self.desk, self.path, name, version)


def released_version(reading: Reading, name: str, version: str) -> str | None:
    """Return the hash of a released version of a procedure, with overlays or without; None if there is none."""
    for kind in PROCEDURES:
        for entry in reading.releases(kind):
            if (entry.name, entry.version) == (name, version):
                return entry.content_hash
    return None


def must_be_released(plan: Plan) -> None:
    """Raise NotFound if the version to go to is not released: then the plan can only be tried."""
    if not plan.released:
        version = plan.migration.to_version
        raise NotFound(f"version {version} is not released", mend="release it first; without it only --dry-run works")


def cases_of(desk: Desk, plan: Plan, named: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Return the open cases that the plan is about, the one opened first first; *named* narrows to these ids.

    A case that is over already is passed over, so that a run that was stopped can be begun again.
    """
    found = [
        entry
        for entry in desk.store.cases(ended=False)
        if entry.definition_hash == plan.migration.from_hash and (not named or entry.id in named)
    ]
    return tuple(entry.id for entry in sorted(found, key=lambda entry: (entry.opened_at, entry.id)))


@dataclass(frozen=True, slots=True)
class Who:
    """Who moves cases over, in which role, why (else the plan says it), under which account."""

    actor: str
    role: str | None = None
    reason: str | None = None
    account: str | None = None


def migrate_case(desk: Desk, plan: Plan, case_id: str, who: Who, *, dry_run: bool = False) -> Moved:
    """Bring one case over, or say what would come of it. Raises NotFound, and what `act` raises."""
    request = request_to_migrate(
        plan.migration, case_id, actor=who.actor, role=who.role, reason=who.reason or plan.reason
    )
    request = changed(request, account=who.account)
    with desk.store.reading() as reading:
        before = reading.load(case_id).case
        ends = _ends(plan, before)
    outcome = preview(desk, case_id, request) if dry_run else act(desk, case_id, request)
    assert not isinstance(outcome, Answer)  # no key was given
    with desk.store.reading() as reading:
        case = outcome.case or reading.load(case_id).case
    if isinstance(outcome, Decision):
        kept = tuple(_kept(plan, before, outcome.case))
        what = WOULD if dry_run else MOVED
        waived = frozenset(event.seq for event in outcome.events if is_waived(outcome.case, event))
        return Moved(case_id, case.title, what, case.main.state, outcome.events, ends=ends, kept=kept, waived=waived)
    if outcome.codes == ("already-migrated",):
        return Moved(case_id, case.title, ALREADY, case.main.state)
    return Moved(case_id, case.title, REFUSED, case.main.state, outcome.events, outcome.blockers)


def _ends(plan: Plan, case: Case) -> dict[str, str]:
    changes = {state.line: plan.migration.line(case.lines[state.line].kind) for state in case.deadlines.values()}
    return {
        f"{state.line} {changes[state.line].now('deadlines', state.name)}": state.end
        for state in case.deadlines.values()
        if state.is_open and state.end
    }


def _kept(plan: Plan, before: Case, after: Case) -> Iterator[str]:
    """Yield the clocks, as `Moved.ends` names them, that recomputing left alone because their end was set."""
    for state in before.deadlines.values():
        change = plan.migration.line(before.lines[state.line].kind)
        if not state.is_open or change.deadlines.get(state.name) != RECOMPUTE:
            continue
        name = f"{state.line} {change.now('deadlines', state.name)}"
        now = after.deadlines.get(name)
        if now is not None and now.end == state.end and state.end and is_set(state):
            yield name


def tried(desk: Desk, plan: Plan, case_id: str, who: Who, *, dry_run: bool = False) -> Moved:
    """Do the same, but let what it raises (somebody was faster five times, a hook fails) be a refusal of this case."""
    try:
        return migrate_case(desk, plan, case_id, who, dry_run=dry_run)
    except FlowError as wrong:
        fact, _, mend = str(wrong).partition("\n  mend: ")
        return Moved(case_id, "", REFUSED, "", blockers=(Blocker(wrong.code, fact, mend=mend),))
