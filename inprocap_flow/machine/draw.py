"""Pictures of a definition as text: Mermaid and DOT, one line (main line or kind of track) at a time.

Stages lie within their groups, labels are titles, the current state is marked by colour, a thick border and a word:
nobody has to tell colours apart. Who fires a step is told by the arrow: people solid, the system dashed. A step that
leaves every stage of a group is one arrow from the group; one that stays where it is stands in the box, after a plus.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from textwrap import wrap

from inprocap_flow.language.expressions.aloud import read_aloud
from inprocap_flow.language.model import CASE, Definition, Line, Stage, Step, said
from inprocap_flow.machine.table import SAME, LineTable, Machine

WIDTH = 24  # characters of a line in a label
MOST_STAYING = 6  # steps that stay, listed in one box
HERE = "you are here"
# Okabe and Ito's colours stay apart for every kind of colour vision; brightness differs too.
FILL, FILL_FINAL, FILL_HERE, EDGE, EDGE_SYSTEM, GROUP = "#FFFFFF", "#E8E8E8", "#F0E442", "#000000", "#0072B2", "#F7F7F7"


class Arrow:
    """A step from one state to another, with the branch it takes."""

    __slots__ = ("branch", "source", "step", "target")

    def __init__(self, step: Step, source: str, target: str, branch: int) -> None:
        self.step, self.source, self.target, self.branch = step, source, target, branch

    @property
    def automatic(self) -> bool:
        return self.step.is_automatic or self.step.is_system or self.step.is_linked


def dot(machine: Machine, kind: str = CASE, *, current: str | None = None, language: str = "en") -> str:
    """Return the line of *kind* as a DOT graph; *current* is the address of the state to mark."""
    line, table = machine.definition.line(kind), machine.table(kind)
    body = [*_dot_stages(line, line_tops(line), current, language), *_dot_start(table)]
    body += [_dot_edge(line, arrows, language) for arrows in bundled(line, table)]
    title = _dot_text([said(line.title, language), _legend(language)])
    return "\n".join([
        f"digraph {_dot_id(kind or 'case')} {{",
        f'  graph [rankdir=TB, compound=true, nodesep=0.3, ranksep=0.45, labelloc=t, fontsize=13, label="{title}"];',
        '  graph [fontname="Arial,sans-serif"];',
        f'  node [shape=box, style="rounded,filled", fillcolor="{FILL}", margin="0.2,0.08",',
        '    fontname="Arial,sans-serif", fontsize=11];',
        f'  edge [fontname="Arial,sans-serif", fontsize=9, color="{EDGE}"];',
        *(f"  {text}" for text in body),
        "}",
        "",
    ])  # fmt: skip


def mermaid(machine: Machine, kind: str = CASE, *, current: str | None = None, language: str = "en") -> str:
    """Return the line of *kind* as a Mermaid state diagram; *current* is the address of the state to mark."""
    line, table = machine.definition.line(kind), machine.table(kind)
    text = ["stateDiagram-v2", f"  %% {said(line.title, language)}: {_legend(language)}"]
    text += [f"  {part}" for part in _mermaid_stages(line, line_tops(line), current, language)]
    text.append(f"  [*] --> {_mermaid_id(table.begins)}")
    for arrows in bundled(line, table):
        source, target = _mermaid_id(arrows[0].source), _mermaid_id(arrows[0].target)
        text.append(f"  {source} --> {target} : {_mermaid_text('; '.join(labels(arrows, language)))}")
    for address in line.stages:
        stays = "; ".join(said(step.title, language) or pretty(step.name) for step in staying(line, address))
        text += [f"  {_mermaid_id(address)} --> {_mermaid_id(address)} : {_mermaid_text(stays)}"] if stays else []
    text += [f"  {_mermaid_id(final)} --> [*]" for final in table.finals]
    text.append(f"  classDef here fill:{FILL_HERE},stroke:#000000,stroke-width:4px,color:#000000")
    text.append(f"  classDef final fill:{FILL_FINAL},stroke:#000000,stroke-dasharray:4 2,color:#000000")
    text += [f"  class {_mermaid_id(final)} final" for final in table.finals if final != current]
    if current is not None:
        text.append(f"  class {_mermaid_id(current)} here")
    return "\n".join([*text, ""])


def kinds(definition: Definition) -> tuple[str, ...]:
    """Return the lines that can be drawn: the main line, then every kind of track."""
    return (CASE, *definition.tracks)


def line_tops(line: Line) -> tuple[str, ...]:
    """Return the stages of *line* that lie in no other."""
    return tuple(address for address in line.stages if "." not in address)


def bundled(line: Line, table: LineTable) -> list[list[Arrow]]:
    """Return the arrows of a line; those between the same two places together, so that they share one label."""
    found: dict[tuple[str, str, bool], list[Arrow]] = {}
    for arrow in _arrows(line, table):
        found.setdefault((arrow.source, arrow.target, arrow.automatic), []).append(arrow)
    return list(found.values())


def _arrows(line: Line, table: LineTable) -> Iterator[Arrow]:
    for step in line.steps.values():
        for branch, way in enumerate(step.targets):
            if way.to != SAME and step.sources:
                target = table.moves[step.sources[0]][step.name][branch]
                yield from (Arrow(step, source, target, branch) for source in _grouped(line, step.sources, target))


def _grouped(line: Line, sources: tuple[str, ...], target: str) -> list[str]:
    """Return *sources* with the groups that are whole in place of their stages, the outermost first."""
    left, groups = list(sources), []
    for address, stage in line.stages.items():
        leaves = _going_on(line, address)
        if not stage.is_leaf and len(leaves) > 1 and set(leaves) <= set(left) and not target.startswith(f"{address}."):
            groups.append(address)
            left = [leaf for leaf in left if leaf not in leaves]
    return [*groups, *left]


def _going_on(line: Line, address: str) -> tuple[str, ...]:
    return tuple(leaf for leaf in line.leaves_under(address) if line.stages[leaf].final is None)


def staying(line: Line, address: str) -> tuple[Step, ...]:
    """Return the steps that stay where they are in every stage of *address*, but for those that its group lists."""
    group = address.rpartition(".")[0]
    return tuple(step for step in _staying_in(line, address) if not group or step not in _staying_in(line, group))


def _staying_in(line: Line, address: str) -> list[Step]:
    leaves = set(_going_on(line, address))
    stays = (step for step in line.steps.values() if any(way.to == SAME for way in step.targets))
    return [step for step in stays if leaves and leaves <= set(step.sources)]


def labels(arrows: Iterable[Arrow], language: str) -> list[str]:
    """Return what stands at arrows: the titles of their steps, with the branch where there are several."""
    return list(dict.fromkeys(_label(arrow, language) for arrow in arrows))


def _label(arrow: Arrow, language: str) -> str:
    title = said(arrow.step.title, language) or pretty(arrow.step.name)
    if len(arrow.step.targets) == 1:
        return title
    when = arrow.step.targets[arrow.branch].when
    return f"{title} [{read_aloud(when, _plain) if when is not None else 'otherwise'}]"


def _plain(_kind: str, name: str) -> str:
    """Return a name in an expression as words; titles would fill the picture."""
    return name.rpartition(".")[2].replace("_", " ")


def pretty(name: str) -> str:
    """Return a name as words: ``send_call`` is ``Send call``."""
    return name.rpartition(".")[2].replace("_", " ").capitalize()


def stage_title(stage: Stage, language: str) -> str:
    """Return the title of *stage* in a picture."""
    return said(stage.title, language) or pretty(stage.address)


def _legend(language: str) -> str:
    words = {
        "de": "gestrichelt: von selbst; dick: aus der ganzen Gruppe; +: bleibt",
        "fr": "en pointillé : de soi-même ; épais : de tout le groupe ; + : sans changer d'étape",
    }
    return words.get(language, "dashed: by itself; thick: from the whole group; +: stays here")


# ---------------------------------------------------------------------------------------------------- DOT


def _dot_stages(line: Line, addresses: Iterable[str], current: str | None, language: str) -> Iterator[str]:
    for address in addresses:
        stage = line.stages[address]
        title = stage_title(stage, language)
        if stage.is_leaf:
            yield _dot_leaf(stage, title, _dot_staying(line, address, language), here=address == current)
            continue
        yield f"subgraph {_dot_id('cluster_' + address)} {{"
        yield f'  label="{_dot_text([title])}\\l{_dot_staying(line, address, language)}"; labelloc=t; labeljust=l;'
        yield f'  style="rounded,filled"; fillcolor="{GROUP}"; color="#666666";'
        yield '  fontname="Arial,sans-serif"; fontsize=13;'
        yield from (f"  {text}" for text in _dot_stages(line, stage.children, current, language))
        yield "}"


def _dot_staying(line: Line, address: str, language: str) -> str:
    """Return the lines that list what can be done without leaving, ready for a label."""
    titles = [said(step.title, language) or pretty(step.name) for step in staying(line, address)]
    shown = titles[:MOST_STAYING] + ([f"{len(titles) - MOST_STAYING} more"] if len(titles) > MOST_STAYING else [])
    lines = [part for title in shown for part in wrap(f"+ {title}", WIDTH + 6, subsequent_indent="   ")]
    return "".join(f"{_dot_text([part])}\\l" for part in lines)


def _dot_leaf(stage: Stage, title: str, listed: str, *, here: bool) -> str:
    said_so = wrap(title, WIDTH) + ([f"({HERE})"] if here else [])
    text = _dot_text(said_so) + (f"\\n{listed}" if listed else "")
    marks = {"label": text, "id": f"state-{stage.address}"}
    if stage.final is not None:
        marks |= {"fillcolor": FILL_FINAL, "peripheries": "2"}
    if here:
        marks |= {"fillcolor": FILL_HERE, "penwidth": "3", "class": "here"}
    written = ", ".join(f'{name}="{value}"' for name, value in marks.items())
    return f"{_dot_id(stage.address)} [{written}];"


def _dot_start(table: LineTable) -> Iterator[str]:
    yield 'start [shape=circle, label="", width=0.18, fillcolor="#000000"];'
    yield f"start -> {_dot_id(table.begins)};"


def _dot_edge(line: Line, arrows: list[Arrow], language: str) -> str:
    source, target = arrows[0].source, arrows[0].target
    # A space at each end keeps the words off the arrow.
    lines = [f" {part} " for label in labels(arrows, language) for part in wrap(label, WIDTH + 4)]
    marks = f'label="{_dot_text(lines)}"'
    if not line.stages[source].is_leaf:
        marks += f", ltail={_dot_id('cluster_' + source)}, penwidth=2"
        source = _going_on(line, source)[-1]
    if arrows[0].automatic:
        marks += f', style=dashed, color="{EDGE_SYSTEM}", fontcolor="{EDGE_SYSTEM}"'
    return f"{_dot_id(source)} -> {_dot_id(target)} [{marks}];"


def _dot_id(name: str) -> str:
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _dot_text(lines: Iterable[str]) -> str:
    escaped = (line.replace("\\", "\\\\").replace('"', '\\"') for line in lines)
    return "\\n".join(escaped)


# ------------------------------------------------------------------------------------------------ Mermaid


def _mermaid_stages(line: Line, addresses: Iterable[str], current: str | None, language: str) -> Iterator[str]:
    for address in addresses:
        stage = line.stages[address]
        title = stage_title(stage, language) + (f" ({HERE})" if address == current else "")
        yield f'state "{_mermaid_text(title)}" as {_mermaid_id(address)}'
        if not stage.is_leaf:
            yield f"state {_mermaid_id(address)} {{"
            yield from (f"  {text}" for text in _mermaid_stages(line, stage.children, current, language))
            yield "}"


def _mermaid_id(address: str) -> str:
    # No part of an address begins or ends with an underscore, so this stays one to one; no id is a word of Mermaid.
    return "s_" + address.replace(".", "__")


# A colon, semicolon or quote ends a label in Mermaid, a number sign begins an entity; entities do no harm.
_ENTITIES = str.maketrans({"#": "#35;", '"': "#quot;", ";": "#59;", ":": "#58;", "\n": " "})


def _mermaid_text(text: str) -> str:
    return text.translate(_ENTITIES)
