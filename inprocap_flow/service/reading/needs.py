"""What a step needs: who may carry it out, from where, what comes with it, and what must be there by then."""

from __future__ import annotations

from collections.abc import Iterator

from inprocap_flow.language.model import CASE, AlreadyThere, Guard, Receipt, Rule, Step
from inprocap_flow.language.nodes import NodePath
from inprocap_flow.service.reading.amounts import BASES
from inprocap_flow.service.reading.approvals import approval_summary
from inprocap_flow.service.reading.ends import end_sentences
from inprocap_flow.service.reading.papers import document_sentence, field_sentence
from inprocap_flow.service.reading.phrasing import a_, all_of, any_of, sentence
from inprocap_flow.service.reading.sentences import Sentence
from inprocap_flow.service.reading.speech import NOT_WHO_WROTE, Speech


def who(speech: Speech, step: Step) -> Iterator[Sentence]:
    """Yield who carries the step out, or what does."""
    book, path = speech.book, speech.book.step_path(step)
    if step.as_soon_as is not None:
        place = book.place(*path, "as_soon_as")
        clause = speech.expression(step.as_soon_as)
        yield Sentence(
            f"Nobody: it happens by itself as soon as {clause}.", place, speech.about(step.as_soon_as, place, step.name)
        )
    elif step.is_system:
        yield Sentence("Nobody: the system carries it out.", book.place(*path, "by"), tuple(_fired(speech, step)))
    else:
        said = sentence(f"{speech.roles(step.by)}{', by its report' if step.is_linked else ''}")
        below = (*_capacity(speech, step), *_receipts(speech, step))
        yield Sentence(said, book.place(*path, "by"), below)


def _receipts(speech: Speech, step: Step) -> Iterator[Sentence]:
    """Yield which report of which other case carries the step out, and how it is known whose it is."""
    for name, receipt in speech.book.definition.receives.items():
        if (receipt.line, receipt.step) != (step.line, step.name):
            continue
        brings = f", with {all_of(speech.field(one) for one in receipt.values)}" if receipt.values else ""
        text = f"When a case of {any_of(receipt.of)} reports {name}{brings}."
        yield Sentence(text, speech.book.key_place("receives", name), tuple(_whose(speech, step, receipt)))


def _whose(speech: Speech, step: Step, receipt: Receipt) -> Iterator[Sentence]:
    if receipt.sender is None:
        return
    place = speech.book.place("receives", receipt.name, "sender")
    begins = speech.book.definition.line(step.line).begins is step
    if step.line == CASE or begins:
        yield Sentence(f"{speech.field(receipt.sender)} takes the id of that case.", place)
    else:
        yield Sentence(f"Only the one whose {speech.field(receipt.sender)} is that case.", place)


def _capacity(speech: Speech, step: Step) -> Iterator[Sentence]:
    book = speech.book
    roles = book.definition.roles
    for name in step.by:
        role = roles.get(name)
        if role is None:
            continue
        who_of = f"{speech.role(name)}: " if len(step.by) > 1 else ""
        if role.speaks_for and step.line != CASE:
            text = sentence(f"{who_of}only for its own file")
            yield Sentence(text, book.place("roles", name, "speaks_for"))
        if role.declares_interests:
            text = sentence(f"{who_of}only who has declared interests in this case, and has no conflict")
            yield Sentence(text, book.place("roles", name, "declares_interests"))
        if role.apart_from:
            others = any_of(speech.role(one) for one in role.apart_from)
            text = sentence(f"{who_of}nobody who has acted in this case as {others}")
            yield Sentence(text, book.place("roles", name, "apart_from"))
        if role.not_who_brought:
            papers = any_of(speech.document(one) for one in role.not_who_brought)
            text = sentence(f"{who_of}nobody who has filed a version of {papers} in this case{NOT_WHO_WROTE}")
            yield Sentence(text, book.place("roles", name, "not_who_brought"))
        for other in roles.values():
            if name in other.records_for and other.name not in step.by:
                text = f"{speech.role(other.name)} may record here what the {speech.role(name)} did outside."
                yield Sentence(text, book.place("roles", other.name, "records_for"))


