"""``deliveries``: what was sent to whom, what waits, what was given up and why, and trying it again."""

from __future__ import annotations

from pathlib import Path

import click

from inprocap_flow.cli import completing, layout
from inprocap_flow.cli.deliveries_shown import SAYS, _mend, _state, _to, lines_of, short, to_plain
from inprocap_flow.cli.session import Session, pass_session

STATES = ("pending", "sending", "sent", "dead", "withdrawn")


@click.group(invoke_without_command=True)
@click.pass_context
def deliveries(ctx: click.Context) -> None:
    """Messages on their way: list them, look at one, try again what was given up. Alone, it lists.

    Example: inprocap-flow deliveries
    """
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_)


@deliveries.command("list")
@click.option("--case", metavar="CASE", shell_complete=completing.cases, help="Only of this case.")
@click.option("--state", type=click.Choice(STATES), multiple=True, help="Only these; else pending, sending and dead.")
@click.option("--all", "everything", is_flag=True, help="What was sent and what was withdrawn too.")
@pass_session
def list_(session: Session, case: str | None = None, state: tuple[str, ...] = (), everything: bool = False) -> None:
    """List deliveries, the first planned first. The short name before each is enough to name it.

    Example: inprocap-flow deliveries list --state dead
    """
    from inprocap_flow.service.delivering.looking import OPEN, look
    from inprocap_flow.service.finding import find_case

    desk = session.reading_desk
    states = () if everything else state or OPEN
    wanted = session.wanted
    case_id = find_case(desk, case) if case else None
    found = look(desk, desk.store.deliveries(wanted, case_id=case_id, states=states), session.settings.language)
    waiting = len(desk.store.outbox(case_id=case_id))
    lines = [line for seen in found for line in lines_of(session, seen)]
    nothing = "No deliveries." if everything or state or waiting else "Nothing waits, and nothing was given up."
    session.answer(
        {"deliveries": [to_plain(seen) for seen in found], "waiting": waiting},
        [*(lines or [nothing]), *_waiting(waiting)],
    )


def _waiting(count: int) -> list[str]:
    """Say that messages wait for somebody to run what sends them."""
    if not count:
        return []
    what = "1 message waits" if count == 1 else f"{count} messages wait"
    return layout.wrapped(f"{what} for the scheduler: inprocap-flow scheduler, or once: inprocap-flow deliveries send")


@deliveries.command("show")
@click.argument("delivery")
@pass_session
def show(session: Session, delivery: str) -> None:
    """Show one delivery: what became of it and why, and what its recipient gets.

    Example: inprocap-flow deliveries show 7a1f02
    """
    from inprocap_flow.delivery.plain_text import plain_text
    from inprocap_flow.service.delivering.looking import find_delivery, letter_for, look

    desk = session.reading_desk
    entry = find_delivery(desk, delivery)
    (seen,) = look(desk, [entry], session.settings.language)
    letter = None if seen.forgotten else letter_for(desk, entry)
    subject, text = (letter.subject, plain_text(letter)) if letter else ("", seen.what)
    rows = [
        ("to", _to(entry)),
        ("state", _state(session, seen)),
        ("key", entry.bundle or "not named yet"),
        ("message", entry.message_id),
        ("mend", _mend(entry)),
    ]
    head = [f"Subject: {subject}", ""] if letter else []
    lines = [*layout.pairs(rows, indent=0), "", *head, *text.splitlines()]
    told = {"subject": subject, "text": text} if letter else None
    session.answer({"delivery": {**to_plain(seen), "letter": told}}, lines)


