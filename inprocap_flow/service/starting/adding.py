"""One more change in an overlay that is there: its sections are put into those of the file; nothing else is touched.

Files are changed as text, line by line, so that comments and layout stay. What cannot be put in so is refused, with
what to write by hand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from inprocap_flow.errors import NotAllowed

OWN_LENGTHS = "own_lengths"
REMIND = "remind"
HEAD = ("overlay", "version", "language", "title", "organisation", "national", "for")
_TOP = re.compile(r"([a-z_]+):(.*)")
_ENTRY = re.compile(r"  ([\w.-]+):(.*)")
_NARROWED = ("rules", "roles", "documents", "approvals", "limits", "insert", "at", "lengthen", "derogations")


@dataclass(frozen=True, slots=True)
class Section:
    """A top-level key with its lines, the key's own first; and where it begins in the file, from 0."""

    name: str
    first: int
    lines: tuple[str, ...]

    def entries(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Yield each entry of the section by its name, with the remarks above it."""
        name, held = "", list[str]()
        for line in self.lines[1:]:
            found = _ENTRY.match(line)
            if found is not None and name:
                above = _remarks_at_end(held)
                yield name, tuple(held[: len(held) - above])
                held = held[len(held) - above :]
            name = found[1] if found is not None else name
            held.append(line)
        if name:
            yield name, tuple(held)


def _remarks_at_end(lines: Sequence[str]) -> int:
    """Return how many of the last of *lines* are remarks, which belong to what follows."""
    count = 0
    while count < len(lines) and lines[-1 - count].lstrip().startswith("#"):
        count += 1
    return count


def sections(text: str) -> dict[str, Section]:
    """Return the sections of a file, in order, without blank lines and remarks that stand before the next one."""
    lines = text.split("\n")
    starts = [number for number, line in enumerate(lines) if _TOP.match(line)]
    found = {}
    for first, after in zip(starts, [*starts[1:], len(lines)], strict=True):
        end = after
        while end > first + 1 and (not lines[end - 1].strip() or lines[end - 1].startswith("#")):
            end -= 1
        name = lines[first].partition(":")[0]
        found[name] = Section(name, first, tuple(lines[first:end]))
    return found


def added(text: str, new: str, only_for: Sequence[str] = ()) -> str:
    """Return the overlay *text* with the sections of *new*, another one that was started, put into it.

    *only_for* are the procedures of the file in which the change is read; without any, all. Raises NotAllowed for what
    is there already under a name, and where a section stands in braces, with what to do.
    """
    there = sections(text)
    for name, section in sections(new).items():
        if name in HEAD:
            continue
        lines = list(_narrowed(section, only_for))
        text = _put(text, there, Section(name, 0, tuple(lines)))
        there = sections(text)
    return text


def _narrowed(section: Section, only_for: Sequence[str]) -> Iterator[str]:
    """Yield the lines of *section*, each of its entries for *only_for*."""
    narrow = f"[{', '.join(only_for)}]" if only_for and section.name in _NARROWED else ""
    if section.name == REMIND and only_for:
        yield section.lines[0]
        yield f"  - only_for: [{', '.join(only_for)}]"
        yield from (line.replace("  - ", "    ", 1) for line in section.lines[1:2])
        yield from section.lines[2:]
        return
    for line in section.lines:
        found = _ENTRY.match(line)
        in_braces = found is not None and found[2].strip().startswith("{")
        if narrow and in_braces:
            before, brace, after = line.rpartition("}")
            yield f"{before}, only_for: {narrow}{brace}{after}"
        else:
            yield line
            if narrow and found is not None:
                yield f"    only_for: {narrow}"


def _put(text: str, there: Mapping[str, Section], new: Section) -> str:
    old = there.get(new.name)
    if old is None:
        return f"{text.rstrip()}\n\n" + "\n".join(new.lines) + "\n"
    if new.name == OWN_LENGTHS:
        return text  # what the file says of its lengths holds for the new one, too
    if _TOP.match(old.lines[0])[2].partition("#")[0].strip():  # type: ignore[index]
        raise NotAllowed(
            f"`{new.name}:` stands on one line, so nothing can be put into it",
            mend="lay the file out first: inprocap-flow format",
        )
    lines = text.split("\n")
    if new.name == REMIND:
        return _listed(lines, old, new)
    known = dict(old.entries())
    end = old.first + len(old.lines)
    for name, entry in new.entries():
        if name not in known:
            lines[end:end] = entry
            end += len(entry)
            continue
        if new.name == "roles":
            continue  # the role is declared, which is all that was wanted
        joined = _joined(known[name], entry) if new.name == "at" else None
        if joined is None:
            raise NotAllowed(
                f"`{name}` stands under `{new.name}:` already",
                mend="call the change otherwise, or put it in by hand:\n" + "\n".join(entry),
            )
        at = old.first + "\n".join(old.lines).split("\n").index(known[name][0])
        lines[at : at + len(known[name])] = joined
        end += len(joined) - len(known[name])
    return "\n".join(lines)


def _listed(lines: list[str], old: Section, new: Section) -> str:
    """Return the file with the reminders of *new* after those that it has: a list grows, and nothing is joined."""
    if not any(line.startswith("  - ") for line in old.lines):
        entry = "\n".join(new.lines[1:])
        raise NotAllowed(
            f"`{REMIND}:` is no list yet",
            mend=f"write `  - ` before its first line and indent the rest, then add:\n{entry}",
        )
    end = old.first + len(old.lines)
    lines[end:end] = new.lines[1:]
    return "\n".join(lines)


_ASKED = re.compile(r"    already_there: \{approvals: \[([\w, ]+)\]\}")
_APPROVALS = re.compile(r"(\s*(?:already_there: \{.*)?approvals: \[)([\w, ]+)(\].*)")


def _joined(old: tuple[str, ...], new: tuple[str, ...]) -> tuple[str, ...] | None:
    """Return an entry of `at` that asks for what both ask for; None where that takes a person.

    What is added is one approval, as `new` writes it; narrower entries than the one that is there are not joined.
    """
    more = [found[1] for line in new if (found := _ASKED.fullmatch(line))]
    scope = {line.strip() for entry in (old, new) for line in entry if line.strip().startswith("only_for:")}
    if len(more) != 1 or len(new) > 3 or len(scope) > 1 or any(line.startswith("    - ") for line in old):
        return None
    for number, line in enumerate(old):
        found = _APPROVALS.fullmatch(line)
        if found is not None:
            return (*old[:number], f"{found[1]}{found[2]}, {more[0]}{found[3]}", *old[number + 1 :])
    for number, line in enumerate(old):
        if line.rstrip() == "    already_there:":
            return (*old[: number + 1], f"      approvals: [{more[0]}]", *old[number + 1 :])
        if line.startswith("    already_there: {"):
            return (*old[:number], line.replace("{", f"{{approvals: [{more[0]}], ", 1), *old[number + 1 :])
    return (*old, f"    already_there: {{approvals: [{more[0]}]}}")
