"""How things are called in sentences: by their title, with the name in brackets that files and commands use."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from inprocap_flow.calendar.periods import Period, parse_period, together
from inprocap_flow.engine.case.binding import in_force
from inprocap_flow.errors import Place, Unsupported
from inprocap_flow.language.expressions.aloud import read_aloud, read_value_aloud
from inprocap_flow.language.expressions.tree import And, Arithmetic, Call, Constant, Expr, Name, Not, Word, walk
from inprocap_flow.language.model import CASE, LINKED_CASE, SYSTEM, HookCall, Limit, LimitValue, Step
from inprocap_flow.service.reading.amounts import BASES, evidence, in_unit, period_in_words, value_in_words
from inprocap_flow.service.reading.book import Book, note
from inprocap_flow.service.reading.phrasing import all_of, any_of
from inprocap_flow.service.reading.sentences import Sentence

NOT_WHO_WROTE = "; who only wrote it and let somebody else file it is not kept out: no author is recorded"


@dataclass(frozen=True, slots=True)
class Speech:
    """Speaks of the things that the line of *kind* sees."""

    book: Book
    kind: str = CASE

    # ------------------------------------------------------------------------------------- things by title

    def role(self, name: str) -> str:
        """Return the title of a role."""
        declared = self.book.definition.roles.get(name)
        return self.book.text(declared.title) if declared else name

    def roles(self, names: Iterable[str]) -> str:
        """Return the titles of roles, any of which will do."""
        titles = {SYSTEM: "the system", LINKED_CASE: "a linked case"}
        return any_of(titles.get(name) or self.role(name) for name in names)

    def field(self, name: str) -> str:
        """Return a field by title and name."""
        declared = self.book.definition.find_field(self.kind, name)
        return f'"{self.book.text(declared.title)}" ({name})' if declared else name

    def document(self, name: str) -> str:
        """Return a document by title and name."""
        declared = self.book.definition.find_document(self.kind, name)
        return f'"{self.book.text(declared.title)}" ({name})' if declared else name

    def deadline(self, name: str) -> str:
        """Return a deadline by title and name."""
        declared = self.book.definition.find_deadline(self.kind, name)
        return f'"{self.book.text(declared.title)}" ({name})' if declared else name

    def approval(self, name: str) -> str:
        """Return an approval by title and name."""
        declared = self.book.definition.find_approval(self.kind, name)
        return f'"{self.book.text(declared.title) or name}" ({name})' if declared else name

    def track(self, kind: str) -> str:
        """Return a kind of track as people speak of one of it: ``supplier file``."""
        return f"{kind.replace('_', ' ')} file"

    def step(self, step: Step) -> str:
        """Return a step by title and name."""
        return f'"{self.step_title(step)}" ({step.name or "begins"})'

    def step_title(self, step: Step) -> str:
        """Return the title of a step, or its name as words."""
        return self.book.text(step.title) or (step.name or "begins").replace("_", " ").capitalize()

    def milestone(self, name: str) -> str:
        """Return what reaches a milestone, and its name."""
        reaching = [f'"{self.step_title(step)}"' for step in self.book.steps if step.milestone == name]
        return f"{any_of(reaching)} ({name})" if reaching else name

    # --------------------------------------------------------------------------------------------- stages

    def stage(self, address: str, kind: str | None = None) -> str:
        """Return a stage from the outermost inwards: ``Award > Standstill``."""
        stages = self.book.definition.line(self.kind if kind is None else kind).stages
        names = address.split(".")
        whole = [".".join(names[: depth + 1]) for depth in range(len(names))]
        return " > ".join(self.book.text(stages[one].title) or one for one in whole if one in stages) or address

    def stages(self, addresses: Iterable[str], kind: str | None = None) -> str:
        """Return stages, any of which will do; all stages of a group are called by the group."""
        kind = self.kind if kind is None else kind
        known = list(addresses)
        line = self.book.definition.line(kind)
        open_ones = {leaf for leaf in line.leaves if line.stages[leaf].final is None}
        if len(known) > 1 and open_ones <= set(known):
            return "any stage that is not final"
        return any_of(f'"{self.stage(one, kind)}"' for one in self._grouped(known, kind))

    def _grouped(self, addresses: list[str], kind: str) -> Iterator[str]:
        line = self.book.definition.line(kind)
        groups = [one for one, stage in line.stages.items() if not stage.is_leaf]
        left = dict.fromkeys(addresses)
        for address in addresses:
            whole = [g for g in groups if address.startswith(f"{g}.") and set(line.leaves_under(g)) <= set(addresses)]
            if whole and address in left:
                yield whole[0]
                for leaf in line.leaves_under(whole[0]):
                    left.pop(leaf, None)
            elif address in left:
                yield address

    # ---------------------------------------------------------------------------------------- expressions

    def expression(self, expr: Expr | HookCall) -> str:
        """Return a condition or value as a clause without capital and full stop."""
        if isinstance(expr, HookCall):
            return f"what the Python function {expr.name} answers"
        met = _met(expr)
        if met:
            return f"{all_of(f'the deadline {self.deadline(one)}' for one in met)} was met, or never started"
        return read_aloud(expr, self._title).replace(" file tracks", " files")

    def value(self, expr: Expr | HookCall) -> str:
        """Return a value, such as the field that it is read from."""
        if isinstance(expr, HookCall):
            return self.expression(expr)
        return read_value_aloud(expr, self._title).replace(" file tracks", " files")

    def _title(self, kind: str, word: str) -> str | None:
        definition = self.book.definition
        speak: dict[str, Callable[[str], str | None]] = {
            "field": self.field,
            "document": self.document,
            "deadline": self.deadline,
            "approval": self.approval,
            "milestone": self.milestone,
            "choice": lambda name: f'"{name.replace("_", " ")}"',
            "track": self.track,
            "stage": self._stage_anywhere,
            "each_field": self._field_anywhere,
            "member": lambda name: self._field_anywhere(name) or gate_day(name),
            "owner": lambda name: self.field(name) if definition.find_field(self.kind, name) else None,
        }
        return speak[kind](word) if kind in speak else None

    def _stage_anywhere(self, address: str) -> str | None:
        for line in self.book.definition.lines:
            if line.kind != CASE and address in line.stages:
                return f'"{self.stage(address, line.kind)}"'
        return None

    def _field_anywhere(self, name: str) -> str | None:
        for line in self.book.definition.lines:
            if name in line.fields:
                return f'"{self.book.text(line.fields[name].title)}" ({name})'
        return None

    def about(self, expr: Expr | HookCall | str | None, place: Place, element: str) -> tuple[Sentence, ...]:
        """Return what must be said below a condition or value: what it was given, and the limits in it."""
        found = [note(one) for one in self.book.handed_at(place, element)]
        if isinstance(expr, Expr):
            found += [self.limit(name) for name in limits_in(expr)]
        return tuple(found)

    # --------------------------------------------------------------------------------------------- values

    def period(self, source: Expr | str) -> str:
        """Return a length of time in words, wherever it comes from."""
        if isinstance(source, str):
            return period_in_words(source)
        if isinstance(source, Name):
            return f"the time in {self.field(source.name)}"
        if _is_limit(source):
            name = source.arguments[0].word  # type: ignore[attr-defined]
            limit = self.book.limit(name)
            value = self.limit_value(limit) if limit else None
            return f"{value_in_words(limit, value)} (limit {name})" if limit else f"the limit {name}"
        if isinstance(source, Constant) and source.type_name == "period":
            return period_in_words(source.text)
        if isinstance(source, Arithmetic) and source.sign == "+":
            return self._longer(source)
        return self.expression(source)

    def _longer(self, source: Arithmetic) -> str:
        """Return a length to which something is added: what both come to on the day of this reading, and both."""
        first, *others = (self._part(one) for one in _summed(source))
        both = f"{first[0]}{first[1]}" + "".join(f" and {length} more{whence}" for length, whence in others)
        whole = self.length(source)
        return f"{whole} ({both})" if whole is not None else both

    def _part(self, source: Expr) -> tuple[str, str]:
        """Return a part of a length, and where it comes from."""
        if not _is_limit(source):
            return self.period(source), ""
        name = source.arguments[0].word  # type: ignore[attr-defined]
        limit = self.book.limit(name)
        return value_in_words(limit, self.limit_value(limit) if limit else None), f" by the limit {name}"

    def length(self, source: Expr | str) -> Period | None:
        """Return how long *source* is on the day of this reading, unreduced; None if only a case can say it."""
        if isinstance(source, str):
            return parse_period(source)
        if isinstance(source, Constant) and source.type_name == "period":
            return parse_period(source.text)
        if _is_limit(source):
            limit = self.book.limit(source.arguments[0].word)  # type: ignore[attr-defined]
            value = self.limit_value(limit) if limit is not None and limit.unit == "period" else None
            return parse_period(value.value) if value is not None and value.value is not None else None
        parts = [self.length(part) for part in source.parts] if isinstance(source, Arithmetic) else []
        if len(parts) != 2 or parts[0] is None or parts[1] is None:
            return None
        try:
            return together(parts[0], parts[1])
        except Unsupported:
            return None

    def limit_value(self, limit: Limit) -> LimitValue | None:
        """Return the value in force on the day of this reading."""
        found: LimitValue | None = in_force(limit.values, self.book.day)
        return found

    def limit(self, name: str) -> Sentence:
        """Return a limit with its value in force, basis, source and evidence."""
        limit = self.book.limit(name)
        if limit is None:
            return Sentence(f"The limit {name} is in no rulebook that was found.")
        value = self.limit_value(limit)
        below = [] if value is None else [self._variant(limit, value, number) for number in range(len(value.variants))]
        text = f"The limit {name} is {value_in_words(limit, value)} on {self.book.day}. {self.book.text(limit.says)}."
        return Sentence(f"{text} {evidence(limit, value)}", self.book.limit_place(name), tuple(below))

    def _variant(self, limit: Limit, value: LimitValue, number: int) -> Sentence:
        one = value.variants[number]
        shown = in_unit(limit, str(one.value)) if one.value is not None else "no value"
        asked = " and to ".join(self._fact(name) for name in one.facts)
        apart = f"; {BASES[limit.basis_of(one)]}" if limit.basis_of(one) != limit.basis_of(value) else ""
        return Sentence(f"{shown}, if the answer to {asked} is yes ({one.source}{apart}).",
                        self.book.limit_place(limit.name))  # fmt: skip

    def _fact(self, name: str) -> str:
        asked = self.book.rulebook.facts.get(name) if self.book.rulebook else None
        return f'"{self.book.text(asked)}" ({name})' if asked else name


def limits_in(expr: Expr | str | None) -> tuple[str, ...]:
    """Return the names of the limits that a value or condition asks for, each once."""
    parts = walk(expr) if isinstance(expr, Expr) else ()
    return tuple(dict.fromkeys(str(one.arguments[0].word) for one in parts if _is_limit(one)))  # type: ignore[attr-defined]


def _summed(expr: Expr) -> Iterator[Expr]:
    """Yield the lengths that together make one."""
    if isinstance(expr, Arithmetic):
        for part in expr.parts:
            yield from _summed(part)
    else:
        yield expr


def _is_limit(expr: object) -> bool:
    return isinstance(expr, Call) and expr.function == "limit" and isinstance(expr.arguments[0], Word)


def _met(expr: Expr) -> list[str]:
    """Return the deadlines of the plain guard ``deadline_met``, or nothing if *expr* is something else."""
    parts = expr.operands if isinstance(expr, And) else ()
    names: dict[str, list[str]] = {"running": [], "missed": []}
    for part in parts:
        call = part.operand if isinstance(part, Not) else None
        if not isinstance(call, Call) or call.function not in names or not isinstance(call.arguments[0], Word):
            return []
        names[call.function].append(call.arguments[0].word)
    return names["running"] if names["running"] == names["missed"] else []


def gate_day(name: str) -> str:
    """Return what people read for a gate of a meeting: `meets` is the day on which it meets."""
    return "day" if name == "meets" else f'day "{name.replace("_", " ")}"'
