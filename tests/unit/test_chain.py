import json
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.base import Words
from models.enums import Stance
from rules.chain import GENESIS, canonical, link, sha256, text_sha, verify

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
HEADERS = st.lists(st.fixed_dictionaries({"what": st.text(max_size=8), "n": st.integers()}), min_size=1, max_size=6)


def chained(headers: list[dict[str, object]]) -> list[dict[str, object]]:
    prev, entries = GENESIS, []
    for header in headers:
        sha = link(header, prev)
        entries.append({**header, "prev": prev, "sha256": sha})
        prev = sha
    return entries


def test_canonical_form() -> None:
    amsterdam = timezone(timedelta(hours=2))
    value = {
        "b": [1, (True, None)],
        "a": datetime(2026, 7, 1, 14, 0, tzinfo=amsterdam),
        "é": Stance.AGREE,
        "d": date(2026, 7, 1),
        "w": Words(nl="ja", en="yes"),
    }
    assert canonical(value).decode() == (
        '{"a":"2026-07-01T12:00:00Z","b":[1,[true,null]],"d":"2026-07-01","w":{"en":"yes","nl":"ja"},"é":"agree"}'
    )


@settings(max_examples=80, deadline=None)
@given(PLAIN)
def test_canonical_json_is_read_back_as_it_was(value: object) -> None:
    assert json.loads(canonical(value)) == value
    assert canonical(json.loads(canonical(value))) == canonical(value)


@settings(max_examples=30, deadline=None)
@given(st.dictionaries(st.text(max_size=5), st.integers(), max_size=5))
def test_order_of_keys_does_not_matter(value: dict[str, int]) -> None:
    assert canonical(dict(reversed(value.items()))) == canonical(value)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), datetime(2026, 1, 1), {"a": [float("nan")]}, "\ud800"])  # noqa: DTZ001
def test_values_without_canonical_form_are_refused(value: object) -> None:
    with pytest.raises(ValueError, match=r"canonical form|surrogates"):
        canonical(value)


@pytest.mark.parametrize("value", [{1, 2}, b"x", {1: "a"}, object()])
def test_kinds_without_canonical_form_are_refused(value: object) -> None:
    with pytest.raises(TypeError):
        canonical(value)


def test_sha256_and_text() -> None:
    assert sha256(b"") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert text_sha("cafe\u0301", "x") == text_sha("caf\u00e9", "x")
    assert text_sha("a", "b") != text_sha("b", "a")
    assert text_sha("a", "b") == sha256(b'{"en":"b","nl":"a"}')


@settings(max_examples=40, deadline=None)
@given(HEADERS, st.data())
def test_a_change_anywhere_breaks_the_chain_there(headers: list[dict[str, object]], data: st.DataObject) -> None:
    entries = chained(headers)
    assert verify(entries) is None
    index = data.draw(st.integers(0, len(entries) - 1))
    for key, value in (("n", "other"), ("extra", 1), ("prev", "1" * 64), ("sha256", "0" * 64)):
        forged = [*entries[:index], {**entries[index], key: value}, *entries[index + 1 :]]
        assert verify(forged) == index


def test_a_removed_or_moved_entry_breaks_the_chain() -> None:
    entries = chained([{"n": n} for n in range(4)])
    assert verify(entries[1:]) == 0
    assert verify([entries[0], *entries[2:]]) == 1
    assert verify([entries[0], entries[2], entries[1], entries[3]]) == 1
    assert verify([]) is None


def test_an_entry_resealed_after_the_fact_breaks_the_next() -> None:
    entries = chained([{"n": 0}, {"n": 1}, {"n": 2}])
    entries[1] = {"n": 9, "prev": entries[1]["prev"], "sha256": link({"n": 9}, str(entries[1]["prev"]))}
    assert verify(entries) == 2
    assert link({"at": datetime(2026, 1, 1, tzinfo=UTC)}, GENESIS) == link({"at": "2026-01-01T00:00:00Z"}, GENESIS)
