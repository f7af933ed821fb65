"""What a request may hold at all, whoever sends it: shapes and sizes, judged before anything is read or decided.

The engine judges whether a request is right; here it is judged whether it is one. Every door (command line, API,
replay) comes through `judge_request`, so what is recorded for ever is bounded and can be printed everywhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from inprocap_flow.engine.case.records import Handed, Request, When
from inprocap_flow.errors import InvalidInput, Place, Problem

LONGEST_ID = 200  # characters of an id, a name out of a definition, a key
LONGEST_TEXT = 100_000  # characters of a field's value; what is longer is a document
LONGEST_REASON = 10_000  # characters of a reason, of evidence
LONGEST_TITLE = 500
LONGEST_FILENAME = 255
MOST_INPUTS = 500  # fields or documents in one request; shipped procedures ask for fewer than ten
MOST_NESTED = 8
BIGGEST_NUMBER = 2**53  # JSON readers elsewhere keep no larger whole number exactly
YEARS = range(1900, 9000)  # as for the values of fields; the far ends cannot be moved between zones

_ID = re.compile(r"[^\W_][\w.@:+-]*")
_LINE = re.compile(r"[^\W_][\w.@:+-]*(/[^\W_][\w.@:+-]*)?")
_IDS = re.compile(f"{_ID.pattern} {_ID.pattern} {_LINE.pattern}")  # no id holds a space
_MARK = re.compile(r"[0-9a-f]{64}")
# Controls but tab and line ends, half characters, and the marks that turn the reading direction unseen.
_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
_BREAKS = re.compile("[\t\r\n]")

Found = Iterator[tuple[str, str, str, str]]  # place, code, fact, mend


def judge_request(request: Request) -> None:
    """Pass a request that is one. Raises InvalidInput with every place that is not of its type, shape or size."""
    found = [one for judged in _doubtful(request) for one in judged]
    if found:
        raise InvalidInput([Problem(Place(place), code, fact, mend) for place, code, fact, mend in found])


def _doubtful(request: Request) -> Iterator[Found]:
    """Yield the judgement of each part that may be wrong: most requests say little, and that in plain short names."""
    if not _is_plainly_named(request):
        yield _names(request)
    if request.reason is not None or request.evidence is not None:
        yield _texts(request)
    if request.fields != {}:
        yield _fields(request.fields)
    if request.documents != {}:
        yield _documents(request.documents)
    if request.happened is not None:
        yield _moment(request.happened)
    yield _numbers(request)
    if request.extra != {}:
        yield _extra(request.extra)


def _is_plainly_named(request: Request) -> bool:
    """Return whether `_names` would find nothing, told at one look; no says only that it must be looked at closely."""
    more = (request.name, request.role, request.new, request.parent, request.idempotency_key, request.account)
    try:
        ids = " ".join((request.kind, request.actor, request.line))  # noqa: FLY002 - it takes nothing but texts
        rest = "".join([text for text in more if text is not None])
    except TypeError:
        return False
    short = len(ids) + len(rest) <= LONGEST_ID  # then each of them is
    # What cannot be seen is not printable either, nor are tabs and line ends.
    return short and request.idempotency_key != "" and rest.isprintable() and bool(_IDS.fullmatch(ids))


def judge_case_id(case_id: object) -> None:
    """Pass what can name a case, which need not exist. Raises InvalidInput."""
    if isinstance(case_id, str) and len(case_id) <= LONGEST_ID and _ID.fullmatch(case_id):
        return
    problems = [Problem(Place(place), code, fact, mend) for place, code, fact, mend in _id("case", case_id, _ID)]
    if problems:
        raise InvalidInput(problems)


# ---------------------------------------------------------------------------------------------- names and texts


def _names(request: Request) -> Found:
    yield from _id("kind", request.kind, _ID)
    yield from _id("person", request.actor, _ID)
    yield from _id("line", request.line, _LINE)
    # What no case, step or approval is called is for the engine to say; here only that it can be printed.
    yield from _text("name", request.name, LONGEST_ID, breaks=False)
    for place, named in (("role", request.role), ("new", request.new), ("parent", request.parent)):
        yield from _text(place, named, LONGEST_ID, breaks=False)
    yield from _text("key", request.idempotency_key, LONGEST_ID, breaks=False)
    if request.idempotency_key == "":
        yield "key", "bad-name", "The key is empty.", "Leave it out, or give one."
    yield from _text("account", request.account, LONGEST_ID, breaks=False)


def _texts(request: Request) -> Found:
    for place, text in (("reason", request.reason), ("evidence", request.evidence)):
        yield from _text(place, text, LONGEST_REASON)


def _id(place: str, found: object, shape: re.Pattern[str]) -> Found:
    if not isinstance(found, str):
        yield place, "wrong-type", f"The {place} is {_type(found)}, not a text.", "Give a text."
    elif len(found) > LONGEST_ID or not shape.fullmatch(found):
        mend = f"Use letters, digits and . _ - @ : +, at most {LONGEST_ID}."
        yield place, "bad-name", f"{shown(found)} is no name of a {place}.", mend


def _text(place: str, found: object, longest: int, *, breaks: bool = True) -> Found:
    if found is None:
        return
    if not isinstance(found, str):
        yield place, "wrong-type", f"The {place} is {_type(found)}, not a text.", "Give a text."
    elif len(found) > longest:
        fact = f"The {place} has {len(found)} characters; at most {longest} are kept."
        yield place, "too-long", fact, "Shorten it, or attach it as a document."
    elif _UNSEEN.search(found) or (not breaks and _BREAKS.search(found)):
        fact = f"The {place} holds characters that cannot be seen: {shown(found)}."
        yield place, "control-character", fact, "Remove them."


# ---------------------------------------------------------------------------------------------- what is handed in


def _fields(fields: Any) -> Found:
    if not isinstance(fields, Mapping) or len(fields) > MOST_INPUTS:
        yield "fields", "wrong-type", f"The fields are no map of at most {MOST_INPUTS}.", "Give names and values."
        return
    for name, value in fields.items():
        if bad := list(_text("field", name, LONGEST_ID, breaks=False)):
            yield from bad
            continue
        yield from _value(f"field {name}", value)


def _value(place: str, value: Any) -> Found:
    """Judge a stored form; whether it is one of the field's type is for the engine to say."""
    if value is None or isinstance(value, bool):
        return
    if isinstance(value, Mapping) and value.keys() == {"amount", "currency"}:
        for part in value.values():
            yield from _text(place, part, LONGEST_ID, breaks=False)
        return
    if isinstance(value, str):
        yield from _text(place, value, LONGEST_TEXT)
        return
    fact = f"The value of {place} is {_type(value)}, which no field holds."
    yield place, "wrong-type", fact, "Give a text, yes or no, or an amount with its currency."


