"""What every command imports first must stay light: counted in modules, because seconds differ by machine."""

from __future__ import annotations

import json
import subprocess
import sys


def test_the_first_imports_are_standard_library_only() -> None:
    program = (
        "import sys, json; before = set(sys.modules); "
        "from inprocap_flow import bundled, clock, ids, logs, settings; "
        "logs.happened(logs.CASE_MOVED); settings.load({}); "
        "print(json.dumps(sorted({name.partition('.')[0] for name in set(sys.modules) - before})))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    imported = set(json.loads(done.stdout)) - {"inprocap_flow"}
    assert imported <= sys.stdlib_module_names
    assert not imported & {"tomllib", "logging", "asyncio", "sqlite3", "difflib", "email"}
