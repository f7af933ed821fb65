"""What a refusal says mends it, does: a day that another field moves, a parent that is not named, who has signed."""

from __future__ import annotations

from inprocap_flow.engine.offers import outlook
from tests.engine.conftest import Build, moment
from tests.engine.test_reminders_backwards import PAPERS, papers

WEDNESDAY = moment("2026-01-07 09:00")

TRACKS = """
stages: {first: {owner: officer, title: First}, end: {final: completed}}
steps:
  finish: {from: first, to: end, by: officer, ends: everything, already_there: {approvals: [plan]}}
approvals:
  plan: {title: The plan, signatures: [{role: legal}, {role: authority}]}
tracks:
  bid:
    title: Firm
    begins: {step: register, by: officer, to: there}
    stages: {there: {owner: officer, title: There}, left: {final: left}}
    steps:
      leave: {from: there, to: left, by: officer}
    if_case_ends: left
  query:
    title: Query
    of: bid
    begins: {step: ask, by: officer, to: asked}
    stages: {asked: {owner: officer, title: Asked}, over: {final: over}}
    steps:
      answer: {from: asked, to: over, by: officer}
    if_case_ends: over
"""


def test_a_window_that_hangs_on_a_day_is_mended_by_another_day(tiny: Build) -> None:
    play = papers(tiny)
    refused = play.refused("2026-07-02 10:00", "ben", "do", "hand_in").blockers
    assert [blocker.mend for blocker in refused] == [
        'nothing mends this but another day under "Day of the committee" (meets_on), or an extension in time'
    ]
    play.does("2026-07-02 11:00", "ben", "fill", meets_on="2026-09-16")
    play.does("2026-07-02 12:00", "ben", "do", "hand_in")


def test_a_window_whose_day_nobody_has_filled_in_says_to_fill_it(tiny: Build) -> None:
    play = tiny(PAPERS)
    (found,) = play.refused("2026-06-01 10:00", "ben", "do", "hand_in").blockers
    assert found.reason == '"The committee takes papers" has not started.'
    assert found.mend == 'fill meets_on, "Day of the committee": it is counted back from there'
    play.does("2026-06-01 11:00", "ben", "fill", meets_on="2026-07-15")
    play.does("2026-06-01 12:00", "ben", "do", "hand_in")


def test_a_track_whose_parent_is_not_named_says_which_there_are(tiny: Build) -> None:
    play = tiny(TRACKS)
    play.does("2026-01-05 09:00", "ben", "do", "register", new="bid/al")
    (found,) = play.refused("2026-01-05 10:00", "ben", "do", "ask", new="query/1").blockers
    assert found.reason == "A query belongs to a bid, and none is named."
    assert found.mend == "name its bid: --of bid/al"


def test_whoever_has_signed_and_signs_again_is_told_so_and_who_is_missing(tiny: Build) -> None:
    play = tiny(TRACKS)
    play.does("2026-01-05 09:00", "dora", "sign", "plan")
    (found,) = play.refused("2026-01-05 10:00", "dora", "sign", "plan").blockers
    assert found.code == "already-signed"
    assert "dora has signed this already; missing: " in found.reason
    assert "june" in found.who


VACANT = """
stages: {first: {owner: officer, title: First}, end: {final: completed}}
fields:
  vacant: {type: whole_number, title: The rank that is vacant}
  limit: {type: whole_number, by: officer, title: Last rank that moves}
steps:
  move_up:
    from: first
    to: same
    by: officer
    handed_in: {fields: [vacant]}
    moves: [{tracks: bid, in: [there], step: move, where: each.rank == vacant}]
  move_some:
    from: first
    to: same
    by: officer
    moves: [{tracks: bid, in: [there], step: move, where: each.rank <= limit}]
  finish: {from: first, to: end, by: officer, ends: everything}
tracks:
  bid:
    title: Firm
    fields: {rank: {type: whole_number, title: Rank}}
    begins: {step: register, by: officer, to: there, handed_in: {fields: [rank]}}
    stages: {there: {owner: officer, title: There}, up: {owner: officer, title: Up}, left: {final: left}}
    steps:
      move: {from: there, to: up, by: system}
      leave: {from: [there, up], to: left, by: officer}
    if_case_ends: left
"""


