"""A whole procedure read aloud: contents, roles, limits, blocks, then every stage with its steps."""

from __future__ import annotations

import re
from collections.abc import Iterator

from inprocap_flow.errors import Place
from inprocap_flow.language.model import CASE, Line, Role, Stage, Step
from inprocap_flow.service.reading.amounts import period_in_words
from inprocap_flow.service.reading.approvals import approval_section, waiting_reminder
from inprocap_flow.service.reading.book import Book, Included, note
from inprocap_flow.service.reading.deadlines import deadline_section
from inprocap_flow.service.reading.derogations import derogation_section
from inprocap_flow.service.reading.follows import SAME
from inprocap_flow.service.reading.own_lengths import own_lengths_section
from inprocap_flow.service.reading.papers import document_sentence, field_sentence
from inprocap_flow.service.reading.phrasing import a_, any_of, sentence
from inprocap_flow.service.reading.sentences import Group, Section, Sentence, groups
from inprocap_flow.service.reading.speech import NOT_WHO_WROTE, Speech
from inprocap_flow.service.reading.steps import step_section
from inprocap_flow.service.reading.watches import watch_sentence

LEGEND = (
    "A signature is used once: by the step that it lets through. If that step comes again, it is signed again.",
    "A signature becomes void when something that it covers changes, and lapses where a time is written beside it.",
    "Every end is exclusive: what closes at 16:00 is closed at 16:00:00. Times are local to the organisation.",
    "When a case is silent, its owner is reminded as the stage says; where it says nothing, as the organisation says.",
    "A value of law that nobody has compared with its source is marked [not confirmed].",
)
COUNTINGS = {
    "eu-1182-71": "Days are counted after Regulation (EEC, Euratom) No 1182/71: the day of the event is not counted; a "
    "period that ends on a Saturday, Sunday or holiday ends on the next working day.",
    "plain": "Days are counted plainly: the day of the event is not counted, and the last day never moves.",
}
_EVIDENCE = re.compile(r"State of evidence:(.*?)(?:\n#\s*\n|\Z)", re.DOTALL)


def whole(book: Book) -> Section:
    """Return the whole procedure."""
    definition = book.definition
    sections = (
        *_front(book),
        *_line_sections(book, definition.main),
        *(derogation_section(book, one) for one in definition.derogations.values()),
        *(track_section(book, line) for line in definition.tracks.values()),
    )
    title = book.text(definition.title)
    return Section("procedure", title, definition.name, book.place("procedure"), _head(book), tuple(sections))


def _head(book: Book) -> tuple[Group, ...]:
    definition = book.definition
    version = Sentence(f"Version {definition.full_version}; values of law as of {book.day}.", book.place("version"))
    backdate = Sentence(
        f"May enter what happened earlier, with reason and evidence: {Speech(book).roles(definition.may_backdate)}.",
        book.place("may_backdate"),
    )
    counted = Sentence(COUNTINGS.get(definition.counting, definition.counting), book.place("rulebook"))
    guidance = book.text(definition.guidance)
    return groups(
        Group("Which one", (version, *((backdate,) if definition.may_backdate else ()))),
        Group("What it is for", (Sentence(guidance, book.place("guidance")),) if guidance else ()),
        Group("How to read it", (*(Sentence(one) for one in LEGEND), counted)),
        Group("Files", tuple(_files(book))),
    )


def _files(book: Book) -> Iterator[Sentence]:
    root = book.whole.place.file
    for file in dict.fromkeys((root, *(one.file for one in book.included), *book.overlay_files)):
        source = book.library.sources.get(file)
        comments = "\n".join(_comments(source.text)) if source else ""
        found = _EVIDENCE.search(comments)
        state = " ".join(found[1].replace("#", " ").split()) if found else "not stated in the file"
        yield Sentence(f"{file}. State of evidence: {state}{'' if state.endswith('.') else '.'}", Place(file, 1, 1))


def _comments(text: str) -> Iterator[str]:
    for line in text.splitlines():
        if not line.startswith("#"):
            return
        # A comment goes on where its next line is indented; the next point begins at the margin.
        yield line if line.startswith(("#  ", "# State")) else f"#\n{line}"


# -------------------------------------------------------------------------------------------------- front matter


