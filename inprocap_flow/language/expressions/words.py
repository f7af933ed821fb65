"""The words that expressions use: listed, renamed when a block is included, placeholders replaced by trees."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field, replace

from inprocap_flow.language.expressions.functions import FUNCTIONS
from inprocap_flow.language.expressions.tree import Call, Expr, Listing, Member, Name, Word, walk, with_parts
from inprocap_flow.records import record


@record
class Use:
    """One word that an expression uses.

    ``kind`` is ``field``, ``each_field`` (of ``track``), ``owner`` and ``member`` (the two sides of another dot;
    ``track`` is then the owner), ``given``, ``track``, ``stage`` (of ``track``), ``deadline``, ``milestone``,
    ``document``, ``approval``, ``rule``, ``limit``, ``list``, ``choice`` or ``currency``.
    """

    kind: str
    word: str
    track: str | None = None
    start: int = field(default=0, compare=False)
    width: int = field(default=1, compare=False)


def words_in(expr: Expr, *, each: str | None = None) -> list[Use]:
    """Return every word that *expr* uses, in order of writing. *each* is the track that a bare ``each`` means."""
    found: list[Use] = []

    def note(use: Use) -> str:
        found.append(use)
        return use.word

    _map(expr, note, each)
    return found


def names_in(expr: Expr) -> frozenset[str]:
    """Return the values read: ``rank``, ``each.rank``, ``supplier.country``, ``given.places``, ``today``."""
    return frozenset(str(part) for part in walk(expr) if isinstance(part, Name | Member))


def map_words(expr: Expr, change: Callable[[str, str, str | None], str], *, each: str | None = None) -> Expr:
    """Return *expr* with every word replaced by ``change(kind, word, track)``; see ``Use`` for the kinds."""
    return _map(expr, lambda use: change(use.kind, use.word, use.track), each)


def rename(expr: Expr, names: Mapping[str, Mapping[str, str]], *, each: str | None = None) -> Expr:
    """Return *expr* with words renamed: *names* is kind to old word to new word."""
    return map_words(expr, lambda kind, word, _: names.get(kind, {}).get(word, word), each=each)


def substitute(expr: Expr, handed: Mapping[str, Expr]) -> Expr:
    """Return *expr* with placeholders such as ``given.places`` replaced by trees; a list inside a list is spliced in.

    What is put in takes the place in the text of what it replaces, so that a problem points at the right file.
    """
    if isinstance(expr, Member) and str(expr) in handed:
        return _moved(handed[str(expr)], expr.start, expr.width)
    if isinstance(expr, Listing):
        items: list[Expr] = []
        for item in expr.items:
            new = substitute(item, handed)
            items += new.items if isinstance(new, Listing) else (new,)
        return replace(expr, items=tuple(items))
    return with_parts(expr, lambda part: substitute(part, handed))


def _moved(expr: Expr, start: int, width: int) -> Expr:
    return with_parts(replace(expr, start=start, width=width), lambda part: _moved(part, start, width))


_Change = Callable[[Use], str]


def _map(expr: Expr, change: _Change, each: str | None) -> Expr:
    def changed(kind: str, word: str, track: str | None = None) -> str:
        return change(Use(kind, word, track, expr.start, expr.width))

    match expr:
        case Name(name) if name != "today":
            return replace(expr, name=changed("field", name))
        case Member("each", name):
            return replace(expr, name=changed("each_field", name, each))
        case Member("given", name):
            return replace(expr, name=changed("given", name))
        case Member(owner, name):
            return replace(expr, owner=changed("owner", owner), name=changed("member", name, owner))
        case Word(word):
            return replace(expr, word=changed("choice", word))
        case Call():
            return _map_call(expr, change, each)
    return with_parts(expr, lambda part: _map(part, change, each))


def _map_call(call: Call, change: _Change, each: str | None) -> Expr:
    function = FUNCTIONS[call.function]
    if function.parameters[0].kind in ("track", "parent"):
        first = call.arguments[0] if call.arguments else None
        each = first.word if isinstance(first, Word) else None
    arguments = []
    for position, argument in enumerate(call.arguments):
        parameter = function.parameter(position)
        arguments.append(_map_argument(argument, parameter.kind if parameter else "value", change, each))
    where = None if call.where is None else _map(call.where, change, each)
    return replace(call, arguments=tuple(arguments), where=where)


def _map_argument(argument: Expr, kind: str, change: _Change, each: str | None) -> Expr:
    kind = {"stages": "stage", "parent": "track"}.get(kind, kind)
    if isinstance(argument, Listing) and kind == "stage":
        return with_parts(argument, lambda item: _map_argument(item, kind, change, each))
    if isinstance(argument, Word) and kind not in ("value", "field", "each_field"):
        track = each if kind == "stage" else None
        word = change(Use(kind, argument.word, track, argument.start, argument.width))
        return replace(argument, word=word)
    return _map(argument, change, each)
