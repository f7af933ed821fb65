"""What a hook declares to read. A name may be ``"{parameter}"``: then the call says it, as a quoted word.

The checker of the language fills the parameters from the call and resolves what comes out, so a hook never reads a
field that does not exist, and nothing sealed before its moment. At run time the view holds nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from inprocap_flow.hooks.failures import HookFailed


@dataclass(frozen=True, slots=True, init=False)
class Fields:
    """Fields as the line sees them where the hook is called: its own first, then the case's."""

    names: tuple[str, ...]

    def __init__(self, *names: str) -> None:
        object.__setattr__(self, "names", names)


@dataclass(frozen=True, slots=True, init=False)
class Tracks:
    """Every track of one kind: its id, its stage, and the fields named."""

    kind: str
    fields: tuple[str, ...]

    def __init__(self, kind: str, *fields: str) -> None:
        object.__setattr__(self, "kind", kind)
        object.__setattr__(self, "fields", fields)


@dataclass(frozen=True, slots=True, init=False)
class Lists:
    """Dated lists of the organisation, as they stand on the day of the request."""

    names: tuple[str, ...]

    def __init__(self, *names: str) -> None:
        object.__setattr__(self, "names", names)


Read = Fields | Tracks | Lists


def words(read: Read) -> tuple[str, ...]:
    """Return every name of *read*, in order."""
    return (read.kind, *read.fields) if isinstance(read, Tracks) else read.names


def parameter_in(word: str) -> str | None:
    """Return the parameter that *word* stands for, or None for a plain name."""
    return word[1:-1] if word.startswith("{") and word.endswith("}") else None


def filled(read: Read, arguments: Mapping[str, object]) -> Read:
    """Return *read* with the names that this call gives.

    Raises HookFailed if an argument that names something is no text, which the checker rules out beforehand.
    """
    names = [_name(word, arguments) for word in words(read)]
    return Tracks(*names) if isinstance(read, Tracks) else type(read)(*names)


def _name(word: str, arguments: Mapping[str, object]) -> str:
    parameter = parameter_in(word)
    if parameter is None:
        return word
    name = arguments.get(parameter)
    if not isinstance(name, str):
        raise HookFailed(
            f"the argument `{parameter}` names nothing", mend="Give it a quoted word: a field, track, list."
        )
    return name
