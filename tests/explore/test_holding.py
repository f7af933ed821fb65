"""What was found is told only if it plays: what no case can come to is left open, and it is said why."""

from __future__ import annotations

from pathlib import Path

import pytest

from inprocap_flow.cli.definitions_behaviour import Explored, lines
from inprocap_flow.language.checks import Around, check, ends_left_open, started_while_running
from inprocap_flow.language.checks import step_never_possible as never
from inprocap_flow.language.checks.behaviour import Behavioural, Verdict, judged
from inprocap_flow.language.explore.search import Bound
from inprocap_flow.language.load import load_procedure
from inprocap_flow.language.model import Definition, Rulebook
from inprocap_flow.service import behaving
from inprocap_flow.service.behaving import behaviour
from inprocap_flow.service.holding import Scene, held, scene_of
from inprocap_flow.service.invented import invented_for
from inprocap_flow.service.judging import Terms, judge
from inprocap_flow.service.kept import Kept
from inprocap_flow.settings import Settings

ROOT = Path(__file__).parents[2]
BOUND = Bound(states=3_000, seconds=1000, in_all=1000)
A_RULEBOOK = Rulebook("another", "1", {"en": "Another"}, "plain", {})
HEAD = """\
procedure: round
version: 1
language: en
title: Round
rulebook: none
roles: {officer: {title: Officer}}
fields: {need: {type: text, title: Need}, again: {type: yes_no, title: Again}}
stages:
  s0: {owner: officer}
  s1: {owner: officer}
  s2: {owner: officer}
  s3: {owner: officer}
  done: {final: completed}
"""
CLOCKS = """\
deadlines:
  wait: {title: Wait, kind: not_before, period: 20 days, remind: [{role: officer, before: 1 day}]}
  clock: {title: Clock, kind: due, period: LENGTH days, remind: [{role: officer, before: 1 day}]}
"""
ROUND = f"""\
{HEAD}
begins: {{step: open_case, by: officer, to: s0, handed_in: {{fields: [need]}}}}
steps:
  go0: {{from: s0, to: s1, by: officer, starts: [wait]}}
  go1: {{from: s1, to: s2, by: officer, already_there: {{after: [wait]}}}}
  go2:
    from: s2
    by: officer
    handed_in: {{fields: [again]}}
    starts: [clock]
    branches: [{{when: again, to: s0}}, {{otherwise: s3}}]
  go3: {{from: s3, to: done, by: officer, ends: everything}}
{CLOCKS}"""


def asked(tmp_path: Path, text: str, one: Behavioural) -> tuple[Definition, Verdict]:
    path = tmp_path / "round.yaml"
    path.write_text(text, encoding="utf-8")
    definition = load_procedure(path)
    (verdict,) = held(definition, judged(definition, BOUND, checks=[one]), scene_of())
    return definition, verdict


def test_a_clock_that_always_ends_while_the_case_must_wait_is_proven_not_to_run(tmp_path: Path) -> None:
    _, verdict = asked(tmp_path, ROUND.replace("LENGTH", "5"), started_while_running)
    assert verdict.verdict == "proven"


def test_a_clock_that_ends_while_the_case_must_wait_unless_it_is_extended_is_no_finding_and_no_proof(
    tmp_path: Path,
) -> None:
    _, verdict = asked(tmp_path, extendable(ROUND.replace("LENGTH", "5")), started_while_running)
    assert verdict.findings == ()
    assert verdict.verdict == "not decided"
    (doubt,) = [one.answer.doubt for one in verdict.asked if one.answer.doubt]
    assert doubt.startswith("`go2` starts `clock`, which may run already: then the step is refused. The way that was")
    assert "(too-late): clock ended on " in doubt
    assert "before go2 could come" in doubt


