"""What questions about conditions rest on, of a definition: fields, stages, kinds of deadlines; no step and no text.

Questions are asked about this alone, so an answer holds for every definition of which as much is the same: another
step, or another text, changes no answer about the conditions of the others.
"""

from __future__ import annotations

from collections.abc import Mapping

from inprocap_flow.language.canonical import digest, to_plain
from inprocap_flow.language.guards.abstraction import Known
from inprocap_flow.language.model import Deadline, Definition, Limit, LimitValue, LimitVariant, Line, Stage, Step
from inprocap_flow.records import changed


def grounded(known: Known) -> Known:
    """Return what is *known* without all that no question reads."""
    definition = known.definition
    bare = Definition(
        "",
        "",
        "",
        {},
        _line(definition.main),
        {kind: _line(line) for kind, line in definition.tracks.items()},
        milestones=definition.milestones,
    )
    limits = {name: _limit(limit) for name, limit in known.limits.items()}
    return Known(bare, limits, known.day, known.computed)


def digest_of(known: Known) -> str:
    """Return a hash of all that questions about *known*, which is `grounded`, can read."""
    limits: Mapping[str, Limit] = known.limits
    plain = [to_plain(known.definition, ordered=True), to_plain(dict(limits), ordered=True)]
    return digest([*plain, str(known.day), sorted(known.computed)])


def _line(line: Line) -> Line:
    return Line(
        line.kind,
        {},
        Step(line.begins.name, line.kind, (), ()),
        {name: Stage(one.address, {}, final=one.final, children=one.children) for name, one in line.stages.items()},
        {},
        {name: changed(one, title={}) for name, one in line.fields.items()},
        deadlines={name: Deadline(one.name, one.line, {}, one.kind) for name, one in line.deadlines.items()},
        parent=line.parent,
    )


def _limit(limit: Limit) -> Limit:
    values = tuple(
        LimitValue(
            "",
            one.value,
            "",
            one.valid_until,
            variants=tuple(LimitVariant("", variant.value, "") for variant in one.variants),
        )
        for one in limit.values
    )
    return Limit(limit.name, {}, "", limit.unit, values)
