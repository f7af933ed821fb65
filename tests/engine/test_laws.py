"""Laws that hold for any requests in any order: replay, all or nothing, time first, one person one signature, seals.

Random walks ask mostly for what is offered, so that cases get far, and sometimes for nonsense. The seed is printed;
``INPROCAP_SEED`` repeats a walk. The full size is marked slow.
"""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inprocap_flow.engine.case.binding import Binding
from inprocap_flow.engine.case.history import fold
from inprocap_flow.engine.case.records import Decision, Handed, Refusal, Request, When
from inprocap_flow.engine.decide import ACT_KINDS, decide
from inprocap_flow.language.model import AlreadyThere, Derogation, Person
from inprocap_flow.machine.table import Machine
from inprocap_flow.service.rehearsal import Rehearsal
from tests.engine.conftest import ORGANISATION, Play, moment
from tests.engine.walking import SEED, START, report, shipped, text_of, walked

SHIPPED = ("open", "pcp", "innovation-partnership")


def test_the_laws_hold_on_random_walks_through_the_small_procedure(machine: Machine) -> None:
    walks = [walked(Binding(machine, ORGANISATION), SEED + number, 60) for number in range(6)]
    report("purchase", walks)
    assert sum(walk.decided for walk in walks) > 60
    assert not any(walk.defects for walk in walks)


def test_the_laws_hold_where_derogations_lift_rules(machine: Machine) -> None:
    needs = AlreadyThere(approvals=("launch",))
    alone = Derogation("alone", {"en": "One firm only"}, ("enough_bids",), by=("officer", "unit"))
    signed = Derogation("signed", {"en": "Signed"}, ("enough_bids",), by=("officer",), already_there=needs)
    definition = replace(machine.definition, derogations={"alone": alone, "signed": signed})
    binding = Binding(replace(machine, definition=definition), ORGANISATION)
    walks = [walked(binding, SEED + number, 80) for number in range(6)]
    while len(walks) < 40 and not any(event.kind == "lifted" for walk in walks for event in walk.events):
        walks.append(walked(binding, SEED + len(walks), 80))  # six may be dull
    report("purchase with derogations", walks)
    assert any(event.kind == "lifted" for walk in walks for event in walk.events)


@pytest.mark.parametrize("story", ["bids_in", "ranked", "standing_still"])
def test_the_laws_hold_on_random_walks_from_the_middle(story: str, request: pytest.FixtureRequest) -> None:
    play: Play = request.getfixturevalue(story)
    walks = [walked(play.rehearsal.binding, SEED + number, 25, play) for number in range(2)]
    report(story, walks)
    assert not any(walk.defects for walk in walks)


@pytest.mark.parametrize("name", SHIPPED)
def test_the_laws_hold_on_random_walks_through_shipped_procedures(name: str) -> None:
    binding = shipped(name)
    walks = [walked(binding, SEED + number, 45) for number in range(2)]
    report(name, walks)
    assert not any(walk.defects for walk in walks)


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("name", ["purchase", *SHIPPED])
def test_the_laws_hold_on_long_random_walks(name: str, machine: Machine) -> None:
    binding = Binding(machine, ORGANISATION) if name == "purchase" else shipped(name)
    walks = [walked(binding, SEED + number, 600) for number in range(60)]
    report(name, walks)
    assert not any(walk.defects for walk in walks)


