"""A plan that renames roles, from its file to what the moved case says: at the command line, as an officer does it."""

from __future__ import annotations

import re

from tests.cli.conftest import HERE, PURCHASE, Lab

PLAN = """\
migration: over
procedure: purchase
from: 2026.1
to: 2027.1
reason: Legal has another name
renamed:
  roles: {legal: counsel}
"""
NAMED_NOWHERE = PLAN.replace("legal: counsel", "legal: judge")


def _release_with_counsel(lab: Lab) -> None:
    """Release a version in which `legal` is called `counsel`, and an organisation whose people hold both."""
    text = re.sub(r"\blegal\b", "counsel", PURCHASE.read_text(encoding="utf-8"))
    newer = lab.file("purchase.yaml", text.replace("version: 2026.1", "version: 2027.1", 1))
    people = (HERE / "lab.yaml").read_text(encoding="utf-8")
    both = people.replace("[legal]", "[legal, counsel]")
    assert both != people
    house = lab.file("lab.yaml", both.replace("version: 2026.1", "version: 2027.1", 1))
    lab.done("01-07 10:00", "release", newer, "--organisation", house, "--despite", "Made for this test")


def test_a_signature_under_the_old_name_of_a_role_counts_under_the_new_one(ready: Lab) -> None:
    ready.done("01-07 09:00", "sign", ready.case, "launch", "--as", "dora")
    _release_with_counsel(ready)
    plan = ready.file("over.yaml", PLAN)
    assert ready.plain("check", plan).exit_code == 0
    tried = ready.done("01-07 11:00", "migrate", plan, "--dry-run", "--as", "ben")
    assert "counsel" in tried
    ready.done("01-07 11:00", "migrate", plan, "--as", "ben")
    told = ready.done("01-07 12:00", "history", ready.case)
    assert "Legal has another name" in told
    assert "counsel" in told
    again = ready.refused("01-07 12:00", "sign", ready.case, "launch", "--as", "dora")
    assert "signed" in again


def test_a_new_name_that_the_version_does_not_have_is_refused_with_its_place(ready: Lab) -> None:
    _release_with_counsel(ready)
    refused = ready("01-07 11:00", "migrate", ready.file("over.yaml", NAMED_NOWHERE), "--as", "ben")
    assert refused.exit_code == 1
    assert "over.yaml:7:" in refused.output
    assert "`judge`" in refused.output
