"""Definitions from files into the store: checked, compiled, named by their content, never changed afterwards."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from inprocap_flow import logs
from inprocap_flow.errors import InvalidInput, NotFound
from inprocap_flow.language.canonical import digest, to_plain
from inprocap_flow.language.choices import uses
from inprocap_flow.language.files import folders_for
from inprocap_flow.language.inspect import check, inspect
from inprocap_flow.language.load import load_organisation, load_procedure, load_rulebook
from inprocap_flow.language.model import Definition
from inprocap_flow.language.overlays import load_overlay
from inprocap_flow.machine.compile import compile_definition
from inprocap_flow.machine.table import Machine, released_form
from inprocap_flow.service.applying import Made, Shelf, make, shelf
from inprocap_flow.service.choosing import APPLIED, OVERLAY, as_released, release_for
from inprocap_flow.service.desk import Desk
from inprocap_flow.service.finding_files import beside
from inprocap_flow.service.holding import scene_of
from inprocap_flow.service.judging import NOTHING, USUAL, Judged, Terms, all_may_be_overruled, judge
from inprocap_flow.service.roster import ENTERED
from inprocap_flow.store.port import Person, Reading


@dataclass(frozen=True, slots=True)
class Released:
    """What was released: kind, name, version and content hash; ``new`` is False if it was there already.

    ``judged`` is what was found out before; empty for what has no behaviour, and for what was there already.
    """

    kind: str
    name: str
    version: str
    content_hash: str
    new: bool = True
    judged: Judged = NOTHING


def read_procedure(desk: Desk, path: Path) -> Definition:
    """Return the procedure of *path*, its blocks and hooks looked up in the desk's folders. Raises InvalidInput."""
    return load_procedure(path, desk.definitions, hook_lookup=desk.hooks.lookup)


def compiled(desk: Desk, path: Path) -> Machine:
    """Return the procedure of *path* compiled. Raises InvalidInput, DefinitionDefect."""
    return compile_definition(read_procedure(desk, path))


def release_procedure(
    desk: Desk, path: Path, *, by: str, valid_from: date | None = None, terms: Terms = USUAL
) -> list[Released]:
    """Release a procedure, the rulebook that it names by default, and what overlays of organisations make of it.

    New cases are opened on it from the local day *valid_from* on; None: at once. The same
    content again changes nothing. Cases of it are explored as far as *terms* say; what could not be decided is kept
    with the release. Raises InvalidInput with every problem, the findings of the checks included, of a definition that
    is not sound (but for those that *terms* overrule), and NotAllowed for a version that was released with other
    content.
    """
    inspected = inspect(path, desk.definitions, hook_lookup=desk.hooks.lookup)
    if inspected.definition is None or not all_may_be_overruled(inspected.errors, terms):
        raise InvalidInput(inspected.errors)
    machine = compile_definition(inspected.definition)
    definition = machine.definition
    ground = _ground(desk)
    if ground.procedures.get(definition.name, {}).get(definition.version) == machine.content_hash:
        judged = NOTHING  # it is released; what was found out then stands beside it
    else:
        scene = scene_of(folders_for(path, desk.definitions), desk.hooks)
        (judged,) = judge(desk.settings, [(definition, inspected.errors)], terms, scene)
    ground.procedures.setdefault(definition.name, {})[definition.version] = machine.content_hash
    effective = make(desk, ground, path, [definition.name], terms)
    done: list[Released] = []
    if definition.rulebook and definition.rulebook != "none":
        done.append(release_rulebook(desk, beside(desk, path, "rulebooks", definition.rulebook), by=by))
    done.append(
        _release(
            desk, "procedure", definition.name, definition.version, released_form(machine), by, valid_from=valid_from,
            judged=judged,
        )
    )  # fmt: skip
    return [*done, *_release_effective(desk, effective, by)]


def release_overlay(
    desk: Desk, path: Path, *, by: str, valid_from: date | None = None, terms: Terms = USUAL
) -> list[Released]:
    """Release an overlay, and what it makes of the released procedures for the organisations that have it.

    It counts for new cases from the local day *valid_from* on; None: at once. What it makes of procedures is
    explored as far as *terms* say. Raises InvalidInput with every problem of it and of each procedure that it was
    written for (but for those that *terms* overrule), and NotAllowed for a version that was released with other
    content.
    """
    problems = [
        one for one in check([path], desk.definitions, hook_lookup=desk.hooks.lookup) if one.severity == "error"
    ]
    if not all_may_be_overruled(problems, terms):
        raise InvalidInput(problems)
    overlay = load_overlay(path, desk.definitions)
    ground = _ground(desk)
    ground.overlays.setdefault(overlay.name, {})[overlay.version] = digest(overlay.content)
    ground.newest[overlay.name] = as_released(overlay.content)
    effective = make(desk, ground, path, [overlay.name], terms)
    overruled = tuple(dict.fromkeys(one.code for one in problems))
    judged = Judged(overruled=overruled, reason=(terms.despite or "").strip() if overruled else "")
    done = _release(
        desk, OVERLAY, overlay.name, overlay.version, overlay.content, by, valid_from=valid_from, judged=judged
    )
    return [done, *_release_effective(desk, effective, by)]


def _ground(desk: Desk) -> Shelf:
    with desk.store.reading() as reading:
        return shelf(desk, reading)


def _release_effective(desk: Desk, effective: Made, by: str) -> list[Released]:
    return [
        _release(desk, APPLIED, name, version, released_form(machine), by, judged=effective.judged[name, version])
        for (name, version), machine in effective.machines.items()
    ]


