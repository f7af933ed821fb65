"""What a deadline follows no longer, since an overlay gave it a length of its own: a limit and its reductions."""

from __future__ import annotations

from collections.abc import Iterator

from inprocap_flow.language.model import Deadline, Definition
from inprocap_flow.service.reading.sentences import Sentence
from inprocap_flow.service.reading.speech import Speech, limits_in

KEYS = ("period", "at_least")


def no_longer_followed(speech: Speech, deadline: Deadline) -> Iterator[Sentence]:
    """Yield a sentence for each limit that *deadline* rested on before the overlays and rests on no more.

    Below it stand the reductions that are lost. Nothing for a procedure without overlays, or one that only adds.
    """
    before = speech.book.before
    old = _before(before, deadline) if before is not None else None
    if old is None:
        return
    for key in KEYS:
        now = limits_in(getattr(deadline, key))
        gone = [name for name in limits_in(getattr(old, key)) if name not in now]
        path = (*map(str, speech.book.line_path(deadline.line)), "deadlines", deadline.name, key)
        for name in gone:
            reductions = speech.limit(name).below
            what = "its reductions and later changes" if reductions else "its later changes"
            text = f"It no longer follows the limit {name}: {what} do not reach it here."
            mend = " To keep them, say by how much it is longer (`by:`)."
            yield Sentence(text + mend, speech.book.place(*path), reductions)


def _before(definition: Definition, deadline: Deadline) -> Deadline | None:
    """Return what *deadline* was without the overlays; None for one that they brought, with its track or alone."""
    line = next((line for line in definition.lines if line.kind == deadline.line), None)
    return line.deadlines.get(deadline.name) if line is not None else None
