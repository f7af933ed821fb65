"""Stories of shipped scenarios, played in a house with a database beside other cases."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from inprocap_flow.clock import FixedClock
from inprocap_flow.engine.case.binding import Binding
from inprocap_flow.language.load import load_organisation, load_procedure, load_rulebook, load_tests
from inprocap_flow.language.scenarios import Deed, Tests
from inprocap_flow.machine.compile import compile_definition
from inprocap_flow.records import changed
from inprocap_flow.service.acting import act, open_case
from inprocap_flow.service.rehearsal import Rehearsal
from inprocap_flow.service.scenarios import moments_of, request_of
from tests.links.conftest import House, decided

DEFINITIONS = Path(__file__).parents[2] / "definitions"


def scenarios_of(procedure: str) -> Tests:
    return load_tests(DEFINITIONS / f"{procedure}.test.yaml", (DEFINITIONS,))


def story(tests: Tests, name: str) -> Iterator[Deed]:
    """Yield the deeds of a story, those of stories within it in their place."""
    for deed in tests.stories[name]:
        if deed.verb == "story":
            yield from story(tests, str(deed.what))
        else:
            yield deed


class Played:
    """One case of a shipped procedure in a house; the procurement officer records there what firms do."""

    def __init__(self, office: House, procedure: str, case_id: str, title: str) -> None:
        self.office, self.procedure, self.case_id, self.title = office, procedure, case_id, title
        self.firms = frozenset(scenarios_of(procedure).firms)
        self.play = Rehearsal(_binding(procedure))

    def does(self, deed: Deed) -> None:
        """Carry out a deed of a scenario."""
        office, play = self.office, self.play
        when, now = moments_of(deed, play.binding)
        office.desk.clock = FixedClock(now)
        asked = request_of(play, deed, play.binding, when)
        play.number += 1
        papers = {name: changed(one, sha256=sha256(name.encode()).hexdigest()) for name, one in asked.documents.items()}
        asked = changed(asked, actor="ben" if deed.by in self.firms else deed.by, documents=papers)
        if asked.kind == "open":
            named = changed(asked, extra={"case": self.case_id, "title": self.title})
            decided(open_case(office.desk, self.procedure, office.organisation, named))
        else:
            decided(act(office.desk, self.case_id, asked))
        with office.desk.store.reading() as reading:
            play.case = reading.load(self.case_id).case


def _binding(procedure: str) -> Binding:
    definition = load_procedure(DEFINITIONS / f"{procedure}.yaml")
    organisation, _ = load_organisation(DEFINITIONS / "organisations" / "example-lab.yaml", (DEFINITIONS,))
    rulebook = load_rulebook(DEFINITIONS / "rulebooks" / f"{definition.rulebook}.yaml")
    return Binding(compile_definition(definition), organisation, rulebook)
