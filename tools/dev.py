#!/usr/bin/env python3
"""Set up and run everything: ``python3 tools/dev.py demo`` and ``python3 tools/dev.py test``.

Needs Python 3.11 or newer and pip, nothing else: no make, no uv, no ensurepip. It makes the virtual environment
``.venv`` (or the folder named by INPROCAP_VENV), installs the locked requirements into it, wheels only and each
checked against its hash, then the project itself, and runs the command with it. A second run installs nothing.

One file, and readable by an old Python too (hence the quoted annotations), so that it can say that it is too old.
"""

import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, Iterable, Iterator  # noqa: UP035 - an old Python reads this too

OLDEST = (3, 11)
HERE = Path(__file__).resolve().parent.parent
LOCKS = HERE / "requirements"
VENV = Path(os.environ.get("INPROCAP_VENV") or HERE / ".venv").absolute()
SCRIPTS = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = SCRIPTS / ("python.exe" if os.name == "nt" else "python")
STAMP = VENV / ".inprocap-installed.json"
UNFINISHED = VENV / ".inprocap-unfinished"  # there while something is being installed, and after it was cut short
CHECKED = ("inprocap_flow", "workflows", "tools", "tests", "benchmarks")

# Settings of the user's pip or Python that would put packages elsewhere, or other packages before ours.
UNWANTED = (
    "PIP_CONSTRAINT", "PIP_PREFIX", "PIP_PYTHON", "PIP_REQUIREMENT", "PIP_REQUIRE_VIRTUALENV", "PIP_ROOT", "PIP_TARGET",
    "PIP_USER", "PYTHONHOME", "PYTHONPATH", "VIRTUAL_ENV", "__PYVENV_LAUNCHER__",
)  # fmt: skip

HELP = """\
python3 tools/dev.py COMMAND [ARGUMENTS]

  demo    a guided tour: a real case imported, a new one opened and moved; arguments go to `inprocap-flow demo`
  test    all tests; arguments go to pytest (for example: test tests/engine -k standstill)
  lint    ruff, mypy and the layers
  check   the checks of all shipped definitions, without exploring
  explore what cases of all shipped procedures can come to, as far as every run of the tests can look; --renew
          writes anew which questions are expected to stay open
  bench   the measurements; arguments go to `python -m benchmarks`; bench checker: to `python -m benchmarks.checker`
  soak    the randomised suites in full size (hours), each with a dated report under docs/reports/; one alone:
          soak suites, soak crashes --steps 20000, soak clockwork --steps 1000000 --processes 2 --minutes 60,
          soak mutations --seed 1 --count 720, soak procedures --count 300
  lock    write the lock files again from pyproject.toml
  run     any program of the environment (for example: run inprocap-flow cases)
  help    this text

The first run makes .venv and takes a minute or two; later runs start at once.
"""


class Stop(Exception):
    """Something outside this project is in the way: what, and the mend."""

    def __init__(self, fact: str, mend: str) -> None:
        super().__init__(f"{fact}\n  mend: {mend}")


# ------------------------------------------------------------------------------------- the environment


def prepared(lock: str) -> None:
    """Make sure that the environment has exactly what *lock* ("core" or "dev") names, and the project."""
    with alone():
        if UNFINISHED.exists() or not usable():
            make_environment()
        wanted = stamp_for(lock)
        if all(read_stamp().get(key) == value for key, value in wanted.items()):
            return
        UNFINISHED.touch()
        install_lock(lock)
        install_project()
        STAMP.write_text(json.dumps(wanted, indent=1), encoding="utf-8")
        UNFINISHED.unlink()