def _front(book: Book) -> Iterator[Section]:
    speech = Speech(book)
    definition = book.definition
    roles = tuple(_role(speech, role) for role in definition.roles.values())
    yield Section("roles", "People", "", book.place("roles"), groups(Group("Who takes part", roles)))
    limits = tuple(speech.limit(name) for name in definition.needed_limits)
    if limits:
        says = Group(f"In force on {book.day}", limits)
        yield Section("limits", "Values of law, grants and custom", "", book.place("rulebook"), groups(says))
    own = own_lengths_section(book)
    if own is not None:
        yield own
    if book.included:
        made = groups(*(Group(_block_label(one), tuple(_block(one))) for one in book.included))
        yield Section("blocks", "Blocks, and what they are given", "", book.place("include"), made)
    if definition.watches:
        watches = tuple(watch_sentence(speech, watch) for watch in definition.watches.values())
        yield Section("watches", "Watches", "", book.place("watches"), groups(Group("What is watched", watches)))
    yield from _papers(book, definition.main)


def _block_label(one: Included) -> str:
    return f"{one.block} as {one.prefix}" if one.prefix else one.block


def _block(one: Included) -> Iterator[Sentence]:
    yield Sentence(f"{one.title}: {one.file}.", one.place)
    yield from (note(handed) for handed in one.handed.values())


def _role(speech: Speech, role: Role) -> Sentence:
    book = speech.book
    facts = []
    if role.at_least > 1:
        facts.append((f"At least {role.at_least} people", "at_least"))
    if role.declares_interests:
        facts.append(("Each declares interests in the case before anything else", "declares_interests"))
    if role.apart_from:
        others = any_of(speech.role(one) for one in role.apart_from)
        facts.append((f"Nobody who has acted in the case as {others}", "apart_from"))
    if role.not_who_brought:
        papers = any_of(speech.document(one) for one in role.not_who_brought)
        facts.append((f"Nobody who has filed a version of {papers} in the case{NOT_WHO_WROTE}", "not_who_brought"))
    barred = any_of({"move": "carries out steps", "approve": "signs"}[one] for one in role.never)
    if barred:
        facts.append((f"Never {barred}", "never"))
    if role.speaks_for:
        facts.append((f"Speaks for its own {speech.track(role.speaks_for)} only", "speaks_for"))
    if role.side:
        facts.append(({"neither": "Serves neither side"}.get(role.side, f"Serves the {role.side}"), "side"))
    if role.records_for:
        others = any_of(speech.role(one) for one in role.records_for)
        facts.append((f"May record here what the {others} did outside", "records_for"))
    sees = {"own": "Sees its own file and what is published", "published": "Sees only what is published"}.get(role.sees)
    if sees:
        facts.append((sees, "sees"))
    below = tuple(Sentence(f"{text}.", book.place("roles", role.name, key)) for text, key in facts)
    path = ("roles", role.name)
    return Sentence(f"{book.text(role.title)} ({role.name}).", book.renamed_at(*path) or book.key_place(*path), below)


def _papers(book: Book, line: Line) -> Iterator[Section]:
    speech = Speech(book, line.kind)
    path = book.line_path(line.kind)
    name = line.kind or "case"
    if line.fields:
        found = tuple(field_sentence(speech, one, listed=True) for one in line.fields)
        yield Section("fields", "Facts that are filled in", name, book.place(*path, "fields"), groups(Group("", found)))
    if line.documents:
        found = tuple(document_sentence(speech, one, listed=True) for one in line.documents)
        yield Section("documents", "Documents", name, book.place(*path, "documents"), groups(Group("", found)))


# --------------------------------------------------------------------------------------------- lines and stages


def track_section(book: Book, line: Line) -> Section:
    """Return a kind of track whole: what it is, its facts and documents, then stage by stage."""
    speech = Speech(book, line.kind)
    path = book.line_path(line.kind)
    facts = []
    if line.parent:
        facts.append(Sentence(f"It belongs to {a_(speech.track(line.parent))}.", book.place(*path, "of")))
    if line.if_case_ends:
        stage = speech.stage(line.if_case_ends)
        facts.append(Sentence(f'If the case ends first, it goes to "{stage}".', book.place(*path, "if_case_ends")))
    sections = (*_papers(book, line), *_line_sections(book, line))
    title = book.text(line.title)
    made = groups(Group("What it is", tuple(facts)))
    place, called = book.key_place(*path), book.renamed_at(*path)
    return Section("track", f"File: {title}", line.kind, place, made, sections, called)


