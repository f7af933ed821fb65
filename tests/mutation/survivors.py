"""Mutants that nothing notices, and why that is so. A survivor that stands here is explained in every report."""

from __future__ import annotations

import re

from tests.mutation.judging import Judged

EXPLAINED: tuple[tuple[str, str, str], ...] = ()
"""Class of faults, pattern of what was done, reason."""


def reason(one: Judged) -> str:
    """Return why *one* survives; nothing if that was not looked into."""
    for fault, pattern, why in EXPLAINED:
        if one.fault == fault and re.search(pattern, f"{one.subject}: {one.what}"):
            return why
    return ""
