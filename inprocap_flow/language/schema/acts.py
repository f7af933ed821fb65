"""What people may do to a deadline, as it is written: who, on which conditions, and who is told of it (ruling 17)."""

from __future__ import annotations

from pydantic import model_validator

from inprocap_flow.language.model import CLOCK_ACTS
from inprocap_flow.language.schema.messages import wrong
from inprocap_flow.language.schema.steps import AlreadyThereDoc, NoticeDoc, Tells
from inprocap_flow.language.schema.words import Doc, Expression, OneOrMore, PaperName, PeriodText, RoleName, Words, key

WITH_AN_END = ("extend", "restart", "correct")


class ActDoc(Doc):
    """One thing that somebody may do to a deadline, always with a reason."""

    by: OneOrMore[RoleName] = key("By", "Roles that may do it.")
    requires: AlreadyThereDoc = key(
        "Requires", "What must be there by now; approvals are used up by it.", AlreadyThereDoc()
    )
    until: Expression | None = key(
        "Until", "The end that was agreed beforehand; without it whoever does it types the end.", None
    )
    takes: PeriodText | None = key(
        "Takes",
        "How long signatures and publication take: it is begun so long before the end, or it is too late.",
        None,
    )
    publishes: OneOrMore[PaperName] = key("Publishes", "Documents and fields that everybody may read from now on.", ())
    tells: Tells = key("Tells", "Who is told, all at one moment.", ())
    notice: NoticeDoc | None = key("Notice", "The official notice.", None)
    cite: Words | None = key("Cite", "The law or the source.", None)


class ActsDoc(Doc):
    """What people may do to a deadline. What does not stand here is refused."""

    extend: ActDoc | None = key("Extend", "Move its end to a later moment, or lengthen its period by law.", None)
    suspend: ActDoc | None = key("Suspend", "Let it stand still; it neither ends nor lets anything through.", None)
    resume: ActDoc | None = key("Resume", "Let it run again; the time that was lost is given back.", None)
    satisfy: ActDoc | None = key("Satisfy", "Record that it was met outside the procedure.", None)
    stop: ActDoc | None = key("Stop", "End it without its being met.", None)
    restart: ActDoc | None = key("Restart", "Start it anew from now on, by the same rules.", None)
    correct: ActDoc | None = key(
        "Correct", "Set a wrong end right, in either direction; never below the minimum.", None
    )

    @model_validator(mode="after")
    def _keys_of_the_act(self) -> ActsDoc:
        for name in CLOCK_ACTS:
            act = getattr(self, name)
            if act is not None and act.until is not None and name not in WITH_AN_END:
                raise wrong("wrong-key", f"`until` stands under `{name}`, which takes no end.", "Remove it.")
            if act is not None and act.takes is not None and name != "extend":
                fact = f"`takes` stands under `{name}`; only of an extension is said until when it is safe."
                raise wrong("wrong-key", fact, "Remove it.")
        return self
