"""Making the request of who wants to join a signed covenant: an id, an address that is stored first, who signs."""

from typing import Annotated

from pydantic import EmailStr, Field

from models.base import Line, Slug, Strict, Words
from models.enduring import Applicant
from models.enums import Language, PartyKind, Tier
from models.errors import Conflict, Refusal
from models.tables import Party
from rules.categories import check_category
from rules.naming import slugged
from store import asked, clauses, views
from store.engine import Database
from store.people import Contact, put_contact

NAME = 300
"""Characters of a name, as of a party in a covenant file."""


class Request(Strict):
    """Who wants to join, as a form or program says it.

    Attributes:
        id: of an organisation that is on record already, such as a company that did not declare at signing; made of
            the name when empty.
        constituency: of a party.
        market_share: percent, of a company.
        category: of a company; one of the playbook's, where it has any.
    """

    id: Slug | None = None
    name: Words
    tier: Tier = Tier.PARTICIPANT
    kind: PartyKind = PartyKind.COMPANY
    constituency: Slug | None = None
    market_share: Annotated[float, Field(ge=0, le=100)] = 0
    category: Line | None = None
    contact: Line
    email: EmailStr
    language: Language = Language.NL


async def applicant(db: Database, slug: str, request: Request) -> Applicant:
    """Return the applicant, with the address of who signs stored; who is on record already keeps their id.

    Raises:
        Refusal: `name_too_long`, `unknown_organisation`, `unknown_category`.
        Conflict: `name_taken`, or `address_taken`, the address is that of somebody of another organisation.
    """
    longest = max(len(request.name.nl), len(request.name.en))
    if longest > NAME:
        raise Refusal(
            "name_too_long",
            f"De naam heeft {longest} tekens. Verwacht: ten hoogste {NAME}.",
            f"The name has {longest} characters. Expected: at most {NAME}.",
        )
    parties = {one.id: one for one in await clauses.names(db, slug)}
    people = await views.people(db, slug)
    holder = next((one for one in people if one.email.lower() == request.email.lower()), None)
    name = request.id or slugged(request.name.nl, set(parties))
    if request.id is not None and request.id not in parties:
        raise Refusal(
            "unknown_organisation",
            f"{request.id} staat niet op de lijst. Verwacht: {', '.join(parties)}, of geen id.",
            f"{request.id} is not on record. Expected: {', '.join(parties)}, or no id.",
            {"party": request.id},
        )
    request = _as_recorded(request, parties.get(name))
    if request.tier is Tier.PARTICIPANT:
        check_category(await asked.playbook(db, slug), request.category)
    same = next(
        (one for one in parties.values() if one.id != name and _named(request) & {one.name_nl, one.name_en}), None
    )
    if same is not None:
        raise Conflict(
            "name_taken",
            f"{same.name_nl} staat al op de lijst, als {same.id}. Verwacht: een eigen naam, of die organisatie zelf.",
            f"{same.name_en} is on record already, as {same.id}. Expected: a name of its own, or that organisation.",
            {"party": same.id},
        )
    if holder is not None and holder.party != name:
        raise Conflict(
            "address_taken",
            f"Het adres is dat van {holder.name}, die hier al een plaats heeft. Verwacht: een eigen adres.",
            f"The address is that of {holder.name}, who has a place here already. Expected: an address of their own.",
            {"person": holder.id},
        )
    person = holder.id if holder is not None else slugged(f"{name}-contact", {one.id for one in people})
    contact = None
    if holder is None:
        contact = await put_contact(db, Contact(email=request.email, language=request.language))
    return Applicant(
        id=name, name=request.name, tier=request.tier, kind=request.kind, person=person, contact=contact,
        constituency=request.constituency if request.tier is Tier.PARTY else None,
        market_share=request.market_share if request.tier is Tier.PARTICIPANT else 0,
        category=request.category if request.tier is Tier.PARTICIPANT else None,
        person_name=holder.name if holder is not None else request.contact,
    )  # fmt: skip


def _as_recorded(request: Request, row: Party | None) -> Request:
    """Return the request of an organisation that is on record under the name and the tier it has there."""
    if row is None:
        return request
    return request.model_copy(
        update={
            "name": Words(nl=row.name_nl, en=row.name_en), "tier": row.tier, "kind": PartyKind(row.kind),
            "constituency": row.constituency if row.tier is Tier.PARTY else None,
            "market_share": request.market_share or row.market_share, "category": request.category or row.category,
        }
    )  # fmt: skip


def _named(request: Request) -> set[str]:
    return {request.name.nl, request.name.en}
