"""The made parts of ``docs/reference/language.md``: ``python -m inprocap_flow.cli.definitions_reference``.

What stands between ``<!-- made: NAME -->`` and ``<!-- end -->`` is made from the code that reads definitions; a test
makes it again and compares, so that the page cannot fall behind. Everything else is written by hand.
"""

from __future__ import annotations

import re
import types
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from inprocap_flow.cli.definitions_codes import EVENTS, REFUSALS, TYPES
from inprocap_flow.language.expressions.functions import FUNCTIONS
from inprocap_flow.language.schema import (
    acts,
    approvals,
    calendars,
    dated,
    deadlines,
    facts,
    guards,
    history,
    lines,
    migration,
    organisation,
    overlay,
    procedure,
    roles,
    scenarios,
    sources,
    stages,
    steps,
    words,
)
from inprocap_flow.language.schema.words import Doc, Names, Scalar

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "language.md"
_MADE = re.compile(r"(<!-- made: ([a-z ]+) -->\n).*?(<!-- end -->)", re.DOTALL)

# What a key takes, for the types that have no name of a thing.
_SIMPLE: tuple[tuple[Any, str], ...] = (
    (words.Text, "text for people"),
    (words.YesNo, "yes or no"),
    (words.Whole, "whole number"),
    (words.PeriodOrExpression, "period or expression"),
    (words.PeriodText, "period"),
    (words.Offset, "period"),
    (words.Expression, "expression"),
    (words.Day, "day"),
    (words.DayOrNever, "day or `never`"),
    (words.PeriodOrNever, "period or `never`"),
    (words.Hour, "hour, in quotes"),
    (words.HourOrOff, "hour, in quotes, or `off`"),
    (words.Currency, "currency"),
    (words.Country, "country code"),
    (words.Quorum, "number, `50 percent`, `all` or `majority`"),
    (words.Id, "id"),
    (words.IdOrFile, "id or file"),
    (words.Name, "name"),
    (words.Words, "words"),
    (guards.Condition, "expression or plain guard"),
    (guards.Computed, "expression or `hook:`"),
)


_STEP: tuple[type[Doc], ...] = (
    steps.StepDoc, steps.BeginsDoc, steps.HandedInDoc, steps.AlreadyThereDoc, guards.GuardDoc, guards.AtLeastDoc,
    guards.HookDoc, steps.BranchDoc,
)  # fmt: skip


def made() -> dict[str, Callable[[], str]]:
    """Return every made part by its name."""
    return {
        "keys of a file": lambda: keys(procedure.ProcedureDoc, procedure.BlockDoc, procedure.IncludeDoc,
                                       procedure.AtDoc, procedure.GivenDoc, procedure.UsesDoc,
                                       procedure.ReceivesDoc),
        "keys of things": lambda: keys(roles.RoleDoc, roles.RuleDoc, facts.FieldDoc, facts.DocumentDoc,
                                       stages.StageDoc, stages.TypicalDoc, stages.SilenceReminderDoc),
        "keys of a step": lambda: keys(*_STEP, *_others(steps, *_STEP)),
        "keys of an approval": lambda: keys(approvals.ApprovalDoc, approvals.SignatureDoc, approvals.VoidIfChanged,
                                            approvals.ApprovalReminderDoc),
        "keys of a deadline": lambda: keys(deadlines.DeadlineDoc, deadlines.ReminderDoc, acts.ActsDoc, acts.ActDoc),
        "keys of a track": lambda: keys(lines.TrackDoc, lines.WatchDoc),
        "keys of an overlay": lambda: keys(overlay.OverlayDoc, overlay.InsertDoc, overlay.LengthenDoc,
                                           overlay.RemindDoc, overlay.NewNamesDoc, overlay.DerogationDoc),
        "keys of own lengths": lambda: keys(sources.EstimatesDoc, sources.RestsOnDoc),
        "keys of a plan": lambda: keys(migration.MigrationDoc, migration.LineChangeDoc, migration.RenamedDoc,
                                       migration.CaseAnswersDoc, migration.LineAnswersDoc),
        "keys of dated data": lambda: keys(*_others(dated), *_others(calendars), *_others(organisation)),
        "keys of tests": lambda: keys(*_others(scenarios)),
        "keys of histories": lambda: keys(*_others(history)),
        "types": types_table,
        "functions": functions_table,
        "plain guards": plain_guards_table,
        "reserved names": lambda: ", ".join(f"`{name}`" for name in sorted(_reserved())) + ".\n",
        "bounds": bounds_table,
        "refusals": lambda: _table(("Code", "Means"), ((f"`{code}`", says) for code, says in REFUSALS.items())),
        "events": lambda: _table(("Kind", "Says"), ((f"`{kind}`", says) for kind, says in EVENTS.items())),
        "checks": checks_table,
    }  # fmt: skip


