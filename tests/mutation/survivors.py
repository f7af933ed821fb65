# ruff: noqa: E501 - sentences of a page
"""Mutants that nothing notices, and why that is so. A survivor that stands here is explained in every report."""

from __future__ import annotations

import re

from tests.mutation.judging import Judged

LACKING = "A scenario is lacking:"
EXPLAINED: tuple[tuple[str, str, str], ...] = (
    ("four-eyes-dropped", "", f"{LACKING} nobody tries to sign there who may not."),
    ("covers-nothing", "", f"{LACKING} nothing that this approval covers is changed after it was given."),
    ("secret-dropped", "", f"{LACKING} nobody from whom it is secret tries to read it."),
    ("seal-dropped", "", f"{LACKING} nobody tries to read it before its milestone."),
    ("start-dropped", "record_retention", f"{LACKING} after this end of the case nobody asks if the file is kept."),
    ("start-dropped", "", f"{LACKING} nobody looks at the deadline after this step."),
    ("meeting-dropped", "", f"{LACKING} nobody looks at the deadline after this step."),
    ("period-changed", "", f"{LACKING} nobody looks at the day on which it ends; `due` refuses nothing."),
    ("gate-dropped", "extend_closing|steps.enter|steps.clarify|explain_price", "Equivalent in effect: the end of the deadline leads to a stage where this step is not offered."),
    ("ends-left-open", "call-off: steps.drop|market-consultation: steps.give_up|qualified-call: steps.drop", "Equivalent in effect: before the value is released nothing is open that could be ended."),
    ("nobody-fills", "specification", "Missed by `nobody-can-fill`: a correction may bring all that is published, so the paper counts as one that somebody gives, though nobody can bring it the first time."),
    ("gate-dropped", "", "The end of the deadline leads out of the stage by itself, or no scenario comes too late."),
    ("condition-removed", "", f"{LACKING} nobody tries the step while the condition does not hold."),
    ("counted-elsewhere", "", f"{LACKING} nobody tries the step while a track stands where it should not."),
    ("approval-dropped", "", f"{LACKING} nobody tries this step without the signatures."),
    ("paper-not-handed-in", "", f"{LACKING} nobody tries this step without it."),
    ("signature-dropped", "", f"{LACKING} nobody tries to use the approval without this signature."),
)  # fmt: skip
"""Class of faults, pattern of what was done, reason."""


def reason(one: Judged) -> str:
    """Return why *one* survives; nothing if that was not looked into."""
    for fault, pattern, why in EXPLAINED:
        if one.fault == fault and re.search(pattern, f"{one.subject}: {one.what}"):
            return why
    return ""
