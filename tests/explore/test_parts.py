"""The parts of an exploration: answers that come out in several ways, tracks that are counted, clocks that follow."""

from __future__ import annotations

from itertools import product
from math import inf

from hypothesis import given
from hypothesis import strategies as st

from inprocap_flow.language.explore.clocks import after, followed
from inprocap_flow.language.explore.counting import spread
from inprocap_flow.language.explore.scope import Scope
from inprocap_flow.language.explore.state import MET, MISSED, NOT_STARTED, OVER, RUNNING, STATUSES, STOPPED, WAIVED
from inprocap_flow.language.explore.truth import NO, UNKNOWN, YES, Amount, both, compared, computed, one_of, opposite
from inprocap_flow.language.explore.world import World
from inprocap_flow.language.load import load_procedure
from tests.explore.abstracting import HERE

ANSWERS = {True: YES, False: NO, None: UNKNOWN}
answers = st.lists(st.sets(st.sampled_from([True, False, None]), min_size=1), min_size=1, max_size=3)


def mask(found: set[bool | None]) -> int:
    return sum(ANSWERS[one] for one in found)


def kleene_and(values: tuple[bool | None, ...]) -> bool | None:
    return False if False in values else None if None in values else True


@given(answers)
def test_and_or_and_not_give_every_answer_that_kleene_gives_and_no_other(sets: list[set[bool | None]]) -> None:
    masks = [mask(one) for one in sets]
    every = list(product(*sets))
    assert both(masks) == mask({kleene_and(values) for values in every})
    negated = [tuple(None if one is None else not one for one in values) for values in every]
    ors = {None if (found := kleene_and(values)) is None else not found for values in negated}
    assert one_of(masks) == mask(ors)
    assert opposite(opposite(masks[0])) == masks[0]


bounds = st.tuples(st.integers(-3, 3), st.integers(0, 3)).map(lambda pair: (pair[0], pair[0] + pair[1]))


@given(bounds, bounds, st.sampled_from(["<", "<=", ">", ">=", "==", "!="]))
def test_a_comparison_may_give_just_what_some_values_between_the_bounds_give(
    left: tuple[int, int], right: tuple[int, int], sign: str
) -> None:
    how = {"<": int.__lt__, "<=": int.__le__, ">": int.__gt__, ">=": int.__ge__, "==": int.__eq__, "!=": int.__ne__}
    pairs = product(range(left[0], left[1] + 1), range(right[0], right[1] + 1))
    found: set[bool | None] = {bool(how[sign](one, other)) for one, other in pairs}
    assert compared(sign, Amount(*left), Amount(*right)) == mask(found)


def test_what_is_not_known_makes_a_comparison_and_a_sum_unknown() -> None:
    nothing = Amount(known=False, unknown=True)
    assert compared("<", nothing, Amount(1, 1)) == UNKNOWN
    assert computed("+", nothing, Amount(1, 1)).known is False
    assert computed("+", Amount(1, 2), Amount(1, inf)) == Amount(2, inf)


def test_a_crowd_parts_in_every_way() -> None:
    definition = load_procedure(HERE.parent / "engine" / "purchase.yaml")
    exact, endless = (World(definition, Scope(most=2, exact=one)) for one in (True, False))
    assert sorted(spread(exact, 2, 2)) == [(0, 2), (1, 1), (2, 0)]
    # Two stand for two or more: any number may go either way, as long as two are there at all.
    assert sorted(spread(endless, 2, 2)) == [(0, 2), (1, 1), (1, 2), (2, 0), (2, 1), (2, 2)]


def test_what_ended_is_not_stopped_again_and_what_never_started_is_waived() -> None:
    assert after(NOT_STARTED, STOPPED) == WAIVED
    assert {after(status, STOPPED) for status in (OVER, MET, MISSED, WAIVED)} == {OVER, MET, MISSED, WAIVED}
    assert after(MISSED, MET) == MET
    assert after(OVER, MET) == OVER


def test_what_is_counted_back_starts_with_its_anchor_unless_it_was_waived() -> None:
    assert {followed(status, RUNNING) for status in STATUSES - {WAIVED}} == {RUNNING}
    assert followed(WAIVED, RUNNING) == WAIVED
    assert followed(RUNNING, MET) == STOPPED
    assert followed(OVER, STOPPED) == OVER