def _fired(speech: Speech, step: Step) -> Iterator[Sentence]:
    book = speech.book
    for line in book.definition.lines:
        for deadline in line.deadlines.values():
            if deadline.when_over == step.name and line.kind == step.line:
                place = book.place(*book.line_path(line.kind), "deadlines", deadline.name, "when_over")
                yield Sentence(f"When {Speech(book, line.kind).deadline(deadline.name)} is over.", place)
    for other in book.steps:
        for number, move in enumerate(other.moves):
            if move.step == step.name and move.track == step.line:
                place = book.place(*book.step_path(other), "moves", number, "step")
                yield Sentence(f"With {Speech(book, other.line).step(other)}.", place)
        for number, made in enumerate(other.creates):
            if made.track == step.line and book.definition.line(step.line).begins is step:
                place = book.place(*book.step_path(other), "creates", number, "track")
                yield Sentence(f"With {Speech(book, other.line).step(other)}, which creates it.", place)


def where(speech: Speech, step: Step) -> Iterator[Sentence]:
    """Yield from where the step is possible."""
    book, path = speech.book, speech.book.step_path(step)
    begins = book.definition.line(step.line).begins is step
    if begins:
        what = "a case" if step.line == CASE else a_(speech.track(step.line))
        yield Sentence(f"It begins {what}.", book.key_place(*path))
    else:
        yield Sentence(f"From {speech.stages(step.sources)}.", book.place(*path, "from"))
    if step.while_case:
        place = book.place(*path, "while")
        yield Sentence(f"Only while the case stands in {speech.stages(step.while_case, CASE)}.", place)


def handed_in(speech: Speech, step: Step) -> Iterator[Sentence]:
    """Yield what must come with the step."""
    path = (*speech.book.step_path(step), "handed_in")
    yield from _fields(speech, step.handed_in.fields, (*path, "fields"), step.name)
    yield from _documents(speech, step.handed_in.documents, (*path, "documents"), step.name)
    if step.handed_in.reason:
        yield Sentence("A reason, in words.", speech.book.place(*path, "reason"))


def may_come(speech: Speech, step: Step) -> Iterator[Sentence]:
    """Yield what may come with the step, and need not."""
    path = speech.book.step_path(step)
    # Both may stand under `handed_in`, or beside it.
    inner = (*path, "handed_in")
    yield from _fields(speech, step.may_fill, (*(inner if speech.book.has(*inner, "may_fill") else path), "may_fill"))
    if step.may_bring:
        names = tuple(Sentence(f"{speech.document(one)}.") for one in step.may_bring)
        text = "New versions of these documents, even of published ones; that makes the step a change notice:"
        where = inner if speech.book.has(*inner, "may_bring") else path
        yield Sentence(text, speech.book.place(*where, "may_bring"), names)


def _fields(speech: Speech, names: tuple[str, ...], path: NodePath, here: str | None = None) -> Iterator[Sentence]:
    """Yield fields at the place where a step names them; what they are, and where that is declared, stands below."""
    for one in names:
        about = field_sentence(speech, one, here)
        yield Sentence(about.text, speech.book.item_place(path, one), about.below)


def _documents(speech: Speech, names: tuple[str, ...], path: NodePath, here: str | None = None) -> Iterator[Sentence]:
    for one in names:
        about = document_sentence(speech, one, here)
        yield Sentence(about.text, speech.book.item_place(path, one), about.below)


def already_there(speech: Speech, step: Step) -> Iterator[Sentence]:
    """Yield everything that must be there by the time of the step."""
    yield from requirements(speech, step.already_there, (*speech.book.step_path(step), "already_there"), step.name)
    yield from _watches(speech, step)


