"""Prove that what is stored is what was recorded, and say exactly how far the proof reaches (ruling 8).

Without a head the stored things are compared with each other: chain, state, lists, documents, sealed values. That finds
every change that was not carried through everywhere. Whoever can write to the database can also rewrite all of it
consistently; only a head kept outside shows that, for everything up to the checkpoint it names.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from inprocap_flow.engine.case.history import each_release, fold, named_releases
from inprocap_flow.engine.case.records import Case, DocumentVersion
from inprocap_flow.errors import FlowError, NotAllowed, StoreDamaged
from inprocap_flow.language.canonical import digest
from inprocap_flow.store import chain, projections, rows, snapshot
from inprocap_flow.store.chain import Covered, Head, Link
from inprocap_flow.store.documents import Documents
from inprocap_flow.store.reading import ReadingTransaction
from inprocap_flow.store.report import Finding, Report


def audit(
    view: ReadingTransaction,
    files: Documents | None,
    *,
    organisation: str | None = None,
    case_id: str | None = None,
    against: Head | str | None = None,
) -> Report:
    """Audit one case, one organisation, or everything; with *against*, the organisation that the head names.

    Raises BadHead for a text that is no head, NotAllowed for a head of another organisation.
    """
    head = Head.parse(against) if isinstance(against, str) else against
    if head is not None and organisation not in (None, head.organisation):
        raise NotAllowed(f"the head is one of {head.organisation}, not of {organisation}")
    look = _Look(view, files)
    sql, read = view.connection.statements, view.connection
    if case_id is not None:
        look.at_case(case_id)
        row = read.row(sql.whole_case, of_id=case_id)
        owner = head.organisation if head else str(row[1]) if row else None
        if owner is not None:
            look.at_checkpoints(owner, head, only=case_id)
    else:
        asked = head.organisation if head else organisation
        for owner in [asked] if asked else [str(row[0]) for row in read.rows(sql.organisations)]:
            for row in read.rows(sql.cases_of, of_organisation=owner):
                look.at_case(str(row[0]))
            look.at_checkpoints(owner, head, only=None)
        look.at_strays()
        look.at_releases()
    return Report(
        tuple(look.findings),
        look.cases,
        look.events,
        head,
        look.covered,
        tuple(look.not_checked),
        tuple(look.not_recorded),
    )


class _Look:
    """What an audit has seen so far. Alive within one call of `audit`."""

    def __init__(self, view: ReadingTransaction, files: Documents | None) -> None:
        self.view = view
        self.files = files
        self.sql = view.connection.statements
        self.findings: list[Finding] = []
        self.not_checked: list[str] = []
        self.not_recorded: list[str] = []
        self.cases = self.events = self.covered = 0
        self._hashes: dict[str, list[str]] = {}  # of each case's events, in order
        self._counted: dict[str, int] = {}  # how many of them the head covers
        self._contents: dict[str, bool] = {}  # whether a release is what its hash says

    def find(self, code: str, case_id: str, fact: str) -> None:
        self.findings.append(Finding(code, case_id, fact))

    # ------------------------------------------------------------------------------------------ one case

    def at_case(self, case_id: str) -> None:
        row = self.view.connection.row(self.sql.whole_case, of_id=case_id)
        if row is None:
            self.find("case-missing", case_id, "the case is not there")
            return
        known = dict(zip(self.sql.add_case.params, row, strict=True))
        links = self._links(case_id, known)
        self.cases += 1
        self.events += len(links)
        self._hashes[case_id] = [link.hash for link in links]
        for content_hash in dict.fromkeys((known["definition_hash"], *_definitions(links))):
            self._at_definition(case_id, content_hash)
        self._at_named(case_id, links)
        case = self._folded(case_id, links)
        if case is not None:
            self._at_state(case, known)
            self._at_projections(case)
            self._at_documents(case)
        self._at_sealed(case_id, links)

    def _links(self, case_id: str, known: Mapping[str, Any]) -> tuple[Link, ...]:
        try:
            links = self.view.links(case_id)
        except FlowError as wrong:
            self.find("events-unreadable", case_id, str(wrong))
            return ()
        # A migration changes what the case runs on; its chain begins with what it was opened on.
        opened = str(links[0].event.data.get("definition", known["definition_hash"]))
        first = chain.genesis(case_id, known["organisation"], opened)
        for fact in chain.verify(first, links):
            self.find("chain-broken", case_id, fact)
        if links[-1].hash != known["head"] or len(links) != known["event_count"]:
            fact = f"the case counts {known['event_count']} events, its chain has {len(links)} or ends otherwise"
            self.find("chain-cut", case_id, fact)
        return links

    def _folded(self, case_id: str, links: tuple[Link, ...]) -> Case | None:
        if not links:
            return None
        try:
            return fold(link.event for link in links)
        except (FlowError, KeyError, TypeError, ValueError, AttributeError) as wrong:
            self.find("events-unreadable", case_id, f"the events do not add up to a case ({wrong})")
            return None

    def _at_state(self, case: Case, known: Mapping[str, Any]) -> None:
        if snapshot.write(case) != known["state"]:
            self.find("state-differs", case.id or known["id"], "the state is not what the events add up to")
            return
        due = rows.of_case(case, known["state"], event_count=known["event_count"], head=known["head"])
        wrong = sorted(name for name, value in due.items() if known[name] != value)
        if wrong:
            self.find("list-differs", case.id, f"the list of cases says otherwise in {', '.join(wrong)}")

    def _at_projections(self, case: Case) -> None:
        read = self.view.connection
        stored = {
            "approvals": (self.sql.case_approvals, self.sql.put_approval),
            "deadlines": (self.sql.case_deadlines, self.sql.put_deadline),
            "documents": (self.sql.case_documents, self.sql.put_document),
        }
        for table, due in projections.all_rows(case).items():
            select, insert = stored[table]
            found = {tuple(row) for row in read.rows(select, of_case_id=case.id)}
            if found != {insert.values(row) for row in due}:
                self.find("list-differs", case.id, f"the list of {table} is not what the state says")

    def _at_definition(self, case_id: str, content_hash: str) -> None:
        if not self._is_what_was_released(content_hash):
            self.find("definition-differs", case_id, "the definition it runs on is not what was released")

    def _at_named(self, case_id: str, links: tuple[Link, ...]) -> None:
        """Verify the releases that the case names as what it was decided with, and say from where on it names any."""
        before = len(links)  # how many events came before any was named
        for event, named in reversed(tuple(named_releases(link.event for link in links))):
            before = event.seq - 1
            for kind, name, content_hash in each_release(named):
                if not self._is_what_was_released(content_hash):
                    fact = f"event {event.seq} was decided with the {kind} {name}, which is not what was released"
                    self.find("decided-with-differs", case_id, fact)
        if before:
            self.not_recorded.append(f"{case_id}: events 1 to {before}")

    def _is_what_was_released(self, content_hash: str) -> bool:
        if content_hash not in self._contents:
            row = self.view.connection.row(self.sql.find_release_by_hash, of_content_hash=content_hash)
            self._contents[content_hash] = row is not None and _hash_of(row[2]) == content_hash
        return self._contents[content_hash]

    def at_releases(self) -> None:
        """Verify everything that is released against its hash: who may sign, and the law, stand there as well."""
        for kind, name, version, content_hash, content in self.view.connection.rows(self.sql.every_release):
            if content_hash not in self._contents and _hash_of(content) != content_hash:
                self.find("release-differs", "", f"the {kind} {name} {version} is not what was released")

    # ------------------------------------------------------------------------------------------ documents, seals

    def _at_documents(self, case: Case) -> None:
        for line in case.lines.values():
            for name, versions in line.documents.items():
                for version in versions:
                    self._at_document(case.id, f"{line.id} {name}", version)

    def _at_document(self, case_id: str, name: str, version: DocumentVersion) -> None:
        if self.files is None:
            self.not_checked.append(f"{case_id}: document {name} (no folder of documents)")
            return
        try:
            if sum(map(len, self._read(case_id, version.sha256))) != version.size:
                self.find("document-differs", case_id, f"document {name} has another size than was recorded")
        except NotAllowed as why:
            self.not_checked.append(f"{case_id}: document {name} ({_first_line(why)})")
        except FlowError as wrong:
            self.find("document-differs", case_id, f"document {name}: {_first_line(wrong)}")

    def _read(self, case_id: str, mark: str) -> Iterator[bytes]:
        assert self.files is not None
        if not self.files.is_sealed(mark):
            return self.files.read(mark)
        key = self.view.case_key(case_id)
        if key is None:
            raise StoreDamaged("it is sealed, but the case has no key")
        return self.files.read_sealed(mark, key=key, case_id=case_id)

    def _at_sealed(self, case_id: str, links: tuple[Link, ...]) -> None:
        marks = sorted({mark for link in links for mark in _commitments(link.event.data)})
        for mark in marks:
            try:
                self.view.reveal(case_id, mark)
            except NotAllowed as why:
                self.not_checked.append(f"{case_id}: {len(marks)} sealed values ({_first_line(why)})")
                return
            except FlowError as wrong:
                self.find("sealed-differs", case_id, _first_line(wrong))

    # ------------------------------------------------------------------------------------------ checkpoints

    def at_checkpoints(self, organisation: str, head: Head | None, *, only: str | None) -> None:
        """Verify the chain of checkpoints, what it says of the cases seen, and that *head* is in it."""
        entries: dict[int, list[Covered]] = {}
        for _, number, case_id, event_count, case_head in self.view.entries(organisation):
            entries.setdefault(number, []).append(Covered(case_id, event_count, case_head))
        prev, hashes = chain.first_checkpoint(organisation), {}
        for place, (_, number, taken_at, prev_hash, own) in enumerate(self.view.checkpoints(organisation), start=1):
            covers = entries.pop(number, [])
            due = chain.hash_checkpoint(prev, organisation, number, taken_at, covers)
            if number != place or prev_hash != prev or own != due:
                self.find("checkpoint-broken", "", f"checkpoint {number} of {organisation} is not what was taken")
            prev = hashes[number] = own
            self._covered(covers, only, counts=head is not None and number <= head.number)
        if entries:
            self.find("checkpoint-broken", "", f"{organisation} has entries of a checkpoint that is not there")
        if head is not None and hashes.get(head.number) != head.hash:
            fact = "is another one now" if head.number in hashes else "is not there any more"
            self.find("head-differs", "", f"checkpoint {head.number} of {organisation} {fact}")

    def _covered(self, covers: list[Covered], only: str | None, *, counts: bool) -> None:
        for case in covers:
            if only not in (None, case.case_id):
                continue
            hashes = self._hashes.get(case.case_id, [])
            if hashes[case.event_count - 1 : case.event_count] != [case.head]:
                fact = f"its first {case.event_count} events are not those that a checkpoint covers"
                self.find("rewritten", case.case_id, fact)
            elif counts:
                before = self._counted.get(case.case_id, 0)
                self.covered += case.event_count - before
                self._counted[case.case_id] = case.event_count

    def at_strays(self) -> None:
        """Find events whose case is gone."""
        for (case_id,) in self.view.connection.rows(self.sql.stray_events):
            self.find("case-missing", str(case_id), "there are events, but the case is not there")


def _hash_of(content: str) -> str:
    try:
        return digest(json.loads(content))
    except ValueError:
        return ""


def _definitions(links: tuple[Link, ...]) -> Iterator[str]:
    """Yield the versions that a case was opened on and brought to."""
    for link in links:
        if link.event.kind in ("opened", "migrated") and isinstance(link.event.data, Mapping):
            yield str(link.event.data.get("definition", ""))


def _commitments(data: Any) -> Iterator[str]:
    """Return every ``{"sealed": commitment}`` in the data of an event."""
    if isinstance(data, Mapping):
        if data.keys() == {"sealed"} and isinstance(data["sealed"], str):
            yield data["sealed"]
        data = list(data.values())
    if isinstance(data, list | tuple):
        for item in data:
            yield from _commitments(item)


def _first_line(wrong: Exception) -> str:
    return str(wrong).partition("\n")[0]
