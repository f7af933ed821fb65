"""The statements of deliveries: from an outbox row to what was sent. Part of what `generate` writes down."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Dialect, Executable, and_, bindparam, exists, literal_column, null, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from inprocap_flow.store import tables
from inprocap_flow.store.columns import table_of, where

CASES, EVENTS = table_of(tables.CaseRow), table_of(tables.EventRow)
OUTBOX, DELIVERIES = table_of(tables.OutboxRow), table_of(tables.DeliveryRow)
_D = DELIVERIES.c
_NONE: Any = literal_column("0")  # a number would become one more parameter


def _said(word: str) -> Any:
    """Return a word as part of the text: partial indexes are found by it, and it is never somebody's input."""
    return literal_column(f"'{word}'")


# Kinds of messages that tell of no decision of their case.
KEPT = [_said("reminder"), _said("undelivered"), _said("report_refused"), _said("report_annulled")]
_OPEN = _D.state.in_([_said("pending"), _said("sending")])
_WAITING = _D.state == _said("pending")
_UNTRIED = _D.bundle.is_(None)
_DUE = _D.next_at <= bindparam("until")


def _once(dialect: Dialect, table: Any) -> Executable:
    """Insert; where the key is there, leave what is there."""
    make: Any = sqlite.insert if dialect.name == "sqlite" else postgresql.insert
    done: Executable = make(table).on_conflict_do_nothing(index_elements=["id"])
    return done


def _messages() -> Any:
    """Select messages with the organisation of their case."""
    return select(OUTBOX, CASES.c.organisation).join(CASES, CASES.c.id == OUTBOX.c.case_id)


def _told_before() -> Executable:
    """Select who was, or may have been, given what this event told: whom a correction must reach."""
    gone = or_(_D.state == _said("sent"), _D.bundle.is_not(None))
    return (
        select(_D.recipient, _D.channel)
        .join(OUTBOX, OUTBOX.c.id == _D.message_id)
        .where(*where(OUTBOX, "case_id", "seq", "recipient"), gone, _D.state != _said("withdrawn"))
        .distinct()
        .order_by(_D.recipient, _D.channel)
    )


def withdrawn_messages() -> Executable:
    """Withdraw the messages of an annulled decision that have reached nobody; whoever was told gets a correction."""
    own = select(EVENTS.c.seq).where(*where(EVENTS, "case_id", "decision"))
    left = exists().where(_D.message_id == OUTBOX.c.id, _D.state != _said("withdrawn"))
    unsent = or_(OUTBOX.c.state == _said("pending"), and_(OUTBOX.c.state == _said("handed"), ~left))
    return (
        update(OUTBOX)
        .where(*where(OUTBOX, "case_id"), unsent, OUTBOX.c.seq.in_(own), OUTBOX.c.kind.not_in(KEPT))
        .values(state=_said("withdrawn"))
        .returning(OUTBOX.c.seq, OUTBOX.c.recipient)
    )


def _withdrawn() -> Executable:
    """Withdraw the deliveries of an annulled decision that nobody has tried to send yet.

    A reminder hangs on what the case has, not on the decision that happened to be the last one when it was written.
    """
    own = select(EVENTS.c.seq).where(*where(EVENTS, "case_id", "decision"))
    theirs = select(OUTBOX.c.id).where(*where(OUTBOX, "case_id"), OUTBOX.c.seq.in_(own), OUTBOX.c.kind.not_in(KEPT))
    return (
        update(DELIVERIES)
        .where(_D.message_id.in_(theirs), _D.state.in_([_said("pending"), _said("dead")]), _UNTRIED)
        .values(state=_said("withdrawn"))
    )


def _forgettable() -> Executable:
    """Select messages that were handed, and of which nothing is open, given up or younger than the day asked for."""
    kept = exists().where(
        _D.message_id == OUTBOX.c.id,
        or_(_D.state.not_in([_said("sent"), _said("withdrawn")]), _D.next_at > bindparam("until")),
    )
    return (
        select(OUTBOX.c.id)
        .where(
            OUTBOX.c.state.in_([_said("handed"), _said("withdrawn")]),
            OUTBOX.c.created_at <= bindparam("until"),
            OUTBOX.c.detail.not_like(literal_column("'%forgotten_on%'")),
            OUTBOX.c.id > bindparam("after"),
            ~kept,
        )
        .order_by(OUTBOX.c.id)
        .limit(bindparam("most"))
        .offset(_NONE)
    )


