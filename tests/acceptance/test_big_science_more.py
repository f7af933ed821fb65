"""Ideas 6, 7 and 8 by which big-science organisations would try the program."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pytest
from click.testing import CliRunner, Result

from inprocap_flow.cli.app import inprocap_flow
from inprocap_flow.engine.case.history import fold
from inprocap_flow.language.canonical import canonical_json, to_plain
from inprocap_flow.service.auditing import verify
from inprocap_flow.service.desk import Desk
from inprocap_flow.service.importing import Imported, import_history
from inprocap_flow.service.judging import UNEXPLORED
from inprocap_flow.service.releasing import release_organisation, release_procedure
from inprocap_flow.service.scenarios import run_file
from inprocap_flow.store.port import Store
from tests.cli.conftest import at_home
from tests.service.conftest import DEFINITIONS, desk_in

TENDER_6 = DEFINITIONS / "cases" / "eiscat-tender-6.yaml"


@dataclass
class Eiscat:
    """Types commands for EISCAT, in winter."""

    folder: Path

    def __call__(self, at: str, *words: str) -> Result:
        moment = f"{at.replace(' ', 'T')}+01:00"
        result = CliRunner().invoke(inprocap_flow, ["--now", moment, *words, "--organisation", "eiscat", "--json"])
        assert "Traceback" not in result.output, result.output
        return result

    def done(self, at: str, *words: str) -> Any:
        result = self(at, *words)
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout)

    def refused(self, at: str, *words: str) -> list[str]:
        """Type what must be refused; return the codes of its blockers."""
        result = self(at, *words)
        assert result.exit_code == 3, result.output
        return [blocker["code"] for blocker in json.loads(result.stdout)["blockers"]]


@pytest.fixture
def eiscat(tmp_path: Path) -> Iterator[Eiscat]:
    with at_home(tmp_path):
        yield Eiscat(tmp_path)


def test_a_running_case_keeps_the_own_policy_and_a_new_one_follows_swedish_law_from_the_day_of_the_flip(
    eiscat: Eiscat,
) -> None:
    """Idea 6: what EISCAT uses flips from its own policy to Swedish law on a date."""
    before, after = "2026-12-31 09:00", "2027-01-01 09:00"
    names = ("eiscat-open-competitive", "open", "sweden")
    eiscat.done(before, "release", *names, "--as", "ben", "--seconds", "1")  # what cases come to is tested elsewhere
    old = eiscat.done(before, "open", "eiscat-open-competitive", "--as", "ada", "need=Prepared ground")["case"]
    assert eiscat.refused(before, "open", "open", "--as", "ada", "need=Prepared ground") == ["not-used-here"]

    new = eiscat.done(after, "open", "open", "--as", "ada", "need=Prepared ground")["case"]
    assert eiscat.done(after, "show", new)["procedure_version"] == "2026.1 + sweden 2026.1"
    policy = ("open", "eiscat-open-competitive", "--as", "ada", "need=Prepared ground")
    assert eiscat.refused(after, *policy) == ["not-used-here"]

    eiscat.done(after, "set", old, "estimated_value=8000000 SEK", "--as", "ben")
    eiscat.done(after, "sign", old, "cost_book", "--as", "june")
    shown = eiscat.done(after, "show", old)
    assert (shown["procedure"], shown["procedure_version"]) == ("eiscat-open-competitive", "2026.1")
    assert shown["overlays"] == []


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Desk]:
    """A desk on which the past cases of the open procedure can be imported."""
    desk = desk_in(tmp_path)
    release_procedure(desk, DEFINITIONS / "open.yaml", by="ben", terms=UNEXPLORED)
    release_organisation(desk, DEFINITIONS / "organisations" / "example-lab.yaml", by="ben", terms=UNEXPLORED)
    yield desk
    desk.store.close()


def _in_months(told: str) -> str:
    """Return the history *told* with every day cut down to its month, and without the day that a field tells."""
    without_day = re.sub(r"    values:\n      tenders_close: .*\n", "", told)
    return re.sub(r"(- at: \d{4}-\d\d)(-\d\d.*)?\n", r"\1\n", without_day)


def _overdue(report: Imported) -> list[str]:
    return [name for name, state in report.case.deadlines.items() if state.status in ("missed", "running")]


def _reached(report: Imported) -> set[str]:
    return {event.data["milestone"] for event in report.events if event.data.get("milestone")}


def test_a_case_replayed_with_months_instead_of_days_is_a_valid_trail_and_nothing_in_it_is_overdue(
    archive: Desk, tmp_path: Path
) -> None:
    """Idea 7: the same procedure replayed with month-precise dates only."""
    path = tmp_path / TENDER_6.name
    path.write_text(_in_months(TENDER_6.read_text(encoding="utf-8")), encoding="utf-8")
    months, days = import_history(archive, path), import_history(archive, TENDER_6)

    assert {event.happened.precision for event in months.events if event.kind == "noted"} == {"month"}
    with archive.store.reading() as reading:
        events = reading.events(months.case.id)
    assert canonical_json(to_plain(fold(events))) == canonical_json(to_plain(months.case))
    assert verify(archive).findings == ()
    assert _overdue(months) == []
    # Days show that the call was open for less time than the directive asks for; months cannot, and do not claim it.
    assert days.findings
    assert months.findings == ()
    assert _reached(months) == _reached(days) == {"call_sent", "tenders_closed", "tenders_opened", "contract_signed"}


CONSULTATION = """\
tests: market-consultation
organisation: ess
firms: {al: supplier/alpha, bo: supplier/beta}
scenarios:
  - fact: Ines helps firm Alpha, and can then not release an answer
    steps:
      - {at: 2026-01-12 09:00, by: ada, do: plan_consultation, with: {need: Cold samples}}
      - {at: 2026-01-14 09:00, by: ben, bring: [consultation_plan, access_rules, recording_rules]}
      - {at: 2026-01-14 10:00, by: ben, fill: {condition_for_tendering: no, grant_sets_notice: no}}
      - {at: 2026-01-16 09:00, by: dora, sign: consultation}
      - {at: 2026-01-19 09:00, by: june, do: approve_consultation}
      - at: 2026-01-20 09:00
        by: ben
        do: announce
        with: {answers_close: 2026-02-27 17:00, documents: [consultation_notice, consultation_questions]}
      - at: 2026-01-22 09:00
        by: al
        do: register
        new: supplier/alpha
        with: {name: Alpha Invented, country: DE, sme: no}
      - {at: 2026-01-23 09:00, by: al, do: ask, new: question/1, of: supplier/alpha, with: {question_text: "How cold?"}}
      - {at: 2026-01-23 10:00, by: ben, on: question/1, fill: {answer_text: Four kelvin.}}
      - at: 2026-01-26 09:00
        by: ines
        do: record_help
        new: help/1
        of: supplier/alpha
        with: {help_given: Read what the firm will answer}
      - {at: 2026-01-26 10:00, by: ines, on: question/1, do: release, then: {refused: [HELPED]}}
      - {at: 2026-01-26 11:00, by: ben, on: question/1, do: release, then: {stage: released}}
"""


def _played(folder: Path, text: str) -> list[str]:
    path = folder / "market-consultation.test.yaml"
    path.write_text(text, encoding="utf-8")
    desk = Desk(cast("Store", None))  # scenarios are played in memory
    return [fault.says for fault in run_file(path, desk).faults]


def test_a_liaison_officer_who_helps_a_firm_cannot_release_an_answer_of_the_consultation(tmp_path: Path) -> None:
    """Idea 8: whoever helps a bidder as liaison officer cannot release an answer of the consultation in the same case.

    Ines holds both roles at ESS. That she is entitled to release at all shows a case in which she helps nobody.
    """
    assert _played(tmp_path, CONSULTATION.replace("HELPED", "apart-from")) == []
    start = CONSULTATION.index("      - at: 2026-01-26 09:00")
    end = CONSULTATION.index("      - {at: 2026-01-26 10:00")
    nobody_helped = CONSULTATION[:start] + CONSULTATION[end:].replace("refused: [HELPED]", "stage: released")
    assert _played(tmp_path, nobody_helped[: nobody_helped.rindex("      - {at:")]) == []
