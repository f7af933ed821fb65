"""The first draft of a plan: what goes over by itself is left out, every open question is marked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from inprocap_flow.language.migrations import Migration
from inprocap_flow.language.model import Definition, Line, said
from inprocap_flow.language.schema.migration import DECIDE
from inprocap_flow.language.versions.compare import Between, finals, other_rules, same_approval, same_kind, starts_ahead
from inprocap_flow.language.versions.likeness import likeliest_stage

_NO_SUCH = "there are no such tracks any more"
_NO_ROLE = "there is no such role any more"
Section = list[tuple[str, str, str]]  # name, choice, remark


REASON = "# reason: Why the cases go over. Fill it in and take the # away, or say it after --reason."


def draft_plan(old: Definition, new: Definition, name: str) -> str:
    """Return the text of a plan called *name* from *old* to *new*, with ``decide`` wherever somebody must decide."""
    between = Between(old, new, Migration(old.name, old.full_version, new.full_version))
    lines = [
        f"migration: {name}",
        f"procedure: {old.name}",
        f"from: {_quoted(old.full_version)}",
        f"to: {_quoted(new.full_version)}",
        REASON,
    ]
    lines += _line(between, old.main, new.main, "")
    gone = [kind for kind in old.tracks if kind not in new.tracks]
    new_kinds = [kind for kind in new.tracks if kind not in old.tracks]
    lines += [_gone_kind(old.tracks[kind], new, new_kinds) for kind in gone]
    lines += [text for name in old.roles if name not in new.roles if (text := _gone_role(name, old, new))]
    tracks = [_track(between, kind) for kind in old.tracks if kind not in gone]
    if any(not line.lstrip().startswith("#") for track in tracks for line in track):
        lines += ["tracks:", *(line for track in tracks for line in track)]
    return "\n".join(lines) + "\n"


def open_questions(text: str) -> int:
    """Return how often a draft still says that somebody must decide."""
    return sum(line.partition("#")[0].rstrip().endswith(f": {DECIDE}") for line in text.splitlines())


def renamed_or_gone(text: str) -> int:
    """Return how many kinds of tracks and roles a draft asks about in a remark: are they gone, or called otherwise?"""
    asked = (_NO_SUCH, _NO_ROLE)
    return sum(line.startswith("# ") and line.partition(": ")[2].startswith(asked) for line in text.splitlines())


def _quoted(version: str) -> str:
    plain = version.replace(".", "").replace("-", "").replace("+", "").replace(" ", "").isalnum()
    return version if plain else f'"{version}"'


def _gone_kind(was: Line, new: Definition, new_kinds: list[str]) -> str:
    """Return what to do about a kind of track that is gone: nothing decides by itself that two kinds are the same."""
    alike = [kind for kind in new_kinds if said(was.title) and said(new.tracks[kind].title) == said(was.title)]
    near = alike or get_close_matches(was.kind, new_kinds, n=1, cutoff=0.5) or new_kinds
    text = f"# {was.kind}: {_NO_SUCH}; a case that has one cannot go over"
    if not near:
        return f"{text}."
    return f"{text}.\n# If they are called otherwise only, write  renamed: {{tracks: {{{was.kind}: {near[0]}}}}}"


def _gone_role(name: str, old: Definition, new: Definition) -> str:
    """Return what to do about a role that is gone, if a new one may be the same; one called like a track follows it."""
    fresh = [one for one in new.roles if one not in old.roles]
    alike = [one for one in fresh if said(new.roles[one].title) == said(old.roles[name].title)]
    near = alike or get_close_matches(name, fresh, n=1, cutoff=0.5) or fresh
    if not near or name in old.tracks:
        return ""
    text = f"# {name}: {_NO_ROLE}; what was signed as one is void."
    return f"{text}\n# If it is called otherwise only, write  renamed: {{roles: {{{name}: {near[0]}}}}}"


def _track(between: Between, kind: str) -> list[str]:
    inside = _line(between, between.old.tracks[kind], between.new.tracks[kind], "    ")
    if inside and all(line.lstrip().startswith("#") for line in inside):
        return [line.removeprefix("  ") for line in inside]
    return [f"  {kind}:", *inside] if inside else []


def _line(between: Between, was: Line, now: Line, indent: str) -> list[str]:
    sections: Mapping[str, Section] = {
        "stages": list(_stages(was, now)),
        "deadlines": [*_clocks(between, was, now), *_new_clocks(between, was, now)],
        "fields": list(_fields(was, now)),
        "documents": list(_gone(was.documents, now.documents, "drop")),
    }
    lines: list[str] = []
    for key, section in sections.items():
        if section:
            lines += [f"{indent}{key}:", *(_entry(indent, *one) for one in section)]
    for approval in _void(between, was, now):
        lines.append(f"{indent}# Signatures of {approval} would be void and asked for again: not signed alike today.")
    return lines


def _entry(indent: str, name: str, choice: str, remark: str) -> str:
    return f"{indent}  {name}: {choice}" + (f"  # {remark}" if remark else "")


def _stages(was: Line, now: Line) -> Iterator[tuple[str, str, str]]:
    for leaf in was.leaves:
        if leaf in now.leaves:
            continue
        near = likeliest_stage(was, now, leaf)
        yield leaf, DECIDE, f"gone; perhaps {near}" if near else "gone; where does a case go on?"


def _clocks(between: Between, was: Line, now: Line) -> Iterator[tuple[str, str, str]]:
    for name, deadline in was.deadlines.items():
        into = now.deadlines.get(name)
        if into is None:
            yield name, DECIDE, f"gone: stop{_perhaps(name, was.deadlines, now.deadlines)}"
        elif keys := other_rules(between, deadline, into):
            options = "keep, recompute" if into.backwards_from else "keep, recompute, ask"
            yield name, DECIDE, f"another rule ({', '.join(keys)}): {options}"


def _new_clocks(between: Between, was: Line, now: Line) -> Iterator[tuple[str, str, str]]:
    stands = [leaf for leaf in was.leaves if leaf not in finals(was) and leaf in now.leaves]
    for name, deadline in now.deadlines.items():
        behind = deadline.backwards_from or not all(starts_ahead(between.new, now, leaf, name) for leaf in stands)
        if name not in was.deadlines and behind:
            options = "start, later" if deadline.backwards_from else "start, ask, later"
            yield name, DECIDE, f"new, and some cases are past what starts it: {options}"


def _fields(was: Line, now: Line) -> Iterator[tuple[str, str, str]]:
    yield from _gone(was.fields, now.fields, "drop")
    for name, field in was.fields.items():
        into = now.fields.get(name)
        if into is not None and not same_kind(field, into):
            yield name, DECIDE, f"{into.type}, was {field.type}: keep (where it fits), drop, ask"


def _gone(was: Mapping[str, Any], now: Mapping[str, Any], options: str) -> Iterator[tuple[str, str, str]]:
    for name in was:
        if name not in now:
            yield name, DECIDE, f"gone: {options}{_perhaps(name, was, now)}"


def _perhaps(name: str, was: Iterable[str], now: Iterable[str]) -> str:
    near = get_close_matches(name, sorted(set(now) - set(was)), n=1, cutoff=0.6)
    return f"; or under renamed, if it is {near[0]} now" if near else ""


def _void(between: Between, was: Line, now: Line) -> Iterator[str]:
    for name, approval in was.approvals.items():
        into = now.approvals.get(name)
        if into is not None and not same_approval(approval, into, between):
            yield name
