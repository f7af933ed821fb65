"""Mails over a real SMTP server on this machine: what arrives, what is refused, and how the connection is protected."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from hypothesis import given
from hypothesis import strategies as st

from inprocap_flow.addresses import is_mail_address
from inprocap_flow.delivery.channels import smtp
from inprocap_flow.delivery.channels.smtp.mail import BadAddress, address_of, mail
from inprocap_flow.delivery.parcels import Accepted, Failed
from inprocap_flow.records import changed
from tests.delivery.conftest import CASE, KEY, LETTER, free_port, parcel

SENDER = Address("Procurement", addr_spec="procurement@example.org")


@dataclass
class Mailboxes:
    """What the server took, and what it says to an address instead."""

    taken: list[Envelope] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    after_data: str = "250 OK"

    async def handle_RCPT(  # noqa: N802 - the name aiosmtpd calls
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address in self.answers:
            return self.answers[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - as above
        if self.after_data.startswith("2"):
            self.taken.append(envelope)
        return self.after_data

    @property
    def mails(self) -> list[EmailMessage]:
        return [message_from_bytes(envelope.content, policy=default) for envelope in self.taken]  # type: ignore[arg-type]


@contextmanager
def serving(boxes: Mailboxes, **more: Any) -> Iterator[int]:
    port = free_port()
    server = Controller(boxes, hostname="127.0.0.1", port=port, **more)
    server.start()
    try:
        yield port
    finally:
        server.stop()


@pytest.fixture
def boxes() -> Mailboxes:
    return Mailboxes()


@pytest.fixture
def channel(boxes: Mailboxes) -> Iterator[smtp.Channel]:
    with serving(boxes) as port:
        made = smtp.Channel(smtp.Server("127.0.0.1", port, SENDER, "none", seconds=5))
        yield made
        made.close()


# ---------------------------------------------------------------------------------------------- what arrives


def test_a_mail_arrives_with_text_and_html(channel: smtp.Channel, boxes: Mailboxes) -> None:
    assert channel.send(parcel()) == Accepted()
    (envelope,), (got,) = boxes.taken, boxes.mails
    assert (envelope.mail_from, envelope.rcpt_tos) == ("procurement@example.org", ["ben@example.org"])
    assert got["Message-ID"] == f"<{KEY}@example.org>"
    assert got["References"] == got["In-Reply-To"] == f"<{CASE}@example.org>"
    assert got["Auto-Submitted"] == "auto-generated"
    assert got["List-Id"] == "<example-lab.inprocap-flow.example.org>"
    assert got["Date"].datetime == datetime(2026, 11, 23, 8, tzinfo=UTC)
    parts = {part.get_content_type(): part.get_content() for part in got.walk() if not part.is_multipart()}
    assert list(parts) == ["text/plain", "text/html"]
    assert f"inprocap-flow next {CASE}" in parts["text/plain"]
    assert "Receipt of tenders ends in 5 days." in parts["text/html"]


def test_a_mail_sent_again_is_the_same_byte_by_byte(channel: smtp.Channel, boxes: Mailboxes) -> None:
    assert [channel.send(parcel()), channel.send(parcel())] == [Accepted(), Accepted()]
    first, second = boxes.taken
    assert first.content == second.content


def test_a_digest_of_several_cases_is_in_no_thread() -> None:
    made = mail(parcel(thread=""), SENDER)
    assert made["References"] is None
    assert made["In-Reply-To"] is None


def test_words_of_any_language_arrive_as_they_are(channel: smtp.Channel, boxes: Mailboxes) -> None:
    letter = changed(LETTER, subject="Frist für Angebote läuft ab: Prüfung", language="de")
    channel.send(parcel(letter=letter, address="Zoë Müller <zoe@example.org>"))
    (got,) = boxes.mails
    assert got["Subject"] == "Frist für Angebote läuft ab: Prüfung"
    assert got["Content-Language"] == "de"
    assert got["To"].addresses[0].display_name == "Zoë Müller"


# ---------------------------------------------------------------------------------------------- injection

CONTROL = st.text(st.sampled_from('ab \r\n\t\x00\x1b\u2028:@<>,;"Bcc'), max_size=60)


@given(CONTROL)
def test_no_subject_adds_a_header(words: str) -> None:
    made = mail(parcel(letter=changed(LETTER, subject=words)), SENDER)
    read = message_from_bytes(made.as_bytes(), policy=default)
    assert sorted(read.keys()) == sorted(mail(parcel(), SENDER).keys())


@given(CONTROL)
def test_no_address_adds_a_header_or_a_recipient(words: str) -> None:
    try:
        made = mail(parcel(address=words), SENDER)
    except BadAddress:
        return
    assert len(made["To"].addresses) == 1
    read = message_from_bytes(made.as_bytes(), policy=default)
    assert sorted(read.keys()) == sorted(mail(parcel(), SENDER).keys())


@pytest.mark.parametrize(
    "address", ["ben", "ben@", "@example.org", "a@b, c@d", "a@b\r\nBcc: c@d", "ben@example.org\nx", "", "a@b@c"]
)
def test_what_is_no_address_is_given_up_at_once(channel: smtp.Channel, boxes: Mailboxes, address: str) -> None:
    outcome = channel.send(parcel(address=address))
    assert isinstance(outcome, Failed)
    assert outcome.for_good
    assert boxes.taken == []


def test_an_address_may_have_a_name() -> None:
    assert str(address_of("Ben Berg <ben@example.org>")) == "Ben Berg <ben@example.org>"


@given(st.one_of(st.text("ab.@<>ü -_,\"'\n\x01", max_size=12), st.builds("{}@{}".format, st.text(), st.text())))
def test_an_address_that_an_organisation_may_write_is_one_that_a_mail_can_be_sent_to(text: str) -> None:
    try:
        address_of(text)
    except BadAddress:
        assert not is_mail_address(text)
    else:
        assert is_mail_address(text)


# ---------------------------------------------------------------------------------------------- refusals


@pytest.mark.parametrize(("answer", "for_good"), [("550 5.1.1 no such user", True), ("450 4.2.0 greylisted", False)])
def test_what_the_server_says_of_an_address_decides(
    channel: smtp.Channel, boxes: Mailboxes, answer: str, *, for_good: bool
) -> None:
    boxes.answers["ben@example.org"] = answer
    outcome = channel.send(parcel())
    assert outcome == Failed(f"{answer[:3]} {answer[4:]}", for_good=for_good)
    assert channel.send(parcel(address="cleo@example.org")) == Accepted()


def test_no_address_is_kept_from_what_a_server_says(channel: smtp.Channel, boxes: Mailboxes) -> None:
    boxes.answers["ben@example.org"] = "550 <ben@example.org>: Recipient address rejected"
    outcome = channel.send(parcel())
    assert isinstance(outcome, Failed)
    assert outcome.reason == "550 [address] Recipient address rejected"


@pytest.mark.parametrize(("answer", "for_good"), [("554 5.7.1 spam", True), ("451 4.3.0 later", False)])
def test_a_refusal_of_the_content_counts_as_well(
    channel: smtp.Channel, boxes: Mailboxes, answer: str, *, for_good: bool
) -> None:
    boxes.after_data = answer
    outcome = channel.send(parcel())
    assert isinstance(outcome, Failed)
    assert (outcome.for_good, outcome.unreachable) == (for_good, False)


def test_a_server_that_is_not_there_is_no_fault_of_the_address() -> None:
    outcome = smtp.Channel(smtp.Server("127.0.0.1", free_port(), SENDER, "none", seconds=2)).send(parcel())
    assert isinstance(outcome, Failed)
    assert (outcome.for_good, outcome.unreachable) == (False, True)


def test_a_connection_that_was_cut_is_opened_again(boxes: Mailboxes) -> None:
    port = free_port()
    made = smtp.Channel(smtp.Server("127.0.0.1", port, SENDER, "none", seconds=5))
    for expected in (Accepted(), Accepted()):
        server = Controller(boxes, hostname="127.0.0.1", port=port)
        server.start()
        assert made.send(parcel()) == expected
        server.stop()
        assert isinstance(made.send(parcel()), Failed)
    assert len(boxes.taken) == 2


# ---------------------------------------------------------------------------------------------- protection


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of the house for localhost, with its key in the same file."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "server.pem"
    text = serialization.Encoding.PEM
    plain = key.private_bytes(text, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file.write_bytes(made.public_bytes(text) + plain)
    return file


def _context(certificate: Path) -> ssl.SSLContext:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(certificate)
    return made


def _starttls(certificate: Path) -> dict[str, Any]:
    return {"tls_context": _context(certificate), "require_starttls": True}


def _tls(certificate: Path) -> dict[str, Any]:
    return {"ssl_context": _context(certificate)}


@pytest.mark.parametrize(("security", "serve"), [("starttls", _starttls), ("tls", _tls)])
def test_a_connection_is_protected_and_the_certificate_checked(
    boxes: Mailboxes, certificate: Path, security: str, serve: Callable[[Path], dict[str, Any]]
) -> None:
    with serving(boxes, **serve(certificate)) as port:
        server = smtp.Server("localhost", port, SENDER, security, ca_file=certificate, seconds=5)
        trusting, doubting = smtp.Channel(server), smtp.Channel(changed(server, ca_file=None))
        assert trusting.send(parcel()) == Accepted()
        outcome = doubting.send(parcel())
        trusting.close()
    assert isinstance(outcome, Failed)
    assert outcome.unreachable
    assert "certificate" in outcome.reason.lower()
    assert len(boxes.taken) == 1


def test_without_starttls_nothing_is_sent_in_the_open(boxes: Mailboxes) -> None:
    with serving(boxes) as port:
        outcome = smtp.Channel(smtp.Server("127.0.0.1", port, SENDER, seconds=5)).send(parcel())
    assert isinstance(outcome, Failed)
    assert outcome.unreachable
    assert boxes.taken == []


@pytest.mark.parametrize("password", ["right", "wrong"])
def test_it_logs_in_where_a_name_is_set(boxes: Mailboxes, certificate: Path, password: str) -> None:
    def knows(_server: SMTP, _session: Session, _envelope: Envelope, _how: str, data: LoginPassword) -> AuthResult:
        return AuthResult(success=data.password == b"right", handled=False)

    more = {**_starttls(certificate), "authenticator": knows, "auth_required": True}
    with serving(boxes, **more) as port:
        server = smtp.Server("localhost", port, SENDER, user="flow", password=password, ca_file=certificate, seconds=5)
        outcome = (made := smtp.Channel(server)).send(parcel())
        made.close()
    assert (outcome == Accepted()) is (password == "right")
    if isinstance(outcome, Failed):
        assert outcome.unreachable
    assert password not in repr(server)
