"""Tables of the documentation that are made from the program: ``python -m tests.docs.tables`` writes them anew."""

from __future__ import annotations

import re
from pathlib import Path

from inprocap_flow.settings import describe

SETTINGS = Path(__file__).parents[2] / "docs" / "reference" / "settings.md"
_TABLE = re.compile(r"(?<=<!-- made: settings -->\n).*?(?=<!-- end -->)", re.DOTALL)


def settings_table() -> str:
    """Return the table of all settings as Markdown."""
    rows = ["| In the file | In the environment | Default | What it is |", "| --- | --- | --- | --- |"]
    rows += [f"| `{s.key}` | `{s.variable}` | {f'`{s.default}`' if s.default else ''} | {s.says} |" for s in describe()]
    return "\n".join(rows) + "\n"


def shown_table() -> str:
    """Return the table as the page shows it."""
    found = _TABLE.search(SETTINGS.read_text(encoding="utf-8"))
    return found.group().strip("\n") + "\n" if found else ""


if __name__ == "__main__":
    page = SETTINGS.read_text(encoding="utf-8")
    SETTINGS.write_text(_TABLE.sub(lambda _: f"\n{settings_table()}\n", page), encoding="utf-8")
