"""Whether an approval can be given by the people who are there, and then be used by somebody who may.

The lines of the approval and the person who carries the step out are chosen together: each signature as often as it
is wanted, never by somebody who must be another person; and who brings the papers that must be there by then, where a
role is closed to their authors. What else happened in the case is left aside.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from math import ceil

from inprocap_flow.language.model import (
    CASE,
    SYSTEM,
    WHOEVER_CARRIES_OUT,
    Approval,
    Definition,
    Line,
    Person,
    Signature,
    Step,
    step_of,
)
from inprocap_flow.language.people.authors import Paper, bringers, is_closed, papers_before
from inprocap_flow.language.people.search import Slots, choose
from inprocap_flow.language.people.staff import Option, Staff


@dataclass(frozen=True, slots=True)
class Use:
    """An approval and what needs it: a step, an act or a derogation (by these roles), or a watch (by nobody).

    ``papers`` must have been brought by then, and some role is closed to whoever brought them. ``line`` is the kind of
    line on which it is carried out.
    """

    approval: Approval
    needed_by: str
    by: tuple[str, ...] = ()
    papers: tuple[Paper, ...] = ()
    line: str = CASE


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a use can be met: ``signers`` by signature, who carries it out, who brings what; else ``why`` not.

    Not ``decided``: the search gave up.
    """

    can: bool
    signers: tuple[tuple[Option, ...], ...] = ()
    carrier: Option | None = None
    why: str = ""
    decided: bool = True
    authors: tuple[tuple[Paper, Option], ...] = ()


def uses(definition: Definition) -> Iterator[Use]:
    """Yield every approval with each step, act, derogation or watch that needs it, in order of writing."""
    for line in definition.lines:
        for name, step in _needed(line):
            approval = definition.find_approval(line.kind, name)
            if approval is not None:
                on = (line.parent or CASE) if step is line.begins else line.kind
                yield Use(approval, step.name, step.by, papers_before(definition, step), on)
    for derogation in definition.derogations.values():
        for name in derogation.already_there.approvals:
            yield Use(definition.main.approvals[name], derogation.name, derogation.by)
    for watch in definition.watches.values():
        approval = definition.main.approvals.get(watch.needs_approval)
        if approval is not None:
            yield Use(approval, watch.name)


def _needed(line: Line) -> Iterator[tuple[str, Step]]:
    for step in (line.begins, *line.steps.values()):
        yield from ((name, step) for name in step.already_there.approvals)
    for deadline in line.deadlines.values():
        for act in deadline.acts.values():
            step = step_of(deadline, act)
            yield from ((name, step) for name in act.requires.approvals)


def judge(staff: Staff, use: Use, lines: tuple[int, ...] | None = None) -> Verdict:
    """Return whether *use* can be met by *staff*; *lines* are the signatures that are needed (default: all)."""
    question = Question(staff, use, lines)
    found = choose(slots_of(question), question.clash)
    if found.chosen is None:
        return Verdict(False, why=question.said(), decided=found.decided)
    signers = found.chosen[: len(question.lines)]
    last = found.chosen[len(question.lines)] if question.carried else ()
    authors = zip(question.papers, (one[0] for one in found.chosen[question.first_paper :]), strict=True)
    return Verdict(True, signers, last[0] if last else None, authors=tuple(authors))


