"""Lines that `polder play` tells."""

import pytest

from cli.playstory import story_line


@pytest.mark.parametrize(
    ("parts", "line"),
    [
        ([], ""),
        (["Too little was offered."], "Too little was offered."),
        (["ngo", "The balance is broken: NGOs: 0 (at least 1).", "Too little was offered."],
         "ngo: The balance is broken: NGOs: 0 (at least 1): Too little was offered."),
    ],
)  # fmt: skip
def test_a_sentence_before_a_colon_has_no_full_stop(parts: list[str], line: str) -> None:
    assert story_line(parts) == line
