"""What an organisation lacks is judged on the procedure as it is in effect there, by overlays that are for it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.overlays.conftest import OWN, House
from tests.overlays.conftest import _in as at_home

HOUSE = OWN / "organisations" / "house.yaml"
NOW = "2026-05-04 09:00"
RULES = """\
overlay: fair-rules
version: 2026.1
language: en
title: FAIR rules
organisation: fair
for: {open: 2026.1}
roles:
  evaluators:
    title: Evaluators
    at_least: 3
    declares_interests: yes
    apart_from: [approving_authority]
replace_role: {evaluation_committee: evaluators}
"""
OF_PCP = """\
overlay: fair-pcp
version: 2026.1
language: en
title: FAIR rules for PCP
organisation: fair
for: {pcp: 2026.1}
lengthen:
  tenders: {by: 5 days, why: Firms far away, cite: "FAIR rules, 1"}
"""


@pytest.fixture
def fair(tmp_path: Path) -> Iterator[House]:
    """FAIR has evaluators instead of a committee, and another overlay that is only for PCP and never released."""
    own = tmp_path / "own"
    for folder in ("overlays", "organisations"):
        (own / folder).mkdir(parents=True)
    text = HOUSE.read_text(encoding="utf-8").replace("organisation: house", "organisation: fair")
    text = text.replace("roles: [evaluation_committee]", "roles: [evaluators]")
    text = text.replace("{overlay: house-rules, from: 2026-06-01}", "{overlay: fair-rules}\n  - {overlay: fair-pcp}")
    (own / "organisations" / "fair.yaml").write_text(text, encoding="utf-8")
    (own / "overlays" / "fair-rules.yaml").write_text(RULES, encoding="utf-8")
    (own / "overlays" / "fair-pcp.yaml").write_text(OF_PCP, encoding="utf-8")
    with at_home(tmp_path) as house, pytest.MonkeyPatch.context() as patch:
        patch.setenv("INPROCAP_FLOW_DEFINITIONS", str(own))
        patch.setenv("INPROCAP_FLOW_ORGANISATION", "fair")
        yield house


def test_a_release_does_not_miss_a_role_that_the_overlay_replaces(fair: House) -> None:
    done = fair.json(NOW, "release", "open", "fair", "fair-rules", "--as", "ben", "--seconds", "1")
    assert [one for one in done["unfit"] if "evaluation_committee" in one["fact"]] == []
    # The other overlay is not released; it is for another procedure, and opening this one does not wait for it.
    assert done["lacking"] == []
    assert fair(NOW, "open", "open", "--as", "ada", "need=A pump").exit_code == 0


def test_what_is_not_released_yet_is_said_instead_of_a_judgement_on_another_procedure(fair: House) -> None:
    done = fair.json(NOW, "release", "open", "--organisation", "fair", "--as", "ben", "--seconds", "1")
    assert done["unfit"] == []
    (lost,) = done["lacking"]
    assert lost["fact"] == "its overlay fair-rules is not released"
    assert lost["mend"] == "inprocap-flow release fair-rules"
    refused = fair(NOW, "open", "open", "--as", "ada", "need=A pump")
    assert refused.exit_code != 0
    assert "fair-rules" in refused.output
