"""``key``: the master keys that everything sealed rests on: list them, change to a new one, drop an old one."""

from __future__ import annotations

import click

from inprocap_flow.cli import layout
from inprocap_flow.cli.definitions import counted
from inprocap_flow.cli.session import Session, pass_session
from inprocap_flow.service.opening import key_path


@click.group("key")
def key() -> None:
    """The master keys in the key file, which everything sealed rests on: list, change, drop.

    These are acts of whoever runs the machine: they need the key file, not a role.
    """


@key.command("list")
@pass_session
def list_(session: Session) -> None:
    """List the master keys by id, and how many cases each still opens. No key itself is ever shown."""
    from inprocap_flow.service.keys import master_keys

    found = master_keys(session.reading_desk)
    rows = [
        [
            one.id,
            "current" if one.current else "old" if one.here else "MISSING from the file",
            counted(one.cases, "case"),
        ]
        for one in found
    ]
    path = str(key_path(session.settings))
    plain = {"key_file": path, "keys": [{name: getattr(one, name) for name in one.__slots__} for one in found]}
    session.answer(plain, [*layout.table(rows), "", f"Key file: {path}"])


@key.command("change")
@pass_session
def change(session: Session) -> None:
    """Draw a new master key, and wrap the key of every case by it. Run it again if it was stopped: it goes on.

    The old key stays in the key file until you drop it, so everything can be read all the time. Back up the key file
    before (to be able to read old backups of the database) and afterwards. Example: inprocap-flow key change
    """
    from inprocap_flow.service.keys import change_master_key

    def tell(done: int) -> None:
        session.note(f"{counted(done, 'case')} done")

    made = change_master_key(session.reading_desk, tell=tell)
    what = "is new" if made.drawn else "goes on from a change that was stopped"
    lines = layout.wrapped(f"{made.current} {what}; wrapped anew: the keys of {counted(made.cases, 'case')}.")
    lines += layout.wrapped("Back up the key file now, apart from the database.")
    for old in made.old:
        lines += [f"When no backup needs it any more:  inprocap-flow key drop {old}"]
    plain = {"current": made.current, "drawn": made.drawn, "cases": made.cases, "old": list(made.old)}
    session.answer(plain, lines)


@key.command("drop")
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask; for scripts.")
@pass_session
def drop(session: Session, name: str, yes: bool) -> None:
    """Take the old master key NAME out of the key file. Refused while any case needs it.

    Backups of the database from before the change need it still: keep it with them, or let them go.
    """
    from inprocap_flow.service.keys import drop_master_key

    if not yes:
        click.confirm(f"Drop {name}? Older backups cannot be read without it.", abort=True, err=True)
    drop_master_key(session.reading_desk, name)
    session.answer({"dropped": name}, [f"{name} is not in the key file any more."])