JUNK = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        ["", "case", "bidder/al", "bidder/", "/", "launch", "sign", "send_call", "4", "²", "-1", "a b", "\0"]
    ),
)
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=8)),
    lambda inner: st.one_of(st.lists(inner, max_size=2), st.dictionaries(st.text(max_size=8), inner, max_size=2)),
    max_leaves=4,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    kind=st.one_of(st.sampled_from(ACT_KINDS), JUNK),
    actor=st.sampled_from(["ben", "al", "june", "nobody", ""]),
    names=st.tuples(JUNK, JUNK, st.none() | JUNK, st.none() | JUNK),
    fields=st.dictionaries(st.sampled_from(["value", "closing_day", "price", "firm", "x"]) | JUNK, VALUES, max_size=3),
    documents=st.lists(st.sampled_from(["specification", "notice", "bid", "y"]), max_size=2),
    extra=st.dictionaries(st.sampled_from(["with", "seed", "conflict", "signed_by", "case", "not_evidenced"]), VALUES),
    days=st.integers(0, 400),
)
def test_whatever_is_asked_is_answered(
    bids_in: Play,
    kind: str,
    actor: str,
    names: tuple[str, str, str | None, str | None],
    fields: dict[str, Any],
    documents: list[str],
    extra: dict[str, Any],
    days: int,
) -> None:
    name, line, new, parent = names
    request = Request(
        kind, actor, name, line, new=new, parent=parent, fields=fields, extra=extra, reason="r",
        documents={paper: Handed("h", "f") for paper in documents},
    )  # fmt: skip
    play, now = bids_in.rehearsal, moment("2026-02-10 09:00") + timedelta(days=days)
    for case in (play.case, None):
        outcome = decide(play.binding, case, request, now, play.events)
        if isinstance(outcome, Decision) and case is not None:
            assert text_of(fold([*play.events, *outcome.events])) == text_of(outcome.case)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=st.integers(0, 5000), second=st.integers(0, 5000))
def test_time_passes_the_same_in_one_go_as_in_two(bids_in: Play, first: int, second: int) -> None:
    binding, case = bids_in.rehearsal.binding, bids_in.case
    once = moment("2026-02-10 10:00") + timedelta(hours=first)
    twice = once + timedelta(hours=second)
    nothing = Request("fill", "ben")
    halfway = decide(binding, case, nothing, once).case
    in_two = decide(binding, halfway, nothing, twice)
    in_one = decide(binding, case, nothing, twice)
    assert in_two.case is not None
    assert in_one.case is not None

    def words(events: Any) -> list[Any]:
        return [(e.kind, e.line, e.data, e.happened) for e in events]

    assert words(in_one.events) == words([*decide(binding, case, nothing, once).events, *in_two.events])
    same = {"version": 0, "last_change_at": ""}
    assert text_of(replace(in_one.case, **same)) == text_of(replace(in_two.case, **same))  # type: ignore[arg-type]


def test_forty_firms_act_in_the_last_minute_and_all_are_in_and_none_twice(called: Play) -> None:
    people = {f"p{n}": Person(f"p{n}", ("supplier",)) for n in range(40)}
    binding = called.rehearsal.binding
    organisation = replace(binding.organisation, people={**binding.organisation.people, **people})
    rehearsal = Rehearsal(replace(binding, organisation=organisation), called.case, list(called.events))
    order = random.Random(SEED)
    second = moment("2026-02-20 15:59")
    asked: list[Request] = []
    for person in people:
        firm = Request("do", person, new=f"bidder/{person}", fields={"firm": person})
        price = {"price": {"amount": "5", "currency": "EUR"}}
        bid = Request("do", person, "submit", f"bidder/{person}", fields=price, documents={"bid": Handed("h", "b")})
        asked += [firm, firm, bid, bid]
    keyed = {id(request): order.random() for request in asked}
    firsts = sorted((r for r in asked if r.new), key=lambda r: keyed[id(r)])
    seconds = sorted((r for r in asked if not r.new), key=lambda r: keyed[id(r)])
    accepted = 0
    for number, request in enumerate((*firsts, *seconds)):
        accepted += isinstance(rehearsal.play(request, second + timedelta(milliseconds=300 * number)), Decision)
    assert accepted == 80
    late = rehearsal.play(Request("do", "p0", "take_back", "bidder/p0"), moment("2026-02-20 16:00"))
    assert isinstance(late, Refusal)
    assert rehearsal.case is not None
    assert [line.state for line in rehearsal.case.tracks("bidder")] == ["bid"] * 40
    assert text_of(fold(rehearsal.events)) == text_of(rehearsal.case)


def test_a_moment_and_its_text_are_one() -> None:
    for when in (When.exactly(START), When(START, START + timedelta(days=1), "day")):
        assert When.from_plain(when.to_plain()) == when