def release_rulebook(desk: Desk, path: Path, *, by: str) -> Released:
    """Release a rulebook. Raises InvalidInput, NotAllowed."""
    book = load_rulebook(path)
    return _release(desk, "rulebook", book.name, book.version, to_plain(book), by)


def release_organisation(desk: Desk, path: Path, *, by: str, terms: Terms = USUAL) -> list[Released]:
    """Release an organisation, and what its overlays make of the released procedures, explored as *terms* say.

    Names and contacts of its people go to the store apart from it (ruling 2). Raises InvalidInput, NotAllowed.
    """
    organisation, contacts = load_organisation(path, desk.definitions)
    ground = _ground(desk)
    ground.organisations[organisation.name] = organisation
    effective = make(desk, ground, path, [organisation.name], terms)
    # Absences are personal and pass; a release stays for ever. So they go to the people, not into the release.
    kept = {person.id: replace(person, absent=()) for person in organisation.people.values()}
    content = to_plain(replace(organisation, people=kept))
    done = _release(desk, "organisation", organisation.name, organisation.version, content, by)
    people = tuple(
        Person(
            person.id,
            str(contacts.get(person.id, {}).get("name", "")),
            {name: value for name, value in contacts.get(person.id, {}).items() if name != "name"},
            person.roles,
            tuple({"from": absence.first, "until": absence.last} for absence in person.absent),
            person.substitute,
        )
        for person in organisation.people.values()
    )
    with desk.store.writing() as work:
        known = {person.id: person for person in work.people(organisation.name)}
        work.put_people(
            organisation.name,
            tuple(
                _with_said(person, known.get(person.id)) for person in people if not _is_erased(known.get(person.id))
            ),
        )
    return [done, *_release_effective(desk, effective, by)]


def _is_erased(known: Person | None) -> bool:
    return known is not None and known.erased_at is not None


def _with_said(person: Person, known: Person | None) -> Person:
    """Return *person* of the file with the absences that were said by a command since."""
    said = tuple(absence for absence in known.absences if ENTERED in absence) if known else ()
    if not said:
        return person
    days = {(absence["from"], absence["until"]) for absence in said}
    own = tuple(absence for absence in person.absences if (absence["from"], absence["until"]) not in days)
    return replace(
        person, absences=(*own, *said), substitute=person.substitute or (known.substitute if known else None)
    )


@dataclass(frozen=True, slots=True)
class Unfit:
    """Something that a released procedure needs and a released organisation does not have, people for instance."""

    procedure: str
    organisation: str
    code: str
    fact: str
    mend: str


def unused(desk: Desk, procedures: Iterable[str], organisations: Iterable[str]) -> tuple[Unfit, ...]:
    """Return which released procedures the organisations do not list, today or later: nobody there can open a case."""
    owners = tuple(organisations)
    with desk.store.reading() as reading:
        lists = {name: desk.organisation(reading, name).procedures for name in owners}
    return tuple(
        Unfit(
            procedure,
            name,
            "not-used-here",
            f"{name} does not use {procedure}",
            f"add it under `procedures:` in the file of {name} and release that again:  - {{procedure: {procedure}}}",
        )
        for procedure in procedures
        for name, chosen in lists.items()
        if chosen and all(one.name != procedure for one in chosen)
    )


def unfit(desk: Desk, procedures: Iterable[str], organisations: Iterable[str]) -> tuple[Unfit, ...]:
    """Return what `check` with the organisation would refuse of procedures as they are in effect there today.

    Nothing is said of one that cannot be opened there: `lacking` (`service.applying`) says why.
    It is no reason not to release: people come and go, while a release stays. But who opens a case should know.
    """
    owners = tuple(organisations)
    with desk.store.reading() as reading:
        return tuple(
            found
            for procedure in procedures
            for organisation in owners
            for found in _unfit(desk, reading, procedure, organisation)
        )


def _unfit(desk: Desk, reading: Reading, procedure: str, organisation: str) -> Iterator[Unfit]:
    from inprocap_flow.language.checks import approval_impossible, organisation_lacks, too_few_people
    from inprocap_flow.language.checks.finding import Around

    whose = desk.organisation(reading, organisation)
    around = Around(None, whose)
    day = desk.clock.now().astimezone(ZoneInfo(whose.zone)).date()
    if not uses(whose, procedure, day):
        return
    try:
        definition = desk.machine(
            reading, release_for(desk, reading, procedure, organisation, day).content_hash
        ).definition
    except NotFound:  # no case can be opened, which is said apart; what it would need shows in nothing else
        return
    for one in (too_few_people, approval_impossible, organisation_lacks):
        for found in one.check(definition, around):
            yield Unfit(procedure, organisation, one.CODE, found.fact, found.mend)


def _release(
    desk: Desk, kind: str, name: str, version: str, content: object, by: str, *,
    valid_from: date | None = None, judged: Judged = NOTHING,
) -> Released:  # fmt: skip
    with desk.store.writing() as work:
        before = {(entry.name, entry.version): entry.content_hash for entry in work.releases(kind)}
        said = judged.to_plain()
        now = desk.clock.now()
        content_hash = work.release(kind, name, version, content, by=by, now=now, valid_from=valid_from, judged=said)
    new = (name, version) not in before
    if new:
        logs.happened(logs.DEFINITION_RELEASED, definition=name, version=version, actor=by)
    return Released(kind, name, version, content_hash, new, judged if new else NOTHING)
