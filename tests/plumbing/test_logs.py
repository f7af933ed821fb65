from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any

import pytest

from inprocap_flow import logs


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    logs.set_up("json", "info", stream)
    yield stream
    logs.set_up()


def the_line(stream: io.StringIO) -> dict[str, object]:
    (line,) = stream.getvalue().splitlines()
    loaded: dict[str, object] = json.loads(line)
    return loaded


def test_a_line_carries_what_happened_its_level_its_time_and_what_is_bound(written: io.StringIO) -> None:
    watch = logs.Stopwatch()
    with logs.bound(case="case-0001", actor="anna_berg"), logs.bound(request="request-0001"):
        logs.happened(logs.CASE_MOVED, trigger="publish_call", duration_ms=watch.duration_ms)
    line = the_line(written)
    assert str(line.pop("timestamp")).endswith("Z")
    assert isinstance(line.pop("duration_ms"), float)
    assert line == {
        "event": "case_moved", "level": "info", "case": "case-0001", "actor": "anna_berg", "request": "request-0001",
        "trigger": "publish_call",
    }  # fmt: skip


def test_what_was_bound_ends_with_its_block(written: io.StringIO) -> None:
    with logs.bound(case="case-0001"):
        pass
    logs.happened(logs.CASE_BEGUN)
    assert "case" not in the_line(written)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "Anna Berg"),
        ("email", "anna@example.org"),
        ("actor", "anna@example.org"),
        ("actor", "Anna Berg"),
        ("document", "offer of Nordic Quantum Ltd.pdf"),
        ("price", 140000),
        ("exception", "KeyError: 'Anna'"),
        ("case", {"name": "Anna"}),
        ("count", "Anna"),
        ("code", "x" * 161),
        ("reason", "secret"),
    ],
)
def test_nothing_personal_or_sealed_reaches_a_line(field: str, value: Any, written: io.StringIO) -> None:
    logs.happened(logs.FIELDS_SET, **{field: value})
    assert the_line(written)[field] == logs.WITHHELD


def test_an_event_that_is_not_listed_is_withheld_too(written: io.StringIO) -> None:
    logs.happened("Anna Berg moved the case")
    assert the_line(written)["event"] == logs.WITHHELD


def test_lines_below_the_level_are_not_written(written: io.StringIO) -> None:
    logs.happened(logs.CASE_MOVED, level="debug")
    assert written.getvalue() == ""


def test_a_stream_that_is_closed_does_not_fail_the_work() -> None:
    stream = io.StringIO()
    logs.set_up("text", "info", stream)
    stream.close()
    logs.happened(logs.CASE_MOVED)
    logs.set_up()


def test_for_people_a_line_is_text_on_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up("text", "info")
    logs.happened(logs.CASE_MOVED, case="case-0001")
    logs.set_up()
    out, err = capsys.readouterr()
    assert out == ""
    assert "case_moved" in err
    assert "case=case-0001" in err


def test_events_are_named_after_themselves() -> None:
    assert len(logs.EVENTS) >= 25
    assert all(getattr(logs, event.upper()) == event for event in logs.EVENTS)
