"""Whether a procedure with its overlays asks for everything that it asked for without them (property 16).

The words of an overlay cannot take anything away, and each of them is judged where it is applied. This looks at the
result instead, part by part, and knows nothing of how it came about: a second pair of eyes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from inprocap_flow.language.checks.finding import Finding, of_line
from inprocap_flow.language.model import CASE, Definition, Derogation, Line, Role
from inprocap_flow.language.overlays.comparing_steps import compare_steps
from inprocap_flow.language.overlays.reminding import reminded_less
from inprocap_flow.language.overlays.roles_in import with_roles
from inprocap_flow.records import changed

LIFTABLE = ("custom", "house_rule")
_WIDER = {"published": 0, "own": 1, "all": 2}
MEND = "An overlay adds; leave what the procedure says, or change the procedure itself."


def weaknesses(base: Definition, applied: Definition, replaced: Mapping[str, str]) -> Iterator[Finding]:
    """Yield everything in which *applied* asks for less than *base*; *replaced* says which role acts for which."""
    yield from _named(base, applied, replaced)
    yield from _roles(base, applied, replaced)
    for kind in (CASE, *base.tracks):
        if kind and kind not in applied.tracks:
            yield Finding(f"tracks.{kind}", f"The kind of track `{kind}` is gone.", MEND)
            continue
        line, now = base.line(kind), applied.line(kind)
        yield from _things(line, now, replaced)
        yield from _stages(line, now, replaced)
        yield from compare_steps(base, applied, kind, replaced)
    yield from _derogations(applied)


def _named(base: Definition, applied: Definition, replaced: Mapping[str, str]) -> Iterator[Finding]:
    """Compare what belongs to no line: rules, limits, watches, milestones, who may backdate, how days are counted."""
    untitled: Callable[[Any], Any] = lambda one: changed(one, title={})  # noqa: E731
    yield from _same("rules", base.rules, applied.rules, untitled)
    yield from _same("limits", base.limits, applied.limits, lambda one: one)
    watched = {name: with_roles(one, replaced) for name, one in base.watches.items()}
    yield from _same("watches", watched, applied.watches, lambda one: one)
    for milestone, line in base.milestones.items():
        if applied.milestones.get(milestone) != line:
            yield Finding("steps", f"No step reaches the milestone `{milestone}` any more.", MEND)
    for role in applied.may_backdate:
        if role not in {replaced.get(one, one) for one in base.may_backdate}:
            yield Finding(f"roles.{role}", f"`{role}` may enter what happened earlier, and nobody could before.", MEND)
    if (base.counting, base.rulebook) != (applied.counting, applied.rulebook):
        yield Finding("", "Days are counted in another way, or by another rulebook.", MEND)


def _same(
    section: str, before: Mapping[str, Any], now: Mapping[str, Any], bare: Callable[[Any], Any], line: str = CASE
) -> Iterator[Finding]:
    """Yield a finding for each thing that is gone, or that is not the same in what *bare* leaves of it."""
    for name, one in before.items():
        origin = of_line(line, section, name)
        if name not in now:
            yield Finding(origin, f"`{name}`, of the {section} of the procedure, is gone.", MEND)
        elif bare(now[name]) != bare(one):
            yield Finding(origin, f"`{name}`, of the {section} of the procedure, says something else.", MEND)


def _roles(base: Definition, applied: Definition, replaced: Mapping[str, str]) -> Iterator[Finding]:
    for name, role in base.roles.items():
        now = applied.roles.get(replaced.get(name, name))
        if now is None:
            yield Finding(f"roles.{name}", f"The role `{name}` is gone.", MEND)
        elif not _is_as_strict(role, now, replaced):
            yield Finding(f"roles.{now.name}", f"`{now.name}` is less strict than the role `{name}` was.", MEND)
    known = {replaced.get(name, name) for name in base.roles}
    for name, role in applied.roles.items():
        if name not in known and role.speaks_for in base.tracks:
            yield Finding(
                f"roles.{name}", f"`{name}` speaks for `{role.speaks_for}`, and nothing is kept from it.", MEND
            )


def _is_as_strict(role: Role, now: Role, replaced: Mapping[str, str]) -> bool:
    """Tell whether *now* keeps to everything that *role* keeps to."""
    apart = {replaced.get(one, one) for one in role.apart_from}
    records = {replaced.get(one, one) for one in role.records_for}
    return (
        now.at_least >= role.at_least
        and now.declares_interests >= role.declares_interests
        and _WIDER[now.sees] <= _WIDER[role.sees]
        and set(now.never) >= set(role.never)
        and now.speaks_for == role.speaks_for
        and now.side == role.side
        and set(now.apart_from) >= apart
        and set(now.not_who_brought) >= set(role.not_who_brought)
        and set(now.records_for) <= records
    )


def _things(line: Line, now: Line, replaced: Mapping[str, str]) -> Iterator[Finding]:
    """Compare fields, documents, approvals and deadlines of one line; lengths are judged where they are lengthened."""

    def before(things: Mapping[str, Any]) -> dict[str, Any]:
        return {name: with_roles(one, replaced) for name, one in things.items()}

    def untitled(one: Any) -> Any:
        return changed(one, title={})

    def signed(one: Any) -> Any:
        return changed(one, title={}, remind=())

    def clock(one: Any) -> Any:
        return changed(one, title={}, cite=None, period=None, at_least=None, proposes=None, remind=())

    yield from _same("fields", before(line.fields), now.fields, untitled, line.kind)
    yield from _same("documents", before(line.documents), now.documents, untitled, line.kind)
    yield from _same("approvals", before(line.approvals), now.approvals, signed, line.kind)
    yield from _same("deadlines", before(line.deadlines), now.deadlines, clock, line.kind)
    yield from reminded_less(line, now, replaced)
    for name, deadline in line.deadlines.items():
        if name in now.deadlines and deadline.at_least is not None and now.deadlines[name].at_least is None:
            yield Finding(of_line(line.kind, "deadlines", name), f"`{name}` has no shortest length any more.", MEND)
    if (line.parent, line.if_case_ends) != (now.parent, now.if_case_ends):
        yield Finding(f"tracks.{line.kind}", f"The track `{line.kind}` belongs elsewhere, or ends elsewhere.", MEND)


def _stages(line: Line, now: Line, replaced: Mapping[str, str]) -> Iterator[Finding]:
    for address, stage in line.stages.items():
        found = now.stages.get(address)
        origin = of_line(line.kind, "stages", address)
        if found is None:
            yield Finding(origin, f"The stage `{address}` is gone.", MEND)
        elif (found.final, found.owner) != (stage.final, replaced.get(stage.owner or "", stage.owner)):
            yield Finding(origin, f"The stage `{address}` ends otherwise, or somebody else has to act in it.", MEND)
    for address, stage in now.stages.items():
        if stage.final and address not in line.stages:
            origin = of_line(line.kind, "stages", address)
            yield Finding(origin, f"`{address}` is an end that the procedure does not have.", MEND)


def _derogations(applied: Definition) -> Iterator[Finding]:
    for one in applied.derogations.values():
        yield from _lifts(applied, one)


def _lifts(applied: Definition, one: Derogation) -> Iterator[Finding]:
    for name in one.lifts:
        rule = applied.rules.get(name)
        if rule is None or rule.basis not in LIFTABLE:
            fact = f"`{one.name}` lifts `{name}`, which is no rule of custom or of the house."
            yield Finding(f"derogations.{one.name}", fact, MEND)
