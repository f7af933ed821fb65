"""The story that the demonstration plays: an innovation partnership of an invented laboratory, up to an open call.

Everybody and everything in it is invented; times are local to the laboratory. The refused move in it is meant.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from inprocap_flow.engine.case.records import MAIN

TITLE = "A cryogenic cooler without vibration"
PROCEDURE = "innovation-partnership"
ORGANISATION = "example-lab"
PAST = "prace-3ip"
AFTERWARDS = "2026-04-22T10:00+02:00"  # where the clock stands when the story has been told


@dataclass(frozen=True, slots=True)
class Deed:
    """What somebody does at a local moment. ``refused`` lists the codes that must come back; usually none.

    ``sign_missing`` stands for every signature that the step ``name`` still lacks, each by somebody who may give it.
    """

    at: str
    by: str
    kind: str
    name: str = ""
    line: str = MAIN
    new: str | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    documents: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()


_PACK = (
    "specification",
    "minimum_requirements",
    "selection_rules",
    "award_rules",
    "draft_contract",
    "ipr_terms",
    "phase_plan",
)
_NUMBERS = {
    "requests_close": "2026-04-10",  # too early, and the law says so
    "invited_at_least": "3",
    "invited_at_most": "3",
    "partners": "2",
    "phases": "3",
    "length_1": "6 months",
    "length_2": "12 months",
    "length_3": "9 months",
}
_ANSWERS = {
    "reduction_in_rounds": "yes",
    "termination_announced": "yes",
    "best_ratio_only": "yes",
    "value_is_proportionate": "yes",
    "works": "no",
    "central_authority": "no",
    "social_services": "no",
}


def _sign(at: str, by: str, name: str) -> Deed:
    return Deed(at, by, "sign", name)


def _step(at: str, by: str, name: str, *documents: str, **fields: str) -> Deed:
    return Deed(at, by, "do", name, fields=fields, documents=documents)


def _firm(at: str, name: str, title: str, country: str, sme: str) -> Deed:
    fields = {"name": title, "country": country, "sme": sme}
    return Deed(at, "ben", "do", "show_interest", new=f"supplier/{name}", fields=fields)


def _request(at: str, name: str) -> Deed:
    return Deed(at, "ben", "do", "send_request", line=f"supplier/{name}", documents=("request",))


STORY = (
    Deed("2026-01-12 09:00", "ada", "open", fields={"need": "Cool a detector at megahertz rate without vibration"}),
    Deed("2026-01-13 09:00", "ada", "bring", documents=("need_statement", "search_report", "business_case")),
    Deed(
        "2026-01-13 10:00",
        "ben",
        "fill",
        fields={"estimated_value": "6000000 EUR", "market_seen": "no", "eu_funded": "no"},
    ),
    _sign("2026-01-14 09:00", "ada", "need"),
    _step("2026-01-14 10:00", "ben", "confirm_need"),
    _sign("2026-01-19 09:00", "dora", "consultation"),
    _step("2026-01-20 09:00", "ben", "announce_consultation", "consultation_notice", "consultation_questions"),
    _step("2026-02-04 09:00", "ben", "open_consultation", consultation_ends="2026-02-27 17:00"),
    Deed("2026-03-02 09:00", "ben", "bring", documents=("consultation_minutes",)),
    _step("2026-03-10 09:00", "ben", "publish_consultation_report", "consultation_report"),
    Deed("2026-03-11 09:00", "ben", "fill", fields={"firms_involved_earlier": "no", "tenders_bind_for": "6 months"}),
    Deed("2026-03-11 10:00", "ben", "bring", documents=("strategy",)),
    _sign("2026-03-12 09:00", "ada", "strategy"),
    _sign("2026-03-12 10:00", "dora", "strategy"),
    _sign("2026-03-12 11:00", "june", "strategy"),
    _sign("2026-03-12 12:00", "ada", "need_not_met"),
    _sign("2026-03-12 13:00", "dora", "need_not_met"),
    _step("2026-03-13 09:00", "ben", "choose_route"),
    _step("2026-03-16 09:00", "emil", "commit_budget", "budget_certificate"),
    Deed("2026-03-20 09:00", "ben", "bring", documents=_PACK),
    _sign("2026-03-23 09:00", "ada", "documents"),
    _sign("2026-03-23 10:00", "dora", "documents"),
    _step("2026-03-23 11:00", "ben", "finish_documents"),
    Deed("2026-03-23 12:00", "ben", "fill", fields=_NUMBERS),
    Deed("2026-03-23 12:10", "ben", "fill", fields=_ANSWERS),
    _sign("2026-03-24 09:00", "dora", "launch"),
    _sign("2026-03-24 10:00", "emil", "launch"),
    Deed(
        "2026-03-24 10:30",
        "ben",
        "do",
        "send_call",
        documents=("contract_notice",),
        refused=("approval-missing", "below-floor"),
    ),
    Deed("2026-03-24 11:00", "ben", "fill", fields={"requests_close": "2026-05-04"}),
    Deed("2026-03-24 11:20", "", "sign_missing", "send_call"),
    _step("2026-03-25 10:00", "ben", "send_call", "contract_notice"),
    _step("2026-03-27 09:00", "ben", "record_publication", "publication_record"),
    _firm("2026-04-01 09:00", "alpha", "Alpha Invented", "DE", "no"),
    _firm("2026-04-01 10:00", "beta", "Beta Invented", "FR", "yes"),
    _firm("2026-04-02 09:00", "gamma", "Gamma Invented", "NO", "yes"),
    _request("2026-04-20 09:00", "alpha"),
    _request("2026-04-21 09:00", "beta"),
)
