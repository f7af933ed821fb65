"""The kinds of files by their first keys alone; `kinds` has the model of each, and takes long to import."""

from __future__ import annotations

KIND_NAMES = (
    "procedure",
    "block",
    "rulebook",
    "organisation",
    "calendar",
    "codelist",
    "tests",
    "history",
    "overlay",
    "migration",
)
