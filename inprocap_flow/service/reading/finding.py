"""Finding what somebody wants to read by its name: any step, stage, approval, deadline, paper, rule, watch or limit."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from inprocap_flow.errors import NotFound
from inprocap_flow.language.model import Line, Receipt, Step
from inprocap_flow.service.reading.approvals import approval_section
from inprocap_flow.service.reading.book import Book
from inprocap_flow.service.reading.deadlines import deadline_section
from inprocap_flow.service.reading.derogations import derogation_section
from inprocap_flow.service.reading.limits import limit_section
from inprocap_flow.service.reading.papers import paper_section
from inprocap_flow.service.reading.roles import role_section
from inprocap_flow.service.reading.rules import rule_section
from inprocap_flow.service.reading.sentences import Section
from inprocap_flow.service.reading.speech import Speech
from inprocap_flow.service.reading.steps import step_section
from inprocap_flow.service.reading.watches import watch_section
from inprocap_flow.service.reading.whole import stage_section, track_section


def read_one(book: Book, name: str) -> tuple[Section, ...]:
    """Return everything called *name*, each read whole.

    A name of a track is written ``supplier.submit``; without the track, it is looked for in all of them.
    Raises NotFound.
    """
    kind, _, bare = name.partition(".")
    found: list[Section] = []
    if name in book.definition.tracks:
        found.append(track_section(book, book.definition.tracks[name]))
    for line in book.definition.lines:
        if line.kind == kind and bare:
            found += _in_line(book, line, bare)
        found += _in_line(book, line, name)
    found += _elsewhere(book, name)
    if not found:
        raise _not_found(book, name)
    return tuple({(one.kind, one.name, one.place): one for one in found}.values())


def _in_line(book: Book, line: Line, name: str) -> Iterator[Section]:
    speech = Speech(book, line.kind)
    for step in _steps(line):
        if step.name == name or (name == "begins" and line.begins is step):
            yield step_section(speech, step)
    for address, stage in line.stages.items():
        if address == name or address.endswith(f".{name}"):
            yield stage_section(speech, stage, every=True)
    if name in line.approvals:
        yield approval_section(speech, line.approvals[name])
    if name in line.deadlines:
        yield deadline_section(speech, line.deadlines[name])
    if name in line.fields:
        yield paper_section(speech, "field", name)
    if name in line.documents:
        yield paper_section(speech, "document", name)


def _elsewhere(book: Book, name: str) -> Iterator[Section]:
    """Yield what belongs to no line: limits, milestones, derogations, roles, rules, watches, reports."""
    if book.limit(name) is not None:
        yield limit_section(book, name)
    for step in book.steps:
        if step.milestone == name:
            yield step_section(Speech(book, step.line), step)
    if name in book.definition.derogations:
        yield derogation_section(book, book.definition.derogations[name])
    if name in book.definition.roles:
        yield role_section(book, name)
    if name in book.definition.rules:
        yield rule_section(book, book.definition.rules[name])
    if name in book.definition.watches:
        yield watch_section(Speech(book), book.definition.watches[name])
    if name in book.definition.receives:
        taken = book.definition.receives[name]
        yield step_section(Speech(book, taken.line), _step(book, taken))


def _step(book: Book, taken: Receipt) -> Step:
    """Return the step that a report carries out."""
    return next(step for step in book.steps if (step.line, step.name) == (taken.line, taken.step))


def _steps(line: Line) -> tuple[Step, ...]:
    return (line.begins, *line.steps.values())


def names(book: Book) -> list[str]:
    """Return every name that can be read, for suggestions and for completion."""
    found: dict[str, None] = {}
    for line in book.definition.lines:
        for each in (line.steps, line.stages, line.approvals, line.deadlines, line.fields, line.documents):
            found.update(dict.fromkeys(each))
        found[line.begins.name or "begins"] = None
    own = book.definition
    for more in (
        own.needed_limits, own.limits, own.roles, own.milestones, own.tracks, own.derogations, own.rules, own.watches,
        own.receives,
    ):  # fmt: skip
        found.update(dict.fromkeys(more))
    return list(found)


def _not_found(book: Book, name: str) -> NotFound:
    known = names(book)
    near = get_close_matches(name, known, n=3) or [one for one in known if name and name in one][:3]
    title = book.definition.name
    mend = f"did you mean {' or '.join(near)}?" if near else f"inprocap-flow read {title} lists them all"
    return NotFound(f"nothing in {title} is called {name!r}", mend=mend)
