"""Webhooks to a real receiver on this machine, which verifies as the documentation tells receivers to."""

from __future__ import annotations

import base64
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from inprocap_flow.delivery.channels import webhook
from inprocap_flow.delivery.channels.webhook.endpoints import Endpoint, read_endpoints
from inprocap_flow.delivery.parcels import Accepted, Failed
from inprocap_flow.errors import InvalidInput
from tests.delivery.conftest import CASE, DATA, KEY, free_port, parcel

OLD, NEW, OTHER = (f"whsec_{base64.b64encode(bytes([n]) * 32).decode()}" for n in (1, 2, 3))


@dataclass
class Platform:
    """A receiver that verifies, refuses what it has seen before, and answers as it is told."""

    secret: str = NEW
    status: int = 204
    head: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    endless: bool = False
    slow: float = 0.0
    calls: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    accepted: list[dict[str, Any]] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    refused: list[str] = field(default_factory=list)

    def receives(self, head: dict[str, str], body: bytes) -> int:
        """Verify and take; a second copy is answered as the first was, and nothing is done again."""
        self.calls.append((head, body))
        try:
            told = Webhook(self.secret).verify(body, head)
        except WebhookVerificationError as wrong:
            self.refused.append(str(wrong))
            return 401
        if self.status < 300 and head["webhook-id"] not in self.seen:
            self.seen.add(head["webhook-id"])
            self.accepted.append(told)
        return self.status


@contextmanager
def listening(platform: Platform) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            status = platform.receives({name.lower(): value for name, value in self.headers.items()}, body)
            time.sleep(platform.slow)
            self.send_response(status)
            for name, value in platform.head.items():
                self.send_header(name, value)
            if not platform.endless:
                self.send_header("content-length", str(len(platform.body)))
            self.end_headers()
            self.wfile.write(platform.body)
            while platform.endless:
                try:
                    self.wfile.write(b"x" * 4096)
                except OSError:
                    break

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - http.server's name
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/hooks"
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def platform() -> Platform:
    return Platform()


