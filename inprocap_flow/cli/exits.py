"""The exit statuses. They are an interface: scripts rest on them, so a number never changes its meaning."""

from __future__ import annotations

from typing import Final

DONE: Final = 0
PROBLEMS: Final = 1
USAGE: Final = 2
REFUSED: Final = 3
CONFLICT: Final = 4
DAMAGED: Final = 5
BUG: Final = 70
STOPPED: Final = 130

MEANINGS: Final = {
    DONE: "done",
    PROBLEMS: "the input has problems, or does not exist, or is not allowed here; nothing was changed",
    USAGE: "the command was not written as it must be",
    REFUSED: "refused: not yet, with every reason; nothing but the refusal was recorded",
    CONFLICT: "somebody else was faster; look again, then decide",
    DAMAGED: "what is stored is damaged, or cannot be reached",
    BUG: "a fault of this program",
    STOPPED: "stopped by Ctrl-C",
}
