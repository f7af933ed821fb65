"""The statements of releases and people, and of what the daily look found. Part of what `generate` writes down."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    Dialect,
    Executable,
    bindparam,
    case,
    func,
    insert,
    literal_column,
    select,
    update,
)

from inprocap_flow.store import tables
from inprocap_flow.store.columns import table_of, upsert, where

RELEASES, FINDINGS, PEOPLE = table_of(tables.Release), table_of(tables.FindingRow), table_of(tables.Person)
CASES, EVENTS = table_of(tables.CaseRow), table_of(tables.EventRow)
_ONE: Any = literal_column("1")  # a number would become one more parameter
_NONE: Any = literal_column("0")
_TEN: Any = literal_column("10")
_NOTHING: Any = literal_column("''")


def statements(dialect: Dialect) -> dict[str, tuple[str, Executable]]:
    """Return name, purpose and statement, in the order in which a reader meets them."""
    return {**_of_releases(), **_of_people(dialect)}


def _of_releases() -> dict[str, tuple[str, Executable]]:
    release = [RELEASES.c.version, RELEASES.c.content_hash, RELEASES.c.content]
    latest = (RELEASES.c.number.desc(),)
    # A version that is valid at once counts from the day of its release.
    since = case((RELEASES.c.valid_from == _NOTHING, func.substr(RELEASES.c.released_at, _ONE, _TEN)),
                 else_=RELEASES.c.valid_from)  # fmt: skip
    valid = RELEASES.c.valid_from <= bindparam("of_day")
    return {
        "add_release": ("release a definition, after all others", _add_release()),
        "find_release": ("read one version", select(*release).where(*where(RELEASES, "kind", "name", "version"))),
        "find_release_by_hash": (
            "read one content",
            select(*release, RELEASES.c.kind, RELEASES.c.name).where(*where(RELEASES, "content_hash")),
        ),
        "latest_release": (
            "read the version released last",
            select(*release).where(*where(RELEASES, "kind", "name")).order_by(*latest).limit(_ONE).offset(_NONE),
        ),
        "release_in_force": (
            "read the version that new cases of a day are opened on",
            select(*release)
            .where(*where(RELEASES, "kind", "name"), valid)
            .order_by(since.desc(), *latest)
            .limit(_ONE)
            .offset(_NONE),
        ),
        "newest_release": (
            "tell which version was released last",
            select(RELEASES.c.content_hash)
            .where(*where(RELEASES, "kind", "name"))
            .order_by(*latest)
            .limit(_ONE)
            .offset(_NONE),
        ),
        "every_release": (
            "read everything that is released",
            select(
                RELEASES.c.kind, RELEASES.c.name, RELEASES.c.version, RELEASES.c.content_hash, RELEASES.c.content
            ).order_by(RELEASES.c.kind, RELEASES.c.name, RELEASES.c.version),
        ),
        "list_releases": (
            "list what is released",
            select(
                RELEASES.c.name,
                RELEASES.c.version,
                RELEASES.c.content_hash,
                RELEASES.c.released_at,
                RELEASES.c.released_by,
                RELEASES.c.valid_from,
                RELEASES.c.judged,
            )
            .where(*where(RELEASES, "kind"))
            .order_by(RELEASES.c.name, RELEASES.c.number),
        ),
    }


def _add_release() -> Executable:
    """Insert a release with the next number; whoever releases takes turns with others, so none is drawn twice."""
    last = select(func.coalesce(func.max(RELEASES.c.number), _NONE)).correlate(None).scalar_subquery()
    given: dict[str, Any] = {column.name: bindparam(column.name) for column in RELEASES.c if column.name != "number"}
    return insert(RELEASES).values({**given, "number": last + _ONE})


def _of_people(dialect: Dialect) -> dict[str, tuple[str, Executable]]:
    erased = update(PEOPLE).where(*where(PEOPLE, "organisation", "id"), PEOPLE.c.erased_at.is_(None))
    return {
        "put_finding": ("keep what the daily look found", upsert(FINDINGS, dialect)),
        "list_findings": (
            "read what daily looks found",
            select(FINDINGS).where(*where(FINDINGS, "organisation")).order_by(FINDINGS.c.first_on, FINDINGS.c.id),
        ),
        "put_person": ("keep a person; whoever is erased stays erased", upsert(PEOPLE, dialect, keep="erased_at")),
        "list_people": (
            "read the people of an organisation",
            select(PEOPLE).where(*where(PEOPLE, "organisation")).order_by(PEOPLE.c.id),
        ),
        "erase_person": (
            "leave a tombstone",
            erased.values(
                name=bindparam("name"),
                contact=bindparam("contact"),
                roles=bindparam("roles"),
                absences=bindparam("absences"),
                substitute=bindparam("substitute"),
                erased_at=bindparam("erased_at"),
            ),
        ),
        "acts_of": (
            "list what a person has done",
            select(EVENTS.c.case_id, EVENTS.c.seq, EVENTS.c.kind, EVENTS.c.recorded_at)
            .join(CASES, CASES.c.id == EVENTS.c.case_id)
            .where(*where(CASES, "organisation"), *where(EVENTS, "actor"))
            .order_by(EVENTS.c.case_id, EVENTS.c.seq),
        ),
    }
