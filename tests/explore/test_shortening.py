"""A story that shows a fault keeps of many values tried in vain only those on which it hangs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import pytest

from inprocap_flow.engine.case.binding import Binding
from inprocap_flow.errors import Place
from inprocap_flow.language.scenarios import Deed
from inprocap_flow.service.counterexamples import shortening

TRIED = [Deed("fill", {"places": str(number)}, Place("story")) for number in range(40)]


@pytest.mark.parametrize("needed", [(), (7,), (7, 30)])
def test_values_tried_in_vain_are_left_out_however_many(needed: Sequence[int], monkeypatch: pytest.MonkeyPatch) -> None:
    played: list[int] = []

    def holds(deeds: Sequence[Deed], _: Binding) -> bool:
        played.append(len(deeds))
        return all(any(one is TRIED[number] for one in deeds) for number in needed)

    monkeypatch.setattr(shortening, "holds", holds)
    kept = shortening.shortened(TRIED, cast("Binding", None))
    assert holds(kept, cast("Binding", None))
    assert kept[-1] is TRIED[-1]
    assert len(kept) <= (1, 4, 12)[len(needed)]
    assert len(played) <= shortening.MOST_TRIED + 1
