"""Which case is meant: people type the first or last characters of an id, as many as no other case has."""

from __future__ import annotations

from inprocap_flow.errors import NotFound
from inprocap_flow.service.desk import Desk

SHORTEST = 3  # characters; fewer are a slip of the hand, not a name
LISTED = 5


def find_case(desk: Desk, text: str) -> str:
    """Return the id of the case that *text* means: a whole id, or the beginning or end of exactly one.

    The beginning may leave out ``case-``. Raises NotFound, which lists the candidates if there are several.
    """
    found = case_meant(desk, text)
    if found is None:
        raise NotFound(f"there is no case {text[:80]}", mend="look at the list: inprocap-flow cases")
    return found


def case_meant(desk: Desk, text: str) -> str | None:
    """Return what `find_case` does, None where no case here can be meant. Raises NotFound if several can."""
    with desk.store.reading() as reading:
        known = reading.case_ids()
    if text in known:
        return text
    found = _candidates(known, text)
    if len(found) <= 1:
        return found[0] if found else None
    listed = ", ".join(found[:LISTED]) + (f" and {len(found) - LISTED} more" if len(found) > LISTED else "")
    raise NotFound(f"{text} may mean {len(found)} cases: {listed}", mend="type more of it")


def _candidates(known: tuple[str, ...], text: str) -> list[str]:
    if len(text) < SHORTEST:
        return []
    return [
        name
        for name in known
        if name.startswith(text) or name.endswith(text) or name.partition("-")[2].startswith(text)
    ]


def short_name(case_id: str, known: tuple[str, ...], least: int = 6) -> str:
    """Return the last characters of *case_id*, as many as no other of *known* ends with, *least* at least."""
    for length in range(least, len(case_id)):
        end = case_id[-length:]
        if not any(other.endswith(end) for other in known if other != case_id):
            return end
    return case_id
