"""Clauses in parts: cut and joined, cited and found back, the same in both languages, changed in one only."""

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from models.articles import Address, Level
from models.base import Words
from models.enums import Language
from models.errors import NotFound, Refusal
from rules import articles

DUTCH = (
    "Partijen spreken af:\n"
    "1. Bedrijven betalen een leefbaar loon:\n"
    "a. binnen zes maanden, voor\n"
    "1° eigen personeel;\n"
    "2° ingehuurd personeel;\n"
    "b. daarna overal.\n"
    "2. Zij rapporteren\n"
    "elk jaar.\n"
    "2a. Het secretariaat telt op.\n"
)
ENGLISH = (
    "Parties agree:\n"
    "1. Companies pay a living wage:\n"
    "(a) within six months, for\n"
    "(i) their own staff;\n"
    "(ii) hired staff;\n"
    "(b) after that everywhere.\n"
    "2. They report\n"
    "each year.\n"
    "2a. The secretariat adds up.\n"
)
BOTH = Words(nl=DUTCH, en=ENGLISH)

LINES = st.builds(
    "{}{}{}".format,
    st.sampled_from(["", " ", "\t"]),
    st.sampled_from(
        [
            "1.",
            "2.",
            "2a.",
            "10.",
            "2030.",
            "a.",
            "b)",
            "(b)",
            "(h)",
            "(i)",
            "(ii)",
            "aa.",
            "1°",
            "2º.",
            "3 °",
            "A.",
            "",
        ]
    ),
    st.sampled_from(["", " ", " zes maanden", "tekst", " a. b", "\t1."]),
)
TEXTS = st.text(max_size=40) | st.lists(LINES, max_size=14).flatmap(
    lambda lines: st.sampled_from(["\n", "\r\n", "\n\n"]).map(lambda end: end.join(lines))
)
PARAGRAPHS = st.builds("{}{}".format, st.integers(1, 999), st.sampled_from(["", "", "a", "z"]))
ADDRESSES = st.builds(
    lambda article, paragraph, point, subpoint: Address(
        article=article, paragraph=paragraph, point=point, subpoint=subpoint if point else None
    ),
    st.sampled_from(["1", "4", "12", "4a", "IV", "4.2", "B-1", "2e", "a", "lid"]),
    st.none() | PARAGRAPHS,
    st.none() | st.sampled_from(["a", "i", "x", "z", "aa", "ii"]),
    st.none() | st.integers(1, 99),
)


def cut(text: str) -> list[tuple[str, str]]:
    """Every part: where, and its own words."""
    return [(articles.citation(at).en, part.text.strip()) for at, part in articles.addressed("4", text).items()]


@pytest.mark.parametrize("text", [DUTCH, ENGLISH])
def test_paragraphs_points_and_sub_points_are_found(text: str) -> None:
    parts = articles.addressed("4", text)

    assert [articles.citation(at).nl for at in parts] == [
        "artikel 4",
        "artikel 4, eerste lid",
        "artikel 4, eerste lid, onderdeel a",
        "artikel 4, eerste lid, onderdeel a, onder 1°",
        "artikel 4, eerste lid, onderdeel a, onder 2°",
        "artikel 4, eerste lid, onderdeel b",
        "artikel 4, tweede lid",
        "artikel 4, lid 2a",
    ]


def test_a_part_keeps_its_number_as_written_and_all_its_lines() -> None:
    part = articles.part_at(DUTCH, Address(article="4", paragraph="2"))

    assert part == articles.Part(Level.PARAGRAPH, "2", "2. ", "Zij rapporteren\nelk jaar.\n")


def test_a_text_without_numbers_is_one_part() -> None:
    text = "Banken toetsen.\n\nDat doen zij elk jaar, voor 2030. En daarna."
    assert articles.structure(text) == articles.Part(Level.ARTICLE, "", "", text)


