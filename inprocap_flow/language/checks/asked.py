"""One question of a check that explores, with its answer, and what is said if the answer is a fault."""

from __future__ import annotations

from dataclasses import dataclass

from inprocap_flow.language.checks.finding import Finding
from inprocap_flow.language.explore.asking import Answer


@dataclass(frozen=True, slots=True)
class Asked:
    """*about* names the element; the finding is what is said of it if the answer is a fault."""

    about: str
    finding: Finding
    answer: Answer
