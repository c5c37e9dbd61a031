"""A draft goes out as Word file and comes back: what was changed in it is read exactly, the rest is told."""

import re
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from xml.etree import ElementTree as ET

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from activities import word_composing, word_walking
from activities.word import Anchor, clause_key, heading, read_anchor, write
from activities.word_reading import REASONS, read
from models.base import UNFIT, Words
from models.enums import Language
from models.errors import InvalidFile, Refusal
from models.word import WordClause, WordDraft, WordReturn
from rules.amending import applied

NL, EN = Language.NL, Language.EN
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
SPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
)
WAGE = "Companies pay a living wage within six months.\nThey report each year."
FIRE = "Doors stay unlocked during working hours.\nThe union inspects.\nReports are public."
PAY, REPORT = WAGE.split("\n")
DOORS = FIRE.split("\n", 1)[0]
BY = 'w:id="9001" w:author="Anna" w:date="2026-12-01T10:00:00Z"'


def clause(name: str, text: str, old: str | None = None, version: int = 3) -> WordClause:
    return WordClause(
        id=name,
        number=str(len(name)),
        title=Words(nl=f"Titel <{name}> & zo", en=f"Title <{name}> & so"),
        text=Words(nl=text, en=text),
        version=version,
        sha256="0" * 64,
        old_text=None if old is None else Words(nl=old, en=old),
    )


def draft(*clauses: WordClause) -> WordDraft:
    return WordDraft(
        slug="garments",
        title=Words(nl="Convenant <Kleding> & Textiel", en="Covenant <Garments> & Textile"),
        text_sha256="ab" * 32,
        printed_at=datetime(2026, 11, 22, 12, tzinfo=UTC),
        clauses=list(clauses),
    )


DRAFT = draft(clause("wage", WAGE), clause("fire", FIRE))


def unpacked(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(data)) as package:
        return {name: package.read(name) for name in package.namelist()}


def packed(parts: dict[str, bytes]) -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        for name, part in parts.items():
            package.writestr(name, part)
    return file.getvalue()


def edited(change: Callable[[str], str], before: WordDraft = DRAFT, **parts: str) -> bytes:
    """Export a draft and change the XML of its document, as a word processor would; add other parts under word/."""
    found = unpacked(write(before, EN))
    xml = found["word/document.xml"].decode()
    after = change(re.sub(r"<w:document [^>]*>", f"<w:document {SPACES}>", xml))
    assert after != xml
    found["word/document.xml"] = after.encode()
    return packed(found | {f"word/{name}.xml": part.encode() for name, part in parts.items()})


def paragraphs(xml: str) -> list[str]:
    """The paragraphs of an export: 0 heading, 1 and 2 wage; 3 heading, 4 to 6 fire."""
    return re.findall(r"<w:p>.*?</w:p>", xml)


def swapped(old: str, new: str) -> Callable[[str], str]:
    def change(xml: str) -> str:
        assert old in xml
        return xml.replace(old, new, 1)

    return change


def cut(words: str, kind: str = "del") -> str:
    return f"<w:{kind} {BY}><w:r><w:delText>{words}</w:delText></w:r></w:{kind}>"


def put(words: str, kind: str = "ins") -> str:
    return f'<w:{kind} {BY}><w:r><w:t xml:space="preserve">{words}</w:t></w:r></w:{kind}>'


def said(words: str) -> str:
    return f'<w:r><w:t xml:space="preserve">{words}</w:t></w:r>'


def mark(kind: str) -> str:
    return f"<w:pPr><w:rPr><w:{kind} {BY}/></w:rPr></w:pPr>"


def marked(paragraph: str, kind: str) -> str:
    return paragraph.replace("<w:p>", f"<w:p>{mark(kind)}", 1)


def result(back: WordReturn, name: str, base: str) -> str:
    """A clause's text with the edits made in it."""
    return applied(base, [one.edit for found in back.changes if found.clause == name for one in found.edits])


def tracked(back: WordReturn) -> list[bool]:
    return [one.tracked for found in back.changes for one in found.edits]


def codes(back: WordReturn) -> list[str]:
    return [one.code for one in back.reviews]


# Out


