"""The hooks of a running system: what they are called, what they read, and their answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

from inprocap_flow.engine.records import Blocker
from inprocap_flow.errors import NotAllowed, NotFound, Place
from inprocap_flow.hooks.declared import Hook, Parameter
from inprocap_flow.hooks.failures import HookFailed, ValueMissing
from inprocap_flow.hooks.reads import Read
from inprocap_flow.hooks.views import CaseView, Facts
from inprocap_flow.language.values import Value

REFUSED = HookFailed.code


@dataclass(frozen=True, slots=True)
class LoadedHook:
    """A hook with the place of its function and the SHA-256 of its file."""

    hook: Hook[..., Any]
    place: Place
    sha256: str


@dataclass(frozen=True, slots=True)
class Signature:
    """What the checker of the language needs to know about a hook; the hook itself stays hidden."""

    name: str
    parameters: tuple[Parameter, ...]
    returns: str
    reads: tuple[Read, ...]
    place: Place
    sha256: str


@dataclass(frozen=True, slots=True)
class HookSet:
    """Hooks by name. Empty when a system has none."""

    hooks: Mapping[str, LoadedHook] = field(default_factory=dict)

    def __contains__(self, name: object) -> bool:
        return name in self.hooks

    def hashes(self) -> dict[str, str]:
        """Return the SHA-256 of the file of every hook, by hook name."""
        return {name: loaded.sha256 for name, loaded in sorted(self.hooks.items())}

    def signature(self, name: str) -> Signature | None:
        """Return what *name* takes, reads and returns; None if there is no such hook."""
        loaded = self.hooks.get(name)
        if loaded is None:
            return None
        hook = loaded.hook
        return Signature(name, hook.parameters, hook.returns, hook.reads, loaded.place, loaded.sha256)

    def bound_to(self, hashes: Mapping[str, str]) -> HookSet:
        """Return only the hooks that a released definition is bound to (``Definition.hooks``).

        Raises NotAllowed, naming every hook that is missing or whose file has changed since the release: what a
        released version decides does not change under running cases.
        """
        wrong = [fact for name, sha256 in sorted(hashes.items()) if (fact := self._differs(name, sha256))]
        if wrong:
            mend = "restore the file as it was released, or release a new version of the procedure"
            raise NotAllowed("\n".join(wrong), mend=mend)
        return HookSet({name: self.hooks[name] for name in hashes})

    def _differs(self, name: str, sha256: str) -> str:
        loaded = self.hooks.get(name)
        if loaded is None:
            return f"the hook `{name}` of this version is in no folder that the operator allows"
        if loaded.sha256 == sha256:
            return ""
        return f"{loaded.place}: the file of `{name}` has changed: released {sha256[:12]}, now {loaded.sha256[:12]}"

    def call(self, name: str, arguments: Sequence[Value | None], facts: Facts | CaseView) -> Value | Blocker:
        """Return the answer of *name*, or the blocker (code ``hook-refused``) that says why there is none.

        The answer is of the declared type and in its one spelling. Whatever the hook raises becomes a blocker with
        the place in its file; nothing escapes. Raises NotFound for a name that was never loaded.
        """
        loaded = self.hooks.get(name)
        if loaded is None:
            raise NotFound(f"there is no hook `{name}`", mend="allow its folder, or correct the name")
        try:
            return loaded.hook.answer(facts, arguments)
        except HookFailed as failed:
            return _blocker(loaded, facts.line, failed.reason, failed.mend, failed)
        except Exception as error:  # noqa: BLE001 - a hook is foreign code: all of it becomes a refusal, never a traceback
            reason = f"The hook `{name}` failed: {type(error).__name__}{f': {error}' if str(error) else ''}."
            return _blocker(loaded, facts.line, reason, "Mend the hook and release a new version.", error)


def _blocker(loaded: LoadedHook, line: str, reason: str, mend: str, error: Exception) -> Blocker:
    place = loaded.place
    number = _last_line_in(place.file, error.__traceback__) or place.line
    detail = f"missing: {error.name}" if isinstance(error, ValueMissing) else ""
    origin = f"{place.file}:{number}"
    return Blocker(REFUSED, reason, about=loaded.hook.name, line=line, mend=mend, detail=detail, origin=origin)


def _last_line_in(file: str, traceback: TracebackType | None) -> int:
    """Return the line of *file* where the error arose, 0 if it arose outside it."""
    line = 0
    while traceback is not None:
        if traceback.tb_frame.f_code.co_filename == file:
            line = traceback.tb_lineno
        traceback = traceback.tb_next
    return line
