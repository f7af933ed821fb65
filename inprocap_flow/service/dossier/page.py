"""The page of the procurement file: one HTML document that needs nothing else, on a screen or on paper."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib.resources import files
from string import Template

from inprocap_flow.service.dossier import sections, stands, treatment
from inprocap_flow.service.dossier.chronicle import chronicle
from inprocap_flow.service.dossier.collect import Dossier
from inprocap_flow.service.dossier.lifted import derogations
from inprocap_flow.service.dossier.markup import Markup, esc, facts, join, listing, tag

Section = tuple[str, str, Callable[[Dossier], Markup]]


def page(dossier: Dossier, *, with_names: bool = True) -> str:
    """Return the whole page. Names of people stand in one table, which *with_names* leaves out."""

    def people(known: Dossier) -> Markup:
        return sections.people(known, with_names=with_names)

    parts: tuple[Section, ...] = (
        ("glance", "The case at a glance", sections.glance),
        ("standing", "Where it stands", stands.standing),
        ("history", "What happened", chronicle),
        ("deadlines", "Deadlines", sections.deadlines),
        ("approvals", "Approvals", sections.approvals),
        ("derogations", "Rules that were lifted", derogations),
        ("documents", "Documents", sections.documents),
        ("treatment", "Equal treatment: who was told what, and when", treatment.equal_treatment),
        ("refusals", "Refusals", sections.refusals),
        ("unconfirmed", "What rests on unconfirmed values", sections.unconfirmed),
        ("gaps", "Gaps and contradictions", sections.gaps),
        ("people", "People", people),
        ("proof", "Proof", proof),
    )
    case, words = dossier.case, dossier.sight.words
    title = case.title or words.text(dossier.sight.definition.title)
    template = Template(files("inprocap_flow.service.dossier").joinpath("page.html").read_text(encoding="utf-8"))
    style = files("inprocap_flow.service.dossier").joinpath("page.css").read_text(encoding="utf-8")
    return template.substitute(
        language=esc(dossier.sight.definition.language),
        title=esc(title),
        case=esc(case.id),
        written=esc(words.moment(dossier.sight.now)),
        zone=esc(dossier.sight.binding.zone.key),
        style=style,
        contents=listing([tag("a", head, href=f"#{name}") for name, head, _ in parts], "ol"),
        sections=join(
            tag("section", tag("h2", head, id=f"{name}-title"), make(dossier), id=name, aria_labelledby=f"{name}-title")
            for name, head, make in parts
        ),
    )


def proof(dossier: Dossier) -> Markup:
    """What proves that the file is what was recorded, how to check it, and how far that reaches (ruling 8)."""
    loaded = dossier.loaded
    version = f"{loaded.case.procedure} {loaded.case.procedure_version}, "
    count = f"{loaded.event_count}, the last one with the hash "
    return join(
        [
            facts(
                [
                    ("Definition", join([version, tag("code", loaded.definition_hash)])),
                    *_decided_with(dossier),
                    ("Events", join([count, tag("code", loaded.head)])),
                    ("Head", tag("code", str(dossier.head))),
                ]
            ),
            tag("p", "Run ", tag("code", "python3 verify.py"), " in this folder. ", VERIFY),
            tag("p", dossier.report.reach),
            tag("p", KEEP, tag("code", "python3 verify.py --against HEAD"), "."),
            tag("p", HONEST),
        ]
    )


def _decided_with(dossier: Dossier) -> Iterator[tuple[str, Markup]]:
    """Yield what was decided with, and from where on; of events that do not say it, that."""
    for line in dossier.report.not_recorded:
        yield "Decided with", esc(f"not recorded for {line.rpartition(': ')[2]}")
    for one in dossier.named:
        version = one.released.version if one.released else "not here"
        said = f"{one.kind} {one.name} {version}, from event {one.seq} on, "
        yield "Decided with", join([esc(said), tag("code", one.content_hash)])


VERIFY = (
    "It needs Python 3.8 or later and nothing of ours. It checks the chain of events, the definition, what was "
    "decided with, every document that is here, and that the events add up to the state that is shown."
)
KEEP = "Keep the head somewhere else, and a later copy of this file can be held against it: "
HONEST = (
    "Refusals are kept beside the chain; they are complete as far as the database is honest. Who acted is as they "
    "said: nobody was authenticated."
)
