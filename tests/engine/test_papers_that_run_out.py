"""A guarantee, an insurance, a certificate: somebody is reminded before its last day, and a newer one moves it."""

from __future__ import annotations

from inprocap_flow.engine.reminding.ladders import ladder_named
from inprocap_flow.engine.reminding.notes import notes
from tests.engine.conftest import BERLIN, Build, Play, moment

WORK = """
stages:
  first: {owner: officer, title: Running}
  end: {final: completed}
steps:
  finish: {from: first, to: end, by: officer, ends: everything}
tracks:
  bid:
    title: Contractor
    begins: {step: sign, by: officer, to: working}
    stages: {working: {owner: officer, title: At work}, left: {final: left}}
    fields:
      guaranteed_until: {type: date, title: Last day of the guarantee}
    steps:
      show_guarantee:
        from: working
        to: same
        by: [firm, officer]
        handed_in: {fields: [guaranteed_until], reason: yes}  # a clock begins anew with a reason
        restarts: [guarantee]
      leave: {from: working, to: left, by: officer}
    deadlines:
      guarantee:
        title: Guarantee of this contractor
        kind: open_until
        ends_at: guaranteed_until
        remind:
          - {role: officer, before: 1 month}
          - {role: officer, after: 0 days, escalation: yes}
    if_case_ends: left
"""


def shown(tiny: Build, until: str) -> Play:
    """Return a contract whose guarantee runs until a day; today is the 5th of January 2026."""
    play = tiny(WORK)
    play.does("2026-01-05 10:00", "ben", "do", "sign", new="bid/al")
    show(play, "2026-01-05 11:00", until)
    return play


def show(play: Play, at: str, until: str) -> None:
    play.does(at, "ben", "do", "show_guarantee", on="bid/al", guaranteed_until=until, reason="of the bank")


def days(play: Play) -> list[str]:
    found = ladder_named(play.rehearsal.binding, play.case, "deadline bid/al guarantee")
    assert found is not None
    return [f"{rung.at.astimezone(BERLIN):%Y-%m-%d %H:%M} {rung.side}" for rung in found.rungs]


def test_somebody_is_reminded_a_month_before_its_last_day_and_when_it_is_over(tiny: Build) -> None:
    assert days(shown(tiny, "2027-06-30")) == ["2027-05-28 08:00 before", "2027-07-01 08:00 after"]  # 30 May: a Sunday


def test_a_month_before_the_end_of_march_is_the_leap_day(tiny: Build) -> None:
    assert days(shown(tiny, "2028-03-31")) == ["2028-02-29 08:00 before", "2028-04-03 08:00 after"]


def test_it_may_run_out_on_a_leap_day_or_with_the_year(tiny: Build) -> None:
    assert days(shown(tiny, "2028-02-29")) == ["2028-01-28 08:00 before", "2028-03-01 08:00 after"]
    assert days(shown(tiny, "2027-12-31")) == ["2027-11-30 08:00 before", "2028-01-03 08:00 after"]


def test_a_newer_one_moves_the_reminder_and_nothing_is_said_of_the_old(tiny: Build) -> None:
    play = shown(tiny, "2026-03-31")
    show(play, "2026-02-10 10:00", "2027-03-31")
    assert days(play) == ["2027-02-26 08:00 before", "2027-04-01 08:00 after"]


def test_a_newer_one_may_come_after_the_old_one_has_run_out(tiny: Build) -> None:
    play = shown(tiny, "2026-03-31")
    show(play, "2026-04-20 10:00", "2027-03-31")
    assert play.case.deadlines["bid/al guarantee"].status == "running"


def test_nobody_is_reminded_of_a_contractor_who_has_left(tiny: Build) -> None:
    play = shown(tiny, "2026-03-31")
    play.does("2026-02-10 10:00", "ben", "do", "leave", on="bid/al")
    found = ladder_named(play.rehearsal.binding, play.case, "deadline bid/al guarantee")
    now = moment("2026-03-02 09:00")
    assert found is None or notes(play.rehearsal.binding, play.case, found, now.replace(hour=0), now) == ()
