"""Random overlays, sound or not: whatever is accepted asks for at least what the procedure asked for.

The comparison here is written once more, on purpose, and knows nothing of the one in the package.
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from inprocap_flow.calendar.compute import compute
from inprocap_flow.calendar.days import Calendar
from inprocap_flow.calendar.periods import Period, parse_period
from inprocap_flow.errors import InvalidInput
from inprocap_flow.language.expressions.tree import Expr
from inprocap_flow.language.load import load_organisation, load_procedure
from inprocap_flow.language.model import Deadline, Definition, LimitValue, LimitVariant, Step
from inprocap_flow.language.overlays import load_applied

LIBRARY = Path(__file__).parent / "library"
BASE = load_procedure(LIBRARY / "fair.yaml")
CALENDAR = Calendar.from_plain(load_organisation(LIBRARY / "organisations" / "lab.yaml")[0].calendars["holidays"])  # type: ignore[arg-type]
MILESTONES = (
    "call_sent",
    "award_proposed",
    "award_decided",
    "contract_signed",
    "drafts_ready",
    "offers_closed",
    "offer_sent",
)
ROLES = ("officer", "legal", "authority", "firm", "board")
STAGES = ("arriving", "extra", "extra.one", "extra.two", "deciding.decided", "done", "same")


@st.composite
def detours(draw: st.DrawFn) -> dict[str, Any]:
    two = draw(st.sampled_from(("extra.two", "extra.two", "extra.two", *STAGES)))
    steps: dict[str, Any] = {
        "go_in": {"from": "arriving", "to": "extra.one", "by": draw(st.sampled_from(ROLES))},
        "go_on": {"from": "extra.one", "to": two, "by": draw(st.sampled_from(ROLES))},
    }
    touched = draw(st.sampled_from((None, None, None, "stops", "starts", "meets", "publishes", "sets")))
    if touched:
        value: Any = {"publishes": "report", "sets": {"urgent": "checked_by_legal"}}.get(touched, "standstill")
        steps["go_on"][touched] = value
    made: dict[str, Any] = {
        "before": draw(st.sampled_from(MILESTONES)),
        "stages": {"extra": {"title": "Extra", "owner": "officer", "stages": {"one": {}, "two": {}}}},
        "steps": steps,
        "leaves_from": draw(st.sampled_from(("extra.two", "extra.two", "extra.one", "extra"))),
    }
    if draw(st.booleans()):
        made["when"] = draw(st.sampled_from(("urgent", "not urgent", "known(remark)")))
    return made


@st.composite
def additions(draw: st.DrawFn) -> dict[str, Any]:
    there: dict[str, Any] = {}
    for key, values in (
        ("approvals", ("launch", "award", "board_says")),
        ("documents", ("call", "notes", "entry")),
        ("fields", ("remark", "value")),
        ("after", ("standstill",)),
        ("within", ("offers",)),
    ):
        chosen = draw(st.lists(st.sampled_from(values), max_size=1))
        if chosen:
            there[key] = chosen
    if draw(st.booleans()):
        there["that"] = [
            {"holds": draw(st.sampled_from(("urgent", "value > value", "checked_by_legal"))), "if_not": "No."}
        ]
    made: dict[str, Any] = {"already_there": there}
    if draw(st.integers(0, 5)) == 0:
        made[draw(st.sampled_from(("starts", "tells")))] = draw(st.sampled_from(("standstill", "legal")))
    return made


LENGTHS = st.one_of(
    st.builds(
        lambda count, unit: f"{count} {unit}", st.integers(1, 45), st.sampled_from(("days", "working days", "weeks"))
    ),
    st.sampled_from(("limit('standstill')", "limit('window')", "20 days", "30 days")),
)


@st.composite
def overlays(draw: st.DrawFn) -> dict[str, Any]:
    made: dict[str, Any] = {
        "overlay": "random", "version": "1", "language": "en", "title": "Random", "organisation": "lab",
        "for": {"fair": "1.0"},
        "roles": {"board": {"title": "Board", "never": draw(st.lists(st.sampled_from(("move",)), max_size=1))}},
        "documents": {"entry": {"title": "Entry", "by": "officer"}},
        "approvals": {"board_says": {"signatures": [{"role": "board"}]}},
    }  # fmt: skip
    if draw(st.booleans()):
        made["insert"] = {"extra": draw(detours())}
    if draw(st.booleans()):
        made["at"] = draw(st.dictionaries(st.sampled_from(MILESTONES), additions(), max_size=2))
    if draw(st.booleans()):
        key = draw(st.sampled_from((("standstill", "period"), ("offers", "at_least"), ("reasons_given", "period"))))
        made["lengthen"] = {key[0]: {key[1]: draw(LENGTHS), "why": "Why not"}}
    if draw(st.integers(0, 3)) == 0:
        made["replace_role"] = {draw(st.sampled_from(ROLES[:4])): "board"}
    if draw(st.integers(0, 3)) == 0:
        made["rename"] = {"roles": {"officer": "Buyer"}}
    return made


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(overlays())
def test_an_accepted_overlay_takes_nothing_away(overlay: dict[str, Any]) -> None:
    found = applied_or_refused(overlay)
    if not isinstance(found, Definition):
        assert all(problem.place.file.endswith("random.yaml") for problem in found.problems)
        event("refused")
        return
    event("accepted")
    replaced = overlay.get("replace_role", {})
    assert set(found.main.stages) >= set(BASE.main.stages)
    assert set(found.main.approvals) >= set(BASE.main.approvals)
    for name, step in {
        **BASE.main.steps,
        **{f"offer.{key}": one for key, one in BASE.tracks["offer"].steps.items()},
    }.items():
        now = found.tracks["offer"].steps[name[6:]] if name.startswith("offer.") else found.main.steps[name]
        asks_as_much(step, now, replaced)
    for name, deadline in BASE.main.deadlines.items():
        ends_no_sooner(deadline, found.main.deadlines[name])


def applied_or_refused(overlay: dict[str, Any]) -> Definition | InvalidInput:
    try:
        return applied(overlay)
    except InvalidInput as refused:
        return refused


def applied(overlay: dict[str, Any]) -> Definition:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "random.yaml"
        path.write_text(json.dumps(overlay), encoding="utf-8")
        return load_applied(LIBRARY / "fair.yaml", [path])


def asks_as_much(step: Step, now: Step, replaced: dict[str, str]) -> None:
    assert set(now.by) == {replaced.get(role, role) for role in step.by}
    assert now.targets == step.targets
    assert set(now.starts) >= set(step.starts)
    assert now.stops == step.stops
    for part in ("fields", "documents", "approvals", "within", "after", "that"):
        assert all(one in getattr(now.already_there, part) for one in getattr(step.already_there, part))
    assert set(now.handed_in.documents) >= set(step.handed_in.documents)


def ends_no_sooner(deadline: Deadline, now: Deadline) -> None:
    """Compare, for every tenth day, the shortest end now with the longest that the procedure may ask for."""
    for key in ("period", "at_least"):
        old, new = getattr(deadline, key), getattr(now, key)
        if old is None or old == new:
            assert (old is None) == (new is None) or old is None
            continue
        for number in range(0, 500, 10):
            day = date.fromordinal(date(2026, 1, 1).toordinal() + number)
            before = [ends(day, period) for period in periods(old)]
            after = [ends(day, period) for period in periods(new)]
            if deadline.kind == "due":  # its limit is the longest: reasons are given no later
                assert max(after) <= min(before)
            else:
                assert min(after) >= max(before)


def of_value(value: LimitValue) -> tuple[LimitValue | LimitVariant, ...]:
    return (value, *value.variants)


def periods(length: Expr | str) -> list[Period]:
    if isinstance(length, str):
        return [parse_period(length)]
    limit = BASE.limits[str(length).split("'")[1]]
    return [parse_period(str(one.value)) for value in limit.values for one in of_value(value)]


def ends(day: date, period: Period) -> Any:
    return compute(day, "Europe/Zurich", period, calendar=CALENDAR).end


@settings(max_examples=14, deadline=None)
@given(st.sampled_from(MILESTONES), st.booleans())
def test_every_way_to_the_milestone_passes_a_detour_without_condition(milestone: str, conditional: bool) -> None:
    detour: dict[str, Any] = {
        "before": milestone,
        "stages": {"extra": {"title": "Extra", "owner": "officer"}},
        "steps": {"go_in": {"from": "arriving", "to": "extra", "by": "officer"}},
        "leaves_from": "extra",
    } | ({"when": "urgent"} if conditional else {})
    head = {
        "overlay": "random",
        "version": "1",
        "language": "en",
        "title": "R",
        "organisation": "lab",
        "for": {"fair": "1.0"},
    }
    try:
        found = applied({**head, "insert": {"extra": detour}})
    except InvalidInput:
        assert milestone in ("offers_closed", "offer_sent")  # of the system; of a track that is counted
        return
    (step,) = (one for one in found.main.steps.values() if one.milestone == milestone)
    straight = set(step.sources) - {"extra"}
    assert bool(straight) == conditional
    guarded = [guard for guard in step.already_there.that if set(guard.only_from) >= straight and straight]
    assert [str(guard.holds) for guard in guarded] == (["not urgent"] if conditional else [])
