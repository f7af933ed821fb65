"""The questions for a new procedure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from inprocap_flow.cli.overlaid import organisation_file
from inprocap_flow.cli.questions import Asker
from inprocap_flow.cli.session import Session
from inprocap_flow.language.load import load_organisation, load_rulebook
from inprocap_flow.language.model import Limit
from inprocap_flow.service.desk import Desk
from inprocap_flow.service.starting.procedures import BLOCKS, ProcedureAnswers, rulebooks_for
from inprocap_flow.service.starting.words import titled

_ROLES = {
    "asks": ("Which role asks for something?", "requesting_unit"),
    "buys": ("Which role carries the case?", "procurement_officer"),
    "signs": ("Which role signs?", "approving_authority"),
}


def procedure_answers(desk: Desk, asker: Asker, name: str, given: Mapping[str, Any]) -> ProcedureAnswers:
    """Return the answers."""
    title = asker.answer("What is it called?", given["title"], titled(name), option="--title")
    blocks = _blocks(asker, given)
    known = {path.stem for folder in desk.definitions for path in (folder / "rulebooks").glob("*.yaml")}
    books = rulebooks_for(blocks, sorted(known))
    rulebook = asker.answer(
        "Which rulebook do its numbers of law come from?",
        given["rulebook"],
        next(iter(books)),
        option="--rulebook",
        choices=dict.fromkeys(books, ""),
        explained="A rulebook holds dated numbers with their articles. Blocks ask for some of them.",
    )
    limit = _standstill(desk, rulebook) if blocks else None
    return ProcedureAnswers(
        name,
        title,
        rulebook,
        blocks,
        **_roles(asker, given, blocks),
        standstill=limit is not None,
        letters_matter=limit is not None and _depends_on(limit, "sent_electronically"),
    )


def listing(session: Session, desk: Desk, procedure: str) -> Path | None:
    """Return the file of the organisation that is acted for, if it lists what it uses and lacks *procedure*.

    Without the new line there no case of the procedure would be opened.
    """
    file = organisation_file(desk, str(session.options.get("organisation") or session.settings.organisation or ""))
    if file is None:
        return None
    chosen = load_organisation(file, desk.definitions)[0].procedures
    return file if chosen and all(one.name != procedure for one in chosen) else None


def _standstill(desk: Desk, rulebook: str) -> Limit | None:
    """Return what the rulebook says about how long nobody signs; None where it says nothing."""
    files = (folder / "rulebooks" / f"{rulebook}.yaml" for folder in desk.definitions)
    file = next((one for one in files if one.is_file()), None)
    return load_rulebook(file, desk.definitions).limits.get("standstill") if file else None


def _depends_on(limit: Limit, fact: str) -> bool:
    return any(fact in variant.facts for value in limit.values for variant in value.variants)


def _roles(asker: Asker, given: Mapping[str, Any], blocks: tuple[str, ...]) -> dict[str, str]:
    """Return who asks, who carries the case and who signs; with blocks the roles are those of the block `people`."""
    if not blocks:
        return {
            key: asker.answer(question, given[key], default, option=f"--{key}", read=_read_name)
            for key, (question, default) in _ROLES.items()
        }
    if named := [key for key in _ROLES if given[key]]:
        raise click.UsageError(f"--{named[0]}: with blocks the roles are those of the block people; leave it out.")
    return {}


def _blocks(asker: Asker, given: Mapping[str, Any]) -> tuple[str, ...]:
    typed = asker.answer(
        "Which shared blocks does it use?",
        ", ".join(given["blocks"]) or None,
        "none",
        option="--block",
        explained="Parts that several procedures share. Several with commas, or none. With this start go: "
        + "; ".join(f"{name} ({says})" for name, says in BLOCKS.items())
        + ".",
        read=_read_blocks,
    )
    return () if typed == "none" else tuple(typed.split(", "))


def _read_blocks(text: str) -> str:
    names = [part.strip() for part in text.split(",") if part.strip()]
    unknown = [name for name in names if name not in BLOCKS and name != "none"]
    if unknown:
        raise ValueError(
            f"{unknown[0]} does not go with this start. Choose of: {', '.join(BLOCKS)}, or none; for the others "
            "adopt a shipped procedure that has them."
        )
    return ", ".join(dict.fromkeys(name for name in names if name != "none")) or "none"


def _read_name(text: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9_]*", text.strip()):
        raise ValueError(f"{text!r} cannot be a role: write small letters, digits and _.")
    return text.strip()
