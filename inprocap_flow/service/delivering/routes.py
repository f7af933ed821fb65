"""Which ways out of the house an installation has, and what goes over which."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from inprocap_flow.delivery.parcels import Channel
from inprocap_flow.errors import NotAllowed
from inprocap_flow.records import field, record
from inprocap_flow.service.desk import Desk
from inprocap_flow.settings import Settings
from inprocap_flow.store.addresses import sqlite_path

if TYPE_CHECKING:
    from inprocap_flow.delivery.channels.webhook.endpoints import Endpoint

NOWHERE = "none"  # the channel of a delivery for which nobody could be found
PEOPLES = ("file", "console", "smtp")  # the channels that people are told over, one at a time
WEBHOOK = "webhook:"  # begins the name of a channel that goes to an endpoint
FOLDER = "outgoing"


@record
class Routes:
    """The channels by name. People are reached over ``to_people``, machines over the endpoints that want a message."""

    to_people: str
    channels: Mapping[str, Channel] = field(default_factory=dict)
    endpoints: tuple[Endpoint, ...] = ()

    def machines(self, group: str, organisation: str) -> tuple[str, ...]:
        """Return the names of the channels to whoever takes messages to *group*."""
        return tuple(f"{WEBHOOK}{one.name}" for one in self.endpoints if one.wants(group, organisation))

    @property
    def needs_mail(self) -> bool:
        return self.to_people == "smtp"

    def close(self) -> None:
        for channel in self.channels.values():
            channel.close()


def open_routes(desk: Desk) -> Routes:
    """Return the ways that the settings open. Nothing is connected before something is sent.

    Raises NotAllowed for a setting that is missing, InvalidInput for a file of endpoints that cannot be used.
    """
    settings = desk.settings
    channels: dict[str, Channel] = {settings.channel: _to_people(settings)}
    if settings.webhooks is None:
        return Routes(settings.channel, channels)
    from inprocap_flow.delivery.channels import webhook
    from inprocap_flow.delivery.channels.webhook.endpoints import read_endpoints

    endpoints = read_endpoints(settings.webhooks)
    channels |= {f"{WEBHOOK}{one.name}": webhook.Channel(one, desk.clock.now) for one in endpoints}
    return Routes(settings.channel, channels, endpoints)


def _to_people(settings: Settings) -> Channel:
    if settings.channel == "console":
        from inprocap_flow.delivery.channels import console

        return console.Channel()
    if settings.channel == "file":
        from inprocap_flow.delivery.channels import file

        return file.Channel(outgoing(settings))
    return _by_mail(settings)


def _by_mail(settings: Settings) -> Channel:
    from inprocap_flow.delivery.channels import smtp
    from inprocap_flow.delivery.channels.smtp.mail import BadAddress, address_of

    if settings.smtp_server is None or settings.sender is None:
        missing = "smtp_server" if settings.smtp_server is None else "sender"
        raise NotAllowed(
            f"mails are to be sent, but {missing} is not set", mend=f"set {missing}, or set channel to file"
        )
    host, _, port = settings.smtp_server.rpartition(":")
    if settings.smtp_security == "none" and not _is_here(host):
        raise NotAllowed(
            f"mails to {host} would travel in the open",
            mend="set smtp_security to starttls or tls; none is for loopback",
        )
    try:
        sender = address_of(settings.sender)
    except BadAddress as wrong:
        raise NotAllowed(f"sender is {settings.sender!r}: {wrong}", mend="write NAME <ADDRESS>") from wrong
    server = smtp.Server(
        host=host.strip("[]"),
        port=int(port),
        sender=sender,
        security=settings.smtp_security,
        user=settings.smtp_user or "",
        password=_first_line(settings.smtp_password_file),
        ca_file=settings.smtp_ca_file,
    )
    return smtp.Channel(server)


def _is_here(host: str) -> bool:
    return host in ("localhost", "[::1]") or host.startswith("127.")


def _first_line(file: Path | None) -> str:
    if file is None:
        return ""
    try:
        return (file.read_text(encoding="utf-8").splitlines() or [""])[0].strip()
    except (OSError, UnicodeDecodeError) as wrong:
        raise NotAllowed(
            f"the password file {file} cannot be read", mend="check that the file is there and may be read"
        ) from wrong


def outgoing(settings: Settings) -> Path:
    """Return the folder of the channel file: as set, else ``outgoing`` beside the database, else in this folder."""
    if settings.outgoing is not None:
        return settings.outgoing
    database = settings.database
    if database == ":memory:" or database.startswith("postgresql"):
        return Path.cwd() / FOLDER
    path = sqlite_path(database if "://" in database else f"sqlite:///{database}")
    return path.with_name(FOLDER) if path else Path.cwd() / FOLDER