def resolved(data: bytes, *, accept: bool) -> dict[str, str]:
    """Accept or reject all tracked changes: the text of each clause under its heading. Reads by itself, on purpose."""
    gone, stays = ("del", "ins") if accept else ("ins", "del")
    texts: dict[str, str] = {}
    title, text, joined = "", "", True

    def words(element: ET.Element) -> str:
        name = element.tag.removeprefix(W)
        if name in {gone, "pPr"}:
            return ""
        if name in {"t", "delText"}:
            return element.text or ""
        return "\t" if name == "tab" else "".join(words(part) for part in element)

    body = ET.fromstring(unpacked(data)["word/document.xml"]).find(f"{W}body")  # noqa: S314 our own file
    assert body is not None
    assert stays != gone
    for paragraph in body.iter(f"{W}p"):
        style = paragraph.find(f"{W}pPr/{W}pStyle")
        if style is not None:
            title, text, joined = words(paragraph), "", True
        else:
            text += ("" if joined else "\n") + words(paragraph)
            joined = paragraph.find(f"{W}pPr/{W}rPr/{W}{gone}") is not None
            texts[title] = text
    return texts


TOKENS = st.sampled_from(
    ["loon", "55%", "één", "<b>", "&amp;", "a\tb", " ", "  ", ".", ",", "\n", "\n\n", "]]>", "🎈", "x"]
)
ANY = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30)
TEXTS = (
    (st.lists(TOKENS, min_size=1, max_size=20).map("".join) | ANY)
    .map(lambda text: UNFIT.sub("", text).replace("\ufffe", "").replace("\uffff", ""))
    .filter(lambda text: bool(text.strip()))
)


@settings(max_examples=25, deadline=None)
@given(TEXTS, TEXTS)
def test_tracked_changes_accepted_give_the_new_text_and_rejected_the_old(old: str, new: str) -> None:
    sent = draft(clause("wage", new, old), clause("fire", FIRE))
    data = write(sent, NL)
    title = heading(sent.clauses[0], NL)
    assert resolved(data, accept=True)[title] == new
    assert resolved(data, accept=False)[title] == old
    assert resolved(data, accept=True)[heading(sent.clauses[1], NL)] == FIRE


def test_the_file_says_what_it_is_and_of_which_text() -> None:
    data = write(DRAFT, NL)
    document = docx.Document(BytesIO(data))
    assert document.sections[0].header.paragraphs[0].text == (
        f"Convenant <Kleding> & Textiel\nSHA-256 van de tekst: {'ab' * 32}"
    )
    assert document.core_properties.title == "Convenant <Kleding> & Textiel"
    assert document.core_properties.language == "nl-NL"
    assert [paragraph.text for paragraph in document.paragraphs][:3] == [
        "Artikel 4 Titel <wage> & zo",
        *WAGE.split("\n"),
    ]
    assert document.paragraphs[0].style is not None
    assert document.paragraphs[0].style.name == "Heading 1"
    parts = unpacked(data)
    assert b'w:val="nl-NL"' in parts["word/styles.xml"]
    assert b"<w:trackRevisions/>" in parts["word/settings.xml"]
    assert b'w:val="en-GB"' in unpacked(write(DRAFT, EN))["word/styles.xml"]


def test_the_same_draft_gives_the_same_bytes() -> None:
    assert write(DRAFT, NL) == write(DRAFT, NL)
    assert write(DRAFT, NL) != write(DRAFT, EN)


def test_our_changes_carry_our_name_and_the_date_they_were_given() -> None:
    xml = unpacked(write(draft(clause("wage", "six", "nine")), EN))["word/document.xml"].decode()
    assert re.findall(r'<w:(ins|del) w:id="\d+" w:author="Polder" w:date="2026-11-22T12:00:00Z">', xml) == [
        "del",
        "ins",
    ]
    numbers = re.findall(r'<w:(?:ins|del|bookmarkStart) w:id="(\d+)"', xml)
    assert len(numbers) == len(set(numbers)) == 4


@pytest.mark.parametrize("last", [0, 4000])
def test_a_bookmark_fits_in_word_and_is_read_back(last: int) -> None:
    anchor = Anchor(NL, clause_key("g" * 63, "c" * 63), last, last, 99_999_999 if not last else 99)
    assert read_anchor(anchor.name) == anchor
    assert re.fullmatch(r"_\w{1,39}", anchor.name, re.ASCII)
    assert read_anchor("_Toc12345") is None
    assert read_anchor(anchor.name.replace("pld1", "pld2")) is None


def test_a_character_that_xml_cannot_hold_is_refused() -> None:
    with pytest.raises(Refusal) as refused:
        write(draft(clause("wage", "loon\uffff")), NL)
    assert refused.value.code == "unfit_text"


