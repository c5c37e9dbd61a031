"""Norms and the official pages where they can be read."""

import pytest

from models.base import Words
from models.playbook import Norm
from rules import norms
from runtime.files import find_playbook, list_sectors, load_playbook

ILO = "https://normlex.ilo.org/dyn/nrmlx_en/f?p=NORMLEXPUB:12100:0::NO::P12100_ILO_CODE:"


@pytest.mark.parametrize(
    ("source", "page"),
    [
        ("ILO C138 (1973)", f"{ILO}C138"),
        ("ILO C87 (1948)", f"{ILO}C087"),
        ("ILO C29 (1930) and Protocol P29 (2014)", f"{ILO}C029"),
        ("ILO P29 (2014)", f"{ILO}P029"),
        ("IAO-verdrag 182", f"{ILO}C182"),
        ("ILO Convention No. 98", f"{ILO}C098"),
        ("UN Guiding Principles, pillar 2", norms.GUIDING_PRINCIPLES),
        ("UNGP 17", norms.GUIDING_PRINCIPLES),
        ("OECD Guidelines, chapter IV", norms.OECD_GUIDELINES),
        ("OESO-richtlijnen, hoofdstuk IV", norms.OECD_GUIDELINES),
        ("Grondstoffenwet artikel 3", None),
        ("OECD", None),
        ("Silo C2", None),
        ("ILO " + "x" * 280, None),
    ],
)
def test_a_norm_is_read_from_its_own_name(source: str, page: str | None) -> None:
    assert norms.page(Norm(id="n", source=source, title=Words(nl="n", en="n"))) == page


def test_every_norm_of_our_sectors_has_a_page() -> None:
    found = [norm for sector in list_sectors() for norm in load_playbook(find_playbook(sector)).norms]
    assert len(found) > 60
    assert [norm.source for norm in found if norms.page(norm) is None] == []
