"""The parts of the page that an auditor reads, each a function from the dossier to HTML."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from inprocap_flow.calendar.periods import parse_offset
from inprocap_flow.engine.case.records import MAIN, ApprovalState, DeadlineState
from inprocap_flow.engine.timing.doubts import doubt
from inprocap_flow.service.dossier.collect import Dossier, Paper
from inprocap_flow.service.dossier.markup import Markup, esc, facts, join, listing, table, tag
from inprocap_flow.service.dossier.pieces import NONE, at, decision, line_name, many, stage
from inprocap_flow.service.phrases import size, trace

# ---------------------------------------------------------------------------------------------- at a glance


def glance(dossier: Dossier) -> Markup:
    """The case on half a page: what it is, how far it has come, how much there is, whether it verifies."""
    case, words = dossier.case, dossier.sight.words
    late = [entry for entry in dossier.entries if entry.late]
    annulled = [entry for entry in dossier.entries if entry.annulled_by is not None]
    return facts([
        ("Procedure", f"{words.text(dossier.sight.definition.title)} ({case.procedure} {case.procedure_version})"),
        ("Organisation", words.text(dossier.sight.binding.organisation.title) or case.organisation),
        ("Opened", f"{words.moment(case.opened_at)} by {case.opened_by}" if not case.historic else "from history"),
        ("Stands in", tag("strong", stage(dossier, case.main))),
        ("Tracks", join(_funnels(dossier), "; ")),
        ("Recorded", ", ".join(_counts(dossier))),
        ("Entered late", join([decision(entry.number) for entry in late], ", ")),
        ("Annulled", join([decision(entry.number) for entry in annulled], ", ")),
        ("Not evidenced", many(len(case.not_evidenced), "requirement") if case.not_evidenced else ""),
        ("Contradicted", many(len(case.findings), "finding") if case.findings else ""),
        ("Unconfirmed", f"{many(len(dossier.unconfirmed), 'value')} that the decisions rest on"
                        if dossier.unconfirmed else ""),
        ("Verified", _verified(dossier)),
    ])  # fmt: skip


def _counts(dossier: Dossier) -> Iterator[str]:
    yield many(len(dossier.entries), "decision")
    yield many(len(dossier.links), "event")
    yield many(len(dossier.papers), "document")
    yield many(len(dossier.refusals), "refusal")


def _verified(dossier: Dossier) -> Markup:
    if dossier.report.ok:
        return tag("span", "Nothing is wrong: the chain, the state and the documents fit together.", class_="good")
    found = [f"{finding.fact} ({finding.code})" for finding in dossier.report.findings]
    return join([tag("strong", f"{many(len(found), 'finding')}:", class_="bad"), listing(found)])


def _funnels(dossier: Dossier) -> Iterator[str]:
    for kind, declared in dossier.sight.definition.tracks.items():
        tracks = dossier.case.tracks(kind)
        counted = Counter(stage(dossier, line) for line in tracks)
        if tracks:
            title = dossier.sight.words.text(declared.title) or kind
            yield f"{title}: " + ", ".join(f"{count} {stage}" for stage, count in counted.items())


# ---------------------------------------------------------------------------------------------- deadlines


def deadlines(dossier: Dossier) -> Markup:
    """Every deadline that ever started: how it stands, how it moved, and the rules that gave it."""
    found = sorted(dossier.case.deadlines.values(), key=lambda state: (state.end or "", state.line, state.name))
    return join(_deadline(dossier, state) for state in found) if found else NONE


def _deadline(dossier: Dossier, state: DeadlineState) -> Markup:
    sight = dossier.sight
    title = sight.title("deadline", state.line, state.name)
    place = f", {line_name(dossier, state.line)}" if state.line != MAIN else ""
    end = sight.words.end(state.end) if state.end else "no end"
    marks = [mark for mark, on in (("provisional", state.provisional), ("assumed", state.assumed)) if on]
    unknown = doubt(state, dossier.sight.now)
    marks += [f"cannot tell {unknown}"] if unknown else []
    life = [_turn(dossier, entry) for entry in state.history]
    rules = [esc(line.strip()) for line in trace(state.computed)]
    declared = sight.definition.find_deadline(sight.kind(state.line), state.name)
    cite = declared.cite if declared else None
    return tag(
        "article",
        tag("h3", f"{title}{place}"),
        facts([("State", ", ".join([state.status, *marks])), ("Ends", end), ("Rests on", cite or "")]),
        listing(life, class_="life"),
        tag("details", tag("summary", "How the day was found"), listing(rules, "ol"), open=True) if rules else "",
    )


def _turn(dossier: Dossier, entry: Mapping[str, Any]) -> Markup:
    words = dossier.sight.words
    said = [f"{entry['what']} {words.when(entry['at'])}"]
    said += [f"end {words.end(entry['end'])}"] if entry.get("end") else []
    said += [f"before that {words.end(entry['was'])}"] if entry.get("was") else []
    said += [f"given back {parse_offset(str(entry['given_back']))}"] if entry.get("given_back") else []
    said += [f"by law {parse_offset(str(entry['by_law']))} longer"] if entry.get("by_law") else []
    said += [f"ground: {entry['ground']}"] if entry.get("ground") else []
    if entry["decision"] > dossier.entries[-1].number:  # by the clock; the next request about the case will record it
        return join([", ".join(said), " (by the clock, not recorded yet)"])
    return join([", ".join(said), " (decision ", decision(entry["decision"]), ")"])


# ---------------------------------------------------------------------------------------------- approvals, documents


def approvals(dossier: Dossier) -> Markup:
    """Who signed what, in which role, for how long, and which step each signature was used by."""
    sight = dossier.sight
    rows: list[tuple[object, ...]] = []
    for state in sorted(dossier.case.approvals.values(), key=_first_signed):
        title = sight.title("approval", state.line, state.name)
        place = f" ({line_name(dossier, state.line)})" if state.line != MAIN else ""
        for given in state.signatures:
            behalf = f", for {given.on_behalf_of}" if given.on_behalf_of else ""
            until = sight.words.end(given.valid_until) if given.valid_until else ""
            rows.append((
                f"{title}{place}", f"{given.person}{behalf}", sight.words.role(sight.definition, given.role),
                at(sight.words.moment(given.at)), at(until), "voted against" if given.against else given.status,
            ))  # fmt: skip
        if state.declined_by:
            rows.append((f"{title}{place}", state.declined_by, "", "", "", f"declined: {state.declined_reason or ''}"))
    if not rows:
        return NONE
    heads = ["Approval", "Signed by", "As", "When", "Lasts until", "Signature is"]
    used = [
        join([tag("b", effect.text), f": {effect.new}, decision ", decision(entry.number)])
        for entry in dossier.entries
        if entry.annulled_by is None
        for effect in entry.effects
        if effect.kind == "approval_used"
    ]
    return join([table("Signatures", heads, rows), tag("h3", "What the signatures let through"), listing(used) or NONE])


def _first_signed(state: ApprovalState) -> str:
    return min((given.at for given in state.signatures), default="")


def documents(dossier: Dossier) -> Markup:
    """Every filed version with its hash, and a link to its copy unless it may not be read yet."""
    rows = [
        (
            f"{paper.title}" + (f", version {paper.number}" if paper.number > 1 else ""),
            line_name(dossier, paper.line),
            join(
                [_file(paper), tag("br"), at(dossier.sight.words.moment(paper.version.at)), f" by {paper.version.by}"]
            ),
            join([tag("code", paper.version.sha256), " (salted commitment)" if paper.version.sealed_until else ""]),
        )
        for paper in dossier.papers
    ]
    return table("Documents", ["Document", "Of", "File", "SHA-256"], rows) if rows else NONE


def _file(paper: Paper) -> Markup:
    if paper.withheld:
        return tag("em", paper.withheld)
    from urllib.parse import quote

    link = tag("a", paper.version.filename, href=quote(paper.path))
    return join([link, f", {size(paper.version.size)}"])


# ---------------------------------------------------------------------------------------------- refusals, doubts


def refusals(dossier: Dossier) -> Markup:
    """What was asked for and refused, with every reason. It stands beside the chain, not in it."""
    rows = [
        (
            at(dossier.sight.words.moment(one.at)),
            f"{one.actor}" + (f", {dossier.sight.words.role(dossier.sight.definition, one.role)}" if one.role else ""),
            (f"{one.line}: " if one.line != MAIN else "") + one.title,
            listing(one.reasons),
            str(one.times),
        )
        for one in dossier.refusals
    ]
    return table("Refusals", ["When", "Who", "Asked for", "Refused because", "Times"], rows) if rows else NONE


def unconfirmed(dossier: Dossier) -> Markup:
    """The values of law and custom that decisions rest on and that nobody has confirmed (ruling 10)."""
    rows = [
        (one.name, one.value or "-", one.source, one.basis, join([decision(n) for n in one.decisions], ", "))
        for one in dossier.unconfirmed
    ]
    if not rows:
        return NONE
    note = tag(
        "p", "Nobody has compared these with the official text. Check them before you rely on what follows from them."
    )
    return join([note, table("Not confirmed", ["Value", "Is", "Source", "Basis", "Decisions"], rows)])


def gaps(dossier: Dossier) -> Markup:
    """For a case entered from history: what no source answers, and what a source contradicts (ruling 4)."""
    case = dossier.case
    if not case.historic and not case.not_evidenced and not case.findings:
        return tag("p", "The case was kept here from its beginning; nothing was entered from history.")

    def said(found: tuple[object, ...]) -> list[str]:
        return [f"{e.get('line', MAIN)}: {e.get('says') or e.get('what')}" for e in found if isinstance(e, dict)]

    against = [tag("h3", f"Contradicted by a source ({len(case.findings)})"), listing(said(case.findings)) or NONE]
    missing = tag("h3", f"Not evidenced ({len(case.not_evidenced)})")
    return join([*against, missing, listing(said(case.not_evidenced), class_="gaps") or NONE])


def people(dossier: Dossier, *, with_names: bool) -> Markup:
    """Names beside ids. Everywhere else the file speaks of people by id only."""
    if not with_names:
        return tag("p", "Names were left out of this copy. The organisation keeps them apart from the record.")
    rows = [
        (
            person.id,
            person.name or "erased",
            ", ".join(dossier.sight.words.role(dossier.sight.definition, r) for r in person.roles),
        )
        for person in dossier.people
    ]
    return table("People", ["Id", "Name", "Roles"], rows) if rows else NONE
