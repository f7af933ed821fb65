"""Lengths that no rulebook gives: estimates for plans, and periods that a procedure, a block or an overlay chose."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from inprocap_flow.language.expressions.tree import Constant, Expr, walk
from inprocap_flow.language.model.approvals import Approval
from inprocap_flow.language.model.deadlines import Deadline
from inprocap_flow.language.model.definition import Definition
from inprocap_flow.language.model.facts import Field
from inprocap_flow.language.model.footings import CHOICE, ESTIMATE
from inprocap_flow.language.model.lines import Line, Stage
from inprocap_flow.records import record

Path = tuple[str | int, ...]
OF_DEADLINES = ("period", "proposes", "at_least", "at_most")
OF_FIELDS = ("default", "minimum", "above", "maximum")


@record
class OwnLength:
    """A length that stands in a definition itself. ``path`` is where it is written, ``key`` its name in the definition.

    ``kind``: estimate (for plans, no rule) or choice (a deadline, a signature, a period field rests on it).
    ``periods`` are period codes: of an estimate the likely one, then its range.
    """

    kind: str
    key: str
    path: Path
    periods: tuple[str, ...]


def own_lengths(definition: Definition) -> Iterator[OwnLength]:
    """Yield every length of *definition* that no limit gives, in order of writing; each key once.

    Reminders are left out: they say when somebody is written to, and nothing rests on that.
    """
    for line in definition.lines:
        top: Path = ("tracks", line.kind) if line.kind else ()
        yield from _of_line(line, top)


def _of_line(line: Line, top: Path) -> Iterator[OwnLength]:
    for stage in line.stages.values():
        inside = tuple(word for part in stage.address.split(".") for word in ("stages", part))
        yield from _typical(stage, (*top, *inside), (*top, "stages", stage.address))
    for name, approval in line.approvals.items():
        yield from _of_approval(approval, (*top, "approvals", name))
    for name, deadline in line.deadlines.items():
        yield from _of_deadline(deadline, (*top, "deadlines", name))
    for name, field in line.fields.items():
        yield from _of_field(field, (*top, "fields", name))


def _typical(one: Stage | Approval, path: Path, name: Path) -> Iterator[OwnLength]:
    if one.typical is not None:
        yield OwnLength(ESTIMATE, _key((*name, "typical")), (*path, "typical"), (one.typical, *one.typical_range))


def _of_approval(approval: Approval, path: Path) -> Iterator[OwnLength]:
    yield from _typical(approval, path, path)
    for number, one in enumerate(approval.signatures):
        if one.valid_for is not None:
            yield _choice((*path, "signatures", number, "valid_for"), (one.valid_for,))


def _of_deadline(deadline: Deadline, path: Path) -> Iterator[OwnLength]:
    for name in OF_DEADLINES:
        periods = written_in(getattr(deadline, name))
        if periods:
            yield _choice((*path, name), periods)
    for kind, act in deadline.acts.items():
        if act.takes is not None:
            yield _choice((*path, "acts", kind, "takes"), (act.takes,))


def _of_field(field: Field, path: Path) -> Iterator[OwnLength]:
    for name in OF_FIELDS if field.type == "period" else ():
        value = getattr(field, name)
        if value is not None:
            yield _choice((*path, name), (_code(value),))


def _code(value: object) -> str:
    return str(value.get("value", value)) if isinstance(value, Mapping) else str(value)


def written_in(source: Expr | str | None) -> tuple[str, ...]:
    """Return the periods that stand in a length itself, as codes; none where it is a limit or a field."""
    if isinstance(source, str):
        return (source,)
    parts = walk(source) if isinstance(source, Expr) else ()
    return tuple(one.text for one in parts if isinstance(one, Constant) and one.type_name == "period")


def _choice(path: Path, periods: tuple[str, ...]) -> OwnLength:
    return OwnLength(CHOICE, _key(path), path, periods)


def _key(path: Path) -> str:
    return ".".join(map(str, path))
