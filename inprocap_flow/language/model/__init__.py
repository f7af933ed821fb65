"""The resolved definition: what a procedure is once its files are read, expanded, named and checked.

Plain frozen records. They import nothing heavy, carry no places (those stand in ``Definition.origins``), and
have one canonical JSON form (`language.canonical`), whose SHA-256 names a released version. Everything that
decides, draws, reads aloud or checks works on these records and never on YAML.

Addresses. A stage is named dotted from the top of its line (``consultation.open``). A line is the case itself
(kind ``""``) or a track of some kind. Everything else has a bare name, unique per kind and line; a track sees
its own names and those of the case, and the same name in both is refused, so no name ever hides another.
"""

from inprocap_flow.language.model.approvals import Approval, Signature, Watch
from inprocap_flow.language.model.conditions import AlreadyThere, Guard, HandedIn, HookCall
from inprocap_flow.language.model.deadlines import ClockAct, Deadline, step_of
from inprocap_flow.language.model.definition import AppliedOverlay, Definition, Derogation
from inprocap_flow.language.model.facts import Document, Field
from inprocap_flow.language.model.footings import CHOICE, ESTIMATE, Footing
from inprocap_flow.language.model.limits import ALWAYS, AND, Limit, LimitValue, LimitVariant, Rulebook, confirmation_of
from inprocap_flow.language.model.lines import CASE_ENDS, Line, Stage
from inprocap_flow.language.model.organisation import (
    Absence,
    Chosen,
    CountryList,
    ExchangeRate,
    MeetingDate,
    Organisation,
    Person,
    Reminding,
)
from inprocap_flow.language.model.own_lengths import OwnLength, own_lengths
from inprocap_flow.language.model.reminding import Reminder
from inprocap_flow.language.model.roles import Role, Rule, side_of
from inprocap_flow.language.model.steps import Branch, Create, Extends, Move, Notice, Receipt, Report, Step, Tell
from inprocap_flow.language.model.words import (
    CASE,
    CLOCK_ACTS,
    LINKED_CASE,
    SYSTEM,
    WHOEVER_ASKS,
    WHOEVER_CARRIES_OUT,
    Text,
    said,
)

__all__ = [
    "ALWAYS",
    "AND",
    "CASE",
    "CASE_ENDS",
    "CHOICE",
    "CLOCK_ACTS",
    "ESTIMATE",
    "LINKED_CASE",
    "SYSTEM",
    "WHOEVER_ASKS",
    "WHOEVER_CARRIES_OUT",
    "Absence",
    "AlreadyThere",
    "AppliedOverlay",
    "Approval",
    "Branch",
    "Chosen",
    "ClockAct",
    "CountryList",
    "Create",
    "Deadline",
    "Definition",
    "Derogation",
    "Document",
    "ExchangeRate",
    "Extends",
    "Field",
    "Footing",
    "Guard",
    "HandedIn",
    "HookCall",
    "Limit",
    "LimitValue",
    "LimitVariant",
    "Line",
    "MeetingDate",
    "Move",
    "Notice",
    "Organisation",
    "OwnLength",
    "Person",
    "Receipt",
    "Reminder",
    "Reminding",
    "Report",
    "Role",
    "Rule",
    "Rulebook",
    "Signature",
    "Stage",
    "Step",
    "Tell",
    "Text",
    "Watch",
    "confirmation_of",
    "own_lengths",
    "said",
    "side_of",
    "step_of",
]
