"""What is said of a code: the page of a check, a section of a page on what is told while reading, or of a refusal."""

from __future__ import annotations

import re
from pathlib import Path

from inprocap_flow.errors import NotFound

READING = "reading"
"""The folder, below that of the checks, of what is told while files are read and names are looked up."""


def pages() -> dict[str, Path]:
    """Return the page about each code that has one of its own."""
    return {path.stem: path for path in sorted(_folder().glob("*.md"))}


def sections() -> dict[str, str]:
    """Return what is said of each code that stands with others on a page: a heading, and what it means."""
    found: dict[str, str] = {}
    for path in sorted((_folder() / READING).glob("*.md")):
        for part in re.split(r"^## ", path.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
            code, _, text = part.partition("\n")
            found[code.strip()] = f"# {code.strip()}\n\n{text.strip()}\n"
    return found


def explanation(code: str) -> str:
    """Return what is said about a code. Raises NotFound if nothing is, with the one that may be meant."""
    own, shared = pages(), sections()
    if code in own:
        return own[code].read_text(encoding="utf-8")
    if code in shared:
        return shared[code]
    from difflib import get_close_matches

    from inprocap_flow.cli.definitions_codes import REFUSALS

    if code in REFUSALS:
        said = REFUSALS[code]
        return f"# {code}\n\nA case is refused something: {said}. What it waits for: `inprocap-flow why CASE STEP`.\n"
    near = get_close_matches(code, {**own, **shared, **REFUSALS}, n=1)
    mend = f"did you mean {near[0]}?" if near else "the message itself says the fact and the mend"
    raise NotFound(f"there is no code {code!r} with a page", mend=mend)


def _folder() -> Path:
    package = Path(__file__).resolve().parents[1]
    bundled = package / "_bundled" / "checks"
    return bundled if bundled.is_dir() else package.parent / "docs" / "checks"