def _line_sections(book: Book, line: Line) -> Iterator[Section]:
    speech = Speech(book, line.kind)
    yield step_section(speech, line.begins)
    for address in in_order(line):
        yield stage_section(speech, line.stages[address])
    anywhere = tuple(step_section(speech, step) for step in line.steps.values() if spread(line, step))
    if anywhere:
        place = book.place(*book.line_path(line.kind), "steps")
        yield Section("stages", "Steps possible in several stages", "", place, (), anywhere)
    for approval in line.approvals.values():
        yield approval_section(speech, approval)
    for deadline in line.deadlines.values():
        yield deadline_section(speech, deadline)


def in_order(line: Line) -> tuple[str, ...]:
    """Return the stages in the order in which they are first reached; final ones and those never reached come last."""
    ways = sorted(line.steps.values(), key=lambda step: spread(line, step))
    reached = dict.fromkeys(line.leaf(branch.to) for branch in line.begins.targets)
    waiting = list(reached)
    for address in waiting:  # grows while it is read: what is reached from here is looked at later
        targets = (
            branch.to for step in ways if address in step.sources for branch in step.targets if branch.to != SAME
        )
        found = [leaf for leaf in dict.fromkeys(map(line.leaf, targets)) if leaf not in reached]
        reached.update(dict.fromkeys(found))
        waiting += found
    known = [*reached, *(leaf for leaf in line.leaves if leaf not in reached)]
    return tuple(sorted(known, key=lambda leaf: line.stages[leaf].final is not None))


def spread(line: Line, step: Step) -> bool:
    """Return whether a step is possible in so many stages that it is read once, after them."""
    return len(step.sources) > 1 and step is not line.begins


def stage_section(speech: Speech, stage: Stage, *, every: bool = False) -> Section:
    """Return a stage with its steps; with *every*, also those that are possible in other stages too."""
    book = speech.book
    line = book.definition.line(speech.kind)
    inside = [one for one in line.leaves if one == stage.address or one.startswith(f"{stage.address}.")]
    steps = [one for one in line.steps.values() if set(inside) & set(one.sources)]
    own = tuple(step_section(speech, one) for one in steps if every or not spread(line, one))
    also = [one for one in steps if spread(line, one)] if not every else []
    name = f"{line.kind}: {stage.address}" if line.kind != CASE else stage.address
    place, called = book.key_place(*_stage_path(speech, stage)), book.renamed_at(*_stage_path(speech, stage))
    return Section("stage", speech.stage(stage.address), name, place, _about(speech, stage, also), own, called)


def _stage_path(speech: Speech, stage: Stage) -> tuple[str | int, ...]:
    inner = [part for name in stage.address.split(".") for part in ("stages", name)]
    return (*speech.book.line_path(speech.kind), *inner)


def _about(speech: Speech, stage: Stage, also: list[Step]) -> tuple[Group, ...]:
    book, path = speech.book, _stage_path(speech, stage)
    facts = []
    if stage.final:
        facts.append(Sentence(f"Final: {stage.final}.", book.place(*path, "final")))
    if stage.owner:
        facts.append(Sentence(f"{speech.role(stage.owner)} has to act.", book.place(*path, "owner")))
    if stage.typical:
        ends = " to ".join(period_in_words(one) for one in stage.typical_range)
        text = f"Takes about {period_in_words(stage.typical)}{ends and f', from {ends}'} (estimate, no rule)."
        facts.append(Sentence(text, book.place(*path, "typical")))
    if stage.remind_after == "never":
        text = "Nobody is reminded when nothing happens."
        facts.append(Sentence(text, book.place(*path, "remind_after")))
    elif stage.remind_after:
        text = f"After {period_in_words(stage.remind_after)} in which nothing happens, the owner is reminded."
        facts.append(Sentence(text, book.place(*path, "remind_after")))
    for number, one in enumerate(stage.remind):
        text = sentence(waiting_reminder(speech, one, "the owner", "the last thing happened"))
        facts.append(Sentence(text, book.place(*path, "remind", number)))
    guidance = book.text(stage.guidance)
    return groups(
        Group("Whose turn", tuple(facts)),
        Group("Advice", (Sentence(guidance, book.place(*path, "guidance")),) if guidance else ()),
        Group(
            "Also possible",
            tuple(Sentence(f"{speech.step(one)}.", book.key_place(*book.step_path(one))) for one in also),
        ),
    )
