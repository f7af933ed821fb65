"""Something that people may do to a deadline on paper, and never can."""

from __future__ import annotations

from collections.abc import Iterator

from inprocap_flow.calendar.periods import parse_period
from inprocap_flow.language.checks.deadlines import acts, of_act
from inprocap_flow.language.checks.finding import ERROR, Around, Finding
from inprocap_flow.language.model import CASE, ClockAct, Deadline, Definition, Tell

CODE = "act-never-possible"
SEVERITY = ERROR
NOTHING_TO_PLAY = (
    "no case comes to a moment at which the act would be possible, and that nobody ever asks for it shows nothing"
)

FOLLOWING = ("extend", "suspend", "resume", "restart", "correct")
RUNS = ("extend", "suspend", "correct")  # what can only be done while the deadline runs


def check(definition: Definition, _around: Around) -> Iterator[Finding]:
    """Yield a finding for each act that no case allows, that nobody can do, or that nothing leads back from."""
    for deadline, act in acts(definition):
        for fact, mend in (*_impossible(deadline, act), *_nobody(definition, deadline, act)):
            yield Finding(of_act(deadline, act), fact, mend)


def _impossible(deadline: Deadline, act: ClockAct) -> Iterator[tuple[str, str]]:
    kind, name = act.kind, deadline.name
    if deadline.backwards_from and kind in FOLLOWING:
        yield (
            f"`{name}` moves only with what it is counted back from, so nobody can {kind} it.",
            f"Write `{kind}:` under `{deadline.backwards_from}`, or remove it.",
        )
    if kind == "satisfy" and deadline.kind != "due":
        yield (
            f"`{name}` is no duty (`kind: {deadline.kind}`), so nobody can satisfy it.",
            "Remove it, or write `stop:`.",
        )
    if kind == "resume" and "suspend" not in deadline.acts:
        yield f"Nobody can suspend `{name}`, so nobody can resume it.", "Write `suspend:`, or remove `resume:`."
    if kind == "suspend" and "resume" not in deadline.acts:
        yield f"`{name}` can be suspended, but never runs again.", "Write `resume:`."
    if kind in RUNS and name in act.requires.after:
        yield (
            f"`{name}` must be over before anybody may {kind} it, and then it is too late.",
            "Remove it from `after:`.",
        )
    if kind == "resume" and name in (*act.requires.within, *act.requires.after):
        yield f"`{name}` stands still then, so it is neither `within` nor `after`.", "Remove it there."
    yield from _too_long(deadline, act)


def _too_long(deadline: Deadline, act: ClockAct) -> Iterator[tuple[str, str]]:
    if act.takes is None or not isinstance(deadline.period, str):
        return
    takes, period = parse_period(act.takes), parse_period(deadline.period)
    if takes.unit == period.unit and takes.count >= period.count:
        yield (
            f"To extend `{deadline.name}` takes {takes}, and it lasts {period}: it is too late from the first day.",
            "Shorten `takes:`.",
        )


def _nobody(definition: Definition, deadline: Deadline, act: ClockAct) -> Iterator[tuple[str, str]]:
    above = _above(definition, deadline.line)
    for name in act.by:
        role = definition.roles.get(name)
        if role is None:
            yield f"`{name}` does not {act.kind} anything: what is done to deadlines is done by people.", "Name a role."
        elif "move" in role.never:
            yield f"`{name}` may never carry out anything (`never: move`).", "Name another role, or change `never:`."
        elif role.speaks_for and role.speaks_for not in above:
            whose = f"the track {deadline.line}" if deadline.line else "the case"
            yield (
                f"`{name}` acts only for its own {role.speaks_for}, and the deadline belongs to {whose}.",
                "Name another role.",
            )
    for tell in act.tells:
        if tell.this is not None and tell.this not in above:
            yield _tells_nobody(deadline, tell)


def _tells_nobody(deadline: Deadline, tell: Tell) -> tuple[str, str]:
    fact = f"This `{tell.this}` is told, but the deadline `{deadline.name}` belongs to none."
    return fact, f"Write {{every: {tell.this}}}."


def _above(definition: Definition, kind: str) -> set[str]:
    """Return the kinds of tracks that a line of *kind* is, or belongs to."""
    seen: set[str] = set()
    while kind != CASE and kind in definition.tracks and kind not in seen:
        seen.add(kind)
        kind = definition.tracks[kind].parent or CASE
    return seen
