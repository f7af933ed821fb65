"""A step read whole: who, what comes with it, what must be there, who signs, and everything that follows."""

from __future__ import annotations

from inprocap_flow.language.model import CASE, Step
from inprocap_flow.service.reading import follows, needs
from inprocap_flow.service.reading.sentences import Group, Section, Sentence, groups
from inprocap_flow.service.reading.speech import Speech


def step_section(speech: Speech, step: Step) -> Section:
    """Return a step read whole. *speech* is that of the step's own line."""
    book, path = speech.book, speech.book.step_path(step)
    guidance = book.text(step.guidance)
    made = groups(
        Group("Who", tuple(needs.who(speech, step))),
        Group("Where", (*needs.where(speech, step), *_leads(speech, step))),
        Group("Handed in with it", tuple(needs.handed_in(speech, step))),
        Group("May come with it", tuple(needs.may_come(speech, step))),
        Group("Already there", tuple(needs.already_there(speech, step))),
        Group("Signed", tuple(needs.signatures(speech, step))),
        Group("What happens then", tuple(follows.follows(speech, step))),
        Group("Who is told", tuple(follows.told(speech, step))),
        Group("Law", (Sentence(f"{book.cited(step.cite)}.", book.place(*path, "cite")),) if step.cite else ()),
        Group("Advice", (Sentence(guidance, book.place(*path, "guidance")),) if guidance else ()),
    )
    name = f"{step.line}.{step.name or 'begins'}" if step.line != CASE else step.name
    title = speech.step_title(step)
    return Section("step", title, name, book.key_place(*path), made, title_place=book.renamed_at(*path))


def _leads(speech: Speech, step: Step) -> tuple[Sentence, ...]:
    return tuple(follows.leads(speech, step))
