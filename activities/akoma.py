"""A covenant text as Akoma Ntoso 3.0 (OASIS LegalDocML), the XML in which laws and treaties are exchanged.

One file per language. Every part carries two identifiers: `eId` follows the numbers as they are printed in this version
(`art_4__para_2__point_a`), `wId` follows the id of the clause (`art_living-wage__para_2__point_a`) and stays when the
clause gets another number. Written with the standard library; tests hold it against the schema.

Two versions of one day share an address (`expression_uri`); number and hash tell them apart.
Source: Akoma Ntoso Naming Convention 1.0, for identifiers and addresses.
"""

import re
from urllib.parse import quote
from xml.etree.ElementTree import Element, SubElement, tostring

from models.articles import ArticleText, CovenantText, Level
from models.base import Words
from models.enums import Language
from rules.articles import Part, structure
from rules.commitments import HEAD

MEDIA_TYPE = "application/akn+xml"
AKN = "http://docs.oasis-open.org/legaldocml/ns/akn/3.0"
OWN = "urn:polder:covenant:1"
"""Namespace of what Akoma Ntoso has no word for: the versions and hashes that people agreed to."""

ISO_639_2 = {Language.NL: "nld", Language.EN: "eng"}
_SHORT = {Level.PARAGRAPH: "para", Level.POINT: "point", Level.SUBPOINT: "point"}
_ARTICLE = Words(nl="Artikel", en="Article")
_SOURCE = "#polder"
_NO_XML = re.compile("[\ufffe\uffff]")
"""What XML 1.0 has no place for, of all that the models let in (`models.base.UNFIT`)."""


def akoma_ntoso(text: CovenantText, language: Language) -> bytes:
    """Write a covenant text in one language. The same text gives the same bytes."""
    root = Element("akomaNtoso", {"xmlns": AKN})
    act = SubElement(root, "act", {"name": "covenant", "contains": "singleVersion"})
    _meta(SubElement(act, "meta"), text, language)
    title = SubElement(SubElement(SubElement(act, "preface"), "longTitle"), "p")
    _say(SubElement(title, "docTitle"), text.title.pick(language))
    if text.parties:
        _parties(SubElement(act, "preamble"), text, language)
    body = SubElement(act, "body")
    for article in text.articles:
        _article(body, article, language)
    written: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def work_uri(text: CovenantText) -> str:
    """Return the address of the covenant, whatever its version and language."""
    return f"/akn/nl/act/covenant/{text.begun.year}/{text.slug}"


def expression_uri(text: CovenantText, language: Language) -> str:
    """Return the address of this version in one language."""
    return f"{work_uri(text)}/{ISO_639_2[language]}@{text.dated.isoformat()}"


def _meta(meta: Element, text: CovenantText, language: Language) -> None:
    work, expression = work_uri(text), expression_uri(text, language)
    identification = SubElement(meta, "identification", {"source": _SOURCE})
    of_work = _frbr(identification, "FRBRWork", work, text.begun.isoformat(), "begun")
    SubElement(of_work, "FRBRcountry", {"value": "nl"})
    SubElement(of_work, "FRBRname", {"value": text.slug})
    of_text = _frbr(identification, "FRBRExpression", expression, text.dated.isoformat(), "version")
    SubElement(of_text, "FRBRversionNumber", {"value": str(text.version)})
    SubElement(of_text, "FRBRauthoritative", {"value": str(language == text.authentic).lower()})
    SubElement(of_text, "FRBRlanguage", {"language": ISO_639_2[language]})
    if language != text.authentic:
        original = {"href": expression_uri(text, text.authentic), "fromLanguage": ISO_639_2[text.authentic]}
        SubElement(of_text, "FRBRtranslation", {**original, "by": _SOURCE, "authoritative": "false"})
    of_file = _frbr(identification, "FRBRManifestation", expression, text.made.isoformat(), "made", ending=".xml")
    SubElement(of_file, "FRBRformat", {"value": MEDIA_TYPE})
    _references(SubElement(meta, "references", {"source": _SOURCE}), text, language)
    own = SubElement(meta, "proprietary", {"source": _SOURCE})
    whole = {"sha256": text.text_sha256, "authentic": ISO_639_2[text.authentic]}
    SubElement(own, "text", {"xmlns": OWN, **whole})
    for one in text.articles:
        about = {"eId": _article_id(one.number), "clause": one.clause, "version": str(one.version)}
        SubElement(own, "clause", {"xmlns": OWN, **about, "sha256": one.sha256})


