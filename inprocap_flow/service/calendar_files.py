"""A calendar of ours, in YAML, from an iCalendar file: closures, holidays or the meetings of a committee."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Literal, get_args

from inprocap_flow.errors import InvalidInput, Place, Problem
from inprocap_flow.exchange.ical.reading import Entry, read_ical
from inprocap_flow.language.marks import read
from inprocap_flow.language.schema.calendars import CalendarDoc
from inprocap_flow.language.schema.report import validate
from inprocap_flow.records import changed, record

As = Literal["closures", "holidays", "meetings"]
KINDS: tuple[As, ...] = get_args(As)


@record
class Wanted:
    """What is to be made of a file. ``first`` and ``last`` are the days that the calendar then covers.

    ``zone`` None: clock times become days in UTC, and the file says so.
    """

    name: str
    kind: As
    zone: str | None
    first: date
    last: date
    committee: str = ""
    counts_as_holiday: bool = False


@record
class Imported:
    """The text of the new file, and what was read for it."""

    text: str
    entries: int
    cancelled: int
    outside: int


def import_ical(data: bytes, file: str, wanted: Wanted, today: date) -> Imported:
    """Return a calendar file made of an iCalendar file. Raises InvalidInput for what is broken, hostile or empty.

    Titles are material from outside: they are written as quoted text and nothing else.
    """
    found = read_ical(data, file, wanted.zone or "UTC", wanted.first, wanted.last)
    if wanted.kind == "meetings":  # a meeting is on its first day
        found = changed(found, entries=tuple(one for one in found.entries if wanted.first <= one.first))
    if not found.entries:
        fact = f"No event lies between {wanted.first} and {wanted.last}."
        raise InvalidInput(
            [Problem(Place(file), "no-events", fact, "Name other years with --year, or check the file.")]
        )
    lines = [*_head(data, file, wanted, today), "", *_body(found.entries, wanted)]
    text = "\n".join(lines) + "\n"
    _check(text, f"{wanted.name}.yaml")
    return Imported(text, len(found.entries), found.cancelled, found.outside)


def _check(text: str, name: str) -> None:
    """Raise InvalidInput if what was written is no calendar of ours: the name, the committee."""
    _, problems = validate(CalendarDoc, read(text.encode(), name))
    if problems:
        raise InvalidInput(problems)


def _head(data: bytes, file: str, wanted: Wanted, today: date) -> Iterator[str]:
    digest = hashlib.sha256(data).hexdigest()
    yield f"# Imported on {today} from {_plain(file)} (sha256 {digest[:16]}...), times in {wanted.zone or 'UTC'}."
    yield "# Nobody has compared it with its source: do so, then put the day into confirmed_on."
    if wanted.kind == "meetings":
        yield "# Add to each meeting the last day of each step before it, such as `dispatch: 2027-02-16`."
    if wanted.kind == "closures" and not wanted.counts_as_holiday:
        yield "# These closures move no deadline: only designated days do (Reg. 1182/71 Art. 2(1))."
    yield f"calendar: {wanted.name}"
    yield f"version: {_quoted(str(today))}"
    yield f"title: {_quoted(f'{wanted.kind.capitalize()} from {_plain(file)}')}"
    if wanted.zone is not None:
        yield f"zone: {wanted.zone}"
    yield f"covers: {{from: {wanted.first}, until: {wanted.last}}}"
    yield "weekend: [saturday, sunday]"
    yield f"source: {_quoted(f'iCalendar file {_plain(file)}, sha256 {digest}')}"
    yield "confirmed_on: never"


def _body(entries: Sequence[Entry], wanted: Wanted) -> Iterator[str]:
    if wanted.kind == "meetings":
        yield from ("meetings:", f"  {wanted.committee}:")
        for name, entry in zip(_ids(entries), entries, strict=True):
            yield f"    - {{id: {name}, meets: {entry.first}}}  # {_plain(entry.title)}"
    elif wanted.kind == "holidays":
        yield "holidays:"
        for entry in entries:
            for number in range((entry.last - entry.first).days + 1):
                day = date.fromordinal(entry.first.toordinal() + number)
                yield f"  - {{day: {day}, title: {_quoted(entry.title)}}}"
    else:
        yield "closures:"
        for entry in entries:
            yield f"  - from: {entry.first}"
            yield f"    until: {entry.last}"
            yield f"    title: {_quoted(entry.title)}"
            yield f"    counts_as_holiday: {'yes' if wanted.counts_as_holiday else 'no'}"


def _ids(entries: Sequence[Entry]) -> list[str]:
    """Return a name for each meeting that stays the same when the file is read again.

    That is its title; with its day if several have that title; with a number if they are on one day.
    """
    slugs = [_slug(entry.title) for entry in entries]
    often = Counter(slugs)
    names = [slug if often[slug] == 1 else f"{slug}-{entry.first}" for slug, entry in zip(slugs, entries, strict=True)]
    seen: Counter[str] = Counter()
    unique = []
    for name in names:
        seen[name] += 1
        unique.append(name if seen[name] == 1 else f"{name}-{seen[name]}")
    return unique


def _slug(title: str) -> str:
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:50].strip("-")
    return slug if slug[:1].isalpha() else f"meeting-{slug}".strip("-")


def _quoted(text: str) -> str:
    """Return *text* as YAML that is text whatever it looks like: JSON strings are YAML strings."""
    return json.dumps(text, ensure_ascii=False)


def _plain(text: str) -> str:
    return " ".join(text.split())