def test_points_may_stand_right_in_the_article() -> None:
    assert cut("Bedrijven:\na. meten;\nb. melden.") == [
        ("article 4", "Bedrijven:"),
        ("article 4, point (a)", "meten;"),
        ("article 4, point (b)", "melden."),
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1. loon\n2. tijd\n1. nog eens", "tijd\n1. nog eens"),  # does not rise
        ("1. voor\n2. tot\n2030. Of later", "tot\n2030. Of later"),  # a year
        ("1. voor\n2. zie\n1° niets", "zie\n1° niets"),  # no point to stand in
        ("1. voor\n2. ten minste\n3.5 procent", "ten minste\n3.5 procent"),  # no space behind it
        ("1. voor\n2. groep\nA. van boven", "groep\nA. van boven"),  # a capital
        ("1. voor\n2. zie\n(xxi) niets", "zie\n(xxi) niets"),  # too long for a point
    ],
)
def test_what_only_looks_like_a_number_stays_words(text: str, words: str) -> None:
    parts = articles.addressed("4", text)

    assert len(parts) == 3
    assert parts[Address(article="4", paragraph="2")].text == words


@pytest.mark.parametrize(
    ("lines", "last"),
    [
        (["(h) x", "(i) y"], "article 4, point (i)"),
        (["(a) x", "(i) y"], "article 4, point (a), sub-point 1"),
        (["(a) x", "(i) y", "(ii) z", "(b) w", "(i) v"], "article 4, point (b), sub-point 1"),
        (["a. x", "c. y"], "article 4, point (c)"),  # b went
        (["z. x", "aa. y"], "article 4, point (aa)"),
        (["1. x", "3. y"], "article 4, paragraph 3"),
        (["9. x", "10. y"], "article 4, paragraph 10"),
        (["2a. x", "3. y"], "article 4, paragraph 3"),
    ],
)
def test_a_letter_is_read_after_the_ones_before_it(lines: list[str], last: str) -> None:
    found = cut("\n".join(lines))

    assert len(found) == len(lines) + 1
    assert found[-1][0] == last


@given(TEXTS)
def test_joined_again_the_parts_are_the_text(text: str) -> None:
    assert articles.joined(articles.structure(text)) == text


@given(TEXTS)
def test_every_part_has_an_address_of_its_own_in_one_order(text: str) -> None:
    def count(part: articles.Part) -> int:
        return 1 + sum(count(one) for one in part.parts)

    found = articles.addressed("4", text)

    assert len(found) == count(articles.structure(text))
    for at, part in found.items():
        assert articles.part_at(text, at) == part
        numbers = [one.number for one in part.parts if one.level is Level.PARAGRAPH]
        assert all(int(one.rstrip("az")) <= int(other.rstrip("az")) for one, other in pairwise(numbers))


@given(TEXTS, st.data())
def test_when_a_part_goes_the_others_keep_their_address(text: str, data: st.DataObject) -> None:
    """But for letters, which are read after the one before: (i) after (h) is a point, after (a) a sub-point."""
    tree = articles.structure(text)
    if not tree.parts or any(part.level is not Level.PARAGRAPH for part in tree.parts):
        return
    gone = data.draw(st.sampled_from(tree.parts))
    left = "".join([tree.text, *(articles.joined(part) for part in tree.parts if part is not gone)])
    before = articles.addressed("4", text)
    kept = [at for at in before if at.paragraph != gone.number]

    assert list(articles.addressed("4", left)) == kept


def test_a_part_that_is_not_there_is_named_with_what_is() -> None:
    with pytest.raises(NotFound) as raised:
        articles.part_at(DUTCH, Address(article="4", paragraph="3", point="a"))

    assert raised.value.code == "no_such_part"
    assert raised.value.words.nl == (
        "Er is geen artikel 4, derde lid, onderdeel a. Verwacht: artikel 4; artikel 4, eerste lid; artikel 4, eerste "
        "lid, onderdeel a; artikel 4, eerste lid, onderdeel a, onder 1°; en nog 4."
    )
    assert raised.value.words.en.startswith("There is no article 4, paragraph 3, point (a). Expected: article 4;")


