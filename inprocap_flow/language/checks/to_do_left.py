"""A line that still says `TO DO`: what `new` writes wherever somebody has to put something of their own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from inprocap_flow.errors import Place, Problem
from inprocap_flow.language.checks.finding import ADVICE, Around, Finding
from inprocap_flow.language.left import TO_DO, lines_left
from inprocap_flow.language.marks import Source
from inprocap_flow.language.model import Definition

CODE = "to-do-left"
SEVERITY = ADVICE
MEND = "Put in what was decided, and where that is written; take the mark out of a remark that is done."
_KEY = re.compile(r"\s*(?:- )?\{?\s*([\w.-]+):")


def check(definition: Definition, around: Around) -> Iterator[Finding]:  # noqa: ARG001 - all checks are called alike
    """Yield a finding for each line of the files behind the definition that still waits for somebody."""
    yield from findings(around.sources)


def findings(sources: Mapping[str, Source]) -> Iterator[Finding]:
    """Yield a finding for each such line of *sources*; lines that are nothing but a remark explain, and may say it."""
    for file, source in sources.items():
        for number in lines_left(source.text):
            line = source.line(number)
            place = Place(file, number, line.index(TO_DO) + 1)
            key = _KEY.match(line)
            what = f"`{key[1]}`" if key and key.end() <= place.column else "This line"
            yield Finding("", f"{what} still says {TO_DO}.", MEND, at=(place, len(TO_DO)))


def problems(sources: Mapping[str, Source]) -> Iterator[Problem]:
    """Yield the same of files that no definition is made of, such as that of an organisation."""
    for one in findings(sources):
        assert one.at is not None
        place, width = one.at
        shown = sources[place.file].line(place.line)
        yield Problem(place, CODE, one.fact, one.mend, SEVERITY, shown, width)
