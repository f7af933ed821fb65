"""Why not: every blocker with its rule, its source, who can mend it and how, and when waiting alone will do."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from inprocap_flow.cli import layout
from inprocap_flow.cli.words import NOT_CONFIRMED, Words, confirmed_mark, line_name
from inprocap_flow.engine.case.records import Blocker, Ground, stamp
from inprocap_flow.language.model import CASE, Definition

_BASES = {
    "law": "law",
    "custom": "custom, no law",
    "house_rule": "house rule",
    "grant": "grant agreement",
    "contract": "contract",
    "convention": "convention of this program",
}


def lines(
    blockers: Iterable[Blocker], words: Words, definition: Definition | None, indent: int = 2, case: str = "CASE"
) -> list[str]:
    """Return blockers as a list, each with what belongs to it under it. *case* is how hints name the case."""
    return [line for blocker in once(blockers) for line in _one(blocker, words, definition, indent, case)]


def once(blockers: Iterable[Blocker]) -> tuple[Blocker, ...]:
    """Return *blockers* without those that say again what one before says (three fields, one role that is lacking)."""
    return tuple(dict.fromkeys(blockers))


def _one(blocker: Blocker, words: Words, definition: Definition | None, indent: int, case: str) -> list[str]:
    where = line_name(blocker.line)
    said = _not_offered(blocker, words, definition) or blocker.reason
    reason = f"{where}: {said}" if where and where not in said else said
    rows = [
        ("because", blocker.detail if blocker.code == "guard" else ""),
        ("source", source(blocker)),
        ("who can", words.people(blocker.who) or _roles(blocker, words, definition)),
        ("from", words.moment(blocker.possible_from) + _provisional(blocker) if blocker.possible_from else ""),
        ("mend", _stages(blocker, words, definition) or _mend(blocker, case) + _choices(blocker, words, definition)),
    ]
    return [*layout.bullet(reason, indent), *layout.pairs(rows, indent + 4, 8)]


_FROM = "possible from: "


def _not_offered(blocker: Blocker, words: Words, definition: Definition | None) -> str:
    """Return why a step is not offered, or the case is elsewhere, with titles instead of names; "" for any other."""
    if blocker.code == "case-elsewhere" and definition is not None:
        return _elsewhere(blocker.reason, words, definition)
    before, stands, rest = blocker.reason.partition(" stands in ")
    name, offered, _ = before.partition(" is not offered: ")
    if blocker.code != "not-offered" or definition is None or not (stands and offered):
        return ""
    kind = words.kind(definition, blocker.line)
    if kind != CASE and kind not in definition.tracks:
        return ""  # of a version that does not know the kind: the reason speaks of the track by its id
    stood, _, late = rest.removesuffix(".").partition('; "')
    state, _, left = stood.partition("; it left by ")
    address = words.address(definition, kind, state)
    where = "the case" if kind == CASE else blocker.line
    if left == name:
        return f"{_step(name, kind, words, definition)} was carried out already: {where} now stands in {address}."
    how = f"; it left by {_step(left, kind, words, definition)}" if left else ""
    over = f'The time for it is over: "{late}. ' if late else ""
    return f"{over}{_step(name, kind, words, definition)} is not offered: {where} stands in {address}{how}."


def _elsewhere(reason: str, words: Words, definition: Definition) -> str:
    before, opening, rest = reason.partition("The case stands in ")
    stands, possible, wanted = rest.partition("; this is possible only in ")
    if not (opening and possible):
        return ""  # of a version that said it otherwise
    named = "; ".join(words.address(definition, CASE, one) for one in wanted.removesuffix(".").split(", "))
    return f"{before}{opening}{words.address(definition, CASE, stands)}{possible}{named}."


def _stages(blocker: Blocker, words: Words, definition: Definition | None) -> str:
    """Return the mend of a step that is not offered, the stages by their titles; "" for any other blocker."""
    if blocker.code != "not-offered" or definition is None or not blocker.mend.startswith(_FROM):
        return ""
    kind = words.kind(definition, blocker.line)
    if kind != CASE and kind not in definition.tracks:
        return ""
    return _FROM + "; ".join(
        words.address(definition, kind, state) for state in blocker.mend.removeprefix(_FROM).split(", ")
    )


def _step(name: str, kind: str, words: Words, definition: Definition) -> str:
    found = definition.line(kind).steps.get(name)
    title = words.text(found.title) if found else ""
    return f'"{title}" ({name})' if title else name


_SIGN = "sign CASE {} --as PERSON"
# How what is missing is typed, behind the words in which the engine says it.
_TYPED = {
    ("field-missing", "give"): "{}=...",
    ("field-missing", "fill"): "set CASE {}=...",
    ("guard-unknown", "give"): "{}=...",
    ("guard-unknown", "fill"): "set CASE {}=...",
    ("branch-unknown", "give"): "{}=...",
    ("branch-unknown", "fill"): "set CASE {}=...",
    ("document-missing", "hand in"): "--doc {}=FILE",
    ("document-missing", "bring"): "attach CASE {}=FILE",
    ("reason-missing", "give"): "--reason TEXT",
    ("interest-undeclared", "declare"): "interest CASE --none, or --conflict --reason TEXT",
    ("approval-missing", "ask"): _SIGN,
    ("approval-void", "ask"): _SIGN,
    ("approval-lapsed", "ask"): _SIGN,
    ("approval-declined", "ask"): "ask CASE {}",
    ("evidence-missing", "say"): "--evidence TEXT",
}

_COMES = ("give ", "hand in ")
"""So begins the mend of what comes only with a step, behind whose name the steps stand."""


def _mend(blocker: Blocker, case: str) -> str:
    if blocker.possible_from and blocker.mend == "wait":
        return ""  # "from" says it
    if blocker.code == "dependents":
        numbers = blocker.mend.partition(": ")[2].replace(" ", "").split(",")
        return f"annul them with it: {' '.join(f'--with {number}' for number in numbers)}"
    first = blocker.mend.partition(";")[0]  # one thing is shown typed, which shows how the others are
    if first.startswith(_COMES) and not first.endswith(" with this step") and " with " in first:
        return f"{blocker.mend}: {_with_a_step(blocker, case)}"
    for (code, verb), how in _TYPED.items():
        if blocker.code == code and blocker.mend.startswith(verb) and "," not in blocker.about:
            on = f" --on {blocker.line}" if line_name(blocker.line) and "CASE" in how else ""
            typed = how.format(blocker.about).replace("CASE", case) + on
            # "who can" has just named them
            return typed if how is _SIGN and blocker.who else f"{blocker.mend}: {typed}"
    return blocker.mend


def _with_a_step(blocker: Blocker, case: str) -> str:
    """Return how the first of the steps that a mend names is typed with what is missing."""
    step = blocker.mend.partition(";")[0].partition(" with ")[2].split()[0]
    on = f" --on {blocker.line}" if line_name(blocker.line) else ""
    what = f"{blocker.about}=..." if blocker.mend.startswith("give") else f"--doc {blocker.about}=FILE"
    return f"do {case} {step}{on} {what}"


def _choices(blocker: Blocker, words: Words, definition: Definition | None) -> str:
    """Return what may be chosen where a field is to be filled that has choices; "" for any other."""
    if blocker.code not in ("field-missing", "guard-unknown", "branch-unknown") or definition is None:
        return ""
    kind = words.kind(definition, blocker.line)
    known = kind == CASE or kind in definition.tracks
    declared = definition.find_field(kind, blocker.about) if known else None
    return f", one of: {', '.join(declared.choices)}" if declared is not None and declared.choices else ""


def _roles(blocker: Blocker, words: Words, definition: Definition | None) -> str:
    return words.roles(definition, blocker.roles) if definition else " or ".join(blocker.roles)


def _provisional(blocker: Blocker) -> str:
    return " (provisional: the calendar does not reach that far)" if blocker.provisional else ""


def source(blocker: Blocker) -> str:
    """Return where the rule comes from and on which basis; what nobody confirmed says so."""
    if blocker.grounds:
        return grounds_said(blocker.grounds)
    cite = blocker.cite or ""
    mark = confirmed_mark(blocker.evidence)
    if NOT_CONFIRMED in cite:
        mark = ""
    basis = _BASES.get(blocker.basis or "", blocker.basis or "")
    said = f"{cite} ({basis})" if cite and basis else cite or basis
    return f"{said}{mark}".strip()


def grounds_said(grounds: tuple[Ground, ...]) -> str:
    """Return what each part of a length rests on: ``30 days: 2014/24/EU Art. 27(4) (law); 10 days more: ...``.

    Nothing for a length that is whole.
    """
    said = []
    for number, one in enumerate(grounds):
        basis = f" ({_BASES.get(one.basis, one.basis)})" if one.basis else ""
        source = f": {one.cite}{basis}{confirmed_mark(one.evidence)}" if one.cite or basis else ""
        said.append(f"{one.length}{' more' if number else ''}{source}")
    return "; ".join(said)


def ground_to_plain(one: Ground) -> dict[str, Any]:
    """Return one part of a length as JSON data."""
    confirmed = None if one.evidence is None else not confirmed_mark(one.evidence)
    return {"length": one.length, "basis": one.basis or None, "cite": one.cite or None, "confirmed": confirmed}


def to_plain(blocker: Blocker) -> dict[str, Any]:
    """Return a blocker as JSON data; every key is always there."""
    return {
        "code": blocker.code,
        "reason": blocker.reason,
        "about": blocker.about,
        "line": blocker.line,
        "detail": blocker.detail,
        "cite": blocker.cite,
        "basis": blocker.basis,
        "confirmed": _confirmed(blocker),
        "grounds": [ground_to_plain(one) for one in blocker.grounds],
        "who": list(blocker.who),
        "roles": list(blocker.roles),
        "mend": blocker.mend,
        "possible_from": stamp(blocker.possible_from) if blocker.possible_from else None,
        "provisional": blocker.provisional,
    }


def _confirmed(blocker: Blocker) -> bool | None:
    """Return whether somebody confirmed the value of law behind a blocker; None where nothing says so or not."""
    if confirmed_mark(blocker.evidence) or NOT_CONFIRMED in (blocker.cite or ""):
        return False
    return True if blocker.evidence else None


def possible_from(blockers: Iterable[Blocker], words: Words) -> str:
    """Return the sentence that says when waiting alone will do, "" if it will not."""
    found = list(blockers)
    if not found or not all(blocker.by_waiting for blocker in found):
        return ""
    latest = max(blocker.possible_from for blocker in found if blocker.possible_from)
    provisional = " (provisional)" if any(blocker.provisional for blocker in found) else ""
    return f"Possible from {words.moment(latest)}{provisional}, by waiting alone."
