"""Two steps that lead the same people from one stage to the same other, one of which asks for less."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations

from inprocap_flow.language.checks.finding import ADVICE, Around, Finding, of_step
from inprocap_flow.language.checks.plays import TAKEN, Plays
from inprocap_flow.language.model import Definition, Line, Step

CODE = "way-around"
SEVERITY = ADVICE  # it may be meant: an end for another reason, with another notice


def check(definition: Definition, _around: Around) -> Iterator[Finding]:
    """Yield a finding for each step that asks for no more than another on the same way, by the same role.

    Steps with branches are left aside, and those that stay where they are or come by themselves.
    """
    for line in definition.lines:
        ways = [one for one in line.steps.values() if _is_a_way(one)]
        for less, more in permutations(ways, 2):
            if not _same_way(line, less, more):
                continue
            asked, whole = _asks(less), _asks(more)
            if asked < whole or (asked == whole and ways.index(less) > ways.index(more)):
                yield _finding(line, less, more, same=asked == whole)


def _is_a_way(step: Step) -> bool:
    return not step.is_automatic and not step.is_system and len(step.targets) == 1 and step.targets[0].to != "same"


def _same_way(line: Line, one: Step, other: Step) -> bool:
    leads = line.leaf(one.targets[0].to) == line.leaf(other.targets[0].to)
    return leads and bool(_both(one.sources, other.sources) and _both(one.by, other.by)) and _while(one, other)


def _while(less: Step, more: Step) -> bool:
    return not less.while_case or set(more.while_case) <= set(less.while_case) != set()


def _both(one: tuple[str, ...], other: tuple[str, ...]) -> list[str]:
    return [name for name in one if name in other]


def _asks(step: Step) -> set[tuple[str, str]]:
    """Return everything that *step* asks for, warnings left aside."""
    there, handed = step.already_there, step.handed_in
    named = {
        "field": (*there.fields, *handed.fields),
        "paper": (*there.documents, *handed.documents),
        "approval": there.approvals,
        "within": there.within,
        "after": there.after,
        "condition": [f"{one.holds} {one.hook} {one.only_from}" for one in there.that if not one.only_warns],
        "reason": ["yes"] if handed.reason else [],
    }
    return {(what, name) for what, names in named.items() for name in names}


def _finding(line: Line, less: Step, more: Step, *, same: bool) -> Finding:
    source, target = _both(less.sources, more.sources)[0], line.leaf(less.targets[0].to)
    begins = (
        f"`{less.name}` leads from `{source}` to `{target}` as `{more.name}` does, by `{_both(less.by, more.by)[0]}`"
    )
    if same:
        fact = f"{begins}, and asks for just the same."
        mend = "Remove one of them, or say in the title and by what it asks for when each is meant."
    else:
        fact = f"{begins}, and asks for less: what only `{more.name}` asks for keeps nobody back."
        mend = f"Ask for the same in `{less.name}`, lead it elsewhere, give it to another role, or remove it."
    return Finding(of_step(less), fact, mend, plays=Plays(TAKEN, line.kind, (less,), source))
