"""Procedures bound to houses, read once."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from inprocap_flow.engine.case.binding import Binding
from inprocap_flow.language.load import load_organisation, load_procedure, load_rulebook
from inprocap_flow.machine.compile import compile_definition
from inprocap_flow.plugins.loading import allowed_folders, load_hooks

DEFINITIONS = Path(__file__).parents[2] / "definitions"
SHIPPED = tuple(sorted(path.stem for path in DEFINITIONS.glob("*.yaml") if "." not in path.stem))
OWN = Path(__file__).parent / "definitions"
Bound = Callable[[str], Binding]


@cache
def bound_to_house(procedure: str) -> Binding:
    folder, house = (OWN, "house") if (OWN / f"{procedure}.yaml").exists() else (DEFINITIONS, "example-lab")
    hooks = load_hooks(allowed_folders(), allowed_folders())
    definition = load_procedure(folder / f"{procedure}.yaml", (folder,), hook_lookup=hooks.lookup)
    organisation, _ = load_organisation(folder / "organisations" / f"{house}.yaml", (folder,))
    book = definition.rulebook
    rulebook = load_rulebook(folder / "rulebooks" / f"{book}.yaml") if book and book != "none" else None
    return Binding(compile_definition(definition), organisation, rulebook)


@pytest.fixture(scope="session")
def bound() -> Bound:
    """A procedure as its house would run it: the shipped ones for the Example Laboratory, ours for the house."""
    return bound_to_house
