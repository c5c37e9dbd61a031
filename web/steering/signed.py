"""Acts on a signed covenant: who joins, a party that stays after all, its end by the parties together."""

from pydantic import ValidationError

from acts import acceding
from models import contracts as c
from models import ids
from models.base import Words
from models.enums import Matter, Tier
from models.errors import PolderError
from models.questions import Application, NoticeRetraction, TerminationProposal
from rules import access, enduring
from rules.ground_rules import rule_in_words
from store import ground
from store import standing as reads
from web.forms import Filled
from web.steering.base import At, Prepared, Send, act_of, made, reason_of

FIELDS = {
    "name.nl": "name-nl", "name.en": "name-en", "market_share": "share", "email": "email", "contact": "contact",
    "constituency": "constituency", "kind": "kind", "language": "language", "tier": "tier",
}  # fmt: skip


async def _by(at: At, matter: Matter) -> Words:
    held = await ground.rules(at.visit.site.db, at.slug)
    return rule_in_words(next(one.rule for one in held if one.matter is matter))


async def accede(at: At, f: Filled) -> Prepared | None:
    """Put to the parties that somebody wants to join."""
    db, reason, act = at.visit.site.db, reason_of(f), act_of(f)
    request = None
    try:
        enduring.check_signed(at.covenant.signed_at)
        request = acceding.Request.model_validate(
            {
                "name": {"nl": f.get("name-nl").strip(), "en": f.get("name-en").strip() or f.get("name-nl").strip()},
                "tier": f.get("tier") or Tier.PARTICIPANT, "kind": f.get("kind") or "company",
                "constituency": f.get("constituency") or None,
                "category": f.get("category") or None,
                "market_share": f.get("share").strip().replace(",", ".") or 0, "contact": f.get("contact").strip(),
                "email": f.get("email").strip(), "language": f.get("language") or "nl", "id": f.get("known") or None,
            }
        )  # fmt: skip
        if request.tier is Tier.PARTY and request.constituency is None:
            f.wrong("constituency", "Kies bij welke geleding deze partij hoort.", "Choose the constituency it joins.")
        applicant = await acceding.applicant(db, at.slug, request)
    except ValidationError as error:
        f.invalid(error, FIELDS)
        return None
    except PolderError as error:
        f.refuse(
            error,
            {
                "address_taken": "email",
                "unknown_category": "category",
                "name_too_long": "name-nl",
                "name_taken": "name-nl",
                "not_signed_yet": "reason",
            },
        )
        return None
    message = made(f, lambda: Application(act=act, actor=at.actor, applicant=applicant, reason=reason))
    if message is None:
        return None
    rule = await _by(at, Matter.ACCESSION)
    said = Words(
        nl=f"De partijen krijgen het verzoek van {applicant.name.nl} voorgelegd ({rule.nl}). Maakt niemand bezwaar, "
        f"dan krijgt {applicant.person_name} per mail de vraag de ondertekende tekst te tekenen; daarna doet "
        f"{applicant.name.nl} mee.",
        en=f"The request of {applicant.name.en} is put to the parties ({rule.en}). If nobody objects, "
        f"{applicant.person_name} is asked by mail to sign the signed text; after that {applicant.name.en} takes part.",
    )
    stays = Words(
        nl="Wat al verzegeld is verandert niet; na de handtekening komt er een nieuw bewijsrapport bij.",
        en="What is sealed does not change; after the signature a new evidence report is added.",
    )
    return Prepared([said, stays], [Send(ids.covenant_workflow(at.slug), "apply", message, act)])


async def terminate(at: At, f: Filled) -> Prepared | None:
    """Ask the parties to end the covenant before its term."""
    reason, act = reason_of(f), act_of(f)
    enduring.check_signed(at.covenant.signed_at)
    message = made(f, lambda: TerminationProposal(act=act, actor=at.actor, reason=reason))
    if message is None:
        return None
    rule = await _by(at, Matter.TERMINATION)
    said = Words(
        nl=f"Elke partij krijgt de vraag of het convenant eindigt ({rule.nl}). Wordt zij aangenomen, dan eindigt het "
        "convenant meteen en voorgoed.",
        en=f"Every party is asked whether the covenant ends ({rule.en}). If it is carried, the covenant ends at once "
        "and for good.",
    )
    return Prepared([said], [Send(ids.covenant_workflow(at.slug), "propose_termination", message, act)])


async def stay(at: At, f: Filled) -> Prepared | None:
    """Take back the notice of a party."""
    reason, act = reason_of(f), act_of(f)
    leaving = {one.id: one for one in await reads.leaving(at.visit.site.db, at.slug)}
    own = {seat.party for seat in at.viewer.seats}
    party = leaving.get(f.get("party"))
    if party is None or not (at.viewer.relations & access.PROXIES or party.id in own):
        f.wrong("party", "Kies een partij die opgezegd heeft.", "Choose a party that gave notice.")
        return None
    seat = at.seat or at.viewer.seat(party=party.id)
    actor = c.Actor(person=seat.person) if seat is not None else at.actor
    message = made(f, lambda: NoticeRetraction(act=act, actor=actor, party=party.id, reason=reason))
    if message is None:
        return None
    said = Words(
        nl=f"De opzegging van {party.name_nl} vervalt; zij blijft gebonden. Iedereen die meedoet krijgt bericht.",
        en=f"The notice of {party.name_en} lapses; it stays bound. Everyone who takes part is told.",
    )
    return Prepared([said], [Send(ids.covenant_workflow(at.slug), "retract_notice", message, act)])
