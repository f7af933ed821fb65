"""What numbers rest on, as it is written: where estimates and lengths come from, and who stands by them."""

from __future__ import annotations

from typing import Annotated

from inprocap_flow.language.schema.words import DayOrNever, Doc, Words, key, word

BASES = ("law", "custom", "house_rule", "grant", "contract", "convention")


class EstimatesDoc(Doc):
    """Where estimates come from, and whether somebody of the house stands by them; they are for plans, and no rule."""

    source: Words = key("Source", "Where they come from: own experience, finished cases, or a plain guess.")
    confirmed_on: DayOrNever = key("Confirmed on", "The day on which somebody looked at them and agreed, or `never`.")
    confirmed_by: Words | None = key("Confirmed by", "Who agreed.", None)
    mark: Words | None = key("Mark", "How well it is evidenced, in a word.", None)


class RestsOnDoc(EstimatesDoc):
    """What a length rests on that no rulebook gives. Never law: a number of law belongs in a rulebook, by its days."""

    basis: Annotated[str, word("convention", "custom", "house_rule", "grant", "contract")] = key(
        "Basis", "What it rests on; `convention`: whoever wrote the file chose it.", "convention"
    )
