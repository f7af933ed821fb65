"""Load hook files by path from folders that the operator allows; what runs is exactly what was hashed."""

from __future__ import annotations

import hashlib
import importlib.util
import sys
from collections.abc import Iterable, Sequence
from importlib.abc import InspectLoader
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from inprocap_flow import bundled
from inprocap_flow.errors import InvalidInput, NotAllowed, NotFound, Place, Problem
from inprocap_flow.hooks.declared import BadHook, Hook
from inprocap_flow.plugins.hookset import HookSet, LoadedHook
from inprocap_flow.plugins.hygiene import problems_in

_PRIVATE = "_inprocap_flow_hook_file_"


def allowed_folders(of_the_operator: Iterable[Path] = ()) -> tuple[Path, ...]:
    """Return the shipped folder and those that the operator's settings name (``hook_folders``)."""
    return (bundled.root("workflows"), *of_the_operator)


def hook_files(folder: Path) -> list[Path]:
    """Return the hook files directly in *folder*, by name; a name that begins with ``_`` or ``.`` is left alone."""
    return sorted(path for path in folder.glob("*.py") if not path.name.startswith(("_", ".")))


def load_hooks(folders: Sequence[Path], allowed: Sequence[Path]) -> HookSet:
    """Return every hook of the files directly in *folders*.

    Nothing is run before all files are read and found clean. Raises NotAllowed for a folder that is not among
    *allowed* (or a file that a link brings in from elsewhere), NotFound for one that does not exist, and
    InvalidInput with every problem of every file: what hygiene forbids, a hook declared badly, a name used twice.
    """
    trusted = {folder.resolve() for folder in allowed}
    files = [path for folder in dict.fromkeys(folders) for path in _files_of(folder, trusted)]
    sources = {path: path.read_bytes() for path in files}
    _raise_if_any([problem for path, source in sources.items() for problem in problems_in(source, str(path))])
    problems: list[Problem] = []
    loaded = [hook for path, source in sources.items() for hook in _load(path, source, problems)]
    problems += _duplicates(loaded)
    _raise_if_any(problems)
    return HookSet({each.hook.name: each for each in loaded})


def _raise_if_any(problems: list[Problem]) -> None:
    if problems:
        raise InvalidInput(problems)


def _files_of(folder: Path, trusted: set[Path]) -> list[Path]:
    if not folder.is_dir():
        raise NotFound(f"there is no folder {folder}", mend="name a folder that exists")
    if folder.resolve() not in trusted:
        mend = "whoever runs the system adds it to the setting hook_folders, after reading what lies in it"
        raise NotAllowed(f"hooks in {folder} are not allowed", mend=mend)
    files = hook_files(folder)
    for path in files:
        if path.resolve().parent not in trusted:
            raise NotAllowed(f"{path} leads to a file in a folder that is not allowed", mend="copy the file instead")
    return files


class _Checked(InspectLoader):
    """Runs the bytes that were hashed and checked; the file is not read again, and nothing is written beside it."""

    def __init__(self, path: Path, source: bytes) -> None:
        self._path, self._source = path, source

    def get_source(self, fullname: str) -> str:  # noqa: ARG002 - the interface of importlib
        return self._source.decode("utf-8")

    def get_code(self, fullname: str) -> CodeType:
        # Text, not bytes: a coding line must not make something else of the file than what was checked.
        return compile(self.get_source(fullname), str(self._path), "exec", dont_inherit=True)


def _load(path: Path, source: bytes, problems: list[Problem]) -> list[LoadedHook]:
    sha256 = hashlib.sha256(source).hexdigest()
    try:
        module = _module(path, source, sha256)
    except BadHook as bad:
        problems.append(Problem(_place_of(bad, path), bad.code, str(bad.args[0]), bad.mend))
        return []
    except Exception as error:  # noqa: BLE001 - foreign code: whatever it raises while loading is a problem of its file
        fact = f"the file cannot be loaded: {type(error).__name__}: {error}"
        problems.append(Problem(_place_of(error, path), "hook-load", fact, "correct it"))
        return []
    # One hook under two names of its module is still one hook.
    found = {id(value): value for value in vars(module).values() if isinstance(value, Hook)}
    return [LoadedHook(hook, _place(hook, path), sha256) for hook in found.values()]


def _module(path: Path, source: bytes, sha256: str) -> ModuleType:
    """Return the module of exactly these bytes at this path; a second load gives the first one."""
    name = _PRIVATE + hashlib.sha256(f"{path.resolve()}\n{sha256}".encode()).hexdigest()[:24]
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, path, loader=_Checked(path, source))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses and annotations look their module up there
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def _place(hook: Hook[..., Any], path: Path) -> Place:
    return Place(str(path), hook.function.__code__.co_firstlineno)


def _place_of(error: BaseException, path: Path) -> Place:
    line, traceback = 0, error.__traceback__
    while traceback is not None:
        if traceback.tb_frame.f_code.co_filename == str(path):
            line = traceback.tb_lineno
        traceback = traceback.tb_next
    return Place(str(path), line)


def _duplicates(loaded: Iterable[LoadedHook]) -> list[Problem]:
    first: dict[str, LoadedHook] = {}
    problems = []
    for each in loaded:
        other = first.setdefault(each.hook.name, each)
        if other is not each:
            fact = f"a hook `{each.hook.name}` stands already in {other.place.file}:{other.place.line}"
            problems.append(Problem(each.place, "hook-duplicate", fact, "give one of them another name"))
    return problems
