"""Calls of functions that ask for one thing: a deadline, a milestone, a limit, a list, an amount."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial

from inprocap_flow.calendar.bad_values import BadPeriod
from inprocap_flow.calendar.periods import Period
from inprocap_flow.calendar.reckoning import far_edge
from inprocap_flow.errors import Unsupported
from inprocap_flow.language.expressions.facts import Facts, Unknown
from inprocap_flow.language.expressions.functions import FUNCTIONS
from inprocap_flow.language.expressions.operations import Answer, best, both_unknown, compute, local_day
from inprocap_flow.language.expressions.reading import Compile, Run
from inprocap_flow.language.expressions.tracks import over_tracks, stands, word_at
from inprocap_flow.language.expressions.tree import BadExpression, Call
from inprocap_flow.language.money import EXACT, Money


def compile_call(call: Call, compiled: Compile) -> Run:
    """Return a call as a closure; *compiled* does the arguments. Raises ``BadExpression`` for one that cannot be."""
    function = FUNCTIONS[call.function]
    if not function.fewest <= len(call.arguments) <= function.most or (
        (call.where and not function.where) or (call.of and not function.of)
    ):
        raise BadExpression(f"`{call.function}` is not called like this.", f"Write {function.spelling}.",
                            call.start, call.width)  # fmt: skip
    if function.parameters[0].kind == "track":
        return over_tracks(call, compiled)
    if call.function == "stands":
        return stands(call)
    if call.function in _BY_VALUE:
        return _BY_VALUE[call.function](call, compiled)
    return partial(_BY_WORD[call.function], word_at(call, 0))


def _limit(name: str, facts: Facts, _each: Facts | None) -> Answer:
    value = facts.limit(name)
    if isinstance(value, Unknown) and not value.missing and not value.reasons:
        return Unknown(reasons=(f"No value of the limit {name} is in force on the day that counts.",))
    return value


def _day_of(name: str, facts: Facts, _each: Facts | None) -> Answer:
    day = facts.day_of(name)
    return Unknown(reasons=(f"The milestone {name} is not reached.",)) if isinstance(day, Unknown) else day


def _end_of(name: str, facts: Facts, _each: Facts | None) -> Answer:
    end = facts.end_of(name)
    return Unknown(reasons=(f"The deadline {name} has no end yet.",)) if isinstance(end, Unknown) else end


_BY_WORD: dict[str, Callable[[str, Facts, Facts | None], Answer]] = {
    "limit": _limit,
    "running": lambda word, facts, _: facts.deadline_state(word) in ("running", "suspended"),
    "over": lambda word, facts, _: facts.deadline_state(word) in ("over", "met", "missed"),
    "missed": lambda word, facts, _: facts.deadline_state(word) == "missed",
    "end_of": _end_of,
    "reached": lambda word, facts, _: facts.reached(word),
    "day_of": _day_of,
    "has": lambda word, facts, _: facts.has(word),
    "approved": lambda word, facts, _: facts.approved(word),
    "lifted": lambda word, facts, _: facts.lifted(word),
    "list_known": lambda word, facts, _: facts.list_known(word),
}


def _listed(call: Call, compiled: Compile) -> Run:
    name, country = word_at(call, 0), compiled(call.arguments[1])

    def run(facts: Facts, each: Facts | None) -> Answer:
        code = country(facts, each)
        if not isinstance(code, str):
            return both_unknown(code)
        found = facts.listed(name, code)
        return Unknown(reasons=(f"There is no list {name} for the day.",)) if isinstance(found, Unknown) else found

    return run


def _known(call: Call, compiled: Compile) -> Run:
    run = compiled(call.arguments[0])
    return lambda facts, each: not isinstance(run(facts, each), Unknown)


def _in_currency(call: Call, compiled: Compile) -> Run:
    amount, currency = compiled(call.arguments[0]), word_at(call, 1)

    def run(facts: Facts, each: Facts | None) -> Answer:
        money = amount(facts, each)
        return money if isinstance(money, Unknown) else _converted(money, currency, facts)

    return run


def _converted(money: Answer, currency: str, facts: Facts) -> Answer:
    if money == 0:
        return Money(EXACT.create_decimal(0), currency)
    if not isinstance(money, Money):
        return Unknown(reasons=("Only money is converted.",))
    if money.currency == currency:
        return money
    if not money.amount:
        return Money(money.amount, currency)
    rate = facts.rate(money.currency, currency)
    if isinstance(rate, Unknown):
        return Unknown(reasons=(f"There is no rate from {money.currency} to {currency} for the day.",))
    return compute("*", Money(money.amount, currency), rate)


def _days_between(call: Call, compiled: Compile) -> Run:
    first, second = (compiled(argument) for argument in call.arguments)

    def run(facts: Facts, each: Facts | None) -> Answer:
        start, end = first(facts, each), second(facts, each)
        if isinstance(start, date) and isinstance(end, date):
            return (local_day(end, facts) - local_day(start, facts)).days
        return both_unknown(start, end)

    return run


def _before(call: Call, compiled: Compile) -> Run:
    """Compare a day with the far edge of a period counted back from another (time-limits R9); both days of one zone."""
    of, first, second = (compiled(argument) for argument in call.arguments)

    def run(facts: Facts, each: Facts | None) -> Answer:
        period, start, end = of(facts, each), first(facts, each), second(facts, each)
        if not isinstance(period, Period) or not isinstance(start, date) or not isinstance(end, date):
            return both_unknown(period, start, end)
        try:
            edge = far_edge(local_day(end, facts), period)
        except (BadPeriod, Unsupported) as wrong:
            return Unknown(reasons=(f"{str(wrong).splitlines()[0]}.",))
        day = local_day(start, facts)
        return day <= edge if call.function == "at_least_before" else day >= edge

    return run


def _extreme(call: Call, compiled: Compile) -> Run:
    runs = tuple(map(compiled, call.arguments))
    sign = "<" if call.function == "min" else ">"
    return lambda facts, each: best(sign, [run(facts, each) for run in runs], facts)


_BY_VALUE: dict[str, Callable[[Call, Compile], Run]] = {
    "known": _known,
    "listed": _listed,
    "in_currency": _in_currency,
    "days_between": _days_between,
    "at_least_before": _before,
    "at_most_before": _before,
    "min": _extreme,
    "max": _extreme,
}
