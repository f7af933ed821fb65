"""Approvals that take time of their own: collecting signatures, and the meeting of a committee.

An approval of which nobody says how long it takes, and that needs no meeting, is part of the stage it ends: collecting
its signatures lies within what the stage usually takes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from inprocap_flow.language.model import Approval, Line, Step
from inprocap_flow.records import changed, record
from inprocap_flow.service.planning.durations import APPROVAL, CHOSEN, Length, Thing, exactly, typical_of
from inprocap_flow.service.planning.items import Item
from inprocap_flow.service.planning.meeting import Committee, committee_of
from inprocap_flow.service.planning.network import Link, Point

if TYPE_CHECKING:
    from inprocap_flow.service.planning.drafting import Drafter


@record
class Slow:
    """An approval with the time that its signatures take, and the committee at whose meeting it is given."""

    approval: Approval
    length: Length | None
    committee: Committee | None


def approved(drafter: Drafter, line: Line, step: Step, target: str, links: list[Link]) -> list[Link]:
    """Return the links to *target*, the point of *step*, with the approvals in between that take time of their own."""
    names = [name for name in step.already_there.approvals if name not in drafter.approved]
    slow = [one for name in names if (one := _slow(drafter, line, name)) is not None]
    if not slow:
        return links
    ready = f"papers {step.name}"
    work = drafter.work
    point = Point(ready, work.on_or_after, work.on_or_before, [changed(link, target=ready) for link in links])
    point.links += drafter.from_today(ready)
    title = f"Ready for signing: {drafter.step_title(line, step)}"
    drafter.add(Item(ready, "papers", title, line.kind, since=drafter.entry), point)
    return [changed(link, target=target) for one in slow for link in _signed(drafter, line, one, ready)]


def _slow(drafter: Drafter, line: Line, name: str) -> Slow | None:
    approval = drafter.binding.definition.find_approval(line.kind, name)
    if approval is None:
        return None
    thing, title = Thing(APPROVAL, approval.line, name), drafter.text(approval.title, name)
    length = drafter.lengths.known(thing, title, typical_of(approval))
    delay = drafter.lengths.delay(thing)
    if length is None and delay is not None:
        length = exactly(delay, CHOSEN)
    committee = committee_of(drafter.binding, line.kind, approval)
    return Slow(approval, length, committee) if length or committee else None


def _signed(drafter: Drafter, line: Line, slow: Slow, ready: str) -> Iterator[Link]:
    approval, committee = slow.approval, slow.committee
    title = drafter.text(approval.title, approval.name)
    link = Link(ready, "", why=f"papers ready for {title}")
    if slow.length is not None:
        delay = drafter.lengths.delay(Thing(APPROVAL, approval.line, approval.name))
        link = drafter.span(ready, slow.length, f"for the approval {title}")
        if delay is not None and slow.length != exactly(delay, CHOSEN):
            link = link.then(drafter.adding(delay), why=f"{link.why}, and {delay} more")
    if committee is None:
        yield link
        return
    name = f"meeting {approval.name}"
    sitting = committee.reached(link.shift(drafter.day(ready)))
    item = Item(name, "meeting", f"{title}: meeting of {committee.name}", line.kind, committee=committee,
                meeting=sitting.id if sitting else "", since=ready)  # fmt: skip
    drafter.add(item, Point(name, links=[link.then(committee.given, target=name)]))
    if sitting is None:
        drafter.draft.notes.append(
            f"No meeting of {committee.name} is known that the papers for {title} can still go to; "
            "planned is the day after the last known one."
        )
    else:
        drafter.clocks.tell(**{committee.field: sitting.id})
    yield Link(name, "", why=f"{title}, given at the meeting")
