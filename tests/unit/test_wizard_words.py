"""What forms say of what was typed: never the text itself as a program writes it, always the field."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.covenant import CovenantFile
from runtime.explaining import fitted
from web.launching.fields import put
from web.launching.naming import FIELDS, nearest
from web.launching.state import SHELVES, LaunchState, survey, unreachable

TODAY = date(2027, 1, 4)
TYPED = st.text(st.characters(exclude_categories=("C", "Z", "N")), min_size=3, max_size=40)
PLACES = [
    ("covenant", "start"), ("covenant", "book.term_years"), ("covenant", "book.thresholds.market_share"),
    ("constituencies", "minimum"), ("steps", "duration"), ("people", "email"), ("participants", "market_share"),
]  # fmt: skip


@given(place=st.sampled_from(PLACES), typed=TYPED)
def test_what_does_not_fit_is_named_and_not_echoed(place: tuple[str, str], typed: str) -> None:
    page, path = place
    state = LaunchState()
    if page in SHELVES:
        item = {"key": "abcd"}
        put(item, path, f"¤{typed}")
        state.shelf(page).append(item)
    elif path.startswith("book."):
        put(state.playbook, path.removeprefix("book."), f"¤{typed}")
    else:
        put(state.covenant, path, f"¤{typed}")
    said = [one for one in survey(state, TODAY).on(page) if one.field == path]
    label = FIELDS[page][path].label
    assert len(said) == 1
    for text, named, start, first in (
        (said[0].words.nl, said[0].named.nl, "Verwacht: ", label.nl),
        (said[0].words.en, said[0].named.en, "Expected: ", label.en),
    ):
        assert text.startswith(start)
        assert named.startswith(f"{first}: ")
        assert "¤" not in text + named


def test_of_what_is_left_empty_files_say_what_was_got_and_forms_only_know_that_it_is_empty() -> None:
    _, problems = fitted(CovenantFile, {"slug": "", "people": []})
    found = {one.path: one for one in problems}
    assert found["slug"].empty
    assert found["people"].empty
    assert found["title"].empty
    assert found["slug"].words.en.startswith("got nothing; expected: lower-case letters")
    _, unfit = fitted(CovenantFile, {"slug": "Not"})
    wrong = next(one for one in unfit if one.path == "slug")
    assert not wrong.empty
    assert wrong.wanted is not None
    assert "Not" not in wrong.wanted.en


@pytest.mark.parametrize("page", list(FIELDS))
def test_every_field_that_must_be_filled_is_asked_for_in_both_languages(page: str) -> None:
    for name, field in FIELDS[page].items():
        assert nearest(name, list(FIELDS[page])) == name
        if field.ask is not None:
            assert field.ask.nl.startswith(("Geef ", "Kies "))
            assert field.ask.en.startswith(("Give ", "Choose "))


@pytest.mark.parametrize(
    ("email", "reaches"),
    [
        ("a@example.org", False), ("A@Example.COM", False), ("a@mail.example.net ", False), ("a@bank.example", False),
        ("a@example.nl", True), ("a@myexample.org", True), ("a@example.org.nl", True), ("", True),
    ],
)  # fmt: skip
def test_addresses_of_nobody_are_counted(email: str, *, reaches: bool) -> None:
    state = LaunchState(covenant={"people": [{"key": "abcd", "email": email}], "participants": [{"key": "bcde"}]})
    assert unreachable(state) == (0 if reaches else 1)
