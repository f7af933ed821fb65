"""What a condition looks at, as it is written: which tracks, in which stages, and what it asks of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from inprocap_flow.language.expressions.tree import Call, Expr, Listing, Member, Name, Word, walk
from inprocap_flow.language.model import Step

BY_STAGE = ("count", "every", "stands", "total", "lowest", "highest")
_OF_TRACKS = (*BY_STAGE, "unfinished")


def looked_for(call: Call) -> tuple[str, ...]:
    """Return the facts that *call* looks for with each track."""
    names = {part.name for part in walk(call) if isinstance(part, Member) and part.owner == "each"}
    return tuple(f"field {name}" for name in sorted(names))


def stages_of(call: Call) -> tuple[str, ...] | None:
    """Return the stages that a call about tracks names; None: any."""
    position = 2 if call.function in ("total", "lowest", "highest") else 1
    if len(call.arguments) <= position:
        return None
    argument = call.arguments[position]
    items = argument.items if isinstance(argument, Listing) else (argument,)
    return tuple(item.word for item in items if isinstance(item, Word))


def known_twice(expr: Expr) -> tuple[Expr, ...]:
    """Return the fields of which *expr* asks whether they are known, and which it reads besides; at most four."""
    calls = [part for part in walk(expr) if isinstance(part, Call)]
    read: Counter[Expr] = Counter(part for part in walk(expr) if isinstance(part, Name | Member))
    one_line = not any(call.function in _OF_TRACKS for call in calls)  # else `each` is many tracks, not one
    asked = (call.arguments[0] for call in calls if call.function == "known")
    kept = (one for one in asked if isinstance(one, Name) or (one_line and _is_each(one)))
    return tuple(dict.fromkeys(one for one in kept if read[one] > 1))[:4]


def _is_each(expr: Expr) -> bool:
    return isinstance(expr, Member) and expr.owner == "each"


def parts_of(step: Step) -> Iterator[Expr]:
    """Yield every part of every condition on which it hangs whether *step* can be carried out."""
    found = [step.as_soon_as, *(guard.holds for guard in step.already_there.that)]
    found += [branch.when for branch in step.targets]
    yield from (part for expr in found if isinstance(expr, Expr) for part in walk(expr))


def first_word(call: Call) -> str:
    """Return the first argument of *call* as it is written: the tracks, the deadline or the milestone it is about."""
    first = call.arguments[0]
    return first.word if isinstance(first, Word) else str(first)