# In: what was changed


@settings(max_examples=20, deadline=None)
@given(TEXTS, TEXTS)
def test_an_untouched_file_has_no_changes(old: str, new: str) -> None:
    sent = draft(clause("wage", new, old), clause("fire", old))
    assert read(write(sent, EN), sent) == WordReturn()


@settings(max_examples=30, deadline=None)
@given(TEXTS, TEXTS, TEXTS)
def test_what_was_changed_is_read_exactly(base: str, unseen: str, new: str) -> None:
    """With recording off the base became `unseen`, with recording on that became `new`."""
    found = unpacked(write(draft(clause("wage", new, unseen), clause("fire", FIRE)), EN))
    found["word/document.xml"] = found["word/document.xml"].replace(b'w:author="Polder"', b'w:author="Anna"')
    back = read(packed(found), draft(clause("wage", base), clause("fire", FIRE)))
    assert result(back, "wage", base) == new
    assert [one.clause for one in back.changes] == (["wage"] if base != new else [])
    if base == unseen:
        assert all(tracked(back))
        assert all(one.names == ["Anna"] for change in back.changes for one in change.edits)
    if unseen == new:
        assert not any(tracked(back))
    assert set(codes(back)) <= {"paragraph_gone"}


def test_edits_are_those_that_word_recorded() -> None:
    back = read(edited(swapped("six months", f"</w:t></w:r>{cut('six')}{put('nine')}<w:r><w:t> months")), DRAFT)
    assert back.reviews == []
    (change,) = back.changes
    assert (change.clause, change.language, change.version) == ("wage", EN, 3)
    (one,) = change.edits
    assert (WAGE[one.edit.start : one.edit.end], one.edit.text) == ("six", "nine")
    assert one.tracked
    assert one.names == ["Anna"]


def test_recorded_and_unrecorded_changes_are_told_apart() -> None:
    def change(xml: str) -> str:
        return (
            xml.replace("living wage", "minimum wage")
            .replace("each year", f"each</w:t></w:r>{put(' single')}<w:r><w:t> year")
            .replace("six months", f"s</w:t></w:r>{cut('ix')}<w:r><w:t> months")
        )

    back = read(edited(change), DRAFT)
    found = [(WAGE[e.edit.start : e.edit.end], e.edit.text, e.tracked) for e in back.changes[0].edits]
    assert ("living", "minimum", False) in found
    assert ("ix", "", True) in found
    assert result(back, "wage", WAGE).endswith("each single year.")
    assert back.reviews == []


FIELD = (
    '<w:r><w:fldChar w:fldCharType="begin"/><w:instrText>DATE</w:instrText><w:fldChar w:fldCharType="separate"/></w:r>'
    f'{said("seven")}<w:r><w:fldChar w:fldCharType="end"/></w:r>'
)
EITHER = (
    f"<mc:AlternateContent><mc:Choice>{said('one')}</mc:Choice><mc:Fallback>{said('two')}</mc:Fallback>"
    "</mc:AlternateContent>"
)


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        (f"<w:hyperlink>{said('six')}</w:hyperlink>", "six"),
        (f'<w:smartTag w:element="x">{put("nine")}</w:smartTag>{cut("six")}', "nine"),
        (f'<w:fldSimple w:instr="DATE">{said("seven")}</w:fldSimple>', "seven"),
        (
            FIELD,
            "seven",
        ),
        (f"<w:sdt><w:sdtPr><w:alias/></w:sdtPr><w:sdtContent>{said('seven')}</w:sdtContent></w:sdt>", "seven"),
        (f"<w:ins {BY}><w:r><w:tab/><w:t>a</w:t><w:br/><w:t>b</w:t><w:noBreakHyphen/></w:r></w:ins>", "\ta\nb\u2011"),
        (f"<w:ins {BY}><w:r><w:br w:type='page'/><w:t>a</w:t><w:sym w:char='00e9'/></w:r></w:ins>", "aé"),
        (f"<w:ins {BY}><w:del {BY}><w:r><w:delText>gone</w:delText></w:r></w:del></w:ins>{said('six')}", "six"),
        (
            EITHER,
            "one",
        ),
        (f"<m:oMath><m:r><m:t>x=2</m:t></m:r></m:oMath>{cut('six')}", "x=2"),
        (f"<w:r><w:rPr><w:rPrChange {BY}><w:rPr><w:b/></w:rPr></w:rPrChange></w:rPr><w:t>six</w:t></w:r>", "six"),
        ("<w:r><w:t>two\nlines</w:t></w:r>", "two lines"),
    ],
)
def test_text_is_found_wherever_word_puts_it(written: str, read_as: str) -> None:
    new = f"</w:t></w:r>{written}<w:r><w:t xml:space='preserve'> months"
    back = read(edited(swapped("six months", new)), DRAFT)
    assert result(back, "wage", WAGE) == WAGE.replace("six", read_as)
    assert back.reviews == []


