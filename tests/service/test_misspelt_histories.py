"""Names in a history file that its procedure does not know: errors with place and mend, and nothing is recorded."""

from __future__ import annotations

from pathlib import Path

import pytest

from inprocap_flow.errors import InvalidInput, Problem
from inprocap_flow.service.desk import Desk
from inprocap_flow.service.importing import import_history, read_history

HISTORY = """\
history: sensors
version: 2026.1
title: Sensors (invented)
procedure: pcp
organisation: example-lab
sources:
  journal: "A journal (invented)"
facts:
  - at: 2021-03-17
    fact: The call is published
    source: journal
    certainty: verified
    reaches: call_published
    values:
      eu_funded: yes
  - at: 2021-11
    fact: Contracts for phase 1
    source: journal
    certainty: verified
    reaches: phase_1_started
    stood:
      - tracks: supplier
        stage: phase_1.running
        named:
          alpha:
            name: Alpha
  - at: 2022-06
    fact: Phase 2 shall start
    source: journal
    certainty: verified
    planned: yes
    reaches: phase_2_started
"""


def _problems(desk: Desk, folder: Path, *swaps: tuple[str, str]) -> tuple[Problem, ...]:
    text = HISTORY
    for was, now in swaps:
        assert was in text
        text = text.replace(was, now)
    (folder / "sensors.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(InvalidInput) as refused:
        import_history(desk, folder / "sensors.yaml")
    assert desk.store.cases() == ()
    return refused.value.problems


@pytest.mark.parametrize(
    ("was", "now", "line", "code", "meant"),
    [
        ("reaches: call_published", "reaches: call_publishd", 13, "unknown-milestone", "`call_published`"),
        ("reaches: phase_2_started", "reaches: phase_2_startd", 32, "unknown-milestone", "`phase_2_started`"),
        ("eu_funded: yes", "eu_fundet: yes", 15, "unknown-field", "`eu_funded`"),
        ("name: Alpha", "nam: Alpha", 26, "unknown-field", "`name`"),
        ("tracks: supplier", "tracks: suplier", 22, "unknown-track", "`supplier`"),
        ("stage: phase_1.running", "stage: phase_1.runing", 23, "unknown-stage", "`phase_1.running`"),
        (
            "        named:",
            "        others_left: lefft\n        named:",
            24,
            "unknown-stage",
            "`left`",
        ),
    ],
    ids=lambda value: value.strip() if isinstance(value, str) else str(value),
)
def test_a_misspelt_name_is_told_where_it_stands_with_what_was_meant(
    was: str, now: str, line: int, code: str, meant: str, shipped: Desk, tmp_path: Path
) -> None:
    [found] = _problems(shipped, tmp_path, (was, now))
    assert (found.place.line, found.code) == (line, code)
    assert found.place.file.endswith("sensors.yaml")
    assert f"`{now.split(': ')[1 if found.code != 'unknown-field' else 0].split(maxsplit=1)[0]}`" in found.fact
    assert found.mend == f"Did you mean {meant}?"
    assert found.source_line


def test_all_misspelt_names_are_told_at_once(shipped: Desk, tmp_path: Path) -> None:
    swaps = (("call_published", "call_publishd"), ("runn", "run"), ("eu_funded", "eu_fundet"))
    assert [found.place.line for found in _problems(shipped, tmp_path, *swaps)] == [13, 15, 23]


def test_a_milestone_of_a_track_is_no_milestone_of_the_case(shipped: Desk, tmp_path: Path) -> None:
    [found] = _problems(shipped, tmp_path, ("reaches: call_published", "reaches: tender_received"))
    assert found.mend == "Only a milestone of the case is reached; say with `stood` where each supplier stood."


def test_a_field_of_a_track_is_sent_to_where_tracks_stood(shipped: Desk, tmp_path: Path) -> None:
    [found] = _problems(shipped, tmp_path, ("eu_funded: yes", "name: Alpha"))
    assert found.mend == "It is given for each late_arrival or supplier: write it under `stood`, `named`."


def test_an_unknown_derogation_is_told_where_it_stands(shipped: Desk, tmp_path: Path) -> None:
    [found] = _problems(shipped, tmp_path, ("    values:", "    derogation: sudden\n    values:"))
    assert (found.place.line, found.code) == (14, "unknown-derogation")


def test_a_history_without_mistakes_can_be_read_without_recording_anything(shipped: Desk, tmp_path: Path) -> None:
    (tmp_path / "sensors.yaml").write_text(HISTORY, encoding="utf-8")
    assert read_history(shipped, tmp_path / "sensors.yaml").name == "sensors"
    assert shipped.store.cases() == ()


def test_a_source_that_nobody_declares_is_told_where_it_is_named_with_what_was_meant(
    shipped: Desk, tmp_path: Path
) -> None:
    [found] = _problems(
        shipped,
        tmp_path,
        (
            "source: journal\n    certainty: verified\n    reaches: call",
            "source: [journal, jurnal]\n    certainty: verified\n    reaches: call",
        ),
    )
    assert (found.code, found.fact, found.mend) == (
        "unknown-source",
        "There is no source `jurnal`.",
        "Did you mean `journal`?",
    )


def test_a_certainty_that_is_none_is_told_with_those_that_are(shipped: Desk, tmp_path: Path) -> None:
    [found] = _problems(
        shipped, tmp_path, ("certainty: verified\n    reaches: call", "certainty: sure\n    reaches: call")
    )
    assert (found.code, found.fact) == ("unknown-certainty", "The certainty is sure.")
    assert found.mend == "Write one of: verified, own_knowledge, shaky, derived."
    assert found.place.file.endswith("sensors.yaml")
