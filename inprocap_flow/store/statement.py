"""The shape of a generated statement. Light, because the hot path imports it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import itemgetter
from typing import Any, NamedTuple


class Statement:
    """One SQL text of one dialect, with the names of its positional parameters in order."""

    __slots__ = ("_pick", "params", "sql")

    def __init__(self, sql: str, params: tuple[str, ...]) -> None:
        self.sql, self.params = sql, params
        self._pick: Callable[[Mapping[str, Any]], tuple[Any, ...]] = (
            itemgetter(*params) if len(params) > 1 else self._few
        )

    def _few(self, named: Mapping[str, Any]) -> tuple[Any, ...]:
        return tuple([named[name] for name in self.params])

    def values(self, named: Mapping[str, Any]) -> tuple[Any, ...]:
        """Return what *named* gives for each parameter; a name that is missing raises KeyError, as a bug should."""
        return self._pick(named)


class Statements(NamedTuple):
    """All statements of one dialect. A name that the generator forgets, or adds, does not import."""

    load_case: Statement
    lock_case: Statement
    add_case: Statement
    move_case: Statement
    who_changed: Statement
    add_event: Statement
    case_events: Statement
    put_approval: Statement
    drop_approval: Statement
    put_deadline: Statement
    drop_deadline: Statement
    put_document: Statement
    drop_document: Statement
    add_message: Statement
    add_answer: Statement
    find_answer: Statement
    forget_values: Statement
    count_refusal: Statement
    add_sealed: Statement
    find_sealed: Statement
    add_key: Statement
    find_key: Statement
    destroy_key: Statement
    add_release: Statement
    find_release: Statement
    find_release_by_hash: Statement
    latest_release: Statement
    release_in_force: Statement
    newest_release: Statement
    every_release: Statement
    list_releases: Statement
    put_finding: Statement
    list_findings: Statement
    put_person: Statement
    list_people: Statement
    erase_person: Statement
    acts_of: Statement
    list_checkpoints: Statement
    list_entries: Statement
    cases_moved: Statement
    add_checkpoint: Statement
    add_entry: Statement
    organisations: Statement
    cases_of: Statement
    whole_case: Statement
    case_approvals: Statement
    case_deadlines: Statement
    case_documents: Statement
    stray_events: Statement
    find_setting: Statement
    add_setting: Statement
    find_revision: Statement
    soonest: Statement
    soonest_live: Statement
    due_reminders: Statement
    more_due_reminders: Statement
    cases_over_time: Statement
    put_reminder: Statement
    drop_reminder: Statement
    move_reminder: Statement
    end_reminder: Statement
    case_reminders: Statement
    count_reminders: Statement
    live_cases: Statement
    put_setting: Statement
    pending_messages: Statement
    find_message: Statement
    earlier_reports: Statement
    carry_message: Statement
    hand_message: Statement
    post_message: Statement
    told_before: Statement
    add_delivery: Statement
    due_deliveries: Statement
    due_to: Statement
    places_of: Statement
    next_delivery: Statement
    due_alike: Statement
    lock_alike: Statement
    claim_delivery: Statement
    claim_bundle: Statement
    bundle_claimed: Statement
    settle_sent: Statement
    settle_failed: Statement
    deliveries_to: Statement
    overtake_delivery: Statement
    retry_delivery: Statement
    returned_delivery: Statement
    bundle_messages: Statement
    forgettable_messages: Statement
    message_keys: Statement
    forget_message: Statement
    forget_errors: Statement
    withdraw_deliveries: Statement
    withdraw_messages: Statement
    ddl: tuple[str, ...]
