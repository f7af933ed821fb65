"""How titles stand inside the sentences of files that are started."""

import pytest

from inprocap_flow.service.starting.words import in_a_sentence


@pytest.mark.parametrize(
    ("title", "within"),
    [
        ("Approving authority", "approving authority"),
        ("Director General", "Director General"),
        ("CERN council", "CERN council"),
        ("Geschäftsführung der Anlage", "Geschäftsführung der Anlage"),
        ("", ""),
    ],
)
def test_a_title_loses_its_capital_inside_a_sentence_but_a_name_keeps_them(title: str, within: str) -> None:
    assert in_a_sentence(title) == within
