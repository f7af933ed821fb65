"""The text of a new procedure that runs as it is: plain, or with firms that make offers and shared blocks beside."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from string import Template

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
    "payments": ("contracts_run_in: [running]",),
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
    """What was answered. With blocks the roles are those of the block `people`."""

    name: str
    title: str
    rulebook: str = NO_RULEBOOK
    blocks: tuple[str, ...] = ()
    asks: str = "requesting_unit"
    buys: str = "procurement_officer"
    signs: str = "approving_authority"

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
    }
    return Template(_WITH_FIRMS if answers.blocks else _PLAIN).substitute(values)


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
    for name, title in _FACTS.items() if "modifications" in answers.blocks else ():
        yield f"  {name}: {{type: yes_no, by: procurement_officer, title: {title}}}\n"


def _published(answers: ProcedureAnswers) -> Iterator[str]:
    if "questions" in answers.blocks:
        yield ", published_at: firms_invited, fixed_from: firms_invited"


_HEAD = """# $title
# Read it from top to bottom: who takes part, what is written down, where a case can stand, and the steps between.
# Lines marked $todo wait for you. Nothing here is law: it is a start, to be changed into what your house has decided.
procedure: $name
version: $version
language: en
title: $title
rulebook: $rulebook  # where numbers of law come from; none: no such number is used
$counting"""

_PLAIN = (
    _HEAD
    + """
roles:  # who holds them stands in the organisation's file
$roles
fields:
  need: {type: text, title: What is needed}
  price:
    type: money
    above: 0
    by: $buys
    title: Price of the best offer

documents:
  offers: {title: The offers, by: $buys}
  order_letter: {title: The signed order}

begins:
  step: ask
  title: Ask for something
  by: $asks
  to: asked
  handed_in: {fields: [need]}

stages:
  asked:
    owner: $buys
    guidance: "$todo: what to do here, in one or two sentences."
  ordered: {owner: $buys}
  received: {final: completed}
  dropped: {final: cancelled}

steps:
  order:
    title: Order it
    from: asked
    to: ordered
    by: $buys
    milestone: ordered
    handed_in: {documents: [order_letter]}  # comes with the step
    already_there:  # must be there before
      fields: [price]
      documents: [offers]
      approvals: [purchase]
    starts: [delivery]
  receive:
    title: It arrived and works
    from: ordered
    to: received
    by: $asks
    meets: [delivery]
  drop:
    title: Drop it
    from: asked
    to: dropped
    by: [$asks, $buys]
    handed_in: {reason: yes}

approvals:
  purchase:
    title: The purchase
    void_if_changed: {fields: [price], documents: [offers]}  # another price: signed again
    signatures:
      - role: $signs
        not_same_as: [whoever_asks, whoever_carries_out]

deadlines:
  delivery:
    title: Delivery
    kind: due  # a duty with an end; open_until and not_before stop something
    period: 6 weeks  # $todo: your own period
    remind:
      - {role: $buys, before: 5 working days}
"""
)

_WITH_FIRMS = (
    _HEAD
    + """
include:
  - block: people  # the roles of a procurement
$include
fields:
  need: {type: text, title: What is needed}
  estimated_value:
    type: money
    above: 0
    by: procurement_officer
    title: "Estimated value, net of VAT"
  offers_close:
    type: date
    by: procurement_officer
    title: "Last day for offers; the closing is at 12:00 of that day"
  award_value:
    type: money
    above: 0
    by: procurement_officer
    title: Value of the contract
$facts
documents:
  request_for_offers: {title: Request for offers$published}
  comparison: {title: Comparison of the offers, by: evaluation_committee, secret_from: [supplier, ilo_adviser]}
  drop_note: {title: Why it is dropped}

begins:
  step: ask
  title: Ask for something
  by: requesting_unit
  to: asked
  handed_in: {fields: [need]}

