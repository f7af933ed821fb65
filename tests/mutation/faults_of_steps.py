"""Faults in how a case moves: steps, stages, ways on, conditions, tracks."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator
from functools import partial

from inprocap_flow.language.marks import ListNode, MapNode, NodePath
from tests.mutation.fault import Mutant, Subject, fault
from tests.mutation.nodes import at, gone, items_of, put, text, words_of
from tests.mutation.shape import Part, branches, guards, line_paths, section, shown, stages, steps

REFERENCES: tuple[NodePath, ...] = (
    ("from",), ("to",), ("by",), ("while",), ("starts",), ("meets",), ("stops",), ("publishes",),
    ("handed_in", "fields"), ("handed_in", "documents"), ("already_there", "fields"), ("already_there", "documents"),
    ("already_there", "approvals"), ("already_there", "within"), ("already_there", "after"),
)  # fmt: skip
"""Where a step names something."""

LONG = 120  # twice as much is still an expression that people may write
NO_NAMES = {"same", "any", "system", "linked_case", "all_published"}


@fault("step-removed", "a step is left out")
def step_removed(subject: Subject) -> Iterator[Mutant]:
    for step in steps(subject.root, beginnings=False):
        yield Mutant(f"{shown(step.path)} removed", partial(gone, subject.root, step.path))


@fault("only-way-out-removed", "the only step out of a stage is left out",
       "dead-end-stage", "unknown-step", "no-way-to-end", "unreachable-stage")  # fmt: skip
def only_way_out(subject: Subject) -> Iterator[Mutant]:
    leaving: Counter[tuple[str, str]] = Counter()
    last: dict[tuple[str, str], Part] = {}
    for step in steps(subject.root, beginnings=False):
        for stage in _from(subject, step):
            leaving[step.kind, stage] += 1
            last[step.kind, stage] = step
    for kind, _, address, node in stages(subject.root):
        if leaving[kind, address] == 1 and "final" not in node:
            step = last[kind, address]
            what = f"{shown(step.path)} removed, the only way out of {kind or 'the case'}.{address}"
            yield Mutant(what, partial(gone, subject.root, step.path))


def _from(subject: Subject, step: Part) -> set[str]:
    """Return the stages that a step leaves; one that stays where it is leaves none."""
    if text(step.node.get("to")) == "same":
        return set()
    line = subject.definition.line(step.kind)
    return set(line.steps[step.name].sources)


@fault("stage-out-of-reach", "the only way into a stage leads elsewhere",
       "unreachable-stage", "dead-end-stage", "no-way-to-end")  # fmt: skip
def stage_out_of_reach(subject: Subject) -> Iterator[Mutant]:
    for kind, _ in line_paths(subject.root):
        ways = [way for way in _ways(subject, kind) if way[1] not in NO_NAMES]
        into = Counter(way[1] for way in ways)
        spared = {text(at(subject.root, ("tracks", kind, "if_case_ends")))} if kind else set()
        for path, stage in ways:
            others = [other for other in into if other != stage]
            if into[stage] == 1 and stage not in spared and others:
                what = f"{shown(path)}: {stage} becomes {others[0]}"
                yield Mutant(what, partial(put, subject.root, path, others[0]))


def _ways(subject: Subject, kind: str) -> list[tuple[NodePath, str]]:
    found: list[tuple[NodePath, str]] = []
    for step in steps(subject.root):
        if step.kind == kind:
            for part in (step, *branches(step)):
                keys = [key for key in ("to", "otherwise") if key in part.node]
                found += [((*part.path, key), text(part.node.get(key))) for key in keys]
    return found


@fault("way-leads-elsewhere", "a step leads to another stage of the same line")
def way_leads_elsewhere(subject: Subject) -> Iterator[Mutant]:
    for kind, _ in line_paths(subject.root):
        ways = [way for way in _ways(subject, kind) if way[1] not in NO_NAMES]
        known = sorted({stage for _, stage in ways})
        for path, stage in ways:
            if len(known) > 1:
                other = known[(known.index(stage) + 1) % len(known)]
                yield Mutant(f"{shown(path)}: {stage} becomes {other}",
                             partial(put, subject.root, path, other))  # fmt: skip


@fault("name-wrong", "a step names something that nobody declared",
       "unknown-stage", "unknown-role", "unknown-field", "unknown-document", "unknown-approval",
       "unknown-deadline")  # fmt: skip
def name_wrong(subject: Subject) -> Iterator[Mutant]:
    for step in steps(subject.root):
        for key in REFERENCES:
            words = words_of(at(step.node, key))
            for number, word in enumerate(words):
                if word not in NO_NAMES:
                    wrong = [*words[:number], f"{word}_x", *words[number + 1 :]]
                    path = (*step.path, *key)
                    new: object = wrong if len(wrong) > 1 else wrong[0]
                    yield Mutant(f"{shown(path)}: {word} becomes {word}_x",
                                 partial(put, subject.root, path, new))  # fmt: skip


@fault("declaration-removed", "something that steps name is declared no more",
       "unknown-stage", "unknown-role", "unknown-field", "unknown-document", "unknown-approval", "unknown-deadline",
       "unknown-name", "uses-missing")  # fmt: skip
def declaration_removed(subject: Subject) -> Iterator[Mutant]:
    used = Counter(word for step in steps(subject.root) for key in REFERENCES for word in words_of(at(step.node, key)))
    for name in ("fields", "documents", "approvals", "deadlines", "roles"):
        for _, path, word, _ in section(subject.root, name):
            if used[word]:
                yield Mutant(f"{shown(path)} removed", partial(gone, subject.root, path))


# ------------------------------------------------------------------------------------------ conditions


@fault("condition-removed", "a condition of a step is left out")
def condition_removed(subject: Subject) -> Iterator[Mutant]:
    for _, path, node in guards(subject.root):
        if "only_warns" not in node:
            yield Mutant(f"{shown(path)} removed", partial(gone, subject.root, path))


@fault("condition-flipped", "a condition asks for the contrary")
def condition_flipped(subject: Subject) -> Iterator[Mutant]:
    for _, path, node in guards(subject.root):
        if "only_warns" in node:
            continue
        for old, new in (("nobody_in", "at_least_one_in"), ("at_least_one_in", "nobody_in")):
            if old in node:
                yield Mutant(f"{shown(path)}: {old} becomes {new}",
                             partial(_renamed, subject.root, path, old, new))  # fmt: skip
        if "holds" in node:
            flipped = f"not ({text(node.get('holds'))})"
            yield Mutant(f"{shown(path)}.holds: not (...)",
                         partial(put, subject.root, (*path, "holds"), flipped))  # fmt: skip


def _renamed(root: MapNode, path: NodePath, old: str, new: str) -> MapNode:
    value = at(root, (*path, old))
    return put(gone(root, (*path, old)), (*path, new), value)


@fault("condition-never-holds", "a condition contradicts itself", "condition-never-holds", "conditions-not-decided")
def condition_never(subject: Subject) -> Iterator[Mutant]:
    for _, path, node in guards(subject.root):
        said = text(node.get("holds"))
        if said and len(said) < LONG and "only_warns" not in node:
            new = f"({said}) and not ({said})"
            yield Mutant(f"{shown(path)}.holds: (...) and not (...)",
                         partial(put, subject.root, (*path, "holds"), new))  # fmt: skip


@fault("condition-always-holds", "a condition is no condition", "condition-always-holds")
def condition_always(subject: Subject) -> Iterator[Mutant]:
    for _, path, node in guards(subject.root):
        said = text(node.get("holds"))
        if said and len(said) < LONG and "only_warns" not in node:
            new = f"({said}) or not ({said})"
            yield Mutant(f"{shown(path)}.holds: (...) or not (...)",
                         partial(put, subject.root, (*path, "holds"), new))  # fmt: skip


# ------------------------------------------------------------------------------------------ branches


def _branching(subject: Subject) -> Iterator[tuple[Part, list[Part]]]:
    for step in steps(subject.root):
        found = branches(step)
        if found:
            yield step, found


@fault("branch-dropped", "one of several ways on is left out")
def branch_dropped(subject: Subject) -> Iterator[Mutant]:
    for _, found in _branching(subject):
        for branch in found:
            if "when" in branch.node:
                yield Mutant(f"{shown(branch.path)} removed", partial(gone, subject.root, branch.path))


@fault("branches-swapped", "two ways on lead where the other should")
def branches_swapped(subject: Subject) -> Iterator[Mutant]:
    for _, found in _branching(subject):
        for one, other in itertools.pairwise(found):
            here = (*one.path, "to")
            there = (*other.path, "to" if "to" in other.node else "otherwise")
            first, second = text(at(subject.root, here)), text(at(subject.root, there))
            yield Mutant(f"{shown(one.path)}: {first} and {second} swapped",
                         partial(put, put(subject.root, here, second), there, first))  # fmt: skip


@fault("otherwise-dropped", "what happens otherwise is not said", "branch-without-otherwise", "unreachable-stage")
def otherwise_dropped(subject: Subject) -> Iterator[Mutant]:
    for _, found in _branching(subject):
        if len(found) > 1 and "otherwise" in found[-1].node:
            yield Mutant(f"{shown(found[-1].path)} removed", partial(gone, subject.root, found[-1].path))


@fault("branch-twice", "a second way on has the condition of the first", "branch-never-taken", "branches-overlap")
def branch_twice(subject: Subject) -> Iterator[Mutant]:
    for step, found in _branching(subject):
        node = step.node.get("branches")
        last = found[-1].node
        if isinstance(node, ListNode) and "when" in found[0].node and "otherwise" in last:
            extra = {"when": text(found[0].node.get("when")), "to": text(last.get("otherwise"))}
            first: list[object] = [node.items[0], extra, *node.items[1:]]
            path = (*step.path, "branches")
            yield Mutant(f"{shown(path)}: the first condition once more, to {extra['to']}",
                         partial(put, subject.root, path, first))  # fmt: skip


# ------------------------------------------------------------------------------------------ tracks and ends


@fault("end-of-tracks-missing", "a track has no end for when the case ends", "track-without-end", "ends-left-open")
def end_missing(subject: Subject) -> Iterator[Mutant]:
    for kind, path in line_paths(subject.root):
        if kind and at(subject.root, (*path, "if_case_ends")) is not None:
            yield Mutant(f"{shown(path)}.if_case_ends removed",
                         partial(gone, subject.root, (*path, "if_case_ends")))  # fmt: skip


@fault("ends-left-open", "a step that ends the case ends nothing else", "ends-left-open")
def ends_dropped(subject: Subject) -> Iterator[Mutant]:
    finals = {address for kind, _, address, node in stages(subject.root) if not kind and "final" in node}
    for step in steps(subject.root, beginnings=False):
        ways = {text(step.node.get("to"))} | {text(b.node.get(k)) for b in branches(step) for k in ("to", "otherwise")}
        if not step.kind and "ends" in step.node and ways & finals:
            yield Mutant(f"{shown(step.path)}.ends removed",
                         partial(gone, subject.root, (*step.path, "ends")))  # fmt: skip


@fault("moved-from-elsewhere", "a step is carried out on tracks that stand elsewhere", "moved-step-elsewhere")
def moved_from_elsewhere(subject: Subject) -> Iterator[Mutant]:
    for step in steps(subject.root):
        path = (*step.path, "moves")
        for where, node in items_of(step.node.get("moves"), path):
            kind, moved = text(at(node, ("tracks",))), text(at(node, ("step",)))
            line = subject.definition.tracks.get(kind)
            if line is None or moved not in line.steps:
                continue
            wrong = [
                one for one in line.stages if one not in line.steps[moved].sources and line.stages[one].final is None
            ]
            if wrong:
                yield Mutant(f"{shown(where)}.in: {wrong[0]}",
                             partial(put, subject.root, (*where, "in"), wrong[0]))  # fmt: skip


@fault("moved-not", "a step does not move the tracks that it should")
def moved_not(subject: Subject) -> Iterator[Mutant]:
    for step in steps(subject.root):
        path = (*step.path, "moves")
        for where, _ in items_of(step.node.get("moves"), path):
            yield Mutant(f"{shown(where)} removed", partial(gone, subject.root, where))


@fault("counted-elsewhere", "a condition looks at tracks in another stage")
def counted_elsewhere(subject: Subject) -> Iterator[Mutant]:
    for _, path, node in guards(subject.root):
        if "only_warns" in node:
            continue
        for key in ("nobody_in", "at_least_one_in"):
            tracks = node.get(key)
            for kind, there in tracks.items() if isinstance(tracks, MapNode) else ():
                known = list(subject.definition.tracks[kind].stages) if kind in subject.definition.tracks else []
                others = [stage for stage in known if stage not in words_of(there)]
                if others:
                    new = others[-1]
                    yield Mutant(f"{shown(path)}.{key}.{kind}: {new}",
                                 partial(put, subject.root, (*path, key, kind), new))  # fmt: skip


@fault("track-writes-case", "a step of a track takes a fact of the case", "track-writes-case", "unknown-field")
def track_writes_case(subject: Subject) -> Iterator[Mutant]:
    fields = [name for name, field in subject.definition.main.fields.items() if field.by]
    for number, step in enumerate(steps(subject.root)):
        if step.kind and fields and "linked_case" not in words_of(step.node.get("by")):
            field = fields[number % len(fields)]
            path = (*step.path, "handed_in", "fields")
            new = [*words_of(at(subject.root, path)), field]
            yield Mutant(f"{shown(path)}: {field} of the case, too",
                         partial(put, subject.root, path, new))  # fmt: skip
