"""A story without what it does not need: values that were tried in vain, and declarations that nobody asked for."""

from __future__ import annotations

from collections.abc import Sequence

from inprocap_flow.engine.case.binding import Binding
from inprocap_flow.engine.case.records import MAIN
from inprocap_flow.errors import DefinitionDefect, FlowError
from inprocap_flow.language.scenarios import Deed
from inprocap_flow.service.expecting import differences
from inprocap_flow.service.rehearsal import Rehearsal
from inprocap_flow.service.scenarios import moments_of, request_of

MOST_DROPPED = 12
"""So many deeds are tried to be left out."""


def shortened(deeds: Sequence[Deed], binding: Binding) -> tuple[Deed, ...]:
    """Return *deeds* without those that may be left out with the same coming of all others."""
    kept = list(deeds)
    for deed in _doubtful(deeds)[:MOST_DROPPED]:
        without = [one for one in kept if one is not deed]
        if holds(without, binding):
            kept = without
    return tuple(kept)


def _doubtful(deeds: Sequence[Deed]) -> list[Deed]:
    """Return what may not be needed: a value that is given again later, a declaration that shows nothing."""
    found = []
    for number, deed in enumerate(deeds):
        later = deeds[number + 1 :]
        again = deed.verb == "fill" and any(
            one.verb == "fill" and one.on == deed.on and one.what.keys() == deed.what.keys() for one in later
        )
        if again or (deed.verb == "interest" and deed.then is None):
            found.append(deed)
    return found


def holds(deeds: Sequence[Deed], binding: Binding) -> bool:
    """Return whether *deeds* come out as they say when they are played from the beginning."""
    play = Rehearsal(binding)
    for deed in deeds:
        try:
            when, now = moments_of(deed, binding)
            outcome = play.play(request_of(play, deed, binding, when), now)
        except (DefinitionDefect, FlowError):
            return False
        if any(True for _ in differences(play, deed.new or deed.on or MAIN, deed.then, outcome, now)):
            return False
    return True
