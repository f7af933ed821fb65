"""Days on which an approval cannot be given, because of who is away."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from inprocap_flow.language.checks.approval_impossible import origin_of, where_needed
from inprocap_flow.language.checks.conditions import Asking
from inprocap_flow.language.checks.finding import ADVICE, Around, Finding
from inprocap_flow.language.guards.abstraction import Known
from inprocap_flow.language.model import Definition
from inprocap_flow.language.people.approvals import Use, judge, uses
from inprocap_flow.language.people.needed import needed_together
from inprocap_flow.language.people.staff import Staff, Stretch, stretches

CODE = "absence-stops-approval"
SEVERITY = ADVICE
NOTHING_TO_PLAY = (
    "it is about days on which somebody is away, not about deeds: `check --who-is-needed` and `check --away` "
    "show whose absence stops what"
)
MEND = "Name a substitute who can sign, or plan around these days."


def check(definition: Definition, around: Around) -> Iterator[Finding]:
    """Yield a finding for each approval and each stretch of days, not over yet, on which nobody there can give it.

    An approval that nobody can ever give is another finding.
    """
    organisation = around.organisation
    if organisation is None:
        return
    known = Asking.about(definition, around).known
    everybody = Staff(definition, organisation)
    found: dict[tuple[str, str], list[Stretch]] = {}
    for stretch in stretches(organisation, around.day):
        said: set[str] = set()
        there = Staff(definition, organisation, stretch.away)
        for use in uses(definition):
            origin = origin_of(use.approval)
            fact = None if origin in said else next(_stopped(known, everybody, there, use), None)
            if fact is not None:
                said.add(origin)
                found.setdefault((origin, fact), []).append(stretch)
    for (origin, fact), days in found.items():
        when = " and ".join(map(str, _joined(days)))
        yield Finding(origin, f"{when[0].upper()}{when[1:]} {fact}", MEND)


def _joined(days: list[Stretch]) -> list[Stretch]:
    """Return stretches that follow each other as one."""
    joined: list[Stretch] = []
    for one in days:
        last = joined[-1] if joined else None
        if last is not None and last.last is not None and last.last + timedelta(days=1) == one.first:
            joined[-1] = Stretch(last.first, one.last, last.away)
        else:
            joined.append(one)
    return joined


def _stopped(known: Known, everybody: Staff, there: Staff, use: Use) -> Iterator[str]:
    definition, organisation = known.definition, there.organisation
    for lines in needed_together(known, use.approval):
        verdict = judge(there, use, lines)
        if verdict.can or not judge(everybody, use, lines).can:
            continue
        called = f"`{use.approval.name}` for `{use.needed_by}`{where_needed(use.approval, lines)}"
        if not verdict.decided:
            yield f"it is not decided whether anybody can give {called}: there are too many ways to choose who signs."
            continue
        missing = [who for who in sorted(there.away)
                   if judge(Staff(definition, organisation, there.away - {who}), use, lines).can]  # fmt: skip
        yield f"nobody can give {called}: {_away(missing or sorted(there.away))}. There are: {verdict.why}."


def _away(people: list[str]) -> str:
    return f"{' and '.join(people)} {'is' if len(people) == 1 else 'are'} away"
