"""Parcels as mails over one mail server of the house, which passes them on."""

from __future__ import annotations

import re
import smtplib
import ssl
from contextlib import suppress
from email.headerregistry import Address
from pathlib import Path

from inprocap_flow.delivery.channels.smtp.mail import BadAddress, mail
from inprocap_flow.delivery.parcels import Accepted, Failed, Parcel
from inprocap_flow.errors import visible
from inprocap_flow.records import record

SECONDS = 20.0  # for each answer of the server
_ADDRESS = re.compile(r"\S*@\S*")


@record
class Server:
    """The mail server of the house. ``security`` is starttls, tls (from the first byte) or none (loopback only).

    ``ca_file`` names certificates to trust beside those of the system, for a server with a certificate of the house.
    """

    host: str
    port: int
    sender: Address
    security: str = "starttls"
    user: str = ""
    password: str = ""
    ca_file: Path | None = None
    seconds: float = SECONDS

    def __repr__(self) -> str:
        """Return the server without its password."""
        return f"Server({self.host}:{self.port}, {self.security})"


class Channel:
    """Sends mails over one connection, opened with the first and kept until `close`."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self._connection: smtplib.SMTP | None = None

    def send(self, parcel: Parcel) -> Accepted | Failed:
        try:
            made = mail(parcel, self.server.sender)
        except BadAddress as wrong:
            return Failed(f"no mail address: {wrong}" if parcel.address else "no mail address is known", for_good=True)
        try:
            self._connected().send_message(made)
        except Exception as wrong:
            self.close()  # whatever state it is in, the next mail begins with a new one
            failed = _failed(wrong)
            if failed is None:
                raise
            return failed
        return Accepted()

    def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(OSError, smtplib.SMTPException):
                connection.quit()
            connection.close()

    def _connected(self) -> smtplib.SMTP:
        if self._connection is None:
            self._connection = self._opened()
        return self._connection

    def _opened(self) -> smtplib.SMTP:
        server = self.server
        trust = ssl.create_default_context(cafile=str(server.ca_file) if server.ca_file else None)
        if server.security == "tls":
            opened: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=server.seconds, context=trust)
        else:
            opened = smtplib.SMTP(server.host, server.port, timeout=server.seconds)
        try:
            if server.security == "starttls":
                opened.starttls(context=trust)
            if server.user:
                opened.login(server.user, server.password)
        except BaseException:
            opened.close()
            raise
        return opened


def _failed(wrong: Exception) -> Failed | None:
    """Return what an exception of smtplib means for this mail; None for a bug of ours."""
    if isinstance(wrong, smtplib.SMTPRecipientsRefused):
        code, text = next(iter(wrong.recipients.values()))
        return Failed(_said(code, text), for_good=code >= 500)
    if isinstance(wrong, smtplib.SMTPSenderRefused | smtplib.SMTPAuthenticationError):
        # It is us whom the server does not want: no fault of this address, and the next mail would fare no better.
        return Failed(_said(wrong.smtp_code, wrong.smtp_error), unreachable=True)
    if isinstance(wrong, smtplib.SMTPDataError):
        return Failed(_said(wrong.smtp_code, wrong.smtp_error), for_good=wrong.smtp_code >= 500)
    if isinstance(wrong, smtplib.SMTPNotSupportedError):
        return Failed(f"the mail server lacks something: {visible(str(wrong))[:200]}", unreachable=True)
    if isinstance(wrong, smtplib.SMTPException | OSError):  # ssl.SSLError and TimeoutError are OSErrors
        return Failed(f"the mail server cannot be reached: {_one_line(str(wrong))}", unreachable=True)
    return None


def _said(code: int, text: bytes | str) -> str:
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return f"{code} {_one_line(words)}"


def _one_line(text: str) -> str:
    """Return what a server said without any address: this is kept, shown and logged (ruling 2)."""
    return " ".join(_ADDRESS.sub("[address]", visible(text)).split())[:200]
