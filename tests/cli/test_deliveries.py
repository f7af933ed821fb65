"""Messages on their way, as an operator sees them: from the step that told to the file that lies there."""

from __future__ import annotations

from pathlib import Path

from inprocap_flow.cli.deliveries import STATES
from inprocap_flow.service.delivering import looking
from tests.cli.conftest import Lab

SENT = "01-08 09:05"


def test_what_a_step_has_told_lies_in_files_and_in_the_list(called: Lab) -> None:
    assert "2 messages wait for the scheduler" in called.done(SENT, "deliveries")
    assert called.done(SENT, "deliveries", "send").startswith("2 sent, 0 to be tried again, 0 given up.\nThey lie in")
    files = sorted((called.folder / "outgoing").rglob("*.txt"))
    assert [file.parent.name for file in files] == ["ben", "dora"]
    dora = files[1].read_text(encoding="utf-8")
    assert "Done: Send call." in dora
    assert f"inprocap-flow show {called.case}" in dora
    assert called.done(SENT, "deliveries") == "Nothing waits, and nothing was given up.\n"
    listed = called.done(SENT, "deliveries", "list", "--all")
    assert "to dora (role:legal), file; Cooling\n        sent Thu 2026-01-08 09:05, 1 try" in listed
    assert max(map(len, listed.splitlines())) <= 80


def test_sending_again_sends_nothing_again(called: Lab) -> None:
    called.done(SENT, "deliveries", "send")
    assert called.json(SENT, "deliveries", "send") == {"handed": 0, "sent": 0, "failed": 0, "dead": 0}


def _given_up(lab: Lab) -> str:
    """Let one message be given up: erased people have no address. Return its short name."""
    lab.done("01-08 09:01", "people", "erase", "dora", "--yes", "--as", "ben")
    lab.done(SENT, "deliveries", "send")
    (dead,) = lab.json(SENT, "deliveries", "list", "--state", "dead")["deliveries"]
    return str(dead["short"])


def test_what_was_given_up_says_why_and_what_mends_it(called: Lab) -> None:
    name = _given_up(called)
    shown = called.done(SENT, "deliveries", "show", name)
    assert "given up: nobody can be reached" in shown
    assert f"deliveries retry\n         {name}" in shown or f"retry {name}" in shown
    assert "Done: Send call." in shown
    listed = called.done(SENT, "deliveries", "list", "--case", called.case)
    assert listed.splitlines()[1:] == [
        "        to role:legal (nobody there); Cooling",
        "        given up: nobody can be reached: no such person, or no address",
    ]


def test_only_what_was_given_up_is_tried_again_by_hand(called: Lab) -> None:
    name = _given_up(called)
    assert called.done(SENT, "deliveries", "retry", name) == "1 tried again with the next round.\n"
    refused = called(SENT, "deliveries", "retry", name)
    assert refused.exit_code == 1
    assert "is pending" in refused.stderr
    called.done(SENT, "deliveries", "send")
    assert called.json(SENT, "deliveries", "retry", "--all") == {"retried": 1}


def test_a_delivery_is_named_by_its_end_its_id_or_its_key(called: Lab) -> None:
    called.done(SENT, "deliveries", "send")
    (dora,) = [
        one for one in called.json(SENT, "deliveries", "list", "--all")["deliveries"] if one["recipient"] == "dora"
    ]
    found = {
        called.json(SENT, "deliveries", "show", name)["delivery"]["delivery"]
        for name in (dora["short"], dora["delivery"], dora["key"])
    }
    assert found == {dora["delivery"]}
    assert called(SENT, "deliveries", "show", "zzzzzz").exit_code == 1


def test_nothing_sealed_is_shown(bid_in: Lab) -> None:
    bid_in.done("02-10 10:00", "deliveries", "send")
    told = bid_in.done("02-10 10:00", "deliveries", "list", "--all", "--json")
    files = "".join(path.read_text(encoding="utf-8") for path in Path(bid_in.folder / "outgoing").rglob("*.txt"))
    assert files
    assert "51234" not in told + files
    assert "secret" not in told + files


def test_the_states_that_can_be_asked_for_are_those_there_are() -> None:
    assert STATES == looking.STATES
    assert set(looking.OPEN) < set(STATES)


def test_a_mail_that_came_back_is_recorded_by_hand_and_what_is_old_is_forgotten(called: Lab) -> None:
    called.done("01-08 09:30", "deliveries", "send")
    first = called.json("01-08 10:00", "deliveries", "list", "--all")["deliveries"]
    short = next(one["short"] for one in first if one["state"] == "sent")
    text = called.done("01-09 09:00", "deliveries", "bounced", short, "--reason", "no such mailbox")
    assert f"deliveries retry {short}" in " ".join(text.split())
    assert "given up after 1 try: came back: no such mailbox" in " ".join(
        called.done("01-09 10:00", "deliveries").split()
    )
    again = called("01-09 10:00", "deliveries", "bounced", short, "--reason", "x")
    assert again.exit_code == 1
    assert "only what was sent can come back" in again.stderr
    refused = called("02-09 10:00", "deliveries", "forget")
    assert "forget_messages_after" in refused.stderr
    done = called.json("03-09 10:00", "deliveries", "forget", "--older-than", "30")
    assert done["forgotten"] == done["files"] > 0
    kept = called.json("03-09 10:00", "deliveries", "list", "--all")["deliveries"]
    sent = next(one for one in kept if one["state"] == "sent")
    assert "forgotten" in sent["what"]
    assert "was forgotten" in called.done("03-09 10:00", "deliveries", "show", sent["short"])


def test_files_that_are_no_notifications_are_named(called: Lab) -> None:
    file = called.file("lunch.eml", "Subject: Lunch?\n\nAt noon.\n")
    text = called.done("01-09 09:00", "deliveries", "bounces", file)
    assert "lunch.eml: is no delivery status notification" in text
