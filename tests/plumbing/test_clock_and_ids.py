from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from inprocap_flow.clock import FixedClock, SystemClock
from inprocap_flow.ids import CountedIds, TimedIds, is_id


def test_the_system_clock_tells_utc() -> None:
    assert SystemClock().now().utcoffset() == timedelta(0)


def test_a_fixed_clock_keeps_the_moment_but_not_the_zone() -> None:
    there = datetime(2026, 3, 2, 10, tzinfo=timezone(timedelta(hours=1)))
    assert FixedClock(there).now().isoformat() == "2026-03-02T09:00:00+00:00"


def test_a_moment_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="2026-03-02T09:00:00 has no time zone"):
        FixedClock(datetime(2026, 3, 2, 9))  # noqa: DTZ001 - the point of the test


def test_a_later_clock_leaves_the_first_where_it_was(clock: FixedClock) -> None:
    assert clock.later(timedelta(days=1)).now() - clock.now() == timedelta(days=1)
    assert clock.now() == datetime(2026, 3, 2, 9, tzinfo=UTC)


def test_timed_ids_rise_and_name_their_noun() -> None:
    ids = TimedIds()
    made = [ids.new("case") for _ in range(1000)]
    assert made == sorted(set(made))
    assert all(is_id(one, "case") for one in made)


def test_counted_ids_count_each_noun_apart(ids: CountedIds) -> None:
    assert [ids.new("case"), ids.new("event"), ids.new("case")] == ["case-0001", "event-0001", "case-0002"]


@pytest.mark.parametrize("noun", ["", "Case", "case-", "a b", "../case", "case_", "cäse"])
@pytest.mark.parametrize("maker", [TimedIds, CountedIds])
def test_what_is_no_noun_starts_no_id(maker: type[TimedIds | CountedIds], noun: str) -> None:
    with pytest.raises(ValueError, match="cannot start an id"):
        maker().new(noun)


@pytest.mark.parametrize(
    ("text", "noun", "expected"),
    [
        ("case-0001", None, True),
        ("case-0001", "case", True),
        ("case-0001", "event", False),
        ("supplier_track-0001", "supplier_track", True),
        ("case-", None, False),
        ("case-00g1", None, False),
        ("case-0001\n", None, False),
        ("../case-0001", None, False),
    ],
)
def test_the_shape_of_an_id_is_known(text: str, noun: str | None, expected: bool) -> None:
    assert is_id(text, noun) is expected
