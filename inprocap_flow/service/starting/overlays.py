"""The text of a new overlay: one change to begin with, written out with a comment at each place that waits.

What may be chosen stands in `choices`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from inprocap_flow.language.model import Definition, said
from inprocap_flow.service.starting.adding import OWN_LENGTHS
from inprocap_flow.service.starting.choices import length_key, milestones
from inprocap_flow.service.starting.words import TO_DO, first_version, inside, name_of, quoted, titled

CHANGES: Mapping[str, str] = {
    "approval": "one more approval at a milestone, from a value on",
    "stage": "a stage that comes before a milestone",
    "period": "a longer period",
    "reminder": "somebody who is reminded of a deadline besides, or earlier",
    "role": "another role in the place of one of the procedure",
    "derogation": "an exception: a recorded decision that lifts a rule in one case",
}
MORE = " more"
"""Behind a period: so much longer than the procedure says, in the place of a length of its own."""


@dataclass(frozen=True, slots=True)
class OverlayAnswers:
    """What was answered. ``threshold`` is an amount with its currency, or ""; what a change does not ask is ""."""

    name: str
    title: str
    procedures: Mapping[str, str]  # name -> version
    organisation: str = ""
    national: str = ""
    change: str = "approval"
    called: str = ""
    milestone: str = ""
    role: str = ""
    threshold: str = ""
    above: bool = False  # not at the threshold itself, only beyond it
    value: str = ""  # the field that is compared with the threshold
    deadline: str = ""
    period: str = ""
    replaces: str = ""
    rule: str = ""


# ------------------------------------------------------------------------------------------------------ the text


def overlay_text(answers: OverlayAnswers, definition: Definition, day: date) -> str:
    """Return the overlay that was asked for; *definition* is the first of its procedures as it is without."""
    parts = {
        "approval": _approval,
        "stage": _stage,
        "period": _period,
        "reminder": _reminder,
        "role": _role,
        "derogation": _derogation,
    }
    lines = [*_head(answers, day), *parts[answers.change](answers, definition, day)]
    return "\n".join(lines) + "\n"


def _head(answers: OverlayAnswers, day: date) -> Iterator[str]:
    names = ", ".join(answers.procedures)
    whose = f"organisation: {answers.organisation}" if answers.organisation else f"national: {answers.national}"
    yield f"# What is done otherwise here in: {names}. An overlay only adds; it cannot take away a step or a signature."
    yield f"# Lines marked {TO_DO} wait for you: put in what your house has really decided, and where that is written."
    yield f"overlay: {answers.name}"
    yield f"version: {first_version(day)}"
    yield "language: en"
    yield f"title: {quoted(answers.title)}"
    yield whose
    for_ = ", ".join(f"{name}: {version}" for name, version in answers.procedures.items())
    yield f"for: {{{for_}}}  # the versions that were read; a new version is read again first"
    yield ""


def _limit(answers: OverlayAnswers, name: str, day: date) -> Iterator[str]:
    """Yield the value from which something counts: dated, with its source, so that it can change without new text."""
    if not answers.threshold:
        return
    amount, _, currency = answers.threshold.partition(" ")
    yield "limits:"
    yield f"  {name}:"
    says = "Above this value" if answers.above else "From this value on"
    yield f"    says: {quoted(f'{says}: {answers.called}')}"
    yield f"    basis: {_basis(answers)}"
    yield f"    direction: {'above' if answers.above else 'threshold'}"
    yield f"    unit: {currency}"
    yield "    values:"
    yield f"      from: {day.year}-01-01"
    yield f"      value: {amount}"
    yield f'      source: "{TO_DO}: the decision in which this value stands"'
    yield "      confirmed_on: never  # the day on which somebody compared it with the source"
    yield ""


def _basis(answers: OverlayAnswers) -> str:
    return "law" if answers.national else "house_rule"


def _from_value(answers: OverlayAnswers, limit: str) -> str:
    currency = answers.threshold.partition(" ")[2]
    return f"in_currency({answers.value}, '{currency}') {'>' if answers.above else '>='} limit('{limit}')"


def _new_role(answers: OverlayAnswers, definition: Definition) -> Iterator[str]:
    if answers.role not in definition.roles:
        yield "roles:"
        yield "  # Who holds it stands in the organisation's file."
        yield f"  {answers.role}: {{title: {inside(titled(answers.role))}}}"
        yield ""


def _approval(answers: OverlayAnswers, definition: Definition, day: date) -> Iterator[str]:
    name = name_of(answers.called)
    yield from _limit(answers, f"{name}_from", day)
    yield from _new_role(answers, definition)
    yield "approvals:"
    if answers.threshold:
        where = "up to the value" if answers.above else "below the value"
        yield f"  # advice nobody-signs: {where} nobody signs; the approval then counts as given"
    yield f"  {name}:"
    yield f"    title: {quoted(answers.called)}"
    if answers.value:
        yield f"    void_if_changed: {{fields: [{answers.value}]}}  # another value: signed again"
    yield "    signatures:"
    yield f"      - role: {answers.role}"
    if answers.threshold:
        yield f'        when: "{_from_value(answers, f"{name}_from")}"'
    yield "        not_same_as: whoever_carries_out"
    yield f'    cite: "{TO_DO}: the article of your rules"'
    yield ""
    yield "at:"
    yield f"  {answers.milestone}:  # {milestones(definition).get(answers.milestone, '')}"
    yield f"    already_there: {{approvals: [{name}]}}"


def _stage(answers: OverlayAnswers, definition: Definition, day: date) -> Iterator[str]:
    name = name_of(answers.called)
    report = f"{name}_report"
    yield from _limit(answers, f"{name}_from", day)
    yield "rules:"
    yield "  # It has a name of its own so that a derogation can lift it in one case."
    yield f"  {name}_first:"
    yield f"    title: {quoted(f'{answers.called} comes first')}"
    yield f"    basis: {_basis(answers)}"
    yield f'    cite: "{TO_DO}: the article of your rules"'
    yield ""
    yield from _new_role(answers, definition)
    yield "documents:"
    yield f"  {report}: {{title: {inside(f'Result: {answers.called}')}, by: {answers.role}}}"
    yield ""
    yield "insert:"
    yield f"  {name}:"
    yield f"    before: {answers.milestone}  # {milestones(definition).get(answers.milestone, '')}"
    if answers.threshold:
        yield f'    when: "{_from_value(answers, f"{name}_from")}"  # below it the old way is open'
    yield f"    rule: {name}_first"
    yield f"    if_not: {quoted(f'This comes first: {answers.called}.')}"
    yield "    stages:"
    yield f"      {name}:"
    yield f"        title: {quoted(answers.called)}"
    yield f"        owner: {answers.role}"
    yield "        stages: {begun: {title: Begun}, finished: {title: Finished}}"
    yield "    steps:"
    yield f"      begin_{name}:"
    yield f"        title: {quoted(f'Begin: {answers.called}')}"
    yield "        from: arriving  # where the case stood before"
    yield f"        to: {name}.begun"
    yield f"        by: {answers.role}"
    yield f"      finish_{name}:"
    yield f"        title: {quoted(f'Finish: {answers.called}')}"
    yield f"        from: {name}.begun"
    yield f"        to: {name}.finished"
    yield f"        by: {answers.role}"
    yield f"        already_there: {{documents: [{report}]}}"
    yield f"    leaves_from: {name}.finished"


def _period(answers: OverlayAnswers, definition: Definition, day: date) -> Iterator[str]:  # noqa: ARG001 - like the others
    key = length_key(definition.main.deadlines[answers.deadline])
    yield "lengthen:"
    yield f"  {answers.deadline}:  # {said(definition.main.deadlines[answers.deadline].title)}"
    if answers.period.endswith(MORE):
        yield f"    by: {answers.period.removesuffix(MORE)}  # more; what the law reduces stays possible"
    else:
        yield f"    {key}: {answers.period}  # longer, never shorter: it is compared with the law on every day"
    yield f'    why: "{TO_DO}: why it takes longer here"'
    yield f'    cite: "{TO_DO}: the article of your rules"'
    yield ""
    yield f"{OWN_LENGTHS}:"
    yield f'  source: "{TO_DO}: where the lengths of this file stand that are no numbers of law"'
    yield "  confirmed_on: never  # the day on which somebody compared them with it"


def _reminder(answers: OverlayAnswers, definition: Definition, day: date) -> Iterator[str]:  # noqa: ARG001
    yield from _new_role(answers, definition)
    yield "remind:  # what the procedure says of reminders stays; these come besides"
    yield "  - deadlines:"
    yield f"      {answers.deadline}:  # {said(definition.main.deadlines[answers.deadline].title)}"
    yield f"        - {{role: {answers.role}, before: {answers.period}}}"


def _role(answers: OverlayAnswers, definition: Definition, day: date) -> Iterator[str]:  # noqa: ARG001
    old = definition.roles[answers.replaces]
    yield "roles:"
    yield f"  # As strict as {said(old.title)}; who holds it stands in the organisation's file."
    yield f"  {answers.role}:"
    yield f"    title: {quoted(titled(answers.role))}"
    if old.at_least > 1:
        yield f"    at_least: {old.at_least}"
    if old.declares_interests:
        yield "    declares_interests: yes"
    if old.sees != "all":
        yield f"    sees: {old.sees}"
    for key in ("never", "apart_from", "records_for", "not_who_brought"):
        if names := getattr(old, key):
            yield f"    {key}: [{', '.join(names)}]"
    yield ""
    yield "replace_role:"
    yield f"  {answers.replaces}: {answers.role}  # everywhere in the procedure"


def _derogation(answers: OverlayAnswers, definition: Definition, day: date) -> Iterator[str]:  # noqa: ARG001
    name = name_of(answers.called)
    title = said(definition.rules[answers.rule].title)
    yield from _new_role(answers, definition)
    yield "documents:"
    yield f"  {name}_decision: {{title: {inside(f'Decision: {answers.called}')}}}"
    yield ""
    yield "approvals:"
    yield f"  {name}_granted:"
    yield f"    title: {quoted(f'Granted: {answers.called}')}"
    yield "    signatures:"
    yield f"      - {{role: {answers.role}, not_same_as: whoever_carries_out}}"
    yield ""
    yield "derogations:"
    yield f"  {name}:"
    yield f"    title: {quoted(answers.called)}"
    yield f"    lifts: [{answers.rule}]  # {title}"
    yield f"    by: {answers.replaces}  # who asks for it"
    yield f"    handed_in: {{documents: [{name}_decision], reason: yes}}"
    yield f"    already_there: {{approvals: [{name}_granted]}}"
    yield f'    cite: "{TO_DO}: the article that permits it"'
