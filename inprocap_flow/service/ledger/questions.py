"""Questions of firms: when asked, when answered, when given to everybody, and to whom not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from inprocap_flow.language.model import Line
from inprocap_flow.service.ledger.book import Book
from inprocap_flow.service.ledger.releases import apart
from inprocap_flow.service.ledger.rows import Finding, Question, Release

# In a firm's own file nobody speaks for a firm: a track whose name begins so is a question to the buyer, and a fact of
# it whose name begins so is the answer (a convention).
QUESTION, ANSWER = "question", "answer"


def question_kinds(book: Book) -> tuple[str, ...]:
    """Return the kinds of tracks that are questions: of a firm, with a fact of their own that a step publishes."""
    return tuple(
        kind for kind, line in book.definition.tracks.items() if line.parent in book.firm_kinds and _publishes(line)
    )


def own_kinds(book: Book) -> tuple[str, ...]:
    """Return the kinds of tracks that ask the buyer in a firm's own file, where nobody speaks for a firm."""
    if book.firm_kinds:
        return ()
    tracks = book.definition.tracks.items()
    return tuple(kind for kind, line in tracks if line.parent is None and kind.startswith(QUESTION))


def _answers(line: Line) -> set[str]:
    return {name for name in line.fields if name.startswith(ANSWER)}


def _publishes(line: Line) -> set[str]:
    return {name for step in line.steps.values() for name in step.publishes if name in line.fields}


def questions(book: Book, made: Sequence[Release]) -> tuple[Question, ...]:
    """Return every question in the order in which they were asked."""
    kinds = (*question_kinds(book), *own_kinds(book))
    lines = [line for line in book.places if book.kind(line) in kinds and line in book.case.lines]
    return tuple(_question(book, made, line) for line in lines)


def _question(book: Book, made: Sequence[Release], line: str) -> Question:
    state = book.case.lines[line]
    own = [event for event in book.events if event.line == line]
    began = own[0]
    declared = book.declared(line)
    answers = (_publishes(declared) or _answers(declared)) - set(book.with_decision(began.decision, line))
    answered = next(
        (e.happened.to_plain() for e in own if e.kind == "filled" and answers & set(e.data.get("fields", {}))), None
    )
    given = next((one for one in made if one.line == line and answers & set(one.names)), None)
    told = tuple(who.removeprefix("track:") for who in given.to) if given else ()
    return Question(
        line,
        state.parent or "",
        began.happened.to_plain(),
        answered,
        given.when if given else None,
        told,
        given.of if given else (),
        state.state,
        state.ended,
    )


def findings(made: Sequence[Question], releases: Sequence[Release]) -> Iterator[Finding]:
    """Yield answers that only the asker knows, answers that were not given to all, and questions that were left."""
    for one in made:
        if not one.asker:
            continue  # a firm's own file: whether the buyer treated all alike is not to be read there
        if one.answered is not None and one.released is None and one.final:
            alone = [release for release in releases if release.line == one.line and release.alone]
            told = f" {one.asker} was told alone." if alone else ""
            says = f"The answer to {one.line} was never given to everybody.{told}"
            yield Finding("answer-not-released", says, tuple(release.decision for release in alone))
        missing = [line for line in one.of if line not in one.told]
        if one.released is not None and missing:
            count = f"{len(one.of) - len(missing)} of {len(one.of)}"
            says = f"The answer to {one.line} went to {count} firms; not to {', '.join(missing)}."
            yield Finding("answer-not-to-all", says, sure=False)
        if one.answered is None and one.final:
            yield Finding("question-unanswered", f"{one.line} was never answered.", sure=False)


def waited(one: Question) -> str:
    """Return how long the asker waited for the answer to be out, "" while it is not."""
    return apart(one.asked, one.released) if one.released is not None else ""
