"""The shape of a detour: where it begins, where it may lead, where it is left. Anything else would lead round it."""

from __future__ import annotations

from collections.abc import Iterator

from inprocap_flow.errors import Problem
from inprocap_flow.language.checks.reading import readings
from inprocap_flow.language.expressions.syntax import BadExpression, parse
from inprocap_flow.language.marks import NodePath, ScalarNode
from inprocap_flow.language.model import Definition, Step
from inprocap_flow.language.overlays.detour import Detour
from inprocap_flow.language.overlays.keeping import check_kept
from inprocap_flow.language.overlays.site import WEAKENS, Site
from inprocap_flow.language.resolve.name_table import stages_of
from inprocap_flow.language.schema.messages import did_you_mean
from inprocap_flow.language.schema.overlay import ARRIVING
from inprocap_flow.language.schema.steps import StepDoc


def is_sound(site: Site, detour: Detour) -> bool:
    """Tell whether *detour* begins where the step stood, keeps to its own stages, and is left; say what is not so."""
    before = len(site.problems)
    _check_condition(site, detour)
    for name, step in detour.doc.steps.items():
        _check_step(site, detour, step, ("insert", detour.name, "steps", name))
    _check_entrance(site, detour)
    _check_stages(site, detour)
    check_kept(site, detour)
    if detour.line:
        _check_counts(site, detour)
    return len(site.problems) == before


def _check_condition(site: Site, detour: Detour) -> None:
    if detour.doc.when is None:
        return
    try:
        parse(detour.doc.when)
    except BadExpression as bad:
        node = detour.node.get("when")
        assert isinstance(node, ScalarNode)
        place, width = node.within(bad.start, bad.width)
        site.problems.append(Problem(place, bad.code, bad.fact, bad.mend, width=width))


def _check_step(site: Site, detour: Detour, step: StepDoc, path: NodePath) -> None:
    for number, source in enumerate(step.from_):
        _check_source(site, detour, source, (*path, "from", number))
    if ARRIVING in step.from_ and step.as_soon_as is not None:
        fact = "It would happen by itself, and nobody could take the other steps of the procedure from there."
        site.say((*path, "as_soon_as"), WEAKENS, fact, "Let somebody take it: write `by:`.", on_key=True)
    for target, where in _targets(step, path):
        _check_target(site, detour, target, where)


def _check_source(site: Site, detour: Detour, source: str, where: NodePath) -> None:
    own = _addresses(detour)
    if source == ARRIVING or source in own:
        return
    fact = f"`{source}` is not a stage of this detour."
    if detour.own_stage(source):
        mend = did_you_mean(source, own) or "Name one of its stages, by its whole address."
        site.say(where, "unknown-stage", fact, mend)
    else:
        site.say(where, "detour-from", fact, "Write `arriving`, or one of its own stages.")


def _addresses(detour: Detour) -> list[str]:
    return list(dict(stages_of(detour.doc.stages)))


def _targets(step: StepDoc, path: NodePath) -> Iterator[tuple[str, NodePath]]:
    if step.to is not None:
        yield step.to, (*path, "to")
    for number, branch in enumerate(step.branches):
        key = "to" if branch.to is not None else "otherwise"
        yield branch.to or branch.otherwise or "", (*path, "branches", number, key)


def _check_target(site: Site, detour: Detour, target: str, where: NodePath) -> None:
    own = _addresses(detour)
    if target == "same" or target in own:
        return
    if target == ARRIVING:
        if "branches" in where:
            fact = "`arriving` stands in a branch, and only the `to` of a whole step can lead back."
            site.say(where, "detour-back", fact, "Make a step of its own of it, with `to: arriving`.")
        elif len(detour.through.sources) > 1:
            fact = "One may come from several stages, so `arriving` says not where to go back to."
            site.say(where, "detour-back", fact, "Lead on to `leaves_from`; the procedure's own steps lead back.")
        return
    if detour.own_stage(target) or all(target not in line.stages for line in site.base.lines):
        mend = did_you_mean(target, own) or "Name one of its stages, by its whole address."
        site.say(where, "unknown-stage", f"`{target}` is not a stage of this detour.", mend)
        return
    fact = f"It would lead to `{target}` of the procedure, round `{detour.through.name}` and what that asks for."
    site.say(where, WEAKENS, fact, "Lead to stages of the detour; it is left only from `leaves_from`.")