def requirements(speech: Speech, there: AlreadyThere, path: NodePath, element: str) -> Iterator[Sentence]:
    """Yield what must be there but signatures, as it is written at *path* for *element*."""
    book = speech.book
    yield from _fields(speech, there.fields, (*path, "fields"))
    yield from _documents(speech, there.documents, (*path, "documents"))
    for name in there.within:
        text = f"The deadline {speech.deadline(name)} runs; when it is over it is too late."
        yield Sentence(text, book.item_place((*path, "within"), name), _end(speech, name))
    for name in there.after:
        text = f"The deadline {speech.deadline(name)} is over, or was stopped (even before it started)."
        yield Sentence(text, book.item_place((*path, "after"), name), _end(speech, name))
    for number, guard in enumerate(there.that):
        yield guard_sentence(speech, guard, (*path, "that", number), element)


def signatures(speech: Speech, step: Step) -> Iterator[Sentence]:
    """Yield the approvals that the step needs, each with who signs and how long that lasts."""
    path = (*speech.book.step_path(step), "already_there", "approvals")
    for name in step.already_there.approvals:
        yield approval_summary(speech, name, speech.book.item_place(path, name))
    if not step.already_there.approvals and not step.is_system and not step.is_automatic:
        yield Sentence("Nothing has to be signed for it.", speech.book.key_place(*speech.book.step_path(step)))


def _end(speech: Speech, name: str) -> tuple[Sentence, ...]:
    deadline = speech.book.definition.find_deadline(speech.kind, name)
    return tuple(end_sentences(Speech(speech.book, deadline.line), deadline)) if deadline else ()


def guard_sentence(speech: Speech, guard: Guard, path: tuple[str | int, ...], element: str) -> Sentence:
    """Return a condition at *path* of *element*, with what is said if it does not hold and what it rests on."""
    book = speech.book
    source = guard.holds if guard.holds is not None else guard.hook
    assert source is not None
    place = book.place(*path)
    clause = speech.expression(source)
    about = speech.about(source, place, element)
    weight = "Only a warning if not" if guard.only_warns else "If not, it is refused"
    refused = Sentence(f'{weight}: "{book.text(guard.if_not)}"', book.place(*path, "if_not"))
    said = f"from {speech.stages(guard.only_from)} only if {clause}" if guard.only_from else clause
    return Sentence(sentence(said), place, (*about, refused, *_footing(speech, guard, path)))


def _footing(speech: Speech, guard: Guard, path: tuple[str | int, ...]) -> Iterator[Sentence]:
    book = speech.book
    rule = book.definition.rules.get(guard.rule or "")
    if rule is not None:
        cite = f", {book.cited(rule.cite)}" if rule.cite else ""
        text = f'Rule "{book.text(rule.title)}" ({rule.name}): {BASES.get(rule.basis, rule.basis)}{cite}.'
        yield Sentence(text, book.key_place("rules", rule.name), tuple(_lifted_by(speech, rule)))
    if guard.cite:
        ground = "Law:" if rule is None or rule.basis in ("law", "rulebook") else "After"
        yield Sentence(f"{ground} {book.cited(guard.cite)}.", book.place(*path, "cite"))


def _lifted_by(speech: Speech, rule: Rule) -> Iterator[Sentence]:
    """Yield the derogations by which the rule may cease to count in one case."""
    for name, one in speech.book.definition.derogations.items():
        if rule.name in one.lifts:
            text = f'In one case it can be lifted: derogation "{speech.book.text(one.title)}" ({name}).'
            yield Sentence(text, speech.book.key_place("derogations", name))


def _watches(speech: Speech, step: Step) -> Iterator[Sentence]:
    for watch in speech.book.definition.watches.values():
        if step.milestone and step.milestone in watch.blocks:
            when, named = speech.expression(watch.when), speech.approval(watch.needs_approval)
            text = f"The watch {watch.name} does not hold it up: it does when {when}, until {named} is given."
            yield Sentence(text, speech.book.place("watches", watch.name))
