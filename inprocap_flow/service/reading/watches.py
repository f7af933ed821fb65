"""A watch read aloud: what is watched between which milestones, what it asks for, blocks and tells."""

from __future__ import annotations

from collections.abc import Iterator

from inprocap_flow.errors import Place
from inprocap_flow.language.model import Watch
from inprocap_flow.service.reading.phrasing import any_of
from inprocap_flow.service.reading.sentences import Group, Section, Sentence, groups
from inprocap_flow.service.reading.speech import Speech


def watch_sentence(speech: Speech, watch: Watch) -> Sentence:
    """Return a watch in one sentence, with what it asks for, blocks and tells below."""
    book = speech.book

    def at(key: str) -> Place:
        return book.place("watches", watch.name, key)

    between = [f"from {speech.milestone(watch.since)} on"] if watch.since else []
    between += [f"until {speech.milestone(watch.until)}"] if watch.until else []
    clause = speech.expression(watch.when)
    text = f"{watch.name}: {' '.join([*between, 'it is watched whether'])} {clause}."
    below = [Sentence(f"Then the approval {speech.approval(watch.needs_approval)} is asked for.", at("needs_approval"))]
    below.append(Sentence("It is asked for each time this comes true, and not again while it stays true.", at("when")))
    if watch.blocks:
        blocked = any_of(speech.milestone(one) for one in watch.blocks)
        says = f"Until it is given, {blocked} is not possible, even if what was seen falls back."
        below.append(Sentence(says, at("blocks")))
    if watch.tells:
        below.append(Sentence(f"Told: the {speech.roles(watch.tells)}.", at("tells")))
    place = book.key_place("watches", watch.name)
    return Sentence(text, place, (*speech.about(watch.when, at("when"), watch.name), *below))


def watch_section(speech: Speech, watch: Watch) -> Section:
    """Return a watch read whole, with the steps that it holds up."""
    said = watch_sentence(speech, watch)
    made = groups(Group("What is watched", (said,)), Group("What it holds up", tuple(_held_up(speech, watch))))
    return Section("watch", watch.name.replace("_", " ").capitalize(), watch.name, said.place, made)


def _held_up(speech: Speech, watch: Watch) -> Iterator[Sentence]:
    for step in speech.book.steps:
        if step.milestone in watch.blocks:
            place = speech.book.item_place(("watches", watch.name, "blocks"), step.milestone or "")
            yield Sentence(f"The step {Speech(speech.book, step.line).step(step)}.", place)
