"""`insert`: a detour on the way into the one step that reaches a milestone.

``arriving`` in the detour stands for where that step started; the step itself then starts where the detour is left.
With `when` or `rule` the old way stays open beside it, under the opposite condition. There is no detour *after* a
milestone: whatever leads back to where the step led would go round it.
"""

from __future__ import annotations

from functools import partial

from inprocap_flow.errors import Place
from inprocap_flow.language.includes.merge import add_all, copy_of, put
from inprocap_flow.language.marks import MapNode, Node, NodePath, ScalarNode
from inprocap_flow.language.model import CASE, SYSTEM, Step
from inprocap_flow.language.overlays.detour import Detour
from inprocap_flow.language.overlays.editing import (
    around,
    at,
    changed_at,
    items_of,
    line_path,
    listing,
    mapping,
    reaching,
    with_entry,
    word,
)
from inprocap_flow.language.overlays.keeping import keep
from inprocap_flow.language.overlays.milestones import say_unknown
from inprocap_flow.language.overlays.site import Site
from inprocap_flow.language.overlays.soundness import is_sound
from inprocap_flow.language.schema.overlay import ARRIVING


def insert_all(site: Site) -> None:
    """Put in every detour of the overlay."""
    for name in site.doc.insert:
        found = _found(site, name)
        if found is not None and is_sound(site, found):
            _put_in(site, found)


def _found(site: Site, name: str) -> Detour | None:
    """Return the detour *name* with the step that it goes before, or None after saying why there is none."""
    doc = site.doc.insert[name]
    node = at(site.root, ("insert", name))
    assert isinstance(node, MapNode)
    where: NodePath = ("insert", name, "before")
    steps = reaching(site.nodes, doc.before)
    if not steps:
        say_unknown(site, ("insert", name, "before"), doc.before)
        return None
    if len(steps) > 1:
        places = " and ".join(str(said.place) for _, _, said in steps)
        fact = f"Several steps reach `{doc.before}` ({places}), and a detour goes before one."
        site.say(where, "insert-several", fact, "Choose a milestone that one step reaches, or ask for more with `at:`.")
        return None
    (line, path, _) = steps[0]
    if path[-1] == "begins":
        fact = f"`{doc.before}` is where a line begins; nothing lies before it."
        site.say(where, "insert-beginning", fact, "Choose a later milestone, or ask for more with `at:`.")
        return None
    if not site.once("insert", doc.before, ("insert", name), f"Two detours go before `{doc.before}`"):
        return None
    through = site.base.line(line).steps.get(str(path[-1]))
    if through is None:
        fact = f"`{doc.before}` is reached by a step of this overlay itself."
        site.say(where, "insert-several", fact, "Write the stages into one detour.")
        return None
    return Detour(name, doc, node, line, path, through) if _can_wait(site, through, where) else None


def _can_wait(site: Site, through: Step, where: NodePath) -> bool:
    """Tell whether a detour can go before *through*; say why not."""
    fact = mend = ""
    if SYSTEM in through.by:
        fact = f"The system takes `{through.name}` where the line stands; from a detour it could not."
        mend = "Choose a milestone that people reach, or ask for more with `at:`."
    elif any(branch.to == "same" for branch in through.targets):
        fact = f"`{through.name}` leaves the line where it stands, so a detour would have no end."
        mend = "Choose a milestone at which the line moves on."
    if fact:
        site.say(where, "insert-before", fact, mend)
    return not fact


def _put_in(site: Site, detour: Detour) -> None:
    line = line_path(detour.line)
    old = items_of(at(site.nodes, (*detour.path, "from")))
    arriving = _spelled_out(detour, old)
    _add_stages(site, detour, line)
    _add_steps(site, detour, line, arriving)
    site.nodes = changed_at(site.nodes, detour.path, lambda step: _led_round(step, detour, arriving))
    keep(site, detour)
    if detour.line == CASE:
        _while_on_detour(site, detour)


def _spelled_out(detour: Detour, written: list[Node]) -> list[Node]:
    """Return the stages in which the step started; `any` would mean those of the detour, too."""
    if any(isinstance(node, ScalarNode) and node.value == "any" for node in written):
        return [word(address, detour.place) for address in detour.through.sources]
    return written


def _add_stages(site: Site, detour: Detour, line: NodePath) -> None:
    """Add the stages of the detour after the last one that it is entered from; a name that is there is a problem."""
    stages = detour.node.get("stages")
    after = detour.through.sources[-1].split(".", maxsplit=1)[0] if detour.through.sources else None
    for key, value in reversed(stages.entries) if isinstance(stages, MapNode) else ():
        there = at(site.nodes, (*line, "stages"))
        first = there.key(key.value) if isinstance(there, MapNode) else None
        if first is not None:
            fact = f"There is a stage `{key.value}` already; the first is {first.place}."
            site.say(("insert", detour.name, "stages", key.value), "declared-twice", fact,
                     "Choose another name: the stages of a detour are new.", on_key=True)  # fmt: skip
            continue
        site.nodes = changed_at(site.nodes, (*line, "stages"), partial(with_entry, key=key, value=value, after=after))


