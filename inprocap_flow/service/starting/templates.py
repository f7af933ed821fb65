"""The texts that a new procedure is made of; `procedures` puts the answers into them."""

from __future__ import annotations

HEAD = """# $title
# Read it from top to bottom: who takes part, what is written down, where a case can stand, and the steps between.
# Lines marked $todo wait for you. Nothing here is law: it is a start, to be changed into what your house has decided.
procedure: $name
version: $version
language: en
title: $title
rulebook: $rulebook  # where numbers of law come from; none: no such number is used
$counting$keeps"""

PLAIN = (
    HEAD
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
    rests_on: {source: "$todo: where it stands", confirmed_on: never}  # of a length that is no number of law
    remind:
      - {role: $buys, before: 5 working days}
"""
)

WITH_FIRMS = (
    HEAD
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
$letter  acceptance: {title: Record of acceptance, by: requesting_unit}
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
  signing: {owner: procurement_officer, title: Award decided; contracts are signed}
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
    title: Decide the award
    from: comparing
    to: signing
    by: procurement_officer
    milestone: awarded
$letters    already_there:
      fields: [award_value$electronic]
      documents: [comparison]
      approvals: [purchase]
      that:
        - at_least_one_in: {supplier: offered}
          if_not: "No firm has made an offer."
$answered$starts    tells: [{every: supplier}]
  conclude:
    title: All contracts are signed
    from: signing
    to: running
    by: procurement_officer
    milestone: contract_signed
    already_there:
      that:
        - at_least_one_in: {supplier: contracted}
          if_not: "No firm has a contract yet."
    moves:
      - tracks: supplier
        in: offered
        step: not_chosen
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
    from: [asked, offers, comparing, signing]
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
    rests_on: {source: "$todo: where it stands", confirmed_on: never}  # of a length that is no number of law
    closes_at: "12:00"
    when_over: close_offers
$standstill
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
        while: signing  # after the award is decided
        handed_in: {fields: [contract_value], documents: [contract]}
        already_there:
          approvals: [purchase]  # still as it was approved
$after      not_chosen: {title: Not chosen, from: offered, to: left, by: system}
      finish: {title: Contract performed, from: contracted, to: performed, by: system}
    if_case_ends: left
"""
)
