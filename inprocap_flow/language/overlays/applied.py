"""A procedure with its overlays: read, applied in their order, each time checked and resolved; the one door to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from inprocap_flow.errors import Place, Problem
from inprocap_flow.language.checks import overlay_weakens
from inprocap_flow.language.checks.finding import Around, problem
from inprocap_flow.language.documents import refuse
from inprocap_flow.language.files import Library, folders_for
from inprocap_flow.language.marks import MapNode
from inprocap_flow.language.model import AppliedOverlay, Definition
from inprocap_flow.language.overlays.declarations import declare
from inprocap_flow.language.overlays.document import overlay_of, read_overlay
from inprocap_flow.language.overlays.editing import with_entry, word
from inprocap_flow.language.overlays.effects import check_effects
from inprocap_flow.language.overlays.inserting import insert_all
from inprocap_flow.language.overlays.lengthening import lengthen_all
from inprocap_flow.language.overlays.milestones import add_at_milestones
from inprocap_flow.language.overlays.naming import give_names
from inprocap_flow.language.overlays.narrowing import narrowed
from inprocap_flow.language.overlays.reminding import remind_all
from inprocap_flow.language.overlays.roles import replace_roles
from inprocap_flow.language.overlays.site import Site
from inprocap_flow.language.procedures import Whole, read_whole, resolve_whole
from inprocap_flow.language.resolve.desk import HookLookup, no_hooks
from inprocap_flow.language.schema.overlay import EffectiveDoc, OverlayDoc
from inprocap_flow.language.schema.report import locate, validate
from inprocap_flow.records import changed

Search = Sequence[Path | str]
MOST_OVERLAYS = 2  # national, then the organisation's own (ruling 14)


@dataclass(frozen=True, slots=True)
class Layer:
    """A procedure with the overlays applied so far; the first layer is the procedure as it is written."""

    whole: Whole
    definition: Definition
    problems: tuple[Problem, ...]
    done: dict[tuple[str, str], Place] = field(default_factory=dict)
    passed_over: tuple[Problem, ...] = ()
    replaced: Mapping[str, str] = field(default_factory=dict)


def load_applied(
    procedure_path: Path | str,
    overlay_paths: Sequence[Path | str],
    search: Search = (),
    *,
    hook_lookup: HookLookup = no_hooks,
) -> Definition:
    """Return the procedure of *procedure_path* as it is with the overlays of *overlay_paths*, in whatever order given.

    Without overlays it is the procedure as `load_procedure` gives it. At most one is national and one an
    organisation's own; the national one is applied first. Raises InvalidInput with every problem of every file.
    """
    definition, library, problems = resolve_applied(Path(procedure_path), overlay_paths, search, hook_lookup)
    refuse(library, problems)
    return definition


def resolve_applied(
    procedure_path: Path | str,
    overlay_paths: Sequence[Path | str],
    search: Search = (),
    hook_lookup: HookLookup = no_hooks,
) -> tuple[Definition, Library, list[Problem]]:
    """Return the effective definition with its library and the problems found while it was resolved.

    Raises InvalidInput for what must be right before that: each file by itself, the procedure, and the result of
    each overlay before the next one is applied.
    """
    layers, library = layers_of(procedure_path, overlay_paths, search, hook_lookup)
    last = layers[-1]
    return last.definition, library, list(last.problems)


def layers_of(
    procedure_path: Path | str,
    overlay_paths: Sequence[Path | str],
    search: Search = (),
    hook_lookup: HookLookup = no_hooks,
) -> tuple[tuple[Layer, ...], Library]:
    """Return the procedure by itself, with the first overlay, and with both. Raises as `resolve_applied` does."""
    path = Path(procedure_path)
    library = Library(folders_for(path, search))
    whole = read_whole(library, path)
    layers = [Layer(whole, *_pair(resolve_whole(library, whole, hook_lookup)))]
    for doc, root in _in_order(library, [Path(one) for one in overlay_paths]):
        refuse(library, layers[-1].problems)
        layers.append(_applied(library, layers[-1], doc, root, hook_lookup))
    return tuple(layers), library


def _pair(resolved: tuple[Definition, list[Problem]]) -> tuple[Definition, tuple[Problem, ...]]:
    return resolved[0], tuple(resolved[1])


def _in_order(library: Library, paths: Sequence[Path]) -> list[tuple[OverlayDoc, MapNode]]:
    """Return the overlays, the national one first. Raises InvalidInput if there are two of a kind."""
    read = sorted((read_overlay(library, path) for path in paths), key=lambda one: one[0].national is None)
    for (first, first_root), (second, root) in pairwise(read):
        if (first.national is None) == (second.national is None):
            kind = "own overlay of an organisation" if second.national is None else "national overlay"
            place, width = locate(root, ("overlay",))
            other = locate(first_root, ("overlay",))[0]
            fact = f"`{second.overlay}` and `{first.overlay}` ({other}) are both the {kind}."
            mend = (
                "Apply one of each kind: move the sections of one file into the other, add what stands under its "
                "`for:`, and take it out of `overlays:` of the organisation; or let one end (`until:`) "
                "before the other begins."
            )
            refuse(library, [Problem(place, "overlays-two", fact, mend, width=width)])
    return read


def _applied(library: Library, below: Layer, doc: OverlayDoc, root: MapNode, hook_lookup: HookLookup) -> Layer:
    """Return *below* with one overlay applied, resolved. Raises InvalidInput for what keeps it from being resolved."""
    site = _site(library, below, doc, root)
    refuse(library, site.problems)
    for part in PARTS:
        part(site)
    refuse(library, site.problems)
    effective, problems = validate(EffectiveDoc, site.nodes)
    refuse(library, problems)
    assert effective is not None
    whole = Whole(effective, site.nodes, site.handed, below.whole.problems, (*below.whole.files, root))
    definition, problems = resolve_whole(library, whole, hook_lookup)
    definition = _named(definition, below.definition, doc, root)
    if not any(problem.severity == "error" for problem in problems):
        problems += _weaker(library, below.definition, definition, site)
    return Layer(whole, definition, tuple(problems), site.done, tuple(site.passed_over), site.replaced)


def _site(library: Library, below: Layer, doc: OverlayDoc, root: MapNode) -> Site:
    """Return where *doc* is applied to *below*, narrowed to that procedure; problems if it was not written for it."""
    base = below.whole.doc
    versions = doc.for_.get(base.procedure)
    mine = narrowed(root, base.procedure, doc.language, base.language)
    narrow, problems = validate(OverlayDoc, mine)
    site = Site(library, narrow or doc, mine, base, below.definition, below.whole.root, below.whole.handed,
                dict(below.done), problems)  # fmt: skip
    if versions is None:
        fact = f"`{doc.overlay}` was not written for `{base.procedure}`."
        site.say(("for",), "overlay-not-for", fact, f"Add `{base.procedure}: {base.version}` when you have read it.")
    elif base.version not in versions:
        fact = f"It was written for `{base.procedure}` {', '.join(versions)}; this is {base.version}."
        mend = f"Read what changed, then add {base.version} to the versions."
        site.say(("for", base.procedure), "overlay-version", fact, mend)
    return site


def _grant(site: Site) -> None:
    """Take over the derogations: they are read like everything else when the result is resolved."""
    section = site.root.get("derogations")
    for key, value in section.entries if isinstance(section, MapNode) else ():
        there = site.nodes.get("derogations")
        old = there if isinstance(there, MapNode) else MapNode([], key.place)
        first = old.key(key.value)
        if first is not None:
            fact = f"The derogation `{key.value}` is declared already; the first is {first.place}."
            site.say(("derogations", key.value), "declared-twice", fact, "Choose another name.", on_key=True)
            continue
        top = word("derogations", site.place("derogations"))
        site.nodes = with_entry(site.nodes, top, with_entry(old, key, value))


PARTS = (
    check_effects,
    declare,
    insert_all,
    add_at_milestones,
    lengthen_all,
    remind_all,
    _grant,
    replace_roles,
    give_names,
)
"""What is done with an overlay, in this order."""


def _weaker(library: Library, base: Definition, definition: Definition, site: Site) -> list[Problem]:
    """Return what the result asks less than *base* does: nothing, if each part was judged rightly when applied."""
    around = Around(base=base, replaced=site.replaced)
    found = overlay_weakens.check(definition, around)
    return [problem(one, overlay_weakens.CODE, overlay_weakens.SEVERITY, definition, library.sources) for one in found]


def _named(definition: Definition, below: Definition, doc: OverlayDoc, root: MapNode) -> Definition:
    """Return *definition* with the name of the overlay in it, and where that is written."""
    one = overlay_of(doc, root)
    place, _ = locate(root, ("overlay",))
    overlays = (*below.overlays, AppliedOverlay(one.name, one.version, one.title, one.national))
    origins = dict(definition.origins) | {
        name: said for name, said in below.origins.items() if name.startswith("overlays.")
    }
    origins[f"overlays.{one.name}"] = f"{place.file}:{place.line}"
    return changed(definition, overlays=overlays, origins=origins)
