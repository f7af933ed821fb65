"""The findings of a check as scenarios that anybody can play: for whom, from when on, and what playing them shows."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import partial
from pathlib import Path
from textwrap import wrap
from typing import Any

from inprocap_flow.calendar.days import Calendar
from inprocap_flow.calendar.zones import zone_named
from inprocap_flow.engine.case.binding import Binding
from inprocap_flow.errors import NotFound
from inprocap_flow.language.checks.behaviour import Verdict
from inprocap_flow.language.checks.finding import Finding
from inprocap_flow.language.choices import uses
from inprocap_flow.language.files import folders_for
from inprocap_flow.language.load import load_organisation, load_rulebook
from inprocap_flow.language.model import Definition, Organisation
from inprocap_flow.machine.compile import compile_definition
from inprocap_flow.service.counterexamples import NO_PATH, Counterexample, each_found, each_played, shown
from inprocap_flow.service.desk import Desk
from inprocap_flow.service.finding_files import beside, said_of
from inprocap_flow.service.holding import held, scene_of


@dataclass(frozen=True, slots=True)
class Explained:
    """What a check found in one procedure, as a test file: one scenario for each finding that can be played.

    ``played`` has every finding; ``why`` says why it was played for this organisation. ``elsewhere`` are the facts that
    play for invented people who hold every role, and not here.
    """

    text: str
    played: tuple[Counterexample, ...]
    organisation: str
    why: str
    elsewhere: frozenset[str] = frozenset()

    @property
    def can_be_played(self) -> bool:
        """Whether the file has a scenario at all."""
        return any(one.shows for one in self.played)


def is_found(one: Counterexample) -> bool:
    """Return whether a finding may be told as found: it plays, was shown by looking everywhere, or needs no path."""
    return bool(one.shows) or one.certain or one.code == NO_PATH


def explain(
    desk: Desk,
    path: Path,
    definition: Definition,
    verdict: Verdict,
    *,
    organisation: str | None = None,
    to: Path | None = None,
) -> Explained:
    """Return every finding of *verdict* about the procedure in *path*, played for an organisation.

    That is *organisation*, else one that says that it uses the procedure, else an example, else any whose people hold
    every role. It is played as explored: with the overlays of *definition* and no others. The file will lie at *to*;
    None: beside the procedure.

    Raises:
        NotFound: the check found nothing, or no organisation fits.
        InvalidInput: the organisation or rulebook is not sound.
    """
    if not verdict.findings:
        raise NotFound(f"{verdict.code} finds nothing in {definition.name}", mend="name a file in which check finds it")
    explained = _explained(desk, path, definition, organisation, to, partial(each_played, verdict))
    if all(map(is_found, explained.played)):
        return explained
    return replace(explained, elsewhere=_elsewhere(desk, path, definition, verdict))


def explain_found(
    desk: Desk,
    path: Path,
    definition: Definition,
    findings: Sequence[Finding],
    *,
    organisation: str | None = None,
    to: Path | None = None,
) -> Explained:
    """Return the *findings* of a check that does not explore, each played as far as a case can show it.

    Else as `explain`; they are found, whether they can be played or not.
    """
    return _explained(desk, path, definition, organisation, to, partial(each_found, findings))


Playing = Callable[[Binding, datetime], Iterator[Counterexample]]


def _explained(
    desk: Desk, path: Path, definition: Definition, organisation: str | None, to: Path | None, playing: Playing
) -> Explained:
    house, why = house_for(desk, path, definition, organisation)
    played = tuple(playing(_binding(desk, path, definition, house), _start(house)))
    file = Path(organisation) if organisation and Path(organisation).is_file() else None
    said = said_of(desk, to or path, file) if file is not None else house.name
    return Explained(text_of(definition, said, played), played, house.name, why)


def _elsewhere(desk: Desk, path: Path, definition: Definition, verdict: Verdict) -> frozenset[str]:
    """Return the facts that play for invented people, as `check` plays them."""
    scene = scene_of([Path(one) for one in folders_for(path, desk.definitions)], desk.hooks)
    (again,) = held(definition, [verdict], scene)
    return frozenset(finding.fact for finding, _ in again.findings)


# ---------------------------------------------------------------------------------------------------- for whom


def house_for(desk: Desk, path: Path, definition: Definition, name: str | None) -> tuple[Organisation, str]:
    """Return the organisation for which counterexamples of the procedure in *path* are played, and why it is that one.

    Raises NotFound if none has people for every role, InvalidInput for a file that is not sound.
    """
    if name is not None:
        file = Path(name) if Path(name).is_file() else beside(desk, path, "organisations", name)
        return load_organisation(file, desk.definitions)[0], "as named"
    roles = {name for name, role in definition.roles.items() if role.speaks_for is None} & _acting(definition)
    houses = [load_organisation(file, desk.definitions)[0] for file in _known(desk, path)]
    fitting = [one for one in houses if roles <= {role for person in one.people.values() for role in person.roles}]
    for fits, why in (
        (lambda one: _names(one, definition.name), "its file says that it uses this procedure"),
        (lambda one: one.name.startswith("example") and _may_use(one, definition.name), "an invented example"),
        (lambda one: _may_use(one, definition.name), "the first whose people hold every role"),
        (lambda _one: True, "the first whose people hold every role, though it uses other procedures"),
    ):
        house = next(filter(fits, fitting), None)
        if house is not None:
            return house, why
    raise NotFound(
        f"no organisation here has people for all of {', '.join(sorted(roles))}",
        mend="name one with --organisation, or give the roles to somebody in its file",
    )


def _names(house: Organisation, procedure: str) -> bool:
    return bool(house.procedures) and _may_use(house, procedure)


def _may_use(house: Organisation, procedure: str) -> bool:
    return uses(house, procedure, _start(house).date())


def _acting(definition: Definition) -> set[str]:
    steps = [step for line in definition.lines for step in (line.begins, *line.steps.values())]
    return {role for step in steps for role in step.by}


def _known(desk: Desk, path: Path) -> Iterator[Path]:
    """Yield the files of organisations, those beside the procedure first."""
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


# ---------------------------------------------------------------------------------------------------- the file


def text_of(definition: Definition, organisation: str, played: Sequence[Counterexample]) -> str:
    """Return the test file: each finding in words, what playing it shows, and the deeds."""
    overlays = [one.name for one in definition.overlays]
    used = {word for one in played for deed in one.deeds for word in (deed.by, deed.new)}
    firms = {person: line for one in played for person, line in one.firms.items() if {person, line} & used}
    lines = [*_comment(_HEAD), *(f"tests: {definition.name}", f"organisation: {organisation}")]
    lines += [f"overlays: {_flow(overlays)}", "language: en"]
    lines += [f"firms: {_flow(firms)}"] if firms else []
    lines += ["scenarios:" if any(one.shows for one in played) else "scenarios: []"]
    for one in played:
        if not one.shows:  # what was played as far as it goes would pass, and show nothing
            word = "Found" if is_found(one) else "Open"
            said = f"{word}: {one.fact} No scenario shows it ({one.code}): {one.gap.rstrip('.')}."
            lines += ["", *_comment(_plain(said), "  ")]
            continue
        lines += ["", *_comment(f"Shows: {one.shows.rstrip('.')}.", "  ")]
        lines += [f"  - fact: {_word(_plain(one.fact))}", "    steps:"]
        lines += [f"      - {_flow(written)}" for written in shown(one.deeds)]
    return "\n".join(lines) + "\n"


_HEAD = (
    "Written by `inprocap-flow check --explain`. Cases with invented people run into what the check found. Each line "
    "is something that somebody does, `then` is what must come of it (`refused`: the request is refused, for these "
    "reasons and no others). Where only time passes, somebody looks in by declaring no interest.\n"
    "Play it with `inprocap-flow test` and the name of this file. It passes as long as the fault is there; once the "
    "procedure is mended it fails, and can be deleted or turned into a scenario of what should happen."
)


def _comment(text: str, indent: str = "") -> Iterator[str]:
    for paragraph in text.split("\n"):
        lead = f"{indent}# "
        yield from wrap(paragraph, 100, initial_indent=lead, subsequent_indent=lead, break_on_hyphens=False)


def _plain(text: str) -> str:
    return text.replace("`", "")


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
