"""A claimed bundle as a parcel: its address, its letter in the recipient's language, its data for machines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from inprocap_flow.delivery.parcels import Letter, Parcel
from inprocap_flow.engine.case.history import definition_at
from inprocap_flow.engine.case.records import Event
from inprocap_flow.ids import moment_of
from inprocap_flow.language.model import Definition, Organisation, said
from inprocap_flow.service.delivering.phrases import Phrases
from inprocap_flow.service.delivering.recipients import PUBLIC, PUBLISHER, mail_address
from inprocap_flow.service.delivering.renamed import approval_now
from inprocap_flow.service.delivering.telling import Telling
from inprocap_flow.service.delivering.wording import item
from inprocap_flow.service.desk import Desk
from inprocap_flow.store.deliveries import Claimed, Posted
from inprocap_flow.store.port import Reading
from inprocap_flow.store.records import Person

Chains = dict[str, tuple[Event, ...]]  # the events of each case


def parcel(desk: Desk, bundle: Claimed) -> Parcel:
    """Return what is sent for *bundle*: the same every time. Raises NotFound where a definition is gone.

    So the words are those that the organisation had when the bundle was made, whatever it has released since.
    """
    made_at = moment_of(bundle.key)
    with desk.store.reading() as reading:
        person = _person(reading, bundle.organisation, bundle.recipient)
        messages = _messages(reading, bundle.message_ids)
        house = desk.organisation_at(reading, bundle.organisation, made_at)
        letter = _composed(desk, reading, house, bundle.recipient, messages)
    cases = dict.fromkeys(message.case_id for message in messages)
    return Parcel(
        key=bundle.key,
        made_at=made_at,
        organisation=bundle.organisation,
        recipient=bundle.recipient,
        address=mail_address(person) if person else "",
        letter=letter,
        thread=next(iter(cases)) if len(cases) == 1 else "",
        data=_data(messages),
    )


def letter_of(desk: Desk, organisation: str, recipient: str, message_ids: Iterable[str]) -> Letter:
    """Return the letter with these messages, as *recipient* would get it now. Raises NotFound."""
    with desk.store.reading() as reading:
        house = desk.organisation(reading, organisation)
        return _composed(desk, reading, house, recipient, _messages(reading, message_ids))


def _person(reading: Reading, organisation: str, recipient: str) -> Person | None:
    return next((one for one in reading.people(organisation) if one.id == recipient), None)


def _messages(reading: Reading, message_ids: Iterable[str]) -> list[Posted]:
    """Return the messages in the order in which things happened, case by case where several happened at once."""
    found = (reading.deliveries.message(message_id) for message_id in message_ids)
    return sorted(
        (message for message in found if message), key=lambda one: (one.created_at, one.case_id, one.seq, one.id)
    )


def _composed(
    desk: Desk, reading: Reading, organisation: Organisation, reader: str, messages: Sequence[Posted]
) -> Letter:
    language = language_of(_person(reading, organisation.name, reader), organisation)
    phrases = Phrases(language, ZoneInfo(organisation.zone))
    known: Chains = {}
    tellings = [telling_of(desk, reading, message, phrases, known) for message in messages]
    return _letter(tellings, organisation, reader, phrases)


def language_of(person: Person | None, organisation: Organisation) -> str:
    """Return the language for somebody: their own, else the organisation's first."""
    own = str(person.contact.get("language") or "") if person else ""
    return own or next(iter(organisation.languages), "en")


def telling_of(desk: Desk, reading: Reading, message: Posted, phrases: Phrases, known: Chains) -> Telling:
    """Return a message with what is needed to speak of it; *known* keeps what was read of its case. Raises NotFound."""
    loaded = reading.load(message.case_id)
    # A reminder has no decision of its own to speak of, and most of what is sent are reminders: it names its version.
    named = str(message.detail.get("definition") or "") if message.kind == "reminder" else ""
    if not named and message.case_id not in known:
        known[message.case_id] = reading.events(message.case_id)
    # The words are those of the version by which it was decided, so that a second copy is the same.
    events = known.get(message.case_id, ())
    version = named or definition_at(events, message.seq) or loaded.definition_hash
    definition = desk.machine(reading, version).definition
    title = loaded.case.title or said(definition.title, phrases.language)  # a case that nobody gave a name
    telling = Telling(message, definition, title, known.get(message.case_id, ()), phrases)
    if version != loaded.definition_hash and message.kind in ("asked", "reminder"):  # it went over since
        telling.approval = approval_now(reading, loaded.case, message)
    return telling


def _letter(tellings: Sequence[Telling], organisation: Organisation, reader: str, phrases: Phrases) -> Letter:
    cases = len({telling.message.case_id for telling in tellings})
    items = tuple(item(telling) for telling in tellings)
    house = said(organisation.title, phrases.language)
    reasons = dict.fromkeys(_reason(telling, organisation, house, reader) for telling in tellings)
    closing = (*reasons, phrases.say("no_answers"))
    if len(items) == 1:
        first = items[0].what.partition(". ")[0].rstrip(".")  # the rest of it is read inside
        subject = f"{first} - {tellings[0].title}".removesuffix(" - ")
        digest = ""
    else:
        counted = phrases.say("one_case") if cases == 1 else phrases.say("many_cases", count=cases)
        subject = phrases.say("digest_subject", count=len(items), cases=tellings[0].title if cases == 1 else counted)
        digest = phrases.say("digest", count=len(items))
    if any(one.late for one in items):
        subject = phrases.say("late_subject", subject=subject)
    return Letter(subject, items, phrases.language, digest, closing)


def _reason(telling: Telling, organisation: Organisation, house: str, reader: str) -> str:
    kind, _, name = telling.message.recipient.partition(":")
    phrases = telling.phrases
    if kind == "role":
        return phrases.say("as_role", role=role_title(telling.definition, name, phrases.language), organisation=house)
    if kind == "person" and name != reader and name not in organisation.people:
        return phrases.say("as_left", organisation=house)
    if kind == "person":
        return phrases.say("as_person", organisation=house)
    if kind == "track":
        return phrases.say("as_speaker", track=name, organisation=house)
    if kind in (PUBLIC, PUBLISHER) and reader == telling.actor:
        return phrases.say("as_publisher", organisation=house)
    return phrases.say("as_owner", organisation=house)


def role_title(definition: Definition, name: str, language: str) -> str:
    """Return the title of a role, its name if it has none."""
    declared = definition.roles.get(name)
    return (said(declared.title, language) if declared else "") or name


def _data(messages: Sequence[Posted]) -> Mapping[str, Any]:
    """Return what a machine gets: ids, kinds and moments. The public is not told which firm's track it was."""
    return {"messages": [_plain(message) for message in messages]}


def _plain(message: Posted) -> dict[str, Any]:
    plain: dict[str, Any] = {
        "message": message.id,
        "kind": message.kind,
        "organisation": message.organisation,
        "case": message.case_id,
        "event": message.seq,
        "to": message.recipient,
        "subject": message.subject,
        "about": list(message.about),
        "written_at": message.created_at,
    }
    if message.recipient != "public":
        plain["line"] = message.line
    if message.kind == "reminder":
        plain["reminder"] = {name: value for name, value in message.detail.items() if name != "definition"}
    return plain
