"""What a log says of a request: one line for each thing that happened, each with case, actor, request and duration."""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import StringIO

import pytest

from inprocap_flow import logs
from inprocap_flow.engine.case.history import EVENT_KINDS
from inprocap_flow.engine.case.records import Decision, Request
from inprocap_flow.service.acting import act, open_case
from inprocap_flow.service.desk import Desk
from inprocap_flow.service.logbook import WORDS


@pytest.fixture
def written() -> Iterator[StringIO]:
    stream = StringIO()
    logs.set_up("json", "info", stream)
    yield stream
    logs.set_up()


def test_every_thing_that_happened_is_one_line_with_case_actor_request_and_duration(
    shipped: Desk, written: StringIO
) -> None:
    opened = open_case(shipped, "open", "example-lab", Request("open", "ada", fields={"need": "Keep samples cold"}))
    assert isinstance(opened, Decision)
    act(shipped, opened.case.id, Request("do", "ben", "confirm_need"))
    lines = [json.loads(line) for line in written.getvalue().splitlines()]
    words = [line["event"] for line in lines]
    assert {"case_begun", "case_moved", "fields_set", "request_recorded"} <= set(words)
    assert words[-1] == "request_refused"
    for line in lines:
        assert {"case", "actor", "request", "duration_ms"} <= set(line)
        assert line["case"] == opened.case.id
    assert "Keep samples cold" not in written.getvalue()


def test_every_kind_of_event_that_is_logged_exists() -> None:
    assert set(WORDS) <= set(EVENT_KINDS)
    assert {word for word, _, _ in WORDS.values()} <= logs.EVENTS
