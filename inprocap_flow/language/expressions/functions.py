"""The functions of the expression language: one table that reader, checker, evaluator and reference share."""

from __future__ import annotations

from inprocap_flow.records import record


@record
class Parameter:
    """An argument. ``kind`` is ``value``, ``field``, ``each_field``, ``stages``, ``currency``, or what it names."""

    kind: str
    optional: bool = False
    repeats: bool = False


@record
class Function:
    """How a function is called and what it gives. ``result`` is a type, or ``same`` as its value, field or limit."""

    name: str
    parameters: tuple[Parameter, ...]
    result: str
    says: str
    where: bool = False

    @property
    def fewest(self) -> int:
        """The number of arguments that must be there."""
        return sum(not parameter.optional for parameter in self.parameters)

    @property
    def most(self) -> int:
        """The number of arguments that may be there; a repeated last one may come as often as the text is long."""
        return 60 if self.parameters[-1].repeats else len(self.parameters)

    def parameter(self, position: int) -> Parameter | None:
        """Return what stands at *position* (from 0), or ``None`` beyond the last."""
        if position < len(self.parameters):
            return self.parameters[position]
        return self.parameters[-1] if self.parameters[-1].repeats else None

    @property
    def spelling(self) -> str:
        """How a call looks, for messages and the reference."""
        shown = [_SHOWN.get(parameter.kind, f"'{parameter.kind}'") for parameter in self.parameters]
        named = [*(["where=..."] if self.where else []), *(["of=this"] if self.of else [])]
        return f"{self.name}({', '.join(shown + named)})"

    @property
    def of(self) -> bool:
        """Whether it looks at tracks, which ``of`` may narrow."""
        return self.parameters[0].kind == "track"


_SHOWN = {
    "parent": "'track'",
    "value": "value",
    "field": "field",
    "each_field": "each.field",
    "stages": "stages",
    "currency": "'EUR'",
}


def _one(name: str, kind: str, result: str, says: str) -> Function:
    return Function(name, (Parameter(kind),), result, says)


def _over_tracks(name: str, result: str, says: str, *middle: Parameter) -> Function:
    return Function(name, (Parameter("track"), *middle, Parameter("stages", optional=True)), result, says, where=True)


_EACH = Parameter("each_field")
_VALUE = Parameter("value")

FUNCTIONS = {
    function.name: function
    for function in (
        _one("limit", "limit", "same", "the rulebook's value in force on the day that counts"),
        _over_tracks("count", "whole_number", "how many tracks of that kind stand there"),
        _over_tracks("every", "yes_no", "whether all of them stand there, or meet the where; yes if there is none"),
        Function(
            "stands",
            (Parameter("parent"), Parameter("stages")),
            "yes_no",
            "whether the track that this one is of stands there",
        ),
        _one("unfinished", "track", "whole_number", "how many tracks of that kind are in no final stage"),
        _over_tracks("total", "same", "the sum of a field over tracks; 0 over none", _EACH),
        _over_tracks("lowest", "same", "the smallest value of a field over tracks; unknown over none", _EACH),
        _over_tracks("highest", "same", "the largest value of a field over tracks; unknown over none", _EACH),
        _one("running", "deadline", "yes_no", "whether the deadline runs, or stands still"),
        _one("over", "deadline", "yes_no", "whether its time has ended, met or not; not if it was stopped"),
        _one("missed", "deadline", "yes_no", "whether the deadline ended without being met"),
        _one("end_of", "deadline", "moment", "the moment at which the deadline ends or ended; that moment is late"),
        _one("reached", "milestone", "yes_no", "whether the milestone was reached"),
        _one("day_of", "milestone", "date", "the local day on which it was reached last"),
        _one("known", "field", "yes_no", "whether the field has a value"),
        _one("has", "document", "yes_no", "whether the document is there"),
        _one("approved", "approval", "yes_no", "whether the approval is given and still holds"),
        _one("lifted", "rule", "yes_no", "whether a derogation lifts the rule"),
        Function("listed", (Parameter("list"), _VALUE), "yes_no", "whether the country is on the list today"),
        _one("list_known", "list", "yes_no", "whether the organisation has that list for today"),
        Function("in_currency", (_VALUE, Parameter("currency")), "money", "the amount at the rate of the day"),
        Function("days_between", (_VALUE, _VALUE), "whole_number", "days from the first to the second"),
        Function(
            "at_least_before",
            (_VALUE, _VALUE, _VALUE),
            "yes_no",
            "whether the period lies between the first day and the second, counted back from the second",
        ),
        Function(
            "at_most_before",
            (_VALUE, _VALUE, _VALUE),
            "yes_no",
            "whether the period, counted back from the second day, reaches the first",
        ),
        Function("min", (_VALUE, Parameter("value", repeats=True)), "same", "the smallest"),
        Function("max", (_VALUE, Parameter("value", repeats=True)), "same", "the largest"),
    )
}
OF = {
    "this": "only the tracks that belong to the one that asks",
    "parent": "only the tracks that belong to the same one as the one that asks, itself included",
}
"""What ``of=`` may say in a call that looks at tracks."""
AGGREGATES = frozenset(
    name for name, function in FUNCTIONS.items() if function.where or name in ("unfinished", "stands")
)
"""Functions that look at tracks; they do not stand inside each other's ``where``."""
CONSTANTS = {"money": "money('900000 EUR')", "period": "period('6 weeks')"}
"""Values that have no sign of their own; they come into expressions when a block is handed one."""
