"""Deliveries as people look at them: what each says, to whom, what became of it, and trying the dead again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from inprocap_flow.delivery.parcels import Letter
from inprocap_flow.errors import NotAllowed, NotFound
from inprocap_flow.records import record
from inprocap_flow.service.delivering.letters import Chains, letter_of, telling_of
from inprocap_flow.service.delivering.phrases import Phrases
from inprocap_flow.service.delivering.wording import item
from inprocap_flow.service.desk import Desk
from inprocap_flow.store.deliveries import FORGOTTEN
from inprocap_flow.store.entries import DeliveryEntry
from inprocap_flow.store.port import Reading

OPEN = ("pending", "sending", "dead")  # what somebody may have to look at
STATES = ("pending", "sending", "sent", "dead", "withdrawn")
SHORTEST = 3  # characters of an id; fewer are a slip of the hand


@record
class Seen:
    """A delivery with what it says. ``title`` is that of its case, ``zone`` that of the organisation."""

    entry: DeliveryEntry
    what: str
    title: str
    zone: ZoneInfo
    late: bool = False
    forgotten: bool = False  # what it said is gone


def look(desk: Desk, entries: Iterable[DeliveryEntry], language: str) -> tuple[Seen, ...]:
    """Return deliveries with what they say, in one language whatever their recipients read."""
    known: Chains = {}
    with desk.store.reading() as reading:
        return tuple(_seen(desk, reading, entry, language, known) for entry in entries)


def _seen(desk: Desk, reading: Reading, entry: DeliveryEntry, language: str, known: Chains) -> Seen:
    zone = ZoneInfo(desk.organisation(reading, entry.organisation).zone)
    message = reading.deliveries.message(entry.message_id)
    if message is None:
        return Seen(entry, entry.subject, "", zone)
    if forgotten := message.detail.get(FORGOTTEN):
        title = reading.load(message.case_id).case.title
        what = f"{message.kind.replace('_', ' ').capitalize()} ({message.subject}); what it said was forgotten on "
        return Seen(entry, f"{what}{forgotten}", title, zone, forgotten=True)
    telling = telling_of(desk, reading, message, Phrases(language, zone), known)
    said = item(telling)
    return Seen(entry, said.what, telling.title, zone, bool(said.late))


def letter_for(desk: Desk, entry: DeliveryEntry) -> Letter:
    """Return what the recipient gets, or has got: the whole bundle where there is one, in their language."""
    whole = [one for one in desk.store.deliveries(entry.organisation) if _together(one, entry)]
    return letter_of(desk, entry.organisation, entry.recipient, [one.message_id for one in whole])


def _together(one: DeliveryEntry, entry: DeliveryEntry) -> bool:
    return one.id == entry.id or (entry.bundle is not None and one.bundle == entry.bundle)


def find_delivery(desk: Desk, text: str) -> DeliveryEntry:
    """Return the delivery that *text* means: an id, the key of a bundle, or the end of exactly one id.

    Raises NotFound, which names the candidates if there are several.
    """
    entries = desk.store.deliveries()
    exact = [one for one in entries if text in (one.id, one.bundle)]
    found = exact[:1] or [one for one in entries if len(text) >= SHORTEST and one.id.endswith(text)]
    if len(found) == 1:
        return found[0]
    if not found:
        raise NotFound(
            f"there is no delivery {text[:80]}", mend="look at the list: inprocap-flow deliveries list --all"
        )
    listed = ", ".join(one.id for one in found[:5])
    raise NotFound(f"{text} may mean {len(found)} deliveries: {listed}", mend="type more of it")


def _is_forgotten(reading: Reading, entry: DeliveryEntry) -> bool:
    message = reading.deliveries.message(entry.message_id)
    return message is not None and FORGOTTEN in message.detail


def retry(desk: Desk, entries: Iterable[DeliveryEntry], now: datetime) -> int:
    """Let dead deliveries be tried again at once, each with its bundle and under its key; return how many there are.

    Raises NotAllowed for one that is not dead, or whose words were forgotten.
    """
    listed = tuple(entries)
    alive = [one for one in listed if one.state != "dead"]
    if alive:
        mend = "only what was given up is tried again by hand; what is pending is tried by itself"
        raise NotAllowed(f"{alive[0].id} is {alive[0].state}", mend=mend)
    with desk.store.writing() as work:
        if gone := next((one for one in listed if _is_forgotten(work, one)), None):
            raise NotAllowed(f"what {gone.id} said was forgotten", mend="tell the recipient in another way")
        return sum(work.deliveries.retry(one.id, now=now) for one in listed)
