"""Write what the commands of a page really print into the page: ``python -m tests.docs.fill docs/tutorial/*.md``.

For whoever writes documentation. Output that still agrees, with its ``...``, is left as it is; read what changed before
you keep it, because a page may be right and the program wrong.
"""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.docs.console import agrees
from tests.docs.playing import CASE, play


def fill(page: Path) -> None:
    """Bring the output shown on *page* up to date; say where a command ends otherwise than announced."""
    text = page.read_text(encoding="utf-8")
    with TemporaryDirectory() as folder:
        played = play(page, Path(folder).resolve())
    for one in reversed(played):
        if one.exit_status != one.command.exit_status:
            announced = f"{one.command.place}: {' '.join(one.command.words)} ends with {one.exit_status}"
            print(f"{announced}, the page says {one.command.exit_status}")  # noqa: T201  # a tool for people
        if one.command.span and not agrees(one.command.expected, one.printed):
            start, end = one.command.span
            text = (
                text[:start] + "".join(f"{line.rstrip()}\n" for line in one.printed.rstrip().splitlines()) + text[end:]
            )
    page.write_text(_one_case(text), encoding="utf-8")


def _one_case(text: str) -> str:
    """Return *text* with one id throughout, where runs on several days left several; a page follows one case."""
    first = CASE.search(text)
    return CASE.sub(first.group(), text) if first else text


if __name__ == "__main__":
    for name in sys.argv[1:]:
        fill(Path(name).resolve())
