"""``ledger``: who was told what and when, and whether everybody was treated alike."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from inprocap_flow.cli import completing, layout
from inprocap_flow.cli.session import Session, pass_session
from inprocap_flow.cli.subject import Subject, subject
from inprocap_flow.errors import NotAllowed
from inprocap_flow.service.sight import Sight

if TYPE_CHECKING:
    from inprocap_flow.service.ledger.rows import Finding, Firm, Interest, Leaving, Ledger, Question, Release


@click.command()
@click.argument("case", shell_complete=completing.cases)
@click.option("--findings", "only_findings", is_flag=True, help="Only what may be unequal treatment.")
@pass_session
def ledger(session: Session, case: str, only_findings: bool) -> None:
    """Show the equal-treatment ledger of CASE: who was told what and when, and whether all heard the same.

    What one step tells is told at one moment. A finding says where that was not so: told later than the others, an
    answer that went to 4 of 5, a liaison officer whom nothing reached, somebody who serves buyer and supplier. "Look
    at" marks what people have to judge. With --as PERSON, only for somebody who sees the whole case.
    """
    from inprocap_flow.service.ledger.collect import ledger as read

    about = subject(session, case)
    _must_see_all(about, session.options.get("actor"))
    found = read(session.reading_desk, about.case.id)
    sight = Sight(about.binding, about.case, about.now, about.words)
    book = _Page(sight)
    lines = layout.parts(about.header(), book.findings(found), *(() if only_findings else book.all(found)))
    session.answer(book.plain(found, only_findings=only_findings), lines)


def _must_see_all(about: Subject, actor: str | None) -> None:
    """Refuse a reader who sees only a part: the ledger says who asked what, which the others never learn."""
    if actor is None:
        return
    person = about.binding.person(actor)
    roles = [about.definition.roles.get(name) for name in (person.roles if person else ())]
    if not any(role is not None and role.sees == "all" for role in roles):
        fact = f"the ledger says who asked and who was told what, and {actor} may not see all of the case"
        raise NotAllowed(fact, mend="let somebody ask who may")


class _Page:
    """The words for a ledger; made once for each answer."""

    def __init__(self, sight: Sight) -> None:
        self.sight = sight
        self.words = sight.words

    def findings(self, found: Ledger) -> Iterator[str]:
        if not found.findings:
            yield layout.heading(f"Findings: none{' so far' if found.not_left else ''}")
            heard = "All who were meant heard the same at the same moment, as far as it is recorded."
            meant = "What was told was meant for all at the same moment, as far as it is recorded."
            yield from layout.wrapped(meant if found.not_left else heard)
        else:
            yield layout.heading(f"Findings: {len(found.findings)}")
            for one in found.findings:
                yield from self._finding(one)
        yield from self._not_left(found)

    def _not_left(self, found: Ledger) -> Iterator[str]:
        """Say how many messages nobody has got yet: whether all were reached shows only when they have left."""
        if found.not_left:
            are = "message has" if found.not_left == 1 else "messages have"
            text = f"{found.not_left} of {found.meant} {are} not left yet (the scheduler sends them)"
            yield from layout.wrapped(f"{text}: whom they reach, and when, cannot be said before.")

    def _finding(self, one: Finding) -> Iterator[str]:
        numbers = f" (decision {', '.join(map(str, one.decisions))})" if one.decisions else ""
        mark = "" if one.sure else "Look at: "
        yield from layout.bullet(f"{mark}{one.says}{numbers} [{one.code}]")

    def all(self, found: Ledger) -> Iterator[list[str]]:
        yield self._part("Told and published", [line for one in found.releases for line in self._release(one)])
        yield self._part("Questions", [line for one in found.questions for line in self._question(one)])
        yield self._part("Firms", [line for one in found.firms for line in self._firm(one)])
        yield self._part("Taken out", [line for one in found.leavings for line in self._leaving(one)])
        yield self._part("Interests and earlier advice", [line for o in found.interests for line in self._interest(o)])
        linked = [f"{case_id} ({procedure})" for case_id, procedure in found.linked]
        yield self._part("Linked cases", [line for one in linked for line in layout.bullet(one)])

    def _part(self, title: str, lines: list[str]) -> list[str]:
        return [layout.heading(title), *(lines or ["  None."])]

    def _release(self, one: Release) -> Iterator[str]:
        step, when = self.sight.step(one.line, one.step), self.words.when(one.when)
        place = "" if one.line == "case" else f" ({one.line})"
        yield from layout.wrapped(f"{when}  {step}{place}, decision {one.decision}", "  ", "    ")
        what = ", ".join(self._title(one.line, name) for name in one.names) or "that this was done"
        yield from layout.pairs([("what", what), ("to", self._to(one))], indent=4, column=4)
        reached = [f"{r.person} {self.words.moment(r.at)}" if r.at else f"{r.person}: {r.why or 'on its way'}"
                   for r in one.reached]  # fmt: skip
        yield from layout.pairs([("left", "; ".join(reached))], indent=4, column=4)

    def _to(self, one: Release) -> str:
        told = [self.sight.addressee(who) for who in one.to]
        firms = sum(f"track:{line}" in one.to for line in one.of)
        count = f" ({firms} of {len(one.of)} firms, at one moment)" if firms and not one.alone else ""
        return ", ".join(told) + count

    def _title(self, line: str, name: str) -> str:
        declared = self.sight.definition.line(self.sight.kind(line))
        what = "document" if name in declared.documents or name not in declared.fields else "field"
        return self.sight.title(what, line, name)

    def _question(self, one: Question) -> Iterator[str]:
        from inprocap_flow.service.ledger.questions import waited

        asker = f"of {one.asker}" if one.asker else "asked from this file"
        yield from layout.wrapped(f"{one.line}, {asker}", "  ", "    ")
        released = f"{self.words.when(one.released)}, after {waited(one)}," if one.released is not None else "-"
        told = sum(line in one.told for line in one.of)
        yield from layout.pairs(
            [
                ("asked", self.words.when(one.asked)),
                ("answered", self.words.when(one.answered) if one.answered is not None else "-"),
                ("released", f"{released} to {told} of {len(one.of)} firms" if one.of else released),
                ("stands", one.state),
            ],
            indent=4,
        )

    def _firm(self, one: Firm) -> Iterator[str]:
        said = {True: "yes", False: "no"}
        attended = [f"{self._title(one.line, name)}: {said.get(value, '-')}" for name, value in one.attended.items()]
        left = f", left {self.words.when(one.left)}" if one.left is not None else ""
        text = f"{self.sight.track(one.line)}: came {self.words.when(one.came)}, stands in {one.state}{left}"
        yield from layout.bullet("; ".join([text, *attended]))

    def _leaving(self, one: Leaving) -> Iterator[str]:
        ground = [one.reason, one.cite, *(f"rule {name}" for name in one.rules)]
        ground += [self._title(one.line, name) for name in one.rests_on]
        text = f"{self.words.when(one.when)}  {self.sight.track(one.line)}, by {self.words.person(one.by)}: "
        rests_on = "; ".join(filter(None, ground)) or "nothing recorded"
        text += f"{self.sight.step(one.line, one.step)}. Rests on: {rests_on}"
        yield from layout.wrapped(f"{text} (decision {one.decision})", "  ", "    ")

    def _interest(self, one: Interest) -> Iterator[str]:
        if one.line:
            note = one.note
            if note.isidentifier():
                note = f"{self._title(one.line, note)}: {self.sight.value(one.line, note, one.conflict)}"
            yield from layout.bullet(f"{self.sight.track(one.line)}: {note}")
            return
        said = f"a conflict: {one.note}" if one.conflict else "none"
        yield from layout.bullet(f"{self.words.person(one.who)}, {self.words.moment(one.at)}: {said}")

    def plain(self, found: Ledger, *, only_findings: bool) -> dict[str, Any]:
        """Return the ledger as data; moments are UTC."""
        sent = {"messages": found.meant, "not_left": found.not_left}
        if only_findings:
            return {"case": found.case, "findings": [asdict(one) for one in found.findings], **sent}
        hats = [[{name: getattr(hat, name) for name in _HAT} for hat in worn] for worn in found.hats]
        parts = ("findings", "releases", "questions", "firms", "leavings", "interests")
        plain = {part: [asdict(one) for one in getattr(found, part)] for part in parts}
        linked = [{"case": id_, "procedure": name} for id_, name in found.linked]
        return {"case": found.case, **plain, "two_hats": hats, "linked": linked, **sent}


_HAT = ("person", "case", "role", "title", "side", "how")