def _documents(documents: Any) -> Found:
    if not isinstance(documents, Mapping) or len(documents) > MOST_INPUTS:
        yield "documents", "wrong-type", f"The documents are no map of at most {MOST_INPUTS}.", "Give names and files."
        return
    for name, handed in documents.items():
        if bad := list(_text("document", name, LONGEST_ID, breaks=False)):
            yield from bad
        else:
            yield from _handed(f"document {name}", handed)


def _handed(place: str, handed: Any) -> Found:
    if not isinstance(handed, Handed):
        yield place, "wrong-type", f"The {place} is {_type(handed)}.", "Take the file in first."
        return
    mark: object = handed.sha256
    if not isinstance(mark, str) or not _MARK.fullmatch(mark):
        yield place, "bad-mark", f"{shown(mark)} is no hash of a document.", "Take the file in first."
    if not _is_count(handed.size):
        yield place, "wrong-type", f"The size of {place} is {shown(handed.size)}.", "Take the file in first."
    name: object = handed.filename
    if not isinstance(name, str) or not name or "/" in name or "\\" in name:
        yield place, "bad-document-name", f"{shown(name)} is no file name.", "Give a plain file name."
    else:
        yield from _text(place, name, LONGEST_FILENAME, breaks=False)
    yield from _text(place, handed.media_type, LONGEST_ID, breaks=False)


