"""A case that cannot come to an end any more."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import partial

from inprocap_flow.language.checks.asked import Asking, question
from inprocap_flow.language.checks.finding import ERROR, Finding, of_line
from inprocap_flow.language.explore.asking import Answer, Question
from inprocap_flow.language.explore.endings import ends_with_open, largest, ways_out
from inprocap_flow.language.explore.scope import Part, closed
from inprocap_flow.language.model import CASE, Definition

CODE = "case-stuck"
SEVERITY = ERROR
NEVER = "a case stands where nothing leads on to an end any more"


def ask(definition: Definition) -> Iterator[Asking]:
    """Yield for each stage's ways out, taken together, whether a case may stand where they all are shut for good."""
    for _, asking in _questions(definition, _scopes(definition, frozenset())):
        yield asking


def ask_further(definition: Definition, open_: Collection[Part]) -> Iterator[tuple[str, Asking]]:
    """Yield the same with *open_*, each with what it is about.

    *open_*: tracks and deadlines that may stand open when a step would end the case. The engine refuses such a step, so
    they shut a way out as its conditions do.
    """
    before = _scopes(definition, frozenset())
    wider = _scopes(definition, frozenset(open_))
    yield from _questions(definition, [scope for scope in wider if not any(scope <= one for one in before)])


def _scopes(definition: Definition, open_: frozenset[Part]) -> list[frozenset[Part]]:
    asked = ((parts, ends_with_open(line, leaf)) for line, leaf, parts in ways_out(definition))
    return largest([closed(definition, parts | open_ if ends else parts) for parts, ends in asked])


def _questions(definition: Definition, scopes: list[frozenset[Part]]) -> Iterator[tuple[str, Asking]]:
    for parts in scopes:
        about = ", ".join(sorted(name or kind for _, kind, name in parts)) or "the stages alone"
        yield about, question(about, Question(definition, parts, None).answered, partial(_finding, definition))


def _finding(definition: Definition, answer: Answer) -> Finding:
    state = answer.path.state if answer.path else None
    if state is None:
        return Finding("", "")
    kinds = {leaf: kind for kind, line in definition.tracks.items() for leaf in line.leaves}
    leaves = dict.fromkeys(seat.leaf for crowd in state.crowds for seat, _ in crowd)
    where = [f"a track `{kinds[leaf]}` in `{leaf}`" for leaf in leaves]
    besides = f" with {' and '.join(where)}" if where else ""
    return Finding(
        of_line(CASE, "stages", state.main.leaf),
        f"A case can stand in `{state.main.leaf}`{besides}, from where no end can be reached any more.",
        "Add a way out, or keep cases from coming there.",
    )
