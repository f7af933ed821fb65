"""Nothing is published that is not there."""

from __future__ import annotations

from tests.engine.conftest import Build, blocker

PARTS = """
stages:
  first: {owner: officer}
  done: {final: completed}
fields:
  answer: {type: text, title: Answer, by: officer}
  made: {type: text, title: Made by the step}
documents:
  notice: {title: Notice, by: officer}
steps:
  announce: {from: first, to: same, by: officer, publishes: [notice, answer]}
  conclude: {from: first, to: done, by: officer, publishes: [made], sets: {made: answer}}
"""


def test_publishing_what_is_not_there_is_refused_and_says_what_to_bring(tiny: Build) -> None:
    play = tiny(PARTS)
    refusal = play.refused("2026-01-06 09:00", "ben", "do", "announce")
    assert [(b.code, b.about, b.mend, b.roles) for b in refusal.blockers] == [
        ("document-missing", "notice", "bring notice", ("officer",)),
        ("field-missing", "answer", "fill answer", ("officer",)),
    ]
    assert "is to be published by this step" in blocker(refusal, "document-missing").reason


def test_what_is_published_may_come_with_the_step_or_have_come_before(tiny: Build) -> None:
    play = tiny(PARTS)
    play.does("2026-01-06 09:00", "ben", "fill", answer="Yes")
    decision = play.does("2026-01-06 10:00", "ben", "do", "announce", docs=("notice",))
    assert {"brought", "published"} <= {event.kind for event in decision.events}
    play.does("2026-01-07 10:00", "ben", "do", "announce")


def test_what_the_step_itself_sets_is_there(tiny: Build) -> None:
    play = tiny(PARTS)
    play.does("2026-01-06 09:00", "ben", "fill", answer="Yes")
    decision = play.does("2026-01-06 10:00", "ben", "do", "conclude")
    assert "published" in {event.kind for event in decision.events}
