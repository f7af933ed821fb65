"""Whether what is stored is what was recorded, for everybody who asks, and the head to keep outside (ruling 8)."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from inprocap_flow import logs
from inprocap_flow.errors import NotAllowed, NotFound
from inprocap_flow.service.desk import Desk
from inprocap_flow.store.chain import BadHead, Head

if TYPE_CHECKING:
    from inprocap_flow.store.report import Finding, Report

_HEAD = re.compile(r"head-\S+-[0-9]+-[0-9a-f]{64}")
_EVENT = re.compile(r"event (\d+)\b")
LARGEST_FILE = 50_000_000  # bytes; a head stands in an export, a digest or a note, and none of them is larger


def verify(
    desk: Desk, *, case_id: str | None = None, organisation: str | None = None, against: Head | None = None
) -> Report:
    """Audit one case, one organisation, or all there is. Raises NotAllowed for a head of somebody else."""
    stopwatch = logs.Stopwatch()
    report = desk.store.audit(organisation, case_id=case_id, against=against)
    logs.happened(
        logs.AUDIT_TRAIL_VERIFIED,
        case=case_id,
        organisation=organisation,
        count=report.events,
        problems=len(report.findings),
        duration_ms=stopwatch.duration_ms,
    )
    return report


def find_head(text: str, organisation: str | None = None) -> Head:
    """Return the head that *text* is, or that stands in the file it names: the latest one there.

    Raises BadHead, NotAllowed where a file holds heads of several organisations and none is named.
    """
    if _HEAD.fullmatch(text.strip()):
        return Head.parse(text)
    path = Path(text)
    if not path.is_file():
        raise BadHead(
            f"{text[:120]!r} is neither a head nor a file that holds one",
            mend="write it as printed: head-ORGANISATION-NUMBER-, then 64 hexadecimal digits; or name the file",
        )
    if path.stat().st_size > LARGEST_FILE:
        raise BadHead(f"{text} is too large to be searched for a head", mend="give the head itself")
    try:
        written = path.read_text(encoding="utf-8", errors="replace")
    except OSError as wrong:
        raise BadHead(f"{text} cannot be read: {wrong.strerror}", mend="give the head itself") from wrong
    found = {Head.parse(one) for one in _HEAD.findall(written)}
    wanted = {head for head in found if organisation in (None, head.organisation)}
    if not wanted:
        raise BadHead(f"no head stands in {text}", mend="name a file that an export or `audit head` wrote")
    if len({head.organisation for head in wanted}) > 1:
        known = ", ".join(sorted({head.organisation for head in wanted}))
        raise NotAllowed(f"{text} holds heads of several organisations: {known}", mend="name one with --organisation")
    return max(wanted, key=lambda head: head.number)


def take_head(desk: Desk, organisation: str) -> Head:
    """Chain the heads of the organisation's cases and return its head, to be kept where this database cannot reach.

    Raises NotFound for an organisation that has no cases here.
    """
    if not desk.store.cases(organisation):
        raise NotFound(f"{organisation} has no cases here", mend="look at the list: inprocap-flow cases --all")
    return desk.store.checkpoint(organisation, now=desk.clock.now())


def event_of(finding: Finding) -> int | None:
    """Return the number of the event that a finding is about, None if it is about the whole."""
    found = _EVENT.match(finding.fact)
    return int(found[1]) if found else None
