"""The text of a new procedure that runs as it is: plain, or with firms that make offers and shared blocks beside."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from string import Template

from inprocap_flow.service.starting.templates import PLAIN, WITH_FIRMS
from inprocap_flow.service.starting.words import TO_DO, first_version, quoted, titled

NO_RULEBOOK = "none"
BLOCKS: Mapping[str, str] = {
    "questions": "questions of firms, corrections, more time",
    "clarification": "asking a firm about its papers",
    "low_price": "asking about a price that looks too low",
    "modifications": "changes of the signed contract",
    "payments": "invoices, with the block modifications",
}
"""The blocks that go with this start; the others need what only a whole shipped procedure has."""
_GIVEN: Mapping[str, Sequence[str]] = {
    "questions": (
        "firms_may_ask_during: offers",
        "counted_back_from: offers",
        "last_question_before_closing: 5 days",
        "firms_concerned: [interested, offered]",
        "documents_that_may_be_corrected: all_published",
    ),
    "clarification": ("papers_are_examined_in: [comparing]",),
    "low_price": ("prices_are_judged_in: [comparing]",),
    "modifications": ("contracts_run_in: [running]",),
    "payments": (
        "contracts_run_in: [running]",
        "contract_is_worth: supplier.contract_value + total('modification', each.change_value, 'approved', of=parent)",
        "final_payments: 1",
    ),
}
_TRACKS = {
    "clarification": "clarification",
    "low_price": "low_price_query",
    "modifications": "modification",
    "payments": "payment",
}
_NUMBERS = ("questions", "modifications", "payments")  # these ask for numbers of a rulebook


_QUESTIONS_LAPSE = """\
      - tracks: question
        in: [asked, answered]
        step: lapse
"""
_FACTS = {
    "works": "Is the contract for works",
    "central_authority": "Is the buyer a central government authority",
    "social_services": "Is the contract for social or other specific services",
}  # which threshold a change is compared with


@dataclass(frozen=True, slots=True)
class ProcedureAnswers:
    """What was answered. With blocks the roles are those of the block `people`.

    ``standstill``: the rulebook says how long nobody signs after the award is decided; ``letters_matter``: it says so
    by how the letters were sent.
    """

    name: str
    title: str
    rulebook: str = NO_RULEBOOK
    blocks: tuple[str, ...] = ()
    asks: str = "requesting_unit"
    buys: str = "procurement_officer"
    signs: str = "approving_authority"
    standstill: bool = False
    letters_matter: bool = False

    def __post_init__(self) -> None:
        if "payments" in self.blocks and "modifications" not in self.blocks:
            object.__setattr__(self, "blocks", (*self.blocks, "modifications"))


def rulebooks_for(blocks: Sequence[str], known: Sequence[str]) -> list[str]:
    """Return the rulebooks to choose from, the usual one first; ``none`` only where no block asks for a number."""
    usual = sorted(known, key=lambda one: one != "eu-2014-24")
    return usual if set(blocks) & set(_NUMBERS) else [NO_RULEBOOK, *usual]


def procedure_text(answers: ProcedureAnswers, day: date) -> str:
    """Return the procedure's file."""
    settled = _finished(answers, ("modifications", "payments"), "Something about the contract is still open.")
    values = {
        "name": answers.name,
        "title": quoted(answers.title),
        "version": first_version(day),
        "rulebook": answers.rulebook,
        "counting": "counting: eu-1182-71\n" if answers.rulebook == NO_RULEBOOK else "",
        "keeps": f"may_backdate: [{answers.buys}]  # who may enter late, annul, and move a case to another version\n",
        "todo": TO_DO,
        "asks": answers.asks,
        "buys": answers.buys,
        "signs": answers.signs,
        "roles": "".join(_roles(answers)),
        "include": "".join(_include(answers)),
        "answered": _finished(answers, ("clarification", "low_price"), "A question to a firm is open."),
        "settled": f"      that:\n{settled}" if settled else "",
        "published": "".join(_published(answers)),
        "questions_lapse": _QUESTIONS_LAPSE if "questions" in answers.blocks else "",
        "facts": "".join(_facts(answers)),
    } | _standstill(answers)
    return Template(WITH_FIRMS if answers.blocks else PLAIN).substitute(values)


def _roles(answers: ProcedureAnswers) -> Iterator[str]:
    """Yield the roles; whoever carries the case does not sign, unless one role does both."""
    for role in dict.fromkeys((answers.asks, answers.buys, answers.signs)):
        never = ", never: [approve]" if role == answers.buys != answers.signs else ""
        yield f"  {role}: {{title: {titled(role)}{never}}}\n"


def _include(answers: ProcedureAnswers) -> Iterator[str]:
    for block in answers.blocks:
        yield f"  - block: {block}  # {BLOCKS[block]}\n    given:\n"
        yield from (f"      {line}\n" for line in _GIVEN[block])


def _finished(answers: ProcedureAnswers, blocks: Sequence[str], if_not: str) -> str:
    """Return the condition that what *blocks* bring is finished: no step may end a case with something left open."""
    tracks = [_TRACKS[block] for block in blocks if block in answers.blocks]
    condition = f"        - all_finished: [{', '.join(tracks)}]\n          if_not: {quoted(if_not)}\n"
    return condition if tracks else ""


def _facts(answers: ProcedureAnswers) -> Iterator[str]:
    """Yield the facts that decide which value of the rulebook counts; without an answer the stricter one does."""
    if answers.standstill and answers.letters_matter:
        title = "Were all letters sent by electronic means"
        yield f"  sent_electronically: {{type: yes_no, by: procurement_officer, title: {title}}}\n"
    for name, title in _FACTS.items() if "modifications" in answers.blocks else ():
        yield f"  {name}: {{type: yes_no, by: procurement_officer, title: {title}}}\n"


def _published(answers: ProcedureAnswers) -> Iterator[str]:
    if "questions" in answers.blocks:
        yield ", published_at: firms_invited, fixed_from: firms_invited"


def _standstill(answers: ProcedureAnswers) -> dict[str, str]:
    """Return the parts that keep contracts unsigned while a standstill runs; all empty without one in the rulebook."""
    parts = _STANDSTILL if answers.standstill else dict.fromkeys(_STANDSTILL, "")
    return {**parts, "electronic": ", sent_electronically" if answers.standstill and answers.letters_matter else ""}


_STANDSTILL = {
    "letter": '  award_letters: {title: "Letters to every firm: who is chosen, why, and until when nobody signs"}\n',
    "letters": "    handed_in: {documents: [award_letters]}\n",
    "starts": "    starts: [standstill]\n",
    "after": "          after: [standstill]\n",
    "standstill": f"""\
  standstill:
    title: Standstill
    kind: not_before  # nobody signs while it runs
    period: limit('standstill')  # {TO_DO}: keep it, or take it out where your rules say that none is owed
""",
}
