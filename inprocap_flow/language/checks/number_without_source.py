"""Lengths in a definition of which nothing says where they come from."""

from __future__ import annotations

from collections.abc import Iterator

from inprocap_flow.language.checks.finding import ADVICE, Around, Finding
from inprocap_flow.language.model import ESTIMATE, Definition, OwnLength, own_lengths

CODE = "number-without-source"
SEVERITY = ADVICE
NOTHING_TO_PLAY = "it is about where a number comes from: a case goes on the same with a source and without"
NAMED = 6  # of those without a source, so many are named; one line at the head of the file mends them all


def check(definition: Definition, around: Around) -> Iterator[Finding]:  # noqa: ARG001 - the shape of every check
    """Yield a finding for each file and kind of length (estimate, or choice) with lengths that have no source."""
    sourced = {key for one in definition.footings for key in one.lengths}
    without: dict[tuple[str, str], list[OwnLength]] = {}
    for one in own_lengths(definition):
        if one.key not in sourced:
            file = definition.origins.get(one.key, "").rpartition(":")[0]
            without.setdefault((file, one.kind), []).append(one)
    for (_, kind), lengths in without.items():
        yield Finding(lengths[0].key, _fact(kind, lengths), _mend(kind))


def _fact(kind: str, lengths: list[OwnLength]) -> str:
    names = ", ".join(f"`{one.key}`" for one in lengths[:NAMED])
    more = f" and {len(lengths) - NAMED} more" if len(lengths) > NAMED else ""
    what = "this estimate comes" if kind == ESTIMATE else "this length comes"
    what = what if len(lengths) == 1 else what.replace("this ", "these ").replace(" comes", "s come")
    return f"Nothing says where {what} from: {names}{more}."


def _mend(kind: str) -> str:
    key, beside = ("estimates", "in `typical`") if kind == ESTIMATE else ("own_lengths", "under `rests_on` beside it")
    return f"Say it once for the file under `{key}:` (source, confirmed_on), or {beside}."
