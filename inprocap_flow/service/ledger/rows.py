"""What stands in the ledger. Moments are `When.to_plain()` of the record, or UTC text for deliveries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from inprocap_flow.service.ledger.hats import Hat


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that may be unequal treatment, for people to judge. ``sure``: the record shows it; else: look at it."""

    code: str
    says: str
    decisions: tuple[int, ...] = ()
    sure: bool = True


@dataclass(frozen=True, slots=True)
class Reached:
    """A person whom a message was sent to: ``at`` when it left, None while it has not, ``why`` if it never will."""

    person: str
    channel: str
    at: str | None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Release:
    """What one decision told or published, all at one moment: ``to`` as recorded (role:x, track:x/y, public).

    ``of`` are the tracks of firms that were there then (of the kinds told), ``missing`` those of them that were meant
    and not told.
    """

    decision: int
    when: Any
    line: str
    step: str
    names: tuple[str, ...]
    to: tuple[str, ...]
    by: str
    of: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    alone: bool = False  # meant for the track of the step only
    reached: tuple[Reached, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """A question of a firm: when it was asked, answered and given to everybody, and to how many of the firms."""

    line: str
    asker: str
    asked: Any
    answered: Any = None
    released: Any = None
    told: tuple[str, ...] = ()
    of: tuple[str, ...] = ()
    state: str = ""
    final: bool = False


@dataclass(frozen=True, slots=True)
class Firm:
    """A firm's way through the case: when it came, whether it attended, where it stands, and since when."""

    line: str
    came: Any
    attended: Mapping[str, Any] = field(default_factory=dict)
    state: str = ""
    left: Any = None


@dataclass(frozen=True, slots=True)
class Leaving:
    """A firm that somebody on the buyer's side took out: by which step, on which ground, with what at hand."""

    decision: int
    line: str
    when: Any
    step: str
    by: str
    reason: str = ""
    cite: str = ""
    rests_on: tuple[str, ...] = ()  # names of fields and documents that came with it
    rules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Interest:
    """A declaration of interests, or a firm that says it advised the buyer before (``line`` is its track)."""

    who: str
    conflict: bool
    at: str
    note: str = ""
    line: str = ""


@dataclass(frozen=True)
class Ledger:
    """The whole record of equal treatment of one case.

    ``meant`` is how many messages told or published something, ``not_left`` how many of them still wait to be sent:
    until then nobody can say whether all were reached.
    """

    case: str
    releases: tuple[Release, ...]
    questions: tuple[Question, ...]
    firms: tuple[Firm, ...]
    leavings: tuple[Leaving, ...]
    interests: tuple[Interest, ...]
    hats: tuple[tuple[Hat, ...], ...]
    linked: tuple[tuple[str, str], ...]  # id and procedure of linked cases that were looked at
    findings: tuple[Finding, ...]
    meant: int = 0
    not_left: int = 0
