"""Why a path could not be played, or the fault did not show: a code for programs, and words for people."""

from __future__ import annotations

from inprocap_flow.engine.case.records import Refusal
from inprocap_flow.language.scenarios import Deed

REFUSED_ON_THE_WAY = "refused-on-the-way"
CLOCK_NOT_RUNNING = "clock-not-running"
NO_SUCH_TRACK = "no-such-track"
CANNOT_BE_ASKED = "cannot-be-asked"
NOT_REFUSED = "not-refused"
REFUSED_OTHERWISE = "refused-otherwise"
LEADS_TO_AN_END = "leads-to-an-end"
TOO_LATE = "too-late"
NO_PATH = "no-path"
DOES_NOT_REPLAY = "does-not-replay"
OTHER_VALUES = "other-values"
NOTHING_TO_PLAY = "nothing-to-play"

MEANINGS = {
    REFUSED_ON_THE_WAY: "a deed before the fault is refused: the path leaves out what stands in its way",
    CLOCK_NOT_RUNNING: "a deadline should end that does not run",
    NO_SUCH_TRACK: "no track stands where the path has one",
    CANNOT_BE_ASKED: "the engine cannot even judge what is asked, because the definition or a dated value is lacking",
    NOT_REFUSED: "what should be refused is carried out",
    REFUSED_OTHERWISE: "what should be refused is refused, but for another reason",
    LEADS_TO_AN_END: "the case comes to an end from where it should be stuck",
    TOO_LATE: "a deadline that should still run has ended: an exploration does not know how long deadlines are",
    NO_PATH: "no case comes even near: no deeds lead there",
    OTHER_VALUES: "the values on which it hangs come out otherwise on the way that was found",
    NOTHING_TO_PLAY: "no case can show it",
    DOES_NOT_REPLAY: "the written scenario does not come out as it was played",
}


class Gap(Exception):  # no error: the path cannot be walked like this, and says where
    """The engine does not follow the path. ``code`` is one of `MEANINGS`; ``refused`` what was asked for in vain.

    ``broken``: what the engine would not even judge, because the definition does what it must not.
    """

    def __init__(
        self, code: str, says: str, refused: tuple[Deed, Refusal] | None = None, broken: Deed | None = None
    ) -> None:
        super().__init__(says)
        self.code = code
        self.refused = refused
        self.broken = broken
