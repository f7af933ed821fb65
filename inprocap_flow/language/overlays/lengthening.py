"""`lengthen`: more time than the procedure gives, and never less, on any day of the calendar; duties never later.

How long something is from now on is judged here; by how much it is longer, in `longer`.

Ends are compared as they are computed, not the words: ten working days are sometimes fewer than fourteen days. What
cannot be compared beforehand, because it depends on facts of the case, is refused, too.
"""

from __future__ import annotations

from collections.abc import Mapping

from inprocap_flow.calendar.bad_values import BadValue
from inprocap_flow.calendar.periods import parse_period
from inprocap_flow.language.expressions.syntax import BadExpression, parse
from inprocap_flow.language.includes.merge import copy_of, put
from inprocap_flow.language.marks import MapNode, Node, NodePath, ScalarNode
from inprocap_flow.language.model import CASE, Deadline
from inprocap_flow.language.model.own_lengths import written_in
from inprocap_flow.language.overlays.editing import at, changed_at, line_path, word
from inprocap_flow.language.overlays.floors import judge_length
from inprocap_flow.language.overlays.lengths import Written
from inprocap_flow.language.overlays.longer import is_period, longer_by
from inprocap_flow.language.overlays.site import WEAKENS, Site
from inprocap_flow.language.schema.messages import did_you_mean, sentence
from inprocap_flow.language.schema.overlay import LengthenDoc

KEYS = ("period", "at_least", "proposes")


def lengthen_all(site: Site) -> None:
    """Give every deadline under `lengthen` its new length, if no end can come too soon by it."""
    for name, doc in site.doc.lengthen.items():
        path: NodePath = ("lengthen", name)
        found = _found(site, name)
        if found is None:
            known = [one for line in site.base.lines for one in line.deadlines]
            fact = f"`{name}` is not a deadline of `{site.base.name}`."
            mend = did_you_mean(name, known) or "Write the name of one, of a track as `supplier.standstill`."
            site.say(path, "overlay-unknown", fact, mend, on_key=True)
        else:
            _lengthen(site, found, doc, path)


def _found(site: Site, name: str) -> Deadline | None:
    """Return the deadline *name*: of the case, of the one kind of track that has it, or `track.name`."""
    own = site.base.find_deadline(CASE, name)
    if own is not None:
        return own
    of_tracks = [track.deadlines[name] for track in site.base.tracks.values() if name in track.deadlines]
    return of_tracks[0] if len(of_tracks) == 1 else None


def _lengthen(site: Site, deadline: Deadline, doc: LengthenDoc, path: NodePath) -> None:
    if doc.by is not None:
        _lengthen_by(site, deadline, doc, path)
        return
    key = next(one for one in KEYS if getattr(doc, one) is not None)
    where = (*path, key)
    new = _read(site, getattr(doc, key), where)
    if new is None or new == getattr(deadline, key):
        return  # said already, or by another overlay in the same words
    if doc.rests_on is not None and not written_in(new):
        _says_nothing(site, path, new)
        return
    if not site.once(
        "lengthen", f"{deadline.line}.{deadline.name}.{key}", path, f"`{deadline.name}` is longer already"
    ):
        return
    if key == "period" and deadline.period is None:
        fact = f"`{deadline.name}` ends when somebody says, so it has no period."
        site.say(where, "lengthen-other", fact, "Lengthen its `at_least`, or what it `proposes`.", on_key=True)
        return
    if key == "proposes" and deadline.ends_at is None:
        fact = f"Nobody types the end of `{deadline.name}`, so nothing is proposed."
        site.say(where, "lengthen-other", fact, "Lengthen its `period`.", on_key=True)
        return
    wrong = judge_length(site, deadline, key, new)
    if wrong is not None:
        site.say(where, WEAKENS, wrong.fact, wrong.mend)
        return
    said = at(site.root, where)
    assert said is not None
    _put_in(site, deadline, {key: said}, where, doc)


def _lengthen_by(site: Site, deadline: Deadline, doc: LengthenDoc, path: NodePath) -> None:
    """Add to what the procedure says; beside a national overlay, to what that one says."""
    whose = "national" if site.doc.national else "own"
    key = f"{deadline.line}.{deadline.name} {whose}"
    if not site.once("lengthen", key, path, f"`{deadline.name}` is longer already"):
        return
    if doc.rests_on is not None and (whose == "national" or not is_period(doc.by)):
        _says_nothing(site, path, doc.by)
        return
    lengths = longer_by(site, deadline, doc, str(path[1]))
    if lengths:
        _put_in(site, deadline, lengths, (*path, "by"), doc)


def _says_nothing(site: Site, path: NodePath, length: Written | None) -> None:
    """Refuse a source under `rests_on` where no number of the house is written out that could rest on it."""
    if is_period(length):
        fact = "What a country adds rests on its law, and `rests_on` is for what rests on none."
        mend = "Name the law under `cite:`, or declare the number under `limits:` with its days."
    else:
        fact = f"Nothing is written out here that `rests_on` could be about: `{length}` has a source of its own."
        mend = "Take `rests_on` out."
    site.say((*path, "rests_on"), "lengthen-other", fact, mend, on_key=True)


def _read(site: Site, text: str, where: NodePath) -> Written:
    """Return what is written as a length: the code of a period, or an expression. None after saying why it is none."""
    try:
        return parse_period(text).code if text[:1].isdigit() or text[:1] == "P" else parse(text)
    except BadValue as bad:
        site.say(where, "bad-value", sentence(bad.fact), sentence(bad.mend))
    except BadExpression as bad:
        site.say(where, bad.code, bad.fact, bad.mend)
    return None


def _put_in(site: Site, deadline: Deadline, lengths: Mapping[str, Node], where: NodePath, doc: LengthenDoc) -> None:
    place = site.place(*where)

    def change(node: MapNode) -> MapNode:
        new = copy_of(node)
        for key, length in lengths.items():
            put(new, word(key, place), length)
        if doc.cite is not None:
            old = node.get("cite")
            cite = f"{old.value}; {doc.cite}" if isinstance(old, ScalarNode) else doc.cite
            put(new, node.key("cite") or word("cite", place), word(cite, place))
        return new

    site.nodes = changed_at(site.nodes, (*line_path(deadline.line), "deadlines", deadline.name), change)
