"""Who is told, and which notice goes out, read aloud."""

from __future__ import annotations

from collections.abc import Iterator

from inprocap_flow.language.model import Notice, Tell
from inprocap_flow.service.reading.sentences import Sentence
from inprocap_flow.service.reading.speech import Speech


def tells(speech: Speech, told: tuple[Tell, ...], path: tuple[str | int, ...]) -> Iterator[Sentence]:
    """Yield who is told, one by one."""
    for number, one in enumerate(told):
        yield Sentence(f"Told: {_addressee(speech, one)}.", speech.book.place(*path, "tells", number))


def _addressee(speech: Speech, one: Tell) -> str:
    if one.role:
        return f"the {speech.role(one.role)}"
    if one.every:
        where = f" that stands in {speech.stages(one.stages, one.every)}" if one.stages else ""
        return f"every {speech.track(one.every)}{where}"
    return f"this {speech.track(one.this or '')}"


def notice(speech: Speech, notice: Notice) -> str:
    """Return an official notice with its codes and their titles (ruling 30)."""
    codes = speech.book.codes

    def coded(what: str, code: str, codelist: str) -> str:
        title = codes.get((codelist, code))
        return f'"{title}" ({what} {code})' if title else f"{what} {code}"

    parts = []
    if notice.eforms == "same":
        parts.append("a change of the notice that is already out")
    elif notice.eforms:
        title = notice.title or codes.get(("eforms", notice.eforms))
        parts.append(f'"{title}" (eForms {notice.eforms})' if title else f"eForms {notice.eforms}")
    elif notice.title:
        parts.append(f'"{notice.title}"')
    for word, value in (("procedure", notice.procedure), ("reason", notice.reason), ("result", notice.result)):
        if value:
            parts.append(coded(word, value, "eforms"))
    if notice.ocds:
        parts.append(f"as open data {coded('OCDS', notice.ocds, 'ocds')}")
    return f"Notice: {'; '.join(parts)}"
