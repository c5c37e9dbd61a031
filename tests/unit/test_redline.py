import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.redline import Op, OpKind, ops, to_html, to_text

OLD = "1. Partijen spannen zich in om binnen zes maanden 55% te halen, na overleg met het waterschap."
NEW = "1. Partijen verplichten zich om binnen negen maanden 60% te halen, na overleg met het waterschap en de gemeente."
TEXTS = st.text(max_size=60) | st.lists(
    st.sampled_from(["de", "partij", "55%", "2.030,50", "Noord-Holland", " ", " ", "\n", ",", "é"]), max_size=25
).map("".join)


def test_changes_whole_words() -> None:
    text = to_text(ops(OLD, NEW))
    assert "[-zes-]{+negen+} maanden" in text
    assert "[-55%-]{+60%+}" in text
    assert "waterschap{+ en de gemeente+}." in text


def test_numbers_and_double_names_stay_whole() -> None:
    assert to_text(ops("tot 2.030,50 in Noord-Holland", "tot 2.031,50 in Zuid-Holland")) == (
        "tot [-2.030,50-]{+2.031,50+} in [-Noord-Holland-]{+Zuid-Holland+}"
    )


@settings(max_examples=150, deadline=None)
@given(TEXTS, TEXTS)
def test_joined_back_they_give_both_texts(old: str, new: str) -> None:
    changes = ops(old, new)
    assert "".join(op.text for op in changes if op.kind is not OpKind.INSERT) == old
    assert "".join(op.text for op in changes if op.kind is not OpKind.DELETE) == new
    assert all(op.text for op in changes)
    assert changes == ops(old, new)


@settings(max_examples=30, deadline=None)
@given(TEXTS)
def test_the_same_text_has_no_changes(text: str) -> None:
    assert all(op.kind is OpKind.EQUAL for op in ops(text, text))


@pytest.mark.parametrize(
    ("language", "gone", "added"), [("nl", "verwijderd", "toegevoegd"), ("en", "deleted", "inserted")]
)
def test_html_says_what_changed(language: str, gone: str, added: str) -> None:
    shown = to_html([Op(OpKind.EQUAL, "na "), Op(OpKind.DELETE, "zes"), Op(OpKind.INSERT, "negen")], language)
    assert shown == (
        f'na <del><span class="vh">[{gone}: </span>zes<span class="vh">]</span></del>'
        f'<ins><span class="vh">[{added}: </span>negen<span class="vh">]</span></ins>'
    )


@settings(max_examples=50, deadline=None)
@given(TEXTS, TEXTS)
def test_html_lets_no_markup_through(old: str, new: str) -> None:
    shown = to_html(ops(old + "<script>'\"&", "<b>" + new), "nl")
    assert set(re.findall(r"<[^>]*>", shown)) <= {
        "<br>",
        "<del>",
        "</del>",
        "<ins>",
        "</ins>",
        '<span class="vh">',
        "</span>",
    }


def test_html_breaks_lines_and_refuses_other_languages() -> None:
    assert to_html(ops("a\nb", "a\nb"), "nl") == "a<br>b"
    with pytest.raises(ValueError, match="fr"):
        to_html([], "fr")
