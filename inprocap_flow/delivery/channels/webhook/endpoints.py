"""The endpoints that webhooks go to, read from one file that holds their secrets and is kept like a key."""

from __future__ import annotations

import base64
import re
from binascii import Error as NotBase64
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from inprocap_flow.errors import InvalidInput, Place, Problem
from inprocap_flow.records import record

EVERYTHING = "everything"
SHORTEST_SECRET, LONGEST_SECRET = 24, 64  # bytes, as Standard Webhooks asks
_KEYS = ("url", "secrets", "takes", "organisation")
_NAME = re.compile(r"[a-z][a-z0-9_-]{0,40}")
_GROUP = re.compile(r"public|publisher|everything|(role|person|track):(\*|\S+)")


@record
class Endpoint:
    """Where webhooks go. The first secret is the present one; all of them sign, so that a receiver can change over.

    ``takes`` are groups of recipients: ``public``, ``publisher``, ``role:legal``, ``role:*``, ``everything``.
    """

    name: str
    url: str
    secrets: tuple[str, ...]
    takes: tuple[str, ...]
    organisation: str | None = None

    def wants(self, group: str, organisation: str) -> bool:
        """Return whether messages to *group* of *organisation* go here."""
        if self.organisation not in (None, organisation):
            return False
        return bool({EVERYTHING, group, f"{group.partition(':')[0]}:*"} & set(self.takes))

    def __repr__(self) -> str:
        """Return the endpoint without its secrets and without what its URL may carry."""
        return f"Endpoint({self.name}, {urlsplit(self.url).hostname})"


def read_endpoints(file: Path) -> tuple[Endpoint, ...]:
    """Return the endpoints of a TOML file with one table for each. Raises InvalidInput with every problem."""
    import tomllib

    try:
        written = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as wrong:
        why = wrong.strerror if isinstance(wrong, OSError) else str(wrong)
        mend = "write one table for each endpoint: [NAME], url, secrets, takes"
        raise InvalidInput([Problem(Place(str(file)), "bad-webhooks", f"it cannot be read: {why}", mend)]) from wrong
    problems = [Problem(Place(str(file)), "bad-webhooks", fact, mend) for fact, mend in _problems(written)]
    if problems:
        raise InvalidInput(problems)
    return tuple(
        Endpoint(name, table["url"], tuple(table["secrets"]), tuple(table["takes"]), table.get("organisation"))
        for name, table in written.items()
    )


def _problems(written: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield fact and mend of everything that is wrong. A secret is never repeated."""
    for name, table in written.items():
        if not isinstance(table, dict) or _NAME.fullmatch(name) is None:
            yield f"{name} is no endpoint", "write a table such as [platform], its name in small letters"
            continue
        for key in sorted(table.keys() - set(_KEYS)):
            yield f"{name}: {key} is not known", f"known are {', '.join(_KEYS)}"
        if not _is_url(table.get("url")):
            yield f"{name}: url is no address to send to", "write https://..., or http:// for this machine only"
        secrets = table.get("secrets")
        if not isinstance(secrets, list) or not secrets or not all(map(_is_secret, secrets)):
            mend = f"write one or more, each whsec_ and {SHORTEST_SECRET} to {LONGEST_SECRET} bytes in base64"
            yield f"{name}: secrets holds something that is no secret, or nothing", mend
        takes = table.get("takes")
        if not isinstance(takes, list) or not takes or not all(_is_group(one) for one in takes):
            mend = "write a list of public, publisher, role:NAME, role:*, person:ID, track:*, everything"
            yield f"{name}: takes names no group of recipients", mend
        if not isinstance(table.get("organisation", ""), str):
            yield f"{name}: organisation is no name", "write the name of one organisation, or leave it out"


def _is_group(text: Any) -> bool:
    return isinstance(text, str) and _GROUP.fullmatch(text) is not None


def _is_url(text: Any) -> bool:
    if not isinstance(text, str) or not text.isprintable() or " " in text:
        return False
    try:
        parts = urlsplit(text)
        host = parts.hostname or ""
    except ValueError:
        return False
    here = host in ("localhost", "::1") or host.startswith("127.")
    return bool(host) and (parts.scheme == "https" or (parts.scheme == "http" and here))


def _is_secret(text: Any) -> bool:
    if not isinstance(text, str) or not text.startswith("whsec_"):
        return False
    try:
        key = base64.b64decode(text.removeprefix("whsec_"), validate=True)
    except (NotBase64, ValueError):
        return False
    return SHORTEST_SECRET <= len(key) <= LONGEST_SECRET