NEW = f"{put('A new paragraph.')}"


@pytest.mark.parametrize(
    ("change", "name", "new"),
    [
        # Enter at the end of the last paragraph: its mark is new, the new paragraph has the old mark.
        (lambda p: [*p[:2], marked(p[2], "ins"), f"<w:p>{NEW}</w:p>", *p[3:]], "wage", f"{WAGE}\nA new paragraph."),
        # The same as LibreOffice and pasting may write it.
        (lambda p: [*p[:3], f"<w:p>{mark('ins')}{NEW}</w:p>", *p[3:]], "wage", f"{WAGE}\nA new paragraph."),
        (lambda p: [*p, f"<w:p>{mark('ins')}{NEW}</w:p>"], "fire", f"{FIRE}\nA new paragraph."),
        # Between two paragraphs.
        (
            lambda p: [*p[:2], f"<w:p>{mark('ins')}{NEW}</w:p>", *p[2:]],
            "wage",
            WAGE.replace("\n", "\nA new paragraph.\n"),
        ),
        # Right behind the heading.
        (lambda p: [marked(p[0], "ins"), f"<w:p>{NEW}</w:p>", *p[1:]], "wage", f"A new paragraph.\n{WAGE}"),
        # Two paragraphs made one.
        (lambda p: [p[0], marked(p[1], "del"), *p[2:]], "wage", WAGE.replace("\n", "")),
        # The last paragraph taken out with its end; the first one too.
        (lambda p: [*p[:2], whole(p[2], REPORT), *p[3:]], "wage", PAY),
        (lambda p: [p[0], whole(p[1], PAY), *p[2:]], "wage", REPORT),
    ],
)
def test_paragraphs_come_and_go(change: Callable[[list[str]], list[str]], name: str, new: str) -> None:
    back = read(edited(lambda xml: rearranged(xml, change)), DRAFT)
    assert result(back, name, {"wage": WAGE, "fire": FIRE}[name]) == new
    assert [one.clause for one in back.changes] == [name]
    assert all(tracked(back))
    assert back.reviews == []


def rearranged(xml: str, change: Callable[[list[str]], list[str]]) -> str:
    before = paragraphs(xml)
    assert "".join(before) in xml
    return xml.replace("".join(before), "".join(change(before)))


def whole(paragraph: str, words: str, kind: str = "del") -> str:
    """A paragraph that was taken out with its end."""
    assert said(words) in paragraph
    return marked(paragraph.replace(said(words), cut(words, kind)), kind)


def test_a_recorded_move_takes_words_from_one_clause_to_another() -> None:
    def change(p: list[str]) -> list[str]:
        moved = f"<w:p>{mark('moveTo')}{put('The union inspects.', 'moveTo')}</w:p>"
        return [*p[:2], moved, *p[2:5], whole(p[5], "The union inspects.", "moveFrom"), p[6]]

    back = read(edited(lambda xml: rearranged(xml, change)), DRAFT)
    assert result(back, "wage", WAGE) == WAGE.replace("\n", "\nThe union inspects.\n")
    assert result(back, "fire", FIRE) == FIRE.replace("The union inspects.\n", "")
    assert all(tracked(back))
    assert back.reviews == []


def test_an_unrecorded_split_stays_in_its_bookmark() -> None:
    back = read(edited(swapped(" within", "</w:t></w:r></w:p><w:p><w:r><w:t>within")), DRAFT)
    assert result(back, "wage", WAGE) == WAGE.replace(" within", "\nwithin")
    assert tracked(back) == [False]
    assert back.reviews == []


PIECES = st.lists(st.tuples(TOKENS, st.tuples(st.booleans(), st.booleans())), max_size=25)


