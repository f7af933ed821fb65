"""Definitions from files into the store: checked, compiled, named by their content, never changed afterwards.

Whatever is released together goes in together: all is judged first, then written in one transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from inprocap_flow import logs
from inprocap_flow.errors import InvalidInput, NotAllowed
from inprocap_flow.language.canonical import digest, to_plain
from inprocap_flow.language.files import folders_for
from inprocap_flow.language.inspect import check, inspect
from inprocap_flow.language.load import load_organisation, load_procedure, load_rulebook
from inprocap_flow.language.model import Definition, Organisation
from inprocap_flow.language.overlays import load_overlay
from inprocap_flow.machine.compile import compile_definition
from inprocap_flow.machine.table import Machine, released_form
from inprocap_flow.service.applying import make, shelf
from inprocap_flow.service.choosing import APPLIED, OVERLAY, as_released
from inprocap_flow.service.desk import Desk
from inprocap_flow.service.finding_files import beside
from inprocap_flow.service.holding import scene_of
from inprocap_flow.service.judging import NOTHING, USUAL, Judged, Terms, all_may_be_overruled, judge
from inprocap_flow.service.roster import ENTERED, READS_FOR
from inprocap_flow.store.port import Writing
from inprocap_flow.store.records import Person


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


class OtherContent(NotAllowed):
    """A release that is there already with other content, another day, or under another name; nothing was released.

    ``path`` is the file that would have become a second one.
    """

    def __init__(self, path: Path, fact: str) -> None:
        super().__init__(fact, mend="give the changed definition another version; nothing was released now")
        self.path = path


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
    is not sound (but for those that *terms* overrule), and OtherContent for a version that was released with other
    content.
    """
    return release_files(desk, [("procedure", path)], by=by, valid_from=valid_from, terms=terms)


def release_overlay(
    desk: Desk, path: Path, *, by: str, valid_from: date | None = None, terms: Terms = USUAL
) -> list[Released]:
    """Release an overlay, and what it makes of the released procedures for the organisations that have it.

    It counts for new cases from the local day *valid_from* on; None: at once. What it makes of procedures is
    explored as far as *terms* say. Raises InvalidInput with every problem of it and of each procedure that it was
    written for (but for those that *terms* overrule), and OtherContent for a version that was released with other
    content.
    """
    return release_files(desk, [("overlay", path)], by=by, valid_from=valid_from, terms=terms)


def release_rulebook(desk: Desk, path: Path, *, by: str) -> Released:
    """Release a rulebook. Raises InvalidInput, OtherContent."""
    return release_files(desk, [("rulebook", path)], by=by)[0]


def release_organisation(desk: Desk, path: Path, *, by: str, terms: Terms = USUAL) -> list[Released]:
    """Release an organisation, and what its overlays make of the released procedures, explored as *terms* say.

    Names and contacts of its people go to the store apart from it (ruling 2). Raises InvalidInput, OtherContent.
    """
    return release_files(desk, [("organisation", path)], by=by, terms=terms)


def release_files(
    desk: Desk,
    files: Iterable[tuple[str, Path]],
    *,
    by: str,
    valid_from: date | None = None,
    terms: Terms = USUAL,
) -> list[Released]:
    """Release *files* (kind and path of each) in their order, each on what those before it bring: all, or none of them.

    *valid_from* is for the procedures and overlays among them. Raises what releasing one of them raises.
    """
    batch = _Batch(desk, terms, valid_from)
    for kind, path in files:
        _ADD[kind](batch, path)
    return batch.written(by)


@dataclass(frozen=True, slots=True)
class _Draft:
    """What will be one release, and the file that it comes from."""

    path: Path
    kind: str
    name: str
    version: str
    content: object
    valid_from: date | None = None
    judged: Judged = NOTHING


