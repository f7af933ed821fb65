"""One real case as a list of requests: the open procedure from the need to the running contract, played once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from inprocap_flow.engine.case.binding import Binding
from inprocap_flow.engine.case.records import Decision, Request
from inprocap_flow.language.load import load_organisation, load_procedure, load_rulebook, load_tests
from inprocap_flow.language.scenarios import Deed, Tests
from inprocap_flow.machine.compile import compile_definition
from inprocap_flow.service.rehearsal import Rehearsal
from inprocap_flow.service.scenarios import moments_of, request_of, with_firms

DEFINITIONS = Path(__file__).parents[1] / "definitions"
LAST_STORY = "concluded"


@dataclass(frozen=True, slots=True)
class Story:
    """A binding, and what is asked of a case at which moment. Every request of it is accepted."""

    binding: Binding
    requests: tuple[tuple[datetime, Request], ...]


def story() -> Story:
    """Return the story of the benchmark."""
    tests = load_tests(DEFINITIONS / "open.test.yaml")
    machine = compile_definition(load_procedure(DEFINITIONS / "open.yaml"))
    organisation, _ = load_organisation(DEFINITIONS / "organisations" / f"{tests.organisation}.yaml", [DEFINITIONS])
    rulebook = load_rulebook(DEFINITIONS / "rulebooks" / f"{machine.definition.rulebook}.yaml")
    binding = Binding(machine, with_firms(organisation, machine.definition, tests.firms), rulebook)
    return Story(binding, tuple(_played(tests, binding)))


def _played(tests: Tests, binding: Binding) -> Iterator[tuple[datetime, Request]]:
    play = Rehearsal(binding)
    for deed in _deeds(tests, LAST_STORY):
        when, now = moments_of(deed, binding)
        request = _with_marks(request_of(play, deed, binding, when))
        if isinstance(play.play(request, now), Decision):
            yield now, replace(request, idempotency_key=None)


def _with_marks(request: Request) -> Request:
    """Give the documents of a scenario the hashes of documents, as every request from outside has them."""
    marked = {
        name: replace(handed, sha256=sha256(handed.sha256.encode()).hexdigest())
        for name, handed in request.documents.items()
    }
    return replace(request, documents=marked)


def _deeds(tests: Tests, name: str) -> Iterator[Deed]:
    for deed in tests.stories[name]:
        if deed.verb == "story":
            yield from _deeds(tests, str(deed.what))
        elif "bought_for" not in deed.values:  # it names another case, and there is none here
            yield deed
