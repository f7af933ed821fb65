"""What still waits for somebody in a file that was started: lines with `TO DO` that nobody has changed."""

from __future__ import annotations

from pathlib import Path

from inprocap_flow.service.starting.words import TO_DO


def left_to_do(file: Path) -> tuple[int, ...]:
    """Return the numbers of the lines of *file*, from 1, that wait for somebody: values, and remarks beside values.

    Lines that are nothing but a remark are left aside: they explain. A file that cannot be read has none.
    """
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return ()
    return tuple(number for number, line in enumerate(lines, 1) if TO_DO in line and not line.lstrip().startswith("#"))
