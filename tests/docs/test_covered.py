"""What the page of organisations says of which procedures each overlay is for."""

from __future__ import annotations

from inprocap_flow.language.load import load_organisation
from tests.docs.covered import DEFINITIONS, PAGE, shown_table, table, without_lots, written_for

WITHOUT_LOTS = {
    ("example-rules", "open-lots"): "`example-rules`, lots",
}
"""Left out on purpose, and the words under which the page says why."""


def test_the_page_lists_what_the_overlays_are_written_for() -> None:
    assert shown_table() == table()


def test_an_overlay_covers_a_procedure_with_lots_too_or_the_page_says_why_not() -> None:
    assert set(without_lots()) == set(WITHOUT_LOTS)
    page = PAGE.read_text(encoding="utf-8")
    assert [said for said in WITHOUT_LOTS.values() if said not in page] == []


def test_every_overlay_is_for_procedures_that_are_shipped_and_has_scenarios_or_is_played_with_another() -> None:
    for overlay, procedures in written_for().items():
        assert [one for one in procedures if not (DEFINITIONS / f"{one}.yaml").is_file()] == []
        played = sorted((DEFINITIONS / "overlays").glob(f"{overlay}.*.test.yaml"))
        assert played, overlay


def test_an_overlay_that_is_called_like_an_organisation_is_one_that_this_uses() -> None:
    """`release NAME` takes both: nobody shall release house rules that no case of the house follows."""
    for overlay in written_for():
        file = DEFINITIONS / "organisations" / f"{overlay}.yaml"
        if file.is_file():
            organisation, _ = load_organisation(file, (DEFINITIONS,))
            assert overlay in [one.name for one in organisation.overlays]
