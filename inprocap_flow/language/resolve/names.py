"""Which names a document declares, and whether every name it uses is one of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from inprocap_flow.errors import Problem
from inprocap_flow.language.includes.given import Handed
from inprocap_flow.language.mentions import SPECIAL, mentions
from inprocap_flow.language.model import CASE, LINKED_CASE, SYSTEM, WHOEVER_ASKS, WHOEVER_CARRIES_OUT
from inprocap_flow.language.resolve.desk import Desk
from inprocap_flow.language.resolve.name_table import OF_A_LINE, NameTable
from inprocap_flow.language.schema.messages import did_you_mean

SIGNATORIES = (SYSTEM, LINKED_CASE, WHOEVER_ASKS, WHOEVER_CARRIES_OUT)


def check_names(desk: Desk, names: NameTable) -> None:
    """Say of every name that is used (outside expressions) whether it exists, and of declarations whether they hide."""
    for mention in mentions(type(desk.doc), desk.root):
        if mention.declares or mention.is_special or mention.path[0] == "include":
            continue
        for kind, known in _candidates(mention.kind, mention.track, names):
            if mention.word in known or (kind == "role" and mention.word in SIGNATORIES):
                break
            if kind == "gate" and mention.word.split(".")[0] in known and "." in mention.word:
                break
        else:
            _say_unknown(desk, names, mention.kind, mention.word, mention.track, mention.path)


_EITHER = {
    "document or field": ("document", "field"),
    "deadline or field": ("deadline", "field", "gate"),
    "track or deadline": ("track", "deadline"),
}
LOOKED_UP = ("stage", "step", *OF_A_LINE, "role", "rule", "track", "calendar", "milestone")


def _candidates(kind: str, line: str, names: NameTable) -> Iterator[tuple[str, list[str]]]:
    kinds = _EITHER.get(kind, (kind,))
    if not any(one in LOOKED_UP for one in kinds):
        yield kind, _Everything()
    elif line not in names.lines and kind in ("stage", "step", *OF_A_LINE):
        yield kind, _Everything()  # the track itself is unknown and is said so where it is named
    else:
        for one in kinds:
            yield one, names.gates(line) if one == "gate" else names.known(one, line)


class _Everything(list[str]):
    def __contains__(self, word: object) -> bool:
        return True


def _say_unknown(desk: Desk, names: NameTable, kind: str, word: str, line: str, path: tuple[str | int, ...]) -> None:
    known = [name for one, some in _candidates(kind, line, names) if one != "gate" for name in some]
    mend = _mend(desk, names, kind, word, line, known)
    code = f"unknown-{kind.split(maxsplit=1)[0]}"
    fact = _unknown(kind, word, line)
    if kind == "rule" and path[0] == "derogations" and (other := _no_rule(desk, names, word)):
        fact, mend = other, "A derogation lifts rules of custom or of the house, and nothing else. Name one of these."
    desk.say(
        path,
        code,
        fact,
        mend,
        on_key=path[-1:] == (word,),
    )


def _unknown(kind: str, word: str, line: str) -> str:
    where = _whose(line) if kind in ("stage", "step") else " of this procedure"
    return f"`{word}` is not {'an' if kind[0] in 'aeiou' else 'a'} {kind}{where}."


def _no_rule(desk: Desk, names: NameTable, word: str) -> str:
    """Return what *word* is, with its source, that somebody wants to lift and that is no rule; else nothing."""
    for kind, one in (("deadline", "a"), ("approval", "an"), ("step", "a"), ("document", "a"), ("field", "a")):
        for line in names.lines.values():
            if word in line.of(kind):
                section = getattr(desk.doc if line.kind == CASE else desk.doc.tracks[line.kind], f"{kind}s")
                cite = getattr(section.get(word), "cite", None)
                source = f" ({cite})" if cite else ""
                return f"`{word}` is {one} {kind} of the procedure{source}, and no rule; nobody here can lift it."
    return ""


def _whose(line: str) -> str:
    return " of the case" if line == CASE else f" of track {line}"


def _mend(desk: Desk, names: NameTable, kind: str, word: str, line: str, known: Sequence[str]) -> str:
    """Return what to write instead: the nearest name, else what it may have become, else all if they are few."""
    near = did_you_mean(word, known)
    if near.startswith("Did you mean"):
        return near
    became = _address(names, word, line) or _renamed(desk, names, word, line) if kind == "stage" else ""
    return became or near or _elsewhere(names, kind, word, line)


def _address(names: NameTable, word: str, line: str) -> str:
    """Return the whole address of a stage that was named without its beginning, or with another one."""
    last = word.rsplit(".", maxsplit=1)[-1]
    near = [address for address in names.known("stage", line) if address.split(".")[-1] == last]
    return f"Write the whole address: {', '.join(near)}." if near else ""


def _elsewhere(names: NameTable, kind: str, word: str, line: str) -> str:
    """Return in which other lines the name is known."""
    if kind in ("stage", "step", *OF_A_LINE):
        lines = [one.kind for one in names.lines.values() if word in one.of(kind) and one.kind != line]
        if lines:
            return f"It belongs to {' and '.join('the case' if one == CASE else f'track {one}' for one in lines)}."
    return ""


MOST_UNNAMED = 3  # of more stages that nothing names, none is likelier than the others


def _renamed(desk: Desk, names: NameTable, word: str, line: str) -> str:
    """Return the stages of the same depth that nothing names: one of them may have had the name before."""
    named = {one.word for one in mentions(type(desk.doc), desk.root) if one.kind == "stage" and not one.declares}
    unnamed = [
        address
        for address in names.known("stage", line)
        if address.count(".") == word.count(".")
        and not any(one == address or one.startswith(f"{address}.") for one in named)
    ]
    if not unnamed or len(unnamed) > MOST_UNNAMED:
        return ""
    which = " or ".join(f"`{one}`" for one in unnamed)
    return f"If it was renamed, write the new name here, too: nothing names {which} yet."


def check_declarations(desk: Desk, names: NameTable) -> None:
    """Say of names that stand in a track and in the case, or in a track and its parent."""
    case = names.lines[CASE]
    sections = {"field": "fields", "document": "documents", "approval": "approvals", "deadline": "deadlines"}
    for kind, line in names.lines.items():
        if kind == CASE:
            continue
        for what, section in sections.items():
            for name in set(line.of(what)) & set(case.of(what)):
                desk.say(
                    ("tracks", kind, section, name),
                    "name-hides",
                    f"The {what} `{name}` is one of the case, too.",
                    "Give one of them another name; no name may hide another.",
                    on_key=True,
                )
    for kind in names.lines:
        if kind in _ancestors(kind, names):
            desk.say(
                ("tracks", kind, "of"), "parent-in-circle", f"The track `{kind}` belongs to itself.", "Correct `of:`."
            )


def _ancestors(kind: str, names: NameTable) -> set[str]:
    found: set[str] = set()
    parent = names.lines[kind].parent
    while parent is not None and parent in names.lines and parent not in found:
        found.add(parent)
        parent = names.lines[parent].parent
    return found


_GIVEN_KINDS = {
    "stage": "stage", "stages": "stage", "track_stage": "stage", "track_stages": "stage", "deadline": "deadline",
    "document": "document", "documents": "document", "field": "field", "fields": "field", "milestone": "milestone",
    "role": "role", "roles": "role",
}  # fmt: skip


def check_handed(desk: Desk, names: NameTable, handed: Sequence[Handed]) -> None:
    """Say of each name that is handed over to a block whether it exists, at the line that hands it over."""
    for one in handed:
        kind = _GIVEN_KINDS.get(one.kind)
        line = one.track or CASE
        if kind is None or (one.track is not None and one.track not in names.lines):
            continue
        known = names.known(kind, line)
        if one.node.value not in known and one.node.value not in SPECIAL.get(kind, ()):
            fact = _unknown(kind, one.node.value, line)
            mend = _mend(desk, names, kind, one.node.value, line, known)
            desk.problems.append(Problem(one.node.place, f"unknown-{kind}", fact, mend, width=one.node.width))
