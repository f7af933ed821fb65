"""A finding of a check as a scenario that anybody can play: for whom, from when on, and what playing it shows."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from textwrap import wrap
from typing import Any

from inprocap_flow.calendar.days import Calendar
from inprocap_flow.calendar.zones import zone_named
from inprocap_flow.engine.case.binding import Binding
from inprocap_flow.errors import NotFound
from inprocap_flow.language.checks.finding import Finding
from inprocap_flow.language.explore.asking import Answer
from inprocap_flow.language.files import folders_for
from inprocap_flow.language.load import load_organisation, load_rulebook
from inprocap_flow.language.model import Definition, Organisation
from inprocap_flow.machine.compile import compile_definition
from inprocap_flow.service.counterexamples import Counterexample, play, shown
from inprocap_flow.service.desk import Desk
from inprocap_flow.service.releasing import beside


@dataclass(frozen=True, slots=True)
class Explained:
    """A counterexample with its text as a test file. ``shows`` is empty where playing it does not show the fault."""

    text: str
    shows: str
    gap: str
    organisation: str


def explain(
    desk: Desk, path: Path, definition: Definition, finding: Finding, answer: Answer, *, organisation: str | None = None
) -> Explained:
    """Return the path of *answer* played for *organisation*, or for the first one whose people hold every role.

    Raises:
        NotFound: the finding has no path, or no organisation fits.
        InvalidInput: the organisation or rulebook is not sound.
    """
    if answer.path is None:
        raise NotFound("there are no deeds that lead to this finding", mend="read its page: check --explain CODE")
    house = _organisation(desk, path, definition, organisation)
    played = play(answer.path, finding.fact, _binding(desk, path, definition, house), _start(house))
    return Explained(_text(definition, house.name, played), played.shows, played.gap, house.name)


def _organisation(desk: Desk, path: Path, definition: Definition, name: str | None) -> Organisation:
    if name is not None:
        file = Path(name) if Path(name).is_file() else beside(desk, path, "organisations", name)
        return load_organisation(file, desk.definitions)[0]
    roles = {name for name, role in definition.roles.items() if role.speaks_for is None} & _acting(definition)
    for file in _known(desk, path):
        house = load_organisation(file, desk.definitions)[0]
        if roles <= {role for person in house.people.values() for role in person.roles}:
            return house
    raise NotFound(
        f"no organisation here has people for all of {', '.join(sorted(roles))}",
        mend="name one with --organisation, or give the roles to somebody in its file",
    )


def _acting(definition: Definition) -> set[str]:
    steps = [step for line in definition.lines for step in (line.begins, *line.steps.values())]
    return {role for step in steps for role in step.by}


def _known(desk: Desk, path: Path) -> Iterator[Path]:
    for folder in folders_for(path, desk.definitions):
        yield from sorted((Path(folder) / "organisations").glob("*.yaml"))


def _binding(desk: Desk, path: Path, definition: Definition, house: Organisation) -> Binding:
    name = definition.rulebook
    book = name and house.rulebooks.get(name, name)
    rulebook = load_rulebook(beside(desk, path, "rulebooks", book)) if book and book != "none" else None
    hooks = desk.hooks if definition.hooks else None
    return Binding(compile_definition(definition), house, rulebook, hooks)


def _start(house: Organisation) -> datetime:
    """Return a working morning early in the first year that the calendars of *house* cover."""
    calendars = [Calendar.from_plain(plain) for plain in house.calendars.values()]  # type: ignore[arg-type]
    first = max([one.covers_from for one in calendars if one.covers_from] or [date(2026, 1, 1)])
    day = first + timedelta(days=10)
    while any(not one.is_working_day(day) for one in calendars):
        day += timedelta(days=1)
    return datetime.combine(day, time(9, 0), zone_named(house.zone))


def _text(definition: Definition, organisation: str, played: Counterexample) -> str:
    """Return the test file: what was played, with a remark of what it shows."""
    said = played.shows or f"Not shown: {played.gap}"
    used = {deed.by for deed in played.deeds} | {deed.new or "" for deed in played.deeds}
    firms = {person: line for person, line in played.firms.items() if person in used or line in used}
    lines = [
        "# Written by `inprocap-flow check --explain`.",
        *wrap(said, 116, initial_indent="# ", subsequent_indent="# "),
    ]
    lines += [f"tests: {definition.name}", f"organisation: {organisation}", "language: en"]
    lines += [f"firms: {_flow(firms)}"] if firms else []
    lines += ["scenarios:", f"  - fact: {_word(played.fact.replace('`', ''))}", "    steps:"]
    lines += [f"      - {_flow(written)}" for written in shown(played.deeds)]
    return "\n".join(lines) + "\n"


_PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_ /.-]*(:[0-9]{2})?")


def _flow(value: Any) -> str:
    """Return plain data as YAML on one line."""
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{_word(key)}: {_flow(item)}' for key, item in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(_flow(item) for item in value)}]"
    return _word(value)


def _word(value: Any) -> str:
    text = str(value)
    plain = _PLAIN.fullmatch(text) and not text.endswith(" ")
    return text if plain else json.dumps(text, ensure_ascii=False)
