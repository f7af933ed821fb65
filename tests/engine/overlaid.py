"""A small procedure with an overlay of the house, played by the people of `tiny`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from inprocap_flow.engine.case.binding import Binding
from inprocap_flow.language.model import Person
from inprocap_flow.language.overlays import load_applied
from inprocap_flow.machine.compile import compile_definition
from inprocap_flow.service.rehearsal import Rehearsal
from tests.engine.conftest import ORGANISATION, TINY_PEOPLE, Play


def opened_under(folder: Path, base: str, overlay: str) -> Play:
    """Return a case that ben has opened under *base* with *overlay*, both written into *folder*."""
    (folder / "tiny.yaml").write_text(base, encoding="utf-8")
    (folder / "house.yaml").write_text(overlay, encoding="utf-8")
    definition = load_applied(folder / "tiny.yaml", [folder / "house.yaml"])
    people = {person.id: person for person in TINY_PEOPLE} | {"ben": Person("ben", ("officer",))}
    play = Play(Rehearsal(Binding(compile_definition(definition), replace(ORGANISATION, people=people))))
    play.does("2026-01-05 09:00", "ben", "open", "open_case")
    return play
