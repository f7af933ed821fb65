"""What a look found is told once to each person who answers for it: at least once, under a fixed key (ruling 19).

A finding belongs to no case, so it is no message of the outbox: its own row says who is to be told. The key of a letter
is written down before it is sent, with the findings that it tells of, so a further try sends the same again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from inprocap_flow import logs
from inprocap_flow.delivery.parcels import Accepted, Failed, Item, Letter, Parcel
from inprocap_flow.ids import derived_id, moment_of
from inprocap_flow.language.model import Organisation, said
from inprocap_flow.records import changed
from inprocap_flow.service.daily.looking import HOUSE
from inprocap_flow.service.delivering.letters import language_of
from inprocap_flow.service.delivering.phrases import Phrases
from inprocap_flow.service.delivering.recipients import House, mail_address
from inprocap_flow.service.delivering.routes import Routes, open_routes
from inprocap_flow.service.desk import Desk
from inprocap_flow.service.timekeeping.ticking import always
from inprocap_flow.store.findings import Standing
from inprocap_flow.store.moments import sortable
from inprocap_flow.store.port import Reading, Writing

LEASE = timedelta(minutes=10)  # longer than any channel takes for one letter
PAUSE = timedelta(hours=1)  # after a try that failed


def tell(desk: Desk, now: datetime, goes_on: Callable[[], bool] = always, *, routes: Routes | None = None) -> int:
    """Send what somebody is still to be told of, and return how many letters were accepted. Raises StoreUnavailable.

    Somebody who cannot be reached is told when they can be; who is away is stood in for.
    """
    sent = 0
    for name in _with_news(desk):
        with desk.store.reading() as reading:
            organisation = desk.organisation(reading, name)
            routes = routes or open_routes(desk)
            house = House(organisation, {one.id: one for one in reading.people(name)}, now, routes.needs_mail)
            waiting = sorted({who for one in reading.findings.of(name) for who in _waits_for(one, now)})
        for person in waiting:
            if goes_on() and house.can_reach(house.present(person)):
                sent += _tell(desk, routes, house, person, now)
    return sent


def _with_news(desk: Desk) -> tuple[str, ...]:
    with desk.store.reading() as reading:
        names = sorted({entry.name for entry in reading.releases("organisation")})
        return tuple(name for name in names if any(_open(one) for one in reading.findings.of(name)))


def _open(one: Standing) -> bool:
    return not one.gone_on and any("at" not in told for told in one.told.values())


def _waits_for(one: Standing, now: datetime) -> tuple[str, ...]:
    """Return who is to be told of a finding now; nobody of what is gone."""
    if one.gone_on:
        return ()
    at = sortable(now)
    return tuple(who for who, told in one.told.items() if "at" not in told and told.get("not_before", "") <= at)


def _tell(desk: Desk, routes: Routes, house: House, person: str, now: datetime) -> int:
    name = house.organisation.name
    with desk.store.writing() as work:
        named = _named(work, name, person, now)
    if not named:
        return 0
    with desk.store.reading() as reading:
        made = _parcel(desk, reading, house, person, named)
    outcome = routes.channels[routes.to_people].send(made)
    with desk.store.writing() as work:
        _settle(work, name, person, made.key, outcome, now)
    event = logs.MESSAGE_SENT if isinstance(outcome, Accepted) else logs.MESSAGE_FAILED
    logs.happened(event, message=made.key, channel=routes.to_people, count=len(named))
    return int(isinstance(outcome, Accepted))


def _named(work: Writing, organisation: str, person: str, now: datetime) -> tuple[Standing, ...]:
    """Claim one letter: that of an earlier try, else a new one with everything that the person was not told yet."""
    waiting = [one for one in work.findings.of(organisation) if person in _waits_for(one, now)]
    if not waiting:
        return ()  # somebody else was faster
    tried = next((one.told[person]["key"] for one in waiting if "key" in one.told[person]), "")
    chosen = [one for one in waiting if one.told[person].get("key", "") == tried]
    key = tried or derived_id("bundle", now, organisation, person, *(one.id for one in chosen))
    claimed = {"key": key, "not_before": sortable(now + LEASE)}
    rows = tuple(changed(one, told={**one.told, person: {**one.told[person], **claimed}}) for one in chosen)
    work.findings.put(rows)
    return rows


def _settle(work: Writing, organisation: str, person: str, key: str, outcome: Accepted | Failed, now: datetime) -> None:
    given_up = isinstance(outcome, Accepted) or outcome.for_good  # such an address will never take it
    more = {"at": sortable(now)} if given_up else {"not_before": sortable(now + PAUSE)}
    if isinstance(outcome, Failed):
        more["failed"] = outcome.reason[:200]
    found = work.findings.of(organisation)
    own = [one for one in found if one.told.get(person, {}).get("key") == key]
    work.findings.put(changed(one, told={**one.told, person: _without_lease(one.told[person]) | more}) for one in own)


def _without_lease(told: Mapping[str, str]) -> dict[str, str]:
    return {name: text for name, text in told.items() if name != "not_before"}


# ---------------------------------------------------------------------------------------------- in words


def _parcel(desk: Desk, reading: Reading, house: House, person: str, found: tuple[Standing, ...]) -> Parcel:
    who = house.present(person)
    known = house.known.get(who)
    phrases = Phrases(language_of(known, house.organisation), ZoneInfo(house.organisation.zone))
    key = found[0].told[person]["key"]
    letter = letter_of(house.organisation, _titles(desk, reading, found, phrases.language), found, phrases)
    data = {"findings": [{"id": one.id, "code": one.code, "procedure": one.procedure or None} for one in found]}
    address = mail_address(known) if known else ""
    return Parcel(key, moment_of(key), house.organisation.name, who, address, letter, data=data)


def _titles(desk: Desk, reading: Reading, found: tuple[Standing, ...], language: str) -> dict[str, str]:
    names = {one.procedure for one in found if one.procedure != HOUSE}
    titles = ((name, desk.machine(reading, reading.newest("procedure", name)).definition.title) for name in names)
    return {name: said(title, language) or name for name, title in titles}


def letter_of(
    organisation: Organisation, titles: Mapping[str, str], found: tuple[Standing, ...], phrases: Phrases
) -> Letter:
    """Return what is told of *found*. The words of a finding are those of the check, in English."""
    house = said(organisation.title, phrases.language)
    items = tuple(
        Item(
            one.fact.replace("`", ""),
            tuple(
                fact
                for fact in (
                    (phrases.say("procedure"), titles.get(one.procedure, one.procedure)),
                    (phrases.say("mend"), one.mend.replace("`", "")),
                )
                if fact[1]
            ),
            phrases.say("look"),
            "inprocap-flow findings",
        )
        for one in found
    )
    subject = phrases.say("findings_subject" if len(found) > 1 else "finding_subject", count=len(found), house=house)
    closing = (phrases.say("as_responsible", organisation=house), phrases.say("no_answers"))
    return Letter(subject, items, phrases.language, phrases.say("findings", count=len(found), house=house), closing)