class _Batch:
    """Releases that are made ready one after another, and written together."""

    def __init__(self, desk: Desk, terms: Terms, valid_from: date | None) -> None:
        self.desk, self.terms, self.valid_from = desk, terms, valid_from
        with desk.store.reading() as reading:
            self.ground = shelf(desk, reading)
            self.known = {(kind, e.name, e.version): e.content_hash for kind in _ADD for e in reading.releases(kind)}
        self.released = frozenset(self.known)
        self.drafts: list[_Draft] = []
        self.people: list[tuple[str, tuple[Person, ...]]] = []

    def add_procedure(self, path: Path) -> None:
        inspected = inspect(path, self.desk.definitions, hook_lookup=self.desk.hooks.lookup)
        if inspected.definition is None or not all_may_be_overruled(inspected.errors, self.terms):
            raise InvalidInput(inspected.errors)
        machine = compile_definition(inspected.definition)
        definition = machine.definition
        if definition.rulebook and definition.rulebook != "none":
            self.add_rulebook(beside(self.desk, path, "rulebooks", definition.rulebook))
        judged = NOTHING  # where it is released; what was found out then stands beside it
        if self._is_new(path, "procedure", definition.name, definition.version, machine.content_hash):
            scene = scene_of(folders_for(path, self.desk.definitions), self.desk.hooks)
            (judged,) = judge(self.desk.settings, [(definition, inspected.errors)], self.terms, scene)
        self.ground.procedures.setdefault(definition.name, {})[definition.version] = machine.content_hash
        self._add(path, "procedure", definition.name, definition.version, released_form(machine), judged)
        self._add_effective(path, definition.name)

    def add_overlay(self, path: Path) -> None:
        found = check([path], self.desk.definitions, hook_lookup=self.desk.hooks.lookup)
        problems = [one for one in found if one.severity == "error"]
        if not all_may_be_overruled(problems, self.terms):
            raise InvalidInput(problems)
        overlay = load_overlay(path, self.desk.definitions)
        content_hash = digest(overlay.content)
        self._is_new(path, OVERLAY, overlay.name, overlay.version, content_hash)
        self.ground.overlays.setdefault(overlay.name, {})[overlay.version] = content_hash
        self.ground.newest[overlay.name] = as_released(overlay.content)
        overruled = tuple(dict.fromkeys(one.code for one in problems))
        judged = Judged(overruled=overruled, reason=(self.terms.despite or "").strip() if overruled else "")
        self._add(path, OVERLAY, overlay.name, overlay.version, overlay.content, judged)
        self._add_effective(path, overlay.name)

    def add_rulebook(self, path: Path) -> None:
        book = load_rulebook(path)
        self._is_new(path, "rulebook", book.name, book.version, digest(to_plain(book)))
        self.drafts.append(_Draft(path, "rulebook", book.name, book.version, to_plain(book)))

    def add_organisation(self, path: Path) -> None:
        organisation, contacts = load_organisation(path, self.desk.definitions)
        self.ground.organisations[organisation.name] = organisation
        # Absences are personal and pass; a release stays for ever. So they go to the people, not into the release.
        kept = {person.id: replace(person, absent=()) for person in organisation.people.values()}
        content = to_plain(replace(organisation, people=kept))
        self._is_new(path, "organisation", organisation.name, organisation.version, digest(content))
        self.drafts.append(_Draft(path, "organisation", organisation.name, organisation.version, content))
        self.people.append((organisation.name, _people_of(organisation, contacts)))
        self._add_effective(path, organisation.name)

    def _add(self, path: Path, kind: str, name: str, version: str, content: object, judged: Judged) -> None:
        self.drafts.append(_Draft(path, kind, name, version, content, self.valid_from, judged))

    def _add_effective(self, path: Path, concerned: str) -> None:
        made = make(self.desk, self.ground, path, [concerned], self.terms)
        for (name, version), machine in made.machines.items():
            judged = made.judged[name, version]
            self.drafts.append(_Draft(path, APPLIED, name, version, released_form(machine), judged=judged))
            self.ground.applied.add((name, version))

    def _is_new(self, path: Path, kind: str, name: str, version: str, content_hash: str) -> bool:
        """Return whether that is not released. Raises OtherContent: nobody waits for what will be refused."""
        known = self.known.setdefault((kind, name, version), content_hash)
        if known != content_hash:
            raise OtherContent(path, f"{kind} {name} {version} is released already, with another content")
        return (kind, name, version) not in self.released

    def written(self, by: str) -> list[Released]:
        """Write all that was made ready, in one transaction, and return it. Raises OtherContent."""
        with self.desk.store.writing() as work:
            done = [_release(self.desk, work, draft, by) for draft in self.drafts]
            for organisation, people in self.people:
                _put_people(work, organisation, people)
        for one in done:
            if one.new:
                logs.happened(logs.DEFINITION_RELEASED, definition=one.name, version=one.version, actor=by)
        return done


_ADD: dict[str, Callable[[_Batch, Path], None]] = {
    "procedure": _Batch.add_procedure,
    "overlay": _Batch.add_overlay,
    "rulebook": _Batch.add_rulebook,
    "organisation": _Batch.add_organisation,
}


def _release(desk: Desk, work: Writing, draft: _Draft, by: str) -> Released:
    before = {(entry.name, entry.version) for entry in work.releases(draft.kind)}
    try:
        content_hash = work.release(
            draft.kind, draft.name, draft.version, draft.content, by=by, now=desk.clock.now(),
            valid_from=draft.valid_from, judged=draft.judged.to_plain(),
        )  # fmt: skip
    except NotAllowed as refused:
        raise OtherContent(draft.path, str(refused).partition("\n  mend: ")[0]) from None
    new = (draft.name, draft.version) not in before
    judged = draft.judged if new else NOTHING
    return Released(draft.kind, draft.name, draft.version, content_hash, new, judged)


def _people_of(organisation: Organisation, contacts: Mapping[str, Mapping[str, Any]]) -> tuple[Person, ...]:
    return tuple(
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


def _put_people(work: Writing, organisation: str, people: tuple[Person, ...]) -> None:
    known = {person.id: person for person in work.people(organisation)}
    staying = (person for person in people if not _is_erased(known.get(person.id)))
    work.put_people(organisation, tuple(_with_said(person, known.get(person.id)) for person in staying))


def _is_erased(known: Person | None) -> bool:
    return known is not None and known.erased_at is not None


def _with_said(person: Person, known: Person | None) -> Person:
    """Return *person* of the file with what was said by commands since: absences, and for which firms they read."""
    if known is None:
        return person
    said = tuple(absence for absence in known.absences if ENTERED in absence)
    days = {(absence["from"], absence["until"]) for absence in said}
    own = tuple(absence for absence in person.absences if (absence["from"], absence["until"]) not in days)
    return replace(
        person,
        contact={**_reading(known), **person.contact},
        absences=(*own, *said),
        substitute=person.substitute or (known.substitute if said else None),
    )


def _reading(known: Person) -> Mapping[str, Any]:
    """Return what a command said of the firms that somebody reads for, and at which address."""
    said = (READS_FOR, "email", ENTERED) if READS_FOR in known.contact else ()
    return {name: known.contact[name] for name in said if name in known.contact}
