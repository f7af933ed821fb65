"""From a definition to `transitions` machines, and from those to the frozen move table.

One hierarchical machine for the main line and one for each kind of track, built once and shared. No model is
bound, nothing queues, no callback comes from YAML. Known traps of the library, and how we are not caught (each
has its test in ``tests/machine``):

- it adds a jump from every state to every state unless ``auto_transitions=False``;
- a trigger named like an attribute of the model is skipped: triggers are fired by event name, never as methods,
  and carry a prefix that no attribute has;
- the first of two enabled transitions wins silently: branches are told apart by an index that we ask for;
- a separator inside a name would make another state: our separator cannot stand in a name;
- a machine asked by several threads at once loses its place in nested states: it is asked under a lock;
- binding a model costs memory and time and keeps it alive: the token is bound to nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from threading import Lock
from typing import Any

from transitions import EventData, MachineError
from transitions.extensions.nesting import HierarchicalMachine, NestedState

from inprocap_flow.errors import DefinitionDefect
from inprocap_flow.language.canonical import digest
from inprocap_flow.language.model import CASE, Definition, Line, Step
from inprocap_flow.machine.table import SAME, LineTable, Machine, released_form

PREFIX = "step:"  # no Python attribute contains a colon
# A hierarchical machine walks its nested states in attributes of its own, so two threads would lose each other's place.
# Cases read the table and never wait here.
_ASKING = Lock()


class DottedState(NestedState):
    """A nested state addressed as people write it: ``award.standstill``."""

    separator = "."


class LineMachine(HierarchicalMachine):
    """A hierarchical machine whose states are separated by a full stop."""

    state_cls = DottedState


@dataclass(slots=True)
class Token:
    """What is pushed through a machine to ask where a step leads. ``branch`` selects one of its targets."""

    state: str
    branch: int = 0


def compile_definition(definition: Definition) -> Machine:
    """Return *definition* compiled: the move table of every line, derived by asking its `transitions` machine.

    Raises:
        DefinitionDefect: a stage name that the library cannot hold, or a step that leads nowhere.
    """
    tables = {line.kind: derive_table(line, build(line)) for line in definition.lines}
    machine = Machine(definition, tables)
    return replace(machine, content_hash=digest(released_form(machine)))


def build(line: Line) -> LineMachine:
    """Return the hierarchical machine of *line*; nothing is bound to it and nothing of YAML is called by it."""
    for address in line.stages:
        if not all(part.isidentifier() for part in address.split(DottedState.separator)):
            raise DefinitionDefect(f"the stage name {address!r} cannot be an address", mend="use words and underscores")
    machine = LineMachine(
        model=None,
        states=[_state(line, address) for address in line.stages if "." not in address],
        initial=line.leaf(line.begins.targets[0].to),
        auto_transitions=False,
        send_event=True,
        queued=False,
    )
    for step in line.steps.values():
        for source in step.sources:
            for branch, target in enumerate(step.targets):
                dest = source if target.to == SAME else line.leaf(target.to)
                machine.add_transition(PREFIX + step.name, source, dest, conditions=_is_branch(branch))
    return machine


def _state(line: Line, address: str) -> dict[str, Any]:
    stage = line.stages[address]
    name = address.rpartition(".")[2]
    if stage.is_leaf:
        return {"name": name, "final": stage.final is not None}
    children = [_state(line, child) for child in stage.children]
    return {"name": name, "children": children, "initial": stage.children[0].rpartition(".")[2]}


def _is_branch(branch: int) -> Any:
    def chosen(event: EventData) -> bool:
        token = event.model
        return isinstance(token, Token) and token.branch == branch

    return chosen


def derive_table(line: Line, machine: LineMachine) -> LineTable:
    """Return the move table of *line*, by pushing a token through *machine* from every state with every step."""
    moves = {state: _moves_from(line, machine, state) for state in line.leaves}
    finals = tuple(leaf for leaf in line.leaves if line.stages[leaf].final is not None)
    automatic = {s: tuple(name for name in m if line.steps[name].is_automatic) for s, m in moves.items()}
    return LineTable(
        begins=line.leaf(line.begins.targets[0].to),
        moves={state: offered for state, offered in moves.items() if offered},
        finals=finals,
        automatic={state: names for state, names in automatic.items() if names},
    )


def _moves_from(line: Line, machine: LineMachine, state: str) -> dict[str, tuple[str, ...]]:
    return {
        step.name: tuple(ask(machine, state, step, branch) for branch in range(len(step.targets)))
        for step in line.steps.values()
        if state in step.sources
    }


def ask(machine: LineMachine, state: str, step: Step, branch: int = 0) -> str:
    """Return where *step* leads from *state* when *branch* is taken, as `transitions` itself says.

    Raises:
        DefinitionDefect: the machine does not offer that step there.
    """
    token = Token(state, branch)
    try:
        with _ASKING:
            fired = machine.trigger_event(token, PREFIX + step.name)
    except (MachineError, AttributeError) as error:
        raise DefinitionDefect(f"step {step.name!r} cannot be fired from {state!r}: {error}") from error
    if not fired:
        raise DefinitionDefect(f"step {step.name!r} has no branch {branch} from {state!r}")
    return token.state


def main_machine(definition: Definition) -> LineMachine:
    """Return the `transitions` machine of the main line, for people who want to look at it or draw it."""
    return build(definition.line(CASE))
