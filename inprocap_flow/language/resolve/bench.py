"""What every part of a step is built with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from inprocap_flow.language.model import Text
from inprocap_flow.language.resolve.desk import Desk
from inprocap_flow.language.resolve.name_table import NameTable


@dataclass(frozen=True, slots=True)
class Bench:
    """What steps are built with: the desk, all names, the titles of notices, the file's language."""

    desk: Desk
    names: NameTable
    language: str
    notice_titles: Mapping[tuple[str, str], str]  # (codelist, code) -> title
    published: Mapping[str, tuple[str, ...]]  # line -> documents that are published some time

    def text(self, text: Mapping[str, str] | None) -> Text:
        """Return text for people by language; plain text is in the file's language."""
        return {code or self.language: words for code, words in (text or {}).items()}

    def leaves(self, line: str, addresses: tuple[str, ...], *, final_too: bool = True) -> tuple[str, ...]:
        """Return the leaf stages that *addresses* stand for, in the order of the line, each once."""
        stages = self.names.lines[line].stages if line in self.names.lines else {}
        leaves = [address for address, stage in stages.items() if not stage.stages]
        if "any" in addresses:
            return tuple(address for address in leaves if final_too or not stages[address].final)
        return tuple(
            leaf for leaf in leaves if any(leaf == address or leaf.startswith(f"{address}.") for address in addresses)
        )

    def entered(self, line: str, address: str) -> str:
        """Return the leaf that is entered when *address* is; an unknown one (said elsewhere) stays as it is."""
        stages = self.names.lines[line].stages
        while address in stages and stages[address].stages:
            address = f"{address}.{next(iter(stages[address].stages))}"
        return address
