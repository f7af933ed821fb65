"""The desk: store, clock, ids, key and hooks in one place, and the bindings that decisions are made with.

Everything that costs is loaded when first needed and kept by content hash: a released version never changes.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from inprocap_flow import logs
from inprocap_flow.clock import Clock, SystemClock
from inprocap_flow.engine.case.binding import Binding, Linked
from inprocap_flow.engine.case.records import Case, unstamp
from inprocap_flow.errors import DefinitionDefect, NotFound, StoreDamaged
from inprocap_flow.ids import Ids, TimedIds
from inprocap_flow.language.canonical import digest, from_plain
from inprocap_flow.language.model import Definition, Organisation, Rulebook
from inprocap_flow.machine.released import form_of, from_released
from inprocap_flow.machine.table import FORM, Machine
from inprocap_flow.records import draft, field
from inprocap_flow.service.roster import with_people
from inprocap_flow.settings import Settings
from inprocap_flow.store.port import Reading, Store
from inprocap_flow.store.records import Person, Released

if TYPE_CHECKING:
    from pathlib import Path

    from inprocap_flow.plugins.hookset import HookSet


class Staffed(NamedTuple):
    """An organisation with its people, and what it was made of."""

    content_hash: str
    people: tuple[Person, ...]
    organisation: Organisation


class Bound(NamedTuple):
    """A binding, and what the store said of releases and people when it was made (`Reading.settled`)."""

    settled: object | None
    binding: Binding


def _nobody_waits() -> None:
    """Do nothing: no scheduler runs in this process."""


@draft
class Desk:
    """What a use case works with. ``random_bytes`` draws the seeds of salts."""

    store: Store
    clock: Clock = field(default_factory=SystemClock)
    ids: Ids = field(default_factory=TimedIds)
    settings: Settings = field(default_factory=Settings)
    random_bytes: Callable[[int], bytes] = os.urandom
    recorded: Callable[[], None] = _nobody_waits  # called after each outcome; a scheduler in this process listens
    _machines: dict[str, Machine] = field(default_factory=dict)
    _organisations: dict[str, Organisation] = field(default_factory=dict)  # as released
    _staffed: dict[str, Staffed] = field(default_factory=dict)  # by name, with the people known last
    _rulebooks: dict[str, Rulebook] = field(default_factory=dict)
    _bindings: dict[tuple[str, str], Bound] = field(default_factory=dict)
    _hooks: HookSet | None = None

    def machine(self, reading: Reading, content_hash: str) -> Machine:
        """Return the released machine with this hash; one of an older form is compiled again, and that is logged.

        Raises NotFound, and DefinitionDefect for one that this program cannot read.
        """
        if content_hash not in self._machines:
            found = self.release(reading, content_hash)
            with _reading_back(content_hash, found.content):
                machine = from_released(found.content, content_hash)
            if (form := form_of(found.content)) < FORM:  # once for each version and process: it takes a moment
                about = {"definition": machine.definition.name, "version": machine.definition.full_version}
                logs.happened(logs.RELEASE_COMPILED_AGAIN, level="warning", count=form, **about)
            self._machines[content_hash] = machine
        return self._machines[content_hash]

    def release(self, reading: Reading, content_hash: str) -> Released:
        """Return the release of a machine: a procedure as it is written, or with overlays. Raises NotFound."""
        try:
            return reading.released("procedure", content_hash=content_hash)
        except NotFound as lost:
            with suppress(NotFound):
                return reading.released("applied", content_hash=content_hash)
            raise lost from None

    def know(self, machine: Machine) -> None:
        """Keep a version that is not released, so that it can be tried on cases; nothing can be recorded with it."""
        self._machines.setdefault(machine.content_hash, machine)

    def organisation(self, reading: Reading, name: str) -> Organisation:
        """Return the organisation as released last, with the absences and erasures known now. Raises NotFound."""
        content_hash, people = reading.newest("organisation", name), reading.people(name)
        known = self._staffed.get(name)
        if known is not None and known.content_hash == content_hash and known.people is people:
            return known.organisation
        staffed = Staffed(content_hash, people, with_people(self._released_as(reading, content_hash), people))
        self._staffed[name] = staffed
        return staffed.organisation

    def organisation_at(self, reading: Reading, name: str, moment: datetime) -> Organisation:
        """Return the organisation as it was released last by *moment*: its words, not who is there. Raises NotFound.

        The newest one, where none was released by then.
        """
        by_then = [one for one in reading.releases("organisation") if one.name == name]
        by_then = [one for one in by_then if unstamp(one.released_at) <= moment]
        last = by_then[-1].content_hash if by_then else reading.newest("organisation", name)
        return self._released_as(reading, last)

    def _released_as(self, reading: Reading, content_hash: str) -> Organisation:
        if content_hash not in self._organisations:
            content = reading.released("organisation", content_hash=content_hash).content
            with _reading_back(content_hash, content):
                self._organisations[content_hash] = from_plain(Organisation, content)
        return self._organisations[content_hash]

    def rulebook(self, reading: Reading, name: str) -> Rulebook:
        """Return the rulebook as released last: values move with the law. Raises NotFound."""
        content_hash = reading.newest("rulebook", name)
        if content_hash not in self._rulebooks:
            content = reading.released("rulebook", content_hash=content_hash).content
            with _reading_back(content_hash, content):
                self._rulebooks[content_hash] = from_plain(Rulebook, content)
        return self._rulebooks[content_hash]

    @property
    def hooks(self) -> HookSet:
        """The hooks of the allowed folders, loaded when first asked for."""
        if self._hooks is None:
            from inprocap_flow.plugins.loading import allowed_folders, load_hooks

            allowed = allowed_folders(self.settings.hook_folders)
            self._hooks = load_hooks(allowed, allowed)
        return self._hooks

    def forget_hooks(self) -> None:
        """Have the hooks loaded again when they are asked for next, from their files as they are then."""
        self._hooks = None
        self._bindings.clear()  # they hold the hooks that they were made with

    def binding(self, reading: Reading, case: Case) -> Binding:
        """Return what decisions about *case* are made with: its own version, and today's dated data.

        Raises what `bind` does, and StoreDamaged for a case that stands where its version has no stage.
        """
        bound = self.bind(reading, case.definition_hash, case.organisation, case.id)
        _stands(case, bound.machine.definition)
        return bound

    def bind(self, reading: Reading, content_hash: str, organisation_name: str, case_id: str = "") -> Binding:
        """Return a version bound to an organisation. The organisation says which rulebook answers (ruling 11).

        Raises:
            NotFound: the version, organisation or rulebook is not released here.
            NotAllowed: a hook file differs from the one the version was released with.
        """
        settled = reading.settled()
        known = self._bindings.get((content_hash, organisation_name))
        if known is None or settled is None or known.settled is not settled:
            bound = self._bound(reading, content_hash, organisation_name, known.binding if known else None)
            known = self._bindings[content_hash, organisation_name] = Bound(settled, bound)

        def reveal(commitment: str) -> Any:
            return reading.reveal(case_id, commitment)

        def linked(other: str) -> Linked | None:
            return self._linked(reading, other)

        def version(other: str) -> Binding:
            return self.bind(reading, other, organisation_name, case_id)

        return known.binding.revealing(reveal, linked, version)

    def _bound(self, reading: Reading, content_hash: str, organisation_name: str, known: Binding | None) -> Binding:
        """Return what `bind` shares among cases: *known*, if organisation and rulebook are what they were."""
        machine = self.machine(reading, content_hash)
        organisation = self.organisation(reading, organisation_name)
        definition = machine.definition
        book = definition.rulebook and organisation.rulebooks.get(definition.rulebook, definition.rulebook)
        rulebook = self.rulebook(reading, book) if book and book != "none" else None
        if known is not None and known.organisation is organisation and known.rulebook is rulebook:
            return known
        hooks = self.hooks.bound_to(definition.hooks) if definition.hooks else None
        named = self._named(reading, definition, organisation_name, book if rulebook else None)
        return Binding(machine, organisation, rulebook, hooks, named)

    def _named(
        self, reading: Reading, definition: Definition, organisation: str, book: str | None
    ) -> Mapping[str, Mapping[str, str]]:
        """Return the hashes of the releases that decisions are made with, for the record.

        The release of the procedure is named by the case. It holds what its overlays say; they are named beside it, so
        that one finds the text that was agreed on. One that is not released here is left out.
        """
        named = {"organisation": {organisation: reading.newest("organisation", organisation)}}
        if book:
            named["rulebook"] = {book: reading.newest("rulebook", book)}
        wanted = {(one.name, one.version) for one in definition.overlays}
        entries = reading.releases("overlay") if wanted else ()
        overlays = {one.name: one.content_hash for one in entries if (one.name, one.version) in wanted}
        return named | ({"overlay": overlays} if overlays else {})

    def _linked(self, reading: Reading, case_id: str) -> Linked | None:
        """Return what may be known of another case, as of the version it is on now; None if there is none."""
        try:
            found = reading.glance(case_id)
        except NotFound:
            return None
        definition = self.machine(reading, found.definition_hash).definition
        receives = {name: receipt.of for name, receipt in definition.receives.items()}
        return Linked(definition.name, found.case.organisation, receives)

    @property
    def definitions(self) -> tuple[Path, ...]:
        """The folders of definitions: the organisation's own first, then those that are shipped."""
        from inprocap_flow import bundled

        own = (self.settings.definitions,) if self.settings.definitions else ()
        return (*own, bundled.root("definitions"))

    def find_definition(self, name: str) -> Path:
        """Return the file of a procedure: a path as it is, else a name looked up in the folders. Raises NotFound."""
        from pathlib import Path

        path = Path(name)
        if path.suffix in (".yaml", ".yml") or path.exists():
            if path.is_file():
                return path
            raise NotFound(f"there is no file {name}", mend="give the path of a definition, or its name")
        for folder in self.definitions:
            if (folder / f"{name}.yaml").is_file():
                return folder / f"{name}.yaml"
        known = sorted({p.stem for folder in self.definitions for p in folder.glob("*.yaml") if "." not in p.stem})
        from inprocap_flow.service.typing_in import nearest

        raise NotFound(f"there is no procedure {name}", mend=nearest(name, known))


def _stands(case: Case, definition: Definition) -> None:
    """Raise StoreDamaged if a line of *case* is of a kind, or in a stage, that *definition* does not have."""
    for line in case.lines.values():
        known = definition.tracks.get(line.kind) if line.kind else definition.main
        if known is None or line.state not in known.stages:
            fact = f"case {case.id} stands in {line.state}, a stage that its procedure does not have"
            raise StoreDamaged(fact, mend="run audit verify; the state can be folded again from the events")


@contextmanager
def _reading_back(content_hash: str, content: Any) -> Iterator[None]:
    """Turn whatever comes of a release that somebody has written over into StoreDamaged; hashed only when it fails."""
    try:
        yield
    except (DefinitionDefect, AttributeError, IndexError, KeyError, TypeError, ValueError) as wrong:
        if digest(content) == content_hash:
            raise
        fact = f"the release {content_hash[:12]} is not what was released"
        raise StoreDamaged(fact, mend="run audit verify, and take the database back from a backup") from wrong
