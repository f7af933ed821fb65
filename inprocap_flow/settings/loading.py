"""Reading the settings file and the environment into one record, or saying all that is wrong with them."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from inprocap_flow.errors import InvalidInput, Place, Problem
from inprocap_flow.records import names_of, record
from inprocap_flow.settings import readers
from inprocap_flow.settings.record import PREFIX, Settings, is_list, said_of_each, variable_of

if TYPE_CHECKING:
    from pathlib import Path  # imported where a path is made: it costs more than the rest of this package

FILE_VARIABLE = "INPROCAP_FLOW_SETTINGS"
FILE_NAME = "inprocap-flow.toml"
_ENVIRONMENT = Place("environment")


def load(environ: Mapping[str, str] | None = None, folder: Path | None = None) -> Settings:
    """Read the settings file and the environment (both can be given, for tests).

    The file is the one that INPROCAP_FLOW_SETTINGS names, else ``inprocap-flow.toml`` in *folder* (the current
    one), if it is there. An empty variable counts as not set. A name that is not known is refused, because a
    misspelt setting that is passed over in silence is the worst kind. Raises InvalidInput with every problem.
    """
    environ = os.environ if environ is None else environ
    base = os.getcwd() if folder is None else str(folder)  # noqa: PTH109
    found = _Found({"database": readers.joined(base, Settings().database)}, [])
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
    keys = {variable_of(name): name for name in names_of(Settings)}
    for name, text in environ.items():
        if not name.startswith(PREFIX) or name == FILE_VARIABLE:
            continue
        if name not in keys:
            found.unknown(_ENVIRONMENT, name, [*keys, FILE_VARIABLE])
        elif text:
            parts = text.split(os.pathsep) if is_list(keys[name]) else [text]
            _read(keys[name], parts, base, _ENVIRONMENT, found)


def _read_file(file: Path, found: _Found) -> None:
    text = _text_of(file, found)
    known = names_of(Settings)
    for key, written in _document(file, text, found).items():
        line = _line_of(key, text)
        place = Place(str(file), line, 1 if line else 0)
        parts = written if isinstance(written, list) and is_list(key) else [written]
        if key not in known:
            found.unknown(place, key, known)
        elif not all(isinstance(part, str | int) and not isinstance(part, bool) for part in parts):
            mend = f'write {key} = ["...", "..."]' if is_list(key) else f'write {key} = "..."'
            found.problem(place, f"{key} must be text", mend)
        else:
            _read(key, [str(part) for part in parts], str(file.resolve().parent), place, found)


def _read(key: str, parts: Sequence[str], base: str, place: Place, found: _Found) -> None:
    reads = said_of_each()[key].metadata["reads"]
    try:
        values = [reads(_not_empty(part), base) for part in parts]
    except readers.Bad as bad:
        name = variable_of(key) if place is _ENVIRONMENT else key
        found.problem(place, f"{name} is {readers.masked(os.pathsep.join(parts))!r}: {bad.fact}", bad.mend)
    else:
        found.values[key] = tuple(values) if is_list(key) else values[0]


def _not_empty(text: str) -> str:
    if not text.strip() or "\0" in text:
        raise readers.Bad("it says nothing", "write a value, or leave the setting out")
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
