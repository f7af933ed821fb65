"""`replace_role`: another role acts in the place of one of the procedure, everywhere; it is at least as strict.

Also what a new role must not do: record what roles of the procedure do, or speak for its tracks. What is kept from
whoever speaks for firms is kept from roles by name, and would not be kept from a new one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from inprocap_flow.language.marks import Node, NodePath, ScalarNode
from inprocap_flow.language.mentions import Mention, rewrite
from inprocap_flow.language.model import Role
from inprocap_flow.language.overlays.editing import at, changed_at, without
from inprocap_flow.language.overlays.site import WEAKENS, Site
from inprocap_flow.language.schema.messages import did_you_mean
from inprocap_flow.language.schema.overlay import EffectiveDoc, OverlayRoleDoc

_WIDER = {"published": 0, "own": 1, "all": 2}


def replace_roles(site: Site) -> None:
    """Put the new roles in the place of the old ones, and take away what nobody can be any more."""
    _check_recorders(site)
    _check_speakers(site)
    site.replaced = {old: new for old, new in site.doc.replace_role.items() if _can_replace(site, old, new)}
    meant = {old: word for old in site.replaced if isinstance(word := at(site.root, ("replace_role", old)), ScalarNode)}
    if not meant:
        return
    site.nodes = rewrite(EffectiveDoc, site.nodes, lambda mention: _instead(mention, meant))
    site.nodes = changed_at(site.nodes, ("roles",), lambda roles: without(roles, *meant))
    site.handed = tuple(
        replace(one, node=meant[one.node.value]) if one.kind in ("role", "roles") and one.node.value in meant else one
        for one in site.handed
    )


def _instead(mention: Mention, meant: dict[str, ScalarNode]) -> Node:
    """Return the word of the overlay for one of the procedure: who acts is now written there."""
    node = mention.node
    if mention.kind != "role" or mention.declares or not isinstance(node, ScalarNode):
        return node
    return meant.get(node.value, node)


def _can_replace(site: Site, old: str, new: str) -> bool:
    """Tell whether *new* can act for *old*; say why not. A name that this procedure lacks is noted and passed over."""
    path: NodePath = ("replace_role", old)
    before = len(site.problems)
    if not site.once("replace_role", old, path, f"`{old}` has another role in its place already"):
        return False
    if old not in site.base.roles:
        site.pass_over(path, f"`{old}` is not a role", did_you_mean(old, list(site.base.roles)))
        return False
    if new not in site.doc.roles:
        fact = f"`{new}` is not a role that this overlay declares."
        site.say(path, "replace-role", fact, "Declare it under `roles:`; roles of the procedure keep apart.")
    elif sum(one == new for one in site.doc.replace_role.values()) > 1:
        fact = f"`{new}` would take the place of several roles, which the procedure keeps apart."
        site.say(path, WEAKENS, fact, "Give each a role of its own.")
    else:
        for fact in _weaker(site, site.base.roles[old], site.doc.roles[new]):
            told = f"`{new}` would be less strict than `{old}`: {fact}."
            site.say(path, WEAKENS, told, "Make it at least as strict.")
    return len(site.problems) == before


def _weaker(site: Site, old: Role, new: OverlayRoleDoc) -> Iterator[str]:
    """Yield in which respects *new* is less strict than *old*."""
    if new.at_least < old.at_least:
        yield f"`at_least` is {new.at_least}, not {old.at_least}"
    if old.declares_interests and not new.declares_interests:
        yield "it need not declare interests"
    if _WIDER[new.sees] > _WIDER[old.sees]:
        yield f"it sees `{new.sees}`, not only `{old.sees}`"
    if new.speaks_for != old.speaks_for:
        yield f"it speaks for {new.speaks_for or 'nobody'}, not for {old.speaks_for or 'nobody'}"
    if new.side != old.side:
        yield f"its side is {new.side or 'not said'}, not {old.side or 'left unsaid'}"
    yield from (f"`never: {never}` is missing" for never in old.never if never not in new.never)
    yield from _keeps_apart(site, old, new)


def _keeps_apart(site: Site, old: Role, new: OverlayRoleDoc) -> Iterator[str]:
    """Yield from whom *new* would not keep apart, and for whom it would record besides."""
    for other in old.apart_from:
        if not {other, site.doc.replace_role.get(other, other)} & set(new.apart_from):
            yield f"it is not `apart_from` {other}"
    for paper in old.not_who_brought:
        if paper not in new.not_who_brought:
            yield f"whoever brought {paper} is not barred (`not_who_brought`)"
    for other in new.records_for:
        if other in site.base.roles and other not in old.records_for:
            yield f"it records for `{other}`"


def _check_recorders(site: Site) -> None:
    """Refuse a new role that records what roles of the procedure do: they would act where only those may."""
    for name, role in site.doc.roles.items():
        if name in site.doc.replace_role.values():
            continue
        for number, other in enumerate(role.records_for):
            if other in site.base.roles:
                fact = f"`{name}` would record what `{other}` does, which the procedure leaves to others."
                mend = "Let it record only for roles of this overlay."
                site.say(("roles", name, "records_for", number), WEAKENS, fact, mend)


def _check_speakers(site: Site) -> None:
    """Refuse a new role that speaks for tracks of the procedure: nothing there is kept from it as from others."""
    for name, role in site.doc.roles.items():
        if role.speaks_for in site.base.tracks and name not in site.doc.replace_role.values():
            fact = f"`{name}` would speak for `{role.speaks_for}`, and nothing kept from firms is kept from it."
            mend = "Let it speak for a kind of track of this overlay, or use `replace_role:`."
            site.say(("roles", name, "speaks_for"), WEAKENS, fact, mend)