def _others(module: types.ModuleType, *without: type[Doc]) -> list[type[Doc]]:
    """Return the documents that *module* itself declares, in order of writing, with keys that people see."""
    found = [one for one in vars(module).values() if isinstance(one, type) and issubclass(one, Doc)]
    return [one for one in found if one.__module__ == module.__name__ and one not in without and not _is_base(one)]


def _is_base(model: type[Doc]) -> bool:
    return any(issubclass(other, model) and other.__module__ == model.__module__ for other in model.__subclasses__())


# ------------------------------------------------------------------------------------------------------------- keys


def keys(*models: type[Doc]) -> str:
    """Return one table of keys for each model: bold keys are mandatory."""
    return "\n".join(_model(model) for model in models)


def _model(model: type[Doc]) -> str:
    says = " ".join((model.__doc__ or "").split())
    rows = [_row(model, name) for name in model.model_fields]
    return f"#### {called(model)}\n\n{says}\n\n{_table(('Key', 'Takes', 'Meaning'), rows)}"


def called(model: type[Doc]) -> str:
    """Return what a model is called among people: ``StepDoc`` is a step."""
    name = model.__name__.removesuffix("Doc")
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).capitalize()


def _row(model: type[Doc], name: str) -> tuple[str, str, str]:
    field = model.model_fields[name]
    shown = f"`{field.alias or name}`"
    hint = get_type_hints(model, include_extras=True)[name]
    default = _default(field.default) if not field.is_required() else ""
    meaning = (field.description or "") + (f" Default: {default}." if default else "")
    return f"**{shown}**" if field.is_required() else shown, taken(hint), meaning


def _default(value: Any) -> str:
    if value is None or value in ((), {}) or isinstance(value, Doc):
        return ""
    return f"`{'yes' if value is True else 'no' if value is False else value}`"


def taken(hint: Any) -> str:
    """Return in words what a key of this type takes."""
    for known, says in _SIMPLE:
        if hint == known:
            return says
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        return " or ".join(dict.fromkeys(taken(one) for one in get_args(hint) if one is not type(None)))
    if origin is Annotated:
        return _annotated(*get_args(hint))
    if origin is tuple:
        one = taken(get_args(hint)[0])
        return f"{one}, or a list" if one.startswith("[") else f"{one}, one or a list"
    if origin is dict:
        key, value = get_args(hint)
        return f"map: {taken(key)}: {taken(value)}"
    if isinstance(hint, type) and issubclass(hint, Doc):
        if issubclass(hint, overlay.OnlyFor) and hint.__bases__[0] is not overlay.OnlyFor:
            return f"{taken(hint.__bases__[0])}, with `only_for`"
        return f"[{called(hint).lower()}](#{called(hint).lower().replace(' ', '-')})"
    return "anything" if hint is Any else "words"


def _annotated(base: Any, *metadata: Any) -> str:
    named = next((one for one in metadata if isinstance(one, Names)), None)
    if named is not None and named.kind not in ("expression", "length", "text", "tell", "hook"):
        return f"name of a new {named.kind}" if named.declares else named.kind
    scalar = next((one for one in metadata if isinstance(one, Scalar)), None)
    choices = scalar.json.get("enum") if scalar is not None else None
    if choices:
        return ", ".join(f"`{choice}`" for choice in choices)
    return "words" if base is str else taken(base)


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines_ = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    lines_ += [f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in rows]
    return "\n".join(lines_) + "\n"