@settings(deadline=None)
@given(st.text(st.sampled_from("ab \n"), max_size=20) | TEXTS, PIECES)
def test_edits_lead_from_any_text_to_any_other(base: str, found: list[tuple[str, tuple[bool, bool]]]) -> None:
    pieces = [word_walking.Piece(text, word_walking.Kept(*kept)) for text, kept in found]
    edits = word_composing.edits_of(base, pieces)
    assert edits is not None
    assert applied(base, [one.edit for one in edits]) == "".join(text for text, (_, after) in found if after)
    if base == "".join(text for text, (before, _) in found if before):
        assert all(one.tracked for one in edits)


def test_line_ends_of_two_characters_keep_their_places() -> None:
    base = "One.\r\nTwo six.\r\nThree."
    sent = draft(clause("wage", base))
    back = read(edited(swapped("six", f"</w:t></w:r>{cut('six')}{put('ten')}<w:r><w:t>"), sent), sent)
    assert result(back, "wage", base) == base.replace("six", "ten")


def test_more_edits_than_an_amendment_holds_are_taken_together() -> None:
    base, new = " ".join(["six"] * 300), " ".join(["ten"] * 300)
    pieces = [
        word_walking.Piece(text, word_walking.Kept(*kept))
        for _ in range(300)
        for text, kept in (("six", (True, False)), ("ten", (False, True)), (" ", (True, True)))
    ][:-1]
    edits = word_composing.edits_of(base, pieces)
    assert edits is not None
    assert len(edits) == word_composing.MOST_EDITS
    assert applied(base, [one.edit for one in edits]) == new


# In: what people said beside it


def commented(xml: str) -> str:
    start, end = '<w:commentRangeStart w:id="7"/>', '<w:commentRangeEnd w:id="7"/>'
    reference = '<w:r><w:commentReference w:id="7"/></w:r>'
    return xml.replace(
        "living wage",
        f"</w:t></w:r>{start}{said('living')}{cut(' minimum')}{put(' fair')}{end}{reference}<w:r><w:t> wage",
    )


def test_comments_come_with_the_words_they_are_about() -> None:
    notes = (
        f'<w:comments {SPACES}><w:comment w:id="7" w:author="Waterschap" w:date="2026-12-01T10:00:00Z">'
        f"<w:p>{said('Why?')}</w:p><w:p>{said('Who pays?')}</w:p></w:comment>"
        f'<w:comment w:id="8"><w:p>{said("Loose")}</w:p></w:comment></w:comments>'
    )
    one, loose = read(edited(commented, comments=notes), DRAFT).comments
    assert (one.clause, one.language, one.words) == ("wage", EN, "living fair")
    assert (one.text, one.name, one.at) == ("Why?\nWho pays?", "Waterschap", "2026-12-01T10:00:00Z")
    assert (loose.clause, loose.words, loose.text) == (None, "", "Loose")


def test_a_comment_that_another_library_wrote_is_read() -> None:
    document = docx.Document(BytesIO(write(DRAFT, EN)))
    document.add_comment(document.paragraphs[4].runs, text="Which hours?", author="LTO", initials="L")
    file = BytesIO()
    document.save(file)
    back = read(file.getvalue(), DRAFT)
    (one,) = back.comments
    assert (one.clause, one.words, one.text, one.name) == ("fire", DOORS, "Which hours?", "LTO")
    assert back.changes == []
    assert back.reviews == []


# In: what people must look at

