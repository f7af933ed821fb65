"""Which ways out of the house an installation has, and what goes over which."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from inprocap_flow.delivery.parcels import Channel
from inprocap_flow.errors import NotAllowed
from inprocap_flow.records import field, record
from inprocap_flow.settings import Settings
from inprocap_flow.store.connection import sqlite_path

NOWHERE = "none"  # the channel of a delivery for which nobody could be found
WEBHOOK = "webhook:"  # begins the name of a channel that goes to an endpoint
FOLDER = "outgoing"


@record
class Routes:
    """The channels by name. People are reached over ``to_people``."""

    to_people: str
    channels: Mapping[str, Channel] = field(default_factory=dict)

    @property
    def needs_mail(self) -> bool:
        return self.to_people == "smtp"

    def close(self) -> None:
        for channel in self.channels.values():
            channel.close()


def open_routes(settings: Settings) -> Routes:
    """Return the ways that *settings* open. Nothing is connected before something is sent. Raises NotAllowed."""
    return Routes(settings.channel, {settings.channel: _to_people(settings)})


def _to_people(settings: Settings) -> Channel:
    if settings.channel == "console":
        from inprocap_flow.delivery.channels import console

        return console.Channel()
    if settings.channel == "file":
        from inprocap_flow.delivery.channels import file

        return file.Channel(outgoing(settings))
    raise NotAllowed("no mail server is set", mend="set smtp_server and sender, or channel to file")


def outgoing(settings: Settings) -> Path:
    """Return the folder of the channel file: as set, else ``outgoing`` beside the database, else in this folder."""
    if settings.outgoing is not None:
        return settings.outgoing
    database = settings.database
    if database == ":memory:" or database.startswith("postgresql"):
        return Path.cwd() / FOLDER
    path = sqlite_path(database if "://" in database else f"sqlite:///{database}")
    return path.with_name(FOLDER) if path else Path.cwd() / FOLDER
