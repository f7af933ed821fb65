"""Amounts in different currencies: which one is more nobody can say, so neither answer is ruled out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from inprocap_flow.language.expressions.tree import Expr, Name, walk
from inprocap_flow.language.guards.question import Symbol


def are_mixed(parts: Iterable[Expr], symbols: Mapping[str, Symbol]) -> bool:
    """Return whether *parts*, in which readings are names of *symbols*, hold amounts known to be in several currencies.

    The check `mixed-currencies` tells of it; anything told besides (that it never holds) would be no fact. A symbol
    that may be in any of several currencies, or of which none is known, is mixed with nothing.
    """
    names = (one.name for part in parts for one in walk(part) if isinstance(one, Name))
    known = (symbols[name].currencies for name in names if name in symbols and symbols[name].sort == "money")
    return len({one for one in known if len(one) == 1}) > 1
