"""`rename` and `translate`: what things are called, and nothing else of them."""

from __future__ import annotations

from collections.abc import Iterator

from inprocap_flow.language.marks import MapNode, Node, NodePath, ScalarNode
from inprocap_flow.language.model import CASE
from inprocap_flow.language.overlays.editing import (
    at,
    changed_at,
    line_path,
    lines_of,
    mapping,
    reaching,
    with_entry,
    word,
)
from inprocap_flow.language.overlays.site import Site
from inprocap_flow.language.resolve.parts import in_words
from inprocap_flow.language.schema.messages import did_you_mean

OF_ALL = ("roles", "tracks")
OF_LINES = ("stages", "fields", "documents", "steps", "approvals", "deadlines")


def give_names(site: Site) -> None:
    """Give everything under `rename` and `translate` its text."""
    _sections(site, ("rename",), None)
    translations = site.root.get("translate")
    for language in translations.keys() if isinstance(translations, MapNode) else ():
        _sections(site, ("translate", language), language)


def _sections(site: Site, path: NodePath, language: str | None) -> None:
    for section in (*OF_ALL, *OF_LINES):
        names = at(site.root, (*path, section))
        for key, text in names.entries if isinstance(names, MapNode) else ():
            where = _where(site.nodes, section, key.value)
            if where is None:
                site.pass_over((*path, section, key.value), f"`{key.value}` is none of the {section}",
                               _meant(site, section, key.value))  # fmt: skip
                continue
            said = text if language is None or isinstance(text, MapNode) else mapping(text.place, **{language: text})
            _name(site, where, said)


def _meant(site: Site, section: str, name: str) -> str:
    """Return which name was probably meant; for a milestone in the place of a step the steps that reach it."""
    steps = (
        [str(path[-1]) for _, path, _ in reaching(site.nodes, name) if section in path] if section == "steps" else []
    )
    if steps:
        return f"That is a milestone; it is reached by the step `{'`, `'.join(steps)}`."
    return did_you_mean(name, list(_known(site.nodes, section)))


def _where(root: MapNode, section: str, name: str) -> NodePath | None:
    """Return where the thing *name* is: on the case, else on the one kind of track that has it, or is named first."""
    if section in OF_ALL:
        return (section, name) if isinstance(at(root, (section, name)), MapNode) else None
    found = [line for line, _ in lines_of(root) if _below(root, line, section, name) is not None]
    if CASE in found or len(found) == 1:
        line = CASE if CASE in found else found[0]
        return _below(root, line, section, name)
    owner, _, bare = name.partition(".")
    return _below(root, owner, section, bare) if bare and at(root, ("tracks", owner)) is not None else None


def _below(root: MapNode, line: str, section: str, name: str) -> NodePath | None:
    path = line_path(line)
    if section == "stages":
        below: NodePath = tuple(one for part in name.split(".") for one in ("stages", part))
    else:
        below = (section, name)
    begins = at(root, (*path, "begins", "step"))
    if section == "steps" and isinstance(begins, ScalarNode) and begins.value == name:
        below = ("begins",)
    return (*path, *below) if isinstance(at(root, (*path, *below)), MapNode) else None


def _known(root: MapNode, section: str) -> Iterator[str]:
    for line, node in lines_of(root):
        names = node.get(section)
        if isinstance(names, MapNode) and (section not in OF_ALL or line == CASE):
            yield from names.keys()


def _name(site: Site, path: NodePath, text: Node) -> None:
    """Set the title of what stands at *path* to *text*: in its languages; other languages keep what they say."""
    language = site.base_doc.language
    node = at(site.nodes, path)
    assert isinstance(node, MapNode)
    old = node.get("title") or word(in_words(str(path[-1])), _key(site.nodes, path).place)
    words = old if isinstance(old, MapNode) else mapping(old.place, **{language: old})
    more = text if isinstance(text, MapNode) else mapping(text.place, **{language: text})
    for key, said in more.entries:
        words = _with_text(words, key, said)
    key = word("title", text.place)
    site.nodes = changed_at(site.nodes, path, lambda thing: with_entry(thing, key, words))


def _key(root: MapNode, path: NodePath) -> ScalarNode:
    """Return the key under which what stands at *path* is declared, with its place."""
    parent = at(root, path[:-1])
    assert isinstance(parent, MapNode)
    return next(key for key, _ in parent.entries if key.value == path[-1])


def _with_text(words: MapNode, language: ScalarNode, text: Node) -> MapNode:
    """Return *words* with *text* in a language, in its old place; the key stands where the text does."""
    new = MapNode([], words.place, words.width)
    for key, old in words.entries:
        new.add(*((language, text) if key.value == language.value else (key, old)))
    if language.value not in words:
        new.add(language, text)
    return new