stages:
  asked:
    owner: procurement_officer
    guidance: "$todo: what to do here, in one or two sentences."
  offers: {owner: procurement_officer, title: Waiting for offers}
  comparing: {owner: evaluation_committee, title: Comparing the offers}
  running: {owner: procurement_officer, title: Contract running}
  completed: {final: completed}
  dropped: {final: cancelled}

steps:
  invite:
    title: Ask firms for offers
    from: asked
    to: offers
    by: procurement_officer
    milestone: firms_invited
    handed_in: {documents: [request_for_offers]}  # comes with the step
    already_there: {fields: [estimated_value, offers_close]}  # must be there before
    starts: [offers]
    publishes: [request_for_offers]
  close_offers:
    title: The time for offers is over
    from: offers
    to: comparing
    by: system
    milestone: offers_closed
    moves:
      - tracks: supplier
        in: interested
        step: lapse
$questions_lapse  award:
    title: Sign the contract
    from: comparing
    to: running
    by: procurement_officer
    milestone: awarded
    already_there:
      fields: [award_value]
      documents: [comparison]
      approvals: [purchase]
      that:
        - at_least_one_in: {supplier: contracted}
          if_not: "No firm has a contract yet."
$answered    moves:
      - tracks: supplier
        in: offered
        step: not_chosen
    tells: [{every: supplier}]
  complete:
    title: The contract is performed
    from: running
    to: completed
    by: procurement_officer
    milestone: performed
    already_there:
      documents: [acceptance]
$settled    moves:
      - tracks: supplier
        in: contracted
        step: finish
  drop:
    title: Drop it
    from: [asked, offers, comparing]
    to: dropped
    by: procurement_officer
    handed_in: {documents: [drop_note], reason: yes}
    ends: everything
    tells: [{every: supplier}]

approvals:
  purchase:
    title: The purchase
    void_if_changed: {fields: [award_value], documents: [comparison]}  # another value: signed again
    signatures:  # one after another
      - role: legal
      - role: budget_holder
      - role: approving_authority
        not_same_as: [whoever_asks, whoever_carries_out, legal, budget_holder]

deadlines:
  offers:
    title: Receipt of offers
    kind: open_until  # offers come in only while it runs
    ends_at: offers_close
    proposes: 14 days  # $todo: your own proposal
    closes_at: "12:00"
    when_over: close_offers

tracks:
  supplier:  # one file per firm
    title: Firm
    fields:
      name: {type: text, title: Name}
      offer_price: {type: money, above: 0, sealed_until: offers_closed, title: Price}
      contract_value: {type: money, above: 0, title: Value of the contract with this firm}
    documents:
      offer: {title: Offer, sealed_until: offers_closed}
      contract: {title: Contract}
    begins:
      step: show_interest
      title: Show interest
      by: [supplier, procurement_officer]
      to: interested
      while: offers
      handed_in: {fields: [name]}
    stages:
      interested: {owner: supplier}
      offered: {owner: evaluation_committee}
      contracted: {owner: procurement_officer}
      left: {final: left}
      performed: {final: performed}
    steps:
      make_offer:
        title: Make an offer
        from: interested
        to: offered
        by: supplier
        while: offers
        handed_in: {fields: [offer_price], documents: [offer]}
        already_there: {within: [offers]}
      lapse: {title: No offer came, from: interested, to: left, by: system}
      sign_contract:
        title: Sign the contract with this firm
        from: offered
        to: contracted
        by: procurement_officer
        while: comparing
        handed_in: {fields: [contract_value], documents: [contract]}
      not_chosen: {title: Not chosen, from: offered, to: left, by: system}
      finish: {title: Contract performed, from: contracted, to: performed, by: system}
    if_case_ends: left
"""
).replace(
    "  drop_note: {title: Why it is dropped}\n",
    "  acceptance: {title: Record of acceptance, by: requesting_unit}\n  drop_note: {title: Why it is dropped}\n",
)
