"""Commitments in words: who, by when, what; and whether those they name are at the table."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from models.base import Words
from models.commitments import Commitment
from models.errors import Refusal
from rules.calendar import add_months, in_words

ALL = "all"
PARTICIPANTS = "participants"

COMMON: Mapping[str, Words] = {
    ALL: Words(nl="Alle partijen", en="All parties"),
    PARTICIPANTS: Words(nl="Deelnemende bedrijven", en="Participating companies"),
    "secretariat": Words(nl="Het secretariaat", en="The secretariat"),
    "chair": Words(nl="De voorzitter", en="The chair"),
}
"""Who may be committed beside parties and constituencies."""

HEAD = Words(nl="Toezeggingen", en="Commitments")


class Stranger(NamedTuple):
    """Something a commitment names that is not there: where in the list, `who` or `norm`, its name, and what is."""

    at: int
    field: str
    name: str
    known: list[str]

    @property
    def nl(self) -> str:
        """What should have been named."""
        return "partij, geleding of functie" if self.field == "who" else "norm"

    @property
    def en(self) -> str:
        """The same in English."""
        return "party, constituency or office" if self.field == "who" else "norm"


def strangers(commitments: Sequence[Commitment], who: Collection[str], norms: Collection[str]) -> Iterator[Stranger]:
    """Find what commitments name and nobody knows.

    Args:
        commitments: of one clause.
        who: parties and constituencies; those of `COMMON` are always known.
        norms: ids of the playbook's norms.
    """
    people = [*COMMON, *(one for one in who if one not in COMMON)]
    for at, one in enumerate(commitments):
        if one.who not in people:
            yield Stranger(at, "who", one.who, people)
        if one.norm is not None and one.norm not in norms:
            yield Stranger(at, "norm", one.norm, list(norms))


def check(clause: str, commitments: Sequence[Commitment], who: Collection[str], norms: Collection[str]) -> None:
    """Refuse commitments of somebody who is not there.

    Raises:
        Refusal: `unknown_committed`.
    """
    for one in strangers(commitments, who, norms):
        known = ", ".join(one.known) or "-"
        raise Refusal(
            "unknown_committed",
            f"Toezegging {one.at + 1} van artikel {clause} noemt {one.name}; dat is hier onbekend. Verwacht: {known}.",
            f"Commitment {one.at + 1} of clause {clause} names {one.name}; that is unknown here. Expected: {known}.",
            {"clause": clause, "field": one.field, "at": str(one.at), "name": one.name},
        )


def due_on(one: Commitment, in_force: date | None) -> date | None:
    """Return the last day of a commitment; none when it has none, or nobody knows yet."""
    if one.due is not None or one.months is None or in_force is None:
        return one.due
    return add_months(in_force, one.months)


def term(one: Commitment, in_force: date | None = None) -> Words:
    """Say by when: a day, months after the entry into force, or the whole term."""
    if one.due is not None:
        return Words(nl=f"uiterlijk {in_words(one.due, 'nl')}", en=f"by {in_words(one.due, 'en')}")
    if one.months is None:
        return Words(nl="de hele looptijd", en="for the whole term")
    count_nl = "1 maand" if one.months == 1 else f"{one.months} maanden"
    count_en = "1 month" if one.months == 1 else f"{one.months} months"
    day = due_on(one, in_force)
    nl, en = f"binnen {count_nl} na inwerkingtreding", f"within {count_en} of entry into force"
    if day is None:
        return Words(nl=nl, en=en)
    return Words(nl=f"{nl}: uiterlijk {in_words(day, 'nl')}", en=f"{en}: by {in_words(day, 'en')}")


def who(one: Commitment, names: Mapping[str, Words]) -> Words:
    """Say who is committed."""
    return names.get(one.who) or COMMON.get(one.who) or Words(nl=one.who, en=one.who)


def sentence(one: Commitment, names: Mapping[str, Words], in_force: date | None = None) -> Words:
    """Say a commitment in one line."""
    name, by = who(one, names), term(one, in_force)
    return Words(nl=f"{name.nl}, {by.nl}: {one.what.nl}", en=f"{name.en}, {by.en}: {one.what.en}")


def whole(text: Words, commitments: Iterable[Commitment], names: Mapping[str, Words]) -> Words:
    """Return the text of a clause with its commitments beneath it: as it is compared and printed."""
    lines = [sentence(one, names) for one in commitments]
    if not lines:
        return Words.model_construct(nl=text.nl, en=text.en)
    nl, en = ("".join(f"\n- {one.pick(language)}" for one in lines) for language in ("nl", "en"))
    # longer than what anyone may type: it is only shown
    return Words.model_construct(nl=f"{text.nl}\n\n{HEAD.nl}:{nl}", en=f"{text.en}\n\n{HEAD.en}:{en}")
