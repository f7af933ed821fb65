"""``check --explain CODE FILE`` of what is seen without exploring: what of it is played, and why the rest cannot be."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from inprocap_flow.cli.definitions import stepping
from inprocap_flow.cli.definitions_behaviour import Built, built
from inprocap_flow.errors import NotFound

if TYPE_CHECKING:
    from inprocap_flow.language.checks import Check
    from inprocap_flow.language.checks.finding import Finding
    from inprocap_flow.service.desk import Desk
    from inprocap_flow.service.explaining import Explained

BEFORE = "it is told while files are read and names looked up, before there is a procedure that a case could follow"


@dataclass(frozen=True, slots=True)
class Explaining:
    """What is asked for: a code, in which files, for whom (None: whoever fits), on which day, and where it goes."""

    code: str
    files: Sequence[Path]
    organisation: Path | None
    day: date
    to: Path | None


def seen(desk: Desk, asked: Explaining) -> tuple[Built, Callable[..., Explained]]:
    """Return the first procedure in which the check finds something, and what plays it.

    Raises NotFound where nothing can be played, with the reason, or where nothing is found.
    """
    from inprocap_flow.language.checks import CHECKS, OF_ORGANISATIONS
    from inprocap_flow.service.explaining import explain_found

    why = nothing_to_play(asked.code)
    if why:
        mend = f"read its page: inprocap-flow check --explain {asked.code}"
        raise NotFound(f"{asked.code}: there is nothing to play, because {why}", mend=mend)
    check = {one.CODE: one for one in CHECKS}[asked.code]
    if check in OF_ORGANISATIONS and asked.organisation is None:
        raise NotFound(f"{asked.code} asks for the people and dates of an organisation", mend="name --organisation")
    looked = []
    for one in stepping(built(desk, asked.files, asked.organisation, asked.day), "Checking"):
        findings = _findings(desk, one, check, asked)
        if findings:
            return one, partial(explain_found, desk, one.path, one.definition, findings)
        looked.append(one.definition.name)
    raise nothing_here(asked.code, ", ".join(looked) or "no procedure that can be built")


def nothing_here(code: str, looked: str) -> NotFound:
    """Return that a check finds nothing, and in what."""
    return NotFound(f"{code} finds nothing here ({looked})", mend="name a file in which check finds it")


def nothing_to_play(code: str) -> str:
    """Return why no case can show any finding of *code*; nothing if some can."""
    from inprocap_flow.language.checks import CHECKS
    from inprocap_flow.language.checks.files import FILE_CHECKS
    from inprocap_flow.language.checks.plans import PLAN_CHECKS

    known: dict[str, object] = {one.CODE: one for one in CHECKS}
    known |= {one.CODE: one for one in PLAN_CHECKS} | {one.CODE: one for one in FILE_CHECKS}
    return str(getattr(known[code], "NOTHING_TO_PLAY", "")) if code in known else BEFORE


def _findings(desk: Desk, one: Built, check: Check, asked: Explaining) -> list[Finding]:
    from inprocap_flow.language.checks import Around
    from inprocap_flow.language.inspect import rulebook_of
    from inprocap_flow.language.load import load_organisation

    who = load_organisation(asked.organisation, desk.definitions)[0] if asked.organisation else None
    around = Around(rulebook_of(one.library, one.definition, who), who, asked.day, sources=one.library.sources)
    return list(check.check(one.definition, around))
