"""Effects on the rules that a case is under: it is migrated, or a derogation lifts a rule."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from inprocap_flow.engine.case.kinds import written_kind
from inprocap_flow.engine.case.records import MAIN
from inprocap_flow.service.effect import Effect, Told
from inprocap_flow.service.phrases import derogation_words, rule_words, used_words

KEEPER_OF_THE_HOUSE = "the organisation's own keeper: the version names nobody who keeps the record"

OBLIGATIONS = {  # what a migration may add ahead of a line, in words
    "approval-gained": "approval",
    "approval-other": "other signatures of",
    "field-gained": "field",
    "document-gained": "document",
    "clock-gained": "deadline",
}


def migrated(told: Told) -> Iterator[Effect]:
    """Yield the new version, and what was moved, renamed or is asked anew."""
    data = told.data
    yield told.effect("Version", old=str(data["from"]), new=str(data["to"]), mark=str(data["definition"]))
    for line_id, changed in data.get("lines", {}).items():
        yield from _line_over(told, line_id, changed)
    for what, thing in (
        ("deadlines", "deadline"),
        ("approvals", "approval"),
        ("watches_renamed", "watch"),
        ("roles", "role"),
    ):
        for was, now in data.get(what, {}).items():
            yield told.effect("Renamed", thing, old=was, new=now)
    for rule in data.get("holds_again", ()):
        yield told.effect("Holds again", str(rule))
    for one in data.get("obligations", ()):
        on = "" if one["line"] == MAIN else f"{one['line']}, "
        what = OBLIGATIONS.get(str(one["what"]), str(one["what"]))
        yield told.effect("New", f"{on}{what} {one['about']}", new=str(one.get("step", "")))
    yield from kept_by(told)
    if data.get("reason"):
        yield told.effect("Reason", str(data["reason"]))


def kept_by(told: Told) -> Iterator[Effect]:
    """Yield that a keeper of the organisation did it, where the version names nobody who could."""
    if told.data.get("kept_by") == "organisation":
        yield told.effect("Kept by", KEEPER_OF_THE_HOUSE)


def _line_over(told: Told, line_id: str, changed: Mapping[str, Any]) -> Iterator[Effect]:
    on = "" if line_id == MAIN else f"{told.sight.track(line_id)}, "
    if changed.get("kind"):
        yield told.effect("Renamed", f"{on}kind of track", old=written_kind(line_id), new=str(changed["kind"]))
    if changed.get("to"):
        yield told.effect("Stage", f"{on}moved over", new=str(changed["to"]))
    for what in ("fields", "documents", "milestones"):
        for was, now in changed.get(what, {}).items():
            yield told.effect("Renamed", f"{on}{what.removesuffix('s')}", old=was, new=now)


def lifted(told: Told) -> Iterator[Effect]:
    """Yield which rules a derogation lifts, with its source and reason."""
    data, definition, text = told.data, told.sight.definition, told.sight.words.text
    rules = ", ".join(rule_words(definition, rule, text) for rule in data["rules"])
    more = [f"source: {data['cite']}"] if data.get("cite") else []
    more += list(used_words(data.get("used", {})))
    by = derogation_words(definition, str(data["derogation"]), text)
    yield told.effect("Lifted", f"{rules}, by {by}", more=tuple(more), name=str(data["derogation"]))
    if data.get("reason"):
        yield told.effect("Reason", str(data["reason"]))


def passed_by(told: Told) -> Iterator[Effect]:
    """Yield which rules did not bind a decision, because a derogation had lifted them."""
    definition, text = told.sight.definition, told.sight.words.text
    for rule, name in (told.data.get("used") or {}).get("lifted", {}).items():
        by = derogation_words(definition, name, text)
        yield told.effect("Lifted", f"{rule_words(definition, rule, text)} does not bind, by {by}", name=name)
