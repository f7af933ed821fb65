"""What was sealed is destroyed when nobody has to keep it any more, and never before."""

from __future__ import annotations

from inprocap_flow.engine.acts.destroying import DESTROYED, sealed_in
from inprocap_flow.engine.case.history import fold
from tests.engine.conftest import Build, Play, at, blocker, moment

PARTS = """
stages:
  first: {owner: officer}
  done: {final: completed}
  stopped: {final: cancelled}
steps:
  finish: {from: first, to: done, by: officer, milestone: finished, starts: keeping}
  stop: {from: first, to: stopped, by: officer}
deadlines:
  keeping: {title: Keep the file, kind: not_before, period: 3 years, outlives_case: yes, cite: 2014/24/EU Art. 84(2)}
fields:
  note: {type: text, title: Note, by: officer}
  price: {type: money, title: Price, by: officer, sealed_until: finished}
"""


def sealed_case(tiny: Build) -> Play:
    play = tiny(PARTS)
    play.does("2026-01-06 09:00", "ben", "fill", price="51234 EUR", extra={"seed": "ab" * 32})
    assert play.rehearsal.case is not None
    assert sealed_in(play.rehearsal.case) == (1, 0)
    return play


def ended(tiny: Build, step: str = "finish") -> Play:
    play = sealed_case(tiny)
    play.does("2026-01-07 09:00", "ben", "do", step)
    return play


def test_nothing_is_destroyed_while_the_case_runs(tiny: Build) -> None:
    refusal = sealed_case(tiny).refused("2036-01-01 09:00", "ben", "destroy", reason="x")
    assert refusal.codes == ("case-runs", "retention-unknown")


def test_nothing_is_destroyed_before_the_file_may_go_and_the_refusal_says_when_that_is(tiny: Build) -> None:
    refusal = ended(tiny).refused("2027-01-07 09:00", "ben", "destroy", reason="x")
    assert refusal.codes == ("retention-running",)
    assert refusal.possible_from == moment("2029-01-08 00:00")
    assert blocker(refusal, "retention-running").cite == "2014/24/EU Art. 84(2)"


def test_an_ended_case_whose_time_is_over_lets_its_secrets_go(tiny: Build) -> None:
    play = ended(tiny)
    decision = play.does("2029-01-08 00:00", "ben", "destroy", reason="three years are over")
    assert [event.kind for event in decision.events] == ["deadline_over", DESTROYED]
    assert decision.events[-1].data == {"reason": "three years are over", "values": 1, "documents": 0}
    assert decision.events[-1].role == "officer"
    assert decision.case.destroyed_at == "2029-01-07T23:00:00Z"
    assert fold(play.events) == decision.case


def test_who_may_enter_late_may_destroy_and_must_say_why(tiny: Build) -> None:
    play = ended(tiny)
    assert play.refused("2030-01-08 09:00", "dora", "destroy", reason="x").codes == ("not-entitled",)
    assert play.refused("2030-01-08 09:00", "ben", "destroy").codes == ("reason-missing",)


def test_a_key_is_not_destroyed_on_another_day_than_today(tiny: Build) -> None:
    play = ended(tiny)
    refusal = play.refused("2030-01-08 09:00", "ben", "destroy", reason="x", happened=at("2029-06-01 09:00"))
    assert refusal.codes == ("backdating",)


def test_where_no_deadline_says_how_long_a_person_must_and_not_less_than_the_deadline(tiny: Build) -> None:
    stopped = ended(tiny, "stop")
    assert stopped.refused("2036-01-08 09:00", "ben", "destroy", reason="x").codes == ("retention-unknown",)
    too_long = {"kept_until": "2036-01-08"}
    refusal = stopped.refused("2036-01-08 09:00", "ben", "destroy", reason="x", extra=too_long)
    assert (refusal.codes, refusal.possible_from) == (("retention-running",), moment("2036-01-09 00:00"))
    decision = stopped.does("2036-01-09 09:00", "ben", "destroy", reason="house rule 7", extra=too_long)
    assert decision.events[-1].data["kept_until"] == "2036-01-08"


def test_a_day_that_somebody_says_never_shortens_the_retention(tiny: Build) -> None:
    refusal = ended(tiny).refused("2027-01-08 09:00", "ben", "destroy", reason="x", extra={"kept_until": "2026-12-31"})
    assert refusal.codes == ("retention-running",)
    assert blocker(refusal, "retention-running").about == "keeping"


def test_what_is_no_day_is_refused(tiny: Build) -> None:
    refusal = ended(tiny).refused("2030-01-08 09:00", "ben", "destroy", reason="x", extra={"kept_until": ["soon"]})
    assert refusal.codes == ("bad-value",)


def test_nothing_is_destroyed_twice_nor_where_nothing_was_sealed(tiny: Build) -> None:
    play = ended(tiny)
    play.does("2030-01-08 09:00", "ben", "destroy", reason="x")
    assert play.refused("2030-01-09 09:00", "ben", "destroy", reason="x").codes == ("already-destroyed",)
    plain = tiny(PARTS)
    plain.does("2026-01-07 09:00", "ben", "do", "finish")
    assert plain.refused("2030-01-08 09:00", "ben", "destroy", reason="x").codes == ("nothing-sealed",)


def test_a_destruction_is_not_annulled(tiny: Build) -> None:
    play = ended(tiny)
    number = play.does("2030-01-08 09:00", "ben", "destroy", reason="x").events[-1].decision
    assert play.refused("2030-01-09 09:00", "ben", "annul", str(number), reason="x").codes == ("not-annullable",)
