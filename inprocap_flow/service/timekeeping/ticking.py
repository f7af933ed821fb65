"""One tick: all that is due now, in order, each step in transactions of its own, so that it can be cut anywhere."""

from __future__ import annotations

from collections.abc import Callable

from inprocap_flow import logs
from inprocap_flow.service.desk import Desk
from inprocap_flow.service.timekeeping.ticked import Ticked


def always() -> bool:
    """Go on; the default until somebody may say stop."""
    return True


def tick(desk: Desk, *, goes_on: Callable[[], bool] = always) -> Ticked:
    """Do all that is due at the desk's present moment; one look where nothing is.

    *goes_on* is asked between transactions; once it says no, what is left waits for the next tick, here or elsewhere.
    Raises StoreUnavailable; whatever else goes wrong is logged, counted and holds up nothing.
    """
    now = desk.clock.now()
    soonest = desk.store.soonest()
    if not soonest.is_due(now):
        return Ticked(now, soonest)
    stopwatch = logs.Stopwatch()
    from inprocap_flow.service.timekeeping.doing import do_all  # what does the work is loaded when there is some

    done = do_all(desk, now, goes_on)
    logs.happened(
        logs.TICK_DONE,
        duration_ms=stopwatch.duration_ms,
        **{name: getattr(done, name) for name in ("ended", "written", "overtaken", "handed", "sent", "dead", "failed")},
    )
    return done
