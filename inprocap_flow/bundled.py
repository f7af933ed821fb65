"""Where the definitions and hook files that we ship lie: inside a wheel, or beside the package in a source tree."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from inprocap_flow.errors import NotFound

_PACKAGE = Path(__file__).resolve().parent


def root(kind: Literal["definitions", "workflows"], package: Path = _PACKAGE) -> Path:
    """Return the folder of shipped *kind*. *package* is the folder of this package; tests give another.

    Raises NotFound if the installation lacks it (a file was removed, or the package was copied without its data).
    """
    for folder in (package / "_bundled" / kind, package.parent / kind):
        if folder.is_dir():
            return folder
    raise NotFound(f"the shipped {kind} are missing beside {package}", mend="install inprocap-flow again")
