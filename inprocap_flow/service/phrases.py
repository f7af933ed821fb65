"""Parts of events in words, shared by everything that speaks of them: values of law, traces, sizes, notices."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from inprocap_flow.calendar.bad_values import BadValue
from inprocap_flow.engine.case.facts import limit_value
from inprocap_flow.language.model import Definition, Text
from inprocap_flow.language.values import in_words

ASSUMED = "A day that is not known exactly was read so that this is possible."


def used_words(journal: Mapping[str, Any]) -> Iterator[str]:
    """Yield the dated data that a decision rested on, each with its source and whether anybody confirmed it."""
    for name, limit in journal.get("limits", {}).items():
        ground = f"{limit.get('source', 'no source')}{_not_law(limit)}"
        yield f"limit {name}: {limit_words(limit)} ({ground}){unconfirmed(limit)}"
    for name, rate in journal.get("rates", {}).items():
        yield f"rate {name}: {rate.get('worth')} ({rate.get('source')})"
    for name, entry in journal.get("lists", {}).items():
        yield f"list {name} of {entry.get('day')} ({entry.get('source')}){unconfirmed(entry)}"
    for name in journal.get("hooks", {}):
        yield f"computed by {name}"


def _not_law(used: Mapping[str, Any]) -> str:
    """Return what a value rests on where that is not law; a source alone would read as one."""
    basis = str(used.get("basis", "law"))
    return "" if basis == "law" else f"; {basis.replace('_', ' ')}"


def rule_words(definition: Definition, name: str, text: Callable[[Text], str]) -> str:
    """Return a rule by its title in quotes, its name if it has none."""
    rule = definition.rules.get(name)
    title = text(rule.title) if rule else ""
    return f'"{title}"' if title else name


def derogation_words(definition: Definition, name: str, text: Callable[[Text], str]) -> str:
    """Return a derogation by its title and name."""
    found = definition.derogations.get(name)
    title = text(found.title) if found else ""
    return f'"{title}" ({name})' if title else name


def limit_words(used: Mapping[str, Any]) -> str:
    """Return the value of a limit that a decision used, in words with its unit: ``30 days``, ``216 000 EUR``."""
    value, unit = used.get("value"), str(used.get("unit", ""))
    if value is None:
        return "none"
    try:
        return in_words(limit_value(unit, str(value)))
    except (BadValue, KeyError):
        return str(value)


def unconfirmed(used: Mapping[str, Any]) -> str:
    """Return the mark of a value that nobody has confirmed (ruling 10)."""
    return " [not confirmed]" if used.get("confirmed_on") == "never" else ""


def trace(computed: Mapping[str, Any]) -> Iterator[str]:
    """Yield the rules that gave a deadline, each with its source, and the limits that it rests on."""
    for step in computed.get("trace", ()):
        source = f" [{step['cite']}]" if step.get("cite") else ""
        evidence = str(step.get("evidence", ""))
        doubt = " [not confirmed]" if evidence and not evidence.startswith("confirmed") else ""
        yield f"{step['text']}{source}{doubt}"
    yield from used_words({"limits": computed.get("limits", {})})
    if computed.get("typed"):
        yield "The day was chosen by a person."
    if floor := computed.get("floor"):
        yield f"The {least_length(floor)} beside it:"
        yield from (f"  {line}" for line in trace(floor))


def least_length(computed: Mapping[str, Any]) -> str:
    """Return what a floor is called: a lawful minimum only where every value behind it rests on law."""
    read = computed.get("limits", {})
    binding = computed.get("bound", read)
    bases = {str(used.get("basis", "law")) for name, used in read.items() if name in binding}
    return "lawful minimum" if bases <= {"law"} else "least length"


def size(count: int) -> str:
    """Return a number of bytes as people read it: ``999 bytes``, ``1.2 MB``."""
    if count < 1000:
        return f"{count} bytes" if count != 1 else "1 byte"
    unit, scale = next((u, s) for u, s in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)) if count >= s)
    return f"{count / scale:.1f} {unit}"


def notice(plain: Mapping[str, Any]) -> str:
    """Return an official notice with its codes and its title (ruling 30)."""
    labels = {"eforms": "eForms", "ocds": "OCDS", "procedure": "procedure", "reason": "reason", "result": "result"}
    codes = ", ".join(f"{label} {plain[name]}" for name, label in labels.items() if plain.get(name))
    title = str(plain.get("title") or "")
    return f"{title} ({codes})" if title and codes else title or codes


def reported_value(plain: Any) -> str:
    """Return a value that was reported to a linked case, as people read it; its type is not known here."""
    if isinstance(plain, Mapping):
        return f"{plain.get('amount', '')} {plain.get('currency', '')}"
    return ("yes" if plain else "no") if isinstance(plain, bool) else str(plain)


def destroyed_words(data: Mapping[str, Any]) -> str:
    """Return how much was destroyed: ``3 sealed values and 1 sealed document``."""
    counts = ((data.get("values", 0), "sealed value"), (data.get("documents", 0), "sealed document"))
    said = [f"{count} {what}{'s' if count != 1 else ''}" for count, what in counts if count]
    return " and ".join(said) or "what was sealed"
