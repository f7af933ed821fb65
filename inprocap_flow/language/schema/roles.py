"""Roles, and rules that conditions rest on, as they are written."""

from __future__ import annotations

from typing import Annotated

from inprocap_flow.language.schema.sources import BASES
from inprocap_flow.language.schema.words import (
    Doc,
    DocumentName,
    OneOrMore,
    RoleName,
    Text,
    TrackName,
    Whole,
    Words,
    YesNo,
    key,
    word,
)


class RoleDoc(Doc):
    """In what capacity somebody acts."""

    title: Text = key("Title", "What the role is called.")
    at_least: Whole = key("At least", "How many people an organisation needs in this role.", 1)
    declares_interests: YesNo = key(
        "Declares interests", "Nobody acts before declaring conflicts of interest.", default=False
    )
    sees: Annotated[str, word("all", "own", "published")] = key(
        "Sees", "`all`, `own` (its own track and what is published) or `published`.", "all"
    )
    never: OneOrMore[Annotated[str, word("move", "approve")]] = key("Never", "What the role may never do.", ())
    speaks_for: TrackName | None = key(
        "Speaks for", "The kind of track its holder acts for, and only for the own one.", None
    )
    records_for: OneOrMore[RoleName] = key(
        "Records for", "Roles whose acts outside this system a holder may record here; both stay visible.", ()
    )
    apart_from: OneOrMore[RoleName] = key("Apart from", "Roles that no holder may also have in the same case.", ())
    not_who_brought: OneOrMore[DocumentName] = key(
        "Not who brought",
        "Documents: nobody who filed a version of one acts in this role in the same case. Who only wrote it, and let "
        "somebody else file it, is not kept out: no author is recorded.",
        (),
    )
    side: Annotated[str, word("buyer", "supplier", "neither")] | None = key(
        "Side", "Whom it serves; without it `supplier` if it speaks for a track, `neither` if it never acts.", None
    )


class RuleDoc(Doc):
    """A rule that conditions rest on."""

    title: Text = key("Title", "What the rule says.")
    basis: Annotated[str, word(*BASES, "rulebook")] = key(
        "Basis", "What it rests on; `rulebook`: as the limit that it uses."
    )
    cite: Words | None = key("Cite", "The law or the source.", None)