# ------------------------------------------------------------------------------------------------------ other tables


def types_table() -> str:
    """Return the types of fields, each with an example that is read by the parser of that type."""
    rows = ((f"`{name}`", f"`{example}`", says) for name, (example, says) in TYPES.items())
    return _table(("Type", "Example", "Note"), rows)


def functions_table() -> str:
    """Return the functions of the expression language."""
    rows = ((f"`{one.spelling}`", _result(one.result), one.says) for one in FUNCTIONS.values())
    return _table(("Function", "Gives", "Means"), rows)


def _result(name: str) -> str:
    return "as what it reads" if name == "same" else name.replace("_", " ")


PLAIN = {
    "nobody_in": {"supplier": "tendered"},
    "at_least_one_in": {"supplier": "ranked"},
    "at_least": {"how_many": "3", "supplier": "qualified"},
    "all_finished": ["review", "reasons"],
    "deadline_met": "award_notice",
    "deadline_over": "standstill",
}


def plain_guards_table() -> str:
    """Return the plain guards with the expression that each stands for."""
    from inprocap_flow.language.expressions.plain import PLAIN_GUARDS, plain_guard

    rows = ((f"`{key}: {_written(PLAIN[key])}`", f"`{plain_guard(key, PLAIN[key])}`") for key in PLAIN_GUARDS)
    return _table(("Plain guard", "Stands for"), rows)


def _written(data: Any) -> str:
    if isinstance(data, dict):
        return "{" + ", ".join(f"{key}: {value}" for key, value in data.items()) + "}"
    return "[" + ", ".join(data) + "]" if isinstance(data, list) else str(data)


def _reserved() -> frozenset[str]:
    from inprocap_flow.language.schema.readers import RESERVED

    return RESERVED


def bounds_table() -> str:
    """Return how large files and expressions may be."""
    from inprocap_flow.language import marks
    from inprocap_flow.language.expressions import syntax

    rows = (
        ("a file", f"{marks.MAX_BYTES} bytes, {marks.MAX_DEPTH} levels, {marks.MAX_NODES} nodes"),
        ("an expression", f"{syntax.MAX_LENGTH} characters, {syntax.MAX_NODES} parts, {syntax.MAX_DEPTH} levels"),
        ("a number in an expression", f"{syntax.MAX_DIGITS} digits"),
    )
    return _table(("What", "At most"), rows)


def checks_table() -> str:
    """Return the checks that run on a whole definition; each has a page."""
    from inprocap_flow.language.checks import CHECKS
    from inprocap_flow.language.checks.behaviour import BEHAVIOURAL

    severities = {one.CODE: one.SEVERITY for one in CHECKS} | {one.CODE: one.SEVERITY for one in BEHAVIOURAL}
    rows = ((f"[{code}](../checks/{code}.md)", severities[code], _finds(code)) for code in sorted(severities))
    return _table(("Code", "Severity", "Finds"), rows)


def _finds(code: str) -> str:
    page = PAGE.parents[1] / "checks" / f"{code}.md"
    text = page.read_text(encoding="utf-8") if page.is_file() else ""
    found = re.search(r"## What it finds\n\n(.*?)\n\n", text, re.DOTALL)
    return " ".join(found[1].split()) if found else ""


# --------------------------------------------------------------------------------------------------------- the page


def rewritten(text: str) -> str:
    """Return the page with every made part made anew. Raises KeyError for a part that nobody makes."""
    parts = made()
    return _MADE.sub(lambda found: f"{found[1]}\n{parts[found[2]]()}\n{found[3]}", text)


def parts_in(text: str) -> Iterator[str]:
    """Yield the names of the made parts of a page, in order."""
    yield from (found[2] for found in _MADE.finditer(text))


if __name__ == "__main__":
    PAGE.write_text(rewritten(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
