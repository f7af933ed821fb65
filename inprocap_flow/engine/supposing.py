"""What an act on a deadline would move if everything that people can still mend were mended: for previews only."""

from __future__ import annotations

from datetime import datetime

from inprocap_flow.engine.acts import clock_acts
from inprocap_flow.engine.carrying.beginning import begin_work
from inprocap_flow.engine.carrying.closing import left_open
from inprocap_flow.engine.carrying.settle import pass_time, settle
from inprocap_flow.engine.carrying.work import Refused
from inprocap_flow.engine.case.binding import Binding
from inprocap_flow.engine.case.records import Case, Decision, Request, When
from inprocap_flow.engine.turn import decided
from inprocap_flow.language.model import CLOCK_ACTS


def suppose(binding: Binding, case: Case, request: Request, now: datetime) -> Decision | None:
    """Return the decision that an act on a deadline would be with every signature, paper and right in place.

    None where the act itself is impossible: nobody declared it, the deadline is over, the end is too early or missing.
    Nothing of it may be recorded.
    """
    if request.kind not in CLOCK_ACTS:
        return None
    when = request.happened or When.exactly(now)
    expiries = pass_time(binding, case, request, now, when.first)
    work = begin_work(binding, expiries[-1].case if expiries else case, request, now, when)
    try:
        if not clock_acts.take_effect(work, request):
            return None
        settle(work)
    except Refused:
        return None
    return None if left_open(work) else decided(request, [*expiries, work])
