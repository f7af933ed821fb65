"""A plan on paper: one page that needs nothing else, holds every row, and says nothing by colour alone."""

from __future__ import annotations

import re
from base64 import b64decode
from datetime import date
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

import pytest

from inprocap_flow.records import changed
from inprocap_flow.service.planning.charting import chart_of
from inprocap_flow.service.planning.gantt import draw_parts
from inprocap_flow.service.planning.paper import SHEET, paper
from inprocap_flow.service.planning.spread import spread
from tests.planning.test_living import moment
from tests.planning.test_picture import START, planned

AT = moment("2026-11-23 10:00")


class Page(HTMLParser):
    """Texts of cells by row, pictures, and whether every element that was opened is closed."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.rows: list[list[str]] = []
        self.pictures: list[str] = []
        self.links: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        self.links += [str(known[name]) for name in ("src", "href") if known.get(name)]
        if tag == "img":
            assert known.get("alt")
            self.pictures.append(b64decode(str(known["src"]).partition(",")[2]).decode())
        if tag not in ("img", "meta", "br"):
            self.open.append(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.rows and self.rows[-1] and {"td", "th"} & set(self.open):
            self.rows[-1][-1] += data


@pytest.mark.parametrize("procedure", ["open", "pcp", "council"])
def test_every_row_of_the_plan_stands_on_the_page_with_its_day_and_reason(procedure: str) -> None:
    made = planned(procedure)
    page = Page(paper(made, AT))
    assert page.open == []
    for row in made.rows:
        found = [cells for cells in page.rows if cells and row.day.isoformat() in cells[0]]
        assert any(row.title.endswith(cells[1]) and row.why in cells[3] for cells in found), row.title


def test_the_page_needs_nothing_from_outside_and_is_light() -> None:
    made = paper(planned(), AT)
    page = Page(made)
    assert all(link.startswith("data:image/svg+xml;base64,") for link in page.links)
    assert "<script" not in made
    assert "color-scheme: light" in made
    assert "A4 landscape" in made


def test_what_is_critical_and_what_is_a_clock_are_told_without_colour() -> None:
    made = planned()
    page = Page(paper(made, AT))
    marks = {cells[1]: cells[0] for cells in page.rows if len(cells) == 4}
    assert marks["Finish the evaluation"].startswith("*")
    assert "!" in marks["Standstill"]
    assert not marks["File the score sheets"].startswith(("*", "!"))


def test_a_long_plan_is_drawn_on_several_sheets_each_bar_once_on_one_scale() -> None:
    made = planned("pcp", "tendering.opened=4 weeks..14 weeks")
    chart = chart_of(made, START, {})
    parts = draw_parts(chart, SHEET)
    assert len(parts) > 1
    roots = [ET.fromstring(part) for part in parts]
    assert all(float(str(root.get("height"))) <= SHEET + 4 for root in roots)
    titles = [text.text or "" for root in roots for text in root.iter("{http://www.w3.org/2000/svg}title")]
    for bar in chart.bars:
        told = [title for title in titles if title.startswith(f"{bar.label}: ") and bar.last.isoformat() in title]
        alike = [one for one in chart.bars if (one.label, one.last) == (bar.label, bar.last)]
        assert len(told) == len(alike), bar.label
    months = [re.findall(r'<text x="([\d.]+)" y="93">(\w+)<', part) for part in parts]
    assert all(one == months[0] for one in months)
    assert ["later here is later" in part for part in parts] == [False] * (len(parts) - 1) + [True]


def test_the_days_with_their_probabilities_are_a_table() -> None:
    made = planned("open", "tendering.opened=3 weeks..14 weeks")
    chances = spread(made.draft.network, runs=200)
    half = chances.days["step close_file"][0]
    text = paper(made, AT, chances)
    assert "By when, with which probability" in text
    assert half.isoformat() in text


def test_what_people_typed_cannot_become_markup() -> None:
    made = planned()
    bad = changed(made.rows[0], title="<img src=x onerror=alert(1)>")
    from dataclasses import replace

    page = paper(replace(made, title="<script>", rows=(bad, *made.rows[1:])), AT)
    assert "<script>" not in page
    assert "<img src=x" not in page


def test_the_same_plan_printed_at_the_same_moment_is_the_same_page() -> None:
    assert paper(planned(), AT) == paper(planned(), AT)
    assert date(2027, 1, 11).isoformat() in paper(planned(), AT)
