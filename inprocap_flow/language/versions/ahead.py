"""What another version changes for a line that stands somewhere: not the text that differs, but what can still happen.

Only steps that can be reached from where the line stands count, conditions left aside, and what those steps ask for:
so an approval that is gained before a step that lies behind changes nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from inprocap_flow.language.graph import edges, entrances, reachable
from inprocap_flow.language.migrations import WATCHES, LineChange
from inprocap_flow.language.model import CASE, Deadline, Definition, Guard, Line, Step
from inprocap_flow.language.versions.compare import Between, becomes, other_rules, same_approval, starts
from inprocap_flow.language.versions.renaming import NewWords
from inprocap_flow.records import record

# What may be otherwise ahead, as one case of several and in words for counting.
KINDS: Mapping[str, tuple[str, str]] = {
    "stage-gone": ("stands in a stage that is gone", "stand in a stage that is gone"),
    "track-gone": ("has a track of a kind that is gone", "have tracks of a kind that is gone"),
    "approval-gained": ("gains an approval", "gain an approval"),
    "approval-lost": ("loses an approval", "lose an approval"),
    "approval-other": ("has an approval with other signatures ahead", "have an approval with other signatures ahead"),
    "condition-gained": ("gains a condition", "gain a condition"),
    "condition-lost": ("loses a condition", "lose a condition"),
    "field-gained": ("must give a field more", "must give a field more"),
    "document-gained": ("must bring a document more", "must bring a document more"),
    "clock-gained": ("gains a deadline", "gain a deadline"),
    "clock-lost": ("loses a deadline", "lose a deadline"),
    "clock-other": ("has a deadline with another rule", "have a deadline with another rule"),
    "people-other": ("has a step that others carry out", "have a step that others carry out"),
    "way-other": ("has a step that leads elsewhere", "have a step that leads elsewhere"),
    "step-gained": ("gains a step", "gain a step"),
    "step-lost": ("loses a step", "lose a step"),
    "watch-other": ("is watched otherwise", "are watched otherwise"),
}
OBLIGATIONS = frozenset({"approval-gained", "approval-other", "field-gained", "document-gained", "clock-gained"})


@record
class Change:
    """One thing that is otherwise ahead of a line: a code of `KINDS`, what it is about, and the step where it bites."""

    kind: str
    about: str
    says: str
    line: str = ""  # the kind of line, "" for the case
    step: str = ""


def changes_ahead(between: Between, kind: str, leaf: str) -> tuple[Change, ...]:
    """Return what is otherwise ahead of a line of *kind* that stands in *leaf* of the old version."""
    was, change = between.old.line(kind), between.plan.line(kind)
    now = between.becomes(kind)
    if now is None:
        return (Change("track-gone", kind, f"There are no tracks {kind} any more.", kind),)
    state = becomes(now, change, leaf)
    gone = [Change("stage-gone", leaf, f"The stage {leaf} is gone.", kind)] if state is None else []
    stand = _goes_on(between, was, now, leaf) if state is None else ([leaf], [state])
    found = gone + _of_line(between, was, now, change, stand)
    if kind == CASE:
        found += [one for track in _may_begin(between, leaf) for one in _of_track(between, track)]
        found += _watches(between)
    return tuple(found)


def _goes_on(between: Between, was: Line, now: Line, leaf: str) -> tuple[list[str], list[str]]:
    """Return the stages next after *leaf*, which is gone, that both versions have: in the old words and in the new.

    Where the plan will put the line nobody knows yet; what lies ahead of these stages it will meet all the same.
    """
    change = between.plan.line(was.kind)
    ways: dict[str, list[str]] = {}
    for edge in edges(between.old, was):
        ways.setdefault(edge.source, []).append(edge.target)
    seen, waiting, found = {leaf}, [leaf], dict[str, str]()
    while waiting:
        for target in ways.get(waiting.pop(), ()):
            state = becomes(now, change, target)
            if state is not None:
                found[target] = state
            elif target not in seen:
                seen.add(target)
                waiting.append(target)
    return list(found), list(found.values())


def _of_track(between: Between, kind: str) -> list[Change]:
    was, now = between.old.tracks[kind], between.becomes(kind)
    if now is None:
        return [Change("track-gone", kind, f"No {kind} can be begun any more.", kind)]
    change = between.plan.line(kind)
    begins = list(_of_step(between, was.begins, now.begins, kind))
    return begins + _of_line(between, was, now, change, (entrances(was), entrances(now)))


def _may_begin(between: Between, leaf: str) -> Iterator[str]:
    """Yield the kinds of tracks that may still begin when the case stands in *leaf*."""
    there = reachable(between.old, between.old.main, [leaf])
    for kind, track in between.old.tracks.items():
        if not track.begins.while_case or there & set(track.begins.while_case):
            yield kind


# ---------------------------------------------------------------------------------------------- one line


def _of_line(
    between: Between, was: Line, now: Line, change: LineChange, stand: tuple[Collection[str], Collection[str]]
) -> list[Change]:
    before, after = _ahead(between.old, was, stand[0]), _ahead(between.new, now, stand[1])
    kind = was.kind
    found = [Change("step-lost", name, f"The step {name} is gone.", kind, name) for name in before if name not in after]
    found += [
        Change("step-gained", name, f"The step {name} is new.", kind, name) for name in after if name not in before
    ]
    for name, step in before.items():
        if name in after:
            found += _of_step(between, step, after[name], kind)
    found += _approvals(between, was, now, change, (before, after))
    found += _clocks(between, was, now, (before, after))
    return found


def _ahead(definition: Definition, line: Line, leaves: Collection[str]) -> dict[str, Step]:
    there = reachable(definition, line, leaves)
    return {name: step for name, step in line.steps.items() if any(source in there for source in step.sources)}


def _other_people(name: str, was: Collection[str], now: Collection[str]) -> str:
    """Return who carries a step out now. Where it happens by itself in both versions, only its condition differs."""
    if not was and not now:
        return f"{name} is carried out by itself, on another condition."
    return f"{name} is carried out by {', '.join(now) or 'itself'}, and was by {', '.join(was) or 'itself'}."


def _of_step(between: Between, was: Step, now: Step, kind: str) -> Iterator[Change]:
    name, change, words = now.name, between.plan.line(kind), between.new_words
    for what in ("fields", "documents"):
        known = {change.now(what, one) for one in (*getattr(was.handed_in, what), *getattr(was.already_there, what))}
        for one in (*getattr(now.handed_in, what), *getattr(now.already_there, what)):
            if one not in known:
                code = f"{what.removesuffix('s')}-gained"
                yield Change(code, one, f"{name} asks for the {what.removesuffix('s')} {one}, too.", kind, name)
    before, after = _conditions(was, words, kind), _conditions(now)
    for text in after:
        if text not in before:
            yield Change("condition-gained", text, f"{name} takes place only if: {text}.", kind, name)
    for text in before:
        if text not in after:
            yield Change("condition-lost", text, f"{name} does not ask any more whether: {text}.", kind, name)
    if (words.roles(was.by), words.maybe(kind, was.as_soon_as)) != (now.by, now.as_soon_as):
        yield Change("people-other", name, _other_people(name, was.by, now.by), kind, name)
    if [(change.stage(one.to), words.maybe(kind, one.when)) for one in was.targets] != [
        (one.to, one.when) for one in now.targets
    ]:
        yield Change("way-other", name, f"{name} leads elsewhere, or on other conditions.", kind, name)


def _conditions(step: Step, words: NewWords | None = None, kind: str = CASE) -> tuple[str, ...]:
    """Return what a step waits for besides people and papers, each in words of the language.

    *words* put what a line of *kind* in the old version says into words of the new one.
    """
    there = step.already_there
    guards = [_guard(guard, words, kind) for guard in there.that]
    within, after = (
        [words.name("deadlines", kind, one) if words else one for one in names] for names in (there.within, there.after)
    )
    return (*guards, *(f"{one} runs" for one in within), *(f"{one} is over" for one in after))


def _guard(guard: Guard, words: NewWords | None, kind: str) -> str:
    if guard.holds is None:
        return f"hook {guard.hook.name}" if guard.hook else ""
    return str(words.expression(kind, guard.holds) if words else guard.holds)


def _approvals(
    between: Between, was: Line, now: Line, change: LineChange, ahead: tuple[Mapping[str, Step], Mapping[str, Step]]
) -> Iterator[Change]:
    before = {change.now("approvals", one): one for step in ahead[0].values() for one in step.already_there.approvals}
    after = {one: step.name for step in ahead[1].values() for one in step.already_there.approvals}
    for step in ahead[1].values():
        known = ahead[0].get(step.name)
        had = {change.now("approvals", one) for one in known.already_there.approvals} if known else set(before)
        for name in step.already_there.approvals:
            if name not in had:
                yield Change("approval-gained", name, f"{step.name} needs the approval {name}.", was.kind, step.name)
    for name, step_name in after.items():
        declared = between.old.find_approval(was.kind, before.get(name, name))
        into = between.new.find_approval(now.kind, name)
        if name in before and declared and into and not same_approval(declared, into, between):
            says = f"The approval {name} has other signatures, or of stricter roles, or covers other things."
            yield Change("approval-other", name, says, was.kind, step_name)
    for name in before:
        if name not in after:
            yield Change("approval-lost", name, f"The approval {name} is not needed any more.", was.kind)


def _clocks(
    between: Between, was: Line, now: Line, ahead: tuple[Mapping[str, Step], Mapping[str, Step]]
) -> Iterator[Change]:
    """Yield what becomes of clocks that may still start. Whoever asks about one case knows which ones run already."""
    change = between.plan.line(was.kind)
    known = {change.now("deadlines", name): deadline for name, deadline in was.deadlines.items()}
    coming = {name for name, one in now.deadlines.items() if one.backwards_from or _starting(ahead[1].values(), name)}
    before = {change.now("deadlines", n) for n, one in was.deadlines.items() if one.backwards_from
              or _starting(ahead[0].values(), n)}  # fmt: skip
    for name in now.deadlines:
        if name not in known and name in coming:
            yield Change("clock-gained", name, f"The deadline {name} is new.", was.kind)
        elif name in known and name in coming:
            yield from other_clock(between, known[name], now.deadlines[name], was.kind)
    for name in before:
        if name not in now.deadlines:
            yield gone_clock(name, was.kind)


def other_clock(between: Between, was: Deadline, now: Deadline, kind: str) -> Iterator[Change]:
    """Yield that a deadline runs by another rule, if it does."""
    if keys := other_rules(between, was, now):
        yield Change("clock-other", now.name, f"{now.name} runs by another rule ({', '.join(keys)}).", kind)


def gone_clock(name: str, kind: str) -> Change:
    """Return that a deadline is gone."""
    return Change("clock-lost", name, f"The deadline {name} is gone.", kind)


def _starting(steps: Iterable[Step], deadline: str) -> bool:
    return any(starts(step, deadline) for step in steps)


def _watches(between: Between) -> Iterator[Change]:
    words, change = between.new_words, between.plan.line(CASE)
    was = {change.now(WATCHES, name): watch for name, watch in between.old.watches.items()}
    now = between.new.watches
    for name in dict.fromkeys((*was, *now)):
        before, after = was.get(name), now.get(name)
        if before is None or after is None or (
            words.expression(CASE, before.when), words.name("approvals", CASE, before.needs_approval)
        ) != (after.when, after.needs_approval):  # fmt: skip
            how = "new" if before is None else "gone" if after is None else "another"
            yield Change("watch-other", name, f"The watch {name} is {how}.")