# ---------------------------------------------------------------------------------------------- moments, numbers, rest


def _moment(happened: Any) -> Found:
    if happened is None:
        return
    ends: tuple[Any, ...] = (happened.first, happened.last) if isinstance(happened, When) else ()
    if not ends or not all(isinstance(end, datetime) and end.utcoffset() is not None for end in ends):
        yield "happened", "wrong-type", f"{_type(happened)} is no moment with a zone.", "Give day, time and zone."
    elif not all(end.year in YEARS for end in ends):
        fact = f"The year {next(end.year for end in ends if end.year not in YEARS)} cannot be meant."
        yield "happened", "out-of-range", fact, f"Give a year from {YEARS[0]} to {YEARS[-1]}."
    elif ends[0] > ends[1]:
        yield "happened", "out-of-range", "The moment ends before it begins.", "Give the earlier end first."


def _numbers(request: Request) -> Found:
    version = request.expected_version
    if version is not None and not _is_count(version):
        fact = f"{shown(version)} is no version of a case."
        yield "expected version", "wrong-type", fact, "Give the whole number that the case was read with."
    historic: object = request.historic
    if historic is not False:  # it frees from what the law asks, so no door but the import may say it (ruling 4)
        yield "historic", "not-historic", "Only an import of a past case is historic.", "Import a file of dated facts."


def _is_count(number: object) -> bool:
    return isinstance(number, int) and not isinstance(number, bool) and 0 <= number <= BIGGEST_NUMBER


def _extra(extra: Any) -> Found:
    if not isinstance(extra, Mapping):
        yield "extra", "wrong-type", f"What else is said is {_type(extra)}, no map.", "Give names and values."
        return
    yield from _text("title", extra.get("title"), LONGEST_TITLE, breaks=False)
    if "case" in extra:
        yield from _id("case", extra["case"], _ID)
    for name, value in extra.items():
        if name not in ("title", "case") and not _is_plain(value):
            fact = f"What {shown(name)} says is too large, too deep, or no plain data."
            yield "extra", "wrong-type", fact, "Give texts, whole numbers, yes or no, and lists of them."


def _is_plain(value: Any, depth: int = 0) -> bool:
    """Return whether *value* is small JSON data without any floating point number."""
    if value is None or isinstance(value, bool):
        return True
    if isinstance(value, int):
        return abs(value) <= BIGGEST_NUMBER
    if isinstance(value, str):
        return len(value) <= LONGEST_REASON and not _UNSEEN.search(value)
    if depth == MOST_NESTED or not isinstance(value, Mapping | list | tuple) or len(value) > MOST_INPUTS:
        return False
    inner = [*value, *value.values()] if isinstance(value, Mapping) else value
    return all(_is_plain(one, depth + 1) for one in inner)


def shown(found: object) -> str:
    """Return something that came in as a message may show it: short, in quotes, with nothing that cannot be seen."""
    text = found if isinstance(found, str) else _type(found)
    cut = text if len(text) <= 60 else f"{text[:57]}..."
    return ascii(cut) if _UNSEEN.search(cut) else f'"{_BREAKS.sub(" ", cut)}"'


def _type(found: object) -> str:
    words = {bool: "yes or no", int: "a number", float: "a floating point number", str: "a text", type(None): "nothing"}
    if isinstance(found, Mapping):
        return "a map"
    return words.get(type(found), "a list" if isinstance(found, list | tuple) else f"a {type(found).__name__}")
