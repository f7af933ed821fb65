"""Codes of what is looked up in overlays and in borrowed stories stand in the overview of checks."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import inprocap_flow
from inprocap_flow.language.checks import CHECKS

ROOT = Path(inprocap_flow.__file__).parent
OVERVIEW = (Path(__file__).parents[2] / "docs" / "checks" / "README.md").read_text(encoding="utf-8")
_CODE = re.compile(r'^\s+"([a-z]+(?:-[a-z]+)+)",$|, "([a-z]+(?:-[a-z]+)+)", f?["\w]', flags=re.MULTILINE)


@pytest.mark.parametrize("module", ["language/scenarios/borrowing.py", "language/overlays/keeping.py"])
def test_every_code_of_the_module_is_in_the_overview(module: str) -> None:
    found = {one or other for one, other in _CODE.findall((ROOT / module).read_text(encoding="utf-8"))}
    assert found - {check.CODE for check in CHECKS}
    assert {code for code in found if f"`{code}`" not in OVERVIEW} == set()
