"""What people type, turned into what the engine takes: field texts into encoded values, names into lines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from inprocap_flow.calendar.bad_values import BadValue
from inprocap_flow.engine.case.kinds import kind_in, kinds_of
from inprocap_flow.engine.case.records import Case
from inprocap_flow.errors import InvalidInput, Place, Problem
from inprocap_flow.language.model import CASE, Definition
from inprocap_flow.language.values import encode
from inprocap_flow.language.written import parse_written


def line_kind(definition: Definition, line_id: str, case: Case | None = None) -> str:
    """Return the kind of the line *line_id* (``case``, ``supplier/alpha``), of a line of *case* the kind it has now.

    Raises InvalidInput for an unknown kind.
    """
    kind = kind_in(definition, line_id, kinds_of(case) if case else {})
    if kind != CASE and kind not in definition.tracks:
        known = ", ".join(["case", *(f"{name}/..." for name in definition.tracks)])
        raise InvalidInput(
            [Problem(Place("request"), "no-such-line", f"{line_id} is no line here", f"choose of: {known}")]
        )
    return kind


def typed_fields(definition: Definition, kind: str, texts: Mapping[str, str], zone: str) -> dict[str, Any]:
    """Return *texts* as encoded values of the fields of a line. An empty text clears a field.

    Raises:
        InvalidInput: with every field that does not exist or does not fit its type, and the mend.
    """
    problems: list[Problem] = []
    values: dict[str, Any] = {}
    fields = definition.line(kind).fields
    for name, text in texts.items():
        declared = fields.get(name)
        if declared is None:
            problems.append(_unknown(definition, kind, name))
            continue
        if text == "":
            values[name] = None
            continue
        try:
            values[name] = encode(parse_written(declared.type, text, zone=zone, choices=declared.choices or None))
        except BadValue as wrong:
            problems.append(Problem(Place(f"field {name}"), "bad-value", wrong.fact, wrong.mend))
    if problems:
        raise InvalidInput(problems)
    return values


def _unknown(definition: Definition, kind: str, name: str) -> Problem:
    fact = f"{name} is no field here"
    mend = _of_another_line(definition, kind, name) or nearest(name, definition.line(kind).fields)
    if definition.find_document(kind, name) is not None:
        fact = f"{name} is a document and no field"
        mend = f"give its file: --doc {name}=PATH with a step, or attach"
    return Problem(Place(f"field {name}"), "unknown-field", fact, mend)


def _of_another_line(definition: Definition, kind: str, name: str) -> str:
    """Return the mend for a field that another line than *kind* has: where it is given; "" if none has it."""
    if kind != CASE and name in definition.main.fields:
        return "it is a field of the case: leave the track out"
    having = [other for other, line in definition.tracks.items() if other != kind and name in line.fields]
    named = " or ".join(f"--on {other}/NAME" for other in having)
    return f"it is given for each {' or '.join(having)} apart: say for which with {named}" if having else ""


def nearest(typed: str, known: Iterable[str]) -> str:
    """Return the mend for a name that does not exist: the one that was meant, or all that there are."""
    from difflib import get_close_matches

    names = list(known)
    near = get_close_matches(typed, names, n=1)
    return f"did you mean {near[0]}?" if near else f"choose of: {', '.join(names)}"


def known_line(case: Case, line_id: str) -> str:
    """Return *line_id* if the case has such a line. Raises InvalidInput, naming the lines there are."""
    if line_id in case.lines:
        return line_id
    problem = Problem(
        Place("request"), "no-such-line", f"{line_id} is no line of this case", f"there are: {', '.join(case.lines)}"
    )
    raise InvalidInput([problem])
