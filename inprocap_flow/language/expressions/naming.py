"""What the names and quoted words of an expression mean, and what is said of one that means nothing."""

from __future__ import annotations

from collections.abc import Sequence

from inprocap_flow.language.expressions.tree import BadExpression, Expr, Member, Name, Word
from inprocap_flow.language.expressions.types import ANY, DATE, Scope, Type

MOST_OFFERED = 6  # of the names that there are, where none is near what was written


class Naming:
    """Looks names and words up in a scope, and collects findings instead of stopping at the first."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.findings: list[BadExpression] = []

    def say(self, expr: Expr, code: str, fact: str, mend: str) -> Type:
        """Note a finding; what it is about fits everything from now on."""
        self.findings.append(BadExpression(fact, mend, expr.start, expr.width, code))
        return ANY

    def name(self, expr: Name) -> Type:
        """Return the type of a field, or of today."""
        if expr.name == "today":
            if self.scope.allows_today:
                return DATE
            return self.say(expr, "today-not-allowed", "`today` stands where waiting must not change the answer.",
                            "Start a deadline and ask `over('deadline')`.")  # fmt: skip
        found = self.scope.field(expr.name)
        if found is not None:
            return found
        mend = self.near(expr.name, self.scope.words("field"), "Declare the field, or quote the word if it is a name.")
        return self.say(expr, "unknown-name", f"There is no field `{expr.name}` here.", mend)

    def member(self, expr: Member, each: str | None) -> Type:
        """Return the type of what stands after a dot."""
        if expr.owner == "given":
            return self.say(
                expr, "unfilled-given", f"`{expr}` is not filled.", "Hand it over where the block is included."
            )
        if expr.owner != "each":
            return self.owned(expr)
        if each is None:
            return self.say(
                expr, "misplaced-each", "`each` means no track here.", "It stands in a where, or after one."
            )
        found = self.scope.each_field(each, expr.name)
        if found is not None:
            return found
        mend = self.near(expr.name, self.scope.words("each_field", each), "Declare the field in that track.")
        return self.say(expr, "unknown-name", f"A {each} has no field `{expr.name}`.", mend)

    def owned(self, expr: Member) -> Type:
        """Return the type of a field of the parent track, or of a gate of a meeting."""
        found = self.scope.member(expr.owner, expr.name)
        if found is not None:
            return found
        if self.scope.knows("owner", expr.owner):
            mend = self.near(expr.name, self.scope.words("member", expr.owner), "Declare it there.")
            return self.say(expr, "unknown-name", f"`{expr.owner}` has no `{expr.name}`.", mend)
        mend = self.near(expr.owner, self.scope.words("owner"), "A dot follows the parent track or a meeting.")
        return self.say(expr, "unknown-name", f"`{expr.owner}` is neither the parent track nor a meeting.", mend)

    def near(self, word: str, known: Sequence[str], otherwise: str) -> str:
        """Return "did you mean", or the few names that there are, or another mend."""
        from difflib import get_close_matches

        found = get_close_matches(word, list(known), 1)
        if found:
            return f"Did you mean {found[0]}?"
        return f"Known are {', '.join(sorted(known))}." if 0 < len(known) <= MOST_OFFERED else otherwise

    def word(self, expr: Expr, kind: str, track: str | None = None) -> str | None:
        """Return the quoted word that names a thing of this kind, or note why it does not."""
        if not isinstance(expr, Word):
            self.say(expr, "not-a-word", f"`{expr}` stands where a quoted {kind} is expected.", "Quote its name.")
            return None
        if self.scope.knows(kind, expr.word, track):
            return expr.word
        of = f" of {track}" if kind == "stage" and track else ""
        mend = self.near(expr.word, self.scope.words(kind, track), f"Declare the {kind}{of}.")
        self.say(expr, "unknown-word", f"There is no {kind} `{expr.word}`{of}.", mend)
        return None
