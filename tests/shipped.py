"""What `check` says of all that is shipped: found once in each run of the tests, whichever of its processes asks."""

from __future__ import annotations

import fcntl
import os
import pickle
from functools import cache
from pathlib import Path

import pytest

from inprocap_flow.errors import Problem
from inprocap_flow.language.inspect import check
from inprocap_flow.plugins.loading import allowed_folders, load_hooks

ROOT = Path(__file__).parents[1]


@cache
def problems(run: Path) -> tuple[Problem, ...]:
    """Return every problem of every shipped file, with the hooks that are shipped; *run* is a folder of this run.

    Who asks first finds them, whoever asks meanwhile waits; if the first one is killed, the next one finds them.
    """
    kept = run / "shipped.pickle"
    with (run / "shipped.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if kept.exists():
            return tuple(pickle.loads(kept.read_bytes()))
        found = tuple(_found())
        kept.with_suffix(".new").write_bytes(pickle.dumps(found))
        kept.with_suffix(".new").replace(kept)
        return found


def of_this_run(factory: pytest.TempPathFactory) -> tuple[Problem, ...]:
    """Return them in a test, whether it runs alone or as one of several processes."""
    base = factory.getbasetemp()
    return problems(base.parent if "PYTEST_XDIST_WORKER" in os.environ else base)


def _found() -> list[Problem]:
    folders = allowed_folders((ROOT / "workflows",))
    definitions = ROOT / "definitions"
    return check([definitions], (definitions,), hook_lookup=load_hooks(folders, folders).lookup)
