"""Faults that somebody makes who writes with care and forgets one thing, put into what is shipped by hand.

Each is found, at the element where it was made, in words that name what is wrong. The generated faults (tests/mutation)
are many and of the same kinds; these were thought up by reading as an officer reads.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import pytest

from inprocap_flow.errors import Problem
from inprocap_flow.language.checks import ends_left_open, read_before_known
from inprocap_flow.language.checks.behaviour import Behavioural, judged, problems
from inprocap_flow.language.explore.search import Bound
from inprocap_flow.language.inspect import inspect
from inprocap_flow.service.holding import held, scene_of

SHIPPED = Path(__file__).parents[2] / "definitions"
EXPLORED: dict[str, Behavioural] = {one.CODE: one for one in (ends_left_open, read_before_known)}
BOUND = Bound(states=2_000, seconds=100, in_all=100)
MARKET, REVIEW, TRAINING, OPEN, QUOTATION = (
    "market-consultation.yaml", "iter-review.yaml", "training.yaml", "open.yaml", "eiscat-quotation.yaml"
)  # fmt: skip
AWARD, EISCAT = "blocks/award_and_signing.yaml", "blocks/eiscat.yaml"


class Edit(NamedTuple):
    """What is written otherwise in a file of the shipped definitions."""

    file: str
    old: str
    new: str


class Fault(NamedTuple):
    """What was forgotten in *procedure*; *code* finds it and says these *words*."""

    what: str
    procedure: str
    edits: tuple[Edit, ...]
    code: str
    words: str
    house: str = ""


FAULTS = (
    Fault(
        "nobody is reminded of the day for the report",
        MARKET,
        (
            Edit(
                MARKET,
                """\
    remind:
      - {role: procurement_officer, before: 5 working days}
      - role: requesting_unit
        after: 1 day
        if: not_done
        escalation: yes
""",
                "",
            ),
        ),
        "deadline-without-effect",
        "Nothing happens when the deadline `report_due` ends.",
    ),
    Fault(
        "nobody is reminded of the decision on a request",
        REVIEW,
        (Edit(REVIEW, "        remind:\n          - {role: head_of_legal_affairs, before: 3 working days}\n", ""),),
        "deadline-without-effect",
        "Nothing happens when the deadline `admissibility` ends.",
    ),
    Fault(
        "the role that approves has nobody",
        MARKET,
        (
            Edit(MARKET, "    to: approved\n    by: approving_authority", "    to: approved\n    by: chair"),
            Edit(MARKET, "  legal: {title: Legal", "  chair: {title: Chair}\n  legal: {title: Legal"),
        ),
        "too-few-people",
        "example-lab has nobody as `chair`; 1 is needed.",
        "example-lab",
    ),
    Fault(
        "a role carries out a step that may never carry out one",
        MARKET,
        (Edit(MARKET, "    to: approved\n    by: approving_authority", "    to: approved\n    by: ilo_adviser"),),
        "never-means-never",
        "`approve_consultation` is carried out by `ilo_adviser`, who may never carry out a step.",
    ),
    Fault(
        "the contract is signed by nobody",
        REVIEW,
        (Edit(REVIEW, "    to: signed\n    by: director", "    to: signed\n    by: system"),),
        "system-step-never-fired",
        "Nothing fires the step `sign_contract`",
    ),
    Fault(
        "no step waits for the standstill",
        OPEN,
        (
            Edit(AWARD, "over('standstill') and unfinished('review') == 0", "unfinished('review') == 0"),
            Edit(AWARD, "          after: [standstill]\n", ""),
        ),
        "deadline-without-effect",
        "Nothing waits for the deadline `standstill`: what may not come before it ends can come at any time.",
    ),
    Fault(
        "the consultation may open before the notice has stood",
        MARKET,
        (Edit(MARKET, "already_there: {after: [consultation_lead, grant_lead], within", "already_there: {within"),),
        "deadline-without-effect",
        "Nothing waits for the deadline `consultation_lead`",
    ),
    Fault(
        "an approval covers a paper of a later stage",
        MARKET,
        (Edit(MARKET, "access_rules, recording_rules]}\n    typical", "access_rules, session_record]}\n    typical"),),
        "covered-too-late",
        "`approve_consultation` needs the approval `consultation`, which covers `session_record`.",
    ),
    Fault(
        "whoever signs may never approve",
        MARKET,
        (
            Edit(
                MARKET,
                "{role: legal, not_same_as: [whoever_carries_out]}",
                "{role: procurement_officer, not_same_as: [whoever_carries_out]}",
            ),
        ),
        "never-means-never",
        "`consultation` asks `procurement_officer` to sign, who may never approve.",
    ),
    Fault(
        "a step was copied",
        MARKET,
        (
            Edit(
                MARKET,
                "  hold_session:\n",
                """\
  hold_another_session:
    title: Record a session
    from: [open, session_held]
    to: session_held
    by: procurement_officer
    handed_in: {documents: [session_record]}
    already_there: {within: [answers]}
  hold_session:
