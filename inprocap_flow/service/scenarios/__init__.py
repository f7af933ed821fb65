"""Scenarios played against the engine: given a story, when somebody does something, then this must come back.

They are written by people who know the law rather than Python, beside each procedure (``pcp.test.yaml``), and played
in memory with the same decisions that a real case gets.
"""

from __future__ import annotations

from inprocap_flow.service.scenarios.files import player_for, run_file, with_firms
from inprocap_flow.service.scenarios.playing import Player
from inprocap_flow.service.scenarios.records import Fault, Played, Report
from inprocap_flow.service.scenarios.requests import moments_of, request_of

__all__ = ["Fault", "Played", "Player", "Report", "moments_of", "player_for", "request_of", "run_file", "with_firms"]
