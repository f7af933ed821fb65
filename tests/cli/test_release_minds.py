"""What a release of many procedures and organisations tells to mind: counted, not pair by pair."""

from __future__ import annotations

from inprocap_flow.cli.definitions_minded import lacking_lines, unfit_lines, unused_lines
from inprocap_flow.service.applying import Lacking
from inprocap_flow.service.fitting import Unfit


def _unfit(procedures: int, organisations: int) -> tuple[Unfit, ...]:
    return tuple(
        Unfit(f"way-{p}", f"house-{o}", "too-few-people", "nobody holds legal", "name somebody")
        for p in range(procedures)
        for o in range(organisations)
    )


def test_many_pairs_that_lack_something_are_counted_by_organisation() -> None:
    said = list(unfit_lines(_unfit(30, 7)))
    assert len(said) < 20
    text = "\n".join(said)
    assert text.count("Mind:") == 1
    assert "house-0, for way-0, way-1, way-2, way-3, way-4 and 25 more" in text
    assert "and 2 more organisations" in text
    assert said[-1] == "See what:  inprocap-flow check way-0 --organisation house-0"


def test_a_few_pairs_are_told_one_by_one_with_what_they_lack() -> None:
    text = "\n".join(unfit_lines(_unfit(3, 1)))
    assert text.count("does not have what") == text.count("nobody holds legal (too-few-people)") == 3


def test_an_overlay_that_is_not_released_is_told_once_for_all_the_procedures_that_wait_for_it() -> None:
    waiting = [Lacking(f"way-{n}", "house", "its overlay own is not released", "inprocap-flow release own")
               for n in range(9)]  # fmt: skip
    text = "\n".join(lacking_lines(tuple(waiting)))
    assert text.count("Mind: house cannot open way-0, way-1") == text.count("Mind:") == 1


def test_many_procedures_that_are_not_used_are_one_line_of_names() -> None:
    unused = tuple(
        Unfit(f"way-{n}", "house", "not-used-here", f"house does not use way-{n}", "add it") for n in range(9)
    )
    text = "\n".join(unused_lines(unused))
    assert text.count("Mind:") == 1
    assert "house does not use 9 of them" in text
