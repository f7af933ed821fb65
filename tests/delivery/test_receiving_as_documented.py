"""The receiver of the documentation, as it is printed there: what it refuses, and what it does once."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from inprocap_flow.delivery.channels import webhook
from inprocap_flow.delivery.channels.webhook.endpoints import Endpoint
from inprocap_flow.delivery.parcels import Accepted
from tests.delivery.conftest import parcel
from tests.delivery.test_webhooks import NEW, OTHER, Platform, listening

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "receive-webhooks.md"


class Documented:
    """The printed function with a database of its own; ``done`` is what it has acted on."""

    def __init__(self) -> None:
        self.done: list[dict[str, Any]] = []
        self.fails = False
        self.base = sqlite3.connect(":memory:")
        (code,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
        names: dict[str, Any] = {"act_on": self._act}
        exec(compile(code, str(PAGE), "exec"), names)
        self.receive: Callable[[sqlite3.Connection, str, dict[str, str], bytes], int] = names["receive"]

    def _act(self, told: dict[str, Any]) -> None:
        if self.fails:
            raise OSError("the disk is full")
        self.done.append(told)

    def takes(self, head: dict[str, str], body: bytes, secret: str = NEW) -> int:
        return self.receive(self.base, secret, head, body)


@pytest.fixture
def recorded(monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[dict[str, str], bytes]]:
    """A request as it went over the wire, sent so long ago."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")

    def record(ago: timedelta = timedelta()) -> tuple[dict[str, str], bytes]:
        platform = Platform(status=204)
        with listening(platform) as url:
            sent = Endpoint("platform", url, (NEW,), ("everything",))
            channel = webhook.Channel(sent, lambda: datetime.now(UTC) - ago, seconds=5)
            answer = channel.send(parcel())
        assert (answer == Accepted()) is (ago < timedelta(minutes=5))
        return platform.calls[0]

    return record


def test_a_request_is_acted_on_once_however_often_it_is_played_again(
    recorded: Callable[..., tuple[dict[str, str], bytes]],
) -> None:
    receiver, (head, body) = Documented(), recorded()
    assert [receiver.takes(head, body) for _ in range(3)] == [204, 204, 204]
    assert len(receiver.done) == 1


def test_a_further_try_with_another_moment_is_the_same_request(
    recorded: Callable[..., tuple[dict[str, str], bytes]],
) -> None:
    receiver = Documented()
    for ago in (timedelta(minutes=2), timedelta()):
        assert receiver.takes(*recorded(ago)) == 204
    assert len(receiver.done) == 1


def test_what_is_older_than_the_window_is_refused_also_where_the_id_is_new(
    recorded: Callable[..., tuple[dict[str, str], bytes]],
) -> None:
    receiver, (head, body) = Documented(), recorded(timedelta(minutes=6))
    assert receiver.takes(head, body) == 401
    assert receiver.done == []


def test_another_secret_another_body_and_another_id_are_refused(
    recorded: Callable[..., tuple[dict[str, str], bytes]],
) -> None:
    receiver, (head, body) = Documented(), recorded()
    assert receiver.takes(head, body, OTHER) == 401
    assert receiver.takes(head, body.replace(b"case", b"cose")) == 401
    assert receiver.takes({**head, "webhook-id": "bundle-other"}, body) == 401
    assert receiver.done == []


def test_work_that_fails_leaves_no_id_behind(recorded: Callable[..., tuple[dict[str, str], bytes]]) -> None:
    receiver, (head, body) = Documented(), recorded()
    receiver.fails = True
    with pytest.raises(OSError, match="full"):
        receiver.takes(head, body)
    receiver.fails = False
    assert receiver.takes(head, body) == 204
    assert len(receiver.done) == 1
