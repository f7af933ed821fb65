"""A plan that brings running cases from one released version of a procedure to another, as the engine reads it.

Plain frozen records with the canonical form of `language.canonical`: the part that concerns a case is recorded with its
migration, so that it can be decided again. Whatever a plan does not name goes over under its own name.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from inprocap_flow.records import field, record

# What may become of a clock that runs: an end is kept, reckoned again by the new rules, given for each case, or the
# clock is stopped. One that is new: it starts with the migration, its end is given, or it starts when its step comes.
KEEP, RECOMPUTE, ASK, STOP, START, LATER = "keep", "recompute", "ask", "stop", "start", "later"
DROP = "drop"  # of a field or document: nothing asks for it any more; what is there stays to be seen
RENAMED = ("fields", "documents", "milestones", "approvals", "deadlines")  # of a line, what may have another name
WATCHES = "watches"  # of the whole case, what may have another name, too
TRACKS = "tracks"  # likewise: the kinds of tracks; a track keeps its id, which is what everything is recorded under
ROLES = "roles"  # likewise: who signed or acted as one has signed and acted as the other


@record
class LineChange:
    """What becomes of the lines of one kind.

    ``stages`` maps an old stage to the new one. ``renamed`` maps old names to new ones, for each of `RENAMED` and, of
    the case, for `WATCHES`, `TRACKS` and `ROLES`. ``deadlines`` holds a choice for each (by the old name; for one that
    is new, by its own), ``fields`` and ``documents`` likewise: `KEEP`, `DROP`, `ASK`. ``values`` are new values,
    encoded, that every case gets.
    """

    stages: Mapping[str, str] = field(default_factory=dict)
    renamed: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    deadlines: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)
    documents: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)

    def now(self, what: str, name: str) -> str:
        """Return what *name*, one of the old ``fields`` (or another of `RENAMED`), is called in the new version."""
        return self.renamed.get(what, {}).get(name, name)

    def stage(self, address: str) -> str:
        return self.stages.get(address, address)


@record
class Answers:
    """What was asked for one case: ends (a day or a moment as text) and encoded values, by ``line name``."""

    ends: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)


NOTHING = LineChange()
NO_ANSWERS = Answers()


@record
class Migration:
    """From which version of a procedure to which, and what becomes of the lines of each kind.

    The hashes name the two releases; ``answers`` are by case.
    """

    procedure: str
    from_version: str
    to_version: str
    from_hash: str = ""
    to_hash: str = ""
    lines: Mapping[str, LineChange] = field(default_factory=dict)
    answers: Mapping[str, Answers] = field(default_factory=dict)

    def line(self, kind: str) -> LineChange:
        return self.lines.get(kind, NOTHING)

    def kind(self, kind: str) -> str:
        """Return what tracks of the old *kind* are called in the new version; the case is always the case."""
        return self.line("").now(TRACKS, kind) if kind else kind

    def of_case(self, case_id: str) -> Answers:
        return self.answers.get(case_id, NO_ANSWERS)
