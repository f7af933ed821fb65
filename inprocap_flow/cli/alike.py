"""Cases of which the same is to be said: it is said once, for all of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from inprocap_flow.cli import layout


@dataclass(frozen=True, slots=True)
class Block:
    """One case: its id and title, where it stands, and the lines that are to be said of it, ready to be printed."""

    head: str
    where: str
    says: tuple[str, ...]


def together(blocks: Iterable[Block]) -> Iterator[str]:
    """Yield the cases with what is said of them, an empty line before each; cases with the same text are one group.

    Groups come in the order of their first case: what is said first, then the cases, under where they stand.
    """
    groups: dict[tuple[str, ...], list[Block]] = {}
    for block in blocks:
        groups.setdefault(block.says, []).append(block)
    for says, group in groups.items():
        yield ""
        yield from _alone(group[0]) if len(group) == 1 else _group(says, group)


def _alone(block: Block) -> Iterator[str]:
    yield from layout.wrapped(block.head)
    yield from layout.wrapped(block.where, "  ")
    yield from block.says


def _group(says: tuple[str, ...], group: list[Block]) -> Iterator[str]:
    yield f"The same for {len(group)} cases" if says else f"{len(group)} cases"
    yield from says
    for where in dict.fromkeys(block.where for block in group):
        yield from layout.wrapped(where, "  ")
        for block in group:
            if block.where == where:
                yield from layout.wrapped(block.head, "    ")
