"""A track that comes to no end of its own is led there, and every step of it is tried: the scenario shows both."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from inprocap_flow.clock import FixedClock
from inprocap_flow.language.checks import Around, dead_end_stage, loop_never_left, no_way_to_end
from inprocap_flow.language.checks.finding import Finding
from inprocap_flow.language.checks.plays import STUCK, Plays
from inprocap_flow.language.load import load_procedure
from inprocap_flow.service.desk import Desk
from inprocap_flow.service.explaining import Explained, explain_found
from inprocap_flow.service.scenarios import run_file
from inprocap_flow.store.opening import open_store
from tests.explore.test_seen_and_played import lab

HEAD = """\
procedure: small
version: 1
language: en
title: Small
rulebook: none
roles: {officer: {title: Officer}, firm: {title: Firm, speaks_for: offer, sees: own}}
fields: {need: {type: text, title: Need}}
begins: {step: open_case, by: officer, to: open, handed_in: {fields: [need]}}
stages: {open: {owner: officer}, done: {final: completed}}
steps: {finish: {from: open, to: done, by: officer, ends: everything}}
tracks:
  offer:
    title: Offer
    fields: {late: {type: yes_no, title: Is it late}}
    begins: {step: send, by: firm, to: sent, while: open, handed_in: {fields: [late]}}
    stages:
      sent: {owner: officer}
      read: {owner: officer}
      asked: {owner: firm}
      out: {final: out}
"""
DEAD_END = f"""{HEAD}
    steps:
      read_it: {{from: sent, to: read, by: officer}}
      reject: {{from: [sent, asked], to: out, by: officer}}
      ask: {{from: sent, to: asked, by: officer}}
"""
ROUND = f"""{HEAD}
    steps:
      reject: {{from: sent, to: out, by: officer}}
      ask: {{from: sent, to: asked, by: officer}}
      answer: {{from: asked, to: read, by: firm}}
      ask_again: {{from: read, to: asked, by: officer}}
"""
SHUT = f"""{HEAD}
    steps:
      read_it: {{from: sent, to: read, by: officer}}
      ask: {{from: read, to: asked, by: officer}}
      answer: {{from: asked, to: read, by: firm}}
      reject: {{from: read, to: out, by: officer, already_there: {{that: {{holds: late, if_not: It was in time.}}}}}}
"""


@pytest.fixture
def desk() -> Desk:
    return Desk(open_store("sqlite://"), FixedClock(datetime(2026, 11, 22, 9, tzinfo=UTC)))


def explained(desk: Desk, folder: Path, findings: Iterable[Finding]) -> Explained:
    procedure = folder / "small.yaml"
    definition = load_procedure(procedure)
    (folder / "organisations").mkdir()
    (folder / "organisations" / "lab.yaml").write_text(lab(definition), encoding="utf-8")
    told = explain_found(desk, procedure, definition, list(findings), organisation="lab")
    (folder / "small.test.yaml").write_text(told.text, encoding="utf-8")
    report = run_file(folder / "small.test.yaml", desk)
    assert report.passed, [fault.says for fault in report.faults]
    assert len(report.played) == sum(bool(one.shows) for one in told.played)
    return told


def written(folder: Path, text: str) -> Path:
    path = folder / "small.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_track_in_a_dead_end_is_shown_with_the_steps_that_start_elsewhere_refused(desk: Desk, tmp_path: Path) -> None:
    findings = dead_end_stage.check(load_procedure(written(tmp_path, DEAD_END)), Around())
    (one,) = explained(desk, tmp_path, findings).played
    assert one.shows == "offer/alpha stands in read, and no step of it is possible there"
    refused = [deed.what for deed in one.deeds if deed.then is not None and "not-offered" in deed.then.refused]
    assert refused == ["read_it", "reject", "ask"]


def test_a_track_that_goes_round_for_ever_is_shown_going_round(desk: Desk, tmp_path: Path) -> None:
    findings = no_way_to_end.check(load_procedure(written(tmp_path, ROUND)), Around())
    said = [one.shows for one in explained(desk, tmp_path, findings).played]
    assert said == [
        "offer/alpha stands in read, from where it only comes to asked",
        "offer/alpha stands in asked, from where it only comes to read",
    ]


def test_a_track_whose_value_shuts_every_way_out_is_shown_with_that_value(desk: Desk, tmp_path: Path) -> None:
    findings = loop_never_left.check(load_procedure(written(tmp_path, SHUT)), Around())
    (one,) = explained(desk, tmp_path, findings).played
    assert one.shows.startswith("offer/alpha stands in read, from where it only comes to asked")
    (begun,) = (deed for deed in one.deeds if deed.what == "send")
    assert begun.values == {"late": "no"}
    assert any(deed.what == "reject" and deed.then and deed.then.refused == ("guard",) for deed in one.deeds)


def test_a_track_that_does_come_to_an_end_shows_nothing(desk: Desk, tmp_path: Path) -> None:
    written(tmp_path, DEAD_END)
    claimed = Finding("tracks.offer.stages.sent", "Nothing leads on.", plays=Plays(STUCK, "offer", stage="sent"))
    (one,) = explained(desk, tmp_path, [claimed]).played
    assert (one.shows, one.code) == ("", "leads-to-an-end")
