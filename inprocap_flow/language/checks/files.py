"""The checks of files that are no procedures: each looks at one document and at what lies in the folders around it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol, cast

from inprocap_flow.errors import Problem
from inprocap_flow.language.checks import unknown_role
from inprocap_flow.language.files import Library
from inprocap_flow.language.marks import MapNode


class FileCheck(Protocol):
    """A module of this package that looks at the document of one file, and at the folders of its library."""

    CODE: str
    SEVERITY: str

    def problems(self, root: MapNode, library: Library, /) -> Iterator[Problem]: ...


FILE_CHECKS: tuple[FileCheck, ...] = cast("tuple[FileCheck, ...]", (unknown_role,))
