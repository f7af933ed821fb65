"""What people may do to a deadline, read aloud: who, what must be there, who signs, who is told."""

from __future__ import annotations

from collections.abc import Iterator

from inprocap_flow.language.model import ClockAct, Deadline, Step
from inprocap_flow.service.reading.addressees import notice, tells
from inprocap_flow.service.reading.amounts import period_in_words
from inprocap_flow.service.reading.approvals import approval_summary
from inprocap_flow.service.reading.book import Book
from inprocap_flow.service.reading.ends import footing, path_of
from inprocap_flow.service.reading.needs import requirements
from inprocap_flow.service.reading.phrasing import sentence
from inprocap_flow.service.reading.sentences import Sentence
from inprocap_flow.service.reading.speech import Speech

SAYS = {
    "extend": "may move its end to a later moment, as long as it runs",
    "suspend": "may let it stand still: it neither ends nor lets anything through",
    "resume": "may let it run again, with the time that was lost given back",
    "satisfy": "may record that it was met outside the procedure",
    "stop": "may end it without its being met; it then holds nothing up any more",
    "restart": "may start it anew from then on, by the same rules",
    "correct": "may set a wrong end right, never below the minimum",
}


def acts(speech: Speech, deadline: Deadline) -> Iterator[Sentence]:
    """Yield what may be done to a deadline, each with its conditions below; what is not said nobody may do."""
    for act in deadline.acts.values():
        path = (*path_of(speech, deadline), "acts", act.kind)
        text = f"the {speech.roles(act.by)} {SAYS[act.kind]}; a reason must be given."
        yield Sentence(sentence(text), speech.book.key_place(*path), tuple(_below(speech, deadline, act, path)))


def acts_of(book: Book, role: str) -> Iterator[Sentence]:
    """Yield what the holders of a role may do to deadlines."""
    for line in book.definition.lines:
        speech = Speech(book, line.kind)
        for deadline in line.deadlines.values():
            for act in deadline.acts.values():
                if role in act.by:
                    place = book.place(*path_of(speech, deadline), "acts", act.kind, "by")
                    yield Sentence(f"{act.kind.capitalize()} {speech.deadline(deadline.name)}.", place)


def act_beside(speech: Speech, step: Step) -> Iterator[Sentence]:
    """Yield the act that moves the end of the same deadline as *step*, if there is one."""
    deadline = speech.book.definition.find_deadline(speech.kind, step.extends.deadline) if step.extends else None
    if deadline is not None and (act := deadline.acts.get("extend")) is not None:
        own = Speech(speech.book, deadline.line)
        text = f"The {own.roles(act.by)} may also move it by the act extend of that deadline, without this step."
        yield Sentence(text, own.book.key_place(*path_of(own, deadline), "acts", "extend"))


def _same_by_step(speech: Speech, deadline: Deadline, act: ClockAct) -> Iterator[Sentence]:
    for step in speech.book.steps if act.kind == "extend" else ():
        own = Speech(speech.book, step.line)
        if step.extends is None or own.book.definition.find_deadline(step.line, step.extends.deadline) is not deadline:
            continue
        brings = ", which may bring new versions of documents" if step.may_bring else ""
        text = f"The step {own.step(step)} moves it too{brings}."
        yield Sentence(text, own.book.place(*own.book.step_path(step), "extends"))


def _below(speech: Speech, deadline: Deadline, act: ClockAct, path: tuple[str | int, ...]) -> Iterator[Sentence]:
    book = speech.book
    if act.until is not None:
        text = f"The end is {speech.value(act.until)}; another one is refused."
        yield Sentence(text, book.place(*path, "until"))
    if act.takes is not None:
        text = f"It takes {period_in_words(act.takes)} before the end. Nothing stops a later extension; "
        text += "this is a caution: begin it by then, or it may not be out in time."
        yield Sentence(text, book.place(*path, "takes"))
    yield from _same_by_step(speech, deadline, act)
    yield from requirements(speech, act.requires, (*path, "requires"), f"{act.kind} {deadline.name}")
    for name in act.requires.approvals:
        yield approval_summary(speech, name, book.item_place((*path, "requires", "approvals"), name))
    for name in act.publishes:
        document = book.definition.find_document(speech.kind, name)
        text = f"Published: {speech.document(name) if document else speech.field(name)}."
        yield Sentence(text, book.place(*path, "publishes"))
    yield from tells(speech, act.tells, path)
    if act.notice is not None:
        yield Sentence(sentence(notice(speech, act.notice)), book.place(*path, "notice"))
    if act.cite:
        yield Sentence(footing(speech, deadline, act.cite), book.place(*path, "cite"))