def statements(dialect: Dialect) -> dict[str, tuple[str, Executable]]:
    """Return name, purpose and statement, in the order in which a message meets them."""
    return {**_of_messages(dialect), **_of_what_is_due(dialect), **_of_sending(), **_of_mending(), **_of_forgetting()}


def _of_messages(dialect: Dialect) -> dict[str, tuple[str, Executable]]:
    pending = OUTBOX.c.state == _said("pending")
    return {
        "pending_messages": (
            "read the next messages that nobody has been found for yet",
            _messages()
            .where(pending, OUTBOX.c.id > bindparam("after"))
            .order_by(OUTBOX.c.id)
            .limit(bindparam("most"))
            .offset(_NONE),
        ),
        "find_message": ("read a message", _messages().where(*where(OUTBOX, "id"))),
        "earlier_reports": (
            "find what the same case has reported to the same case before, and nobody has carried out yet",
            select(OUTBOX.c.id)
            .where(*where(OUTBOX, "case_id", "recipient", "kind"), pending, OUTBOX.c.id < bindparam("before"))
            .limit(literal_column("1"))
            .offset(_NONE),
        ),
        "carry_message": (
            "mark a report as carried out on the case that it is for",
            update(OUTBOX).where(*where(OUTBOX, "id"), pending).values(state=_said("carried_out")),
        ),
        "hand_message": (
            "take a message; whoever changes the row makes the deliveries",
            update(OUTBOX).where(*where(OUTBOX, "id"), pending).values(state=_said("handed")),
        ),
        "post_message": ("put a message into the outbox unless it is there", _once(dialect, OUTBOX)),
        "told_before": ("find whom a correction must reach", _told_before()),
    }


def _of_what_is_due(dialect: Dialect) -> dict[str, tuple[str, Executable]]:
    most: Any = bindparam("most")
    due = select(_D.id, _D.message_id, _D.case_id, _D.organisation, _D.recipient, _D.channel, _D.bundle, _D.next_at)
    behind = or_(
        _D.next_at > bindparam("after_at"), and_(_D.next_at == bindparam("after_at"), _D.id > bindparam("after"))
    )
    due = due.where(_OPEN, _DUE, behind).order_by(_D.next_at, _D.id).limit(most).offset(_NONE)
    alike = select(_D.id, _D.message_id).where(
        _WAITING, _UNTRIED, _DUE, *where(DELIVERIES, "organisation", "recipient", "channel")
    )
    return {
        "add_delivery": ("plan a delivery unless it is planned", _once(dialect, DELIVERIES)),
        "due_deliveries": ("find what is due, or was being sent by somebody who is gone", due),
        "due_to": (
            "find what is due to one recipient over one channel, tried or not",
            due.where(*where(DELIVERIES, "organisation", "recipient", "channel")),
        ),
        "places_of": (
            "tell where the deliveries of a message go that are due",
            select(_D.organisation, _D.recipient, _D.channel).where(*where(DELIVERIES, "message_id"), _OPEN, _DUE),
        ),
        "next_delivery": (
            "tell when something is due next",
            select(_D.next_at).where(_OPEN).order_by(_D.next_at).limit(literal_column("1")).offset(_NONE),
        ),
        "due_alike": ("read what is due to one recipient over one channel", alike.order_by(_D.id)),
        "lock_alike": (
            "take it, passing over what somebody else is taking",
            alike.order_by(_D.id).with_for_update(skip_locked=True),
        ),
    }


