"""The parts of a clause: what can be pointed at, how it is cited, and whether both languages say it in the same places.

A clause is one article. A part begins with its number at the start of a line: a paragraph (lid) `1.` or `2a.`; a point
(onderdeel) `a.`, `a)` or `(a)`; under a point a sub-point `1°` or `(i)`. Numbers must rise. A number that does not is
taken for words of the part it stands in, so that no two parts have one address. Numbers are never given anew: what
is left of a text keeps its addresses when another part goes.
"""

import re
import unicodedata
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from models.articles import Address, Level
from models.base import Words
from models.enums import Language
from models.errors import NotFound, Refusal

_MARK = re.compile(
    r"^[ \t]*(?:(?P<paragraph>[1-9][0-9]{0,2}[a-z]?)\.|(?P<subpoint>[1-9][0-9]?)[°º]\.?"
    r"|(?:\(?(?P<bracketed>[a-z]{1,5})\)|(?P<dotted>[a-z]{1,2})\.))(?=\s|\Z)[ \t]*",
    re.MULTILINE,
)
_NUMERALS = (
    "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x",
    "xi", "xii", "xiii", "xiv", "xv", "xvi", "xvii", "xviii", "xix", "xx",
)  # fmt: skip
_ROMAN = {numeral: number for number, numeral in enumerate(_NUMERALS, start=1)}
_ORDINALS = (
    "eerste", "tweede", "derde", "vierde", "vijfde", "zesde", "zevende", "achtste", "negende", "tiende",
    "elfde", "twaalfde", "dertiende", "veertiende", "vijftiende", "zestiende", "zeventiende", "achttiende",
    "negentiende", "twintigste",
)  # fmt: skip
_DEPTH = {level: depth for depth, level in enumerate(Level)}
_LONGEST_POINT = 2
_MOST_NAMED = 4
"""Places named in one warning; the others are counted."""


class Part(NamedTuple):
    """A part of a clause, with what lies under it.

    Attributes:
        number: `2`, `a`; of a sub-point always a number, also where it is written `(ii)`; empty for the article.
        mark: the number as it is written, with the spaces around it.
        text: its own words, with line ends; not those of the parts under it.
    """

    level: Level
    number: str
    mark: str
    text: str
    parts: tuple["Part", ...] = ()


def structure(text: str) -> Part:
    """Cut the text of a clause into its parts. Joined again (`joined`) they are the text, to the letter."""
    marks = list(_accepted(text))
    ends = [start for start, _, _, _ in marks] + [len(text)]
    flat = deque([Part(Level.ARTICLE, "", "", text[: ends[0]])])
    for (start, level, number, mark), end in zip(marks, ends[1:], strict=True):
        flat.append(Part(level, number, mark, text[start + len(mark) : end]))
    return _nested(flat)


def _accepted(text: str) -> Iterator[tuple[int, Level, str, str]]:
    """Give the numbers that begin a part: where, what, which, and as written."""
    last: dict[Level, str] = {}
    for found in _MARK.finditer(text):
        read = _read(found, last)
        if read is None:
            continue
        level, number = read
        last = {higher: one for higher, one in last.items() if _DEPTH[higher] < _DEPTH[level]} | {level: number}
        yield found.start(), level, number, found[0]


def _read(found: re.Match[str], last: dict[Level, str]) -> tuple[Level, str] | None:
    """Say what a number at the start of a line is, after the last ones of each level; none for mere words."""
    if found["paragraph"]:
        return _rising(Level.PARAGRAPH, found["paragraph"], last)
    if found["subpoint"]:
        return _rising(Level.SUBPOINT, found["subpoint"], last) if Level.POINT in last else None
    letters: str = found["bracketed"] or found["dotted"]
    point = last.get(Level.POINT)
    # (i) after point (h) is a point, after point (a) the first sub-point of it.
    if point is not None and letters != point[:-1] + chr(ord(point[-1]) + 1):
        numeral = _ROMAN.get(letters)
        if numeral == int(last.get(Level.SUBPOINT, 0)) + 1:
            return Level.SUBPOINT, str(numeral)
    return _rising(Level.POINT, letters, last) if len(letters) <= _LONGEST_POINT else None


