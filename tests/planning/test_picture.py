"""The picture of a plan can be read without colours, heard, printed, and holds only what it should."""

from __future__ import annotations

import re
from datetime import date, timedelta
from xml.etree import ElementTree as ET

import pytest

from inprocap_flow.service.planning.assuming import read_given
from inprocap_flow.service.planning.charting import gantt
from inprocap_flow.service.planning.charts import Bar, Chart
from inprocap_flow.service.planning.diary import diary
from inprocap_flow.service.planning.gantt import draw
from inprocap_flow.service.planning.plans import Question, Timetable
from inprocap_flow.service.planning.spread import spread
from inprocap_flow.service.planning.timetable import plan_procedure
from tests.exchange.rfc5545 import strictly_read
from tests.planning.conftest import bound_to_house
from tests.planning.test_living import moment

SVG = "{http://www.w3.org/2000/svg}"
START = date(2027, 1, 11)


def planned(procedure: str = "open", *ranges: str) -> Timetable:
    binding = bound_to_house(procedure)
    given = read_given(binding.definition, binding.organisation.zone, ranges=ranges)
    return plan_procedure(binding, Question(start=START, given=given))


def texts(root: ET.Element, tag: str) -> list[str]:
    return [one.text or "" for one in root.iter(f"{SVG}{tag}")]


@pytest.mark.parametrize("procedure", ["open", "pcp", "innovation-partnership", "council"])
def test_every_row_is_a_bar_with_its_day_written_beside_it(procedure: str) -> None:
    made = planned(procedure)
    root = ET.fromstring(gantt(made, START))
    shown = texts(root, "text")
    titles = texts(root, "title")
    for row in made.rows:
        assert any(row.day.isoformat() in text for text in shown), row.title
        assert any(row.day.isoformat() in text and row.title.rpartition(": ")[2] in text for text in titles), row.title


def test_the_picture_has_a_title_and_a_description_for_those_who_listen() -> None:
    root = ET.fromstring(gantt(planned(), START))
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == "plan-title plan-about"
    assert texts(root, "title")[0] == "Plan: Open procedure"
    about = texts(root, "desc")[0]
    assert "On the critical path lie: Open the case 2027-01-11" in about


def test_the_critical_path_is_told_by_more_than_colour() -> None:
    made = planned()
    root = ET.fromstring(gantt(made, START))
    bold = {one.text for one in root.iter(f"{SVG}text") if one.get("font-weight") == "bold"}
    assert "Finish the evaluation" in bold
    assert "File the score sheets" not in bold
    titles = texts(root, "title")
    assert any(text.startswith("Finish the evaluation") and "on the critical path" in text for text in titles)


def test_only_colours_that_everybody_can_tell_apart_are_used() -> None:
    okabe_ito = {"#000000", "#0072B2", "#D55E00", "#009E73", "#E69F00"}
    greys = {"#FFFFFF", "#EFEFEF", "#767676"}
    picture = gantt(planned("pcp", "tendering.opened=4 weeks..14 weeks"), START)
    assert set(re.findall(r"#[0-9A-F]{6}", picture)) <= okabe_ito | greys


def test_today_is_marked_if_it_lies_in_the_plan() -> None:
    inside, outside = gantt(planned(), START + timedelta(days=30)), gantt(planned(), date(2031, 1, 1))
    assert "today, Wed 2027-02-10" in inside
    assert "today" not in outside


def test_nothing_is_drawn_beyond_the_edges() -> None:
    for today in (START, START + timedelta(days=200)):
        root = ET.fromstring(gantt(planned("pcp"), today))
        width = float(str(root.get("width")))
        height = float(str(root.get("height")))
        for one in root.iter(f"{SVG}rect"):
            assert float(one.get("x", 0)) >= 0
            assert float(one.get("x", 0)) + float(str(one.get("width"))) <= width
            assert float(one.get("y", 0)) + float(str(one.get("height"))) <= height
        for text in root.iter(f"{SVG}text"):
            assert float(str(text.get("y"))) < height


def test_the_odds_are_drawn_and_said() -> None:
    made = planned("open", "tendering.opened=3 weeks..14 weeks")
    days = spread(made.draft.network, runs=200).days
    picture = gantt(made, START, days)
    half, most, nearly = days["step close_file"]
    assert f"by {half} with 50 percent, by {most} with 80, by {nearly} with 95" in picture


def test_what_people_typed_cannot_become_markup() -> None:
    bar = Bar('<script>alert("x")</script>', START, START, says="a & b")
    picture = draw(Chart("<b>", "&", (bar,), START))
    assert "<script>" not in picture
    assert ET.fromstring(picture) is not None


def test_the_same_plan_is_drawn_the_same_byte_by_byte() -> None:
    assert gantt(planned(), START) == gantt(planned(), START)


# ------------------------------------------------------------------------------------------ as a calendar


@pytest.mark.parametrize("procedure", ["open", "pcp", "innovation-partnership", "council"])
def test_a_plan_is_a_calendar_that_a_strict_reader_accepts(procedure: str) -> None:
    made = planned(procedure)
    events = strictly_read(diary(made, moment("2027-01-04 09:00")))
    assert len(events) == len(made.rows)
    assert {event["STATUS"] for event in events} == {"TENTATIVE"}


def test_a_closing_hour_stands_in_the_calendar_as_that_moment() -> None:
    made = planned()
    row = made.row("deadline case tenders")
    assert row is not None
    found = {event["SUMMARY"]: event for event in strictly_read(diary(made, moment("2027-01-04 09:00")))}
    assert found["Receipt of tenders"]["DTSTART"] == f"{row.day:%Y%m%d}T100000Z"  # noon of a day in summer


def test_a_later_plan_moves_the_entries_of_the_one_before() -> None:
    first = {event["SUMMARY"]: event for event in strictly_read(diary(planned(), moment("2027-01-04 09:00")))}
    second = {event["SUMMARY"]: event for event in strictly_read(diary(planned(), moment("2027-01-05 09:00")))}
    assert {event["UID"] for event in first.values()} == {event["UID"] for event in second.values()}
    assert all(int(second[name]["SEQUENCE"]) > int(event["SEQUENCE"]) for name, event in first.items())