@contextlib.contextmanager
def alone() -> "Iterator[None]":
    """Wait until no other run of this script is installing."""
    try:
        import fcntl
    except ImportError:  # Windows: two first runs at once are the user's to avoid
        yield
        return
    with Path(__file__).open(encoding="utf-8") as this_file:
        try:
            fcntl.flock(this_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            say("waiting for another run of this script to finish installing ...")
            fcntl.flock(this_file, fcntl.LOCK_EX)
        yield


def stamp_for(lock: str) -> "dict[str, str]":
    """Return what is installed once *lock* is: the development lock holds the core one."""
    locks = ("core", "dev") if lock == "dev" else ("core",)
    stamp = {name: digest(LOCKS / f"{name}.txt") for name in locks}
    return {**stamp, "project": digest(HERE / "pyproject.toml"), "place": str(HERE)}


def read_stamp() -> "dict[str, str]":
    try:
        stamp = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def digest(file: Path) -> str:
    try:
        return hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError as wrong:
        raise Stop(f"{file} cannot be read ({wrong.strerror})", "get a complete copy of this project") from None


def usable() -> bool:
    """Say whether the environment is there, whole, of this place and of a Python that is new enough."""
    probe = "import sys, encodings; print(sys.prefix != sys.base_prefix and sys.version_info[:2] >= (3, 11))"
    place = read_stamp().get("place", str(HERE))  # scripts and the link to the project break when it is moved
    return place == str(HERE) and quiet([PYTHON, "-c", probe]).strip() == "True"


def make_environment() -> None:
    """Make the environment anew: with venv; where ensurepip is missing, without pip; where venv is missing, with uv."""
    if VENV.exists() or VENV.is_symlink():
        say(f"{shown(VENV)} is not whole: making it again")
        remove(VENV)
    else:
        say(f"making {shown(VENV)}")
    attempts = [[sys.executable, "-m", "venv", VENV], [sys.executable, "-m", "venv", "--without-pip", VENV]]
    for attempt in attempts:
        if succeeds(attempt) and usable():
            return
        remove(VENV)
    run_quietly([uv(), "venv", "--quiet", "--no-python-downloads", "--python", sys.executable, VENV], "make .venv")
    if not usable():
        raise Stop("a virtual environment could not be made", "install your system's package python3-venv")


def uv() -> Path:
    """Return the program uv, fetched into .tools/ if need be (locked and checked like everything else)."""
    folder = HERE / ".tools"
    program = folder / "bin" / ("uv.exe" if os.name == "nt" else "uv")
    if not program.exists():
        say("fetching uv into .tools/")
        lock = LOCKS / "uv.txt"
        arguments = ["install", "--quiet", "--upgrade", "--target", folder, *STRICT, "-r", lock]
        run_quietly([*own_pip(), *arguments], "fetch uv")
    return program


STRICT = ("--require-hashes", "--only-binary", ":all:", "--no-deps", "--no-input", "--disable-pip-version-check")


def own_pip() -> "list[Any]":
    """Return how to start the pip of the Python that runs this script."""
    if succeeds([sys.executable, "-m", "pip", "--version"]):
        return [sys.executable, "-m", "pip"]
    for name in ("pip3", "pip"):
        program = shutil.which(name)
        if program:
            return [program]
    raise Stop("pip is missing", "install your system's package python3-pip, or run `python3 -m ensurepip --user`")


def pip() -> "list[Any]":
    """Return how to start a pip that installs into the environment: its own, or ours from outside."""
    if succeeds([PYTHON, "-m", "pip", "--version"]):
        return [PYTHON, "-m", "pip"]
    return [*own_pip(), "--python", PYTHON]


def install_lock(lock: str) -> None:
    file = LOCKS / f"{lock}.txt"
    count = sum("==" in line for line in file.read_text(encoding="utf-8").splitlines())
    say(f"installing up to {count} packages from {shown(file)}; only the first run does this")
    arguments = ["install", "--progress-bar", "off", *STRICT, "-r", file]
    run_quietly([*pip(), *arguments], "install the requirements", count)


def install_project() -> None:
    arguments = ["install", "--quiet", "--no-deps", "--no-build-isolation", "--no-index", "--no-input"]
    run_quietly([*pip(), *arguments, "--disable-pip-version-check", "-e", HERE], "install the project")


# ------------------------------------------------------------------------------------- programs


def environment(*, programs: bool = True) -> "dict[str, str]":
    """Return the environment of a command; without *programs*, those of the virtual environment are not on its path."""
    kept = {name: value for name, value in os.environ.items() if name not in UNWANTED}
    if not programs:
        return kept
    path = os.pathsep.join([str(SCRIPTS), kept.get("PATH", os.defpath)])
    return {**kept, "PATH": path, "VIRTUAL_ENV": str(VENV)}


def quiet(command: "list[Any]") -> str:
    """Return what *command* prints; nothing if it fails or is not there."""
    try:
        done = subprocess.run(
            [str(part) for part in command], env=environment(), stdin=subprocess.DEVNULL, capture_output=True,
            text=True, errors="replace", check=True,
        )  # fmt: skip
    except (OSError, subprocess.CalledProcessError):
        return ""
    return done.stdout or " "


def succeeds(command: "list[Any]") -> bool:
    return bool(quiet(command))


def run_quietly(command: "list[Any]", aim: str, count: int = 0) -> None:
    """Run *command*; show progress on a terminal; if it fails, say why in one sentence and show its last lines."""
    lines = []
    collected = 0
    pipes: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    with started(command, text=True, errors="replace", **pipes) as program:
        for line in program.stdout or ():
            lines.append(line)
            collected += line.startswith(("Collecting", "Requirement already"))
            if count and sys.stderr.isatty():
                print(f"\r  {min(collected, count)} of {count}", end="", file=sys.stderr, flush=True)
    if count and sys.stderr.isatty():
        print("\r" + " " * 30 + "\r", end="", file=sys.stderr, flush=True)
    if program.returncode:
        sys.stderr.write("".join(f"  | {line}" for line in lines[-12:]))
        raise Stop(f"could not {aim}", mend_for("".join(lines)))


def mend_for(output: str) -> str:
    """Return what to do about pip's *output*."""
    for signs, mend in (
        (("No space left", "Errno 28", "Disk quota"), "the disk is full: make about 600 MB free and run it again"),
        (
            ("NewConnectionError", "name resolution", "Network is unreachable", "Max retries", "timed out", "Errno -3"),
            "the package index cannot be reached: look at the network, or at the proxy and index that pip is set to",
        ),
        (("SSLError", "CERTIFICATE"), "the package index's certificate is not accepted: set pip's `cert`"),
        (("DO NOT MATCH THE HASHES",), "a package differs from the locked one: do not install it; tell us its name"),
        (("Permission denied", "Errno 13"), "this user may not write there: look at who owns the folder"),
        (
            ("No matching distribution",),
            "no ready-made package for this machine or Python, or no index within reach: look at the lines above",
        ),
    ):
        if any(sign in output for sign in signs):
            return mend
    return f"look at the lines above; if in doubt remove {shown(VENV)} and run it again"


def started(
    command: "Iterable[object]", *, env: "dict[str, str] | None" = None, **options: Any
) -> "subprocess.Popen[Any]":
    return subprocess.Popen([str(part) for part in command], env=env or environment(), cwd=str(HERE), **options)


def call(*command: object, env: "dict[str, str] | None" = None) -> int:
    """Run *command* in the project's folder as if it had been typed; return its exit status."""
    program = started(command, env=env)
    while True:
        try:
            return int(program.wait())
        except KeyboardInterrupt:  # it has been told, too; let it end in its own way
            continue


def remove(folder: Path) -> None:
    try:
        if folder.is_symlink():
            folder.unlink()
        elif folder.exists():
            shutil.rmtree(str(folder))
    except OSError as wrong:
        raise Stop(f"{folder} cannot be removed ({wrong.strerror})", "remove it yourself and run this again") from None


def shown(path: Path) -> str:
    try:
        return str(path.relative_to(HERE))
    except ValueError:
        return str(path)


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


# ------------------------------------------------------------------------------------- commands


def demo(arguments: "list[Any]") -> int:
    prepared("core")
    # The tour ends with commands to type; it must see the path that the one who types them has.
    return call(PYTHON, "-m", "inprocap_flow", "demo", *arguments, env=environment(programs=False))


def test(arguments: "list[Any]") -> int:
    prepared("dev")
    return call(PYTHON, "-m", "pytest", *pytest_defaults(arguments), *arguments)


def pytest_defaults(arguments: "list[Any]") -> "list[Any]":
    """Return what we add to pytest's arguments: all processors, and no soak suites, unless asked otherwise."""
    defaults = []
    if not any(said.startswith(("-n", "--numprocesses", "--pdb", "--trace", "-pno:xdist")) for said in arguments):
        defaults += ["-n", str(min(os.cpu_count() or 1, 8)), "--dist", "worksteal"]
    if "-m" not in arguments:
        defaults += ["-m", "not slow"]
    seed = os.environ.get("INPROCAP_SEED", "")
    if seed and not any("seed" in said for said in arguments):  # what is drawn and in which order: repeated as a whole
        defaults += [f"--randomly-seed={seed}", f"--hypothesis-seed={seed}"]
    return defaults


def lint(arguments: "list[Any]") -> int:
    """Run every linter, also after one has failed; return the worst status."""
    prepared("dev")
    present = [name for name in CHECKED if any((HERE / name).rglob("*.py"))]
    fix = ["--fix"] if "--fix" in arguments else []
    failed = []
    for name, command in (
        ("ruff check", ["-m", "ruff", "check", *fix, *present]),
        ("ruff format", ["-m", "ruff", "format", *([] if fix else ["--check"]), *present]),
        ("mypy", ["-m", "mypy", *present]),
        ("import-linter", ["-c", "from importlinter.cli import lint_imports_command as lint; lint()"]),
    ):
        say(f"-- {name}")
        if call(PYTHON, *command):
            failed.append(name)
    say(f"lint: {', '.join(failed)} failed" if failed else "lint: clean")
    return 1 if failed else 0


def check(arguments: "list[Any]") -> int:
    prepared("dev")
    return call(PYTHON, "-m", "inprocap_flow", "check", *(arguments or ["--quick", "definitions"]))


def explore(arguments: "list[Any]") -> int:
    prepared("dev")
    return call(PYTHON, HERE / "tools" / "explored.py", *arguments)


def bench(arguments: "list[Any]") -> int:
    prepared("dev")
    if arguments[:1] == ["checker"]:
        return call(PYTHON, "-m", "benchmarks.checker", *arguments[1:])
    return call(PYTHON, "-m", "benchmarks", *arguments)


def run(arguments: "list[Any]") -> int:
    prepared("dev" if read_stamp().get("dev") else "core")
    program = shutil.which(arguments[0], path=str(SCRIPTS)) if arguments else None
    if program is None:
        raise Stop("no such program in the environment", "name one, for example: run inprocap-flow --help")
    return call(program, *arguments[1:])


def soak(arguments: "list[Any]") -> int:
    prepared("dev")
    return call(PYTHON, HERE / "tools" / "soaking.py", *arguments)


def lock(arguments: "list[Any]") -> int:
    """Write the locks again. The development lock is held to the versions of the core one."""
    options = [
        "--quiet", "--universal", "--generate-hashes", "--no-header", "--no-build", "--python-version", "3.11",
        *arguments,
    ]  # fmt: skip
    core, dev = LOCKS / "core.txt", LOCKS / "dev.txt"
    compile_ = [uv(), "pip", "compile", "pyproject.toml", *options]
    for command in (
        [*compile_, "--extra", "build", "-o", "requirements/core.txt"],
        [*compile_, "--all-extras", "-c", "requirements/core.txt", "-o", "requirements/dev.txt"],
        [uv(), "pip", "compile", "requirements/uv.in", *options, "-o", "requirements/uv.txt"],
    ):
        if call(*command):
            raise Stop("the locks could not be written", "look at the lines above")
    for file in (core, dev, LOCKS / "uv.txt"):
        if "://" in file.read_text(encoding="utf-8"):
            raise Stop(f"{shown(file)} names a host", "find what emits it; a lock holds names, versions and hashes")
    say("locks written; pass --upgrade for newer versions")
    return 0


def main(arguments: "list[Any]") -> int:
    commands = {f.__name__: f for f in (demo, test, lint, check, explore, bench, soak, lock, run)}
    name, rest = (arguments[0], arguments[1:]) if arguments else ("help", [])
    if name in ("help", "-h", "--help"):
        print(HELP, end="")
        return 0
    if name not in commands:
        say(f"there is no command {name!r}\n\n{HELP}")
        return 2
    if sys.version_info < OLDEST:
        raise Stop(f"this is Python {sys.version.split()[0]}, and 3.11 or newer is needed", newer_python())
    return commands[name](rest)


def newer_python() -> str:
    for minor in range(20, 10, -1):
        if succeeds([f"python3.{minor}", "-c", "print('it starts')"]):
            return f"there is one: python3.{minor} tools/dev.py {' '.join(sys.argv[1:])}"
    return "install one, and start this script with it"


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except Stop as stop:
        say(f"dev.py: {stop}")
        sys.exit(3)
    except KeyboardInterrupt:
        sys.exit(130)
    except OSError as wrong:
        say(f"dev.py: {wrong.strerror}: {wrong.filename or ''}")
        say("  mend: make room on the disk, or look at who owns that file")
        sys.exit(3)