def test_a_clock_that_is_long_enough_is_found(tmp_path: Path) -> None:
    _, verdict = asked(tmp_path, ROUND.replace("LENGTH", "50"), started_while_running)
    assert [one.fact for one, _ in verdict.findings] == [
        "`go2` starts `clock`, which may run already: then the step is refused."
    ]


def test_a_clock_that_is_long_enough_only_if_it_starts_late_is_found(tmp_path: Path) -> None:
    _, verdict = asked(
        tmp_path,
        f"""{HEAD}
begins: {{step: open_case, by: officer, to: s0, handed_in: {{fields: [need]}}, starts: [wait]}}
steps:
  first: {{from: s0, to: s1, by: officer, starts: [clock]}}
  back: {{from: s1, to: s0, by: officer, already_there: {{after: [wait]}}}}
  end: {{from: s1, to: done, by: officer, ends: everything}}
{CLOCKS.replace("LENGTH", "15")}""",
        started_while_running,
    )
    assert [one.fact for one, _ in verdict.findings] == [
        "`first` starts `clock`, which may run already: then the step is refused."
    ]


def test_a_clock_that_is_long_enough_only_if_the_steps_before_it_come_late_is_found(tmp_path: Path) -> None:
    """Taken late itself, `go2` must come before `mid` ends: on that day a clock of 15 days still ends with `wait`."""
    clocks = CLOCKS.replace("LENGTH", "15").replace("20 days", "32 days")
    _, verdict = asked(
        tmp_path,
        f"""{HEAD}
begins: {{step: open_case, by: officer, to: s0, handed_in: {{fields: [need]}}}}
steps:
  go0: {{from: s0, to: s1, by: officer, starts: [wait]}}
  go1: {{from: s1, to: s2, by: officer, starts: [mid]}}
  go2: {{from: s2, to: s3, by: officer, meets: [mid], starts: [clock]}}
  back: {{from: s3, to: s1, by: officer, already_there: {{after: [wait]}}}}
  end: {{from: s3, to: done, by: officer, ends: everything}}
{clocks}  mid: {{title: Mid, kind: due, period: 17 days, remind: [{{role: officer, before: 1 day}}]}}
""",
        started_while_running,
    )
    assert [one.fact for one, _ in verdict.findings] == [
        "`go2` starts `clock`, which may run already: then the step is refused."
    ]


def test_what_an_automatic_step_undoes_at_once_leads_nowhere(tmp_path: Path) -> None:
    _, verdict = asked(
        tmp_path,
        f"""{HEAD}
begins: {{step: open_case, by: officer, to: s0, handed_in: {{fields: [need]}}, starts: [wait]}}
steps:
  at_once: {{from: s0, to: s1, as_soon_as: known(need)}}
  back: {{from: s1, to: s0, by: officer, starts: [clock]}}
  go: {{from: s1, to: done, by: officer, stops: [wait]}}
{CLOCKS.replace("LENGTH", "15")}""",
        ends_left_open,
    )
    assert verdict.verdict == "proven"


def test_what_an_automatic_step_would_undo_is_played_with_an_answer_for_which_that_step_stays_away(
    tmp_path: Path,
) -> None:
    """The way that was found lets `at_once` come first, so `again` is yes; `back` is possible once it is no."""
    _, verdict = asked(
        tmp_path,
        f"""{HEAD.replace("title: Again}", "title: Again, by: officer}")}
begins: {{step: open_case, by: officer, to: s0, handed_in: {{fields: [need]}}}}
steps:
  at_once: {{from: s0, to: s1, as_soon_as: again}}
  back: {{from: s1, to: s0, by: officer, starts: [clock]}}
  go: {{from: s1, to: done, by: officer, ends: everything}}
{CLOCKS.replace("LENGTH", "15")}""",
        started_while_running,
    )
    assert [one.fact for one, _ in verdict.findings] == [
        "`back` starts `clock`, which may run already: then the step is refused."
    ]


