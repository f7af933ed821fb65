"""Parcels as signed webhooks (Standard Webhooks): one message each, for a platform, a website, a chat.

``webhook-id`` is the key of the parcel and the same at every try; ``webhook-timestamp`` is the moment of the try, so
that a receiver can refuse what somebody recorded and plays again; ``webhook-signature`` covers both and the body.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from queue import Empty, Queue
from threading import Thread

import httpx
from standardwebhooks import Webhook

from inprocap_flow import __version__
from inprocap_flow.delivery.channels.webhook.endpoints import Endpoint
from inprocap_flow.delivery.parcels import Accepted, Failed, Parcel

SECONDS = 15.0  # for connecting, and for each part of the answer
LONGEST_SECONDS = 60.0  # for all of it: an answer that comes byte by byte must not hold up everybody else
LARGEST = 64 * 1024  # bytes of a body; a message has a few hundred
GONE = 410  # the receiver says that this address will never be one again
LONGEST_WAIT = 6 * 3600  # seconds; a receiver that asks for more is asked again after this


class Channel:
    """Sends webhooks to one endpoint. *now* is asked at every try."""

    def __init__(
        self,
        endpoint: Endpoint,
        now: Callable[[], datetime],
        *,
        seconds: float = SECONDS,
        longest: float = LONGEST_SECONDS,
    ) -> None:
        self.endpoint = endpoint
        self._now = now
        self._seconds, self._longest = seconds, longest
        self._client: httpx.Client | None = None

    def send(self, parcel: Parcel) -> Accepted | Failed:
        body = body_of(parcel)
        if len(body.encode()) > LARGEST:
            return Failed(f"the message has more than {LARGEST} bytes", for_good=True)
        outcome = _within(self._longest, lambda: self._posted(parcel, body))
        if outcome is None:
            self._client = None  # it belongs to the try that nobody waits for any more
            return Failed(f"the endpoint {self.endpoint.name} gave no whole answer in time", unreachable=True)
        return outcome

    def _posted(self, parcel: Parcel, body: str) -> Accepted | Failed:
        head = self._head(parcel, body)
        try:
            # The answer's body is never read: only its status counts, and it could be endless.
            with self._connected().stream("POST", self.endpoint.url, content=body, headers=head) as answer:
                return _outcome(answer)
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as wrong:
            why = type(wrong).__name__  # its text may hold the address, and that something secret
            return Failed(f"the endpoint {self.endpoint.name} cannot be reached: {why}", unreachable=True)

    def close(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            client.close()

    def _connected(self) -> httpx.Client:
        if self._client is None:
            # A redirect is not followed: it would carry a signed message to a place that nobody has set.
            self._client = httpx.Client(timeout=self._seconds, follow_redirects=False)
        return self._client

    def _head(self, parcel: Parcel, body: str) -> dict[str, str]:
        at = self._now()
        signatures = (Webhook(secret).sign(parcel.key, at, body) for secret in self.endpoint.secrets)
        return {
            "content-type": "application/json",
            "user-agent": f"inprocap-flow/{__version__}",
            "webhook-id": parcel.key,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": " ".join(signatures),
        }


def _within(seconds: float, does: Callable[[], Accepted | Failed]) -> Accepted | Failed | None:
    """Return what *does* comes to, None if that takes longer. httpx knows how long a part may take, not the whole."""
    done: Queue[Accepted | Failed | Exception] = Queue()

    def works() -> None:
        try:
            done.put(does())
        except Exception as wrong:  # noqa: BLE001 - it belongs to whoever waits
            done.put(wrong)

    Thread(target=works, daemon=True).start()  # a daemon: a try that nobody waits for keeps no program from ending
    try:
        found = done.get(timeout=seconds)
    except Empty:
        return None
    if isinstance(found, Exception):
        raise found
    return found


def body_of(parcel: Parcel) -> str:
    """Return the body: ``type``, ``timestamp`` (of the message, not of the try) and ``data``, the same at every try."""
    messages = parcel.data.get("messages", ())
    kinds = dict.fromkeys(str(message.get("kind", "")) for message in messages)
    whole = {
        "type": f"case.{next(iter(kinds), 'message')}",
        "timestamp": parcel.made_at.isoformat().replace("+00:00", "Z"),
        "data": dict(messages[0]) if len(messages) == 1 else dict(parcel.data),
    }
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def _outcome(answer: httpx.Response) -> Accepted | Failed:
    status = answer.status_code
    if 200 <= status < 300:
        return Accepted()
    if status == GONE:
        return Failed("410: the endpoint is gone", for_good=True)
    if 300 <= status < 400:
        return Failed(f"{status}: the endpoint redirects, which is not followed; correct its url")
    return Failed(f"{status}: the endpoint has not taken it", wait_seconds=_asked_to_wait(answer))


def _asked_to_wait(answer: httpx.Response) -> int:
    """Return the seconds of ``Retry-After``; 0 where there are none. A date is not read: back-off does."""
    written = answer.headers.get("retry-after", "").strip()
    return min(int(written[:9]), LONGEST_WAIT) if written.isascii() and written.isdigit() else 0
