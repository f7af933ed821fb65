"""Small lines to compile, and every definition that there is."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from inprocap_flow.language.load import load_procedure
from inprocap_flow.language.model import CASE, Branch, Definition, Line, Stage, Step
from inprocap_flow.machine.compile import compile_definition
from inprocap_flow.machine.table import Machine
from inprocap_flow.plugins.loading import allowed_folders, load_hooks

ROOT = Path(__file__).parents[2]
SHIPPED = tuple(
    path
    for path in sorted((ROOT / "definitions").glob("*.yaml"))
    if not path.name.endswith((".test.yaml", ".check.yaml"))
)
FILES = (*SHIPPED, ROOT / "tests" / "engine" / "purchase.yaml")


@cache
def machine_of(path: Path) -> Machine:
    hooks = load_hooks(allowed_folders(), allowed_folders())
    return compile_definition(load_procedure(path, (ROOT / "definitions",), hook_lookup=hooks.lookup))


def line_of(steps: Sequence[Step], *addresses: str, begins: str | None = None) -> Line:
    """Return a main line with stages of these addresses, groups before what is in them; the last one is final."""
    stages: dict[str, Stage] = {}
    for address in addresses:
        inside = (other for other in addresses if other.startswith(f"{address}."))
        children = tuple(other for other in inside if other.count(".") == address.count(".") + 1)
        final = "completed" if address == addresses[-1] else None
        stages[address] = Stage(address, {"en": address}, "officer", final=final, children=children)
    opening = Step("open", CASE, (), (Branch(begins or addresses[0]),))
    return Line(CASE, {"en": "Line"}, opening, stages, {step.name: step for step in steps})


def step(name: str, sources: str, *targets: str) -> Step:
    return Step(name, CASE, tuple(sources.split()), tuple(Branch(target) for target in targets))


def compiled(line: Line) -> Machine:
    return compile_definition(Definition("tiny", "1", "en", {"en": "Tiny"}, line))
