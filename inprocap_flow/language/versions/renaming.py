"""What the old version says, in the words of the new one: before two versions are compared, what a plan renames."""

from __future__ import annotations

from inprocap_flow.language.expressions.tree import Expr
from inprocap_flow.language.expressions.words import map_words
from inprocap_flow.language.migrations import ROLES, Migration
from inprocap_flow.language.model import CASE, Approval, Deadline, Definition, HookCall, Signature
from inprocap_flow.records import changed, record

_OF_A_LINE = {"field": "fields", "document": "documents", "approval": "approvals", "deadline": "deadlines"}


@record
class NewWords:
    """The words that *plan* gives, on the way to *new*, to what the *old* version names; else names are kept."""

    old: Definition
    plan: Migration
    new: Definition

    # ---------------------------------------------------------------------------------------------- names

    def name(self, what: str, kind: str, name: str) -> str:
        """Return what *name*, as a line of *kind* says it, is called now; *what* is ``fields``, ``deadlines``...

        In a track a name is that of the track, if it has one, else that of the case.
        """
        owner = kind if kind == CASE or name in getattr(self.old.line(kind), what) else CASE
        return self.plan.line(owner).now(what, name)

    def milestone(self, name: str) -> str:
        """Return what a milestone is called now; it has one space for all lines."""
        for change in self.plan.lines.values():
            name = change.now("milestones", name)
        return name

    def roles(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """Return what roles are called now. One that is called like a renamed kind of track follows it, if it can.

        It can if the plan does not say otherwise and the new version has no role of the old name and one of the new.
        """
        return tuple(self.role(name) for name in names)

    @property
    def other_roles(self) -> dict[str, str]:
        """The roles of the old version that are called otherwise now: old name, new name."""
        return {name: now for name in sorted(self.old.roles) if (now := self.role(name)) != name}

    def role(self, name: str) -> str:
        """Return what one role is called now."""
        renamed = self.plan.line(CASE).now(ROLES, name)
        if renamed != name:
            return renamed
        now = self.plan.kind(name)
        return now if name in self.old.tracks and name not in self.new.roles and now in self.new.roles else name

    def _word(self, kind: str, what: str, word: str, track: str | None) -> str:
        """Return what a word of an expression is called now: *what* it is and of which *track*, as `Use` tells."""
        if what in ("each_field", "member"):
            return self.plan.line(track).now("fields", word) if track and track in self.old.tracks else word
        if what == "stage":
            return self.plan.line(kind if track is None else track).stage(word)
        if what == "track" or (what == "owner" and word in self.old.tracks):
            return self.plan.kind(word)
        if what == "milestone":
            return self.milestone(word)
        named = "field" if what == "owner" else what
        return self.name(_OF_A_LINE[named], kind, word) if named in _OF_A_LINE else word

    # ---------------------------------------------------------------------------------------------- what holds names

    def expression(self, kind: str, expr: Expr) -> Expr:
        """Return *expr*, as a line of *kind* says it, in words of the new version."""
        return map_words(expr, lambda what, word, track: self._word(kind, what, word, track))

    def maybe(self, kind: str, expr: Expr | None) -> Expr | None:
        """Return *expr* in words of the new version; None if there is none."""
        return None if expr is None else self.expression(kind, expr)

    def deadline(self, was: Deadline) -> Deadline:
        """Return the rules of a deadline in words of the new version, its own name too."""
        kind = was.line
        return changed(
            was,
            name=self.name("deadlines", kind, was.name),
            backwards_from=self._counted_from(was),
            ends_at=self._computed(kind, was.ends_at),
            met_when=self.maybe(kind, was.met_when),
            **{key: self._length(kind, getattr(was, key)) for key in ("period", "at_least", "at_most")},
        )

    def approval(self, was: Approval) -> Approval:
        """Return an approval with what it covers, asks and sets in words of the new version."""
        kind = was.line
        return changed(
            was,
            signatures=tuple(self._signature(kind, one) for one in was.signatures),
            void_if_changed_fields=tuple(self.name("fields", kind, one) for one in was.void_if_changed_fields),
            void_if_changed_documents=tuple(self.name("documents", kind, one) for one in was.void_if_changed_documents),
            meeting=self.name("fields", kind, was.meeting) if was.meeting else None,
            sets={self.name("fields", kind, one): self.expression(kind, expr) for one, expr in was.sets.items()},
        )

    def _signature(self, kind: str, was: Signature) -> Signature:
        return changed(
            was,
            role=self.role(was.role),
            recorded_by=self.role(was.recorded_by) if was.recorded_by else was.recorded_by,
            not_same_as=self.roles(was.not_same_as),
            when=self.maybe(kind, was.when),
        )

    def _length(self, kind: str, length: Expr | str | None) -> Expr | str | None:
        return self.expression(kind, length) if isinstance(length, Expr) else length

    def _computed(self, kind: str, value: Expr | HookCall | None) -> Expr | HookCall | None:
        if isinstance(value, HookCall):
            return self.hook(kind, value)
        return self.maybe(kind, value)

    def hook(self, kind: str, call: HookCall) -> HookCall:
        """Return a call of a hook with its arguments in words of the new version."""
        return changed(call, arguments=tuple(self.expression(kind, one) for one in call.arguments))

    def _counted_from(self, was: Deadline) -> str | None:
        """Return from what a deadline is counted back: another deadline, a field, or a gate of a field."""
        if was.backwards_from is None:
            return None
        name, dot, gate = was.backwards_from.partition(".")
        what = "fields" if dot or self._is_field(was.line, name) else "deadlines"
        return f"{self.name(what, was.line, name)}{dot}{gate}"

    def _is_field(self, kind: str, name: str) -> bool:
        return any(name in self.old.line(one).fields for one in {kind, CASE})
