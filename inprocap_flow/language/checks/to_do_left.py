"""Lines that still say `TO DO`: what `new` writes wherever somebody has to put something of their own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from inprocap_flow.errors import Place, Problem
from inprocap_flow.language.checks.finding import ADVICE, Around, Finding
from inprocap_flow.language.left import TO_DO, lines_left
from inprocap_flow.language.marks import Source
from inprocap_flow.language.model import Definition

CODE = "to-do-left"
SEVERITY = ADVICE
NOTHING_TO_PLAY = "it is about a line that somebody still has to write"
MEND = "Put in what was decided, and where that is written; take the mark out of a remark that is done."
_KEY = re.compile(r"\s*(?:- )?\{?\s*([\w.-]+):")


def check(definition: Definition, around: Around) -> Iterator[Finding]:  # noqa: ARG001 - all checks are called alike
    """Yield a finding for each file behind the definition of which lines still wait for somebody."""
    yield from findings(around.sources)


def findings(sources: Mapping[str, Source]) -> Iterator[Finding]:
    """Yield a finding for each of *sources* that says it, at the first such line: a file that was started has many."""
    for file, source in sources.items():
        first, *more = lines_left(source.text) or (0,)
        if not first:
            continue
        line = source.line(first)
        place = Place(file, first, line.index(TO_DO) + 1)
        key = _KEY.match(line)
        what = f"`{key[1]}`" if key and key.end() <= place.column else "This line"
        yield Finding("", f"{what} still says {TO_DO}{_too(more)}.", MEND, at=(place, len(TO_DO)))


def _too(lines: Sequence[int]) -> str:
    """Return which other lines say it, too."""
    if not lines:
        return ""
    *most, last = map(str, lines)
    return f"; so {'do lines' if most else 'does line'} {', '.join(most)}{' and ' if most else ''}{last}"


def problems(sources: Mapping[str, Source]) -> Iterator[Problem]:
    """Yield the same of files that no definition is made of, such as that of an organisation."""
    for one in findings(sources):
        assert one.at is not None
        place, width = one.at
        shown = sources[place.file].line(place.line)
        yield Problem(place, CODE, one.fact, one.mend, SEVERITY, shown, width)
