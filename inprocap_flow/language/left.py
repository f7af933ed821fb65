"""What is left to do in a file that was started: lines with `TO DO` that nobody has changed yet."""

from __future__ import annotations

TO_DO = "TO DO"
"""Stands in a file that was started wherever somebody has to put something of their own; search for it."""


def lines_left(text: str) -> tuple[int, ...]:
    """Return the numbers of the lines of *text*, from 1, that wait for somebody: values, and remarks beside values.

    Lines that are nothing but a remark are left aside: they explain.
    """
    if TO_DO not in text:
        return ()
    lines = enumerate(text.splitlines(), 1)
    return tuple(number for number, line in lines if TO_DO in line and not line.lstrip().startswith("#"))
