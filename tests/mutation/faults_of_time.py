"""Faults in deadlines: what starts them, what meets them, how long they last, what their end does."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from inprocap_flow.language.marks import NodePath
from tests.mutation.fault import Mutant, Subject, fault
from tests.mutation.hidden import of_meeting
from tests.mutation.nodes import at, entries, gone, put, text, without_words, words_of
from tests.mutation.shape import named_by, section, shown, steps

STARTS: tuple[NodePath, ...] = (("starts",), ("restarts",))
MEETS: tuple[NodePath, ...] = (("meets",), ("stops",))
GATES: tuple[NodePath, ...] = (("already_there", "within"), ("already_there", "after"))


@fault("start-missing", "nothing starts a deadline", "deadline-never-started")
def start_missing(subject: Subject) -> Iterator[Mutant]:
    for kind, path, name, _ in section(subject.root, "deadlines"):
        found = named_by(subject.root, kind, "deadlines", name, STARTS)
        if found:
            yield Mutant(f"{shown(path)}: every start removed", partial(without_words, subject.root, found))


@fault("start-dropped", "one of several steps does not start a deadline any more")
def start_dropped(subject: Subject) -> Iterator[Mutant]:
    yield from _one_dropped(subject, STARTS)


@fault("meeting-missing", "nothing meets or stops a deadline that is due", "due-never-met")
def meeting_missing(subject: Subject) -> Iterator[Mutant]:
    for kind, path, name, node in section(subject.root, "deadlines"):
        found = named_by(subject.root, kind, "deadlines", name, MEETS)
        if (
            found
            and text(node.get("kind")) == "due"
            and "met_when" not in node
            and at(node, ("acts", "satisfy")) is None
        ):
            yield Mutant(f"{shown(path)}: nothing meets it", partial(without_words, subject.root, found))


@fault("meeting-dropped", "one of several steps does not meet or stop a deadline any more")
def meeting_dropped(subject: Subject) -> Iterator[Mutant]:
    yield from _one_dropped(subject, MEETS)


def _one_dropped(subject: Subject, keys: tuple[NodePath, ...]) -> Iterator[Mutant]:
    for kind, path, name, _ in section(subject.root, "deadlines"):
        found = named_by(subject.root, kind, "deadlines", name, keys)
        for where, words in found.items() if len(found) > 1 else ():
            yield Mutant(f"{shown(where)}: {shown(path)} dropped",
                         partial(without_words, subject.root, {where: words}),
                         hidden=of_meeting(subject.definition, where, kind, name))  # fmt: skip


@fault("expiry-dropped", "the end of a deadline does nothing any more",
       "system-step-never-fired", "deadline-without-effect", "unreachable-stage")  # fmt: skip
def expiry_dropped(subject: Subject) -> Iterator[Mutant]:
    for _, path, _, node in section(subject.root, "deadlines"):
        if "when_over" in node:
            yield Mutant(f"{shown(path)}.when_over removed",
                         partial(gone, subject.root, (*path, "when_over")))  # fmt: skip


@fault("expiry-elsewhere", "the end of a deadline fires a step of another stage", "when-over-elsewhere",
       "expiry-refused", "system-step-never-fired", "unknown-step")  # fmt: skip
def expiry_elsewhere(subject: Subject) -> Iterator[Mutant]:
    for kind, path, _, node in section(subject.root, "deadlines"):
        if "when_over" not in node:
            continue
        line = subject.definition.line(kind)
        own = line.steps.get(text(node.get("when_over")))
        others = [step.name for step in line.steps.values()
                  if own is not None and not set(step.sources) & set(own.sources)]  # fmt: skip
        for other in others[:1]:
            yield Mutant(f"{shown(path)}.when_over: {other}",
                         partial(put, subject.root, (*path, "when_over"), other))  # fmt: skip


@fault("below-the-floor", "a period or a proposal is shorter than the deadline may be", "period-below-floor")
def below_the_floor(subject: Subject) -> Iterator[Mutant]:
    for _kind, path, name, node in section(subject.root, "deadlines"):
        floored = "at_least" in node or _floor(subject, name)
        for key in ("period", "proposes"):
            if floored and key in node and "backwards_from" not in node and text(node.get("unit")) != "hours":
                yield Mutant(f"{shown(path)}.{key}: 1 day",
                             partial(put, subject.root, (*path, key), "1 day"))  # fmt: skip


def _floor(subject: Subject, name: str) -> bool:
    """Tell whether a limit of this name says how long at least."""
    found = at(subject.book, ("limits", name, "direction")) if subject.book is not None else None
    return text(found) == "at_least"


def _limits(subject: Subject) -> set[str]:
    own = at(subject.root, ("limits",))
    book = at(subject.book, ("limits",)) if subject.book is not None else None
    return {name for node in (own, book) if node is not None for name in node.keys()}  # type: ignore[union-attr]  # noqa: SIM118


@fault("floor-dropped", "the shortest lawful length of a deadline is not asked for any more")
def floor_dropped(subject: Subject) -> Iterator[Mutant]:
    for _, path, _, node in section(subject.root, "deadlines"):
        if "at_least" in node:
            yield Mutant(f"{shown(path)}.at_least removed",
                         partial(gone, subject.root, (*path, "at_least")))  # fmt: skip


@fault("period-changed", "a period that the law gives is written as a shorter one")
def period_changed(subject: Subject) -> Iterator[Mutant]:
    known = _limits(subject)
    for _, path, name, node in section(subject.root, "deadlines"):
        if text(node.get("period")).startswith("limit(") and name not in known and "at_least" not in node:
            yield Mutant(f"{shown(path)}.period: 1 day",
                         partial(put, subject.root, (*path, "period"), "1 day"))  # fmt: skip


@fault("gate-dropped", "a step does not wait for a deadline, or may come after it")
def gate_dropped(subject: Subject) -> Iterator[Mutant]:
    for step in steps(subject.root):
        for key in GATES:
            path = (*step.path, *key)
            for word in words_of(at(subject.root, path)):
                yield Mutant(f"{shown(path)}: {word} dropped",
                             partial(without_words, subject.root, {path: {word}}))  # fmt: skip


@fault("gate-missing", "nothing looks at a deadline that fires nothing and reminds nobody", "deadline-without-effect")
def gate_missing(subject: Subject) -> Iterator[Mutant]:
    for kind, path, name, node in section(subject.root, "deadlines"):
        found = named_by(subject.root, kind, "deadlines", name, GATES)
        if found and "when_over" not in node and "remind" not in node:
            yield Mutant(f"{shown(path)}: no step looks at it", partial(without_words, subject.root, found))


@fault("counted-plainly", "a deadline of the law is counted plainly", "plain-counting-of-law")
def counted_plainly(subject: Subject) -> Iterator[Mutant]:
    for _, path, _, node in section(subject.root, "deadlines"):
        lengths = " ".join(text(node.get(key)) for key in ("period", "at_least", "proposes"))
        if "counting" not in node and any(f"limit('{name}')" in lengths for name in _of_law(subject)):
            yield Mutant(f"{shown(path)}.counting: plain",
                         partial(put, subject.root, (*path, "counting"), "plain"))  # fmt: skip


def _of_law(subject: Subject) -> set[str]:
    """Return the limits of law; none where the whole procedure is counted plainly already."""
    if text(subject.root.get("counting")) == "plain" or subject.book is None:
        return set()
    if text(subject.book.get("counting")) == "plain":
        return set()
    return {name for name, one in entries(subject.book.get("limits")) if text(at(one, ("basis",))) == "law"}
