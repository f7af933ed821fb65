"""Every setting with its default, how it is read and what it is: one typed record that never changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Literal

from inprocap_flow.records import Field, field, names_of, record
from inprocap_flow.settings import readers

if TYPE_CHECKING:
    from pathlib import Path  # imported where a path is made: it costs more than the rest of this package

PREFIX = "INPROCAP_FLOW_"


def _setting(default: Any, reads: Callable[[str, str], Any], says: str, *, many: bool = False) -> Any:
    return field(default=default, kw_only=True, metadata={"reads": reads, "says": says, "many": many})


@record
class Settings:
    """Everything an operator can set. Paths are complete; ``None`` means: not set."""

    database: str = _setting(
        "inprocap-flow.db",
        readers.database,
        "the database: a file, or a URL (sqlite:///FILE, postgresql://USER@HOST/NAME)",
    )
    documents: Path | None = _setting(
        None, readers.file, "the folder of the documents; a SQLite file has one beside it, PostgreSQL needs it named"
    )
    organisation: str | None = _setting(None, readers.name, "the organisation one acts for, if a command names none")
    actor: str | None = _setting(None, readers.name, "the person who acts, if a command names none")
    role: str | None = _setting(None, readers.name, "the role one acts in, if a command names none")
    key_file: Path | None = _setting(
        None, readers.file, "the file with the key for sealed values; keep it off the database"
    )
    definitions: Path | None = _setting(
        None, readers.folder, "the folder of your own definitions; without it, those that are shipped"
    )
    hook_folders: tuple[Path, ...] = _setting(
        (), readers.folder, "the folders that hook files may be loaded from, beside the shipped one", many=True
    )
    answers: Path | None = _setting(
        None, readers.file, "the folder where check keeps what took long to find; without it, the usual one of the user"
    )
    explore_seconds: int | None = _setting(
        None,
        readers.number_of("seconds", 1, 86_400),
        "how many seconds of computing check and release explore each procedure; without it 60",
    )
    language: str = _setting("en", readers.language, "the language of titles, guidance and messages")
    law_stale_after_months: int = _setting(
        12,
        readers.number_of("months", 1, 1200),
        "how many months a confirmation of a value of law counts before it is called stale",
    )
    channel: Literal["file", "console", "smtp"] = _setting(
        "file",
        readers.one_of("file", "console", "smtp"),
        "how people are told: files in a folder, the terminal, or mail",
    )
    outgoing: Path | None = _setting(
        None, readers.file, "the folder of the channel file; without it, outgoing beside the database"
    )
    digest_at: str = _setting(
        "off", readers.hour, "when people get what is not urgent, together, in the organisation's zone; off: at once"
    )
    delivery_tries: int = _setting(
        12, readers.number_of("tries", 1, 50), "how often a message is tried before it is given up; 12 take a day"
    )
    forget_messages_after: int = _setting(
        0,
        readers.number_of("days", 0, 36_500),
        "after how many days what a message said is forgotten, but not that it was sent; 0 keeps it",
    )
    smtp_server: str | None = _setting(None, readers.server, "the mail server of the channel smtp, host:port")
    smtp_security: Literal["starttls", "tls", "none"] = _setting(
        "starttls",
        readers.one_of("starttls", "tls", "none"),
        "how the connection to it is protected; none only for a server on this machine",
    )
    smtp_user: str | None = _setting(None, readers.name, "the name to log in with, if the mail server wants one")
    smtp_password_file: Path | None = _setting(
        None, readers.file, "the file whose first line is the password to log in with"
    )
    smtp_ca_file: Path | None = _setting(
        None, readers.file, "certificates to trust, for a mail server with a certificate of the house"
    )
    sender: str | None = _setting(None, readers.mailbox, "the address that mails come from, with a name if you like")
    webhooks: Path | None = _setting(None, readers.file, "the file that names the endpoints that webhooks go to")
    queue: Literal["none", "procrastinate"] = _setting(
        "none",
        readers.one_of("none", "procrastinate"),
        "who sends: the scheduler, or workers on several machines (procrastinate, with PostgreSQL)",
    )
    log_format: Literal["text", "json"] = _setting("text", readers.one_of("text", "json"), "how log lines are written")
    log_level: Literal["debug", "info", "warning", "error"] | None = _setting(
        None,
        readers.one_of("debug", "info", "warning", "error"),
        "the least level that is written to the log; without it info for scheduler and worker, else warning",
    )

    def __repr__(self) -> str:
        """Return the settings without the password that a database URL may carry."""
        return f"Settings({', '.join(f'{name}={self._shown(name)}' for name in names_of(self))})"

    def _shown(self, name: str) -> str:
        return readers.masked(repr(getattr(self, name)))


@record
class Description:
    """One setting as the documentation shows it. *key* stands in the settings file, *variable* in the environment."""

    key: str
    variable: str
    default: str
    says: str


def describe() -> tuple[Description, ...]:
    """Return all settings in the order in which they are explained."""
    return tuple(
        Description(name, variable_of(name), _default(said.default), said.metadata["says"])
        for name, said in said_of_each().items()
    )


def variable_of(key: str) -> str:
    """Return the variable of the environment that holds a setting."""
    return PREFIX + key.upper()


def is_list(key: str) -> bool:
    """Return whether a setting may have several values."""
    described = said_of_each().get(key)
    return described is not None and bool(described.metadata["many"])


def said_of_each() -> Mapping[str, Field]:
    """Return each setting with its default and, as metadata, its reader, its explanation and whether it is a list."""
    fields: Mapping[str, Field] = Settings.__record_fields__  # type: ignore[attr-defined]
    return fields


def _default(value: object) -> str:
    return "" if value is None or value == () else str(value)
