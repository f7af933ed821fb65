"""What a case holds: typed facts and documents, and from when each is fixed, readable, public."""

from __future__ import annotations

from inprocap_flow.language.model.words import Text
from inprocap_flow.records import record


@record
class Field:
    """A typed fact of a case or track. Milestones say from when it is fixed, readable, public."""

    name: str
    type: str
    title: Text
    by: tuple[str, ...] = ()
    default: object = None  # encoded as `language.values.encode` gives it
    minimum: object = None
    above: object = None
    maximum: object = None
    currency: str | None = None
    choices: tuple[str, ...] = ()
    committee: str | None = None
    fixed_from: str | None = None
    sealed_until: str | None = None
    published_at: str | None = None
    secret_from: tuple[str, ...] = ()


@record
class Document:
    """A kind of document. Every version is kept by hash.

    From ``fixed_from`` (what a call said when it was sent) and ``published_at`` on only a change notice adds one.
    """

    name: str
    title: Text
    by: tuple[str, ...] = ()
    sealed_until: str | None = None
    published_at: str | None = None
    secret_from: tuple[str, ...] = ()
    fixed_from: str | None = None
