"""What an audit comes to: its findings, how much was looked at, and how far it reaches."""

from __future__ import annotations

from dataclasses import dataclass

from inprocap_flow.store.chain import Head


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it was recorded. ``code`` is stable; ``case_id`` is empty for the checkpoints."""

    code: str
    case_id: str
    fact: str

    def __str__(self) -> str:
        return f"{self.case_id or 'checkpoints'}: {self.code}  {self.fact}"


@dataclass(frozen=True, slots=True)
class Report:
    """The result of an audit: what is wrong, how much was looked at, and what could not be looked at.

    ``not_recorded`` lists the events that do not say with which organisation and rulebook they were decided.
    ``covered_events`` counts the events that the head given covers: what stands there has not been changed since.
    """

    findings: tuple[Finding, ...]
    cases: int
    events: int
    against: Head | None = None
    covered_events: int = 0
    not_checked: tuple[str, ...] = ()
    not_recorded: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        return not self.findings

    @property
    def reach(self) -> str:
        """Say in a sentence what this audit can and cannot find."""
        if self.against is None:
            return (
                "Checked without a head: a change is found unless everything was rewritten consistently. "
                "Give a head that was printed earlier to find that too."
            )
        later = self.events - self.covered_events
        return (
            f"Checked against checkpoint {self.against.number}: any change to the {self.covered_events} events that it "
            f"covers is found. {_not_covered(later)}"
        )


def _not_covered(later: int) -> str:
    """Say what may be found of the events that came after a checkpoint."""
    if not later:
        return "No event came later."
    are, them = ("is", "it") if later == 1 else ("are", "them")
    return f"{later} {are} not covered; a change to {them} is found unless it is consistent."
