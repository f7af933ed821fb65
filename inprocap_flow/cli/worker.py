"""``worker``: hand over and send what the queue says, on one of several machines."""

from __future__ import annotations

import click

from inprocap_flow.cli.session import Session, pass_session


@click.command()
@click.option("--once", is_flag=True, help="Work until the queue is empty, then stop.")
@pass_session
def worker(session: Session, once: bool) -> None:
    """Send messages beside other workers, on this machine or on others. Runs until it is stopped.

    It needs PostgreSQL and the setting queue = "procrastinate". A scheduler must run too, on one machine or two: it
    finds what is due and asks the workers. Ctrl-C or SIGTERM stops a worker after what it is sending.

    Example: inprocap-flow worker
    """
    from inprocap_flow.service.delivering.working import work

    session.log_what_happens()
    desk = session.desk
    session.note("Working on the queue of deliveries; Ctrl-C stops it." if not once else "Working until it is empty.")
    work(desk, wait=not once)
    session.answer({"stopped": True}, ["Stopped."])