@pytest.fixture
def url(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with listening(platform) as found:
        yield found


def _now() -> datetime:
    return datetime.now(UTC)


def _channel(url: str, *secrets: str, now: Any = _now, seconds: float = 5) -> webhook.Channel:
    return webhook.Channel(Endpoint("platform", url, secrets or (NEW,), ("everything",)), now, seconds=seconds)


# ---------------------------------------------------------------------------------------------- what arrives


def test_a_message_arrives_signed_and_holds_ids_only(url: str, platform: Platform) -> None:
    assert _channel(url).send(parcel()) == Accepted()
    assert platform.accepted == [
        {"type": "case.reminder", "timestamp": "2026-11-23T08:00:00Z", "data": DATA["messages"][0]}
    ]
    head, body = platform.calls[0]
    assert head["webhook-id"] == KEY
    assert head["content-type"] == "application/json"
    assert json.loads(body)["data"]["case"] == CASE


def test_a_further_try_has_the_same_id_and_body_and_a_fresh_timestamp(url: str, platform: Platform) -> None:
    channel = _channel(url, now=iter([_now() - timedelta(seconds=90), _now()]).__next__)
    assert [channel.send(parcel()), channel.send(parcel())] == [Accepted(), Accepted()]
    (first, body), (second, again) = platform.calls
    assert (first["webhook-id"], body) == (second["webhook-id"], again)
    assert int(second["webhook-timestamp"]) - int(first["webhook-timestamp"]) in (89, 90, 91)
    assert len(platform.accepted) == 1  # the receiver knows it by its id


# ---------------------------------------------------------------------------------------------- who may believe it


def test_what_somebody_recorded_and_plays_again_is_refused(url: str, platform: Platform) -> None:
    _channel(url, now=lambda: _now() - timedelta(hours=1)).send(parcel())
    assert platform.accepted == []
    assert "too old" in platform.refused[0]


def test_what_was_changed_on_the_way_is_refused(url: str, platform: Platform) -> None:
    _channel(url).send(parcel())
    head, body = platform.calls[0]
    assert platform.receives(head, body.replace(b"reminder", b"rewinder")) == 401
    assert platform.receives({**head, "webhook-id": "bundle-other"}, body) == 401
    assert len(platform.accepted) == 1


@pytest.mark.parametrize("knows", [OLD, NEW])
def test_while_secrets_change_a_receiver_may_know_either(url: str, platform: Platform, knows: str) -> None:
    platform.secret = knows
    assert _channel(url, NEW, OLD).send(parcel()) == Accepted()
    assert len(platform.accepted) == 1


def test_another_secret_is_none(url: str, platform: Platform) -> None:
    outcome = _channel(url, OTHER).send(parcel())
    assert outcome == Failed("401: the endpoint has not taken it")
    assert platform.accepted == []


# ---------------------------------------------------------------------------------------------- what goes wrong


@pytest.mark.parametrize("status", [400, 404, 422, 500, 503])
def test_what_is_not_taken_is_tried_again(url: str, platform: Platform, status: int) -> None:
    platform.status = status
    outcome = _channel(url).send(parcel())
    assert outcome == Failed(f"{status}: the endpoint has not taken it")


def test_an_endpoint_that_is_gone_is_gone_for_good(url: str, platform: Platform) -> None:
    platform.status = 410
    assert _channel(url).send(parcel()) == Failed("410: the endpoint is gone", for_good=True)


def test_a_redirect_is_not_followed(url: str, platform: Platform) -> None:
    elsewhere = Platform()
    with listening(elsewhere) as other:
        platform.status, platform.head = 307, {"location": other}
        outcome = _channel(url).send(parcel())
    assert isinstance(outcome, Failed)
    assert "not followed" in outcome.reason
    assert elsewhere.calls == []


@pytest.mark.parametrize(("asked", "seconds"), [("120", 120), ("999999", 21600), ("Wed, 21 Oct 2026", 0), ("-1", 0)])
def test_a_receiver_may_ask_for_a_pause(url: str, platform: Platform, asked: str, seconds: int) -> None:
    platform.status, platform.head = 429, {"retry-after": asked}
    outcome = _channel(url).send(parcel())
    assert isinstance(outcome, Failed)
    assert outcome.wait_seconds == seconds


def test_an_answer_without_end_is_not_read(url: str, platform: Platform) -> None:
    platform.endless = True
    assert _channel(url).send(parcel()) == Accepted()


def test_a_receiver_that_does_not_answer_is_not_waited_for(url: str, platform: Platform) -> None:
    platform.slow = 1.0
    outcome = _channel(url, seconds=0.2).send(parcel())
    assert isinstance(outcome, Failed)
    assert outcome.unreachable


def test_an_answer_byte_by_byte_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    stop = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def drips() -> None:
            connection, _ = server.accept()
            with connection, suppress(OSError):
                connection.sendall(b"HTTP/1.1 200 OK\r\nx: ")
                while not stop.wait(0.05):
                    connection.sendall(b"a")

        thread = threading.Thread(target=drips, daemon=True)
        thread.start()
        url = f"http://127.0.0.1:{server.getsockname()[1]}/"
        channel = webhook.Channel(Endpoint("platform", url, (NEW,), ("everything",)), _now, seconds=5, longest=0.5)
        outcome = channel.send(parcel())
        stop.set()
        thread.join()
    assert outcome == Failed("the endpoint platform gave no whole answer in time", unreachable=True)


def test_a_receiver_that_is_not_there_is_no_fault_of_the_message() -> None:
    outcome = _channel(f"http://127.0.0.1:{free_port()}/x?token=secret").send(parcel())
    assert outcome == Failed("the endpoint platform cannot be reached: ConnectError", unreachable=True)


def test_a_message_beyond_all_measure_is_not_sent(url: str, platform: Platform) -> None:
    outcome = _channel(url).send(parcel(data={"messages": [{"kind": "told", "subject": "x" * 70_000}]}))
    assert isinstance(outcome, Failed)
    assert outcome.for_good
    assert platform.calls == []


# ---------------------------------------------------------------------------------------------- the file


def test_endpoints_are_read_with_what_they_take(tmp_path: Path) -> None:
    file = tmp_path / "webhooks.toml"
    file.write_text(
        f'[platform]\nurl = "https://platform.example.org/hooks"\nsecrets = ["{NEW}", "{OLD}"]\n'
        'takes = ["public", "role:*"]\norganisation = "example-lab"\n',
        encoding="utf-8",
    )
    (endpoint,) = read_endpoints(file)
    assert endpoint.wants("public", "example-lab")
    assert endpoint.wants("role:legal", "example-lab")
    assert not endpoint.wants("role:legal", "another")
    assert not endpoint.wants("track:bidder/x", "example-lab")
    assert NEW not in repr(endpoint)


BAD = {
    "url without TLS": ('url = "http://platform.example.org"', "url is no address"),
    "url to nowhere": ('url = "https://"', "url is no address"),
    "url that is a number": ("url = 1", "url is no address"),
    "short secret": ('secrets = ["whsec_YWJj"]', "no secret"),
    "secret without its mark": (f'secrets = ["{NEW[6:]}"]', "no secret"),
    "no secret": ("secrets = []", "no secret"),
    "no group": ('takes = ["everybody"]', "no group"),
    "unknown key": ("colour = 1", "colour is not known"),
    "organisation": ("organisation = 3", "organisation is no name"),
}


@pytest.mark.parametrize("what", BAD)
def test_a_bad_file_is_refused_with_the_mend_and_without_the_secret(tmp_path: Path, what: str) -> None:
    line, fact = BAD[what]
    good = {"url": 'url = "https://a.example.org"', "secrets": f'secrets = ["{NEW}"]', "takes": 'takes = ["public"]'}
    good[line.partition(" ")[0]] = line
    file = tmp_path / "webhooks.toml"
    file.write_text("\n".join(["[platform]", *good.values()]), encoding="utf-8")
    with pytest.raises(InvalidInput, match=fact) as refused:
        read_endpoints(file)
    assert refused.value.problems[0].mend
    assert NEW[6:] not in str(refused.value)


@pytest.mark.parametrize("text", ["[platform", "x = 1", "\x00", "[Platform Two]\nurl = 1"])
def test_what_is_no_file_of_endpoints_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "webhooks.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InvalidInput):
        read_endpoints(file)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="cannot be read"):
        read_endpoints(tmp_path / "none.toml")
