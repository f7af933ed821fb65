"""What is asked about conditions: whether some state of a case makes each of them yes, or no; and what came out.

A question is about abstract conditions: every reading of a case (a field, a count, a limit, the state of a deadline)
is a `Symbol`, a bare name in the expression. What is known of a symbol stands in it; what relates symbols to each
other stands in ``axioms``, conditions that hold in every state.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from inprocap_flow.language.expressions.facts import Unknown
from inprocap_flow.language.expressions.tree import Expr
from inprocap_flow.language.values import Value, in_words

POSSIBLE = "possible"
IMPOSSIBLE = "impossible"
UNDECIDED = "undecided"

NUMERIC = ("whole_number", "number", "percent")
COUNT = "count"
"""The sort of how many tracks there are: whole numbers that are added up and compared with small ones."""
WORDY = "word"
"""The sort of choices, countries, texts and ids: values that are equal or not."""


@dataclass(frozen=True, slots=True)
class Symbol:
    """One reading of a case.

    ``sort`` is yes_no, whole_number, count, number, percent, money, date, moment or word. ``least`` and ``most`` are
    included in the range, ``above`` is not; of money they are amounts. ``values``, if any, are all that it can be.
    ``says`` is how people name it. ``exact``: it is one value that somebody fills or the law sets; else it sums up a
    state (a count, a clock), and that its values go together is not said.
    """

    name: str
    sort: str
    says: str
    least: Value | None = None
    above: Value | None = None
    most: Value | None = None
    values: tuple[Value, ...] = ()
    currencies: tuple[str, ...] = ()
    may_be_unknown: bool = True
    exact: bool = True


@dataclass(frozen=True, slots=True)
class Question:
    """Is there a state in which each condition has the answer beside it (None: unknown)?"""

    wanted: tuple[tuple[Expr, bool | None], ...]
    symbols: tuple[Symbol, ...] = ()
    axioms: tuple[Expr, ...] = ()

    @property
    def by_name(self) -> dict[str, Symbol]:
        """The symbols by name."""
        return {symbol.name: symbol for symbol in self.symbols}


@dataclass(frozen=True, slots=True)
class Answer:
    """``verdict`` is possible, impossible or undecided; ``who`` decided: ``solver`` or ``enumeration``.

    ``example`` gives a value, or unknown, to every symbol that the conditions read. An answer without example that is
    undecided says why in ``why``.
    """

    verdict: str
    who: str
    example: Mapping[Symbol, Value | Unknown] = field(default_factory=dict)
    why: str = ""

    @property
    def is_possible(self) -> bool:
        return self.verdict == POSSIBLE

    @property
    def is_impossible(self) -> bool:
        return self.verdict == IMPOSSIBLE

    @property
    def is_exact(self) -> bool:
        """Whether the example speaks only of single values, which a case can surely have at one time."""
        return all(symbol.exact for symbol in self.example)

    def shown(self, most: int = 4) -> str:
        """Return the example in words: ``estimated_value = 140 000 EUR``; what is unknown comes last."""
        parts = [
            f"{symbol.says} = {in_words(value)}" for symbol, value in self.example.items()
            if not isinstance(value, Unknown)
        ]  # fmt: skip
        parts += [f"{symbol.says} not known" for symbol, value in self.example.items() if isinstance(value, Unknown)]
        more = [f"{len(parts) - most} more"] if len(parts) > most else []
        return ", ".join(parts[:most] + more)
