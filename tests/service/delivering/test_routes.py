"""Which ways the settings open, what they refuse, and the whole way from a step to a real mailbox and endpoint."""

from __future__ import annotations

import json
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest

from inprocap_flow.delivery.channels import console, file, smtp
from inprocap_flow.errors import InvalidInput, NotAllowed
from inprocap_flow.service.delivering.routes import open_routes, outgoing
from inprocap_flow.service.desk import Desk
from inprocap_flow.settings import Settings, load
from tests.cli.conftest import Lab, bid_in_, called, called_, drafted_, home, ready_, released_  # noqa: F401 - fixtures
from tests.delivery.test_smtp import Mailboxes, serving
from tests.delivery.test_webhooks import Platform, listening

MAILS = {"channel": "smtp", "smtp_server": "mail.example.org:587", "sender": "Flow <flow@example.org>"}


def _routes(**settings: Any) -> Any:
    return open_routes(Desk(store=None, settings=Settings(**settings)))  # type: ignore[arg-type]


def test_without_any_setting_messages_become_files_beside_the_database(tmp_path: Path) -> None:
    routes = _routes(database=str(tmp_path / "cases.db"))
    channel = routes.channels["file"]
    assert isinstance(channel, file.Channel)
    assert channel.folder == tmp_path / "outgoing"
    assert not channel.folder.exists()


@pytest.mark.parametrize("database", [":memory:", "postgresql://db.example.org/flow"])
def test_a_database_that_is_no_file_has_the_folder_where_one_stands(database: str) -> None:
    assert outgoing(Settings(database=database)) == Path.cwd() / "outgoing"


def test_messages_can_go_to_the_terminal() -> None:
    assert isinstance(_routes(channel="console").channels["console"], console.Channel)


def test_a_mail_server_is_what_the_settings_say(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("secret words\nnot this\n", encoding="utf-8")
    more = {"smtp_security": "tls", "smtp_user": "flow", "smtp_password_file": tmp_path / "password"}
    routes = _routes(**MAILS, **more)
    assert routes.needs_mail
    server = routes.channels["smtp"].server
    assert (server.host, server.port, server.security) == ("mail.example.org", 587, "tls")
    assert (server.user, server.password, str(server.sender)) == ("flow", "secret words", "Flow <flow@example.org>")
    assert isinstance(routes.channels["smtp"], smtp.Channel)


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "no server": ({**MAILS, "smtp_server": None}, "smtp_server is not set"),
    "no sender": ({**MAILS, "sender": None}, "sender is not set"),
    "in the open": ({**MAILS, "smtp_security": "none"}, "would travel in the open"),
    "no password file": ({**MAILS, "smtp_password_file": Path("/nowhere/password")}, "cannot be read"),
    "two senders": ({**MAILS, "sender": "a@example.org, b@example.org"}, "it is no mail address"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_settings_that_lead_nowhere_are_refused_with_the_mend(what: str) -> None:
    settings, fact = REFUSED[what]
    with pytest.raises(NotAllowed, match=fact) as refused:
        _routes(**settings)
    assert refused.value.mend


BAD = {
    "SMTP_SERVER": ("mail example", "mail.example.org:99999", "mail.example.org:x", "a/b"),
    "SENDER": ("nobody", "two@lines\n@x", "@example.org"),
    "DIGEST_AT": ("8", "24:00", "08:60", "morning"),
    "DELIVERY_TRIES": ("0", "51", "-1", "ten"),
    "CHANNEL": ("pigeon",),
    "QUEUE": ("celery",),
}


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in BAD.items() for value in values])
def test_a_bad_setting_is_refused_where_it_is_read(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(InvalidInput, match=f"INPROCAP_FLOW_{name}"):
        load({f"INPROCAP_FLOW_{name}": value}, tmp_path)


@pytest.mark.parametrize("server", ["mail.example.org", "127.0.0.1:25", "[::1]:25", "localhost"])
def test_a_server_may_be_named_with_its_port_or_without(tmp_path: Path, server: str) -> None:
    found = load({"INPROCAP_FLOW_SMTP_SERVER": server}, tmp_path).smtp_server
    assert found == (server if server.endswith("25") else f"{server}:587")


# ---------------------------------------------------------------------------------------------- the whole way


def test_what_a_step_tells_arrives_as_mail_and_as_webhook(called: Lab, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    """Typed on the command line: the call is sent, legal is told by mail, the platform publishes."""
    boxes, platform = Mailboxes(), Platform()
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with serving(boxes) as port, listening(platform) as url:
        table = f'[platform]\nurl = "{url}"\nsecrets = ["{platform.secret}"]\ntakes = ["public", "publisher"]\n'
        said = {
            "channel": "smtp",
            "smtp_server": f"127.0.0.1:{port}",
            "smtp_security": "none",
            "sender": "Procurement <procurement@example.org>",
            "webhooks": called.file("webhooks.toml", table),
        }
        for name, value in said.items():
            monkeypatch.setenv(f"INPROCAP_FLOW_{name.upper()}", value)
        # The webhook is signed with the time of the try, so the clock of the machine must be that of the command.
        answer = json.loads(called.plain("deliveries", "send", "--json").stdout)
    assert (answer["sent"], answer["failed"], answer["dead"]) == (2, 0, 0)
    (mail,) = [message_from_bytes(envelope.content, policy=default) for envelope in boxes.taken]  # type: ignore[arg-type]
    assert mail["To"] == "dora@example.org"
    assert mail["Subject"] == "Done: Send call - Cooling"
    (told,) = platform.accepted
    assert (told["type"], told["data"]["case"], told["data"]["about"]) == (
        "case.published",
        called.case,
        ["specification"],
    )
