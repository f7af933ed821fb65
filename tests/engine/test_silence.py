"""A case that is left alone is mentioned, also in a stage that says nothing of it; not while it waits."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from inprocap_flow.engine.reminding.ladder import Ladder
from inprocap_flow.engine.reminding.ladders import ladder_named, ladders
from inprocap_flow.engine.reminding.notes import notes
from inprocap_flow.language.model import Reminding
from tests.engine.conftest import BERLIN, Build, Play, moment

WORK = """
stages:
  first: {owner: officer, title: Work, TYPICAL}
  open: {owner: officer, title: Open}
  wait: {owner: officer, title: Wait}
  end: {final: completed}
fields:
  until: {type: moment, by: officer, title: Until}
  note: {type: text, by: officer, title: Note}
steps:
  call: {from: first, to: open, by: officer, starts: [tenders]}
  close: {from: open, to: wait, by: system, starts: [standstill, papers]}
  sign: {from: wait, to: end, by: officer, already_there: {after: [standstill]}, ends: everything}
  finish: {from: [first, open, wait], to: end, by: officer, ends: everything}
deadlines:
  tenders: {title: Tenders, kind: open_until, ends_at: until, when_over: close}
  standstill: {title: Standstill, kind: not_before, period: 40 days}
  papers: {title: Papers, kind: due, period: 90 days}
tracks:
  bid:
    title: Bid
    begins: {step: register, by: firm, to: open}
    stages: {open: {owner: officer, title: Open}, left: {final: left}}
    steps: {leave: {from: open, to: left, by: firm}, check: {from: open, to: same, by: officer}}
    if_case_ends: left
"""


def silent(tiny: Build, typical: str = "typical: 2 working days", *, after: str | None = "P15WD") -> Play:
    play = tiny(WORK.replace("TYPICAL", typical))
    organisation = replace(play.rehearsal.binding.organisation, reminders=Reminding(remind_after=after))
    play.rehearsal.binding = replace(play.rehearsal.binding, organisation=organisation)
    return play


def ladder(play: Play) -> Ladder | None:
    return ladder_named(play.rehearsal.binding, play.case, "silence case")


def moments(play: Play, how_many: int = 2) -> list[str]:
    """Return when the ladder of the case is looked at, local time."""
    found, first = ladder(play), moment("2026-01-05 00:00")
    shown: list[str] = []
    while found is not None and len(shown) < how_many:
        rung = found.next_after(first)
        assert rung is not None
        first = rung.at
        shown.append(f"{rung.at.astimezone(BERLIN):%Y-%m-%d %H:%M}")
    return shown


def told(play: Play, at: str) -> list[str]:
    """Return who is told at the looks up to *at* that fall on its day."""
    found, now = ladder(play), moment(at)
    assert found is not None
    day: datetime = now.replace(hour=0, minute=0)
    return [note.to for note in notes(play.rehearsal.binding, play.case, found, day, now)]


def test_a_case_left_alone_is_mentioned_to_the_owner_of_its_stage_again_and_again(tiny: Build) -> None:
    play = silent(tiny)
    assert moments(play) == ["2026-01-26 08:00", "2026-02-16 08:00"]
    assert told(play, "2026-01-26 09:00") == ["role:officer"]
    assert told(play, "2026-02-16 09:00") == ["role:officer"]


def test_an_organisation_that_says_never_is_told_nothing(tiny: Build) -> None:
    assert ladder(silent(tiny, after=None)) is None


def test_a_stage_that_says_never_is_not_mentioned(tiny: Build) -> None:
    assert ladder(silent(tiny, "remind_after: never")) is None


def test_a_stage_that_says_when_is_not_ruled_by_the_organisation(tiny: Build) -> None:
    play = silent(tiny, "remind_after: 3 working days")
    found = ladder(play)
    assert found is not None
    assert [rung.says for rung in found.rungs] == ["after P3WD"]
    assert found.repeats == ()


def test_no_stage_is_mentioned_before_it_takes_longer_than_usual(tiny: Build) -> None:
    assert moments(silent(tiny, "typical: 8 weeks"), 1) == ["2026-03-02 08:00"]
    ranged = "typical: {least: 1 week, likely: 2 weeks, most: 6 weeks}"
    assert moments(silent(tiny, ranged), 1) == ["2026-02-16 08:00"]


def test_what_happens_on_a_track_is_no_silence(tiny: Build) -> None:
    play = silent(tiny)
    play.does("2026-01-20 10:00", "al", "do", "register", new="bid/al")
    assert told(play, "2026-01-26 09:00") == []


def test_what_happens_on_a_track_begins_the_count_anew(tiny: Build) -> None:
    play = silent(tiny)
    play.does("2026-01-20 10:00", "al", "do", "register", new="bid/al")
    play.does("2026-01-22 10:00", "ben", "do", "check", on="bid/al")
    assert moments(play) == ["2026-02-12 08:00", "2026-03-05 08:00"]
    assert told(play, "2026-02-11 09:00") == []
    assert told(play, "2026-02-12 09:00") == ["role:officer"]


def test_tracks_have_no_silence_of_their_own_unless_they_declare_it(tiny: Build) -> None:
    play = silent(tiny)
    play.does("2026-01-20 10:00", "al", "do", "register", new="bid/al")
    assert [one.name for one in ladders(play.rehearsal.binding, play.case) if one.kind == "silence"] == ["silence case"]


def test_nobody_is_told_while_the_case_waits_for_a_closing(tiny: Build) -> None:
    play = silent(tiny)
    play.does("2026-01-05 12:00", "ben", "fill", until="2026-03-20 16:00")
    play.does("2026-01-05 13:00", "ben", "do", "call")
    assert told(play, "2026-01-26 09:00") == []
    assert told(play, "2026-03-09 09:00") == []
    assert told(play, "2026-03-30 09:00") == ["role:officer"]  # and nothing closed it: somebody must look


def test_nobody_is_told_while_the_case_waits_until_a_step_is_allowed(tiny: Build) -> None:
    play = silent(tiny)
    play.does("2026-01-05 12:00", "ben", "fill", until="2026-01-07 16:00")
    play.does("2026-01-05 13:00", "ben", "do", "call")
    play.does("2026-01-08 09:00", "ben", "fill", note="tenders are in")
    assert play.case.main.state == "wait"
    assert told(play, "2026-01-29 09:00") == []  # the standstill runs until 17 February
    assert told(play, "2026-02-19 09:00") == ["role:officer"]  # the papers are due later: that is no reason to wait