class Question:
    """The lines that people of the organisation sign, then who carries the step out, then who brings each paper.

    *lines* None: all signatures.
    """

    def __init__(self, staff: Staff, use: Use, lines: tuple[int, ...] | None) -> None:
        self.staff, self.use = staff, use
        signatures = use.approval.signatures
        lines = tuple(range(len(signatures))) if lines is None else lines
        self.lines = [signatures[line] for line in lines if not self._is_of_firms(signatures[line].role)]
        self.carried = bool(use.by) and use.by != (SYSTEM,) and not any(map(self._is_of_firms, use.by))
        options = [
            tuple(one for one in self._options(signature) if not _acts_in(one, one, signature))
            for signature in self.lines
        ]
        wanted = [wanted_of(staff, signature) for signature in self.lines]
        if self.carried:
            options.append(staff.options(use.by, "move", use.line))
            wanted.append(1)
        self.first_paper = len(options)
        found = [(paper, some) for paper in use.papers if (some := bringers(staff, paper)) is not None]
        self.papers = tuple(paper for paper, _ in found)
        options += [some for _, some in found]
        wanted += [1] * len(found)
        self.options, self.wanted = tuple(options), tuple(wanted)

    def _is_of_firms(self, role: str) -> bool:
        declared = self.staff.definition.roles.get(role)
        return declared is not None and declared.speaks_for is not None

    def _options(self, signature: Signature) -> tuple[Option, ...]:
        if signature.role in signature.not_same_as:
            return ()  # whoever signs has then acted in the role that must be somebody else's
        line = self.use.approval.line
        if signature.recorded_by is None:
            return self.staff.options((signature.role,), "approve", line)
        found = (one for person in self.staff.present
                 for named in self.staff.names(person, signature.role, signature.recorded_by)
                 for one in self._signing(person, signature, named))  # fmt: skip
        return tuple(dict.fromkeys(found))

    def _signing(self, person: Person, signature: Signature, named: str | None) -> Iterator[Option]:
        """Yield how *person* signs who names the role *named*: whoever may record signatures records one."""
        staff, line, recorder = self.staff, self.use.approval.line, signature.recorded_by or ""
        recording = staff.acting(person, (recorder,), "approve", line, named)
        signing = staff.acting(person, (signature.role,), "approve", line, named)
        if recording or any(one.role == recorder for one in signing):
            yield from self._on_paper(recording or signing, signature)
        else:
            yield from signing

    def _on_paper(self, recording: tuple[Option, ...], signature: Signature) -> Iterator[Option]:
        """Yield the signatures that can be recorded: of those who hold the role, and where nobody is named one's own.

        Nobody need be named where one signature is enough, or where those who sign record themselves.
        """
        own = signature.role == signature.recorded_by or wanted_of(self.staff, signature) == 1
        for one in recording:
            signers = [holder.id for holder in self.staff.holders(signature.role)] + [one.person] * own
            yield from (Option(one.person, one.role, one.on_behalf_of, signer) for signer in signers)

    def clash(self, line: int, option: Option, other: int, another: Option) -> bool:
        """Return whether these two cannot be chosen both."""
        if option.person == another.person and self.staff.are_apart(option.role, another.role):
            return True
        if line >= self.first_paper or other >= self.first_paper:
            return self._is_author_of(line, option, other, another) or self._is_author_of(other, another, line, option)
        if self._acts_in_a_role_kept_apart(line, option, other, another):
            return True
        return bool(option.identities & another.identities) and (line == other or self._kept_apart(line, other))

    def _is_author_of(self, paper: int, author: Option, other: int, another: Option) -> bool:
        """Return whether whoever brings *paper* could then not do the *other* thing, or not any more."""
        if paper < self.first_paper or other >= self.first_paper:
            return False
        signature = self.lines[other] if other < len(self.lines) else None
        if signature is not None and _acts_in(author, another, signature):
            return True
        acting = [(another.role, {another.person, another.on_behalf_of})]
        if signature is not None and another.signer is not None:
            acting.append((signature.role, {another.signer}))
        name, definition = self.papers[paper - self.first_paper].name, self.staff.definition
        return any(people & author.identities and is_closed(definition, role, name) for role, people in acting)

    def _acts_in_a_role_kept_apart(self, line: int, option: Option, other: int, another: Option) -> bool:
        """Return whether who signs one line acts, by signing the other, in a role that must be somebody else's."""
        last = len(self.lines)
        if last in (line, other):
            return False
        return _acts_in(another, option, self.lines[line]) or _acts_in(option, another, self.lines[other])

    def _kept_apart(self, line: int, other: int) -> bool:
        """Return whether two lines must be signed (or one signed, one carried out) by different people."""
        one, two = sorted((line, other))
        first = self.lines[one]
        if two == len(self.lines):
            return WHOEVER_CARRIES_OUT in first.not_same_as
        second = self.lines[two]
        return second.role in first.not_same_as or first.role in second.not_same_as

    def said(self) -> str:
        """Return in words who could do what, line by line; where a line has too few people, only of such lines."""
        lines = list(zip(self._called(), self.options, self.wanted, strict=True))
        short = [line for line in lines if len({one.person for one in line[1]}) < line[2]]
        return "; ".join(f"{called}: {_people(options)}" for called, options, _ in short or lines)

    def _called(self) -> Iterator[str]:
        for signature, wanted in zip(self.lines, self.wanted, strict=False):
            yield f"`{signature.role}`, {wanted} needed{_others(signature)}{self._authors_of(signature.role)}"
        if self.carried:
            yield "to carry it out"
        yield from (f"to bring `{paper.name}`" for paper in self.papers)

    def _authors_of(self, role: str) -> str:
        names = [f"`{one.name}`" for one in self.papers if is_closed(self.staff.definition, role, one.name)]
        return f" (not who brought {' or '.join(names)})" if names else ""


def _acts_in(acting: Option, option: Option, signature: Signature) -> bool:
    """Return whether *acting* is an act, by who signs *option*, in a role that *signature* keeps apart from itself."""
    return acting.role in signature.not_same_as and acting.person in option.identities


def slots_of(question: Question) -> Slots:
    """Return what must be filled."""
    return Slots(question.options, question.wanted)


def wanted_of(staff: Staff, signature: Signature) -> int:
    """Return how many people must sign a line, as the engine counts them; of a majority, how many must vote."""
    holders, rule = len(staff.holders(signature.role)), signature.how_many
    if rule == "all":
        return max(1, holders)
    if rule == "majority":
        return max(1, staff.definition.roles[signature.role].at_least)
    if rule.endswith("percent"):
        return max(1, ceil(holders * Decimal(rule.split()[0]) / 100))
    return int(rule)


def _people(options: tuple[Option, ...]) -> str:
    return ", ".join(dict.fromkeys(map(str, options))) or "nobody"


def _others(signature: Signature) -> str:
    roles = [one for one in signature.not_same_as if one != "whoever_asks"]
    said = {WHOEVER_CARRIES_OUT: "whoever carries it out"}
    return f" (not the same as {' or '.join(said.get(role, f'`{role}`') for role in roles)})" if roles else ""
