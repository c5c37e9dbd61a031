"""A package deal in words for the facilitator: what changes, who gains and who loses, and how sure that is."""

from collections.abc import Mapping

from models.base import Words
from models.packages import Aim, Band, Package, PackageClause, PackageQuestion
from rules.naming import brief, listed, short

BANDS = {
    Band.GAINS_MUCH: Words(nl="Wint veel", en="Gains much"),
    Band.GAINS_A_LITTLE: Words(nl="Wint iets", en="Gains a little"),
    Band.EVEN: Words(nl="Wint noch verliest", en="Neither gains nor loses"),
    Band.LOSES_A_LITTLE: Words(nl="Verliest iets", en="Loses a little"),
    Band.LOSES_MUCH: Words(nl="Verliest veel", en="Loses much"),
}

_AIMS = {
    (Aim.WORST_OFF, True): Words(
        nl="Geen ander pakket laat de partij die er het minst bij wint beter af.",
        en="No other package leaves the party that gains least better off.",
    ),
    (Aim.WORST_OFF, False): Words(
        nl="Het beste gevonden pakket voor de partij die er het minst bij wint; misschien is er een beter.",
        en="The best package found for the party that gains least; there may be a better one.",
    ),
    (Aim.TOTAL, True): Words(
        nl="Geen ander pakket levert alle partijen samen meer op.",
        en="No other package gives more to all parties together.",
    ),
    (Aim.TOTAL, False): Words(
        nl="Het beste gevonden pakket voor alle partijen samen; misschien is er een beter.",
        en="The best package found for all parties together; there may be a better one.",
    ),
    (Aim.BETWEEN, True): Words(
        nl="Levert alle partijen samen zoveel mogelijk op, terwijl wie het minst wint een deel houdt van wat kan.",
        en="Gives all parties together as much as can be, while the one that gains least keeps part of what it could.",
    ),
    (Aim.BETWEEN, False): Words(
        nl="Levert alle partijen samen veel op, terwijl wie het minst wint een deel houdt van wat kan; misschien is "
        "er een beter pakket.",
        en="Gives all parties together much, while the one that gains least keeps part of what it could; there may be "
        "a better package.",
    ),
    (Aim.PARTY, True): Words(
        nl="Geen pakket geeft {0} meer zonder dat iemand slechter af is dan nodig.",
        en="No package gives {0} more without leaving somebody worse off than need be.",
    ),
    (Aim.PARTY, False): Words(
        nl="Het beste gevonden pakket voor {0} zonder dat iemand slechter af is dan nodig; misschien is er een beter.",
        en="The best package found for {0} without leaving anybody worse off than need be; there may be a better one.",
    ),
}


def explained(question: PackageQuestion, package: Package) -> Words:
    """Say for the facilitator what a package changes, and who gains and loses: in bands, without a number of anyone."""
    names = {party.id: party.name for party in question.parties}
    aim = _AIMS[package.aim, package.best]
    if package.favours:
        whom = brief(names[package.favours])
        aim = Words(nl=aim.nl.format(whom.nl), en=aim.en.format(whom.en))
    parts = [aim, _changes(question, package)]
    caring = {party: one for party, one in package.bands.items() if party not in package.indifferent}
    for which, words in BANDS.items():
        these = [names[party] for party, one in caring.items() if one is which]
        if these:
            parts.append(_after(words, listed(these, shown=6)))
    if package.indifferent:
        who = listed([names[party] for party in package.indifferent], shown=6)
        parts.append(
            Words(
                nl=f"Zonder gewichten, of bij wie elk alternatief even goed is, telt alleen het breekpunt: {who.nl}.",
                en=f"Without weights, or where all alternatives are as good, only red lines count: {who.en}.",
            )
        )
    parts.append(_EFFICIENT[package.efficient])
    return Words(nl=" ".join(part.nl for part in parts), en=" ".join(part.en for part in parts))


_EFFICIENT = {
    True: Words(
        nl="Geen toegestaan pakket is beter voor de een zonder slechter te zijn voor een ander.",
        en="No allowed package is better for one without being worse for another.",
    ),
    False: Words(
        nl="Of een ander pakket voor de een beter is en voor niemand slechter, is niet bewezen.",
        en="Whether another package is better for one and worse for none is not proven.",
    ),
}


def _changes(question: PackageQuestion, package: Package) -> Words:
    if not package.swaps:
        return Words(nl="De huidige tekst blijft.", en="The current text stays.")
    table: Mapping[str, PackageClause] = {clause.id: clause for clause in question.clauses}
    said: list[Words] = []
    for swap in package.swaps:
        clause = table[swap.clause]
        label = brief(next(one.label for one in clause.options if one.id == swap.option), 35)
        number = short(clause.number, 20)
        said.append(Words(nl=f"{number} '{label.nl}'", en=f"{number} '{label.en}'"))
    many, which = len(said), listed(said, shown=12)
    return Words(
        nl=f"{'Eén artikel krijgt' if many == 1 else f'{many} artikelen krijgen'} een andere tekst: {which.nl}.",
        en=f"{'One clause gets' if many == 1 else f'{many} clauses get'} another text: {which.en}.",
    )


def _after(words: Words, rest: Words) -> Words:
    return Words(nl=f"{words.nl}: {rest.nl}.", en=f"{words.en}: {rest.en}.")
