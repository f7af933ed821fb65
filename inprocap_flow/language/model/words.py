"""The fixed words of the language that are no names of a procedure, and texts in several languages."""

from __future__ import annotations

from collections.abc import Mapping

CASE = ""  # the kind of the main line


SYSTEM = "system"


LINKED_CASE = "linked_case"  # stands where a role may: the step is carried out by what another case reports


WHOEVER_ASKS = "whoever_asks"


WHOEVER_CARRIES_OUT = "whoever_carries_out"


CLOCK_ACTS = ("extend", "suspend", "resume", "satisfy", "stop", "restart", "correct")  # what people may do to deadlines


Text = Mapping[str, str]  # language code -> words


def said(text: Text, language: str = "en") -> str:
    """Return *text* in *language*, else in English, else in whatever language there is; "" when empty."""
    return text.get(language) or text.get("en") or next(iter(text.values()), "")