@deliveries.command("retry")
@click.argument("delivery", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Everything that was given up.")
@pass_session
def retry(session: Session, delivery: tuple[str, ...], everything: bool) -> None:
    """Try again what was given up: correct the address first. It goes out under its old key, with the next round.

    Example: inprocap-flow deliveries retry 7a1f02
    """
    from inprocap_flow.service.delivering.looking import find_delivery
    from inprocap_flow.service.delivering.looking import retry as retry_them

    if bool(delivery) == everything:
        raise click.UsageError("Name deliveries, or say --all.")
    desk = session.desk
    chosen = desk.store.deliveries(states=("dead",)) if everything else [find_delivery(desk, one) for one in delivery]
    count = retry_them(desk, chosen, desk.clock.now())
    said = "Nothing was given up." if not count else f"{count} tried again with the next round."
    session.answer({"retried": count}, [said])


@deliveries.command("send")
@pass_session
def send(session: Session) -> None:
    """Send what is due now, once, without the scheduler: for trying out, and for a timer of the operating system.

    Example: inprocap-flow deliveries send
    """
    from inprocap_flow.service.delivering import deliver_due, hand_over

    desk = session.desk
    now = desk.clock.now()
    handed = hand_over(desk, now)
    report = deliver_due(desk, now)
    plain = {"handed": handed, "sent": report.sent, "failed": report.failed, "dead": report.dead}
    said = f"{report.sent} sent, {report.failed} to be tried again, {report.dead} given up."
    session.answer(plain, [said, *_where(session, report.sent)])


@deliveries.command("bounced")
@click.argument("delivery")
@click.option("--reason", required=True, metavar="TEXT", help="What the mail server, or whoever knows, said.")
@pass_session
def bounced(session: Session, delivery: str, reason: str) -> None:
    """Record that a mail that was sent came back; whoever answers for the case is told.

    That it was sent, and when, stays. Example: inprocap-flow deliveries bounced 7a1f02 --reason "no such mailbox"
    """
    from inprocap_flow.errors import NotAllowed
    from inprocap_flow.service.delivering.looking import find_delivery
    from inprocap_flow.service.delivering.returning import came_back

    desk = session.desk
    entry = find_delivery(desk, delivery)
    count = came_back(desk, entry.bundle, reason, desk.clock.now()) if entry.bundle else 0
    if not count:
        raise NotAllowed(f"{short(entry)} {SAYS[entry.state]}", mend="only what was sent can come back")
    said = f"Recorded; with it {count - 1} more that went in the same mail." if count > 1 else "Recorded."
    again = f"Once the address is right: inprocap-flow deliveries retry {short(entry)}"
    session.answer({"bounced": count, "key": entry.bundle}, [said, *layout.wrapped(again)])


_READ = {
    "recorded": "came back, recorded",
    "known": "came back, and was known",
    "not_ours": "came back, but no mail of this database has its key",
    "not_final": "is late or has arrived; nothing is recorded",
    "no_notification": "is no delivery status notification",
    "unreadable": "cannot be read",
}


@deliveries.command("bounces")
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path(exists=True, path_type=Path))
@pass_session
def bounces(session: Session, files: tuple[Path, ...]) -> None:
    """Read mails that came back, from files and folders (a maildir, too), and record what they say.

    Only delivery status notifications (RFC 3464) are understood, and only those that quote the Message-ID of a mail of
    ours. Reading one again changes nothing. Example: inprocap-flow deliveries bounces returned/
    """
    from inprocap_flow.service.delivering.returning import read_returned

    desk = session.desk
    found = read_returned(desk, files, desk.clock.now())
    lines = [
        line
        for one in found
        for line in layout.bullet(f"{one.file.name}: {_READ[one.outcome]}{f': {one.reason}' if one.reason else ''}")
    ]
    plain = [{"file": str(one.file), "outcome": one.outcome, "key": one.key or None, "reason": one.reason or None}
             for one in found]  # fmt: skip
    recorded = sum(one.outcome == "recorded" for one in found)
    session.answer({"read": plain, "recorded": recorded}, lines or ["There is no file there."])


@deliveries.command("forget")
@click.option("--older-than", "days", type=click.IntRange(1, 36500), metavar="DAYS", help="Instead of the setting.")
@pass_session
def forget(session: Session, days: int | None) -> None:
    """Forget what old messages said; who was told what kind of thing, when and over what, stays.

    The scheduler does it every hour where the setting forget_messages_after gives a number of days. What waits or was
    given up is kept. Example: inprocap-flow deliveries forget --older-than 365
    """
    from inprocap_flow.errors import NotAllowed
    from inprocap_flow.service.delivering import forgetting

    desk = session.desk
    asked = days or desk.settings.forget_messages_after
    if not asked:
        raise NotAllowed("nobody said after how many days", mend="say --older-than DAYS, or set forget_messages_after")
    done = forgetting.forget(desk, desk.clock.now(), days=asked)
    said = f"{done.messages} messages forgotten, {done.files} files removed."
    session.answer({"forgotten": done.messages, "files": done.files}, [said])


def _where(session: Session, sent: int) -> list[str]:
    """Say where to look, as long as messages only go to files."""
    if not sent or session.settings.channel != "file":
        return []
    from inprocap_flow.service.delivering.routes import outgoing

    return layout.wrapped(f"They lie in {outgoing(session.settings)}; set channel to smtp to send mails.")


# ---------------------------------------------------------------------------------------------- one delivery
