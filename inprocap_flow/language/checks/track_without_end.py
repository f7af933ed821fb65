"""A kind of track that does not say where it goes when the case ends."""

from __future__ import annotations

from collections.abc import Iterator

from inprocap_flow.language.checks.finding import ERROR, Around, Finding
from inprocap_flow.language.model import Definition

CODE = "track-without-end"
SEVERITY = ERROR
NOTHING_TO_PLAY = (
    "where such a track goes when the case ends is what the file does not say, so there is nothing to hold a "
    "case against"
)


def check(definition: Definition, _around: Around) -> Iterator[Finding]:
    """Yield a finding for each kind of track without `if_case_ends`."""
    for kind, line in definition.tracks.items():
        if line.if_case_ends is None:
            yield Finding(
                f"tracks.{kind}",
                f"Where does a track `{kind}` go when the case ends before it?",
                "Write `if_case_ends:` with one of its final stages.",
            )
