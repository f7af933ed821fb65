"""`of` and `stands`: what belongs to one firm counts for that firm, and for no other."""

from __future__ import annotations

import pytest

from tests.engine.conftest import Build, Play

PARTS = """
stages:
  first: {owner: officer}
  done: {final: completed}
steps:
  finish: {from: first, to: done, by: officer, ends: everything}
tracks:
  bid:
    title: Bid
    fields:
      cap: {type: whole_number, by: officer, title: Cap}
    begins: {step: begin, by: officer, to: in}
    stages:
      in: {owner: officer}
      out: {owner: officer}
      gone: {final: gone}
    steps:
      drop: {from: in, to: out, by: officer}
      reject:
        from: in
        to: out
        by: officer
        already_there:
          that:
            - holds: count('query', 'failed', of=this) >= 1
              if_not: No query to this firm has failed.
            - holds: unfinished('query', of=this) == 0
              if_not: A query to this firm is open.
    if_case_ends: gone
  query:
    title: Query
    of: bid
    fields:
      worth: {type: whole_number, by: officer, title: Worth}
    begins:
      step: ask
      by: officer
      to: open
      already_there:
        that:
          - holds: stands('bid', 'in')
            if_not: This firm is out.
    stages:
      open: {owner: officer}
      failed: {final: failed}
    steps:
      fail:
        from: open
        to: failed
        by: officer
        already_there:
          that:
            - holds: total('query', each.worth, 'failed', of=parent) + worth <= bid.cap
              if_not: Together it is too much for this firm.
    if_case_ends: failed
"""


@pytest.fixture
def play(tiny: Build) -> Play:
    """Two firms, each with a cap of 10; one query to alpha."""
    play = tiny(PARTS)
    for name in ("alpha", "beta"):
        play.does("2026-01-06 09:00", "ben", "do", "begin", new=f"bid/{name}")
        play.does("2026-01-06 09:00", "ben", "fill", on=f"bid/{name}", cap="10")
    _asks(play, "alpha", "a1", "6")
    return play


def _asks(play: Play, firm: str, name: str, worth: str) -> None:
    play.does("2026-01-06 10:00", "ben", "do", "ask", on=f"bid/{firm}", new=f"query/{name}")
    play.does("2026-01-06 10:00", "ben", "fill", on=f"query/{name}", worth=worth)


def test_a_query_counts_for_its_own_firm_only(play: Play) -> None:
    refusal = play.refused("2026-01-07 09:00", "ben", "do", "reject", on="bid/alpha")
    assert [b.reason for b in refusal.blockers] == [
        "No query to this firm has failed.",
        "A query to this firm is open.",
    ]
    play.does("2026-01-07 10:00", "ben", "do", "fail", on="query/a1")
    refusal = play.refused("2026-01-07 11:00", "ben", "do", "reject", on="bid/beta")
    assert [b.reason for b in refusal.blockers] == ["No query to this firm has failed."]
    play.does("2026-01-07 11:00", "ben", "do", "reject", on="bid/alpha")


def test_a_sum_over_the_tracks_of_one_firm_leaves_those_of_others_out(play: Play) -> None:
    play.does("2026-01-07 10:00", "ben", "do", "fail", on="query/a1")
    _asks(play, "beta", "b1", "9")
    play.does("2026-01-07 10:00", "ben", "do", "fail", on="query/b1")
    _asks(play, "alpha", "a2", "5")
    assert play.refused("2026-01-07 11:00", "ben", "do", "fail", on="query/a2").codes == ("guard",)
    play.does("2026-01-07 11:00", "ben", "fill", on="query/a2", worth="4")
    play.does("2026-01-07 12:00", "ben", "do", "fail", on="query/a2")


def test_where_its_own_firm_stands_decides_whatever_the_others_do(play: Play) -> None:
    play.does("2026-01-07 09:00", "ben", "do", "drop", on="bid/beta")
    refusal = play.refused("2026-01-07 10:00", "ben", "do", "ask", on="bid/beta", new="query/b1")
    assert [b.reason for b in refusal.blockers] == ["query/b1: This firm is out."]
    _asks(play, "alpha", "a2", "1")


def test_what_belongs_to_nothing_here_is_found_when_the_file_is_loaded(tiny: Build) -> None:
    with pytest.raises(Exception, match="not-of-this  No query belongs to this track"):
        tiny(PARTS.replace("total('query', each.worth, 'failed', of=parent)", "count('query', of=this)"))
    with pytest.raises(Exception, match="There is no parent `query`"):
        tiny(PARTS.replace("stands('bid', 'in')", "stands('query', 'open')"))
