"""What the checks of a plan say, and where: a path in the file of the plan, or the file as a whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

from inprocap_flow.errors import Problem
from inprocap_flow.language.marks import MapNode, NodePath
from inprocap_flow.language.model import CASE
from inprocap_flow.language.schema.report import locate
from inprocap_flow.language.versions.compare import Between
from inprocap_flow.records import record


@record
class PlanFinding:
    """Something that keeps cases from going over; ``path`` leads to the key of the plan that it is about."""

    path: NodePath
    fact: str
    mend: str = ""


class PlanCheck(Protocol):
    """A check of a plan between two versions. An error would strand or refuse every case; advice, only some."""

    CODE: str
    SEVERITY: str

    def check(self, between: Between, /) -> Iterator[PlanFinding]: ...


def under(kind: str, *path: str) -> NodePath:
    """Return the path of a key that belongs to a kind of line."""
    return ("tracks", kind, *path) if kind != CASE else path


def of(kind: str, fact: str) -> str:
    """Return a sentence about a kind of line: of a track its kind stands before it."""
    return f"{kind}: {fact}" if kind != CASE else fact[:1].upper() + fact[1:]


def problems_of(root: MapNode, found: Sequence[PlanFinding], code: str, severity: str) -> Iterator[Problem]:
    """Yield findings as problems at their places."""
    for one in found:
        place, width = locate(root, one.path, on_key=True)
        yield Problem(place, code, one.fact, one.mend, severity, width=width)


def gone(was: Mapping[str, Any], now: Mapping[str, Any], renamed: Mapping[str, str]) -> tuple[str, ...]:
    """Return the names of the old version that the new one has not, nor under another name."""
    return tuple(name for name in was if renamed.get(name, name) not in now)
