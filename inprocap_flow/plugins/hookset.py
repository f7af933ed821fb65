"""The hooks of a running system: what they are called, what they read, and their answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import TYPE_CHECKING, Any

from inprocap_flow.errors import NotAllowed, NotFound, Place
from inprocap_flow.hooks.declared import Hook, Parameter
from inprocap_flow.hooks.failures import HookFailed
from inprocap_flow.hooks.reads import Fields, Read, Tracks
from inprocap_flow.hooks.views import CaseView, Facts
from inprocap_flow.language.values import Value

if TYPE_CHECKING:
    from inprocap_flow.language.resolve.desk import HookInfo

MEND = "Mend the hook and release a new version of the procedure."


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

    def lookup(self, name: str) -> HookInfo | None:
        """Return what the loader of definitions asks of a hook (its ``hook_lookup``), None if there is no such hook.

        Fields of tracks are named ``kind.field``; what a call fills in (``{price}``) is left out.
        """
        from inprocap_flow.language.resolve.desk import HookInfo  # pydantic stands behind it; running cases need it not

        loaded = self.hooks.get(name)
        if loaded is None:
            return None
        hook = loaded.hook
        types = tuple(parameter.type for parameter in hook.parameters)
        reads = tuple(word for read in hook.reads for word in _fields_of(read) if "{" not in word)
        return HookInfo(name, hook.returns, types, reads, loaded.sha256)

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
        place = f"{loaded.place.file}:{loaded.place.line}"
        return f"{place}: the file of `{name}` has changed: released {sha256[:12]}, now {loaded.sha256[:12]}"

    def call(self, name: str, arguments: Sequence[Value | None], view: Facts | CaseView) -> Value:
        """Return the answer of *name*, of the type that it declares and in its one spelling.

        Raises HookFailed (code ``hook-refused``) with reason, mend and the place in the hook's file, whatever the
        hook itself raised: nothing else escapes. Raises NotFound for a name that was never loaded.
        """
        loaded = self.hooks.get(name)
        if loaded is None:
            raise NotFound(f"there is no hook `{name}`", mend="allow its folder, or correct the name")
        try:
            return loaded.hook.answer(view, arguments)
        except HookFailed as failed:
            failed.origin = _origin(loaded, failed)
            raise
        except Exception as error:
            origin = _origin(loaded, error)
            said = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
            raise HookFailed(f"{origin} failed with {said}", mend=MEND, origin=origin) from error


def _fields_of(read: Read) -> tuple[str, ...]:
    if isinstance(read, Tracks):
        return tuple(f"{read.kind}.{name}" for name in read.fields)
    return read.names if isinstance(read, Fields) else ()


def _origin(loaded: LoadedHook, error: Exception) -> str:
    return f"{loaded.place.file}:{_last_line_in(loaded.place.file, error.__traceback__) or loaded.place.line}"


def _last_line_in(file: str, traceback: TracebackType | None) -> int:
    """Return the line of *file* where the error arose, 0 if it arose outside it."""
    line = 0
    while traceback is not None:
        if traceback.tb_frame.f_code.co_filename == file:
            line = traceback.tb_lineno
        traceback = traceback.tb_next
    return line