def _rising(level: Level, number: str, last: dict[Level, str]) -> tuple[Level, str] | None:
    return (level, number) if level not in last or _order(number) > _order(last[level]) else None


def _order(number: str) -> tuple[int, int, str]:
    """Order 2 before 2a before 3, and z before aa."""
    digits = number.rstrip("abcdefghijklmnopqrstuvwxyz")
    letters = number[len(digits) :]
    return int(digits or 0), len(letters), letters


def _nested(flat: deque[Part]) -> Part:
    head = flat.popleft()
    under: list[Part] = []
    while flat and _DEPTH[flat[0].level] > _DEPTH[head.level]:
        under.append(_nested(flat))
    return head._replace(parts=tuple(under))


def joined(part: Part) -> str:
    """Return a part as it is written, with all that lies under it."""
    return part.mark + part.text + "".join(joined(one) for one in part.parts)


def addressed(article: str, text: str) -> dict[Address, Part]:
    """Return every part of a clause by its address, in the order of the text; the article itself first.

    Args:
        article: the number of the clause.
        text: in one language.
    """
    return dict(_walk(Address(article=article), structure(text)))


def _walk(at: Address, part: Part) -> Iterator[tuple[Address, Part]]:
    yield at, part
    for one in part.parts:
        number = int(one.number) if one.level is Level.SUBPOINT else one.number
        yield from _walk(at.model_copy(update={str(one.level): number}), one)


def part_at(text: str, address: Address) -> Part:
    """Return the part of a clause that an address points at.

    Args:
        text: of the clause with that number, in one language.
        address: where to look.

    Raises:
        NotFound: `no_such_part`; says which part is missing and what is there.
    """
    parts = addressed(address.article, text)
    if address in parts:
        return parts[address]
    there = [citation(one) for one in parts]
    cited = citation(address)
    raise NotFound(
        "no_such_part",
        f"Er is geen {cited.nl}. Verwacht: {_some([one.nl for one in there], 'en nog')}.",
        f"There is no {cited.en}. Expected: {_some([one.en for one in there], 'and more:')}.",
        {"address": cited.en},
    )


def citation(address: Address) -> Words:
    """Cite a place: `artikel 4, tweede lid, onderdeel a`; `article 4, paragraph 2, point (a)`."""
    inside = _inside(address)
    return Words(
        nl=", ".join([f"artikel {address.article}", *(one.nl for one in inside)]),
        en=", ".join([f"article {address.article}", *(one.en for one in inside)]),
    )


def fragment(clause: str, address: Address) -> str:
    """Return the id of a place on a page: `art_living-wage_2_a`. It stays when the number of the clause changes.

    Args:
        clause: the id of the clause.
        address: in it.
    """
    parts = (clause, address.paragraph, address.point, address.subpoint)
    return "_".join(["art", *(str(one) for one in parts if one is not None)])


def touched(article: str, text: str, spans: Iterable[tuple[int, int]]) -> list[Address]:
    """Return the parts of a clause that stretches of its text lie in, in the order of the text.

    Args:
        article: the number of the clause.
        text: in one language.
        spans: from and up to which character; where both are equal something is put in there.
    """
    wanted = list(spans)
    found: list[Address] = []
    start = 0
    for address, part in addressed(article, text).items():
        end = start + len(part.mark) + len(part.text)
        last = end == len(text)
        if any(_meets(start, end, one, last=last) for one in wanted):
            found.append(address)
        start = end
    return found


def _meets(start: int, end: int, span: tuple[int, int], *, last: bool) -> bool:
    """Whether a stretch lies in a part; what is put in where two parts meet is put after the first."""
    from_, to = span
    if from_ == to:
        return start < from_ <= end or (from_ == 0 == start and (end > 0 or last))
    return from_ < end and to > start


def cited(places: Sequence[Address]) -> Words | None:
    """Cite some places of one clause; the first few, and how many more. None when there are none."""
    if not places:
        return None
    named = [citation(one) for one in places]
    return Words(nl=_some([one.nl for one in named], "en nog"), en=_some([one.en for one in named], "and more:"))


