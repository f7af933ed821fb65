"""Mails that came back: what a delivery status notification (RFC 3464) says of the mail that we sent."""

from __future__ import annotations

from email.headerregistry import Address
from email.message import EmailMessage, Message
from email.policy import SMTP

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inprocap_flow.delivery.bounces import Returned, read_notification


def notification(
    original: EmailMessage, *, action: str = "failed", status: str = "5.1.1", headers_only: bool = True
) -> bytes:
    """A notification as mail servers write them: a text, the status, and the mail or its headers."""
    made = EmailMessage(policy=SMTP)
    made["From"], made["To"] = "MAILER-DAEMON@mx.example.org", str(original["From"])
    made["Subject"] = "Undelivered Mail Returned to Sender"
    made.set_content("I'm sorry to have to inform you...\r\n")
    made.make_mixed()
    made.set_param("report-type", "delivery-status")
    status_part = Message()
    status_part["Content-Type"] = "message/delivery-status"
    whole, one = Message(), Message()
    whole["Reporting-MTA"] = "dns; mx.example.org"
    one["Final-Recipient"] = f"rfc822; {original['To'].addresses[0].addr_spec}"
    one["Action"], one["Status"] = action, status
    one["Diagnostic-Code"] = f"smtp; 550 {status} User unknown\n in virtual mailbox table"
    status_part.set_payload([whole, one])
    made.attach(status_part)  # type: ignore[arg-type]
    third = Message()
    if headers_only:
        third["Content-Type"] = "text/rfc822-headers"
        third.set_payload("".join(f"{name}: {value}\r\n" for name, value in original.items()))
    else:
        third["Content-Type"] = "message/rfc822"
        third.set_payload([original])
    made.attach(third)  # type: ignore[arg-type]
    return made.as_bytes().replace(b"multipart/mixed", b"multipart/report", 1)


def original(key: str = "bundle-01ABCdef") -> EmailMessage:
    sent = EmailMessage(policy=SMTP)
    sent["From"], sent["To"] = Address("Flow", "flow", "example.org"), Address("Dora", "dora", "example.org")
    sent["Subject"] = "Something"
    sent["Message-ID"] = f"<{key}@example.org>"
    sent.set_content("Text")
    return sent


@pytest.mark.parametrize("headers_only", [True, False])
def test_a_notification_names_the_mail_and_why_it_came_back(headers_only: bool) -> None:
    assert read_notification(notification(original(), headers_only=headers_only)) == Returned(
        key="bundle-01ABCdef", reason="550 5.1.1 User unknown in virtual mailbox table", is_final=True
    )


@pytest.mark.parametrize("action", ["delayed", "delivered", "relayed", "expanded"])
def test_only_what_failed_is_final(action: str) -> None:
    found = read_notification(notification(original(), action=action, status="4.4.7"))
    assert found is not None
    assert not found.is_final


@pytest.mark.parametrize(
    "raw",
    [b"", b"Subject: Lunch?\r\n\r\nAt noon.\r\n", b"\xff\xfe\x00", b"Content-Type: multipart/report\r\n\r\nbroken"],
)
def test_what_is_no_notification_is_none(raw: bytes) -> None:
    assert read_notification(raw) is None


def test_a_notification_of_a_mail_that_is_not_named_is_none() -> None:
    sent = original()
    del sent["Message-ID"]
    assert read_notification(notification(sent)) is None


@given(st.binary(max_size=400), st.integers(0, 1500))
def test_whatever_arrives_is_read_or_none_and_never_raises(noise: bytes, at: int) -> None:
    raw = notification(original())
    read_notification(raw[:at] + noise + raw[at:])
    read_notification(noise)


def test_what_a_server_says_is_one_line_of_bounded_length() -> None:
    raw = notification(original()).replace(b"User unknown", b"User \x1b[31m" + b"x" * 2000)
    found = read_notification(raw)
    assert found is not None
    assert len(found.reason) <= 300
    assert found.reason.isprintable()


def test_an_address_in_what_the_server_says_is_not_kept() -> None:
    raw = notification(original()).replace(b"User unknown", b"<dora@example.org>: User unknown")
    found = read_notification(raw)
    assert found is not None
    assert found.reason == "550 5.1.1 (the address): User unknown in virtual mailbox table"
