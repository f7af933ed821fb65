from __future__ import annotations

from pathlib import Path

import pytest

from inprocap_flow.language.model import Definition
from inprocap_flow.language.overlays import load_applied

LIBRARY = Path(__file__).parent / "library"
ROOT = LIBRARY.parents[3]


@pytest.fixture(autouse=True)
def _at_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)  # places are shown relative to the folder people work in


def applied(*names: str) -> Definition:
    """Return the procedure `fair` with these overlays of the library."""
    return load_applied(LIBRARY / "fair.yaml", [LIBRARY / "overlays" / f"{name}.yaml" for name in names])
