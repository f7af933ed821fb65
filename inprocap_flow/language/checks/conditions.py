"""What the checks of conditions share: every condition with what its place already says, and how it is asked about."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, wraps

from inprocap_flow.language.canonical import canonical_json
from inprocap_flow.language.checks.finding import Around, Finding, of_line, of_step
from inprocap_flow.language.expressions.stored import to_plain as expr_to_plain
from inprocap_flow.language.expressions.tree import Call, Compare, Expr, Listing, Name, Not, Number, Word
from inprocap_flow.language.guards import Answer, Question, decide
from inprocap_flow.language.guards.abstraction import Condition, Known, ask
from inprocap_flow.language.guards.grounds import digest_of, grounded
from inprocap_flow.language.guards.question import UNDECIDED
from inprocap_flow.language.guards.solver import INSTALL, is_installed
from inprocap_flow.language.model import CASE, Definition, Guard, Line, Step
from inprocap_flow.language.noted import noted
from inprocap_flow.language.remembered import Remembered

MEND = "Write it with fewer values, so that all of them can be tried."
Wanted = Sequence[tuple[Condition, bool | None]]


@dataclass(frozen=True, slots=True)
class Judged:
    """A finding, or (not ``decided``) that a question about the element could not be answered, and why."""

    finding: Finding
    decided: bool = True


@dataclass(frozen=True, slots=True)
class Held:
    """A condition of the definition: what it is called, where it stands, and what holds there anyway."""

    condition: Condition
    what: str
    origin: str
    given: tuple[Condition, ...] = ()
    step: Step | None = None  # whose condition it is, if it keeps a step back

    @property
    def text(self) -> str:
        return str(self.condition.expr)


@dataclass(frozen=True)
class Asking:
    """Asks about the conditions of one definition, each question once; ``said``: what checks have said of it."""

    known: Known
    answers: Remembered[Answer] = field(default_factory=lambda: Remembered(4096))
    said: dict[str, tuple[Judged, ...]] = field(default_factory=dict)

    @classmethod
    def about(cls, definition: Definition, around: Around) -> Asking:
        """Return how to ask; the limits are those of the rulebook and of the definition itself."""

        def made() -> Asking:
            limits = {**(around.rulebook.limits if around.rulebook else {}), **definition.limits}
            return cls(Known(definition, limits, around.day))

        return _ASKED.of((definition, around.rulebook), made, around.day)

    def question(self, wanted: Wanted, given: Sequence[Condition] = ()) -> Question:
        """Return the question itself."""
        return ask(self.known, wanted, given)

    def decide(self, wanted: Wanted, given: Sequence[Condition] = ()) -> Answer:
        """Return whether all of *wanted* can be so at one time, where *given* holds."""
        asked = [one for one, _ in wanted]
        where = tuple((one.line, one.each) for one in (*asked, *given))
        return self.answers.of(
            tuple(one.expr for one in (*asked, *given)),
            lambda: decide(ask(self.known, wanted, given)),
            where,
            tuple(answer for _, answer in wanted),
        )

    def whether(self, wanted: Wanted, given: Sequence[Condition] = ()) -> Answer:
        """Return the same without an example, perhaps from a note.

        It is asked about what questions rest on, and so it hangs on that and on the conditions; not on the steps.
        """
        ground, name = self._ground

        def looked_up() -> Answer:
            return noted(
                "condition",
                lambda: [name, [[*self._plain(one), answer] for one, answer in wanted], [*map(self._plain, given)]],
                lambda: decide(ask(ground, wanted, given)),
                lambda answer: None if answer.verdict == UNDECIDED else [answer.verdict, answer.who],
                lambda plain: Answer(*plain),
            )

        conditions = (*(one for one, _ in wanted), *given)
        where = tuple((one.line, one.each) for one in conditions)
        said = tuple(answer for _, answer in wanted)
        return self.answers.of(tuple(one.expr for one in conditions), looked_up, where, said, "whether")

    @cached_property
    def _ground(self) -> tuple[Known, str]:
        ground = grounded(self.known)
        return ground, digest_of(ground)

    @cached_property
    def _written(self) -> dict[int, tuple[Expr, str]]:
        return {}

    def _plain(self, condition: Condition) -> list[str | None]:
        """Return a condition as plain data, its expression written once."""
        expr = condition.expr
        if id(expr) not in self._written:  # with the expression, so that its identity is taken by no other one
            self._written[id(expr)] = expr, canonical_json(expr_to_plain(expr))
        return [self._written[id(expr)][1], condition.line, condition.each]


_ASKED: Remembered[Asking] = Remembered(8)
_GIVEN: Remembered[tuple[Condition, ...]] = Remembered(4096)
Judging = Callable[[Definition, Around], Iterator[Judged]]


def once(judged: Judging) -> Judging:
    """Let *judged*, which asks nothing of an organisation, work once: its own check says what it found,
    `conditions-not-decided` what it could not decide.
    """

    @wraps(judged)
    def remembered(definition: Definition, around: Around) -> Iterator[Judged]:
        said = Asking.about(definition, around).said
        if judged.__module__ not in said:
            said[judged.__module__] = tuple(judged(definition, around))
        return iter(said[judged.__module__])

    return remembered


def not_decided(origin: str, question: str, answer: Answer) -> Judged:
    """Return that *question* about an element was not decided."""
    return undecided(origin, f"{question} ({answer.why})", MEND)


def undecided(origin: str, question: str, mend: str) -> Judged:
    """Return that *question* about an element was not decided; where no solver is installed, also how to get one."""
    mends = [mend] if is_installed() else [INSTALL, f"Or else: {mend[0].lower()}{mend[1:]}"]
    return Judged(Finding(origin, f"Not decided: {question}.", " ".join(mends)), False)


def given_for(definition: Definition, step: Step) -> tuple[Condition, ...]:
    """Return what holds wherever the conditions of *step* are looked at: what it asks for is there, and its own track
    stands where it starts.
    """
    return _GIVEN.of((definition, step), lambda: _given_for(definition, step))


def _given_for(definition: Definition, step: Step) -> tuple[Condition, ...]:
    line, there = step.line, step.already_there
    fields = (definition.find_field(line, name) for name in (*step.handed_in.fields, *there.fields))
    found: list[Expr] = [Call("known", (Name(one.name),)) for one in fields if one and one.sealed_until is None]
    found += [Call("has", (Word(name),)) for name in (*step.handed_in.documents, *there.documents)]
    found += [Call("approved", (Word(name),)) for name in there.approvals]
    found += [Call("running", (Word(name),)) for name in there.within]
    found += [Not(Call("running", (Word(name),))) for name in there.after]
    found += _own_track(definition, step)
    return tuple(Condition(one, line) for one in found)


def _own_track(definition: Definition, step: Step) -> Iterator[Expr]:
    if step.line == CASE or not step.sources:
        return
    stages = Listing(tuple(map(Word, step.sources)))
    whose = ("", "parent") if definition.line(step.line).parent else ("",)
    for of in whose:
        yield Compare((Call("count", (Word(step.line), stages), None, of), Number(1)), (">=",))


def guards_of(definition: Definition, step: Step) -> tuple[Condition, ...]:
    """Return the conditions that hold whenever *step* is carried out: when it happens, and its guards.

    Left out are those that only warn, that are asked only from some of its stages, or whose rule may be lifted.
    """
    lifted = {rule for one in definition.derogations.values() for rule in one.lifts}
    held = [
        guard.holds
        for guard in step.already_there.that
        if guard.holds is not None and _is_always_asked(guard, step) and guard.rule not in lifted
    ]
    automatic = [] if step.as_soon_as is None else [step.as_soon_as]
    return tuple(Condition(expr, step.line) for expr in [*automatic, *held])


def _is_always_asked(guard: Guard, step: Step) -> bool:
    return not guard.only_warns and (not guard.only_from or set(step.sources) <= set(guard.only_from))


def conditions(definition: Definition) -> Iterator[Held]:
    """Yield every condition of *definition* but those of branches, which are judged together."""
    for line in definition.lines:
        for step in (line.begins, *line.steps.values()):
            yield from _of_a_step(definition, step)
        yield from _of_approvals(line)
        yield from _of_deadlines(line)
    for watch in definition.watches.values():
        yield Held(Condition(watch.when, CASE), "watch", f"watches.{watch.name}")
    for one in definition.derogations.values():
        yield from _guards(one.already_there.that, CASE, f"derogations.{one.name}", ())


def _of_a_step(definition: Definition, step: Step) -> Iterator[Held]:
    origin, given = of_step(step), given_for(definition, step)
    for held in _guards(step.already_there.that, step.line, origin, given):
        yield replace(held, step=step)
    if step.as_soon_as is not None:
        yield Held(Condition(step.as_soon_as, step.line), "`as_soon_as`", origin, given, step)
    for move in step.moves:
        if move.where is not None:
            yield Held(Condition(move.where, step.line, move.track), "`where` of a move", origin)
    for create in step.creates:
        if create.where is not None:
            yield Held(Condition(create.where, step.line, create.for_each), "`where` of new tracks", origin)


def _guards(guards: Sequence[Guard], line: str, origin: str, given: tuple[Condition, ...]) -> Iterator[Held]:
    for number, guard in enumerate(guards):
        if guard.holds is not None:
            yield Held(Condition(guard.holds, line), "condition", f"{origin}.that.{number}", given)


def _of_approvals(line: Line) -> Iterator[Held]:
    for approval in line.approvals.values():
        for number, signature in enumerate(approval.signatures):
            if signature.when is not None:
                origin = f"{of_line(line.kind, 'approvals', approval.name)}.signatures.{number}"
                yield Held(Condition(signature.when, line.kind), "condition of a signature", origin)


def _of_deadlines(line: Line) -> Iterator[Held]:
    for deadline in line.deadlines.values():
        origin = of_line(line.kind, "deadlines", deadline.name)
        if deadline.met_when is not None:
            yield Held(Condition(deadline.met_when, line.kind), "`met_when`", origin)
        for reminder in deadline.remind:
            if reminder.when is not None:
                yield Held(Condition(reminder.when, line.kind), "condition of a reminder", origin)
        for act in deadline.acts.values():
            yield from _guards(act.requires.that, line.kind, f"{origin}.acts.{act.kind}", ())


def ranges(question: Question) -> str:
    """Return what is known of the values that a question reads, in words; empty if nothing bounds them."""
    said = []
    for symbol in question.symbols:
        if symbol.name not in {name for expr, _ in question.wanted for name in _names(expr)} or not symbol.exact:
            continue
        if symbol.values and symbol.name.startswith("limit("):
            said.append(f"{symbol.says} is {' or '.join(_shown(value) for value in symbol.values)}")
        bounds = ((symbol.least, "at least"), (symbol.above, "more than"), (symbol.most, "at most"))
        parts = [f"{words} {_shown(bound)}" for bound, words in bounds if bound is not None]
        said += [f"{symbol.says} is {' and '.join(parts)}"] if parts else []
    return "; ".join(said)


def _names(expr: Expr) -> Iterator[str]:
    if isinstance(expr, Name):
        yield expr.name
    for part in expr.parts:
        yield from _names(part)


def _shown(value: object) -> str:
    from inprocap_flow.language.values import in_words

    return in_words(value)
