"""Days on which an approval cannot be given, because of who is away."""

from __future__ import annotations

from collections.abc import Iterator

from inprocap_flow.language.checks.approval_impossible import origin_of, where_needed
from inprocap_flow.language.checks.conditions import Asking
from inprocap_flow.language.checks.finding import ADVICE, Around, Finding
from inprocap_flow.language.guards.abstraction import Known
from inprocap_flow.language.model import Definition, Organisation
from inprocap_flow.language.people.approvals import Use, judge, uses
from inprocap_flow.language.people.needed import needed_together
from inprocap_flow.language.people.staff import Staff, Stretch, stretches

CODE = "absence-stops-approval"
SEVERITY = ADVICE


def check(definition: Definition, around: Around) -> Iterator[Finding]:
    """Yield a finding for each approval and each stretch of days, not over yet, on which nobody there can give it.

    An approval that nobody can ever give is another finding.
    """
    organisation = around.organisation
    if organisation is None:
        return
    known = Asking.about(definition, around).known
    said: set[tuple[str, str]] = set()
    for stretch in stretches(organisation, around.day):
        for use in uses(definition):
            place = (origin_of(use.approval), str(stretch))
            found = None if place in said else next(_stopped(known, organisation, use, stretch), None)
            if found is not None:
                said.add(place)
                yield found


def _stopped(known: Known, organisation: Organisation, use: Use, stretch: Stretch) -> Iterator[Finding]:
    definition = known.definition
    everybody, there = Staff(definition, organisation), Staff(definition, organisation, stretch.away)
    for lines in needed_together(known, use.approval):
        verdict = judge(there, use, lines)
        if verdict.can or not verdict.decided or not judge(everybody, use, lines).can:
            continue
        missing = [who for who in sorted(stretch.away)
                   if judge(Staff(definition, organisation, stretch.away - {who}), use, lines).can]  # fmt: skip
        fact = (
            f"{str(stretch).capitalize()} nobody can give `{use.approval.name}` for `{use.needed_by}`"
            f"{where_needed(use.approval, lines)}: {_away(missing or sorted(stretch.away))}. There are: {verdict.why}."
        )
        yield Finding(origin_of(use.approval), fact, "Name a substitute who can sign, or plan around these days.")


def _away(people: list[str]) -> str:
    return f"{' and '.join(people)} {'is' if len(people) == 1 else 'are'} away"
