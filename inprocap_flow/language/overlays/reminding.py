"""`remind`: who is reminded besides of deadlines and approvals of the procedure, or earlier; nobody is reminded less.

What the procedure says of reminders stays as it is, in its place: these come after it. A reminder tells whoever gets it
that something is due, so roles from which the procedure keeps its own affairs get none that it would not give them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from inprocap_flow.errors import Place
from inprocap_flow.language.checks.finding import Finding, of_line
from inprocap_flow.language.includes.merge import copy_of, put
from inprocap_flow.language.marks import ListNode, MapNode, Node, NodePath, to_data
from inprocap_flow.language.model import Approval, Deadline, Line, Reminder
from inprocap_flow.language.overlays.editing import at, changed_at, items_of, line_path, word
from inprocap_flow.language.overlays.roles_in import with_roles
from inprocap_flow.language.overlays.site import WEAKENS, Site
from inprocap_flow.language.schema.messages import did_you_mean

SECTIONS = ("deadlines", "approvals")
MEND = "An overlay adds; leave what the procedure says, or change the procedure itself."


def remind_all(site: Site) -> None:
    """Add everything under `remind` to the deadlines and approvals that it names."""
    for section in SECTIONS:
        named = at(site.root, ("remind", section))
        for key, written in named.entries if isinstance(named, MapNode) else ():
            path: NodePath = ("remind", section, key.value)
            thing = _found(site, section, key.value)
            if thing is None:
                _say_unknown(site, section, key.value)
            elif not items_of(written):
                fact = "An empty list adds nothing, and an overlay never removes."
                site.say(path, WEAKENS, fact, "Leave it out, or write a reminder.", on_key=True)
            else:
                _add(site, thing, section, items_of(written), path)


def _found(site: Site, section: str, name: str) -> Deadline | Approval | None:
    """Return what is called *name*: of the case, of the one kind of track that has it, or as `track.name`."""
    owner, _, bare = name.rpartition(".")
    if owner and owner not in site.base.tracks:
        return None
    lines: Iterable[Line] = (site.base.tracks[owner],) if owner else (site.base.main,)
    if not owner and name not in getattr(site.base.main, section):
        lines = site.base.tracks.values()
    found = [getattr(line, section)[bare] for line in lines if bare in getattr(line, section)]
    return found[0] if len(found) == 1 else None


def _say_unknown(site: Site, section: str, name: str) -> None:
    path: NodePath = ("remind", section, name)
    one = section.removesuffix("s")
    if at(site.root, (section, name)) is not None:
        mend = f"Write `remind:` at the {one} itself: it is this overlay's."
        site.say(path, "overlay-unknown", f"`{name}` is declared by this overlay.", mend, on_key=True)
        return
    known = [bare for line in site.base.lines for bare in getattr(line, section)]
    mend = did_you_mean(name, known) or f"Write the name of one, of a track as `supplier.{name}`, or `only_for:`."
    site.say(path, "overlay-unknown", f"`{name}` is not a {one} of `{site.base.name}`.", mend, on_key=True)


def _add(site: Site, thing: Deadline | Approval, section: str, more: list[Node], path: NodePath) -> None:
    inside: NodePath = (*line_path(thing.line), section, thing.name)
    there = at(site.nodes, (*inside, "remind"))
    known = {_plain(one): one.place for one in items_of(there)}
    before = len(site.problems)
    for number, one in enumerate(more):
        where = (*path, number)
        _check_new(site, known, one, where)
        _check_heard(site, thing, one, (*where, "role"))
        known.setdefault(_plain(one), one.place)
    if len(site.problems) > before:
        return
    place = site.place(*path)

    def change(node: MapNode) -> MapNode:
        new = copy_of(node)
        put(new, word("remind", place), ListNode([*items_of(there), *more], there.place if there else place))
        return new

    site.nodes = changed_at(site.nodes, inside, change)


def _plain(reminder: Node) -> tuple[tuple[str, str], ...]:
    """Return what a reminder says, whatever order it is written in."""
    data = to_data(reminder)
    return tuple(sorted((str(key), str(value)) for key, value in data.items())) if isinstance(data, dict) else ()


def _check_new(site: Site, known: dict[tuple[tuple[str, str], ...], Place], one: Node, path: NodePath) -> None:
    first = known.get(_plain(one))
    if first is not None:
        fact = f"This reminder is there already; the first is {first}."
        site.say(path, "remind-twice", fact, "Keep one of them.", on_key=True)


def _check_heard(site: Site, thing: Deadline | Approval, one: Node, path: NodePath) -> None:
    """Refuse to tell of *thing* whoever the procedure keeps it from: who speaks for firms, or sees a part only."""
    said = at(one, ("role",))
    name = str(to_data(said)) if said is not None else ""
    old = next((old for old, new in site.doc.replace_role.items() if new == name), name)
    role = site.base.roles.get(old) or site.doc.roles.get(name)
    if role is None or role.sees == "all" or old in _told(site, thing):
        return
    kind = "deadline" if isinstance(thing, Deadline) else "approval"
    fact = f"It would tell `{name}` of the {kind} `{thing.name}`, which the procedure does not let them know of."
    site.say(path, WEAKENS, fact, "Remind somebody who sees the whole case, and leave telling to them.")


def _told(site: Site, thing: Deadline | Approval) -> set[str]:
    """Return the roles that *thing* concerns in the procedure: reminded of it, asked by it, or bound by it."""
    roles = {one.role for one in thing.remind}
    if isinstance(thing, Approval):
        return roles | {one.role for one in thing.signatures}
    for line in site.base.lines:
        for step in (line.begins, *line.steps.values()):
            named = (*step.already_there.within, *step.already_there.after, *step.meets)
            if any(site.base.find_deadline(line.kind, one) is thing for one in named):
                roles |= set(step.by)
    return roles


def reminded_less(line: Line, now: Line, replaced: Mapping[str, str]) -> Iterator[Finding]:
    """Yield a finding for each deadline and approval of *line* of which somebody is reminded no more in *now*."""
    for section in SECTIONS:
        for name, one in getattr(line, section).items():
            found = getattr(now, section).get(name)
            before: tuple[Reminder, ...] = with_roles(one, replaced).remind
            if found is not None and found.remind[: len(before)] != before:
                fact = f"Somebody who is reminded of `{name}` in the procedure is not, or at another time."
                yield Finding(of_line(line.kind, section, name), fact, MEND)