def _check_entrance(site: Site, detour: Detour) -> None:
    if not any(ARRIVING in step.from_ for step in detour.doc.steps.values()):
        fact = "No step leads into this detour."
        site.say(("insert", detour.name, "steps"), "detour-from", fact, "Write `from: arriving` at its first step.",
                 on_key=True)  # fmt: skip


def _check_stages(site: Site, detour: Detour) -> None:
    """Check that no stage is an end, that it is left from its own stages, and that these can be reached inside it."""
    stages = dict(stages_of(detour.doc.stages))
    path: NodePath = ("insert", detour.name)
    for address, stage in stages.items():
        if stage.final:
            inside = tuple(one for part in address.split(".") for one in ("stages", part))
            fact = f"`{address}` would be an end of the procedure that it does not have."
            site.say((*path, *inside, "final"), WEAKENS, fact, "Leave ending to the steps of the procedure.")
    reached = _reached(detour, list(stages))
    misspelt = any(_is_misspelt(detour, step) for step in detour.doc.steps.values())
    for number, address in enumerate(detour.doc.leaves_from):
        where: NodePath = (*path, "leaves_from", number)
        if address not in stages:
            mend = did_you_mean(address, list(stages)) or "Name one of its stages, by its whole address."
            site.say(where, "unknown-stage", f"`{address}` is not a stage of this detour.", mend)
        elif not misspelt and not any(leaf == address or leaf.startswith(f"{address}.") for leaf in reached):
            fact = f"No step of the detour leads to `{address}`, so `{detour.through.name}` could never be taken."
            site.say(where, WEAKENS, fact, "Add the step that leads there.")


def _is_misspelt(detour: Detour, step: StepDoc) -> bool:
    """Tell whether a step names a stage of the detour that is not there: where it leads is then not known."""
    named = (*step.from_, *(target for target, _ in _targets(step, ())))
    return any(detour.own_stage(one) and one not in _addresses(detour) for one in named)


def _reached(detour: Detour, addresses: list[str]) -> set[str]:
    """Return the leaves of the detour that its steps lead to from where it begins, conditions left aside."""
    leaves = [one for one in addresses if not any(other.startswith(f"{one}.") for other in addresses)]

    def entered(target: str) -> str:
        return next((leaf for leaf in leaves if leaf == target or leaf.startswith(f"{target}.")), target)

    def starts_in(step: StepDoc, leaf: str) -> bool:
        return any(leaf == source or leaf.startswith(f"{source}.") for source in step.from_)

    steps = list(detour.doc.steps.values())
    waiting = [step for step in steps if ARRIVING in step.from_]
    seen: set[str] = set()
    while waiting:
        for target, _ in _targets(waiting.pop(), ()):
            leaf = entered(target)
            if leaf not in seen and leaf in leaves:
                seen.add(leaf)
                waiting += [step for step in steps if starts_in(step, leaf)]
    return seen


def _check_counts(site: Site, detour: Detour) -> None:
    """Refuse a detour of a track where the procedure looks at the stages that it begins in: it would miss the track."""
    for origin in dict.fromkeys(_lookers(site.base, detour.line, set(detour.through.sources))):
        place = site.base.origins.get(origin, site.base.name)
        fact = f"`{origin}` ({place}) looks at tracks where this detour begins, and would not see them on it."
        mend = "Ask for more with `at:` instead; a detour of a track fits only where nobody counts."
        site.say(("insert", detour.name, "before"), WEAKENS, fact, mend)


def _lookers(base: Definition, kind: str, stages: set[str]) -> Iterator[str]:
    """Yield the origin of everything that looks at tracks of *kind* in one of *stages* (leaves)."""
    track = base.tracks[kind]
    for reading in readings(base):
        for use in reading.uses():
            if use.kind == "stage" and use.track == kind and stages & set(track.leaves_under(use.word)):
                yield reading.origin
    for line in base.lines:
        for step in (line.begins, *line.steps.values()):
            if any(stages & set(found) for found in _named_by(step, kind)):
                yield f"{f'tracks.{line.kind}.' if line.kind else ''}steps.{step.name}"


def _named_by(step: Step, kind: str) -> Iterator[tuple[str, ...]]:
    yield from (move.stages for move in step.moves if move.track == kind)
    tells = (*step.tells, *(tell for branch in step.targets for tell in branch.tells))
    yield from (tell.stages for tell in tells if tell.every == kind)
