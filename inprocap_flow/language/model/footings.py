"""What lengths rest on that no rulebook gives, and whether somebody of the house stands by them."""

from __future__ import annotations

from inprocap_flow.records import record

ESTIMATE, CHOICE = "estimate", "choice"
CONVENTION = "convention"


@record
class Footing:
    """Where some lengths of a definition come from. ``lengths`` are their keys, as `own_lengths` names them.

    ``kind``: estimate (for plans, no rule) or choice (of the house, or of whoever wrote the file). It is never law:
    that stands in rulebooks, with its days. ``confirmed_on`` is a day, or ``never``.
    """

    kind: str
    source: str
    lengths: tuple[str, ...]
    basis: str = CONVENTION
    mark: str | None = None
    confirmed_on: str = "never"
    confirmed_by: str | None = None

    @property
    def confirmed(self) -> bool:
        return self.confirmed_on != "never"
