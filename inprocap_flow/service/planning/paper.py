"""A plan on paper: one HTML page that needs nothing else, with chart, table and what it rests on, laid out for A4.

Light only, and nothing is said by colour alone: what is critical is bold and has a star, clocks have their own mark.
Everything that people typed is escaped.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from importlib.resources import files

from inprocap_flow.engine.case.records import Case
from inprocap_flow.language.model import CASE
from inprocap_flow.records import record
from inprocap_flow.service.dossier.markup import Markup, esc, join, listing, tag
from inprocap_flow.service.planning.charting import Odds, chart_of, section
from inprocap_flow.service.planning.gantt import draw_parts
from inprocap_flow.service.planning.items import Caution
from inprocap_flow.service.planning.living import CasePlan, Compared
from inprocap_flow.service.planning.plans import Row, Timetable
from inprocap_flow.service.planning.risks import Risk, often, risks
from inprocap_flow.service.planning.spread import Spread
from inprocap_flow.service.planning.words import day

SHEET = 760  # as high as a picture may be on one side of A4, across, in its own measure
_LEGEND = (
    "* lies on the critical path: later here is later at the end. ! is the end of a clock, not something to do. "
    "~ is provisional: the calendar does not cover that time yet. Latest safe is the last day on which it may happen "
    "without delay at the end or a missed deadline."
)


@record
class Sheet:
    """What is put on paper: the plan, what it is compared with, and when it was printed.

    ``case`` and ``compared`` are of a plan of a running case; ``breaks`` says in sentences what does not hold.
    """

    made: Timetable
    printed_at: datetime
    chances: Spread | None = None
    beside: Timetable | None = None
    beside_says: str = ""
    case: Case | None = None
    compared: tuple[Compared, ...] = ()
    what_if: bool = False
    breaks: tuple[str, ...] = ()


def paper(made: Timetable, printed_at: datetime, chances: Spread | None = None) -> str:
    """Return the plan of a procedure as a page."""
    return _page(Sheet(made, printed_at, chances))


def case_paper(made: CasePlan, printed_at: datetime, chances: Spread | None = None) -> str:
    """Return the plan of a case as a page: as first planned, as it is now and, if asked, as it would be."""
    shown = made.what_if or made.now
    beside, says = made.planned, "as first planned, on the day it was opened"
    if made.what_if is not None:
        beside, says = made.now, "as expected without the change"
    breaks = tuple(f"{one.text}{' (without the change, too)' if one.before else ''}" for one in made.breaks)
    asked = made.what_if is not None
    return _page(Sheet(shown, printed_at, chances, beside, says, made.case, made.rows, asked, breaks))


def _page(sheet: Sheet) -> str:
    style = files("inprocap_flow.service.planning").joinpath("paper.css").read_text(encoding="utf-8")
    title = f"Plan: {(sheet.case.title if sheet.case else '') or sheet.made.title}"
    head = join([
        tag("meta", charset="utf-8"),
        Markup('<meta name="viewport" content="width=device-width">'),  # `tag` has a name of its own
        tag("title", title), tag("style", Markup(style)),
    ])  # fmt: skip
    body = [tag("header", tag("h1", title), *_head(sheet)), tag("main", *_parts(sheet)), _foot(sheet)]
    whole = tag("html", tag("head", head), tag("body", *body), lang="en")
    return f"<!DOCTYPE html>\n{whole}\n"


def _head(sheet: Sheet) -> Iterator[Markup]:
    made = sheet.made
    definition, organisation = made.binding.definition, made.binding.organisation
    days = (made.finish - made.start).days
    due = f", to be finished by {day(made.required)}" if made.required else ""
    of = f"{sheet.case.id}, " if sheet.case else ""
    yield tag("p", f"{of}{definition.name} {definition.full_version}, for {organisation.name}; days in "
                   f"{organisation.zone}. From {day(made.start)} to {day(made.finish)}, {days} days{due}.")  # fmt: skip
    yield tag("p", tag("strong", "A plan, not law."), " Who types a date decides it; the engine refuses what is not "
                   "lawful then.")  # fmt: skip


def _parts(sheet: Sheet) -> Iterator[Markup]:
    yield from _late(sheet)
    yield from _rests_on(sheet)
    yield from _chart(sheet)
    yield _compared(sheet) if sheet.compared else _table(sheet)
    yield from _odds(sheet)


def _foot(sheet: Sheet) -> Markup:
    at = sheet.printed_at.astimezone(sheet.made.binding.zone)
    return tag("footer", f"Made by inprocap-flow on {at:%a %Y-%m-%d %H:%M} ({sheet.made.binding.zone.key}).")


# ---------------------------------------------------------------------------------------------- chart


def _chart(sheet: Sheet) -> Iterator[Markup]:
    made, today = sheet.made, sheet.made.binding.day(sheet.printed_at)
    odds: Odds = sheet.chances.days if sheet.chances else {}
    pictures = draw_parts(chart_of(made, today, odds, sheet.beside, sheet.beside_says), SHEET)
    for number, picture in enumerate(pictures, 1):
        coded = b64encode(picture.encode()).decode()
        says = f"Chart of the plan, part {number} of {len(pictures)}; the table below says the same in words."
        yield tag("div", tag("img", src=f"data:image/svg+xml;base64,{coded}", alt=says), class_="chart")


# ---------------------------------------------------------------------------------------------- tables


def _table(sheet: Sheet) -> Markup:
    body: list[Markup] = []
    heading = ""
    for row in sheet.made.rows:
        now = section(sheet.made, row)
        if now and now != heading:
            heading = now
            body.append(tag("tr", tag("th", heading, colspan=4, scope="rowgroup"), class_="group"))
        body.append(_row(row, heading))
    heads = ("Day", "What", "Latest safe", "Why, and by which law")
    return _whole("What comes when", heads, body, after=tag("p", _LEGEND, class_="soft"))


def _whole(title: str, heads: Sequence[str], body: Iterable[Markup], *, after: Markup) -> Markup:
    head = tag("thead", tag("tr", *(tag("th", text, scope="col") for text in heads)))
    made = tag("div", tag("table", head, tag("tbody", *body)), class_="wrap")
    return tag("section", tag("h2", title), after, made, class_="table")


def _row(row: Row, heading: str) -> Markup:
    latest = "" if row.latest is None else "same day" if row.latest == row.day else day(row.latest)
    why = [row.why, *row.rules]
    title = row.title.removeprefix(f"{heading}: ")
    return tag(
        "tr",
        tag("td", _marks(row), f"{day(row.day)}{_hour(row)}", class_="day"),
        tag("th", title, scope="row"),
        tag("td", latest, class_="day"),
        tag("td", join([esc(text) for text in why if text], Markup("<br>"))),
        class_=_kind(row),
    )


def _marks(row: Row) -> Markup:
    marks = ("*" if row.critical and not row.actual else "") + ("!" if row.kind == "deadline" else "")
    return tag("span", marks + ("~" if row.provisional else ""), class_="mark")


def _kind(row: Row) -> str | None:
    names = ["critical"] if row.critical and not row.actual else []
    return " ".join([*names, *(["clock"] if row.kind == "deadline" else [])]) or None


def _hour(row: Row) -> str:
    if row.kind != "deadline" or row.end is None:
        return ""
    return f", {row.end:%H:%M}" if (row.end.hour, row.end.minute) != (0, 0) else ", 24:00"


def _compared(sheet: Sheet) -> Markup:
    third = ("What if",) if sheet.what_if else ()
    body = [_compared_row(one, what_if=sheet.what_if) for one in sheet.compared]
    after = tag("p", "* lies on the critical path. The days behind a date under What if: so much later.", class_="soft")
    return _whole("What comes when", ("First planned", "Now", *third, "What"), body, after=after)


def _compared_row(one: Compared, *, what_if: bool) -> Markup:
    def shown(known: date | None) -> str:
        return day(known) if known else ""

    cells = [shown(one.planned), f"{shown(one.now)}{', done' if one.done else ''}"]
    if what_if:
        cells.append(f"{shown(one.what_if)}{f' ({one.later:+d})' if one.later and one.what_if else ''}")
    sort = "" if one.row.kind != "deadline" else " (last day)" if one.row.due else " (ends)"
    on = "" if one.row.line == CASE else f", {one.row.line}"
    days = [tag("td", _marks(one.row) if not number else "", text, class_="day") for number, text in enumerate(cells)]
    return tag("tr", *days, tag("th", f"{one.title}{sort}{on}", scope="row"), class_=_kind(one.row))


def _odds(sheet: Sheet) -> Iterator[Markup]:
    chances, made = sheet.chances, sheet.made
    if chances is None:
        return
    kept = [row for row in made.rows if row.name in chances.days and not row.actual]
    rows = [row for row in kept if row.milestone or row.name == made.draft.finish]
    body = [
        tag("tr", tag("th", row.title, scope="row"),
            *(tag("td", day(one), class_="day") for one in (row.day, *chances.days[row.name])))
        for row in rows
    ]  # fmt: skip
    says = (
        f"{chances.runs:,} runs, seed {chances.seed}, {chances.varying} lengths drawn from a triangle between least "
        "and most, apart from each other. What delays everything at once is not in it."
    )
    heads = ("What", "As planned", "50 percent", "80 percent", "95 percent")
    yield _whole("By when, with which probability", heads, body, after=tag("p", says, class_="soft"))


# ---------------------------------------------------------------------------------------------- what it rests on


def _late(sheet: Sheet) -> Iterator[Markup]:
    late = [f"{row.title}: {day(row.day)}" for row in sheet.made.missed] if not sheet.case else []
    if sheet.breaks or late:
        yield tag("section", tag("h2", "What does not hold"), listing([*sheet.breaks, *late]))
    yield from _list("What may come too late", map(_risk, risks(sheet.made, sheet.chances)))


def _risk(one: Risk) -> str:
    assumed = f"; {one.end.why} assumed" if one.assumed else ""
    planned = ", and as planned" if one.as_planned and one.share is not None else ""
    return f"{one.late.title} after the end of {one.end.title} ({day(one.end.day)}{assumed}): {often(one)}{planned}."


def _rests_on(sheet: Sheet) -> Iterator[Markup]:
    made = sheet.made
    yield from _list("What periods rest on", _periods(made))
    yield from _list("Only warned of, never refused", map(_caution, made.cautions))
    lengths: dict[str, list[str]] = {}
    for one in made.assumptions:
        lengths.setdefault(str(one.length), []).append(one.title)
    said = (f"{length}: {', '.join(titles)}" for length, titles in lengths.items())
    yield from _list(f"Assumed, since nobody said how long ({len(made.assumptions)})", said)
    yield from _list("Notes", made.notes)


def _list(title: str, items: Iterable[str]) -> Iterator[Markup]:
    found = list(items)
    if found:
        yield tag("section", tag("h2", title), listing(found))


def _caution(one: Caution) -> str:
    sure = "Not known yet" if one.holds is None else "It will warn, by what is known"
    return f"{one.title}: {one.says} {'; '.join(filter(None, (sure, one.rule, one.cite)))}."


def _periods(made: Timetable) -> Iterator[str]:
    for one in made.reductions:
        asks = " and ".join(f"{ask}?" for ask in one.asks)
        if one.taken:
            yield f"{one.deadline}: {one.value} instead of {one.instead_of}, counting on yes: {asks}"
        elif one.open and one.value != one.instead_of:
            yield f"{one.deadline}: {one.instead_of}, but {one.value} if yes: {asks}"
