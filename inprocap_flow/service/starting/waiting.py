"""What still waits for somebody in a file that was started."""

from __future__ import annotations

from pathlib import Path

from inprocap_flow.language.left import lines_left


def left_to_do(file: Path) -> tuple[int, ...]:
    """Return the numbers of the lines of *file*, from 1, that wait for somebody; none of one that cannot be read."""
    try:
        return lines_left(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        return ()