@pytest.mark.parametrize(
    ("number", "lid"),
    [("1", "eerste lid"), ("8", "achtste lid"), ("20", "twintigste lid"), ("21", "21e lid"), ("2a", "lid 2a")],
)
def test_a_lid_is_counted_in_words_up_to_twenty(number: str, lid: str) -> None:
    cited = articles.citation(Address(article="4", paragraph=number, point="a"))

    assert cited.nl == f"artikel 4, {lid}, onderdeel a"
    assert cited.en == f"article 4, paragraph {number}, point (a)"


@given(ADDRESSES)
def test_a_citation_is_read_back_in_both_languages(address: Address) -> None:
    cited = articles.citation(address)

    assert articles.read_citation(cited.nl) == address
    assert articles.read_citation(cited.en) == address
    assert articles.read_citation(f"  {cited.en.upper().replace(' ', chr(0xA0))}. ") == address.model_copy(
        update={"article": address.article.upper()}
    )


@pytest.mark.parametrize(
    "text",
    [
        "art. 4 lid 2 onder a 1°",
        "art.4 lid 2 sub a, sub 1",
        "Artikel 4, 2e lid, onder a, onder 1°",
        "artikel 4 tweede lid onderdeel a onder 1º",
        "Article 4(2)(a)(i)",
        "Art. 4(2), point (a)(1)",
        "article 4 para. 2 point a, sub-point 1",
    ],
)
def test_short_citations_are_read(text: str) -> None:
    assert articles.read_citation(text) == Address(article="4", paragraph="2", point="a", subpoint=1)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "4",
        "artikel",
        "artikelen",
        "artikel 42e lid",
        "artikel 4 lid 0",
        "artikel 4, lid 2, onder 1°",
        "article 4, paragraph 1000",
        "article 4(2)(a)(iiii)",
        "article 4, point (abc)",
        "artikel 4 en 5",
        "artikel 4, tweede",
        "artikel 4, onder \u017f",
        "artikel " + "4" * 300,
    ],
)
def test_what_points_nowhere_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(Refusal) as raised:
        articles.read_citation(text)

    assert raised.value.code == "unknown_citation"
    assert "Verwacht: zoals 'artikel 4, tweede lid, onderdeel a'" in raised.value.words.nl
    assert "Expected: such as 'article 4, paragraph 2, point (a)'" in raised.value.words.en


@given(st.text(max_size=60) | st.from_regex(r"art(ikel|\.) [0-9]{1,2}[ ,(]{1,2}[a-zA-Z0-9() ,.°]{0,30}"))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        found = articles.read_citation(text)
    except Refusal:
        return
    assert articles.read_citation(articles.citation(found).en) == found


@pytest.mark.parametrize("wrong", [{"paragraph": "0"}, {"paragraph": "2A"}, {"point": "abc"}, {"subpoint": 0}])
def test_an_address_that_cannot_be_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Address.model_validate({"article": "4", **wrong})


def test_both_languages_of_one_structure_are_aligned() -> None:
    assert articles.misaligned("4", BOTH) is None


@pytest.mark.parametrize(
    ("nl", "en", "said_nl", "said_en"),
    [
        (
            "1. a\n2. b\n3. c",
            "1. a\n2. b",
            "In het Engels heeft artikel 4 geen derde lid; in het Nederlands wel.",
            "English article 4 has no paragraph 3; the Dutch one has.",
        ),
        (
            "1. a\n3. c",
            "1. a\n2. b\n3. c",
            "In het Nederlands heeft artikel 4 geen tweede lid; in het Engels wel.",
            "Dutch article 4 has no paragraph 2; the English one has.",
        ),
        (
            "1. x\na. y\nb. z\n2. w",
            "1. x\n(a) y\n2. w\n3. v",
            "In het Engels heeft artikel 4 geen eerste lid, onderdeel b; in het Nederlands wel.",
            "English article 4 has no paragraph 1, point (b); the Dutch one has.",
        ),
        (
            "zonder",
            "(a) with",
            "In het Nederlands heeft artikel 4 geen onderdeel a; in het Engels wel.",
            "Dutch article 4 has no point (a); the English one has.",
        ),
    ],
)
def test_the_first_difference_is_named(nl: str, en: str, said_nl: str, said_en: str) -> None:
    assert articles.misaligned("4", Words(nl=nl, en=en)) == Words(nl=said_nl, en=said_en)


