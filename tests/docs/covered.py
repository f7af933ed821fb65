"""Which procedures each shipped overlay is written for: ``python -m tests.docs.covered`` writes the table anew."""

from __future__ import annotations

import re
from pathlib import Path

from inprocap_flow.language.overlays import load_overlay

DEFINITIONS = Path(__file__).parents[2] / "definitions"
PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "organisations.md"
_TABLE = re.compile(r"(?<=<!-- made: overlays and procedures -->\n).*?(?=<!-- end -->)", re.DOTALL)
LOTS = "-lots"


def written_for() -> dict[str, tuple[str, ...]]:
    """Return the procedures of each shipped overlay: those of countries first."""
    files = [path for path in sorted((DEFINITIONS / "overlays").glob("*.yaml")) if "." not in path.stem]
    found = [load_overlay(path, (DEFINITIONS,)) for path in files]
    return {one.name: tuple(one.written_for) for one in sorted(found, key=lambda one: one.national is None)}


def without_lots() -> list[tuple[str, str]]:
    """Return each overlay with a procedure for lots that it leaves out although it has the sister without lots."""
    known = {path.stem for path in DEFINITIONS.glob("*-lots.yaml")}
    return [
        (overlay, f"{procedure}{LOTS}")
        for overlay, procedures in written_for().items()
        for procedure in procedures
        if f"{procedure}{LOTS}" in known and f"{procedure}{LOTS}" not in procedures
    ]


def table() -> str:
    """Return the table as Markdown: a line for each procedure that some overlay is for."""
    overlays = written_for()
    used = sorted({procedure for procedures in overlays.values() for procedure in procedures})
    rows = [f"| Procedure | {' | '.join(f'`{name}`' for name in overlays)} |", "| --- |" + " --- |" * len(overlays)]
    for procedure in used:
        marks = ("yes" if procedure in procedures else "" for procedures in overlays.values())
        rows.append(f"| `{procedure}` | {' | '.join(marks)} |")
    return "\n".join(rows) + "\n"


def shown_table() -> str:
    """Return the table as the page shows it."""
    found = _TABLE.search(PAGE.read_text(encoding="utf-8"))
    return found.group().strip("\n") + "\n" if found else ""


if __name__ == "__main__":
    page = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(_TABLE.sub(lambda _: f"\n{table()}\n", page), encoding="utf-8")
