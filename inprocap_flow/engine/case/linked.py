"""Whether there is a case to report to, and whether its procedure takes the report. Nothing else of it is asked for."""

from __future__ import annotations

from collections.abc import Iterator

from inprocap_flow.engine.case.binding import Binding
from inprocap_flow.engine.case.records import Blocker


def not_linked(binding: Binding, case_id: str, report: str = "") -> Iterator[Blocker]:
    """Yield why *case_id* takes no *report*: there is no such case, or its procedure says nothing of it.

    Only its definition is asked for, never how it stands. Where nobody can say which cases there are (a rehearsal), or
    what was so then may be otherwise now (a replay), nothing is asked: what is not taken is refused there.
    """
    if binding.linked is None:
        return
    linked = binding.linked(case_id)
    own, name = binding.definition.name, binding.organisation.name
    if linked is None or linked.organisation != name:
        reason = f"There is no case {case_id} of {name}."
        yield Blocker("no-such-case", reason, about=case_id, mend="look at the list of cases")
    elif report and own not in linked.receives.get(report, ()):
        reason = f"{case_id} is a case of {linked.procedure}, which takes no report {report} from {own}."
        yield Blocker("report-not-received", reason, about=report, mend="link a case that does")
