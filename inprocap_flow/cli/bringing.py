"""What comes with a step, in the words in which it is typed."""

from __future__ import annotations

from inprocap_flow.cli.subject import Subject
from inprocap_flow.engine.offers import Offer


def to_bring(about: Subject, offer: Offer) -> list[str]:
    """Return what is typed behind the step of *offer*: the track that it begins, values, papers, a reason."""
    return [*_new_track(about, offer.begins), *_handed_in(about, offer)]


def _new_track(about: Subject, begins: str | None) -> list[str]:
    if not begins:
        return []
    parent = about.definition.line(begins).parent
    return [f"--new {begins}/NAME --of {parent}/NAME" if parent else f"--new {begins}/NAME"]


def _handed_in(about: Subject, offer: Offer) -> list[str]:
    definition, step = about.definition, offer.step
    found: list[str] = []
    for name in step.handed_in.fields:
        declared = definition.find_field(step.line, name)
        one_of = f", one of: {', '.join(declared.choices)}" if declared and declared.choices else ""
        found.append(f'{name}=... ("{about.words.text(declared.title)}"{one_of})' if declared else f"{name}=...")
    for name in step.handed_in.documents:
        document = definition.find_document(step.line, name)
        found.append(f'--doc {name}=FILE ("{about.words.text(document.title)}")' if document else f"--doc {name}=FILE")
    return [*found, "--reason TEXT"] if step.handed_in.reason else found
