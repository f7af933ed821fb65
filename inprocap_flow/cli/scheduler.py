"""``scheduler``: deadlines end, reminders fall due and messages go out while nobody asks for anything."""

from __future__ import annotations

import signal
import threading
from datetime import UTC, datetime, tzinfo
from types import FrameType
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from inprocap_flow.cli import exits, layout
from inprocap_flow.cli.session import Session, pass_session

if TYPE_CHECKING:
    from inprocap_flow.service.desk import Desk
    from inprocap_flow.service.timekeeping.ticked import Ticked
    from inprocap_flow.store.planned import Soonest

_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
# What a tick counts, and how one and many of it are called.
_COUNTS = {
    "ended": ("deadline ended", "deadlines ended"),
    "written": ("reminder written", "reminders written"),
    "overtaken": ("reminder overtaken", "reminders overtaken"),
    "handed": ("message handed over", "messages handed over"),
    "sent": ("delivery sent", "deliveries sent"),
    "dead": ("delivery given up", "deliveries given up"),
    "failed": ("could not be done, see the log", "could not be done, see the log"),
}
_KINDS = {"expiry": "a deadline ends", "reminder": "a reminder", "delivery": "a delivery"}


@click.command()
@click.option("--once", is_flag=True, help="Do what is due now, say what it was, and stop.")
@click.option("--rebuild", is_flag=True, help="First make all planned reminders anew from the cases.")
@click.pass_context
@pass_session
def scheduler(session: Session, ctx: click.Context, once: bool, rebuild: bool) -> None:
    """Let time pass: deadlines end, reminders fall due, messages go out. Runs until it is stopped.

    It looks at most 30 seconds apart and sleeps until something is due. Ctrl-C or SIGTERM stops it after the
    transaction under way. Two of them on one database do nothing twice, so a second machine may stand by.

    Example: inprocap-flow scheduler --once
    """
    session.log_what_happens()
    desk = session.reading_desk
    desk.store.create()
    if rebuild:
        _rebuild(session, desk)
    if once:
        ctx.exit(_once(session, desk))
    ctx.exit(_run(session, desk))


def _rebuild(session: Session, desk: Desk) -> None:
    from inprocap_flow.service.timekeeping.rebuilding import rebuild

    with desk.store.reading() as reading:
        organisations = reading.reminders.organisations()
    for organisation in organisations:
        done = rebuild(desk, organisation, desk.clock.now())
        session.note(f"{organisation}: planned reminders made anew, {done} case{'' if done == 1 else 's'}.")


def _once(session: Session, desk: Desk) -> int:
    from inprocap_flow.service.timekeeping.rebuilding import rebuild_where_needed
    from inprocap_flow.service.timekeeping.ticking import tick

    rebuild_where_needed(desk, desk.clock.now())
    ticked = tick(desk)
    session.answer(plain(ticked), lines(ticked, _zone(session, desk)))
    return exits.PROBLEMS if ticked.failed else exits.DONE


def _run(session: Session, desk: Desk) -> int:
    from inprocap_flow.scheduler import run

    stopped = threading.Event()
    caught: list[int] = []

    def stop(number: int, _frame: FrameType | None) -> None:
        caught.append(number)
        signal.signal(number, signal.SIG_DFL)  # whoever asks twice does not wait
        stopped.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    session.note("Looking after time. Stop with Ctrl-C.")
    zone = _zone(session, desk)
    for line in _next(desk.store.soonest(live=True), zone):
        session.note(line)
    run(desk, stopped, tell=lambda ticked: _tell(session, ticked, zone))
    session.note("Stopped.")
    return exits.STOPPED if signal.SIGINT in caught else exits.DONE


def _tell(session: Session, ticked: Ticked, zone: tzinfo) -> None:
    if session.as_json:  # one document a line, for whoever reads along
        import json

        click.echo(json.dumps(plain(ticked), ensure_ascii=False))
        return
    for line in lines(ticked, zone):
        click.echo(line)


def plain(ticked: Ticked) -> dict[str, Any]:
    """Return a tick as JSON data."""
    return {
        "at": ticked.at.isoformat(),
        **{name: getattr(ticked, name) for name in _COUNTS},
        "next": {name: moment.isoformat() if moment else None for name, moment in _moments(ticked.soonest)},
    }


def lines(ticked: Ticked, zone: tzinfo) -> list[str]:
    """Return a tick as people read it, in their zone."""
    done = [f"{count} {_COUNTS[name][count != 1]}" for name in _COUNTS if (count := getattr(ticked, name))]
    text = layout.listed(done) if done else "nothing was due"
    return [*layout.wrapped(text, f"{_local(ticked.at, zone)}  "), *_next(ticked.soonest, zone)]


def _next(soonest: Soonest, zone: tzinfo) -> list[str]:
    known = [(moment, _KINDS[name]) for name, moment in _moments(soonest) if moment]
    if not known:
        return layout.wrapped("nothing is planned", "next: ")
    moment, what = min(known)
    return layout.wrapped(f"{_local(moment, zone)}, {what}", "next: ")


def _moments(soonest: Soonest) -> tuple[tuple[str, datetime | None], ...]:
    return (("expiry", soonest.expiry), ("reminder", soonest.reminder), ("delivery", soonest.delivery))


def _zone(session: Session, desk: Desk) -> tzinfo:
    """Return the zone of the organisation that is named or the only one; UTC where there are several, or none."""
    named = session.options.get("organisation") or session.settings.organisation
    with desk.store.reading() as reading:
        known = {entry.name for entry in reading.releases("organisation")}
        shown: set[str] = known & {str(named)} or known
        return ZoneInfo(desk.organisation(reading, shown.pop()).zone) if len(shown) == 1 else UTC


def _local(moment: datetime, zone: tzinfo) -> str:
    """Return a moment in *zone*, to the second and with its offset: what one tick says is read beside logs."""
    shown = moment.astimezone(zone)
    return f"{_WEEKDAYS[shown.weekday()]} {shown:%Y-%m-%d %H:%M:%S} {'UTC' if zone is UTC else f'{shown:%z}'}"
