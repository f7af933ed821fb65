# ruff: noqa: E501 - files as people write them
"""Faults in limits, and in what an overlay of a house does to a procedure that it does not own."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from inprocap_flow.language.marks import MapNode, NodePath
from tests.mutation.fault import CLASSES, FaultClass, Mutant, Subject, fault
from tests.mutation.nodes import at, entries, gone, items_of, put, text
from tests.mutation.shape import section, shown


def _limits(subject: Subject) -> Iterator[tuple[str, NodePath]]:
    """Yield every limit of the rulebook that the procedure reads."""
    if subject.book is None:
        return
    read = repr(subject.root)
    for name, _ in entries(subject.book.get("limits")):
        if f"limit('{name}')" in read.replace('"', "'"):
            yield name, ("limits", name)


@fault("limit-without-source", "a value of the law does not say where it stands", "missing-key")
def limit_without_source(subject: Subject) -> Iterator[Mutant]:
    for _, path in _limits(subject):
        for where, _ in list(items_of(at(_book(subject), (*path, "values")), (*path, "values")))[:1]:
            yield Mutant(f"{shown(where)}.source removed",
                         book=partial(gone, _book(subject), (*where, "source")))  # fmt: skip


@fault("limit-ended", "a value of the law has ended and none follows", "limit-without-value")
def limit_ended(subject: Subject) -> Iterator[Mutant]:
    for _, path in _limits(subject):
        for where, node in list(items_of(at(_book(subject), (*path, "values")), (*path, "values")))[-1:]:
            begins = text(at(node, ("from",)))
            if begins < "2026-01-01":
                yield Mutant(f"{shown(where)}.until: 2026-01-01",
                             book=partial(put, _book(subject), (*where, "until"), "2026-01-01"))  # fmt: skip


@fault("currency-mixed", "a limit is in another currency than what is compared with it", "mixed-currencies")
def currency_mixed(subject: Subject) -> Iterator[Mutant]:
    for name, path in _limits(subject):
        if text(at(_book(subject), (*path, "unit"))) == "EUR" and _compared(subject, name):
            yield Mutant(f"{shown(path)}.unit: CHF", book=partial(put, _book(subject), (*path, "unit"), "CHF"))


def _compared(subject: Subject, name: str) -> bool:
    return any(f"limit('{name}')" in word and ("in_currency" in word or "money" in word) for word in _holds(subject))


def _holds(subject: Subject) -> Iterator[str]:
    for line in ((), *(("tracks", kind) for kind, _ in entries(subject.root.get("tracks")))):
        for _, step in entries(at(subject.root, (*line, "steps"))):
            for _, guard in items_of(at(step, ("already_there", "that")), ()):
                yield text(at(guard, ("holds",)))


def _book(subject: Subject) -> MapNode:
    assert subject.book is not None
    return subject.book


# ------------------------------------------------------------------------------------------ overlays as written


def _overlay(subject: Subject, body: str) -> str:
    head = (
        f"overlay: mutant\nversion: 1\nlanguage: en\ntitle: A mutant\norganisation: {subject.organisation.name}\n"
        f'for: {{{subject.name}: "{subject.definition.version}"}}\n'
    )
    return head + body


@fault("overlay-replaces-approval", "an overlay writes an approval anew, with fewer signatures", "declared-twice")
def overlay_replaces_approval(subject: Subject) -> Iterator[Mutant]:
    role = next(iter(subject.definition.roles))
    for kind, path, name, _ in section(subject.root, "approvals"):
        body = f"approvals:\n  {name}: {{signatures: [{{role: {role}}}]}}\n"
        if kind:
            body = f"tracks:\n  {kind}:\n    approvals:\n      {name}: {{signatures: [{{role: {role}}}]}}\n"
        yield Mutant(f"{shown(path)} once more", overlay=_overlay(subject, body))


@fault("overlay-deletes", "an overlay takes an approval out of a step", "unknown-key")
def overlay_deletes(subject: Subject) -> Iterator[Mutant]:
    for _, path, name, _ in section(subject.root, "approvals"):
        yield Mutant(f"without {shown(path)}", overlay=_overlay(subject, f"without: [{name}]\n"))


@fault("overlay-shortens", "an overlay makes a period shorter", "overlay-weakens")
def overlay_shortens(subject: Subject) -> Iterator[Mutant]:
    for kind, path, name, node in section(subject.root, "deadlines"):
        for key in ("period", "at_least"):
            if key in node and text(node.get("kind")) != "due" and "backwards_from" not in node:
                full = f"{kind}.{name}" if kind else name
                body = f"lengthen:\n  {full}: {{{key}: 1 day, why: In a hurry}}\n"
                yield Mutant(f"{shown(path)}.{key}: 1 day", overlay=_overlay(subject, body))


@fault("overlay-lifts-law", "a derogation lifts a rule of law", "derogation-of-law")
def overlay_lifts_law(subject: Subject) -> Iterator[Mutant]:
    role = next(name for name, one in subject.definition.roles.items() if one.speaks_for is None)
    for name, rule in subject.definition.rules.items():
        if rule.basis == "law":
            body = f"derogations:\n  mutant:\n    title: A mutant\n    lifts: [{name}]\n    by: {role}\n"
            yield Mutant(f"{name} lifted", overlay=_overlay(subject, body + "    handed_in: {reason: yes}\n"))


@fault("overlay-weaker-role", "an overlay puts a role in the place of one that is stricter", "overlay-weakens")
def overlay_weaker_role(subject: Subject) -> Iterator[Mutant]:
    for name, role in subject.definition.roles.items():
        if (role.declares_interests or role.at_least > 1) and role.speaks_for is None:
            body = f"roles:\n  mutant: {{title: A mutant}}\nreplace_role: {{{name}: mutant}}\n"
            yield Mutant(f"mutant in the place of {name}", overlay=_overlay(subject, body))


@fault("overlay-leads-past", "an overlay leads past the steps of the procedure", "overlay-weakens")
def overlay_leads_past(subject: Subject) -> Iterator[Mutant]:
    definition = subject.definition
    finals = [name for name, stage in definition.main.stages.items() if stage.final]
    role = next(name for name, one in definition.roles.items() if one.speaks_for is None)
    for step in definition.main.steps.values():
        if step.milestone and not step.is_system and not step.is_automatic and finals:
            body = (
                f"insert:\n  mutant:\n    before: {step.milestone}\n    stages: {{mutant_stage: {{}}}}\n"
                "    steps:\n"
                f"      mutant_in: {{from: arriving, to: mutant_stage, by: {role}}}\n"
                f"      mutant_out: {{from: mutant_stage, to: {finals[0]}, by: {role}}}\n    leaves_from: mutant_stage\n"
            )
            yield Mutant(f"before {step.milestone}: a way to {finals[0]}", overlay=_overlay(subject, body))


# ------------------------------------------------------------------------------------------ what an overlay came to

WEAKENING = (
    "condition-removed", "approval-dropped", "signature-dropped", "four-eyes-dropped", "covers-nothing", "seal-dropped",
    "secret-dropped", "gate-dropped", "floor-dropped", "paper-not-handed-in",
)  # fmt: skip


def enter_weakenings() -> None:
    """Enter each class that takes something away once more, as what an overlay made of the procedure."""
    for name in WEAKENING:
        one = CLASSES[name]
        says = f"after an overlay: {one.says}"
        CLASSES[f"weakened: {name}"] = FaultClass(
            f"weakened: {name}", says, ("overlay-weakens",), one.sites, weakens=True
        )