def test_a_step_on_which_nothing_comes_near_is_found_though_nothing_can_be_played(tmp_path: Path) -> None:
    _, verdict = asked(tmp_path, ROUND.replace("LENGTH", "50").replace("otherwise: s3", "otherwise: s1"), never)
    assert [one.about for one in verdict.asked if one.answer.verdict == "found"] == ["go3"]


# ---------------------------------------------------------------------------------------------------- who is told


def test_what_does_not_play_keeps_nothing_back(tmp_path: Path) -> None:
    definition = with_a_clock_that_is_too_short(tmp_path)
    (verdict,) = judged(definition, BOUND, checks=[ends_left_open])
    assert verdict.findings
    (told,) = judge(Settings(answers=tmp_path / "answers"), [(definition, [])], Terms(BOUND))
    assert told.undecided == ("ends-left-open",)


def test_a_kept_answer_says_again_what_may_be_and_a_rulebook_that_has_changed_asks_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    definition = with_a_clock_that_is_too_short(tmp_path)
    kept = Kept(tmp_path / "answers")
    (fresh,) = behaviour([definition], kept, BOUND, codes=["ends-left-open"])
    monkeypatch.setattr(behaving, "judged", lambda *_a, **_k: pytest.fail("it was explored again"))
    (again,) = behaviour([definition], kept, BOUND, codes=["ends-left-open"])
    assert again == fresh
    assert any(one.answer.doubt for one in again[0].asked)
    with pytest.raises(pytest.fail.Exception, match="explored again"):
        list(behaviour([definition], kept, BOUND, codes=["ends-left-open"], scene=Scene(lambda _one: A_RULEBOOK)))


def test_check_says_what_may_be_in_a_plain_sentence_and_leaves_the_refusals_to_explain(tmp_path: Path) -> None:
    definition = with_a_clock_that_is_too_short(tmp_path)
    told = tuple(behaviour([definition], Kept(None), BOUND, codes=["ends-left-open"]))
    one = Explored(tmp_path / "round.yaml", definition, told[0], ())
    said, all_ = (" ".join(" ".join(lines([one], details=details)).split()) for details in (False, True))
    for text in (said, all_):
        assert "ends-left-open, may be: `end` would end the case with the deadline `clock` of the case open" in text
    assert "Tried out, it does not come about in the way that was found, so it stays open. More: inprocap-flow" in said
    assert f"check --explain ends-left-open {tmp_path / 'round.yaml'}" in said
    assert "too-late" not in said
    assert "The way that was found does not play (too-late): clock ended on" in all_


def with_a_clock_that_is_too_short(tmp_path: Path) -> Definition:
    """Return a procedure whose end would leave a clock open, if that were extended until the case need not wait."""
    path = tmp_path / "round.yaml"
    path.write_text(
        extendable(f"""{HEAD}
begins: {{step: open_case, by: officer, to: s0, handed_in: {{fields: [need]}}}}
steps:
  go: {{from: s0, to: s1, by: officer, starts: [clock, wait]}}
  end: {{from: s1, to: done, by: officer, already_there: {{after: [wait]}}}}
{CLOCKS.replace("LENGTH", "5")}"""),
        encoding="utf-8",
    )
    return load_procedure(path)


def extendable(text: str) -> str:
    """Return a procedure in which the officer may extend the deadline `clock`."""
    return text.replace("  clock: {title: Clock,", "  clock: {title: Clock, acts: {extend: {by: officer}},")


# ------------------------------------------------------------------------------------------ an invented organisation


@pytest.mark.parametrize("name", ["iter-review", "ppi", "advisory"])
def test_a_shipped_procedure_finds_all_that_it_needs_in_the_invented_organisation(name: str) -> None:
    definition = load_procedure(ROOT / "definitions" / f"{name}.yaml")
    rulebook = scene_of().rulebook_of(definition)
    around = Around(rulebook, organisation=invented_for(definition, rulebook))
    assert [one for one in check(definition, around) if one.severity == "error"] == []
