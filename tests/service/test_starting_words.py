"""How titles stand inside the sentences of files that are started."""

import pytest

from inprocap_flow.service.starting.words import inside


@pytest.mark.parametrize(
    ("title", "in_a_sentence"),
    [
        ("Approving authority", "approving authority"),
        ("Director General", "Director General"),
        ("CERN council", "CERN council"),
        ("Geschäftsführung der Anlage", "Geschäftsführung der Anlage"),
        ("", ""),
    ],
)
def test_a_title_loses_its_capital_inside_a_sentence_but_a_name_keeps_them(title: str, in_a_sentence: str) -> None:
    assert inside(title) == in_a_sentence