TITLED = '<w:pStyle w:val="Kop1"/><w:rPr>'
ARTICLE = f"<w:p>{mark('ins').replace('<w:rPr>', TITLED)}{put('Article 9')}</w:p>"
STRAY = f"<w:p>{said('A stray thought.')}</w:p>"
OTHER = Anchor(EN, clause_key("garments", "water"), 1, 1, 1).name
DRAWING = f"<w:r><w:drawing><w:txbxContent><w:p>{said('In a box')}</w:p></w:txbxContent></w:drawing></w:r>"


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (lambda p: [*p[:3], STRAY, *p[3:]], [("new_paragraph", "wage", "A stray thought.")]),
        (lambda p: [STRAY, *p], [("new_paragraph", None, "A stray thought.")]),
        (
            lambda p: [
                *p[:2],
                marked(p[2], "ins"),
                ARTICLE,
                f"<w:p>{put('All new.')}</w:p>",
                *p[3:],
            ],
            [("new_paragraph", "wage", "Article 9"), ("new_paragraph", "wage", "All new.")],
        ),
        (
            lambda p: [*p, f'<w:p><w:bookmarkStart w:id="8" w:name="{OTHER}"/>{said("Water")}</w:p>'],
            [("unknown_anchor", "fire", "Water")],
        ),
        (lambda p: [*p, p[1]], [("anchor_twice", "fire", PAY)]),
        (lambda p: [*p[:4], p[5], p[6], p[4]], [("paragraph_moved", "fire", DOORS)]),
        (lambda p: [*p[:2], *p[3:], p[2]], [("paragraph_moved", "wage", REPORT)]),
        (lambda p: p[:3], [("clause_gone", "fire", "")]),
        (lambda p: p[1:], [("paragraph_gone", "wage", "")]),
        (
            lambda p: [p[0].replace("Title", "Name"), *p[1:]],
            [("heading_changed", "wage", "Article 4 Name <wage> & so")],
        ),
        (lambda p: [*p[:2], marked(p[2], "del"), *p[3:]], [("clauses_joined", "wage", WAGE)]),
        (
            lambda p: [*p[:2], p[2].replace("</w:p>", "") + p[3].removeprefix("<w:p>"), *p[4:]],
            [("clauses_joined", "wage", "They report each year.Article 4 Title <fire> & so")],
        ),
        (
            lambda p: [*p[:5], p[5].replace("</w:p>", f"{DRAWING}</w:p>"), p[6]],
            [("not_text", "fire", "The union inspects."), ("text_box", None, "In a box")],
        ),
        (
            lambda p: [*p[:5], p[5].replace("union", "uni\u200bon"), p[6]],
            [("hidden_characters", "fire", "The union inspects.")],
        ),
    ],
)
def test_nothing_is_dropped_in_silence(
    change: Callable[[list[str]], list[str]], found: list[tuple[str, str | None, str]]
) -> None:
    back = read(edited(lambda xml: rearranged(xml, change)), DRAFT)
    assert [
        (one.code, one.clause, one.words) for one in back.reviews if one.code in {code for code, _, _ in found}
    ] == found
    assert all("{" not in one.reason.nl + one.reason.en for one in back.reviews)
    if all(code != "clauses_joined" for code, _, _ in found):
        assert back.changes == []
        assert len(back.reviews) == len(found)


def test_a_paragraph_deleted_with_recording_off_is_an_edit_and_is_told() -> None:
    back = read(edited(lambda xml: rearranged(xml, lambda p: [*p[:5], p[6]])), DRAFT)
    assert result(back, "fire", FIRE) == FIRE.replace("The union inspects.\n", "")
    assert tracked(back) == [False]
    assert [(one.code, one.clause) for one in back.reviews] == [("paragraph_gone", "fire")]
    assert "2" in back.reviews[0].reason.en


def test_changes_in_an_old_version_are_told_with_their_words() -> None:
    sent = draft(clause("wage", WAGE, version=2), clause("fire", FIRE))
    back = read(edited(swapped("six", "nine"), sent), DRAFT)
    assert back.changes == []
    assert [(one.code, one.clause, one.words) for one in back.reviews] == [
        ("old_version", "wage", WAGE.replace("six", "nine"))
    ]
    assert "version 2" in back.reviews[0].reason.en


def test_a_text_too_long_to_compare_is_told() -> None:
    long = "x" * (word_composing.LONGEST_TEXT + 1)
    back = read(edited(swapped("six", long)), DRAFT)
    assert back.changes == []
    assert [(one.code, one.words) for one in back.reviews] == [("too_long", WAGE.replace("six", long))]


def test_footnotes_are_told() -> None:
    notes = (
        f'<w:footnotes {SPACES}><w:footnote w:type="separator" w:id="0"><w:p>{said("-")}</w:p></w:footnote>'
        f'<w:footnote w:id="2"><w:p>{said("See the treaty.")}</w:p></w:footnote></w:footnotes>'
    )
    back = read(with_part("footnotes", notes), DRAFT)
    assert [(one.code, one.words) for one in back.reviews] == [("note", "See the treaty.")]


def with_part(name: str, part: str) -> bytes:
    return packed(unpacked(write(DRAFT, EN)) | {f"word/{name}.xml": part.encode()})


def test_every_reason_is_filled_in() -> None:
    for words in REASONS.values():
        for text in (words.nl, words.en):
            assert set(re.findall(r"{(\w+)}", text)) <= {"place", "of", "detail"}


def test_a_file_of_another_covenant_is_refused() -> None:
    with pytest.raises(InvalidFile) as refused:
        read(write(DRAFT.model_copy(update={"slug": "food"}), EN), DRAFT)
    assert refused.value.code == "word_unknown"
