"""What happens after a story of a shipped test file: told in its words, with what must come back."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import cast

from inprocap_flow.service.desk import Desk
from inprocap_flow.service.rehearsal import Rehearsal
from inprocap_flow.service.scenarios import player_for
from inprocap_flow.store.port import Store

DEFINITIONS = Path(__file__).parents[2] / "definitions"


@cache
def desk() -> Desk:
    """Return a desk without a database: stories are told in memory."""
    return Desk(cast("Store", None))


def told(
    folder: Path, procedure: str, deeds: str, *, after: str, instead: Mapping[str, str] | None = None
) -> Rehearsal:
    """Tell *deeds* after the story *after* of the shipped *procedure*; assert that each comes out as it says.

    *instead* replaces words of the shipped stories, such as the organisation. The file is written to *folder*; an
    organisation or a calendar that lies there is taken before the shipped one.
    """
    stories, _, _ = (DEFINITIONS / f"{procedure}.test.yaml").read_text(encoding="utf-8").partition("\nscenarios:")
    for word, other in (instead or {}).items():
        assert word in stories
        stories = stories.replace(word, other)
    lines = [line.strip() for line in deeds.strip().splitlines()]
    more = "".join(f"\n    {line}" for line in [f"- {{story: {after}}}", *lines])
    path = folder / f"{procedure}.test.yaml"
    nothing = "\n  - {fact: Nothing more, given: told_here, steps: []}"
    path.write_text(f"{stories}\n  told_here:{more}\n\nscenarios:{nothing}\n", encoding="utf-8")
    play, faults = player_for(path, desk()).tell("told_here")
    assert [f"{fault.place}: {fault.says}" for fault in faults] == []
    return play