def _inside(address: Address) -> list[Words]:
    """Cite a place within its article."""
    found: list[Words] = []
    if address.paragraph is not None:
        found.append(Words(nl=_lid(address.paragraph), en=f"paragraph {address.paragraph}"))
    if address.point is not None:
        found.append(Words(nl=f"onderdeel {address.point}", en=f"point ({address.point})"))
    if address.subpoint is not None:
        found.append(Words(nl=f"onder {address.subpoint}°", en=f"sub-point {address.subpoint}"))
    return found


def _lid(number: str) -> str:
    if not number.isdecimal():
        return f"lid {number}"
    at = int(number)
    return f"{_ORDINALS[at - 1] if at <= len(_ORDINALS) else f'{at}e'} lid"


_LONGEST_CITATION = 200
_NUMBER = r"[1-9][0-9]{0,2}[a-z]?"
_CITATION = re.compile(
    rf"""(?:(?:artikel|article|art)\s|art\.\s?)(?P<article>[\w./-]*\w)(?!\w)
    (?:[,\s]*(?:(?P<ordinal>{"|".join(_ORDINALS)})\s+lid
              |(?P<nth>[1-9][0-9]{{0,2}})e\s+lid
              |(?:lid|paragraph|para\.?)\s+(?P<number>{_NUMBER})(?!\w)
              |\((?P<bracketed>{_NUMBER})\)))?
    (?:[,\s]*(?:(?:onderdeel|onder|sub|punt|point)\s+\(?(?P<point>[a-z]{{1,2}})(?!\w)\)?
              |\((?P<bare_point>[a-z]{{1,2}})\))
       (?:[,\s]*(?:(?:onder|sub-?point|sub)\s+\(?(?P<sub>[1-9][0-9]?)(?!\w)\)?[°º]?
                 |(?P<degree>[1-9][0-9]?)[°º]
                 |\((?P<bare_sub>[1-9][0-9]?|[ivx]{{1,5}})\)))?)?
    [.\s]*""",
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)


def read_citation(text: str) -> Address:
    """Read a citation in Dutch or English, in full or short: `art. 4 lid 2 onder a`, `Article 4(2)(a)`.

    Raises:
        Refusal: `unknown_citation`.
    """
    given = " ".join(text.split())  # also the hard spaces of a text that was pasted
    found = _CITATION.fullmatch(given) if len(given) <= _LONGEST_CITATION else None
    sub = (found["sub"] or found["degree"] or found["bare_sub"]) if found else None
    subpoint = None if sub is None else int(sub) if sub.isdecimal() else _ROMAN.get(sub.lower(), 0)
    if found is None or subpoint == 0:
        raise Refusal(
            "unknown_citation",
            f"'{given[:_LONGEST_CITATION]}' wijst geen plaats in de tekst aan. Verwacht: zoals 'artikel 4, tweede lid, "
            "onderdeel a', 'art. 4 lid 2 onder a, 1°' of 'article 4, paragraph 2, point (a)'.",
            f"'{given[:_LONGEST_CITATION]}' points at no place in the text. Expected: such as 'article 4, paragraph 2, "
            "point (a)', 'Article 4(2)(a)(i)' or 'artikel 4, tweede lid, onderdeel a'.",
            {"citation": given[:_LONGEST_CITATION]},
        )
    ordinal, point = found["ordinal"], found["point"] or found["bare_point"]
    paragraph = (
        str(_ORDINALS.index(ordinal.lower()) + 1) if ordinal else found["nth"] or found["number"] or found["bracketed"]
    )
    return Address(
        article=found["article"],
        paragraph=paragraph.lower() if paragraph else None,
        point=point.lower() if point else None,
        subpoint=subpoint,
    )


