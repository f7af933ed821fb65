"""In what capacity people act, and which rules a derogation can name."""

from __future__ import annotations

from inprocap_flow.language.model.words import Text
from inprocap_flow.records import record


@record
class Role:
    """In what capacity somebody acts. ``speaks_for`` names a track kind: its holder acts on own tracks only.

    ``records_for`` names roles whose acts, done outside this system, a holder may record here (ruling 1:
    a tender arrives on the organisation's platform, the officer records it).
    """

    name: str
    title: Text
    at_least: int = 1
    declares_interests: bool = False
    sees: str = "all"  # all | own | published
    never: tuple[str, ...] = ()  # move, approve
    speaks_for: str | None = None
    records_for: tuple[str, ...] = ()
    apart_from: tuple[str, ...] = ()
    not_who_brought: tuple[str, ...] = ()  # documents: who filed a version is barred; not who only wrote it
    side: str | None = None  # buyer | supplier | neither; None: as `side_of` says


def side_of(role: Role) -> str:
    """Return whom *role* serves: ``buyer``, ``supplier`` or ``neither``; whoever only listens serves neither."""
    if role.side:
        return role.side
    if role.speaks_for:
        return "supplier"
    return "neither" if {"move", "approve"} <= set(role.never) else "buyer"


@record
class Rule:
    """A rule that guards name, so that a derogation can lift it when its basis is custom or house rule."""

    name: str
    title: Text
    basis: str  # law | custom | house_rule | grant | contract | convention | rulebook
    cite: str | None = None
