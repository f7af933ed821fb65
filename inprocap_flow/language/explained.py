"""Advice that somebody has looked at: a comment in the file that says why it is as it is.

``# advice unused-name: kept for overlays that watch the forecast`` on the line that the advice is about, or directly
above it. ``# advice limit-without-value of eu_threshold: not published yet`` may stand in any file that belongs to the
definition, its rulebook for instance, and explains every such advice that names it. A reason must be given, it is shown
with the advice, and an error cannot be explained away.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from inprocap_flow.errors import Problem
from inprocap_flow.language.marks import Source

_COMMENT = re.compile(
    r"#\s*advice\s+(?P<code>[a-z][a-z0-9-]*)(?:\s+of\s+(?P<name>[\w.-]+))?\s*:\s*(?P<because>\S.*?)\s*$"
)


@dataclass(frozen=True, slots=True)
class Explanation:
    """A comment that explains one kind of advice: on its line, or wherever advice speaks of ``name``."""

    code: str
    because: str
    line: int
    name: str = ""


def explanation(problem: Problem, sources: Mapping[str, Source]) -> str:
    """Return why the advice *problem* stands, as one of the files says; nothing if none does."""
    own = sources.get(problem.place.file)
    near = _near(own, problem.place.line) if own is not None else ()
    for one in near:
        if one.code == problem.code and not one.name:
            return one.because
    for source in sources.values():
        for one in explanations(source):
            if one.code == problem.code and one.name and f"`{one.name}`" in problem.fact:
                return one.because
    return ""


def _near(source: Source, line: int) -> Iterator[Explanation]:
    """Yield the explanations on *line* and in the comments directly above it."""
    if (here := _read(source.line(line), line)) is not None:
        yield here
    above = line - 1
    while above > 0 and source.line(above).lstrip().startswith("#"):
        if (found := _read(source.line(above), above)) is not None:
            yield found
        above -= 1


def explanations(source: Source) -> list[Explanation]:
    """Return every explanation of *source*, in order."""
    if "# advice" not in source.text:
        return []
    found = (_read(text, number) for number, text in enumerate(source.lines, 1))
    return [one for one in found if one is not None]


def _read(text: str, line: int) -> Explanation | None:
    match = _COMMENT.search(text)
    return Explanation(match["code"], match["because"], line, match["name"] or "") if match else None
