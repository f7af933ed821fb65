"""What ``release`` tells to be minded: what is not there yet, was not decided, or was overruled."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from inprocap_flow.cli import layout
from inprocap_flow.cli.definitions import shown

if TYPE_CHECKING:
    from inprocap_flow.errors import Problem
    from inprocap_flow.service.applying import Lacking
    from inprocap_flow.service.fitting import Unfit
    from inprocap_flow.service.releasing import Released

SHOWN = 5  # of what an organisation lacks; `check` shows all of it
FEW = 3  # pairs of procedure and organisation that are told one by one; more are counted


def waiting_lines(waiting: Mapping[Path, Sequence[int]]) -> Iterator[str]:
    """Say where a file that was released still waits for somebody: a source nobody named, a person who is nobody."""
    for file, lines in waiting.items():
        told = ", ".join(map(str, lines[:SHOWN])) + (f" and {len(lines) - SHOWN} more" if len(lines) > SHOWN else "")
        yield ""
        yield from layout.wrapped(f"Mind: {shown(file)} still says TO DO, in line {told}.")
        yield from layout.wrapped("mend: put in what is so, write the next `version:`, and release it again", "  ")


def misspelt_lines(found: Sequence[Problem]) -> Iterator[str]:
    """Say which roles of people no procedure knows."""
    for one in found:
        yield ""
        yield from layout.wrapped(f"Mind: {one.place}: {one.fact}")
        yield from layout.wrapped(f"mend: {one.mend}", "  ")


def unused_lines(found: tuple[Unfit, ...]) -> Iterator[str]:
    """Say which procedures the organisation that is acted for does not use; of many only their names."""
    if len(found) > FEW:
        yield from _unused_together(found)
        return
    for one in found:
        yield ""
        yield from layout.wrapped(f"Mind: {one.fact}: no case can be opened.")
        yield from layout.wrapped(f"mend: {one.mend}", "  ")


def unkept_lines(found: tuple[Unfit, ...]) -> Iterator[str]:
    """Say where nobody could annul, move a case to another version or destroy it; each reason once."""
    alike: dict[tuple[str, str, str], list[str]] = {}
    for one in found:
        alike.setdefault((one.organisation, one.fact, one.mend), []).append(one.procedure)
    for (organisation, fact, mend), procedures in alike.items():
        named = ", ".join(procedures[:SHOWN]) + (f" and {len(rest)} more" if (rest := procedures[SHOWN:]) else "")
        yield ""
        nobody = f"nobody at {organisation} could annul, migrate or destroy anything in cases of {named}"
        yield from layout.wrapped(f"Mind: {nobody}: {fact}.")
        yield from layout.wrapped(f"mend: {mend}", "  ")


def _unused_together(found: tuple[Unfit, ...]) -> Iterator[str]:
    for organisation in dict.fromkeys(one.organisation for one in found):
        names = [one.procedure for one in found if one.organisation == organisation]
        yield ""
        fact = f"{organisation} does not use {len(names)} of them, so it can open no case of {', '.join(names)}."
        yield from layout.wrapped(f"Mind: {fact}")
        mend = f"add what it is to use under `procedures:` in the file of {organisation}, and release that again"
        yield from layout.wrapped(f"mend: {mend}", "  ")


def lacking_lines(found: tuple[Lacking, ...]) -> Iterator[str]:
    """Say which effective procedures could not be made, and what would mend that: each reason once."""
    alike: dict[tuple[str, str, str], list[str]] = {}
    for one in found:
        alike.setdefault((one.organisation, one.fact, one.mend), []).append(one.procedure)
    for (organisation, fact, mend), procedures in alike.items():
        yield ""
        yield from layout.wrapped(
            f"Mind: {organisation} cannot open {', '.join(procedures)} with its overlays: {fact}."
        )
        yield from layout.wrapped(f"mend: {mend}", "  ")


def unfit_lines(lacking: tuple[Unfit, ...]) -> Iterator[str]:
    """Say what is lacking, under one heading for each procedure and organisation; of many, how many there are."""
    pairs = dict.fromkeys((one.procedure, one.organisation) for one in lacking)
    if len(pairs) > FEW:
        yield from _unfit_together(list(pairs))
        return
    for procedure, organisation in pairs:
        yield ""
        yield from layout.wrapped(f"Mind: {organisation} does not have what {procedure} needs:")
        here = [one for one in lacking if (one.procedure, one.organisation) == (procedure, organisation)]
        for one in here[:SHOWN]:
            yield from layout.bullet(f"{one.fact} ({one.code})")
        if len(here) > SHOWN:
            yield from layout.bullet(f"and {len(here) - SHOWN} more")
        yield f"See all:  inprocap-flow check {procedure} --organisation {organisation}"


def _unfit_together(pairs: list[tuple[str, str]]) -> Iterator[str]:
    """Count what is lacking, organisation by organisation; `check` and ``--json`` say all of it."""
    needing: dict[str, list[str]] = {}
    for procedure, organisation in pairs:
        needing.setdefault(organisation, []).append(procedure)
    yield ""
    yield from layout.wrapped("Mind: some organisations do not have the people or values that procedures need:")
    most = sorted(needing.items(), key=lambda one: -len(one[1]))
    for organisation, procedures in most[:SHOWN]:
        more = f" and {len(procedures) - SHOWN} more" if len(procedures) > SHOWN else ""
        yield from layout.bullet(f"{organisation}, for {', '.join(procedures[:SHOWN])}{more}")
    if len(most) > SHOWN:
        yield from layout.bullet(f"and {len(most) - SHOWN} more organisations")
    yield from layout.wrapped("An organisation that lists `procedures:` in its file hears of those only.")
    procedure, organisation = pairs[0]
    yield f"See what:  inprocap-flow check {procedure} --organisation {organisation}"


def judged_lines(released: list[Released]) -> Iterator[str]:
    """Say what was not decided about what was released now, and what was overruled."""
    for one in released:
        what = one.name if one.kind != "applied" else f"{one.name} {one.version}"
        if one.judged.undecided:
            yield ""
            codes = ", ".join(one.judged.undecided)
            yield from layout.wrapped(f"Mind: what cases of {what} can come to is not decided for {codes}.")
            look = f"inprocap-flow check {one.name} --details"
            yield from layout.wrapped(f"explored: {one.judged.explored}; see {look}", "  ")
            free = "That does not stop the release: no such fault was found so far, but none is ruled out."
            yield from layout.wrapped(free, "  ")
        if one.judged.overruled:
            yield ""
            codes = ", ".join(one.judged.overruled)
            yield from layout.wrapped(f"Mind: {what} was released despite {codes}: {one.judged.reason}")
