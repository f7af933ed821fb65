"""A path that a check has found, turned into a scenario: the deeds of real people, tried until the fault shows.

What the path leaves open is filled in: values are solved for the conditions that lie ahead (`wishes`), the rest from
what the engine asks for, whose refusals say what to bring (`mending`). Clocks end because time passes, steps that come
by themselves come or do not (`showing`). The scenario is what was played, word for word.
"""

from __future__ import annotations

from inprocap_flow.service.counterexamples.findings import each_found, each_played
from inprocap_flow.service.counterexamples.gaps import DOES_NOT_REPLAY, MEANINGS, NO_PATH
from inprocap_flow.service.counterexamples.going_on import Looked, look_for_an_end
from inprocap_flow.service.counterexamples.played import Counterexample, firms_of
from inprocap_flow.service.counterexamples.stage import on_stage
from inprocap_flow.service.counterexamples.writing import shown

__all__ = [
    "DOES_NOT_REPLAY",
    "MEANINGS",
    "NO_PATH",
    "Counterexample",
    "Looked",
    "each_found",
    "each_played",
    "firms_of",
    "look_for_an_end",
    "on_stage",
    "shown",
]
