"""The made-up declarations of the expression tests as a definition, so that any random condition can be asked about."""

from __future__ import annotations

from dataclasses import replace

from inprocap_flow.language.expressions.types import Type
from inprocap_flow.language.guards.abstraction import Known
from inprocap_flow.language.model import CASE, Branch, Deadline, Definition, Field, Limit, Line, Stage, Step
from inprocap_flow.language.money import Money
from tests.language.expressions.world import EACH, FIELDS, LIMITS, WORDS, Case

LAST = "phase_1.passed"
"""The stage in which a track is finished."""


def _fields(types: dict[str, Type]) -> dict[str, Field]:
    return {
        name: Field(name, one.name, {}, choices=one.choices or (), committee=one.committee)
        for name, one in types.items()
    }


def _line(kind: str, fields: dict[str, Field], stages: tuple[str, ...]) -> Line:
    made = {name: Stage(name, {}, "officer", final="done" if name == LAST else None) for name in stages}
    return Line(kind, {}, Step("begin", kind, (), (Branch(stages[0]),)), made, {}, fields)


SUPPLIER = _line("supplier", _fields(EACH), WORDS["stage"])
MAIN = replace(
    _line(CASE, _fields(FIELDS), ("open", LAST)),
    deadlines={name: Deadline(name, CASE, {}, "due", period="P10D") for name in WORDS["deadline"]},
)
DEFINITION = Definition(
    "made-up", "1", "en", {}, MAIN,
    tracks={
        "supplier": SUPPLIER,
        "review": _line("review", {}, ("registered", LAST)),
        "firm": _line("firm", _fields({"sme": Type("yes_no")}), ("registered", LAST)),
    },
    milestones={"published": CASE},
)  # fmt: skip
KNOWN = Known(
    DEFINITION,
    {
        name: Limit(name, {}, "law", "EUR" if one.name == "money" else one.name, ())
        for name, one in LIMITS.items()
    },
)  # fmt: skip


def possible(case: Case) -> Case:
    """Return *case* as the engine would have it: finished in the last stage, one track above, limits in their unit."""
    above = [track for track in case.suppliers if "above" in track.belongs][:1]
    suppliers = [
        replace(track, finished=track.stage == LAST,
                belongs=track.belongs if track in above else track.belongs - {"above"})
        for track in case.suppliers
    ]  # fmt: skip
    limits = dict(case.limits)
    if isinstance(limits.get("threshold"), Money):
        limits["threshold"] = Money(limits["threshold"].amount, "EUR")  # type: ignore[union-attr]
    return replace(case, suppliers=suppliers, limits=limits)