""",
            ),
        ),
        "way-around",
        "`hold_session` leads from `open` to `session_held` as `hold_another_session` does",
    ),
    Fault(
        "a step was copied without its conditions",
        REVIEW,
        (
            Edit(
                REVIEW,
                "  redo_procedure:\n",
                """\
  sign_now:
    title: Sign the contract
    from: awarded
    to: signed
    by: director
    handed_in: {documents: [signed_contract]}
    ends: everything
  redo_procedure:
""",
            ),
        ),
        "way-around",
        "`sign_now` leads from `awarded` to `signed` as `sign_contract` does, by `director`, and asks for less",
    ),
    Fault(
        "two branches lead to one stage",
        REVIEW,
        (Edit(REVIEW, "== 'signature_released', to: released}", "== 'signature_released', to: upheld}"),),
        "unreachable-stage",
        "No chain of steps leads the track review to `released`.",
    ),
    Fault(
        "the meeting is called and its day stays open",
        REVIEW,
        (Edit(REVIEW, "        meets: [meeting_called]\n", ""),),
        "due-never-met",
        "Nothing meets the deadline `meeting_called`, so every case misses it.",
    ),
    Fault(
        "a cancelled consultation leaves its clocks open",
        MARKET,
        (
            Edit(
                MARKET,
                "    handed_in: {documents: [withdrawal_notice], reason: yes}\n    ends: everything\n",
                "    handed_in: {documents: [withdrawal_notice], reason: yes}\n",
            ),
        ),
        "ends-left-open",
        "`cancel` would end the case with the deadline `answers` of the case open, and is then refused.",
    ),
    Fault(
        "a branch reads what a later step brings",
        MARKET,
        (
            Edit(MARKET, "      - when: not grant_sets_notice\n", "      - when: what_follows == 'nothing'\n"),
            Edit(MARKET, "    already_there: {fields: [grant_sets_notice]}\n", ""),
        ),
        "read-before-known",
        "`announce` reads `what_follows`, which on some way there nobody has given",
    ),
    Fault(
        "the certificate reads who was there, which nobody has to note",
        TRAINING,
        (
            Edit(
                TRAINING,
                "          fields: [attended_needs, attended_market, attended_consultation]\n          that",
                "          that",
            ),
            Edit(
                TRAINING,
                "(not teaches_needs or attended_needs) and (not teaches_market or attended_market) and (not\n"
                "                teaches_consultation or attended_consultation)\n",
                "attended_needs\n",
            ),
        ),
        "read-before-known",
        "`certify` reads `attended_needs`",
    ),
    Fault(
        "nothing says where participants go when the training ends",
        TRAINING,
        (Edit(TRAINING, "    if_case_ends: without\n", ""),),
        "track-without-end",
        "Where does a track `participant` go when the case ends before it?",
    ),
    Fault(
        "the training ends with participants open",
        TRAINING,
        (Edit(TRAINING, "    ends: everything\n    tells: [trainer]\n", "    tells: [trainer]\n"),),
        "ends-left-open",
        "`finish` would end the case with a track `participant` open, and is then refused.",
    ),
    Fault(
        "the standstill is as long as it always was here",
        OPEN,
        (Edit(AWARD, "    period: limit('standstill')\n", "    period: 5 days\n"),),
        "period-below-floor",
        "`standstill` lasts 5 days, and at least limit('standstill')",
        "example-lab",
    ),
    Fault(
        "nine members of a committee of three sign",
        OPEN,
        (Edit(AWARD, "{role: evaluation_committee, how_many: all}", "{role: evaluation_committee, how_many: 9}"),),
        "approval-impossible",
        "`evaluation` for `propose_award`: example-lab has nobody to give it. `evaluation_committee`, 9 needed",
        "example-lab",
    ),
    Fault(
        "nine people open two bids",
        QUOTATION,
        (Edit(EISCAT, "{role: evaluation_committee, how_many: 2}", "{role: evaluation_committee, how_many: 9}"),),
        "approval-impossible",
        "`evaluation_committee`, 9 needed",
        "eiscat",
    ),
    Fault(
        "the file is closed and firms stay in it",
        QUOTATION,
        (
            Edit(
                EISCAT,
                "    already_there: {documents: [acceptance_certificate]}\n    ends: everything\n",
                "    already_there: {documents: [acceptance_certificate]}\n",
            ),
        ),
        "ends-left-open",
        "`close_file` would end the case with a track `supplier` open, and is then refused.",
    ),
)


@pytest.mark.parametrize("one", FAULTS, ids=lambda one: one.what)
def test_a_fault_that_an_officer_makes_is_found_in_words(one: Fault, tmp_path: Path) -> None:
    said = [problem for problem in _said(one, tmp_path) if problem.code == one.code]
    assert [problem.fact for problem in said if one.words in problem.fact], [problem.fact for problem in said]
    assert all(problem.mend and problem.place.line for problem in said)


def _said(one: Fault, folder: Path) -> Sequence[Problem]:
    """Return what is said of the procedure with the fault in it: by its file, or by exploring it and playing that."""
    for file in {one.procedure, *(edit.file for edit in one.edits)}:
        text = (SHIPPED / file).read_text(encoding="utf-8")
        for edit in (edit for edit in one.edits if edit.file == file):
            assert edit.old in text
            text = text.replace(edit.old, edit.new)
        (folder / file).parent.mkdir(exist_ok=True)
        (folder / file).write_text(text, encoding="utf-8")
    house = SHIPPED / "organisations" / f"{one.house}.yaml" if one.house else None
    seen = inspect(folder / one.procedure, [folder, SHIPPED], organisation=house)
    if one.code not in EXPLORED:
        return seen.problems
    assert seen.definition is not None, [problem.render() for problem in seen.problems]
    verdicts = judged(seen.definition, BOUND, checks=[EXPLORED[one.code]])
    return problems(held(seen.definition, verdicts, scene_of([SHIPPED])), seen.definition)


def test_an_overlay_that_shortens_what_the_law_gives_is_refused_with_the_article(tmp_path: Path) -> None:
    overlay = tmp_path / "overlays" / "short.yaml"
    overlay.parent.mkdir()
    overlay.write_text(
        """\
overlay: short
version: 1
language: en
title: Short
organisation: example-lab
for: {open: 2026.1}
lengthen:
  standstill: {period: 5 days, why: We are quick, cite: House}
""",
        encoding="utf-8",
    )
    seen = inspect(SHIPPED / "open.yaml", [SHIPPED], overlays=[overlay])
    (said,) = [problem for problem in seen.problems if problem.severity == "error"]
    assert "the earliest lawful end is" in said.fact
    assert "89/665/EEC Art. 2a(2)" in said.fact
    assert (said.place.file, said.place.line) == (str(overlay), 8)