PLAIN = TEXTS.map(lambda text: "x " + "".join(c for c in text if c.isprintable() or c in "\r\n\t"))


@given(PLAIN, PLAIN)
def test_aligned_is_the_same_addresses(nl: str, en: str) -> None:
    said = articles.misaligned("4", Words(nl=nl, en=en))

    assert (said is None) == (list(articles.addressed("4", nl)) == list(articles.addressed("4", en)))


def changed(nl: tuple[str, str] = ("", ""), en: tuple[str, str] = ("", "")) -> Words:
    return Words(nl=DUTCH.replace(*nl) if nl[0] else DUTCH, en=ENGLISH.replace(*en) if en[0] else ENGLISH)


def test_a_change_in_the_same_parts_of_both_is_not_one_sided() -> None:
    new = changed(nl=("zes maanden", "negen maanden"), en=("six months", "nine months"))
    assert articles.one_sided("4", BOTH, new, Language.NL) is None


def test_other_spaces_line_ends_and_ways_to_type_an_accent_are_no_change() -> None:
    new = Words(nl=DUTCH.replace("\n", "\r\n").replace("1. ", "1.  "), en=ENGLISH)
    typed, composed = Words(nl="Voor e\u0301e\u0301n bank.", en="x"), Words(nl="Voor één bank.", en="x")

    assert articles.one_sided("4", BOTH, new, Language.NL) is None
    assert articles.one_sided("4", typed, composed, Language.NL) is None


@pytest.mark.parametrize(
    ("authentic", "nl", "en"),
    [
        (
            Language.NL,
            "Die is doorslaggevend: werk de Engelse tekst bij, of zeg waarom die blijft zoals hij is.",
            "It prevails: bring the English text in line, or say why it stays as it is.",
        ),
        (
            Language.EN,
            "De Engelse is doorslaggevend en zegt nog hetzelfde: dit kan alleen een betere vertaling zijn.",
            "The English one prevails and still says the same: this can only be a better translation.",
        ),
    ],
)
def test_a_change_in_dutch_only_is_told_by_which_language_prevails(authentic: Language, nl: str, en: str) -> None:
    new = changed(nl=("zes maanden", "negen maanden"))
    assert articles.one_sided("4", BOTH, new, authentic) == Words(
        nl=f"Alleen in de Nederlandse tekst gewijzigd: artikel 4, eerste lid, onderdeel a. {nl}",
        en=f"Changed in the Dutch text only: article 4, paragraph 1, point (a). {en}",
    )


def test_changes_in_different_parts_are_two_warnings() -> None:
    new = changed(nl=("elk jaar", "elk half jaar"), en=("adds up", "counts"))
    said = articles.one_sided("4", BOTH, new, Language.NL)

    assert said is not None
    assert "Changed in the Dutch text only: article 4, paragraph 2. It prevails" in said.en
    assert "Changed in the English text only: article 4, paragraph 2a. The Dutch one prevails" in said.en


def test_a_part_that_was_put_in_or_taken_out_of_one_language_is_a_change_of_it() -> None:
    more = articles.one_sided("4", BOTH, Words(nl=DUTCH + "3. Nieuw.\n", en=ENGLISH), Language.NL)
    less = articles.one_sided("4", BOTH, changed(en=("2a. The secretariat adds up.\n", "")), Language.NL)

    assert more is not None
    assert more.nl.startswith("Alleen in de Nederlandse tekst gewijzigd: artikel 4, derde lid.")
    assert less is not None
    assert less.nl.startswith("Alleen in de Engelse tekst gewijzigd: artikel 4, lid 2a.")


