"""Every kind of message as a letter, for the files beside this one: ``python -m tests.service.delivering.wording``."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

from inprocap_flow.delivery.plain_text import plain_text
from inprocap_flow.engine.case.records import Decision, Request
from inprocap_flow.language.model import CLOCK_ACTS
from inprocap_flow.service.acting import open_case
from inprocap_flow.service.delivering.letters import letter_of
from inprocap_flow.service.delivering.phrases import LANGUAGES
from inprocap_flow.service.judging import UNEXPLORED
from inprocap_flow.service.releasing import release_organisation, release_procedure
from inprocap_flow.store.records import Person
from tests.service.conftest import DEFINITIONS
from tests.service.delivering.conftest import CASE, NOW, TITLE, Office, desk_in

END, DUE = "2026-12-07T11:00:00.000000Z", "2026-11-23T07:00:00.000000Z"
OFFICER = "role:procurement_officer"


def _rung(of: str, ladder: str, **more: Any) -> dict[str, Any]:
    return {"of": of, "ladder": ladder, "rung": "before P14D", "due_at": DUE, "late": False, "end": END, **more}


# recipient, kind, subject, about, detail
MESSAGES: tuple[tuple[str, str, str, tuple[str, ...], dict[str, Any]], ...] = (
    ("role:legal", "told", "send_call", (), {}),
    ("track:supplier/alpha", "told", "send_call", ("contract_notice",), {}),
    ("person:ben", "told", "approval_declined", ("launch",), {}),
    (OFFICER, "told", "expiry_refused", ("close_tenders",), {}),
    ("public", "published", "record_publication", ("contract_notice", "specification"), {}),
    ("public", "published", "record_publication", ("contract_notice", "specification", "criteria"), {}),
    ("publisher", "notice", "send_call", (), {}),
    ("person:june", "asked", "launch", ("launch",), {}),
    ("role:legal", "asked", "price_rises", ("launch",), {}),
    ("role:legal", "correction", "send_call", ("3",), {}),
    (OFFICER, "undelivered", "send_call", (), {"to": "track:supplier/alpha", "because": "no-address"}),
    (OFFICER, "undelivered", "send_call", (), {"to": "role:legal", "because": "no-address"}),
    (OFFICER, "undelivered", "send_call", (), {"to": "person:dora", "because": "gave_up"}),
    (OFFICER, "undelivered", "send_call", (), {"to": "webhook:platform", "because": "gave_up"}),
    (OFFICER, "reminder", "tenders", ("tenders",), _rung("deadline", "deadline case tenders")),
    (OFFICER, "reminder", "tenders", ("tenders",), _rung("deadline", "deadline case tenders", late=True)),
    (
        OFFICER,
        "reminder",
        "tenders",
        ("tenders",),
        _rung("deadline", "deadline case tenders", end=DUE, escalation=True),
    ),
    (OFFICER, "reminder", "tenders", ("tenders",), _rung("safety", "safety case tenders")),
    ("role:legal", "reminder", "launch", ("launch",), _rung("approval", "approval case launch", end=None, since=DUE)),
    (OFFICER, "reminder", "launch", ("launch",), _rung("papers", "papers case launch 0")),
    ("person:june", "reminder", "launch", ("launch",), _rung("validity", "validity case launch 2 june")),
    (OFFICER, "reminder", "preparation.need_identified", ("x",), _rung("silence", "silence case", end=None, since=DUE)),
    (OFFICER, "migrated", "migrate", (), {}),
    ("track:supplier/alpha", "migrated", "migrate", (), {}),
    (OFFICER, "correction", "migrate", ("3",), {}),
    (OFFICER, "something_new", "send_call", (), {}),
    *(("track:supplier/alpha", "told", f"{act} tenders", (), {}) for act in (*CLOCK_ACTS, "recount")),
    ("track:supplier/alpha", "correction", "extend tenders", ("3",), {}),
)


def letters(office: Office, language: str) -> str:
    """Return every message as a letter of its own, some as one digest, and what whoever did it is to publish."""
    _speaks(office, language)
    posted = [
        office.post(to, kind, subject=subject, about=about, detail=detail)
        for to, kind, subject, about, detail in MESSAGES
    ]
    whole = [_written(office, [message.id]) for message in posted]
    whole.append(_written(office, [posted[0].id, posted[7].id, posted[15].id]))
    whole += [_written(office, [message.id], to="ada") for message in (posted[4], posted[6])]  # it was ada who did it
    return ("~" * 72 + "\n").join(whole)


def _speaks(office: Office, language: str) -> None:
    with office.desk.store.writing() as work:
        people = (
            Person(name, contact={"language": language}, roles=("procurement_officer",)) for name in ("ada", "ben")
        )
        work.put_people("example-lab", people)


def _written(office: Office, message_ids: list[str], to: str = "ben") -> str:
    letter = letter_of(office.desk, "example-lab", to, message_ids)
    return f"{letter.subject}\n\n{plain_text(letter)}"


def main() -> None:
    """Write the files anew."""
    for language in LANGUAGES:
        with tempfile.TemporaryDirectory() as folder:
            desk = desk_in(Path(folder))
            release_procedure(desk, DEFINITIONS / "open.yaml", by="ben", terms=UNEXPLORED)
            release_organisation(desk, DEFINITIONS / "organisations" / "example-lab.yaml", by="ben", terms=UNEXPLORED)
            asked = Request("open", "ada", fields={"need": "x"}, extra={"case": CASE, "title": TITLE})
            assert isinstance(open_case(desk, "open", "example-lab", asked, now=NOW), Decision)
            text = letters(Office(desk), language)
            desk.store.close()
        target = Path(__file__).parent / f"letters.{language}.txt"
        target.write_text(text, encoding="utf-8")
        sys.stdout.write(f"{target.name}: {len(text.splitlines())} lines\n")


if __name__ == "__main__":
    main()
