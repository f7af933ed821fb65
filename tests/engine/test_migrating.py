"""A running case goes over to another version: one event, nothing lost, nothing fired again, and replay is truth."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from inprocap_flow.engine.acts.migrating import request_to_migrate
from inprocap_flow.engine.case.binding import Binding
from inprocap_flow.engine.case.history import fold
from inprocap_flow.engine.case.records import Decision, Refusal
from inprocap_flow.language.canonical import canonical_json
from inprocap_flow.language.load import load_procedure
from inprocap_flow.language.migrations import Answers, LineChange, Migration
from inprocap_flow.machine.compile import compile_definition
from tests.engine.conftest import ORGANISATION, Play, at, moment
from tests.engine.walking import SEED

PURCHASE = (Path(__file__).parent / "purchase.yaml").read_text(encoding="utf-8")


@pytest.fixture
def newer(tmp_path: Path) -> Callable[..., Binding]:
    """Return the purchase as version 2027.1, with parts of its text written otherwise."""

    def build(*changes: tuple[str, str]) -> Binding:
        text = PURCHASE.replace("version: 2026.1", "version: 2027.1", 1)
        for was, now in changes:
            assert was in text, was
            text = text.replace(was, now)
        (tmp_path / "purchase.yaml").write_text(text, encoding="utf-8")
        return Binding(compile_definition(load_procedure(tmp_path / "purchase.yaml")), ORGANISATION)

    return build


def link(play: Play, new: Binding) -> None:
    """Let the bindings of both versions find each other."""
    old = play.rehearsal.binding
    known = {old.machine.content_hash: old, new.machine.content_hash: new}

    def version(content_hash: str) -> Binding:
        found = known[content_hash]
        return replace(found, version=version, reveal=old.reveal)

    play.rehearsal.binding = replace(old, version=version)


def plan(play: Play, new: Binding, answers: Answers | None = None, **lines: LineChange) -> Migration:
    old = play.rehearsal.binding.machine
    return Migration(
        "purchase", "2026.1", "2027.1", old.content_hash, new.machine.content_hash,
        {"" if kind == "main" else kind: change for kind, change in lines.items()},
        {play.case.id: answers} if answers else {},
    )  # fmt: skip


def over(play: Play, new: Binding, when: str, made: Migration | None = None, by: str = "ben") -> Decision | Refusal:
    """Bring the case over, by a plan that changes nothing unless one is given."""
    link(play, new)
    request = request_to_migrate(made or plan(play, new), play.case.id, actor=by, role=None, reason="New rules")
    outcome = play.rehearsal.play(request, moment(when))
    play.outcomes.append(outcome)
    play.check()
    return outcome


def codes(outcome: Decision | Refusal) -> list[tuple[str, str]]:
    assert isinstance(outcome, Refusal), [event.kind for event in outcome.events]
    return [(blocker.code, blocker.about) for blocker in outcome.blockers]


def mends(play: Play) -> list[str]:
    refused = play.outcomes[-1]
    assert isinstance(refused, Refusal)
    return [blocker.mend for blocker in refused.blockers]


def test_a_case_goes_over_by_one_event_and_stands_where_it_stood(called: Play, newer: Any) -> None:
    before = called.case
    outcome = over(called, newer(), "2026-01-12 09:00")
    assert isinstance(outcome, Decision)
    assert called.kinds == ["migrated", "told"]
    assert (called.case.procedure_version, called.case.main.state) == ("2027.1", "bidding.running")
    assert outcome.events[0].data["to"] == "2027.1"
    assert called.case.deadlines == before.deadlines
    assert called.case.approvals == before.approvals
    assert [(one.kind, one.to) for one in outcome.messages] == [("migrated", ("role:officer",))]


def test_from_then_on_the_case_is_decided_by_the_new_version(ready: Play, newer: Any) -> None:
    new = newer(("      fields: [value, closing_day]\n", "      fields: [value, closing_day, forecast]\n"))
    over(ready, new, "2026-01-07 08:00")
    refusal = ready.refused("2026-01-08 09:00", "ben", "do", "send_call", docs=("notice",))
    assert "forecast" in [one.about for one in refusal.blockers]


def test_only_who_may_enter_late_moves_a_case_over_and_never_without_a_reason(called: Play, newer: Any) -> None:
    new = newer()
    assert codes(over(called, new, "2026-01-12 09:00", by="ada"))[0][0] == "not-entitled"
    link(called, new)
    silent = request_to_migrate(plan(called, new), called.case.id, actor="ben", role=None, reason=" ")
    assert codes(called.rehearsal.play(silent, moment("2026-01-12 09:00"))) == [("reason-missing", "reason")]


def test_a_migration_is_never_entered_late(called: Play, newer: Any) -> None:
    new = newer()
    link(called, new)
    request = request_to_migrate(plan(called, new), called.case.id, actor="ben", role=None, reason="x")
    late = replace(request, happened=at("2026-01-09 09:00"), evidence="a letter")
    assert codes(called.rehearsal.play(late, moment("2026-01-12 09:00"))) == [("not-late", "at")]


def test_a_case_that_is_there_already_is_not_moved_again(called: Play, newer: Any) -> None:
    new = newer()
    made = plan(called, new)
    over(called, new, "2026-01-12 09:00", made)
    assert codes(over(called, new, "2026-01-12 10:00", made)) == [("already-migrated", "2027.1")]


def test_a_stage_that_is_gone_keeps_the_case_until_the_plan_maps_it(called: Play, newer: Any) -> None:
    new = newer(
        ("      running: {title: Open for bids}", "      open: {title: Open for bids}"),
        ("bidding.running", "bidding.open"),
    )
    assert codes(over(called, new, "2026-01-12 09:00")) == [("stage-gone", "bidding.running")]
    made = plan(called, new, main=LineChange(stages={"bidding.running": "bidding.open"}))
    assert isinstance(over(called, new, "2026-01-12 09:00", made), Decision)
    assert called.stage == "bidding.open"
    called.does("2026-01-20 09:00", "al", "do", "register", new="bidder/al", firm="al")


def test_a_clock_that_runs_by_other_rules_needs_a_choice(called: Play, newer: Any) -> None:
    new = newer(('    closes_at: "16:00"', '    closes_at: "12:00"'))
    assert codes(over(called, new, "2026-01-12 09:00")) == [("not-in-the-plan", "bids")]
    kept = called.ends("bids")
    over(called, new, "2026-01-12 09:00", plan(called, new, main=LineChange(deadlines={"bids": "keep"})))
    assert called.ends("bids") == kept


def test_a_clock_is_reckoned_again_by_the_new_rules_and_what_hangs_on_it_follows(
    standing_still: Play, newer: Any
) -> None:
    new = newer(("value: 10 days, source", "value: 20 days, source"))
    made = plan(standing_still, new, main=LineChange(deadlines={"standstill": "recompute"}))
    before = standing_still.ends("standstill")
    over(standing_still, new, "2026-03-05 09:00", made)
    assert standing_still.kinds == ["migrated", "deadline_recomputed", "told"]
    assert (before, standing_still.ends("standstill")) == ("2026-03-14 00:00", "2026-03-24 00:00")


@pytest.mark.parametrize(
    ("choice", "answers", "end"),
    [
        ("later", None, ""),
        ("start", None, "2026-01-23 00:00"),
        ("ask", Answers({"case report": "2026-02-02"}), "2026-02-03 00:00"),
    ],
)
def test_a_clock_that_is_new_is_started_now_left_for_later_or_given_for_each_case(
    called: Play, newer: Any, choice: str, answers: Answers | None, end: str
) -> None:
    new = newer(
        ("    starts: [bids]\n", "    starts: [bids, report]\n"),
        ("deadlines:\n  bids:\n", "deadlines:\n  report: {title: Report, kind: due, period: 10 days}\n  bids:\n"),
    )
    assert codes(over(called, new, "2026-01-12 09:00")) == [("not-in-the-plan", "report")]
    if choice == "ask":
        asked = plan(called, new, main=LineChange(deadlines={"report": "ask"}))
        assert codes(over(called, new, "2026-01-12 09:00", asked)) == [("end-missing", "report")]
    made = plan(called, new, answers, main=LineChange(deadlines={"report": choice}))
    over(called, new, "2026-01-12 09:00", made)
    assert called.kinds[0] == "migrated"
    assert ("deadline_started" in called.kinds) is bool(end)
    assert (called.ends("report") if end else "") == end


def test_the_end_of_a_clock_is_given_for_each_case_and_never_below_the_floor(called: Play, newer: Any) -> None:
    new = newer(('    closes_at: "16:00"', '    closes_at: "12:00"'))
    asked = LineChange(deadlines={"bids": "ask"})
    assert codes(over(called, new, "2026-01-12 09:00", plan(called, new, main=asked))) == [("end-missing", "bids")]
    assert mends(called) == ["write in the plan, under `cases`: `CASE: {deadlines: {bids: DAY}}`"]
    early = plan(called, new, Answers({"case bids": "2026-02-01"}), main=asked)
    assert ("below-floor", "bids") in codes(over(called, new, "2026-01-12 09:00", early))
    over(called, new, "2026-01-12 09:00", plan(called, new, Answers({"case bids": "2026-03-02"}), main=asked))
    assert called.kinds[:2] == ["migrated", "deadline_corrected"]
    assert called.ends("bids") == "2026-03-02 12:00"


def test_a_clock_of_a_rule_that_is_gone_is_stopped_and_stays_to_be_seen(bids_in: Play, newer: Any) -> None:
    gone = PURCHASE[
        PURCHASE.index("  answers:\n    title: Answers given") : PURCHASE.index(
            "  standstill:\n    title: Standstill\n    kind"
        )
    ]
    new = newer((gone, ""))
    assert codes(over(bids_in, new, "2026-02-11 09:00")) == [("not-in-the-plan", "answers")]
    over(bids_in, new, "2026-02-11 09:00", plan(bids_in, new, main=LineChange(deadlines={"answers": "stop"})))
    assert bids_in.deadline("answers").status == "stopped"
    bids_in.does("2026-02-23 08:00", "gus", "interest")
    assert bids_in.stage == "bidding.over"


def test_signatures_stay_where_people_would_sign_the_same_today(ready: Play, newer: Any) -> None:
    ready.does("2026-01-07 09:00", "dora", "sign", "launch")
    over(ready, newer(), "2026-01-07 10:00")
    assert [one.status for one in ready.approval("launch").signatures] == ["standing"]


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("legal: {title: Legal service}", "legal: {title: Legal service, apart_from: [evaluator]}"),
        ("unit: {title: Requesting unit}", "unit: {title: Requesting unit, apart_from: [legal]}"),
        ("legal: {title: Legal service}", "legal: {title: Legal service, declares_interests: yes}"),
        ("legal: {title: Legal service}", "legal: {title: Legal service, at_least: 2}"),
        ("legal: {title: Legal service}", "legal: {title: Legal service, never: [move]}"),
    ],
    ids=["kept apart", "another is kept apart from it", "declares interests", "more people", "may do less"],
)
def test_signatures_of_a_role_that_is_bound_more_strictly_are_void(ready: Play, newer: Any, was: str, now: str) -> None:
    ready.does("2026-01-07 09:00", "dora", "sign", "launch")
    assert isinstance(over(ready, newer((was, now)), "2026-01-07 10:00"), Decision)
    assert [one.status for one in ready.approval("launch").signatures] == ["void"]


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("evaluator: {title: Evaluator, at_least: 2", "evaluator: {title: Evaluator, at_least: 3"),
        ("legal: {title: Legal service}", "legal: {title: The lawyers}"),
        ("apart_from: [authority]}", "apart_from: []}"),
    ],
    ids=["a role that does not sign", "another title", "less strict"],
)
def test_signatures_stay_where_the_roles_that_sign_are_bound_no_more_strictly(
    ready: Play, newer: Any, was: str, now: str
) -> None:
    ready.does("2026-01-07 09:00", "dora", "sign", "launch")
    assert isinstance(over(ready, newer((was, now)), "2026-01-07 10:00"), Decision)
    assert [one.status for one in ready.approval("launch").signatures] == ["standing"]


def test_signatures_for_something_else_are_void_and_asked_for_again(ready: Play, newer: Any) -> None:
    ready.does("2026-01-07 08:00", "ben", "ask", "launch")
    ready.does("2026-01-07 09:00", "dora", "sign", "launch")
    new = newer(
        (
            "void_if_changed: {fields: [value], documents: [specification]}",
            "void_if_changed: {fields: [value, closing_day]}",
        )
    )
    outcome = over(ready, new, "2026-01-07 10:00")
    assert ready.kinds == ["migrated", "approval_voided", "approval_asked", "told"]
    assert [one.status for one in ready.approval("launch").signatures] == ["void"]
    assert "person:dora" in outcome.messages[0].to


def test_whoever_had_asked_does_not_become_one_who_may_sign(ready: Play, newer: Any) -> None:
    ready.does("2026-01-07 08:00", "june", "ask", "launch")
    new = newer(
        ("void_if_changed: {fields: [value], documents: [specification]}", "void_if_changed: {fields: [value]}")
    )
    over(ready, new, "2026-01-07 10:00")
    assert ready.approval("launch").asked_by == "june"
    assert "person:june" not in ready.outcomes[-1].messages[0].to


def test_values_go_over_under_their_new_names(called: Play, newer: Any) -> None:
    new = newer(("  value:\n    type: money", "  estimate:\n    type: money"), ("[value", "[estimate"))
    assert codes(over(called, new, "2026-01-12 09:00")) == [("not-in-the-plan", "value")]
    over(called, new, "2026-01-12 09:00", plan(called, new, main=LineChange(renamed={"fields": {"value": "estimate"}})))
    assert called.case.main.fields["estimate"] == {"amount": "90000", "currency": "EUR"}
    assert "value" not in called.case.main.fields


def test_what_is_dropped_stays_to_be_seen_and_what_is_asked_for_is_filled_in(called: Play, newer: Any) -> None:
    new = newer(
        ("  need: {type: text, title: The need}", "  purpose: {type: text, title: The purpose}"),
        ("fields: [need]", "fields: [purpose]"),
    )
    change = LineChange(fields={"need": "drop", "purpose": "ask"})
    assert codes(over(called, new, "2026-01-12 09:00", plan(called, new, main=change))) == [
        ("value-missing", "purpose")
    ]
    assert mends(called) == ["write in the plan, under `cases`: `CASE: {fields: {purpose: VALUE}}`"]
    answers = Answers(values={"case purpose": "To cool magnets"})
    over(called, new, "2026-01-12 09:00", plan(called, new, answers, main=change))
    assert called.case.main.fields["need"] == "Something that cools"
    assert called.case.main.fields["purpose"] == "To cool magnets"


def test_nothing_sealed_comes_open_by_a_migration(bids_in: Play, newer: Any) -> None:
    for was, now in (
        ("sealed_until: bids_closed, title: Price", "title: Price"),
        ("title: Bid, sealed_until: bids_closed", "title: Bid"),
    ):
        found = codes(over(bids_in, newer((was, now)), "2026-02-11 09:00"))
        assert {code for code, _ in found} == {"would-unseal"}


def test_a_mistake_from_before_the_migration_is_annulled_across_it(called: Play, newer: Any) -> None:
    called.does("2026-01-09 09:00", "ben", "fill", forecast="5 EUR")
    number = str(called.events[-1].decision)
    over(called, newer(), "2026-01-12 09:00")
    called.does("2026-01-13 09:00", "ben", "annul", number, reason="A slip")
    assert "forecast" not in called.case.main.fields
    assert called.case.procedure_version == "2027.1"


def test_what_a_migration_rests_on_is_not_annulled_without_it(called: Play, newer: Any) -> None:
    number = str(next(e.decision for e in called.events if e.kind == "moved" and e.data["step"] == "send_call"))
    new = newer(
        ("      running: {title: Open for bids}", "      open: {title: Open for bids}"),
        ("bidding.running", "bidding.open"),
    )
    over(
        called, new, "2026-01-12 09:00", plan(called, new, main=LineChange(stages={"bidding.running": "bidding.open"}))
    )
    migration = str(called.events[-1].decision)
    refusal = called.refused("2026-01-13 09:00", "ben", "annul", number, reason="Sent too early")
    assert (refusal.codes, refusal.blockers[0].about) == (("dependents",), migration)
    called.does("2026-01-13 09:00", "ben", "annul", number, reason="Sent too early", extra={"with": [migration]})
    assert (called.case.procedure_version, called.stage) == ("2026.1", "preparation.ready")


def test_a_migration_that_was_a_mistake_is_annulled_and_the_old_version_holds_again(called: Play, newer: Any) -> None:
    over(called, newer(), "2026-01-12 09:00")
    number = str(called.events[-1].decision)
    called.does("2026-01-13 09:00", "ben", "annul", number, reason="The wrong plan")
    assert called.case.procedure_version == "2026.1"
    called.does("2026-01-20 09:00", "al", "do", "register", new="bidder/al", firm="al")


def test_what_happened_before_the_migration_is_entered_late_by_the_rules_of_that_time(called: Play, newer: Any) -> None:
    new = newer(
        (
            "  forecast: {type: money, by: officer, title: Forecast}",
            "  forecast: {type: money, by: unit, title: Forecast}",
        )
    )
    over(called, new, "2026-01-12 09:00")
    called.does(
        "2026-01-13 09:00", "ben", "fill", forecast="5 EUR", happened=at("2026-01-09 09:00"), reason="Forgotten"
    )
    assert called.case.main.fields["forecast"] == {"amount": "5", "currency": "EUR"}
    called.refused("2026-01-14 09:00", "ben", "fill", forecast="6 EUR")


def test_the_case_of_any_past_moment_is_the_fold_up_to_there(called: Play, newer: Any) -> None:
    before, count = called.case, len(called.events)
    over(called, newer(), "2026-01-12 09:00")
    assert fold(called.events[:count]) == before
    assert fold(called.events).procedure_version == "2027.1"


OVERRUN = ("watches:\n  overrun:", "watches:\n  too_dear:")
NAMED = LineChange(renamed={"watches": {"overrun": "too_dear"}})


@pytest.fixture
def signed(standing_still: Play) -> Play:
    standing_still.does("2026-03-16 09:00", "june", "do", "sign", docs=("contract",))
    standing_still.does("2026-03-20 09:00", "ben", "do", "send_notice")
    return standing_still


def test_a_watch_that_has_another_name_remembers_what_it_has_seen_and_still_blocks(signed: Play, newer: Any) -> None:
    signed.does("2026-04-01 09:00", "ben", "fill", forecast="60000 EUR")
    before = signed.case.watches["overrun"]
    assert before.blocked
    new = newer(OVERRUN)
    over(signed, new, "2026-04-02 09:00", plan(signed, new, main=NAMED))
    assert signed.kinds == ["migrated", "told"]  # it asks for nothing a second time
    assert dict(signed.case.watches) == {"too_dear": replace(before, name="too_dear")}
    assert signed.refused("2026-04-02 10:00", "ada", "do", "finish").codes == ("watch",)
    signed.does("2026-04-03 09:00", "june", "sign", "overrun")
    assert not signed.case.watches["too_dear"].blocked


def test_a_watch_that_is_still_there_is_not_renamed(signed: Play, newer: Any) -> None:
    signed.does("2026-04-01 09:00", "ben", "fill", forecast="60000 EUR")
    made = plan(signed, new := newer(), main=NAMED)
    assert codes(over(signed, new, "2026-04-02 09:00", made)) == [("not-by-a-plan", "overrun")]


@pytest.mark.parametrize("number", range(8))
def test_a_case_goes_on_under_the_new_name_as_it_would_have_under_the_old_one(
    signed: Play, newer: Any, number: int
) -> None:
    """Whatever the figures do before and after, nothing of it is lost."""
    print(f"seed {SEED}, walk {number}")  # noqa: T201
    chance = random.Random(SEED + number)
    amounts = [f"{chance.choice((1, 49, 50, 51, 60, 60, 90))}000 EUR" for _ in range(8)]
    for day, amount in enumerate(amounts[:4], 1):
        signed(f"2026-04-{day:02} 09:00", "ben", "fill", forecast=amount)
    stayed = replace(signed, rehearsal=signed.rehearsal.copy(), outcomes=[*signed.outcomes])
    new = newer(OVERRUN)
    over(signed, new, "2026-04-05 08:00", plan(signed, new, main=NAMED))
    assert fold(signed.events) == signed.case
    assert {replace(one, name="overrun") for one in signed.case.watches.values()} == {*stayed.case.watches.values()}
    for day, amount in enumerate(amounts[4:], 6):
        for one in (signed, stayed):
            one(f"2026-04-{day:02} 09:00", "ben", "fill", forecast=amount)
            if day == 7:
                one(f"2026-04-{day:02} 10:00", "june", "sign", "overrun")
        assert _said(signed) == _said(stayed)
    assert {replace(one, name="overrun") for one in signed.case.watches.values()} == {*stayed.case.watches.values()}


def _said(play: Play) -> list[Any]:
    """Return what the last outcome says, under the old name."""
    last = play.outcomes[-1]
    words = [[event.kind, event.line, canonical_json(event.data)] for event in last.events]
    blockers = [repr(one) for one in getattr(last, "blockers", ())]
    return [json.loads(canonical_json(words).replace("too_dear", "overrun")), blockers]