def test_what_a_step_takes_with_it_is_not_said_to_be_missing_on_the_tracks_that_it_moves(tiny: Build) -> None:
    play = tiny(VACANT)
    for rank in ("1", "2"):
        play.does("2026-01-05 09:00", "ben", "do", "register", new=f"bid/{rank}", rank=rank)
    found = {offer.step.name: offer for offer in outlook(play.rehearsal.binding, play.case, WEDNESDAY).offers}
    assert found["move_up"].is_open
    assert [(one.about, one.line, one.mend) for one in found["move_some"].blockers] == [("limit", "case", "fill limit")]


WITH_A_STEP = """
stages: {first: {owner: officer, title: First}, end: {final: completed}}
fields: {agreed: {type: yes_no, title: Agreed}, said: {type: text, by: officer, title: Said}}
documents: {minutes: {title: Minutes}, letter: {title: Letter, by: officer}}
steps:
  meet: {from: first, to: same, by: officer, handed_in: {fields: [agreed], documents: [minutes]}}
  finish:
    {from: first, to: end, by: officer, ends: everything,
     already_there: {fields: [agreed, said], documents: [minutes, letter]}}
"""


def test_what_nobody_may_bring_apart_is_to_come_with_the_step_and_may(tiny: Build) -> None:
    play = tiny(WITH_A_STEP)
    refused = play.refused("2026-01-05 09:00", "ben", "do", "finish").blockers
    assert {one.about: one.mend for one in refused} == {
        "agreed": "give agreed with this step",
        "said": "fill said",
        "minutes": "hand in minutes with this step",
        "letter": "bring letter",
    }
    play.does("2026-01-05 10:00", "ben", "fill", said="Yes")
    play.does("2026-01-05 10:00", "ben", "bring", docs=("letter",))
    play.does("2026-01-05 11:00", "ben", "do", "finish", agreed="yes", docs=("minutes",))


def test_a_day_that_is_missing_is_refused_once_and_not_by_the_window_that_waits_for_it_too(tiny: Build) -> None:
    within = "already_there: {within: ["
    assert within in PAPERS
    play = tiny(PAPERS.replace(within, "already_there: {fields: [meets_on], within: ["))
    (found,) = play.refused("2026-06-01 10:00", "ben", "do", "hand_in").blockers
    assert (found.code, found.about) == ("field-missing", "meets_on")


ONLY_WITH_STEPS = """
stages: {first: {owner: officer, title: First}, second: {owner: officer, title: Second}, end: {final: completed}}
fields: {agreed: {type: yes_no, title: Agreed}, counted: {type: yes_no, title: Counted}}
documents: {minutes: {title: Minutes}, plan: {title: Plan}}
approvals:
  go: {title: Go, signatures: [{role: legal}], void_if_changed: {documents: [minutes, plan]}}
  told: {title: Told, signatures: [{role: legal}], void_if_changed: {fields: [agreed, counted]}}
steps:
  meet: {from: first, to: same, by: officer, handed_in: {documents: [plan]}}
  meet_again: {from: [first, second], to: same, by: officer, may_bring: [plan], may_fill: [agreed]}
  count: {from: first, to: same, by: officer, sets: {counted: agreed}}
  go_on: {from: first, to: second, by: officer, already_there: {approvals: [go, told]}}
  go_back: {from: second, to: first, by: officer, already_there: {approvals: [go]}}
  write_up: {from: second, to: same, by: officer, handed_in: {documents: [minutes]}}
  finish: {from: second, to: end, by: officer, publishes: [plan], ends: everything}
"""


def test_what_comes_only_with_a_step_is_refused_with_the_steps_that_are_possible_or_ahead(tiny: Build) -> None:
    play = tiny(ONLY_WITH_STEPS)
    for paper, mend in (
        ("plan", "hand in plan with meet or meet_again"),
        ("minutes", "hand in minutes with write_up"),
    ):
        (found,) = play.refused("2026-01-05 09:00", "ben", "bring", docs=(paper,)).blockers
        assert (found.code, found.mend) == ("not-asked-for", mend)
    (found,) = play.refused("2026-01-05 09:00", "ben", "fill", agreed="yes").blockers
    assert (found.code, found.mend) == ("not-asked-for", "give agreed with meet_again")
    (found,) = play.refused("2026-01-05 09:00", "ben", "do", "meet", docs=("plan", "minutes")).blockers
    assert (found.code, found.mend) == ("not-asked-for", "hand in minutes with write_up")


