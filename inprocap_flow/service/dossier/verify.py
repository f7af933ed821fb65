# ruff: noqa: T201 - it speaks to whoever runs it
"""Verify a procurement file without the program that wrote it: python3 verify.py [FOLDER] [--against HEAD]

It needs Python 3.8 or later and nothing else. It reads the folder it lies in and answers
  1  is every file here what was written            data/manifest.json
  2  is the chain of events whole                   data/events.jsonl, data/heads.json
  3  do the events add up to the state shown        data/case.json
  4  is the definition the one the case runs on     data/definition.json
  5  are organisation and rulebook those it names   data/release-*.json
  6  is every document what was filed               data/documents.json, documents/
  7  is every opened value what was sealed          data/opened.json
  8  does the head of the organisation cover it     data/heads.json

Whoever changed everything in this folder, this script included, can make it fit together again. What they cannot do is
make it fit a head that was printed earlier and kept elsewhere: give that with --against. Exit status 0: all is well;
1: something is wrong; 2: the command was not written as it must be.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
from pathlib import Path
from typing import Any, Dict, Iterator, Sequence  # noqa: UP035 - an old Python runs this too

Plain = Dict[str, Any]  # noqa: UP006 - evaluated, by an old Python too


# ------------------------------------------------------------------------------------------------ how hashes are made


def canonical(plain: Any) -> str:
    """Return JSON data as text: sorted keys, no white space, letters as they are."""
    return json.dumps(plain, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def hashed(domain: str, fields: Sequence[str | None]) -> str:
    """Return the SHA-256 over domain, the number of this encoding, and fields, each with its length before it."""
    whole = hashlib.sha256()
    for text in (domain, "1", *fields):
        if text is None:
            whole.update(b"\0")
        else:
            raw = text.encode("utf-8", "surrogatepass")
            whole.update(b"\1" + len(raw).to_bytes(8, "big") + raw)
    return whole.hexdigest()


def hash_of_event(prev: str, event: Plain) -> str:
    """Return the hash of an event that follows *prev*."""
    request, as_of = event.get("request"), event.get("as_of")
    fields = [
        prev, str(event["schema"]), str(event["seq"]), str(event["outcome"]), str(event["decision"]), event["kind"],
        event["line"], canonical(event["data"]), canonical(event["happened"]), event["recorded_at"], event["actor"],
        event.get("role"), event.get("on_behalf_of"), None if request is None else canonical(request),
        None if as_of is None else str(as_of), event.get("account"),
    ]  # fmt: skip
    return hashed("inprocap-flow/event", fields)


def hash_of_checkpoint(taken: Plain) -> str:
    """Return the hash of a checkpoint over the heads of the cases that it covers."""
    covers = sorted(taken["covers"], key=lambda one: str(one["case"]))
    fields = [taken["prev"], taken["organisation"], str(taken["number"]), taken["taken_at"], str(len(covers))]
    for one in covers:
        fields += [one["case"], str(one["events"]), one["head"]]
    return hashed("inprocap-flow/checkpoint", fields)


def hash_of_file(path: Path) -> str:
    """Return the SHA-256 of a file, read in pieces."""
    whole = hashlib.sha256()
    with path.open("rb") as content:
        for piece in iter(lambda: content.read(65536), b""):
            whole.update(piece)
    return whole.hexdigest()


# ------------------------------------------------------------------------------------------------ what is checked


def files(folder: Path) -> Iterator[str]:
    """Compare every file with the list of what was written."""
    manifest = read(folder / "data" / "manifest.json")
    for name, wanted in manifest.items():
        path = folder / name
        if not path.is_file():
            yield f"{name} is missing"
        elif hash_of_file(path) != wanted:
            yield f"{name} is not what was written"
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    for name in sorted(there - set(manifest) - {"data/manifest.json"}):
        yield f"{name} was not written with the file"


def chain(folder: Path) -> Iterator[str]:
    """Follow the chain from the beginning of the case to its head."""
    heads, events = read(folder / "data" / "heads.json"), events_of(folder)
    # A case may have gone over to another version; its chain begins with what it was opened on.
    opened_on = heads.get("opened_on", heads["definition"])
    prev = hashed("inprocap-flow/case", [heads["case"], heads["organisation"], opened_on])
    for place, event in enumerate(events, start=1):
        if event["seq"] != place:
            yield f"event {place} is missing: number {event['seq']} stands in its place"
            return
        if event["prev"] != prev:
            yield f"event {place} does not follow the one before it"
        if hash_of_event(event["prev"], event) != event["hash"]:
            yield f"event {place} is not what was recorded: its hash differs"
        prev = event["hash"]
    if len(events) != heads["events"]:
        yield f"there are {len(events)} events, and {heads['events']} were recorded"
    if prev != heads["head"]:
        yield "the chain ends otherwise than the head of the case says"


def state(folder: Path) -> Iterator[str]:
    """Fold the events again: stages, fields, documents, deadlines and signatures of every line."""
    shown: Plain = read(folder / "data" / "case.json")
    lines: Plain = {}
    clocks: Plain = {}
    given: Plain = {}
    for event in effective(events_of(folder)):
        fold(event, lines, clocks, given)
    if set(lines) != set(shown.get("lines", {})):
        yield "the state has other tracks than the events"
    for name, line in sorted(lines.items()):
        other = shown.get("lines", {}).get(name, {})
        for what in ("state", "fields"):
            if line[what] != other.get(what, {} if what == "fields" else ""):
                yield f"{name}: the {what} of the state is not what the events say"
        if line["documents"] != {key: len(found) for key, found in other.get("documents", {}).items()}:
            yield f"{name}: the state has other documents than the events"
    found = {key: one.get("status") for key, one in shown.get("deadlines", {}).items()}
    if clocks != found:
        yield "the state has other deadlines than the events"
    counted = {key: in_favour(one.get("signatures", ())) for key, one in shown.get("approvals", {}).items()}
    if given != {key: count for key, count in counted.items() if count}:
        yield "the state has other signatures than the events"


def in_favour(signatures: Sequence[Plain]) -> int:
    """Return how many signatures are not votes against: those are dropped when a vote begins anew."""
    return sum(1 for one in signatures if not one.get("against"))


def effective(events: list[Plain]) -> Iterator[Plain]:
    """Yield the events that count, in the order in which they count: without what was annulled, late ones in place."""
    order: list[int] = []
    members: dict[int, list[Plain]] = {}
    annulled: set[int] = set()
    for event in events:
        number = event["decision"]
        if number not in members:
            members[number] = []
            late = event.get("as_of")
            order.insert(len(order) if late is None else order.index(late) + 1, number)
        members[number].append(event)
        if event["kind"] == "annulled":
            annulled.update(event["data"]["decisions"])
    for number in order:
        if number not in annulled:
            yield from members[number]


CLOCKS = {
    "deadline_over": "over", "deadline_met": "met", "deadline_missed": "missed", "deadline_stopped": "stopped",
    "deadline_suspended": "suspended", "deadline_resumed": "running",
}  # fmt: skip


def fold(event: Plain, lines: Plain, clocks: Plain, given: Plain) -> None:
    """Let an event take effect on what is counted here."""
    kind, data, name = event["kind"], event["data"], event["line"]
    if kind in ("opened", "began"):
        lines[name] = {"state": "", "fields": {}, "documents": {}}
    elif kind == "moved":
        lines[name]["state"] = data["to"]
    elif kind == "filled":
        fields = dict(lines[name]["fields"], **data["fields"])
        lines[name]["fields"] = {key: value for key, value in fields.items() if value is not None}
    elif kind == "brought":
        filed = lines[name]["documents"]
        filed[data["document"]] = filed.get(data["document"], 0) + 1
    elif kind == "migrated":
        go_over(data, lines, clocks, given)
    elif kind == "deadline_started":
        clocks[f"{name} {data['deadline']}"] = "running"
    elif kind in CLOCKS:
        clocks[f"{name} {data['deadline']}"] = CLOCKS[kind]
    elif kind == "approval_signed" and not data["signature"].get("against"):
        key = f"{name} {data['approval']}"
        given[key] = given.get(key, 0) + 1


def go_over(data: Plain, lines: Plain, clocks: Plain, given: Plain) -> None:
    """Let a case go over to another version: what stands elsewhere or is called otherwise from then on."""
    for name, told in data.get("lines", {}).items():
        lines[name]["state"] = told.get("to", lines[name]["state"])
        for what in ("fields", "documents"):
            lines[name][what] = renamed(lines[name][what], told.get(what, {}))
    for known, what in ((clocks, "deadlines"), (given, "approvals")):
        moved = renamed(known, data.get(what, {}))
        known.clear()
        known.update(moved)


def renamed(known: Plain, names: Plain) -> Plain:
    """Return the same under new names."""
    return {names.get(name, name): value for name, value in known.items()}


def definition(folder: Path) -> Iterator[str]:
    """Compare the definitions with the hashes of the versions that the case ran on, the last one with its own."""
    if hash_of_file(folder / "data" / "definition.json") != read(folder / "data" / "heads.json")["definition"]:
        yield "the definition is not the one that the case runs on"
    there = {hash_of_file(path) for path in sorted((folder / "data").glob("definition*.json"))}
    for event in events_of(folder):
        if event["kind"] in ("opened", "migrated") and event["data"]["definition"] not in there:
            yield f"the definition that event {event['seq']} names is not there"


def releases(folder: Path) -> Iterator[str]:
    """Compare organisation, rulebook and overlays with the hashes by which the decisions name them."""
    there = {hash_of_file(path) for path in sorted((folder / "data").glob("release-*.json"))}
    for seq, named in named_releases(folder):
        for kind, found in sorted(named.items()):
            for name in sorted(found):
                if found[name] not in there:
                    yield f"the {kind} {name} that event {seq} was decided with is not there"


def named_releases(folder: Path) -> list[tuple[int, Plain]]:
    """Return from which event on which releases were decided with."""
    asked = [(event["seq"], event.get("request") or {}) for event in events_of(folder)]
    return [(seq, request["decided_with"]) for seq, request in asked if request.get("decided_with")]


def not_recorded(folder: Path) -> str:
    """Return what the events do not say, because an earlier version of the program recorded them; "" if they do."""
    first = min([seq for seq, _ in named_releases(folder)], default=len(events_of(folder)) + 1)
    return f"events 1 to {first - 1} do not say what they were decided with" if first > 1 else ""


def documents(folder: Path) -> Iterator[str]:
    """Compare the copies with the hashes in the events; one that was sealed, with its salt, with its commitment."""
    filed = filings(effective(events_of(folder)))
    listed = read(folder / "data" / "documents.json")
    for one in listed:
        versions = filed.get((one["line"], one["document"]), [])
        if not 0 < one["number"] <= len(versions) or versions[one["number"] - 1]["sha256"] != one["mark"]:
            yield f"{one['line']} {one['document']}, version {one['number']}, is not in the events like this"
        if one["path"] is None:
            continue
        path = folder / one["path"]
        whole = hash_of_file(path) if path.is_file() else ""
        filed_as = whole
        if one["sealed_until"] and whole:
            filed_as = commitment(b"inprocap-flow document\0", one["salt"], bytes.fromhex(whole))
        if filed_as != one["mark"] or whole != one["sha256"]:
            yield f"{one['path']} is not what was filed"
    if sum(map(len, filed.values())) != len(listed):
        yield "the list of documents is not complete"


def filings(events: Iterator[Plain]) -> dict[tuple[str, str], list[Plain]]:
    """Return the versions of every document by line and name, under the names that they have now."""
    filed: dict[tuple[str, str], list[Plain]] = {}
    for event in events:
        data = event["data"]
        if event["kind"] == "brought":
            filed.setdefault((event["line"], data["document"]), []).append(data["version"])
        for line, told in data.get("lines", {}).items() if event["kind"] == "migrated" else ():
            for was, now in told.get("documents", {}).items():
                filed[line, now] = filed.pop((line, was), [])
    return filed


def opened(folder: Path) -> Iterator[str]:
    """Compare the values that were sealed and are open now with the commitments that the events held before."""
    sealed = {
        (event["line"], name, value["sealed"])
        for event in events_of(folder)
        if event["kind"] == "filled"
        for name, value in event["data"]["fields"].items()
        if isinstance(value, dict) and set(value) == {"sealed"}
    }
    for one in read(folder / "data" / "opened.json"):
        named = f"{one['line']} {one['field']}"
        if (one["line"], one["field"], one["commitment"]) not in sealed:
            yield f"{named}: no event holds this commitment"
        if commitment(b"inprocap-flow sealed\0", one["salt"], canonical(one["value"]).encode()) != one["commitment"]:
            yield f"{named} is not the value that was sealed"


def commitment(domain: bytes, salt: str, content: bytes) -> str:
    """Return the salted commitment to a value, or to the hash of a document."""
    return hashlib.sha256(domain + bytes.fromhex(salt) + content).hexdigest()


def checkpoints(folder: Path, against: str | None) -> Iterator[str]:
    """Follow the checkpoints from the one that covers the case to the head, and compare that with the one given."""
    heads, events = read(folder / "data" / "heads.json"), events_of(folder)
    prev: str | None = None
    known: list[str] = []
    covered = 0
    for taken in heads["checkpoints"]:
        if hash_of_checkpoint(taken) != taken["hash"] or (prev is not None and taken["prev"] != prev):
            yield f"checkpoint {taken['number']} is not what was taken"
        prev = taken["hash"]
        known.append(f"head-{taken['organisation']}-{taken['number']}-{taken['hash']}")
        for one in taken["covers"]:
            if one["case"] == heads["case"]:
                covered = one["events"]
                if [event["hash"] for event in events[covered - 1 : covered]] != [one["head"]]:
                    yield f"the first {covered} events are not those that checkpoint {taken['number']} covers"
    if known[-1:] != [heads["organisation_head"]]:
        yield "the head of the organisation is not the last checkpoint"
    if covered != len(events):
        yield "no checkpoint covers the case as it is here"
    if against and against.strip() not in known:
        yield "the head given is none of those that lead to this file: something was changed, or it is another file's"


# ------------------------------------------------------------------------------------------------ the answer


def read(path: Path) -> Any:
    """Return the JSON of a file."""
    return json.loads(path.read_bytes().decode("utf-8", "surrogatepass"))


def events_of(folder: Path) -> list[Plain]:
    """Return the events, one a line."""
    text = (folder / "data" / "events.jsonl").read_bytes().decode("utf-8", "surrogatepass")
    return [json.loads(line) for line in text.split("\n") if line]


def findings(check: Any, *arguments: Any) -> list[str]:
    """Return what a check finds; what cannot even be read is a finding too."""
    found: list[str] = []
    try:
        found.extend(check(*arguments))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError) as wrong:
        found.append(f"it cannot be read ({type(wrong).__name__}: {wrong})")
    return found


def main() -> int:
    """Check everything, say what was found, and return the exit status."""
    parser = argparse.ArgumentParser(description="Verify a procurement file.")
    parser.add_argument("folder", nargs="?", type=Path, default=Path(__file__).resolve().parent)
    parser.add_argument("--against", metavar="HEAD", help="a head that was kept elsewhere")
    asked = parser.parse_args()
    if asked.against is not None and not HEAD.fullmatch(asked.against.strip()):
        shape = "head-ORGANISATION-NUMBER-, then 64 hexadecimal digits"
        parser.error(f"{asked.against} is no head, so nothing was compared; write it as it was printed: {shape}")
    checks = (
        ("every file is what was written", files, ()),
        ("the chain of events is whole", chain, ()),
        ("the events add up to the state", state, ()),
        ("the definition is the one of the case", definition, ()),
        ("organisation and rulebook are those it was decided with", releases, ()),
        ("every document here is what was filed", documents, ()),
        ("every opened value is what was sealed", opened, ()),
        ("the head of the organisation covers it", checkpoints, (asked.against,)),
    )
    wrong = 0
    for says, check, more in checks:
        found = findings(check, asked.folder, *more)
        print(("ok     " if not found else "WRONG  ") + says)
        for fact in found:
            print(f"       - {fact}")
        wrong += len(found)
        if check is releases and not found and not_recorded(asked.folder):
            print(f"       - not recorded: {not_recorded(asked.folder)}")
    if wrong:
        print(f"\n{wrong} finding{'s' if wrong > 1 else ''}. This is not the file as it was written.")
        return 1
    print("\nNothing is wrong." if asked.against else f"\nNothing is wrong. {REACH}")
    return 0


HEAD = re.compile(r"head-.+-\d+-[0-9a-f]{64}")
REACH = "A rewrite of the whole folder is found only with --against HEAD, a head kept elsewhere."

if __name__ == "__main__":
    sys.exit(main())
