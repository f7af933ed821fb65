"""Settings: the environment and one settings file, read into one typed record that never changes.

The environment wins over the file, the file over the default. All bad values are reported at once, each with
its name, what it says and the mend. Only the standard library is imported: this is on the start-up path.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from inprocap_flow.errors import InvalidInput, Place, Problem
from inprocap_flow.records import Field, field, names_of, record

if TYPE_CHECKING:
    from pathlib import Path  # imported where a path is made: it costs more than the rest of this module

PREFIX = "INPROCAP_FLOW_"
FILE_VARIABLE = "INPROCAP_FLOW_SETTINGS"
FILE_NAME = "inprocap-flow.toml"
DATABASES = ("sqlite", "postgresql", "postgresql+psycopg")
_ENVIRONMENT = Place("environment")
_BEFORE_THE_HOST = r"(?<=:)[^:@/]*(?=@)"  # a password


class _Bad(Exception):
    """How a reader says fact and mend; it never leaves this module."""

    def __init__(self, fact: str, mend: str) -> None:
        super().__init__(fact)
        self.fact, self.mend = fact, mend


# A reader turns what was written into a value. *base* is the folder that relative paths count from: the current
# folder for the environment, the folder of the settings file for what stands in it.


def _database(text: str, base: str) -> str:
    scheme, separator, _ = text.partition("://")
    if not separator:
        return text if text == ":memory:" else _joined(base, text)
    if scheme not in DATABASES:
        raise _Bad(f"no database of kind {scheme!r} is known", "write a file name, sqlite:///FILE or postgresql://...")
    return text


def _joined(base: str, text: str) -> str:
    if os.path.normpath(text) == text:  # as nearly all are; then a path would say the same
        return os.path.join(base, text)  # noqa: PTH118
    from pathlib import Path

    return str(Path(base) / text)


def _name(text: str, _base: str) -> str:
    if len(text) > 100 or not text.isprintable() or any(character.isspace() for character in text):
        raise _Bad("it is no id", "write an id of at most 100 characters without spaces, such as anna_berg")
    return text


def _file(text: str, base: str) -> Path:
    from pathlib import Path

    return Path(base) / Path(text).expanduser()


def _folder(text: str, base: str) -> Path:
    folder = _file(text, base)
    if not folder.is_dir():
        raise _Bad(f"{folder} is no folder", "name a folder that exists, or make it first")
    return folder


def _language(text: str, _base: str) -> str:
    if re.fullmatch(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*", text) is None:
        raise _Bad("it is no language code", "write a code such as en, de or pt-BR")
    return text


def _months(text: str, _base: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:5]) <= 1200):
        raise _Bad("it is no number of months", "write a whole number from 1 to 1200")
    return int(text)


def _seconds(text: str, _base: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:6]) <= 86_400):
        raise _Bad("it is no number of seconds", "write a whole number from 1 to 86400")
    return int(text)


def _tries(text: str, _base: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:3]) <= 50):
        raise _Bad("it is no number of tries", "write a whole number from 1 to 50")
    return int(text)


def _days(text: str, _base: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text[:6]) <= 36500):
        raise _Bad("it is no number of days", "write a whole number of days, or 0")
    return int(text)


def _hour(text: str, _base: str) -> str:
    if text != "off" and re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", text) is None:
        raise _Bad("it is no time of day", "write a time such as 08:00, or off")
    return text


def _server(text: str, _base: str) -> str:
    host, colon, port = text.rpartition(":")
    if re.fullmatch(r"[A-Za-z0-9.-]+|\[[0-9a-fA-F:.]+\]", host if colon else text) is None:
        raise _Bad("it is no server", "write a host, and a port if it is not 587, such as mail.example.org:587")
    if colon and not (port.isascii() and port.isdigit() and 1 <= int(port[:6]) <= 65535):
        raise _Bad("it has no port", "write a port from 1 to 65535 behind the colon")
    return text if colon else f"{text}:587"


def _mailbox(text: str, _base: str) -> str:
    # One line with one address at its end; the mail channel parses it with the email package, which is not light.
    if not text.isprintable() or re.search(r"(^|[\s<])[^\s@<>,;]+@[A-Za-z0-9.-]+>?$", text) is None:
        raise _Bad("it is no mail address", "write one such as Procurement <procurement@example.org>")
    return text


def _one_of(*allowed: str) -> Callable[[str, str], str]:
    def read(text: str, _base: str) -> str:
        if text not in allowed:
            raise _Bad("it is not one of the values known", f"write {' or '.join(allowed)}")
        return text

    return read


def _setting(default: Any, reads: Callable[[str, str], Any], says: str, *, many: bool = False) -> Any:
    return field(default=default, kw_only=True, metadata={"reads": reads, "says": says, "many": many})


@record
class Settings:
    """Everything an operator can set. Paths are complete; ``None`` means: not set."""

    database: str = _setting(
        "inprocap-flow.db", _database, "the database: a file, or a URL (sqlite:///FILE, postgresql://USER@HOST/NAME)"
    )
    documents: Path | None = _setting(
        None, _file, "the folder of the documents; a SQLite file has one beside it, PostgreSQL needs it named"
    )
    organisation: str | None = _setting(None, _name, "the organisation one acts for, if a command names none")
    actor: str | None = _setting(None, _name, "the person who acts, if a command names none")
    role: str | None = _setting(None, _name, "the role one acts in, if a command names none")
    key_file: Path | None = _setting(None, _file, "the file with the key for sealed values; keep it off the database")
    definitions: Path | None = _setting(
        None, _folder, "the folder of your own definitions; without it, those that are shipped"
    )
    hook_folders: tuple[Path, ...] = _setting(
        (), _folder, "the folders that hook files may be loaded from, beside the shipped one", many=True
    )
    answers: Path | None = _setting(
        None, _file, "the folder where check keeps what took long to find; without it, the usual one of the user"
    )
    explore_seconds: int | None = _setting(
        None, _seconds, "how many seconds of computing check and release explore each procedure; without it 60"
    )
    language: str = _setting("en", _language, "the language of titles, guidance and messages")
    law_stale_after_months: int = _setting(
        12, _months, "how many months a confirmation of a value of law counts before it is called stale"
    )
    channel: Literal["file", "console", "smtp"] = _setting(
        "file", _one_of("file", "console", "smtp"), "how people are told: files in a folder, the terminal, or mail"
    )
    outgoing: Path | None = _setting(
        None, _file, "the folder of the channel file; without it, outgoing beside the database"
    )
    digest_at: str = _setting(
        "off", _hour, "when people get what is not urgent, together, in the organisation's zone; off: at once"
    )
    delivery_tries: int = _setting(12, _tries, "how often a message is tried before it is given up; 12 take a day")
    forget_messages_after: int = _setting(
        0, _days, "after how many days what a message said is forgotten, but not that it was sent; 0 keeps it"
    )
    smtp_server: str | None = _setting(None, _server, "the mail server of the channel smtp, host:port")
    smtp_security: Literal["starttls", "tls", "none"] = _setting(
        "starttls",
        _one_of("starttls", "tls", "none"),
        "how the connection to it is protected; none only for a server on this machine",
    )
    smtp_user: str | None = _setting(None, _name, "the name to log in with, if the mail server wants one")
    smtp_password_file: Path | None = _setting(None, _file, "the file whose first line is the password to log in with")
    smtp_ca_file: Path | None = _setting(
        None, _file, "certificates to trust, for a mail server with a certificate of the house"
    )
    sender: str | None = _setting(None, _mailbox, "the address that mails come from, with a name if you like")
    webhooks: Path | None = _setting(None, _file, "the file that names the endpoints that webhooks go to")
    queue: Literal["none", "procrastinate"] = _setting(
        "none",
        _one_of("none", "procrastinate"),
        "who sends: the scheduler, or workers on several machines (procrastinate, with PostgreSQL)",
    )
    log_format: Literal["text", "json"] = _setting("text", _one_of("text", "json"), "how log lines are written")
    log_level: Literal["debug", "info", "warning", "error"] | None = _setting(
        None,
        _one_of("debug", "info", "warning", "error"),
        "the least level that is written to the log; without it info for scheduler and worker, else warning",
    )

    def __repr__(self) -> str:
        """Return the settings without the password that a database URL may carry."""
        return f"Settings({', '.join(f'{name}={self._shown(name)}' for name in names_of(self))})"

    def _shown(self, name: str) -> str:
        return _masked(repr(getattr(self, name)))


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
        Description(name, _variable(name), _default(said.default), said.metadata["says"])
        for name, said in _said().items()
    )


def load(environ: Mapping[str, str] | None = None, folder: Path | None = None) -> Settings:
    """Read the settings file and the environment (both can be given, for tests).

    The file is the one that INPROCAP_FLOW_SETTINGS names, else ``inprocap-flow.toml`` in *folder* (the current
    one), if it is there. An empty variable counts as not set. A name that is not known is refused, because a
    misspelt setting that is passed over in silence is the worst kind. Raises InvalidInput with every problem.
    """
    environ = os.environ if environ is None else environ
    base = os.getcwd() if folder is None else str(folder)  # noqa: PTH109
    found = _Found({"database": _joined(base, Settings().database)}, [])
    file = _settings_file(environ, base, found)
    if file is not None:
        _read_file(file, found)
    _read_environment(environ, base, found)
    if found.problems:
        raise InvalidInput(found.problems)
    return Settings(**found.values)


@record
class _Found:
    """What was read so far; both grow. A later value replaces an earlier one."""

    values: dict[str, Any]
    problems: list[Problem]

    def problem(self, place: Place, fact: str, mend: str) -> None:
        self.problems.append(Problem(place, "bad-settings", fact, mend))

    def unknown(self, place: Place, name: str, known: Sequence[str]) -> None:
        from difflib import get_close_matches

        near = get_close_matches(name, known, n=1)
        mend = f"did you mean {near[0]}?" if near else f"known are {', '.join(known)}"
        self.problem(place, f"no setting is called {name}", mend)


def _settings_file(environ: Mapping[str, str], base: str, found: _Found) -> Path | None:
    named = environ.get(FILE_VARIABLE)
    file = os.path.join(base, named or FILE_NAME)  # noqa: PTH118
    if os.path.isfile(file):  # noqa: PTH113
        from pathlib import Path

        return Path(file)
    if named:
        fact = f"{FILE_VARIABLE} is {named!r}, but no such file exists"
        found.problem(_ENVIRONMENT, fact, "name a file that exists, or unset the variable")
    return None


def _read_environment(environ: Mapping[str, str], base: str, found: _Found) -> None:
    keys = {_variable(name): name for name in names_of(Settings)}
    for name, text in environ.items():
        if not name.startswith(PREFIX) or name == FILE_VARIABLE:
            continue
        if name not in keys:
            found.unknown(_ENVIRONMENT, name, [*keys, FILE_VARIABLE])
        elif text:
            parts = text.split(os.pathsep) if _is_list(keys[name]) else [text]
            _read(keys[name], parts, base, _ENVIRONMENT, found)


def _read_file(file: Path, found: _Found) -> None:
    text = _text_of(file, found)
    known = names_of(Settings)
    for key, written in _document(file, text, found).items():
        line = _line_of(key, text)
        place = Place(str(file), line, 1 if line else 0)
        parts = written if isinstance(written, list) and _is_list(key) else [written]
        if key not in known:
            found.unknown(place, key, known)
        elif not all(isinstance(part, str | int) and not isinstance(part, bool) for part in parts):
            mend = f'write {key} = ["...", "..."]' if _is_list(key) else f'write {key} = "..."'
            found.problem(place, f"{key} must be text", mend)
        else:
            _read(key, [str(part) for part in parts], str(file.resolve().parent), place, found)


def _read(key: str, parts: Sequence[str], base: str, place: Place, found: _Found) -> None:
    reads = _said()[key].metadata["reads"]
    try:
        values = [reads(_not_empty(part), base) for part in parts]
    except _Bad as bad:
        name = _variable(key) if place is _ENVIRONMENT else key
        found.problem(place, f"{name} is {_masked(os.pathsep.join(parts))!r}: {bad.fact}", bad.mend)
    else:
        found.values[key] = tuple(values) if _is_list(key) else values[0]


def _not_empty(text: str) -> str:
    if not text.strip() or "\0" in text:
        raise _Bad("it says nothing", "write a value, or leave the setting out")
    return text


def _text_of(file: Path, found: _Found) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError as wrong:
        found.problem(Place(str(file)), f"byte {wrong.start} is not UTF-8", "save the file as UTF-8")
    except OSError as wrong:
        found.problem(Place(str(file)), f"it cannot be read: {wrong.strerror}", "make the file readable")
    return ""


def _document(file: Path, text: str, found: _Found) -> dict[str, Any]:
    import tomllib  # only whoever has a settings file pays for its parser

    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as wrong:  # not only TOMLDecodeError: a number may have too many digits
        fact, _, where = str(wrong).partition(" (at ")
        at = re.fullmatch(r"line (\d+), column (\d+)\)", where)
        place = Place(str(file), int(at[1]), int(at[2])) if at else Place(str(file))
        found.problem(place, f"this is not TOML: {fact}", 'write lines such as actor = "anna_berg"')
        return {}


def _line_of(key: str, text: str) -> int:
    found = re.search(rf"^[ \t]*[\[\"']*{re.escape(key)}\b", text, re.MULTILINE)
    return text.count("\n", 0, found.start()) + 1 if found else 0


def _variable(key: str) -> str:
    return PREFIX + key.upper()


def _is_list(key: str) -> bool:
    described = _said().get(key)
    return described is not None and bool(described.metadata["many"])


def _said() -> Mapping[str, Field]:
    fields: Mapping[str, Field] = Settings.__record_fields__  # type: ignore[attr-defined]
    return fields


def _default(value: object) -> str:
    return "" if value is None or value == () else str(value)


def _masked(text: str) -> str:
    return re.sub(_BEFORE_THE_HOST, "...", text) if "://" in text else text
