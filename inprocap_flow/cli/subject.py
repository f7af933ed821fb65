"""The case that a command is about, read once: its state, what decisions about it rest on, and the words for it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from inprocap_flow.cli import layout
from inprocap_flow.cli.session import Session
from inprocap_flow.cli.words import Words
from inprocap_flow.engine.case.binding import Binding
from inprocap_flow.engine.case.kinds import kinds_of
from inprocap_flow.engine.case.records import Case
from inprocap_flow.errors import NotFound
from inprocap_flow.language.model import Definition
from inprocap_flow.records import field, record
from inprocap_flow.service.finding import find_case
from inprocap_flow.service.gone import Gone, gone
from inprocap_flow.store.port import Reading


@record
class Subject:
    """A case as it stood when it was read. ``typed`` is how the person named it, for hints that can be copied."""

    case: Case
    binding: Binding
    words: Words
    now: datetime
    typed: str
    gone: Gone = field(default_factory=dict)  # what the case holds and its version no longer asks for

    @property
    def definition(self) -> Definition:
        return self.binding.definition

    def header(self) -> list[str]:
        """Return what stands above everything that is said about the case."""
        case = self.case
        title = case.title or self.words.text(self.definition.title)
        about = f"{case.procedure} {case.procedure_version}, for {case.organisation}"
        historic = " Entered from history." if case.historic else ""
        return [
            *(layout.heading(line) for line in layout.wrapped(title)),
            *layout.wrapped(f"{case.id}, {about}. Times in {self.words.zone.key}.{historic}"),
        ]


def subject(session: Session, typed: str) -> Subject:
    """Read the case that *typed* means. Raises NotFound, also if it is of another organisation than the one named."""
    desk = session.reading_desk
    case_id = find_case(desk, typed)
    with desk.store.reading() as reading:
        case = reading.load(case_id).case
        refuse_other_organisation(session, case)
        binding = desk.binding(reading, case)
        words = Words(binding.zone, session.settings.language, names(reading, case.organisation), kinds_of(case))
        known = gone(desk, reading, case, binding.definition)
    return Subject(case, binding, words, desk.clock.now(), typed, known)


def refuse_other_organisation(session: Session, case: Case) -> None:
    """Raise NotFound if ``--organisation`` names another organisation than the one of *case*.

    What is set for all commands (settings file, environment) says only for whom cases are opened, and refuses nothing.
    """
    named = session.options.get("organisation")
    if named and named != case.organisation:
        fact = f"{case.id} is a case of {case.organisation}, not of {named}"
        raise NotFound(fact, mend=f"leave --organisation out, or name {case.organisation}")


def names(reading: Reading, organisation: str) -> Mapping[str, str]:
    """Return the names of an organisation's people by id; whoever was erased has none."""
    return {person.id: person.name for person in reading.people(organisation) if person.name}
