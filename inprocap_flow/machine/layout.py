"""From DOT text to a picture, through the ``graphviz-pure`` program: no system package, no network."""

from __future__ import annotations

import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

from inprocap_flow.errors import Unsupported

PROGRAM = "graphviz-pure"
SECONDS = 60  # a main line of 60 states takes a few; one that takes longer would not be legible either


def svg(dot: str, *, seconds: float = SECONDS) -> str:
    """Return *dot* laid out as SVG. Raises Unsupported if the program is missing, refuses it or takes too long."""
    return _laid_out(dot, "svg", seconds).decode()


def png(dot: str, *, seconds: float = SECONDS) -> bytes:
    """Return *dot* laid out as a PNG picture. Raises Unsupported as `svg` does."""
    return _laid_out(dot, "png", seconds)


def _laid_out(dot: str, form: str, seconds: float) -> bytes:
    command = [_program(), f"-T{form}"]
    try:
        # The command is ours and the text goes through a pipe: nothing of a definition becomes an argument.
        done = subprocess.run(command, input=dot.encode(), capture_output=True, timeout=seconds, check=False)  # noqa: S603
    except subprocess.TimeoutExpired:
        raise Unsupported(
            f"the picture was not laid out within {seconds:g} seconds", mend="draw one track at a time, or take Mermaid"
        ) from None
    except OSError as broken:
        raise Unsupported(f"{PROGRAM} does not start: {broken}", mend="install it again") from broken
    if done.returncode or not done.stdout:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise Unsupported(f"{PROGRAM} made no picture: {said[0] if said else 'it said nothing'}", mend="take Mermaid")
    return done.stdout


@cache
def _program() -> str:
    beside = Path(sys.executable).parent / PROGRAM
    found = str(beside) if beside.is_file() else shutil.which(PROGRAM)
    if found is None:
        raise Unsupported(f"the program {PROGRAM} is not installed", mend=f"pip install {PROGRAM}")
    return found
