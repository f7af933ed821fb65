"""What a command pays for when it only needs a date."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HEAVY = ("holidays", "dateutil", "pydantic", "sqlmodel", "sqlalchemy", "yaml", "structlog", "rich", "click")


@pytest.mark.parametrize(
    "module",
    [
        "periods",
        "days",
        "zones",
        "compute",
        "moments",
        "meetings",
        "holidays",
        "giving_back",
        "extending",
        "dispatches",
        "questions",
        "note",
    ],
)
def test_no_module_of_legal_time_imports_a_foreign_package_at_the_start(module: str) -> None:
    ask = (
        f"import sys; import inprocap_flow.calendar.{module}; "
        "print(*sorted({name.split('.')[0] for name in sys.modules} - set(sys.stdlib_module_names)))"
    )
    loaded = subprocess.check_output([sys.executable, "-S", "-c", ask], text=True, cwd=ROOT).split()
    assert [name for name in loaded if not name.startswith("_")] == ["inprocap_flow"]
    assert not set(HEAVY) & set(loaded)
