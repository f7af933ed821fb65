"""A small helping of the faults that `soak mutations` puts into everything shipped, drawn anew in every run."""

from __future__ import annotations

import os
import random
import time

from tests.mutation.catalogue import ALL
from tests.mutation.fault import CLASSES, SCENARIO
from tests.mutation.hidden import ENDED_ANYHOW, SEES_NOTHING
from tests.mutation.judging import ROOT, Judged, Trial, base_of, judge
from tests.mutation.picking import picks
from tests.mutation.report import of, page, survivors

SEED = int(os.environ.get("INPROCAP_SEED", "0")) or random.SystemRandom().randrange(10**9)
SECONDS = 6.0  # of computing
FEWEST = 5
SURE = (
    "name-wrong", "declaration-removed", "start-missing", "meeting-missing", "role-without-people", "voids-itself",
    "nobody-fills", "paper-never-asked", "overlay-replaces-approval", "overlay-deletes", "overlay-lifts-law",
    "weakened: approval-dropped", "weakened: four-eyes-dropped", "weakened: gate-dropped", "sealed-published",
)  # fmt: skip
"""Classes of which the checks let nothing through at full size."""


def test_faults_of_the_classes_that_checks_claim_are_found_by_checks() -> None:
    base, judged, until = base_of("market-consultation"), [], time.process_time() + SECONDS
    for fault, mutant in picks(base, SEED, [CLASSES[name] for name in SURE]):
        if time.process_time() > until:
            break
        judged.append(judge(base, fault, mutant, Trial(scenarios=False)))
    found = sum(bool(one.codes) for one in judged)
    print(f"mutations: seed {SEED}, {len(judged)} mutants of {base.name}, {found} found")  # noqa: T201  # says what it did
    assert len(judged) >= FEWEST
    assert [one for one in judged if not one.codes and not one.equivalent] == []


def test_a_shipped_scenario_notices_that_a_condition_is_gone() -> None:
    base = base_of("iter-review")
    fault = CLASSES["condition-removed"]
    judged = [judge(base, fault, one) for one in fault.sites(base.subject)]
    assert judged
    assert all(one.scenario for one in judged)


def test_what_changes_nothing_is_no_mutant() -> None:
    base = base_of("iter-review")
    one = next(iter(CLASSES["step-removed"].sites(base.subject)))
    same = type(one)("nothing changed", nodes=lambda: base.whole.root)
    assert judge(base, CLASSES["step-removed"], same).equivalent


def test_what_no_scenario_can_show_is_judged_all_the_same_and_says_why() -> None:
    base = base_of("market-consultation")
    seen = {one.what: one.hidden for one in CLASSES["secret-dropped"].sites(base.subject)}
    assert set(seen.values()) == {SEES_NOTHING}  # advisers see what is published, firms what is their own
    judged = judge(base, CLASSES["secret-dropped"], next(iter(CLASSES["secret-dropped"].sites(base.subject))))
    assert judged.hidden == SEES_NOTHING
    assert not judged.scenario
    (eyes,) = CLASSES["four-eyes-dropped"].sites(base.subject)
    assert eyes.hidden == ""  # one person is both legal and approving authority, and a scenario tries it
    assert judge(base, CLASSES["four-eyes-dropped"], eyes).scenario
    weakened = next(iter(CLASSES["weakened: secret-dropped"].sites(base.subject)))
    assert judge(base, CLASSES["weakened: secret-dropped"], weakened).hidden == ""  # a comparison does show it


def test_a_page_counts_what_was_found_by_whom_and_names_the_survivors() -> None:
    judged = [
        Judged("open", "start-missing", "a", stage="checks", codes=("deadline-never-started",), playable=True),
        Judged("open", "start-missing", "b", scenario="A fact", playable=True),
        Judged("open", "condition-removed", "c", equivalent=True),
        Judged("open", "condition-removed", "d", scenario="A fact", playable=True),
    ]
    said = "\n".join(page(judged))
    assert "1 of 2 found by checks, 50.0 %" in said
    assert "1 of 1 found, 100.0 %" in said
    assert [one.what for one in survivors(judged)] == ["b"]
    hidden = Judged("open", "secret-dropped", "e", playable=True, hidden="Nobody sees it.")
    more = "\n".join(page([*judged, hidden]))
    assert "1 of 2 found, 50.0 %" in more
    assert "no scenario could show 1 that nothing found; without these: 1 of 1, 100.0 %" in more
    assert "- Nobody sees it. (1) open `e`." in more
    assert len(of(judged, CLASSES["condition-removed"])) == 1


def test_every_class_of_faults_stands_on_the_page_with_who_claims_it() -> None:
    text = (ROOT / "docs" / "explanation" / "how-the-checker-is-tested.md").read_text(encoding="utf-8")
    for fault in ALL:
        claimed = SCENARIO if not fault.by_checks else ", ".join(f"`{code}`" for code in fault.claimed)
        assert f"| {fault.name} | {fault.says} | {claimed} |" in text


def test_what_a_step_stops_and_ends_besides_is_hidden_and_what_it_only_stops_is_not() -> None:
    seen = {one.what: one.hidden for one in CLASSES["meeting-dropped"].sites(base_of("open").subject)}
    assert seen["steps.cancel.stops: deadlines.tenders_bind dropped"] == ENDED_ANYHOW
    assert "" in seen.values()