def _add_steps(site: Site, detour: Detour, line: NodePath, arriving: list[Node]) -> None:
    steps = detour.node.get("steps")
    for key, value in steps.entries if isinstance(steps, MapNode) else ():
        there = at(site.nodes, (*line, "steps"))
        first = there.key(key.value) if isinstance(there, MapNode) else None
        if first is not None:
            fact = f"There is a step `{key.value}` already; the first is {first.place}."
            site.say(("insert", detour.name, "steps", key.value), "declared-twice", fact,
                     "Choose another name: the steps of a detour are new.", on_key=True)  # fmt: skip
        elif isinstance(value, MapNode):
            made = _entered(value, detour, arriving)
            site.nodes = changed_at(site.nodes, (*line, "steps"), partial(with_entry, key=key, value=made))


def _entered(step: MapNode, detour: Detour, arriving: list[Node]) -> MapNode:
    """Return a step of the detour with `arriving` filled in, under the conditions of the detour where it begins."""
    written = items_of(step.get("from"))
    if not any(_is_arriving(node) for node in written):
        return _to_arriving(step, arriving)
    sources = [one for node in written for one in (arriving if _is_arriving(node) else [node])]
    new = copy_of(_to_arriving(step, arriving))
    key = step.key("from")
    assert key is not None
    put(new, key, listing(sources, key.place))
    return add_all(new, _guards(arriving, _on_the_way_in(detour)), []) if detour.stays_open else new


def _is_arriving(node: Node) -> bool:
    return isinstance(node, ScalarNode) and node.value == ARRIVING


def _to_arriving(step: MapNode, arriving: list[Node]) -> MapNode:
    """Return *step* with `to: arriving` filled in, where that is one stage."""
    key = step.key("to")
    if key is None or not _is_arriving(step.get("to") or step) or len(arriving) != 1:
        return step
    new = copy_of(step)
    put(new, key, arriving[0])
    return new


def _led_round(step: MapNode, detour: Detour, arriving: list[Node]) -> MapNode:
    """Return the step of the procedure as it starts now: where the detour is left, and perhaps where it always did."""
    key = detour.node.key("leaves_from")
    assert key is not None
    left = items_of(detour.node.get("leaves_from"))
    new = copy_of(step)
    old_key = step.key("from") or key
    put(new, old_key, listing([*left, *arriving] if detour.stays_open else left, key.place))
    return add_all(new, _guards(arriving, _past_it(detour)), []) if detour.stays_open else new


def _on_the_way_in(detour: Detour) -> list[dict[str, Node]]:
    """Return the conditions of going in: that the detour is meant, and that its rule is not lifted."""
    found: list[dict[str, Node]] = []
    when = detour.node.get("when")
    if when is not None:
        found.append({"holds": when, "if_not": _english("This is not needed here; go on without it.", when.place)})
    rule = detour.node.get("rule")
    if isinstance(rule, ScalarNode):
        text = _english("The rule of this detour is lifted in this case; go on without it.", rule.place)
        found.append({"holds": around(rule, "not lifted('", "')"), "if_not": text})
    return found


def _past_it(detour: Detour) -> list[dict[str, Node]]:
    """Return the one condition of going past: that the detour is not meant, or (the guard's rule) that it is lifted."""
    when, rule = detour.node.get("when"), detour.node.get("rule")
    guard: dict[str, Node] = {}
    if isinstance(when, ScalarNode):
        guard["holds"] = around(when, "not (", ")")
    elif isinstance(rule, ScalarNode):
        guard["holds"] = around(rule, "lifted('", "')")
    if rule is not None:
        guard["rule"] = rule
    first = next(iter(detour.doc.stages.values()), None)
    called = next(iter(first.title.values())) if first and first.title else detour.name.replace("_", " ")
    said = f"{called[:1].upper()}{called[1:]} comes first."
    guard["if_not"] = detour.node.get("if_not") or _english(said, guard["holds"].place)
    return [guard]


def _guards(arriving: list[Node], guards: list[dict[str, Node]]) -> MapNode:
    """Return *guards* as an addition to a step; each is asked only of who comes from where the detour begins."""
    place = guards[0]["holds"].place
    made: list[Node] = [_asked_from(arriving, one) for one in guards]
    return mapping(place, already_there=mapping(place, that=listing(made, place)))


def _asked_from(arriving: list[Node], guard: dict[str, Node]) -> Node:
    """Return *guard* where its condition is written, asked only of who comes from *arriving*."""
    place = guard["holds"].place
    return mapping(place, **guard, only_from=listing(arriving, place))


def _english(text: str, place: Place) -> Node:
    return mapping(place, en=word(text, place))


def _while_on_detour(site: Site, detour: Detour) -> None:
    """Let other lines go on while the case is on the detour: for them it still stands where the detour began."""
    sources = set(detour.through.sources)
    written_stages = detour.node.get("stages")
    keys = [key for key, _ in written_stages.entries] if isinstance(written_stages, MapNode) else []
    stages = [word(key.value, key.place, key.width) for key in keys]
    for kind, track in site.base.tracks.items():
        for step in (track.begins, *track.steps.values()):
            if not step.while_case or not sources <= set(step.while_case):
                continue
            below: NodePath = ("begins",) if step is track.begins else ("steps", step.name)
            path: NodePath = ("tracks", kind, *below)
            written = items_of(at(site.nodes, (*path, "while")))
            if any(isinstance(node, ScalarNode) and node.value == "any" for node in written):
                continue
            more = listing([*written, *stages], detour.place)
            key = word("while", detour.place)
            site.nodes = changed_at(site.nodes, path, partial(with_entry, key=key, value=more))