def misaligned(article: str, text: Words) -> Words | None:
    """Say where the two languages of a clause first differ in their parts; none when they have the same ones.

    Args:
        article: the number of the clause.
        text: in both languages.
    """
    dutch, english = list(addressed(article, text.nl)), list(addressed(article, text.en))
    # Both are in the one order that rising numbers give, so at the first difference one of the two lacks a part.
    at = next((i for i, (one, other) in enumerate(zip(dutch, english, strict=False)) if one != other), None)
    if at is None:
        if len(dutch) == len(english):
            return None
        at = min(len(dutch), len(english))
    in_dutch = at < len(dutch) and dutch[at] not in english
    missing = _inside(dutch[at] if in_dutch else english[at])
    nl, en = ", ".join(one.nl for one in missing), ", ".join(one.en for one in missing)
    if in_dutch:
        return Words(
            nl=f"In het Engels heeft artikel {article} geen {nl}; in het Nederlands wel.",
            en=f"English article {article} has no {en}; the Dutch one has.",
        )
    return Words(
        nl=f"In het Nederlands heeft artikel {article} geen {nl}; in het Engels wel.",
        en=f"Dutch article {article} has no {en}; the English one has.",
    )


_NAMED = {
    Language.NL: Words(nl="Nederlandse", en="Dutch"),
    Language.EN: Words(nl="Engelse", en="English"),
}


def one_sided(article: str, old: Words, new: Words, authentic: Language) -> Words | None:
    """Warn that a change was made in one language and not in the other; none when both changed in the same parts.

    Spaces and line ends do not count: they change no meaning.

    Args:
        article: the number of the clause.
        old: the text before.
        new: the text after.
        authentic: the language that prevails.
    """
    changed = {language: _changed(article, old.pick(language), new.pick(language)) for language in Language}
    warnings: list[Words] = []
    for language, other in ((Language.NL, Language.EN), (Language.EN, Language.NL)):
        only = [citation(one) for one in changed[language] if one not in changed[other]]
        if only:
            where = Words(nl=_some([one.nl for one in only], "en nog"), en=_some([one.en for one in only], "and more:"))
            warnings.append(_warning(language, other, where, prevails=language == authentic))
    if not warnings:
        return None
    return Words(nl=" ".join(one.nl for one in warnings), en=" ".join(one.en for one in warnings))


def alignment(article: str, old: Words, new: Words, authentic: Language) -> list[Words]:
    """Warn of all in which the two languages of a changed clause are not parallel; for who is still typing.

    Args:
        article: the number of the clause.
        old: the text before.
        new: the text as typed; it may be empty or too long (`Words.model_construct`).
        authentic: the language that prevails.
    """
    return [one for one in (one_sided(article, old, new, authentic), misaligned(article, new)) if one is not None]


def _warning(language: Language, other: Language, where: Words, *, prevails: bool) -> Words:
    changed, left = _NAMED[language], _NAMED[other]
    if prevails:
        nl = f"Die is doorslaggevend: werk de {left.nl} tekst bij, of zeg waarom die blijft zoals hij is."
        en = f"It prevails: bring the {left.en} text in line, or say why it stays as it is."
    else:
        nl = f"De {left.nl} is doorslaggevend en zegt nog hetzelfde: dit kan alleen een betere vertaling zijn."
        en = f"The {left.en} one prevails and still says the same: this can only be a better translation."
    return Words(
        nl=f"Alleen in de {changed.nl} tekst gewijzigd: {where.nl}. {nl}",
        en=f"Changed in the {changed.en} text only: {where.en}. {en}",
    )


def _changed(article: str, old: str, new: str) -> list[Address]:
    before, after = _said(article, old), _said(article, new)
    gone = [one for one in before if one not in after]
    return [one for one in [*after, *gone] if before.get(one) != after.get(one)]


def _said(article: str, text: str) -> dict[Address, str]:
    """Return the words of each part, whichever way they are spaced and their accents typed."""
    return {
        address: " ".join(unicodedata.normalize("NFC", part.text).split())
        for address, part in addressed(article, text).items()
    }


def _some(places: Sequence[str], more: str) -> str:
    shown = "; ".join(places[:_MOST_NAMED])
    return shown if len(places) <= _MOST_NAMED else f"{shown}; {more} {len(places) - _MOST_NAMED}"
