"""Every claim of the page on patterns fails once the key that it rests on is taken away: no claim holds by chance."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from inprocap_flow.service.desk import Desk
from inprocap_flow.service.scenarios import run_file
from inprocap_flow.settings import Settings
from inprocap_flow.store.opening import open_store
from tests.patterns.test_patterns import HERE, NAMED, rows

OPINION = "      - {track: opinion}\n"

BROKEN: dict[int, tuple[str, str]] = {
    1: ("    from: delivered\n    to: done", "    from: any\n    to: done"),
    2: ("      - {track: price}\n", ""),
    3: ("as_soon_as: {all_finished: [technical, price]}", "as_soon_as: {all_finished: technical}"),
    4: ("      - {when: large, to: tendered}\n      - {otherwise: ordered}", "      - {otherwise: ordered}"),
    5: ("    from: tendered\n    to: delivered", "    from: tendered\n    to: ordered"),
    6: ("        where: each.wanted\n", ""),
    7: ("unfinished('reading') == 0 and count('reading') >= 1", "count('reading') >= 1"),
    8: (
        "    from: waiting\n        to: read\n        by: lead",
        "    from: waiting\n        to: written_down\n        by: lead",
    ),
    9: ("as_soon_as: count('guard_post', 'reported') >= 1", "as_soon_as: count('guard_post', 'reported') >= 2"),
    10: (
        "    title: Back to reading only\n    from: checking\n    to: reading",
        "    title: Back to reading only\n    from: checking\n    to: drafting",
    ),
    11: (
        "    from: asking\n    to: done\n    as_soon_as: {all_finished: question}",
        "    from: asking\n    to: done\n    by: lead",
    ),
    12: ("as_soon_as: count('offer', 'good') >= 3", "as_soon_as: count('offer', 'good') >= 1"),
    13: (3 * OPINION, OPINION),
    14: ("        for_each: offer\n        where: each.wanted\n", ""),
    15: ("      already_there: {within: window}\n", ""),
    16: ("    when_over: lapse\n", ""),
    17: ("            - all_finished: heat\n              if_not: The heat test comes first.\n", ""),
    18: ("          - holds: reached('answered')", "          - holds: reached('invited')"),
    19: (
        "        title: Call it off\n        from: asked\n        to: dropped",
        "        title: Call it off\n        from: asked\n        to: delivered",
    ),
    20: ("    from: any\n    to: dropped", "    from: asked\n    to: dropped"),
    21: ("      - {when: open_points > 0, to: drafting}\n", "      - {when: open_points > 2, to: drafting}\n"),
    23: ("    from: waiting\n    to: same", "    from: any\n    to: same"),
    24: ("    already_there: {documents: certificate}", "    handed_in: {documents: certificate}"),
    25: ("    ends: {everything_but: [reporting, talk]}", "    ends: everything"),
    26: ("      - tracks: technical\n        in: open\n        step: stop\n", ""),
    27: ("      - tracks: price\n        in: open\n        step: stop\n", ""),
    28: ("        - nobody_in: {guard_post: on_watch}", "        - nobody_in: {guard_post: relieved}"),
    29: ("    moves:\n      tracks: guard_post\n      in: on_watch\n      step: go_home\n", ""),
    30: ("at_least: {how_many: 2, meter: written_down}", "at_least: {how_many: 3, meter: written_down}"),
    31: ("        - nobody_in: {meter: [waiting, read]}", "        - nobody_in: {meter: waiting}"),
    32: (
        "        - at_least: {how_many: 2, opinion: delivered}",
        "        - at_least: {how_many: 1, opinion: delivered}",
    ),
    34: ("at_least: {how_many: 2, meter: written_down}", "at_least: {how_many: 1, meter: written_down}"),
    35: ("    moves:\n      tracks: opinion\n      in: asked\n      step: call_off\n", ""),
    36: ("as_soon_as: count('offer', 'good') >= 3", "as_soon_as: count('offer', 'good') >= 4"),
    37: ("unfinished('offer') == 0 and unfinished('reading') == 0 and ", ""),
    38: ("as_soon_as: unfinished('offer') == 0 and ", "as_soon_as: "),
    39: ("            - nobody_in: {heat: on_bench, shake: on_bench}", "            - nobody_in: {shake: on_bench}"),
    40: ("            - nobody_in: {cold: on_bench, shake: on_bench}", "            - nobody_in: {shake: on_bench}"),
    41: (
        "        - at_least: {how_many: 2, opinion: delivered}",
        "        - at_least: {how_many: 3, opinion: delivered}",
    ),
    42: (3 * OPINION, 2 * OPINION),
    43: ("  done: {final: completed}", "  done: {final: cancelled}"),
}
"""What is written in the procedure of a pattern, and what is put in its place: the pattern is gone."""


def failing(number: int, folder: Path) -> list[str]:
    """Return what fails of the scenarios that show the pattern, played on its broken procedure."""
    procedure = rows()[number][1]
    before, after = BROKEN[number]
    shutil.copytree(HERE, folder / "definitions")
    file = folder / "definitions" / f"{procedure}.yaml"
    text = file.read_text(encoding="utf-8")
    assert text.count(before) == 1, f"{procedure}.yaml does not say this once: {before}"
    file.write_text(text.replace(before, after), encoding="utf-8")
    desk = Desk(open_store("sqlite://"), settings=Settings(definitions=folder / "definitions"))
    report = run_file(file.with_name(f"{procedure}.test.yaml"), desk)
    shown = [one for one in report.played if str(number) in NAMED.findall(str(one.scenario.source))]
    return [fault.says for one in shown for fault in one.faults if not fault.says.startswith("not tried")]


def test_every_claim_is_broken_once() -> None:
    assert set(BROKEN) == {number for number, (verdict, _) in rows().items() if verdict != "excluded"}


@pytest.mark.parametrize("number", BROKEN)
def test_a_claim_fails_when_what_it_rests_on_is_taken_away(number: int, tmp_path: Path) -> None:
    assert failing(number, tmp_path) != []
