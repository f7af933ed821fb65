"""A parcel as a mail: the same bytes every time, headers that cannot be broken out of, one thread for each case."""

from __future__ import annotations

import re
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from inprocap_flow.addresses import ONE_ADDRESS
from inprocap_flow.delivery.hypertext import hypertext
from inprocap_flow.delivery.parcels import Parcel
from inprocap_flow.delivery.plain_text import plain_text
from inprocap_flow.errors import visible

LONGEST_SUBJECT = 200
_NO_ID = re.compile(r"[^\w.-]+", re.ASCII)


class BadAddress(ValueError):
    """What stands for a mail address is none."""


def mail(parcel: Parcel, sender: Address) -> EmailMessage:
    """Return *parcel* as a mail with text and HTML. Raises BadAddress.

    ``Message-ID`` is the key of the parcel: a second copy of the same mail can be recognised. ``References`` name a
    message that was never sent, one for each case, so that mail programs show what concerns a case together.
    ``Auto-Submitted`` (RFC 3834) keeps absence notices from answering.
    """
    made = EmailMessage(policy=SMTP)
    made["From"] = sender
    made["To"] = address_of(parcel.address)
    made["Subject"] = subject_of(parcel)
    made["Date"] = format_datetime(parcel.made_at)
    made["Message-ID"] = _id(parcel.key, sender)
    if parcel.thread:
        made["In-Reply-To"] = made["References"] = _id(parcel.thread, sender)
    made["List-Id"] = f"<{_NO_ID.sub('-', parcel.organisation)}.inprocap-flow.{sender.domain}>"
    made["Auto-Submitted"] = "auto-generated"
    made["X-Auto-Response-Suppress"] = "All"  # the same for Exchange
    made.set_content(plain_text(parcel.letter), cte="quoted-printable")
    made.add_alternative(hypertext(parcel.letter), subtype="html", cte="quoted-printable")
    # Python would draw one by chance, and the second copy would be another text.
    made.set_boundary(f"=_{parcel.key}")
    made["Content-Language"] = parcel.letter.language  # behind the content, which would take it along into a part
    return made


def subject_of(parcel: Parcel) -> str:
    """Return the subject as one line of bounded length: titles are typed by people and may hold anything."""
    line = " ".join(visible(parcel.letter.subject).split())
    return line if len(line) <= LONGEST_SUBJECT else f"{line[: LONGEST_SUBJECT - 1]}…"


def address_of(text: str) -> Address:
    """Return one mail address, with or without a name. Raises BadAddress.

    Python's own parser takes what looks like several addresses for one; what goes to one person is checked here.
    """
    found = ONE_ADDRESS.fullmatch(text.strip())
    if found is None:
        raise BadAddress("it is no mail address")
    try:
        return Address(" ".join(visible(found["name"] or "").split()), addr_spec=found["named"] or found["bare"])
    except (ValueError, IndexError, MessageError) as wrong:
        raise BadAddress("it is no mail address") from wrong


def _id(key: str, sender: Address) -> str:
    return f"<{_NO_ID.sub('-', key)}@{sender.domain}>"
