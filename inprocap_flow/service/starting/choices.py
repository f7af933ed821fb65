"""What may be chosen for a new overlay: milestones, roles, sums, deadlines and rules, as a procedure has them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from inprocap_flow.language.model import SYSTEM, Deadline, Definition, Role, Rule, Step, Text, said
from inprocap_flow.language.overlays.document import Overlay
from inprocap_flow.records import changed

LIFTABLE = ("custom", "house_rule")


def milestones(definition: Definition) -> dict[str, str]:
    """Return the milestones that steps of people reach on the main line, with the title of the first such step."""
    found: dict[str, str] = {}
    for step in definition.main.steps.values():
        if step.milestone:
            found.setdefault(step.milestone, said(step.title) or step.name)
    return found


def detour_milestones(definition: Definition) -> dict[str, str]:
    """Return the milestones before which a stage may come: one step reaches them, of people, from stage to stage."""
    steps = [step for step in definition.main.steps.values() if step.milestone]
    names = [step.milestone for step in steps]
    return {
        str(step.milestone): said(step.title) or step.name
        for step in steps
        if names.count(step.milestone) == 1 and SYSTEM not in step.by and _moves(step)
    }


def _moves(step: Step) -> bool:
    return all(target.to != "same" and target.to not in step.sources for target in step.targets)


def signing_roles(definition: Definition) -> dict[str, str]:
    """Return the roles of the house that may sign, with their titles."""
    return {
        name: said(role.title)
        for name, role in definition.roles.items()
        if role.speaks_for is None
        and "approve" not in role.never
        and role.sees == "all"
        and not role.declares_interests
    }


def acting_roles(definition: Definition) -> dict[str, str]:
    """Return the roles of the house, with their titles."""
    return {name: said(role.title) for name, role in definition.roles.items() if role.speaks_for is None}


def sums(definition: Definition) -> dict[str, str]:
    """Return the facts of the case that are amounts of money, with their titles."""
    fields = definition.main.fields.values()
    return {one.name: said(one.title) for one in fields if one.type == "money"}


def sum_known_at(definition: Definition, milestone: str) -> str:
    """Return the amount that must be there by the step that reaches *milestone*, else ""."""
    money = sums(definition)
    for step in definition.main.steps.values():
        if step.milestone == milestone:
            return next((name for name in step.already_there.fields if name in money), "")
    return ""


def lengthy(definition: Definition) -> dict[str, str]:
    """Return the deadlines that have a length which can be made longer, with their titles."""
    return {name: said(one.title) for name, one in definition.main.deadlines.items() if length_key(one)}


def deadlines(definition: Definition) -> dict[str, str]:
    """Return the deadlines of the case, with their titles."""
    return {name: said(one.title) for name, one in definition.main.deadlines.items()}


def seeing_roles(definition: Definition) -> dict[str, str]:
    """Return the roles that see the whole case, with their titles: they may be reminded of anything in it."""
    return {name: said(role.title) for name, role in definition.roles.items() if role.sees == "all"}


def length_key(deadline: Deadline) -> str:
    """Return which key of *deadline* says how long it is at least, else what is proposed; "" for none."""
    given = {"period": deadline.period, "at_least": deadline.at_least, "proposes": deadline.proposes}
    return next((key for key, value in given.items() if value is not None), "")


def liftable(definition: Definition) -> dict[str, str]:
    """Return the rules that a derogation may lift, with their titles."""
    return {rule.name: said(rule.title) for rule in definition.rules.values() if rule.basis in LIFTABLE}


def with_own(definition: Definition, overlay: Overlay) -> Definition:
    """Return *definition* with the roles and rules that *overlay* has declared besides: they may be chosen, too."""
    roles = {
        name: Role(name, title, never=_words(written.get("never")))
        for name, title, written in _declared(overlay, "roles")
    }
    rules = {name: Rule(name, title, str(written.get("basis"))) for name, title, written in _declared(overlay, "rules")}
    return changed(definition, roles={**roles, **definition.roles}, rules={**rules, **definition.rules})


def _declared(overlay: Overlay, section: str) -> Iterator[tuple[str, Text, Mapping[str, object]]]:
    """Yield name, title and everything else of what stands in a section of the file; of several entries the first."""
    entries = overlay.content.get(section)
    for name, entry in entries.items() if isinstance(entries, Mapping) else ():
        written = entry[0] if isinstance(entry, list) and entry else entry
        if isinstance(written, Mapping):
            title = written.get("title", name)
            yield str(name), dict(title) if isinstance(title, Mapping) else {overlay.language: str(title)}, written


def _words(written: object) -> tuple[str, ...]:
    return tuple(str(one) for one in written) if isinstance(written, list) else (str(written),) if written else ()
