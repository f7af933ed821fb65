"""The words that expressions use: listed, renamed when a block is included, placeholders replaced by trees."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from inprocap_flow.language.expressions.functions import FUNCTIONS
from inprocap_flow.language.expressions.tree import Call, Expr, Listing, Member, Name, Word, walk, with_parts
from inprocap_flow.records import changed, field, record


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

    _note(expr, found.append, each)
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
        return changed(expr, items=tuple(items))
    return with_parts(expr, lambda part: substitute(part, handed))


def _moved(expr: Expr, start: int, width: int) -> Expr:
    return with_parts(changed(expr, start=start, width=width), lambda part: _moved(part, start, width))


_Change = Callable[[Use], str]


def _map(expr: Expr, change: _Change, each: str | None) -> Expr:
    def new(kind: str, word: str, track: str | None = None) -> str:
        return change(Use(kind, word, track, expr.start, expr.width))

    match expr:
        case Name(name) if name != "today":
            return changed(expr, name=new("field", name))
        case Member("each", name):
            return changed(expr, name=new("each_field", name, each))
        case Member("given", name):
            return changed(expr, name=new("given", name))
        case Member(owner, name):
            return changed(expr, owner=new("owner", owner), name=new("member", name, owner))
        case Word(word):
            return changed(expr, word=new("choice", word))
        case Call():
            return _map_call(expr, change, each)
    return with_parts(expr, lambda part: _map(part, change, each))


def _map_call(call: Call, change: _Change, each: str | None) -> Expr:
    each = _each_of(call, each)
    arguments = tuple(_map_argument(one, kind, change, each) for one, kind in _arguments(call))
    where = None if call.where is None else _map(call.where, change, each)
    return changed(call, arguments=arguments, where=where)


def _each_of(call: Call, each: str | None) -> str | None:
    """Return the track that a bare ``each`` means inside *call*."""
    if FUNCTIONS[call.function].parameters[0].kind not in ("track", "parent"):
        return each
    first = call.arguments[0] if call.arguments else None
    return first.word if isinstance(first, Word) else None


_SAME_KIND = {"stages": "stage", "parent": "track"}


def _arguments(call: Call) -> Iterator[tuple[Expr, str]]:
    """Yield each argument with the kind of word that it is."""
    function = FUNCTIONS[call.function]
    for position, argument in enumerate(call.arguments):
        parameter = function.parameter(position)
        kind = parameter.kind if parameter else "value"
        yield argument, _SAME_KIND.get(kind, kind)


def _map_argument(argument: Expr, kind: str, change: _Change, each: str | None) -> Expr:
    if isinstance(argument, Listing) and kind == "stage":
        return with_parts(argument, lambda item: _map_argument(item, kind, change, each))
    if isinstance(argument, Word) and kind not in ("value", "field", "each_field"):
        track = each if kind == "stage" else None
        word = change(Use(kind, argument.word, track, argument.start, argument.width))
        return changed(argument, word=word)
    return _map(argument, change, each)


def _note(expr: Expr, note: Callable[[Use], None], each: str | None) -> None:
    """Tell every word of *expr*, in the order in which `_map` changes them."""
    if isinstance(expr, Call):
        each = _each_of(expr, each)
        for argument, kind in _arguments(expr):
            _note_argument(argument, kind, note, each)
        if expr.where is not None:
            _note(expr.where, note, each)
        return
    for part in expr.parts:
        _note(part, note, each)
    if isinstance(expr, Name):
        if expr.name != "today":
            note(Use("field", expr.name, None, expr.start, expr.width))
    elif isinstance(expr, Word):
        note(Use("choice", expr.word, None, expr.start, expr.width))
    elif isinstance(expr, Member):
        for kind, word, track in _sides(expr, each):
            note(Use(kind, word, track, expr.start, expr.width))


def _sides(expr: Member, each: str | None) -> tuple[tuple[str, str, str | None], ...]:
    if expr.owner == "each":
        return (("each_field", expr.name, each),)
    if expr.owner == "given":
        return (("given", expr.name, None),)
    return ("owner", expr.owner, None), ("member", expr.name, expr.owner)


def _note_argument(argument: Expr, kind: str, note: Callable[[Use], None], each: str | None) -> None:
    if isinstance(argument, Listing) and kind == "stage":
        for item in argument.items:
            _note_argument(item, kind, note, each)
    elif isinstance(argument, Word) and kind not in ("value", "field", "each_field"):
        note(Use(kind, argument.word, each if kind == "stage" else None, argument.start, argument.width))
    else:
        _note(argument, note, each)
