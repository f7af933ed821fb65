"""Everything an auditor gets about one case, read once and judged at one moment."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from inprocap_flow.engine import sight as seeing
from inprocap_flow.engine.case.history import each_release, named_releases
from inprocap_flow.engine.case.records import Case, DocumentVersion, Event
from inprocap_flow.engine.case.sealing import is_sealed
from inprocap_flow.engine.offers import Outlook, outlook
from inprocap_flow.errors import FlowError, NotAllowed, NotFound
from inprocap_flow.language.model import Document, Field
from inprocap_flow.service.desk import Desk
from inprocap_flow.service.history import Entry, Refused, entries, refused, sight_at
from inprocap_flow.service.ledger.collect import ledger
from inprocap_flow.service.ledger.rows import Finding
from inprocap_flow.service.phrases import limit_words
from inprocap_flow.service.sight import Sight, Words
from inprocap_flow.store.chain import Head, Link
from inprocap_flow.store.port import Reading
from inprocap_flow.store.records import Loaded, Person, Released

if TYPE_CHECKING:
    from inprocap_flow.store.entries import RefusalEntry
    from inprocap_flow.store.report import Report


@dataclass(frozen=True, slots=True)
class Paper:
    """One filed version of a document. ``withheld`` says why it is only listed; "" if a copy goes into the folder."""

    line: str
    name: str
    title: str
    number: int
    version: DocumentVersion
    withheld: str
    path: str  # inside the folder


@dataclass(frozen=True, slots=True)
class Opened:
    """A value that was sealed and may be seen now: with its salt anybody can prove that it was not exchanged."""

    line: str
    field: str
    commitment: str
    value: Any
    salt: str


@dataclass(frozen=True, slots=True)
class Named:
    """A release that the case names as what was decided with from event *seq* on; None: it is not here any more."""

    kind: str
    name: str
    content_hash: str
    seq: int
    released: Released | None

    @property
    def path(self) -> str:
        """Where it lies inside the folder."""
        # A record that was tampered with may hold any name; it must not lead out of the folder.
        named = re.sub(r"[^a-z0-9_-]", "_", f"{self.kind}-{self.name}-{self.content_hash[:12]}")
        return f"data/release-{named}.json"


@dataclass(frozen=True, slots=True)
class Unconfirmed:
    """A value of law or custom that nobody has confirmed, and the decisions that rest on it."""

    name: str
    value: str
    source: str
    basis: str
    decisions: tuple[int, ...]


@dataclass(frozen=True)
class Dossier:
    """A case as the file tells it. ``outlook`` is the case with time passed to the moment of writing."""

    loaded: Loaded
    sight: Sight
    outlook: Outlook
    entries: tuple[Entry, ...]
    refusals: tuple[Refused, ...]
    raw_refusals: tuple[RefusalEntry, ...]
    links: tuple[Link, ...]
    papers: tuple[Paper, ...]
    opened: tuple[Opened, ...]
    people: tuple[Person, ...]
    released: Released
    report: Report
    head: Head
    checkpoints: tuple[Mapping[str, Any], ...]
    named: tuple[Named, ...] = ()  # what it was decided with, in order
    earlier: tuple[Released, ...] = ()  # the versions that it ran on before, in order
    findings: tuple[Finding, ...] = ()  # of the ledger: what may be unequal treatment

    @property
    def case(self) -> Case:
        return self.outlook.case

    @property
    def events(self) -> tuple[Event, ...]:
        return tuple(link.event for link in self.links)

    @property
    def unconfirmed(self) -> tuple[Unconfirmed, ...]:
        return tuple(_unconfirmed(self.events))


def collect(desk: Desk, case_id: str, words: Words, *, actor: str | None = None) -> Dossier:
    """Read the file of a case. A checkpoint is taken, so that a head goes with it (ruling 8).

    Raises NotFound, and NotAllowed if *actor* is named and may not see all that is not sealed: the file holds it all.
    """
    now = desk.clock.now()
    with desk.store.reading() as reading:
        organisation = reading.load(case_id).case.organisation
    head = desk.store.checkpoint(organisation, now=now)
    report = desk.store.audit(case_id=case_id, against=head)
    raw = desk.store.refusals(case_id)
    findings = ledger(desk, case_id).findings
    with desk.store.reading() as reading:
        loaded = reading.load(case_id)
        binding = desk.binding(reading, loaded.case)
        ahead = outlook(binding, loaded.case, now)
        sight = Sight(binding, ahead.case, now, words)
        if actor:
            _must_see_all(sight, actor)
        links = reading.links(case_id)
        made = entries([link.event for link in links], sight)
        return Dossier(
            loaded,
            sight,
            ahead,
            made,
            refused(raw, sight),
            raw,
            links,
            tuple(_papers(sight)),
            tuple(_opened(sight, reading, links)),
            _involved(reading.people(organisation), made),
            desk.release(reading, loaded.definition_hash),
            report,
            head,
            tuple(_checkpoints(reading.checkpoints(organisation), reading.entries(organisation), case_id)),
            tuple(_named(reading, links)),
            tuple(_earlier(desk, reading, links, loaded.definition_hash)),
            findings,
        )


def _must_see_all(sight: Sight, actor: str) -> None:
    for line in sight.case.lines.values():
        declared = sight.definition.line(line.kind)
        there: list[Field | Document] = [declared.fields[n] for n in line.fields if n in declared.fields]
        there += [declared.documents[n] for n in line.documents if n in declared.documents]
        for one in there:
            blocker = seeing.may_see(sight.binding, sight.case, line.id, one, actor, sight.now)
            if blocker is not None and blocker.code not in ("sealed", "destroyed"):
                raise NotAllowed(
                    f"the procurement file holds everything, and {actor} may not see all of it: {blocker.reason}",
                    mend="let it be written for somebody who may",
                )


def _papers(sight: Sight) -> Iterator[Paper]:
    """Yield every filed version in order of filing, each with a folder of its own for its copy."""
    filed = [
        (line, name, number, version)
        for line in sight.case.in_order
        for name, versions in line.documents.items()
        for number, version in enumerate(versions, start=1)
    ]
    in_order = sorted(filed, key=lambda one: (one[3].at, one[0].opened, one[1], one[2]))
    for count, (line, name, number, version) in enumerate(in_order, start=1):
        declared = sight.definition.line(line.kind).documents.get(name)
        withheld = sight.hidden(line.id, declared) if declared else ""
        path = f"documents/{count:03}/{version.filename}"
        yield Paper(line.id, name, sight.title("document", line.id, name), number, version, withheld, path)


def _opened(sight: Sight, reading: Reading, links: tuple[Link, ...]) -> Iterator[Opened]:
    """Yield every sealed value whose moment has come, also one that another has replaced since.

    One that cannot be opened here is left out: the page says of it that it is not readable.
    """
    events = [link.event for link in links]
    for event in events:
        if event.kind != "filled":
            continue
        line, then = event.line, sight_at(events, event, sight)
        for name, plain in event.data["fields"].items():
            declared = then.definition.line(then.kind(line)).fields.get(name)
            if is_sealed(plain) and declared is not None and not then.hidden(line, declared):
                try:
                    found = reading.opening(sight.case.id, plain["sealed"])
                except FlowError:
                    continue
                yield Opened(line, name, plain["sealed"], found.value, found.salt)


def _earlier(desk: Desk, reading: Reading, links: tuple[Link, ...], now: str) -> Iterator[Released]:
    """Yield the releases that the case was opened on or brought to, but for the one that it is on now."""
    bound = (str(one.event.data["definition"]) for one in links if one.event.kind in ("opened", "migrated"))
    for content_hash in dict.fromkeys(bound):
        if content_hash != now:
            yield desk.release(reading, content_hash)


def _named(reading: Reading, links: tuple[Link, ...]) -> Iterator[Named]:
    """Yield each release that the case names, where it is named first."""
    seen: set[str] = set()
    for event, named in named_releases(link.event for link in links):
        for kind, name, content_hash in each_release(named):
            if content_hash not in seen:
                seen.add(content_hash)
                yield Named(kind, name, content_hash, event.seq, _released(reading, kind, content_hash))


def _released(reading: Reading, kind: str, content_hash: str) -> Released | None:
    try:
        return reading.released(kind, content_hash=content_hash)
    except NotFound:
        return None  # the audit has found it; the file is written all the same


def _involved(people: tuple[Person, ...], made: tuple[Entry, ...]) -> tuple[Person, ...]:
    acted = {person for entry in made for person in (entry.actor, entry.on_behalf_of) if person}
    return tuple(person for person in people if person.id in acted)


def _checkpoints(taken: list[Any], covered: list[Any], case_id: str) -> Iterator[Mapping[str, Any]]:
    """Yield the checkpoints from the first one that covers the case: each is a head to be held against the file."""
    first = min((number for _, number, case, *_ in covered if case == case_id), default=0)
    for organisation, number, taken_at, prev, own in taken:
        if number >= first:
            covers = [
                {"case": case, "events": count, "head": head} for _, n, case, count, head in covered if n == number
            ]
            yield {
                "organisation": organisation,
                "number": number,
                "taken_at": taken_at,
                "prev": prev,
                "hash": own,
                "covers": covers,
            }


def _unconfirmed(events: tuple[Event, ...]) -> Iterator[Unconfirmed]:
    found: dict[tuple[str, str, str, str], list[int]] = {}
    for event in events:
        for name, value, source, basis in _rests_on(event.data):
            numbers = found.setdefault((name, value, source, basis), [])
            if event.decision not in numbers:
                numbers.append(event.decision)
    for key in sorted(found):
        yield Unconfirmed(*key, tuple(found[key]))


def _rests_on(data: Mapping[str, Any]) -> Iterator[tuple[str, str, str, str]]:
    """Yield every unconfirmed limit, list entry and way of counting that the data of an event names."""
    for part in (data.get("used", {}), data.get("computed", {}), data.get("computed", {}).get("floor", {})):
        for kind in ("limits", "lists"):
            for name, used in part.get(kind, {}).items():
                if used.get("confirmed_on") == "never":
                    yield name, limit_words(used), str(used.get("source", "")), str(used.get("basis", ""))
        for step in part.get("trace", ()):
            evidence = str(step.get("evidence", ""))
            if step.get("cite") and not evidence.startswith("confirmed"):
                yield "counting of days", "", str(step["cite"]), "law"
