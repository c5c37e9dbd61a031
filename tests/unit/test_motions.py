"""Whole texts become edits: whatever is asked, the edits give that text, in no more places than one act may hold."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acts import proposing
from models.amending import AmendmentText, Edit
from models.enums import Language
from models.errors import Refusal
from rules import amending
from rules.redline import ops, to_text

texts = st.text(st.sampled_from("ab .\né"), min_size=1, max_size=60).filter(str.strip)


def motion(text: str) -> proposing.Motion:
    return proposing.Motion(clause="wage", en=text, reason="it reads better")


@settings(deadline=None)
@given(texts, texts)
def test_the_edits_give_the_text_that_was_asked(base: str, text: str) -> None:
    found = proposing._edits(base, motion(text), Language.EN)
    made = amending.applied(base, found)
    assert made.strip() == proposing.like("", text)
    assert (made == base) == (found == [])
    assert proposing._edits(base, motion(text), Language.NL) == []


@settings(deadline=None)
@given(texts)
def test_the_ends_of_a_text_and_its_lines_are_no_change(base: str) -> None:
    typed = f"\r\n {base.strip()}\r\n".replace("\n", "\r\n")
    assert proposing._edits(base.replace("\r", ""), motion(typed), Language.EN) == []


def test_a_text_that_differs_in_very_many_places_is_one_edit(monkeypatch: pytest.MonkeyPatch) -> None:
    base = "start, " + " ".join(f"the same long words stand here {number}" for number in range(60)) + " end."
    text = base.replace("here", "there")
    assert len(proposing._edits(base, motion(text), Language.EN)) == 60
    monkeypatch.setattr(proposing, "MOST", 59)
    found = proposing._edits(base, motion(text), Language.EN)
    assert [(one.start > 0, one.end < len(base)) for one in found] == [(True, True)]
    assert amending.applied(base, found) == text
    assert AmendmentText(en=found, reason="it reads better")


@pytest.mark.parametrize(("text", "code"), [("", "no_text"), (" \n", "no_text"), ("x" * 4001, "text_too_long")])
def test_what_cannot_be_the_text_of_a_clause_is_refused(text: str, code: str) -> None:
    with pytest.raises(Refusal) as error:
        proposing._check_whole(Language.EN, "Old wage", [Edit(start=0, end=8, text=text)])
    assert error.value.code == code


def test_a_redline_leaves_out_what_is_far_from_a_change() -> None:
    far = " ".join(["far"] * 40)
    shown = to_text(proposing._near(ops(f"{far} old {far} old {far}", f"{far} new {far} new {far}")))
    assert shown == (
        "…far far far far far far [-old-]{+new+} far far far far far far…far far far far far far [-old-]{+new+} far "
        "far far far far far…"
    )
    assert to_text(proposing._near(ops("an old wage", "an older wage"))) == "an [-old-]{+older+} wage"
