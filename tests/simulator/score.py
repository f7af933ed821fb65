"""What a run of the simulator of time did, counted."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Score:
    """What a run did, for its last line and its report."""

    steps: Counter[str] = field(default_factory=Counter)
    crashes: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    events: Counter[str] = field(default_factory=Counter)
    expiries: int = 0
    claims: int = 0
    reminders: int = 0
    late: int = 0
    overtaken: int = 0
    bundles: int = 0
    doubled: int = 0
    deliveries: Counter[str] = field(default_factory=Counter)
    nested: int = 0
    worlds: int = 0
    cases: int = 0

    @property
    def all_steps(self) -> int:
        return self.steps.total()

    @property
    def all_crashes(self) -> int:
        return self.crashes.total()

    def add(self, other: Score) -> None:
        """Add what another run did."""
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)

    def __str__(self) -> str:
        return (
            f"{self.all_steps} steps ({_listed(self.steps)}), {self.all_crashes} crashes ({_listed(self.crashes)}), "
            f"{self.nested} times one in the middle of another; {self.expiries} deadlines ended by themselves, "
            f"{self.reminders} reminders written ({self.late} late), {self.overtaken} overtaken, "
            f"{self.bundles} parcels received, {self.doubled} of them twice; {_listed(self.outcomes)}"
        )


def _listed(counts: Counter[str]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counts.most_common())
