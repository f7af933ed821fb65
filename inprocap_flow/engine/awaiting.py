"""Which reports of linked cases a case can take where it stands, and from which cases they would come."""

from __future__ import annotations

from collections.abc import Iterator

from inprocap_flow.engine.case.binding import Binding
from inprocap_flow.engine.case.records import MAIN, Case, LineState
from inprocap_flow.language.model import Receipt, Step
from inprocap_flow.records import record


@record
class Awaited:
    """A report that a line can take now: the step that it carries out, and the cases it can come from, as far as known.

    ``cases`` is empty where no field names a case of such a procedure; any case of ``receipt.of`` may report then.
    """

    line: str
    step: Step
    receipt: Receipt
    cases: tuple[str, ...] = ()


def awaited(binding: Binding, case: Case) -> tuple[Awaited, ...]:
    """Return the reports that lines of *case* can take where they stand; those that begin a track are left aside."""
    if case.main.ended or not binding.definition.receives:
        return ()
    return tuple(one for line in case.in_order if not line.ended for one in _of_line(binding, case, line))


def _of_line(binding: Binding, case: Case, line: LineState) -> Iterator[Awaited]:
    for receipt in binding.definition.receives.values():
        step = binding.machine.step(line.kind, receipt.step) if receipt.line == line.kind else None
        if step is None or line.state not in step.sources:
            continue
        if step.while_case and case.main.state not in step.while_case:
            continue
        yield Awaited(line.id, step, receipt, tuple(dict.fromkeys(_senders(binding, line, receipt))))


def _senders(binding: Binding, line: LineState, receipt: Receipt) -> Iterator[str]:
    """Yield the cases that the line names: the one whose line it is, else each of a procedure that so reports."""
    if receipt.sender is not None and line.id != MAIN:
        if named := line.fields.get(receipt.sender):
            yield str(named)
        return
    for name, declared in binding.definition.line(line.kind).fields.items():
        named = line.fields.get(name)
        if declared.type == "case" and named and _may_report(binding, str(named), receipt):
            yield str(named)


def _may_report(binding: Binding, case_id: str, receipt: Receipt) -> bool:
    """Tell whether a case is one of a procedure that so reports; where nobody can say, it may be."""
    linked = binding.linked(case_id) if binding.linked is not None else None
    return linked is None or linked.procedure in receipt.of