def _of_sending() -> dict[str, tuple[str, Executable]]:
    of_bundle = select(_D.id, _D.message_id, _D.case_id, _D.organisation, _D.recipient, _D.channel, _D.attempts)
    tried = {"state": _said("sending"), "attempts": _D.attempts + literal_column("1"), "next_at": bindparam("lease")}
    ends: dict[str, Any] = {name: bindparam(name) for name in ("state", "next_at", "last_error", "sent_at")}
    return {
        "claim_delivery": (
            "name the bundle of a delivery, before the first try",
            update(DELIVERIES)
            .where(*where(DELIVERIES, "id"), _WAITING, _UNTRIED)
            .values(bundle=bindparam("bundle"), **tried),
        ),
        "claim_bundle": (
            "take a bundle for a further try, under the same name",
            update(DELIVERIES).where(*where(DELIVERIES, "bundle"), _OPEN, _DUE).values(**tried),
        ),
        "bundle_claimed": (
            "read a bundle that was just claimed",
            of_bundle.where(*where(DELIVERIES, "bundle", "next_at"), _D.state == _said("sending")).order_by(_D.id),
        ),
        "settle_sent": (
            "say that a delivery was accepted, whoever thought that its sender was gone",
            update(DELIVERIES).where(*where(DELIVERIES, "id", "bundle"), _D.state != _said("sent")).values(**ends),
        ),
        "settle_failed": (
            "say when to try again, or that it is of no use, if nobody else tries by now",
            update(DELIVERIES)
            .where(*where(DELIVERIES, "id", "bundle", "next_at"), _D.state == _said("sending"))
            .values(**ends),
        ),
    }


def _of_mending() -> dict[str, tuple[str, Executable]]:
    same = select(_D.bundle).where(_D.id == bindparam("delivery")).scalar_subquery()
    return {
        "deliveries_to": (
            "list what somebody was, or is to be, told",
            select(_D.case_id, OUTBOX.c.kind, OUTBOX.c.subject, _D.channel, _D.state, _D.created_at, _D.sent_at)
            .join(OUTBOX, OUTBOX.c.id == _D.message_id)
            .where(*where(DELIVERIES, "organisation", "recipient"))
            .order_by(_D.created_at, _D.id),
        ),
        "overtake_delivery": (
            "drop what says nothing any more, if nobody has tried to send it",
            update(DELIVERIES)
            .where(*where(DELIVERIES, "id"), _WAITING, _UNTRIED)
            .values(state=_said("withdrawn"), last_error=bindparam("last_error")),
        ),
        "retry_delivery": (
            "let a dead delivery be tried again, under the same name",
            update(DELIVERIES)
            .where(or_(_D.id == bindparam("delivery"), _D.bundle == same), _D.state == _said("dead"))
            .values(state=_said("pending"), attempts=literal_column("0"), next_at=bindparam("next_at")),
        ),
        "returned_delivery": (
            "say that what was sent has come back; that it was sent, and when, stays",
            update(DELIVERIES)
            .where(*where(DELIVERIES, "bundle"), _D.state == _said("sent"))
            .values(state=_said("dead"), last_error=bindparam("last_error"), next_at=bindparam("next_at")),
        ),
        "bundle_messages": (
            "read what a bundle holds, and to whom it went",
            select(_D.message_id, _D.recipient, _D.channel, _D.state)
            .where(*where(DELIVERIES, "bundle"))
            .order_by(_D.id),
        ),
    }


def _of_forgetting() -> dict[str, tuple[str, Executable]]:
    return {
        "forgettable_messages": (
            "find messages all of whose deliveries were sent or dropped long ago, and what they said is still there",
            _forgettable(),
        ),
        "message_keys": (
            "read the keys under which a message was sent",
            select(_D.bundle).where(*where(DELIVERIES, "message_id"), _D.bundle.is_not(None)).distinct(),
        ),
        "forget_message": (
            "forget what a message said beyond what its case records",
            update(OUTBOX).where(*where(OUTBOX, "id")).values(detail=bindparam("detail")),
        ),
        "forget_errors": (
            "forget what servers said about what was sent or dropped in the end",
            update(DELIVERIES)
            .where(*where(DELIVERIES, "message_id"), _D.state.in_([_said("sent"), _said("withdrawn")]))
            .values(last_error=null()),
        ),
        "withdraw_deliveries": ("take back what an annulled decision would still have told somebody", _withdrawn()),
        "withdraw_messages": ("take back what it has told nobody", withdrawn_messages()),
    }
