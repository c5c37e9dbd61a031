"""Where a norm can be read: the official public page of an OECD chapter, a UN Guiding Principle, an ILO convention.

A playbook names its norms in words (`models.playbook.Norm`); the instrument is read from that name, so a sector's own
playbook gets the links too. What is not recognised is shown without one.
"""

import re

from models.playbook import Norm

GUIDING_PRINCIPLES = (
    "https://www.ohchr.org/en/publications/reference-publications/guiding-principles-business-and-human-rights"
)
OECD_GUIDELINES = "https://doi.org/10.1787/81f92357-en"
ILO_INSTRUMENT = "https://normlex.ilo.org/dyn/nrmlx_en/f?p=NORMLEXPUB:12100:0::NO::P12100_ILO_CODE:{letter}{number:03}"

_ILO = re.compile(r"\b(?:ilo|iao)\b\D{0,40}?\b(?P<letter>[CP])\s?0{0,2}(?P<number>[1-9][0-9]{0,2})\b", re.IGNORECASE)
_ILO_IN_WORDS = re.compile(
    r"\b(?:ilo|iao)[- ](?:convention|conventie|verdrag)\b\D{0,20}?(?P<number>[1-9][0-9]{0,2})\b", re.IGNORECASE
)
_UN = re.compile(r"\bungps?\b|\bun guiding principles?\b|\bguiding principles? on business and human", re.IGNORECASE)
_OECD = re.compile(r"\b(?:oecd|oeso)\b.*(?:guideline|richtlijn)", re.IGNORECASE)


def page(norm: Norm) -> str | None:
    """Return the address of the official page of a norm, by how its source is named; none when it is not known."""
    found = _ILO.search(norm.source)
    if found is not None:
        return ILO_INSTRUMENT.format(letter=found["letter"].upper(), number=int(found["number"]))
    found = _ILO_IN_WORDS.search(norm.source)
    if found is not None:
        return ILO_INSTRUMENT.format(letter="C", number=int(found["number"]))
    if _UN.search(norm.source):
        return GUIDING_PRINCIPLES
    return OECD_GUIDELINES if _OECD.search(norm.source) else None
