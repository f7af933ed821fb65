"""Finding what somebody wants to read: a step, stage, approval or deadline by name, or every place that says a word."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from inprocap_flow.errors import NotFound, Place
from inprocap_flow.language.checks.reading import Reading, readings
from inprocap_flow.language.model import CASE, Line, Step
from inprocap_flow.service.reading.approvals import approval_section
from inprocap_flow.service.reading.book import Book
from inprocap_flow.service.reading.deadline_acts import acts_of
from inprocap_flow.service.reading.deadlines import deadline_section
from inprocap_flow.service.reading.derogations import derogation_section
from inprocap_flow.service.reading.papers import paper_section
from inprocap_flow.service.reading.sentences import Group, Section, Sentence, groups
from inprocap_flow.service.reading.speech import Speech, a_
from inprocap_flow.service.reading.steps import step_section
from inprocap_flow.service.reading.whole import stage_section, track_section, whole

LENGTHS = {
    "period": "its length",
    "proposes": "what is proposed for its end",
    "at_least": "the least time from its start to its end",
    "at_most": "the most time from its start to its end",
}


@dataclass(frozen=True, slots=True)
class Mention:
    """A place that says a word: where, in which section, and the sentence read there."""

    place: Place
    section: str
    text: str


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
    """Yield what belongs to no line: limits, roles, milestones."""
    if book.limit(name) is not None:
        said = Speech(book).limit(name)
        made = groups(Group("What it says", (said,)), Group("Where it is used", tuple(_limit_uses(book, name))))
        yield Section("limit", name.replace("_", " ").capitalize(), name, said.place, made)
    for step in book.steps:
        if step.milestone == name:
            yield step_section(Speech(book, step.line), step)
    if name in book.definition.derogations:
        yield derogation_section(book, book.definition.derogations[name])
    if name in book.definition.roles:
        yield _role_section(book, name)


def _limit_uses(book: Book, name: str) -> Iterator[Sentence]:
    """Yield every step, approval, deadline and watch that asks for a limit, each once for each place."""
    said: dict[tuple[str, str, int], Sentence] = {}
    for reading in readings(book.definition):
        if any(use.kind == "limit" and use.word == name for use in reading.uses()):
            place = _origin(book, reading.origin)
            one = Sentence(f"{_asks(book, reading)} {_limit_said(book, reading)}.", place)
            said.setdefault((one.text, place.file if place else "", place.line if place else 0), one)
    yield from said.values()


def _limit_said(book: Book, reading: Reading) -> str:
    """Return what an expression asks of a limit: a condition as it is read, a length by what it is for."""
    speech, parts = Speech(book, reading.line), reading.origin.split(".")
    deadline = book.definition.find_deadline(reading.line, parts[-1]) if "deadlines" in parts[-2:] else None
    if deadline is not None:
        for key, means in LENGTHS.items():
            if getattr(deadline, key) is reading.expr:
                return f"{means} is {speech.value(reading.expr)}"
    return speech.expression(reading.expr)


def _asks(book: Book, reading: Reading) -> str:
    """Return who looks at an expression, as the beginning of a sentence."""
    speech, parts = Speech(book, reading.line), reading.origin.split(".")
    if reading.step is not None:
        return f"{speech.step(reading.step)}:"
    if "approvals" in parts:
        return f"The approval {speech.approval(parts[parts.index('approvals') + 1])}:"
    if "deadlines" in parts:
        return f"The deadline {speech.deadline(parts[parts.index('deadlines') + 1])}:"
    return f"{parts[-1]}:"


def _origin(book: Book, origin: str) -> Place | None:
    """Return where something stands that `Definition.origins` knows, or the thing that it is part of."""
    origins = book.definition.origins
    while origin and origin not in origins:
        origin = origin.rpartition(".")[0]
    file, _, line = origins.get(origin, "").rpartition(":")
    return Place(file, int(line), 1) if line.isdigit() else None


def _role_section(book: Book, name: str) -> Section:
    steps, signs = [], []
    for step in book.steps:
        if name in step.by:
            said = Speech(book, step.line).step(step)
            what = said if step.line == CASE else f"{said} of {a_(Speech(book).track(step.line))}"
            steps.append(Sentence(f"{what}.", book.place(*book.step_path(step), "by")))
    for line in book.definition.lines:
        for approval in line.approvals.values():
            for number, one in enumerate(approval.signatures):
                if one.role == name:
                    path = (*book.line_path(line.kind), "approvals", approval.name, "signatures", number, "role")
                    signs.append(Sentence(f"{Speech(book, line.kind).approval(approval.name)}.", book.place(*path)))
    changes = tuple(acts_of(book, name))
    made = groups(
        Group("Carries out", tuple(steps)), Group("Signs", tuple(signs)), Group("May do to deadlines", changes)
    )
    return Section("role", Speech(book).role(name), name, book.key_place("roles", name), made)


def _steps(line: Line) -> tuple[Step, ...]:
    return (line.begins, *line.steps.values())


def names(book: Book) -> list[str]:
    """Return every name that can be read, for suggestions and for completion."""
    found: dict[str, None] = {}
    for line in book.definition.lines:
        for each in (line.steps, line.stages, line.approvals, line.deadlines, line.fields, line.documents):
            found.update(dict.fromkeys(each))
        found[line.begins.name or "begins"] = None
    more = (book.definition.needed_limits, book.definition.roles, book.definition.milestones, book.definition.tracks)
    found.update(dict.fromkeys(name for names_of_one in more for name in names_of_one))
    return list(found)


def _not_found(book: Book, name: str) -> NotFound:
    known = names(book)
    near = get_close_matches(name, known, n=3) or [one for one in known if name and name in one][:3]
    title = book.definition.name
    mend = f"did you mean {' or '.join(near)}?" if near else f"inprocap-flow read {title} lists them all"
    return NotFound(f"{title} has no step, stage, approval or deadline {name!r}", mend=mend)


def mentions(book: Book, word: str) -> tuple[Mention, ...]:
    """Return every place of the procedure that says *word* (any case, in a title, a name or a sentence), by place.

    A line of a file is given once, with what is said first about the thing itself. Raises NotFound if nothing says it.
    """
    wanted = word.strip().casefold()
    best: dict[tuple[str, int], tuple[int, Mention]] = {}
    for section in whole(book).walk():
        for weight, one in _said_in(section):
            hit = wanted in one.text.casefold() or wanted.replace(" ", "_") in one.text.casefold()
            if wanted and hit and one.place is not None:
                line = (one.place.file, one.place.line)
                if line not in best or weight < best[line][0]:
                    best[line] = (weight, Mention(one.place, section.title, one.text))
    for use in _given_uses(book, word.strip()):
        best.setdefault((use.place.file, use.place.line), (3, use))
    if not best:
        mend = "try a shorter word, or the English word that titles use"
        raise NotFound(f"nothing in {book.definition.name} says {word!r}", mend=mend)
    return tuple(best[line][1] for line in sorted(best))


def _given_uses(book: Book, word: str) -> Iterator[Mention]:
    """Yield every line of a block that reads the given *word*: what is handed over there is used here."""
    for included in {one.file: one for one in book.included}.values():
        source = book.library.sources.get(included.file)
        if source is None or not any(word in one.handed for one in book.included if one.file == included.file):
            continue
        for number, line in enumerate(source.text.splitlines(), start=1):
            if re.search(rf"\bgiven\.{re.escape(word)}\b", line) and not line.lstrip().startswith("#"):
                yield Mention(Place(included.file, number, 1), f"Block {included.block}", line.strip())


def _said_in(section: Section) -> Iterator[tuple[int, Sentence]]:
    """Yield every sentence with its weight: the name of a thing, what its own section says, what steps say of it."""
    yield 0, Sentence(f"{section.kind.capitalize()} {section.title} ({section.name}).", section.place)
    weight = 2 if section.kind == "step" else 1
    for one in section.sentences():
        yield weight, one
