"""What would come of it: an opening decided, and nothing recorded. (For requests about a case: `acting.preview`.)"""

from __future__ import annotations

from dataclasses import replace

from inprocap_flow.engine.case.records import Decision, Refusal, Request
from inprocap_flow.engine.decide import decide
from inprocap_flow.service.choosing import day_of, release_for
from inprocap_flow.service.desk import Desk


def preview_opening(
    desk: Desk, procedure: str, organisation: str, request: Request, *, version: str | None = None
) -> Decision | Refusal:
    """Return what opening a case would come to. Raises NotFound, DefinitionDefect."""
    extra = {"case": "case-rehearsed", "seed": desk.random_bytes(32).hex(), **request.extra}
    with desk.store.reading() as reading:
        now = desk.clock.now()
        day = day_of(desk, reading, organisation, request, now)
        released = release_for(desk, reading, procedure, organisation, day, version)
        binding = desk.bind(reading, released.content_hash, organisation)
    return decide(binding, None, replace(request, kind="open", extra=extra), now)
