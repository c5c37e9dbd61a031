"""Whether the table still carries the covenant, and whether enough companies joined."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.base import Words
from models.contracts import Party, Roster
from models.enums import PartyStatus, Tier
from models.playbook import Constituency
from rules.balance import balance, participants, seated, thresholds_met


def words(text: str) -> Words:
    return Words(nl=text, en=text)


def party(name: str, group: str, status: PartyStatus = PartyStatus.ACTIVE, share: float | None = None) -> Party:
    tier = Tier.PARTY if share is None else Tier.PARTICIPANT
    return Party(id=name, name=words(name), constituency=group, tier=tier, status=status, market_share=share or 0)


def roster(*parties: Party, unions: int = 1) -> Roster:
    groups = [("business", "Bedrijfsleven", 2), ("unions", "Bonden", unions), ("ngos", "Ngo's", 1)]
    return Roster(
        constituencies=[Constituency(id=i, title=Words(nl=t, en=i), minimum=m) for i, t, m in groups],
        parties=list(parties),
        people=[],
    )


def test_the_balance_holds_with_exactly_the_minimum() -> None:
    held, said = balance(
        roster(party("a", "business"), party("b", "business"), party("f", "unions"), party("n", "ngos"))
    )

    assert held
    assert (
        said.nl == "Het evenwicht blijft: Bedrijfsleven: 2 (minimaal 2); Bonden: 1 (minimaal 1); Ngo's: 1 (minimaal 1)."
    )


def test_who_left_and_who_only_joined_by_declaration_carry_nothing() -> None:
    gone = party("b", "business", PartyStatus.WITHDRAWN)
    table = roster(party("a", "business"), gone, party("shop", "business", share=3), party("f", "unions"))

    held, said = balance(table)

    assert not held
    assert said.nl.startswith("Het evenwicht is verbroken bij Bedrijfsleven en Ngo's: Bedrijfsleven: 1 (minimaal 2); ")
    assert said.en.startswith("The balance is broken at business and ngos: business: 1 (at least 2); ")
    assert [one.id for one in seated(table)] == ["a", "f"]
    assert [one.id for one in participants(table)] == ["shop"]


def test_three_groups_short_are_listed_as_people_list_them() -> None:
    assert "bij Bedrijfsleven, Bonden en Ngo's:" in balance(roster())[1].nl


def test_a_group_without_minimum_may_be_empty() -> None:
    assert balance(roster(party("a", "business"), party("b", "business"), party("n", "ngos"), unions=0))[0]


@pytest.mark.parametrize(
    ("companies", "share", "met"),
    [(35, 1.0, True), (35, 0.85, False), (34, 2.0, False), (0, 0.0, False), (100, 0.3, True), (30, 1.0, False)],
)
def test_both_entry_thresholds_are_needed(companies: int, share: float, *, met: bool) -> None:
    declared = [party(f"c{n}", "participants", share=share) for n in range(companies)]

    found, said = thresholds_met(declared, 35, 30)

    assert found is met
    assert f"{companies} van de benodigde 35 bedrijven" in said.nl
    assert ("niet gehaald" in said.nl, "not met" in said.en) == (not met, not met)


def test_shares_add_up_as_people_add_and_are_written_as_each_language_writes_them() -> None:
    declared = [party(f"c{n}", "participants", share=0.1) for n in range(3)]

    met, said = thresholds_met(declared, 3, 0.3)

    assert met  # 0.1 + 0.1 + 0.1 is 0.30000000000000004 to a computer
    assert "samen 0,3 % van de markt, nodig is 0,3 %:" in said.nl
    assert "together 0.3 % of the market, 0.3 % is needed:" in said.en


@pytest.mark.parametrize(
    ("companies", "needed", "share", "nl", "en"),
    [
        (2, 0, 0, "2 bedrijven, samen 25 % van de markt; er is geen instapdrempel.",
         "2 companies, together 25 % of the market; there is no entry threshold."),
        (1, 0, 0, "1 bedrijf, samen 12,5 % van de markt; er is geen instapdrempel.",
         "1 company, together 12.5 % of the market; there is no entry threshold."),
        (0, 0, 0, "0 bedrijven; er is geen instapdrempel.", "0 companies; there is no entry threshold."),
        (2, 1, 0, "2 van de benodigde 1 bedrijven, samen 25 % van de markt: de instapdrempel is gehaald.",
         "2 of the 1 companies needed, together 25 % of the market: the entry threshold is met."),
        (1, 0, 30, "1 bedrijf, samen 12,5 % van de markt, nodig is 30 %: de instapdrempel is niet gehaald.",
         "1 company, together 12.5 % of the market, 30 % is needed: the entry threshold is not met."),
    ],
)  # fmt: skip
def test_a_threshold_that_nobody_asks_is_not_spoken_of(
    companies: int, needed: int, share: float, nl: str, en: str
) -> None:
    declared = [party(f"c{n}", "participants", share=12.5) for n in range(companies)]

    assert thresholds_met(declared, needed, share)[1] == Words(nl=nl, en=en)


@given(st.lists(st.floats(0, 10), max_size=40), st.integers(0, 40), st.floats(0, 100))
def test_one_more_company_never_makes_it_worse(shares: list[float], companies: int, share: float) -> None:
    declared = [party(f"c{n}", "participants", share=one) for n, one in enumerate(shares)]
    more = [*declared, party("one-more", "participants", share=1)]

    assert thresholds_met(declared, companies, share)[0] <= thresholds_met(more, companies, share)[0]
