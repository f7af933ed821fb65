"""A PostgreSQL of our own that may be killed: what it has committed must be there when it is back."""

from __future__ import annotations

import os
import random
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.postgres import database, start_once, stop
from tests.simulator.faults import Fault

LONGEST_RECOVERY = 60  # seconds


@contextmanager
def mortal_server() -> Iterator[str]:
    """Start a server that may be killed, and stop it in the end; yield its URL. Raises `tests.postgres.NoServer`.

    It does not wait for the disk: we kill the server, not the machine.
    """
    with tempfile.TemporaryDirectory(prefix="inprocap-mortal-") as above:
        Path(above).chmod(0o711)
        folder = Path(above) / "server"
        server = start_once(folder)
        try:
            yield server
        finally:
            stop(folder)


@contextmanager
def mortal_database(server: str) -> Iterator[str]:
    """Make an empty database that waits for its log at each commit; drop it when the server is back. Yield its URL."""
    import psycopg

    with database(server) as url:
        name = url.partition("?")[0].rpartition("/")[2]
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"alter database {name} set synchronous_commit = on")
        try:
            yield url
        finally:
            wait_for(url)


def kill_server(url: str) -> None:
    """Kill the process that serves one connection to the database of *url*; return when all is recovered.

    The server then ends every connection and reads its log again, as after the loss of the machine.
    """
    import psycopg

    asked = "select pid from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
    with suppress(psycopg.OperationalError), psycopg.connect(_plain(url), autocommit=True) as connection:
        served = [int(row[0]) for row in connection.execute(asked)]
        assert served, "nobody is connected"
        os.kill(served[0], signal.SIGKILL)
        until = time.monotonic() + LONGEST_RECOVERY
        while time.monotonic() < until:  # until it has noticed, and ends this connection, too
            connection.execute("select 1")
            time.sleep(0.002)
    wait_for(url)


def wait_for(url: str) -> None:
    """Wait until the server has recovered. Raises the driver's error when that takes too long."""
    import psycopg

    until = time.monotonic() + LONGEST_RECOVERY
    while True:
        try:
            psycopg.connect(_plain(url)).close()
        except psycopg.OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(0.02)
        else:
            return


def _plain(url: str) -> str:
    return url.replace("postgresql+psycopg://", "postgresql://", 1)


@dataclass
class ServerKilling(Fault):
    """Kills the server's process for one connection at one statement: the server drops everybody and recovers.

    The statement then fails, or the one after it: the request does not know whether it was done.
    """

    url: str = ""

    def strike(self) -> None:
        kill_server(self.url)
        self.at = self.text = None  # once is enough
        self.struck = True


def kills_server(url: str) -> Callable[[random.Random, float], Fault]:
    """Return how a simulator draws its faults on the server at *url*: in three of ten at the commit."""

    def drawn(chance: random.Random, rate: float) -> Fault:
        if chance.random() >= rate:
            return Fault()
        after_it = chance.random() < 0.5
        if chance.random() < 0.3:
            return ServerKilling(text="COMMIT", after_it=after_it, url=url)
        return ServerKilling(at=chance.randint(2, 14), after_it=after_it, url=url)

    return drawn
