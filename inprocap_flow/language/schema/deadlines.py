"""Deadlines, as they are written: clocks, and who is reminded of them."""

from __future__ import annotations

from typing import Annotated

from pydantic import model_validator

from inprocap_flow.language.schema.acts import ActsDoc
from inprocap_flow.language.schema.guards import Computed, Condition, exactly_one
from inprocap_flow.language.schema.messages import wrong
from inprocap_flow.language.schema.sources import RestsOnDoc
from inprocap_flow.language.schema.words import (
    AnchorName,
    CalendarName,
    Doc,
    Expression,
    Hour,
    Offset,
    OneOrMore,
    PeriodOrExpression,
    RoleName,
    Text,
    Words,
    YesNo,
    key,
    names,
    word,
)


class ReminderDoc(Doc):
    """A message because of a deadline."""

    role: RoleName = key("Role", "Who is reminded.")
    before: Offset | None = key("Before", "How long before the end.", None)
    after: Offset | None = key("After", "How long after the end.", None)
    if_: Expression | None = key(
        "If", "Only if this holds; `not_done`: only if the deadline was missed.", None, alias="if"
    )
    escalation: YesNo = key("Escalation", "The message goes to somebody above.", default=False)

    @model_validator(mode="after")
    def _before_or_after(self) -> ReminderDoc:
        exactly_one(self, ("before", "after"))
        return self


class DeadlineDoc(Doc):
    """A clock."""

    title: Text = key("Title", "What people read.")
    kind: Annotated[str, word("open_until", "not_before", "due")] = key(
        "Kind", "`open_until`: act only while it runs; `not_before`: only after it; `due`: can be missed."
    )
    period: PeriodOrExpression | None = key("Period", "Its length: a period, `limit('x')` or a period field.", None)
    ends_at: Computed | None = key("Ends at", "The field in which the officer types the last day or moment.", None)
    proposes: PeriodOrExpression | None = key("Proposes", "A proposal for the typed end, not more.", None)
    backwards_from: AnchorName | None = key(
        "Backwards from", "The deadline, field or meeting gate from which it is counted back.", None
    )
    at_least: PeriodOrExpression | None = key("At least", "The shortest lawful length.", None)
    at_most: PeriodOrExpression | None = key("At most", "The longest lawful length.", None)
    closes_at: Hour | None = key(
        "Closes at", 'The hour of the last day, in quotes: "16:00". That moment is late already.', None
    )
    calendar: CalendarName = key("Calendar", "The calendar whose days count.", "holidays")
    counting: Annotated[str, word("eu-1182-71", "plain")] | None = key("Counting", "How the last day moves.", None)
    when_over: Annotated[str, *names("step")] | None = key(
        "When over", "The step that the system carries out at its end.", None
    )
    met_when: Condition | None = key("Met when", "Read at its end: met if this holds, else missed.", None)
    remind: OneOrMore[ReminderDoc] = key("Remind", "Who is reminded, and when.", ())
    acts: ActsDoc = key("Acts", "What people may do to it, and who; what does not stand here is refused.", ActsDoc())
    outlives_case: YesNo = key("Outlives case", "It goes on when the case has ended.", default=False)
    rests_on: RestsOnDoc | None = key("Rests on", "Where lengths come from that stand here and in no rulebook.", None)
    cite: Words | None = key("Cite", "The law or the source.", None)

    @model_validator(mode="after")
    def _one_end(self) -> DeadlineDoc:
        if self.backwards_from is not None and self.period is None:
            raise wrong("one-of", "`backwards_from` needs a `period`.", "Write how long before it.")
        exactly_one(self, ("period", "ends_at"))
        if self.proposes is not None and self.ends_at is None:
            raise wrong("one-of", "`proposes` stands without `ends_at`.", "Add the field in which the end is typed.")
        return self
