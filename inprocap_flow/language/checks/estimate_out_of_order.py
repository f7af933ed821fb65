"""An estimate whose least is more than its likely length, or its likely one more than the most."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from inprocap_flow.calendar.periods import parse_period
from inprocap_flow.language.checks.finding import ERROR, Around, Finding
from inprocap_flow.language.checks.lengths import Days, Length
from inprocap_flow.language.model import CASE, Deadline, Definition
from inprocap_flow.language.model.footings import ESTIMATE
from inprocap_flow.language.model.own_lengths import own_lengths

CODE = "estimate-out-of-order"
SEVERITY = ERROR
NOTHING_TO_PLAY = "estimates are used by plans; no case is decided by them"
COUNTED = Deadline("estimate", CASE, {}, "due")  # estimates are counted like any deadline, in the calendar of the house
NAMES = ("least", "likely", "most")


def check(definition: Definition, around: Around) -> Iterator[Finding]:
    """Yield a finding for each estimate whose least, likely and most length do not follow each other."""
    days = Days(definition, around)
    for one in own_lengths(definition):
        if one.kind != ESTIMATE or len(one.periods) != len(NAMES):
            continue
        likely, least, most = (Length(str(parse_period(text)), (parse_period(text),)) for text in one.periods)
        for (name, short), (other, long) in pairwise(zip(NAMES, (least, likely, most), strict=True)):
            if days.is_always_shorter(COUNTED, long, short):
                fact = f"`{one.key}` is {short} at the {name} and {long} {_said(other)}: that is less."
                yield Finding(one.key, fact.replace("at the likely", "likely"), "Put the three in order.")


def _said(name: str) -> str:
    return "likely" if name == "likely" else f"at the {name}"
