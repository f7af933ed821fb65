"""What follows from a step: where it leads, what is started, told, published and noticed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from inprocap_flow.errors import Place
from inprocap_flow.language.model import Branch, Document, Field, Step
from inprocap_flow.language.nodes import NodePath
from inprocap_flow.service.reading.addressees import notice, tells
from inprocap_flow.service.reading.book import Book
from inprocap_flow.service.reading.deadline_acts import act_beside
from inprocap_flow.service.reading.deadlines import deadline_summary
from inprocap_flow.service.reading.phrasing import all_of, sentence
from inprocap_flow.service.reading.sentences import Sentence
from inprocap_flow.service.reading.speech import Speech

SAME = "same"


def leads(speech: Speech, step: Step) -> Iterator[Sentence]:
    """Yield where the step leads, way by way."""
    book, path = speech.book, speech.book.step_path(step)
    if len(step.targets) == 1 and step.targets[0].when is None:
        yield Sentence(sentence(_to(speech, step.targets[0])), book.place(*path, "to"))
        return
    for number, branch in enumerate(step.targets):
        clause = f"If {speech.expression(branch.when)}" if branch.when is not None else "Otherwise"
        own = (*path, "branches", number)
        below = (
            speech.about(branch.when, book.place(*own), step.name)
            + tuple(_ended_clocks(speech, branch, own))
            + tuple(_started_clocks(speech, branch, own))
            + tuple(tells(speech, branch.tells, own))
        )
        yield Sentence(f"{clause}: {_to(speech, branch)}.", book.place(*own), below)


def _to(speech: Speech, branch: Branch) -> str:
    if branch.to == SAME:
        return "it stays where it is"
    line = speech.book.definition.line(speech.kind)
    leaf = line.leaf(branch.to)
    end = line.stages[leaf].final
    return f'to "{speech.stage(leaf)}"' + (f", which ends it ({end})" if end else "")


def follows(speech: Speech, step: Step) -> Iterator[Sentence]:
    """Yield what the step brings about, in the order in which it happens."""
    book, path = speech.book, speech.book.step_path(step)
    for one in step.already_there.approvals:
        place = book.item_place((*path, "already_there", "approvals"), one)
        yield Sentence(f"The signatures of {speech.approval(one)} are used up.", place)
    for name, value in step.sets.items():
        yield Sentence(f"{speech.field(name)} becomes {speech.value(value)}.", book.place(*path, "sets", name))
    yield from _ended_clocks(speech, step, path)
    if step.ends_everything:
        yield _ends(speech, step)
    if step.extends is not None:
        until = speech.value(step.extends.until)
        text = f"The end of {speech.deadline(step.extends.deadline)} moves to {until}, never to an earlier moment."
        yield Sentence(text, book.place(*path, "extends"), tuple(act_beside(speech, step)))
    yield from _started_clocks(speech, step, path)
    yield from _files(speech, step)
    if step.milestone:
        yield from _milestone(speech, step)


def _ended_clocks(speech: Speech, step: Step | Branch, path: NodePath) -> Iterator[Sentence]:
    for key, does in (("meets", "is met"), ("stops", "stops; it holds nothing up any more")):
        for name in getattr(step, key):
            yield Sentence(f"The deadline {speech.deadline(name)} {does}.", speech.book.item_place((*path, key), name))


def _started_clocks(speech: Speech, step: Step | Branch, path: NodePath) -> Iterator[Sentence]:
    for key, does in (("starts", "starts"), ("restarts", "starts again from the beginning")):
        for name in getattr(step, key, ()):
            yield _clock(speech, name, does, speech.book.item_place((*path, key), name))
    for name in step.starts:
        for other in speech.book.definition.line(speech.kind).deadlines.values():
            if other.backwards_from == name:
                where = (*speech.book.line_path(other.line), "deadlines", other.name, "backwards_from")
                yield _clock(speech, other.name, "starts with it", speech.book.place(*where))


def _clock(speech: Speech, name: str, does: str, place: Place) -> Sentence:
    about = deadline_summary(speech, name)
    return Sentence(f"The deadline {speech.deadline(name)} {does}.", place, about)


def _ends(speech: Speech, step: Step) -> Sentence:
    but = all_of(name.replace("_", " ") for name in step.ends_everything_but)
    text = "Every file that is not finished ends, every deadline stops, every approval that was asked for ends"
    text += f"; but not: {but}." if but else "."
    text += " The deadlines that this step starts run on." if step.starts else ""
    return Sentence(text, speech.book.place(*speech.book.step_path(step), "ends"))


def _files(speech: Speech, step: Step) -> Iterator[Sentence]:
    book, path = speech.book, speech.book.step_path(step)
    for number, move in enumerate(step.moves):
        line = book.definition.line(move.track)
        named = Speech(book, move.track).step(line.steps[move.step])
        place = f" that stands in {speech.stages(move.stages, move.track)}" if move.stages else ""
        where = f" and for which {speech.expression(move.where)}" if move.where is not None else ""
        own = book.place(*path, "moves", number)
        text = f"Every {speech.track(move.track)}{place}{where}: {named}."
        yield Sentence(text, own, speech.about(move.where, own, step.name))
    for number, made in enumerate(step.creates):
        each = f" for each {speech.track(made.for_each)}" if made.for_each else ""
        where = f" for which {speech.expression(made.where)}" if made.where is not None else ""
        own_speech = Speech(book, made.track)
        values = [f"{own_speech.field(name)} is {own_speech.value(value)}" for name, value in made.values.items()]
        text = f"A new {speech.track(made.track)} is created{each}{where}"
        yield Sentence(text + (f"; {all_of(values)}." if values else "."), book.place(*path, "creates", number))


def _milestone(speech: Speech, step: Step) -> Iterator[Sentence]:
    """Yield what the milestone of a step brings: what becomes fixed, readable, public."""
    book = speech.book
    place = book.place(*book.step_path(step), "milestone")
    yield Sentence(f"The milestone {step.milestone} is reached.", place)
    for key, says in (
        ("fixed_from", "From now on nobody can change any more:"),
        ("sealed_until", "From now on what was sealed can be read:"),
        ("published_at", "From now on public:"),
    ):
        found = tuple(_hanging_on(book, step.milestone or "", key))
        if found:
            yield Sentence(says, place, found)
    for other in book.steps:
        waits = f"reached('{step.milestone}')"
        if any(waits in str(guard.holds) for guard in other.already_there.that):
            yield Sentence(f"It is a condition of {Speech(book, other.line).step(other)}.", place)


def _hanging_on(book: Book, milestone: str, key: str) -> Iterator[Sentence]:
    """Yield the fields and documents whose *key* names the milestone, at the place where they say so."""
    for line in book.definition.lines:
        own = Speech(book, line.kind)
        papers: tuple[tuple[str, Callable[[str], str], Mapping[str, Field | Document]], ...] = (
            ("fields", own.field, line.fields),
            ("documents", own.document, line.documents),
        )
        for section, named, things in papers:
            for name, thing in things.items():
                if getattr(thing, key, None) == milestone:
                    place = book.place(*book.line_path(line.kind), section, name, key)
                    yield Sentence(f"{named(name)}.", place)


def told(speech: Speech, step: Step) -> Iterator[Sentence]:
    """Yield who is told and what is published, all at one moment, and the official notice."""
    book, path = speech.book, speech.book.step_path(step)
    if step.publishes:
        names = all_of(
            speech.document(one) if book.definition.find_document(speech.kind, one) else speech.field(one)
            for one in step.publishes
        )
        yield Sentence(f"Published: {names}.", book.place(*path, "publishes"))
    yield from tells(speech, step.tells, path)
    if not any((step.publishes, step.tells, step.is_system, step.reports, *(branch.tells for branch in step.targets))):
        yield Sentence("Nobody is told by itself.", book.key_place(*path))
    if len(step.tells) > 1:
        yield Sentence("All of them are told at one and the same moment.", book.place(*path, "tells"))
    for number, report in enumerate(step.reports):
        brings = "; ".join(f"{name} is {speech.value(value)}" for name, value in report.values.items())
        with_it = f", with: {brings}" if brings else ""
        text = f"The case named by {speech.field(report.to)} is told {report.name}{with_it}."
        place = book.place(*path, "reports", number)
        below = "What follows from that is decided there, as a request of its own; a refusal is told to both owners."
        yield Sentence(text, place, (Sentence(below, place),))
    if step.notice is not None:
        yield Sentence(sentence(notice(speech, step.notice)), book.place(*path, "notice"))
