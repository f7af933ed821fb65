"""A deadline whose end nobody notices."""

from __future__ import annotations

from collections.abc import Iterator

from inprocap_flow.language.checks.deadlines import all_steps, belongs
from inprocap_flow.language.checks.finding import ERROR, Around, Finding, of_line
from inprocap_flow.language.checks.reading import readings
from inprocap_flow.language.model import Definition

CODE = "deadline-without-effect"
SEVERITY = ERROR


def check(definition: Definition, _around: Around) -> Iterator[Finding]:
    """Yield a finding for each deadline that fires nothing, blocks nothing, is read by nothing and reminds nobody.

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
            ends = deadline.when_over or deadline.remind or deadline.outlives_case or deadline.met_when
            if not ends and (line.kind, deadline.name) not in noticed | counted:
                yield Finding(
                    of_line(line.kind, "deadlines", deadline.name),
                    f"Nothing happens when the deadline `{deadline.name}` ends.",
                    "Let a step wait for it (`within`, `after`), fire one (`when_over`), or remind somebody.",
                )
