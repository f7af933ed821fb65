"""The frozen move table: where each step leads from each state. What the engine reads instead of dispatching.

Plain and light: a released version carries its table, so that running a case needs no state-machine library.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final

from inprocap_flow.language.canonical import to_plain
from inprocap_flow.language.model import CASE, Definition, Step
from inprocap_flow.records import changed, field, record

FIRST_FORM: Final = 1
FORM: Final = 1
"""The form in which tables are written. Raise it with every change of `LineTable` that an older program, or a newer
one, would read as something else; tables of older forms are derived again."""
SAME = "same"  # a target that leaves the line where it is


@record
class LineTable:
    """The moves of one line: ``moves[state][step]`` is the target for each branch of the step, in order.

    ``begins`` is where the line starts, ``finals`` are the states without a way on, ``automatic`` lists for each state
    the steps that fire themselves there.
    """

    begins: str
    moves: Mapping[str, Mapping[str, tuple[str, ...]]]
    finals: tuple[str, ...] = ()
    automatic: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@record
class Machine:
    """A definition with its move tables: all that deciding about a case needs to know of the procedure."""

    definition: Definition
    tables: Mapping[str, LineTable] = field(default_factory=dict)
    content_hash: str = ""

    def table(self, kind: str) -> LineTable:
        return self.tables[kind]

    def offered(self, kind: str, state: str) -> tuple[str, ...]:
        """Return the steps that leave (or stay in) *state*, in order of writing."""
        return tuple(self.tables[kind].moves.get(state, {}))

    def targets(self, kind: str, state: str, step: str) -> tuple[str, ...] | None:
        """Return where *step* leads from *state*, one target for each branch; None if it is not offered there."""
        return self.tables[kind].moves.get(state, {}).get(step)

    def automatic(self, kind: str, state: str) -> tuple[str, ...]:
        """Return the steps that fire themselves in *state*, in order of writing."""
        return self.tables[kind].automatic.get(state, ())

    def step(self, kind: str, name: str) -> Step | None:
        """Return the step *name* of a line, the one that begins it included."""
        line = self.definition.line(kind)
        return line.begins if line.begins.name == name else line.steps.get(name)

    def is_final(self, kind: str, state: str) -> bool:
        return state in self.tables[kind].finals

    def leads_to(self, kind: str, state: str, wanted: Collection[str]) -> bool:
        """Return whether any way of steps leads a line from *state* to one of *wanted*; it may stand there already."""
        moves, seen, waiting = self.tables[kind].moves, {state}, [state]
        while waiting:
            here = waiting.pop()
            if here in wanted:
                return True
            there = {target for targets in moves.get(here, {}).values() for target in targets} - {SAME} - seen
            seen |= there
            waiting += there
        return False

    @property
    def main(self) -> LineTable:
        return self.tables[CASE]


def released_form(machine: Machine) -> dict[str, Any]:
    """Return what a released version consists of, as JSON data: the definition without places, and its move tables.

    Everything stands in the order of writing, which counts: automatic steps are tried in it. The number of the form of
    the tables stands beside them from the second form on; without it, it is the first, so that what was released before
    there were numbers keeps its hash.

    Its SHA-256 names the version; whoever runs a case from it needs neither YAML nor the state-machine library.
    """
    form = {"form": FORM} if FORM > FIRST_FORM else {}
    return {
        **form,
        "definition": to_plain(changed(machine.definition, origins={}), ordered=True),
        "tables": {kind: to_plain(table, ordered=True) for kind, table in machine.tables.items()},
    }
