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

MOST_TRIED = 12
"""So often a story is played to find out what may be left out."""


def shortened(deeds: Sequence[Deed], binding: Binding) -> tuple[Deed, ...]:
    """Return *deeds* without those that may be left out with the same coming of all others.

    All that is doubtful is left out at once; where that does not hold, one half of it and then the other, and so on.
    """
    kept, groups = list(deeds), [_doubtful(deeds)]
    for _ in range(MOST_TRIED):
        if not groups or not groups[0]:
            break
        group = groups.pop(0)
        without = [one for one in kept if not any(one is other for other in group)]
        if holds(without, binding):
            kept = without
        elif len(group) > 1:
            groups += [group[: len(group) // 2], group[len(group) // 2 :]]
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
        except FlowError as defect:
            if isinstance(defect, DefinitionDefect) and deed.then is not None and deed.then.refused == (defect.code,):
                continue
            return False
        if any(True for _ in differences(play, deed.new or deed.on or MAIN, deed.then, outcome, now)):
            return False
    return True
