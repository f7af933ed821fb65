"""What stands in the way of a track that is not there yet, as far as it is known before anybody begins it."""

from __future__ import annotations

from collections.abc import Iterator

from inprocap_flow.engine.carrying.carry import fill_defaults
from inprocap_flow.engine.carrying.guards import judge_guard
from inprocap_flow.engine.carrying.judge import begin_blockers
from inprocap_flow.engine.carrying.work import Work
from inprocap_flow.engine.case.records import Blocker, LineState
from inprocap_flow.language.expressions.words import names_in
from inprocap_flow.language.model import Guard, Step

_NOT_THERE = "?"  # no track is called so: a name has a letter or a digit


def beginning_blockers(work: Work, parent: LineState, kind: str, step: Step) -> Iterator[Blocker]:
    """Yield what refuses a track of *kind* on *parent*: what comes with it, the case elsewhere, windows, conditions.

    A condition that reads what comes with the beginning cannot be told before, and is left out; so is one that only
    warns. The track is supposed for a moment and taken back: *work* stays as it was.
    """
    yield from begin_blockers(work.facts(parent.id), step)
    asked = {*step.handed_in.fields, *step.may_fill}
    guards = [one for one in step.already_there.that if not one.only_warns and not _reads(one, asked)]
    if guards:
        yield from _supposed(work, parent, kind, guards)


def _reads(guard: Guard, asked: set[str]) -> bool:
    """Return whether *guard* may read one of *asked*; what a hook reads nobody knows."""
    if guard.holds is None:
        return True
    return any(name.rpartition(".")[2] in asked for name in names_in(guard.holds))


def _supposed(work: Work, parent: LineState, kind: str, guards: list[Guard]) -> Iterator[Blocker]:
    saved, line = work.save(), f"{kind}/{_NOT_THERE}"
    hangs_on = {"parent": parent.id} if work.binding.definition.tracks[kind].parent else {}
    work.emit("began", line, {"kind": kind, **hangs_on})
    fill_defaults(work, line, kind)
    facts = work.facts(line)
    work.restore(saved)
    for guard in guards:
        if guard.rule and facts.lifted(guard.rule):
            continue
        blocker = judge_guard(facts, guard)
        if blocker is not None and blocker.code == "guard":
            yield blocker