def test_many_changes_are_counted() -> None:
    old = "\n".join(f"{n}. a" for n in range(1, 31))
    said = articles.one_sided("4", Words(nl=old, en=old), Words(nl=old.replace("a", "b"), en=old), Language.NL)

    assert said is not None
    assert "article 4, paragraph 4; and more: 26." in said.en


@given(PLAIN, PLAIN, st.sampled_from(Language))
def test_a_word_more_is_told_in_the_part_it_stands_in(old: str, other: str, authentic: Language) -> None:
    before, dutch = Words(nl=old, en=other), Words(nl=f"{old} meer", en=other)
    cited = articles.citation(list(articles.addressed("4", old))[-1])

    said = articles.one_sided("4", before, dutch, authentic)

    assert said is not None
    assert said.nl.startswith(f"Alleen in de Nederlandse tekst gewijzigd: {cited.nl}. ")
    assert said.en.startswith(f"Changed in the Dutch text only: {cited.en}. ")
    assert articles.one_sided("4", before, before, authentic) is None


def test_who_types_hears_of_all_that_is_not_parallel() -> None:
    old = Words(nl="1. Een.\n2. Twee.", en="1. One.\n2. Two.")
    new = Words(nl="1. Een.\n2. Drie.\n3. Nieuw.", en="1. Won.\n2. Two.")
    found = [one.en for one in articles.alignment("4", old, new, Language.NL)]
    assert found[0].startswith("Changed in the Dutch text only: article 4, paragraph 2; article 4, paragraph 3.")
    assert found[1] == "English article 4 has no paragraph 3; the Dutch one has."
    assert articles.alignment("4", old, Words(nl="1. Een.\n2. Drie.", en="1. One.\n2. Three."), Language.NL) == []
    assert articles.alignment("4", old, Words.model_construct(nl="", en=""), Language.NL) == []


# --- places of changes ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "cited"),
    [
        ("binnen zes maanden", "artikel 4, eerste lid, onderdeel a"),
        ("eigen", "artikel 4, eerste lid, onderdeel a, onder 1°"),
        ("elk jaar", "artikel 4, tweede lid"),
        ("Partijen spreken", "artikel 4"),
        ("daarna overal.\n2. Zij", "artikel 4, eerste lid, onderdeel b; artikel 4, tweede lid"),
    ],
)
def test_a_change_is_cited_by_its_place(words: str, cited: str) -> None:
    start = DUTCH.index(words)
    said = articles.cited(articles.touched("4", DUTCH, [(start, start + len(words))]))
    assert said is not None
    assert said.nl == cited


def test_what_is_put_in_stands_in_the_part_before_it() -> None:
    end, second = len(DUTCH), DUTCH.index("2. Zij")
    assert articles.touched("4", DUTCH, [(end, end)]) == [Address(article="4", paragraph="2a")]
    assert articles.touched("4", DUTCH, [(second, second)]) == [Address(article="4", paragraph="1", point="b")]
    assert articles.touched("4", DUTCH, [(0, 0)]) == [Address(article="4")]
    assert articles.touched("4", "1. Loon.", [(0, 0)]) == [Address(article="4", paragraph="1")]
    assert articles.touched("4", "", [(0, 0)]) == [Address(article="4")]
    assert articles.cited([]) is None


@given(st.lists(LINES, max_size=8).map("\n".join), st.data())
def test_every_place_has_an_address_and_an_id_of_its_own(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    assert articles.touched("4", text, [(start, end)])
    names = [articles.fragment("living-wage", one) for one in articles.addressed("4", text)]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-z0-9_-]+", one) for one in names)
