"""The ways of counting, and the provisions behind each rule with the evidence we have for them.

The rules R0 to R10 are those of the project's note on time limits. No cite here has been compared with the Official
Journal by a named person, so every output says "not confirmed".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from inprocap_flow.calendar.bad_values import BadPeriod
from inprocap_flow.records import record

Basis = Literal["law", "convention"]
Evidence = Literal["second-hand", "own knowledge", ""]

REGULATION: Final = "Reg. 1182/71"


@record
class Counting:
    """A way of counting. ``moves_to_working_day`` is R7, ``needs_two_working_days`` is R8.

    ``by_regulation``: the cites of Regulation No 1182/71 apply, and a working day is what its Art. 2(2) says.
    """

    name: str
    title: str
    moves_to_working_day: bool
    needs_two_working_days: bool
    by_regulation: bool


COUNTINGS: Final[Mapping[str, Counting]] = {
    counting.name: counting
    for counting in (
        Counting("eu-1182-71", "Regulation (EEC, Euratom) No 1182/71", True, True, True),
        Counting("plain", "plain counting: the last day never moves", False, False, False),
    )
}


def counting_named(name: str) -> Counting:
    """Return the way of counting of that name. Raises :class:`BadPeriod` for an unknown one."""
    if name not in COUNTINGS:
        raise BadPeriod(f'there is no way of counting called "{name}"', f"use one of: {', '.join(COUNTINGS)}")
    return COUNTINGS[name]


@record
class Step:
    """One rule applied. ``basis`` is never "law" where the law is silent or disputed; such a step has no cite."""

    rule: str
    text: str
    cite: str
    basis: Basis
    evidence: Evidence = ""

    def to_plain(self) -> dict[str, str]:
        """Return the step as a map of texts, for an event or an export."""
        return {"rule": self.rule, "text": self.text, "cite": self.cite, "basis": self.basis, "evidence": self.evidence}


@record
class Cite:
    """A provision and how we know what it says."""

    text: str
    evidence: Evidence


def _regulation(articles: str, evidence: Evidence) -> Cite:
    return Cite(f"{REGULATION} {articles}", evidence)


DAY_NOT_COUNTED: Final = _regulation("Art. 3(1) second subpara.", "second-hand")
HOUR_NOT_COUNTED: Final = _regulation("Art. 3(1) first subpara.", "own knowledge")
DAYS: Final = _regulation("Art. 3(2)(b)", "own knowledge")
WEEKS: Final = Cite(f"{REGULATION} Art. 3(2)(c); Case C-171/03 Toeters", "second-hand")
MONTHS_AND_YEARS: Final = _regulation("Art. 3(2)(c)", "second-hand")
WORKING_DAYS: Final = _regulation("Art. 2(2), 3(1), 3(3)", "own knowledge")
HOURS: Final = _regulation("Art. 3(2)(a)", "own knowledge")
DAYS_INSIDE: Final = _regulation("Art. 3(3)", "own knowledge")
LAST_DAY_MOVES: Final = _regulation("Art. 3(4) first subpara.", "second-hand")
NOT_FOR_HOURS: Final = _regulation("Art. 3(4)", "own knowledge")
NOT_BACKWARDS: Final = _regulation("Art. 3(4) second subpara.", "own knowledge")
TWO_WORKING_DAYS: Final = _regulation("Art. 3(5)", "own knowledge")