def _frbr(parent: Element, kind: str, uri: str, date: str, name: str, *, ending: str = "") -> Element:
    level = SubElement(parent, kind)
    SubElement(level, "FRBRthis", {"value": f"{uri}/!main{ending}"})
    SubElement(level, "FRBRuri", {"value": uri + ending})
    SubElement(level, "FRBRdate", {"date": date, "name": name})
    SubElement(level, "FRBRauthor", {"href": _SOURCE})
    return level


def _references(references: Element, text: CovenantText, language: Language) -> None:
    """List whom and what the text speaks of."""
    _reference(references, "TLCOrganization", "polder", "organization/polder", "Polder")
    for party in text.parties:
        where = f"organization/{text.slug}/{party.id}"
        _reference(references, "TLCOrganization", f"party_{party.id}", where, party.name.pick(language))
    for norm in text.norms:
        shown = f"{norm.source}: {norm.title.pick(language)}"
        _reference(references, "TLCConcept", f"norm_{norm.id}", f"concept/norm/{norm.id}", shown)


def _reference(references: Element, kind: str, name: str, where: str, shown: str) -> None:
    SubElement(references, kind, {"eId": name, "href": f"/akn/ontology/{where}", "showAs": _fit(shown)})


def _parties(preamble: Element, text: CovenantText, language: Language) -> None:
    container = SubElement(preamble, "container", {"name": "parties", "eId": "preamble__container_1"})
    for party in text.parties:
        line = SubElement(container, "p")
        name = SubElement(line, "organization", {"refersTo": f"#party_{party.id}"})
        _say(name, party.name.pick(language))
        name.tail = f" ({_fit(party.constituency.pick(language))})"


def _article_id(number: str) -> str:
    return f"art_{quote(number, safe='')}"


def _article(body: Element, article: ArticleText, language: Language) -> None:
    ids = (_article_id(article.number), f"art_{article.clause}")
    element = SubElement(body, "article", {"eId": ids[0], "wId": ids[1]})
    if article.norms:
        element.set("refersTo", " ".join(f"#norm_{norm}" for norm in article.norms))
    _say(SubElement(element, "num"), f"{_ARTICLE.pick(language)} {article.number}")
    _say(SubElement(element, "heading"), article.title.pick(language))
    part = structure(article.text.pick(language))
    if not article.commitments:
        _fill(element, part, ids)
        return
    if part.parts:
        _fill(element, part, ids)
    else:  # an article has content or parts; the commitments are a part
        _lines(SubElement(element, "intro"), part.text)
    under = SubElement(element, "hcontainer", {"name": "commitments"})
    under.attrib.update({"eId": f"{ids[0]}__hcontainer_1", "wId": f"{ids[1]}__hcontainer_1"})
    _say(SubElement(under, "heading"), HEAD.pick(language))
    _lines(SubElement(under, "content"), "\n".join(one.pick(language) for one in article.commitments))


def _fill(element: Element, part: Part, ids: tuple[str, str]) -> None:
    """Write the words of a part and the parts under it; words before other parts are their introduction."""
    if not part.parts:
        _lines(SubElement(element, "content"), part.text)
        return
    if part.text.strip():
        _lines(SubElement(element, "intro"), part.text)
    for one in part.parts:
        e_id, w_id = (f"{name}__{_SHORT[one.level]}_{one.number}" for name in ids)
        under = SubElement(element, "paragraph" if one.level is Level.PARAGRAPH else "point")
        under.attrib.update({"eId": e_id, "wId": w_id})
        _say(SubElement(under, "num"), one.mark.strip())
        _fill(under, one, (e_id, w_id))


def _lines(block: Element, text: str) -> None:
    """Write each line as a paragraph of its own."""
    for line in text.splitlines():
        if line.strip():
            _say(SubElement(block, "p"), line.strip())


def _say(element: Element, text: str) -> None:
    element.text = _fit(text)


def _fit(text: str) -> str:
    """Write a character that XML has no place for as its code point, as the PDF does with what its font lacks."""
    return _NO_XML.sub(lambda found: f"[U+{ord(found[0]):04X}]", text)
