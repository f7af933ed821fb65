"""What `as: phase_1` does: everything a block declares gets that name, wherever the block speaks of it.

On the main line and in tracks that the block only uses, stages hang under the name and everything else gets it in
front. Inside a track that the block declares nothing changes, except milestones: they have one space for all lines.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from inprocap_flow.language.expressions.syntax import BadExpression, Expr, map_words, parse, substitute
from inprocap_flow.language.includes.merge import copy_of, put
from inprocap_flow.language.marks import MapNode, Node, ScalarNode
from inprocap_flow.language.mentions import Mention, rewrite
from inprocap_flow.language.model import CASE
from inprocap_flow.language.schema.guards import split_arguments
from inprocap_flow.language.schema.lines import LineDoc
from inprocap_flow.language.schema.procedure import BlockDoc

OF_ALL = ("role", "rule", "limit", "watch", "track", "milestone", "calendar")
OF_A_LINE = ("field", "document", "approval", "deadline", "step", "stage")
_EITHER = {
    "document or field": ("document", "field"),
    "deadline or field": ("deadline", "field"),
    "track or deadline": ("track", "deadline"),
}


@dataclass(frozen=True, slots=True)
class Declared:
    """What a block declares: by kind for the whole procedure, and by line and kind."""

    of_all: Mapping[str, frozenset[str]]
    of_lines: Mapping[str, Mapping[str, frozenset[str]]]
    used_tracks: frozenset[str]

    def has(self, line: str, kind: str, name: str) -> bool:
        return name in self.of_lines.get(line, {}).get(kind, ())


def declared_by(doc: BlockDoc) -> Declared:
    """Return every name that the block *doc* declares."""
    used = frozenset(doc.uses.tracks)
    lines: dict[str, LineDoc] = {CASE: doc, **doc.tracks}
    steps = [
        step for line in lines.values() for step in (*line.steps.values(), *([line.begins] if line.begins else []))
    ]
    of_all = {
        "role": frozenset(doc.roles),
        "rule": frozenset(doc.rules),
        "limit": frozenset(doc.limits),
        "watch": frozenset(doc.watches),
        "track": frozenset(doc.tracks) - used,
        "milestone": frozenset(step.milestone for step in steps if step.milestone),
    }
    return Declared(of_all, {kind: _of_line(line) for kind, line in lines.items()}, used)


def _of_line(doc: LineDoc) -> dict[str, frozenset[str]]:
    begins = {doc.begins.step} if doc.begins and doc.begins.step else set()
    return {
        "field": frozenset(doc.fields),
        "document": frozenset(doc.documents),
        "approval": frozenset(doc.approvals),
        "deadline": frozenset(doc.deadlines),
        "step": frozenset(doc.steps) | begins,
        "stage": frozenset(doc.stages),
    }


@dataclass(frozen=True, slots=True)
class Renaming:
    """Renames the words of one block for one include; without *prefix* it only puts in what is given."""

    declared: Declared
    prefix: str | None
    given: Mapping[str, Expr]  # "given.x" -> tree
    language: str | None  # set when the block is in another language than the procedure

    def change(self, mention: Mention) -> Node:
        """Return the node that stands for *mention* in the procedure."""
        node = mention.node
        if not isinstance(node, ScalarNode):
            return node
        if mention.kind == "text":
            return self._in_language(node)
        if mention.kind in ("expression", "length"):
            return _with_text(node, self._expression(node.value, mention))
        if mention.kind == "hook":
            return _with_text(node, self._hook(node.value, mention))
        if self.prefix is None or mention.is_special or node.value.startswith("given."):
            return node
        if mention.declares and mention.kind == "stage":
            return node  # stages are hung under the name as a whole
        return _with_text(node, self._word(mention.kind, node.value, mention.track))

    def _in_language(self, node: ScalarNode) -> Node:
        if self.language is None:
            return node
        key = ScalarNode(self.language, quoted=False, place=node.place)
        words = MapNode([], node.place, node.width)
        words.add(key, node)
        return words

    def _word(self, kind: str, word: str, line: str) -> str:
        for one in _EITHER.get(kind, (kind,)):
            renamed = self._one_word(one, word, line)
            if renamed != word:
                return renamed
        return word

    def _one_word(self, kind: str, word: str, line: str) -> str:
        if kind in OF_ALL:
            return f"{self.prefix}_{word}" if word in self.declared.of_all.get(kind, ()) else word
        if kind == "stage":
            renamed = self._changes_in(line) and self.declared.has(line, "stage", word.split(".", maxsplit=1)[0])
            return f"{self.prefix}.{word}" if renamed else word
        if kind not in OF_A_LINE:
            return word
        if "." in word:
            return self._dotted(kind, word, line)
        if line != CASE and self.declared.has(line, kind, word):
            return f"{self.prefix}_{word}" if self._changes_in(line) else word
        home = line if kind == "step" else CASE
        return f"{self.prefix}_{word}" if home == CASE and self.declared.has(CASE, kind, word) else word

    def _dotted(self, kind: str, word: str, line: str) -> str:
        """Rename ``supplier.x`` (the parent's) or ``meeting.gate`` (a gate of a meeting field)."""
        owner, _, name = word.partition(".")
        if owner in self.declared.of_lines and owner != CASE:
            return f"{self._one_word('track', owner, line)}.{self._one_word(kind, name, owner)}"
        return f"{self._one_word('field', owner, line)}.{name}"

    def _changes_in(self, line: str) -> bool:
        return line == CASE or line in self.declared.used_tracks

    def _expression(self, text: str, mention: Mention) -> str:
        if text[:1].isdigit() or mention.is_special or re.fullmatch(r"given\.\w+", text):
            return text
        try:
            expr = parse(text)
        except BadExpression:
            return text  # said with its place when the expanded document is read
        changed = self._tree(expr, mention)
        return text if changed == expr else str(changed)

    def _tree(self, expr: Expr, mention: Mention) -> Expr:
        if self.prefix is not None:
            expr = map_words(expr, self._use_in(mention.line), each=mention.each)
        return substitute(expr, self.given)

    def _use_in(self, line: str) -> Callable[[str, str, str | None], str]:
        def change(kind: str, word: str, track: str | None) -> str:
            if kind == "each_field":
                return self._own(word, track or "")
            if kind == "owner":
                renamed = self._one_word("track", word, line)
                return renamed if renamed != word else self._one_word("field", word, line)
            if kind == "member":
                return self._own(word, track or "") if track in self.declared.of_lines else word
            return self._word(kind, word, track if kind == "stage" and track else line)

        return change

    def _own(self, field: str, line: str) -> str:
        """Rename a field that can only be the track's own."""
        renamed = self.declared.has(line, "field", field) and self._changes_in(line)
        return f"{self.prefix}_{field}" if renamed else field

    def _hook(self, text: str, mention: Mention) -> str:
        name, _, rest = text.partition("(")
        arguments = [self._expression(one, mention) for one in split_arguments(rest.rstrip()[:-1])]
        return f"{name}({', '.join(arguments)})"


def _with_text(node: ScalarNode, text: str) -> ScalarNode:
    # The columns of a changed text are not those of the file, so problems in it point at the whole.
    return node if text == node.value else replace(node, value=text, inset=None)


def renamed(root: MapNode, renaming: Renaming) -> MapNode:
    """Return the block *root* with its words renamed and its stages hung under the new name."""
    changed = rewrite(BlockDoc, root, renaming.change)
    if renaming.prefix is None:
        return changed
    hung = copy_of(changed)
    _hang(hung, renaming.prefix)
    tracks = hung.get("tracks")
    if isinstance(tracks, MapNode):
        used = copy_of(tracks)
        for key, track in tracks.entries:
            if key.value in renaming.declared.used_tracks and isinstance(track, MapNode):
                own = copy_of(track)
                _hang(own, renaming.prefix)
                put(used, key, own)
        put(hung, _key(hung, "tracks"), used)
    return hung


def _hang(line: MapNode, prefix: str) -> None:
    """Put all stages of *line* under one stage called *prefix*."""
    stages = line.get("stages")
    if not isinstance(stages, MapNode) or not len(stages):
        return
    key = _key(line, "stages")
    group = MapNode([], stages.place, stages.width)
    group.add(key, stages)
    top = MapNode([], stages.place, stages.width)
    top.add(ScalarNode(prefix, quoted=False, place=key.place, width=key.width), group)
    put(line, key, top)


def _key(node: MapNode, name: str) -> ScalarNode:
    key = node.key(name)
    assert key is not None
    return key
