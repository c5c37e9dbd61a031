import re
from random import Random

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


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([0.01, 0.2, 0.6, 1.0]), st.sampled_from([6, 600]))
def test_long_texts_are_cut_and_joined_back_they_give_both(seed: int, rate: float, vocabulary: int) -> None:
    dice = Random(seed)  # noqa: S311 made-up texts
    words = [f"w{one}" for one in range(vocabulary)]
    old = [dice.choice(words) + dice.choice(["", "", "", ".", "\n"]) for _ in range(1500)]
    new = [dice.choice(words) if dice.random() < rate else one for one in old if dice.random() > rate / 4]
    changes = ops(" ".join(old), " ".join(new))
    assert "".join(op.text for op in changes if op.kind is not OpKind.INSERT) == " ".join(old)
    assert "".join(op.text for op in changes if op.kind is not OpKind.DELETE) == " ".join(new)


def test_one_word_in_a_long_text_that_repeats_itself_is_one_change() -> None:
    old = " ".join(["Partijen leggen vast wat zij doen."] * 400)
    new = old[:6000] + old[6000:].replace("vast", "alles vast", 1)
    changed = [op for op in ops(old, new) if op.kind is not OpKind.EQUAL]
    assert [(op.kind, op.text.strip()) for op in changed] == [(OpKind.INSERT, "alles")]


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
