"""What a mail address looks like: one line, one receiver, with or without a name in front."""

from __future__ import annotations

import re

_PLAIN = r"[^\s@<>(),;:\"\\\[\]\x00-\x1f\x7f]+@[\w-]+(?:\.[\w-]+)*"
ONE_ADDRESS = re.compile(rf"(?P<name>[^<>@\r\n]*)<(?P<named>{_PLAIN})>|(?P<bare>{_PLAIN})")
"""One address; what may go to several people is none. A mail is made of the group *named* or *bare*."""


def is_mail_address(text: str) -> bool:
    """Return whether a mail can be addressed to *text*; whether anybody reads it there nobody can know."""
    found = ONE_ADDRESS.fullmatch(text.strip())
    if found is None:
        return False
    local = (found["named"] or found["bare"]).partition("@")[0]
    return local.isascii() and all(local.split("."))  # no dot at an end, and no two together