def test_whoever_signs_is_told_with_which_step_the_papers_come(tiny: Build) -> None:
    play = tiny(ONLY_WITH_STEPS)
    refused = play.refused("2026-01-05 09:00", "dora", "sign", "go").blockers
    assert {one.about: one.mend for one in refused} == {
        "minutes": "hand in minutes with write_up",
        "plan": "hand in plan with meet or meet_again",
    }
    refused = play.refused("2026-01-05 09:00", "dora", "sign", "told").blockers
    assert {one.about: one.mend for one in refused} == {
        "agreed": "give agreed with meet_again",
        "counted": "carry out what sets counted: count",
    }


OF_A_BID = """
stages: {first: {owner: officer, title: First}, end: {final: completed}}
steps:
  finish: {from: first, to: end, by: officer, ends: everything}
tracks:
  bid:
    title: Firm
    fields: {note: {type: text, by: officer, title: Note}, score: {type: whole_number, title: Score}}
    documents: {report: {title: Report}, letter: {title: Letter, by: officer}, offer: {title: Offer}}
    approvals:
      good: {title: Good, signatures: [{role: legal}], void_if_changed: {documents: [report, letter, offer]}}
    begins: {step: register, by: officer, to: there, may_bring: [offer]}
    stages: {there: {owner: officer, title: There}, judged: {owner: officer, title: Judged}, left: {final: left}}
    steps:
      judge: {from: there, to: judged, by: officer, handed_in: {documents: [report]}}
      tell: {from: there, to: same, by: officer, publishes: [score, letter, report]}
      count: {from: there, to: same, by: officer, handed_in: {fields: [score]}}
      leave: {from: [there, judged], to: left, by: officer, already_there: {approvals: [good]}}
    if_case_ends: left
"""


def test_what_is_lacking_on_a_track_is_said_of_the_track(tiny: Build) -> None:
    play = tiny(OF_A_BID)
    play.does("2026-01-05 09:00", "ben", "do", "register", new="bid/al")
    refused = play.refused("2026-01-05 10:00", "dora", "sign", "good", on="bid/al").blockers
    assert [(one.about, one.line, one.roles, one.mend) for one in refused] == [
        ("report", "bid/al", (), "hand in report with judge"),
        ("letter", "bid/al", ("officer",), "bring letter"),
        ("offer", "bid/al", (), "nothing mends this: no step that takes offer is possible any more"),
    ]
    (found,) = play.refused("2026-01-05 10:00", "ben", "bring", on="bid/al", docs=("report",)).blockers
    assert (found.line, found.mend) == ("bid/al", "hand in report with judge")
    refused = play.refused("2026-01-05 10:00", "ben", "do", "tell", on="bid/al").blockers
    assert [(one.about, one.line, one.mend) for one in refused] == [
        ("score", "bid/al", "give score with count"),
        ("letter", "bid/al", "bring letter"),
        ("report", "case", "hand in report with this step"),
    ]


def test_a_kind_of_track_is_spoken_of_with_its_article(tiny: Build) -> None:
    play = tiny(TRACKS.replace("query", "enquiry").replace("of: bid", "of: offer").replace("  bid:", "  offer:"))
    (found,) = play.refused("2026-01-05 10:00", "ben", "do", "ask", new="enquiry/1").blockers
    assert found.reason == "An enquiry belongs to an offer, and none is named."
    assert found.mend == "begin an offer first"


SIGNED_BY_SCORE = OF_A_BID.replace(
    "signatures: [{role: legal}], void_if_changed: {documents: [report, letter, offer]}",
    "signatures: [{role: legal, when: note == 'x'}], void_if_changed: {documents: [letter]}",
)


def test_what_tells_who_signs_on_a_track_is_filled_on_the_track(tiny: Build) -> None:
    play = tiny(SIGNED_BY_SCORE)
    play.does("2026-01-05 09:00", "ben", "do", "register", new="bid/al")
    play.does("2026-01-05 09:00", "ben", "bring", on="bid/al", docs=("letter",))
    for refused in (
        play.refused("2026-01-05 10:00", "dora", "sign", "good", on="bid/al"),
        play.refused("2026-01-05 10:00", "ben", "do", "leave", on="bid/al"),
    ):
        assert ("note", "bid/al") in [(one.about, one.line) for one in refused.blockers]
