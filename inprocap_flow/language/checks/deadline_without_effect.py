"""A deadline whose end nobody notices."""

from __future__ import annotations

from collections.abc import Iterator

from inprocap_flow.language.checks.deadlines import all_steps, belongs
from inprocap_flow.language.checks.finding import ERROR, Around, Finding, of_line
from inprocap_flow.language.checks.reading import readings
from inprocap_flow.language.model import Deadline, Definition

CODE = "deadline-without-effect"
SEVERITY = ERROR
NOTHING_TO_PLAY = "nothing hangs on the deadline: a case goes on the same whether it runs or has ended"


def check(definition: Definition, _around: Around) -> Iterator[Finding]:
    """Yield a finding for each deadline that fires nothing, blocks nothing, is read by nothing and reminds nobody.

    To remind people is not enough for a deadline before whose end something may not come: nothing keeps it from coming.
    A deadline that outlives the case is there to be seen: the retention of the file.
    """
    noticed = {belongs(definition, step.line, name) for step in all_steps(definition)
               for name in (*step.already_there.within, *step.already_there.after)}  # fmt: skip
    noticed |= {
        belongs(definition, reading.line, use.word)
        for reading in readings(definition)
        for use in reading.uses()
        if use.kind == "deadline"
    }
    counted = {belongs(definition, line.kind, one.backwards_from) for line in definition.lines
               for one in line.deadlines.values() if one.backwards_from}  # fmt: skip
    for line in definition.lines:
        for deadline in line.deadlines.values():
            if (line.kind, deadline.name) in noticed | counted or _ends_in_something(deadline):
                continue
            if deadline.kind != "not_before":
                yield Finding(of_line(line.kind, "deadlines", deadline.name), *_nothing_happens(deadline.name))
            else:
                yield Finding(of_line(line.kind, "deadlines", deadline.name), *_nothing_waits(deadline.name))


def _ends_in_something(deadline: Deadline) -> bool:
    reminds = deadline.remind and deadline.kind != "not_before"
    return bool(deadline.when_over or reminds or deadline.outlives_case or deadline.met_when)


def _nothing_happens(name: str) -> tuple[str, str]:
    mend = "Let a step wait for it (`within`, `after`), fire one (`when_over`), or remind somebody."
    return f"Nothing happens when the deadline `{name}` ends.", mend


def _nothing_waits(name: str) -> tuple[str, str]:
    fact = f"Nothing waits for the deadline `{name}`: what may not come before it ends can come at any time."
    return fact, f"Name it in the step that must wait (`after: [{name}]`), or ask `over('{name}')` in a condition."
