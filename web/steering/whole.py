"""Acts on the covenant as a whole: pause, resume, a party that leaves, the end."""

from models import contracts as c
from models import ids
from models.base import Words
from models.enums import CovenantStatus, PartyStatus, Power, TaskKind
from models.errors import Refusal
from rules import access, answering, balance, enduring
from rules.calendar import due_moment
from store import asked
from store import standing as reads
from web.forms import Filled
from web.steering.base import At, Prepared, Send, act_of, count, made, reason_of

# --- the covenant as a whole ------------------------------------------------------------------------------------------


async def pause(at: At, f: Filled) -> Prepared | None:
    """Pause the covenant."""
    return await _hold(at, f, resume=False)


async def resume(at: At, f: Filled) -> Prepared | None:
    """Resume the covenant."""
    return await _hold(at, f, resume=True)


async def _hold(at: At, f: Filled, *, resume: bool) -> Prepared | None:
    reason, act = reason_of(f), act_of(f)
    if resume != (at.covenant.status is CovenantStatus.PAUSED):
        f.refuse(
            Refusal(
                "not_paused" if resume else "already_paused",
                "Het convenant is niet gepauzeerd." if resume else "Het convenant is al gepauzeerd.",
                "The covenant is not paused." if resume else "The covenant is paused already.",
            )
        )
    message = made(f, lambda: c.Hold(act=act, actor=at.actor, resume=resume, reason=reason))
    if message is None:
        return None
    open_now = (await reads.waiting(at.visit.site.db, at.slug, at.now)).count
    said = (
        Words(
            nl=f"Het convenant gaat verder; de termijnen van {count(open_now, 'open taak', 'open taken')} worden "
            "later met de werkdagen die de pauze duurde.",
            en=f"The covenant goes on; the terms of {count(open_now, 'open task', 'open tasks')} become later by the "
            "working days the pause took.",
        )
        if resume
        else Words(
            nl=f"Niemand wordt meer herinnerd en geen termijn loopt af; {count(open_now, 'open taak', 'open taken')} "
            "kan niemand beantwoorden tot u hervat.",
            en=f"Nobody is reminded any more and no term runs out; {count(open_now, 'open task', 'open tasks')} "
            "cannot be answered until you resume.",
        )
    )
    told = Words(
        nl="Alle partijen en bedrijven krijgen bericht, met uw reden.",
        en="All parties and companies are told, with your reason.",
    )
    return Prepared([said, told], [Send(ids.covenant_workflow(at.slug), "hold", message, act)])


async def withdraw(at: At, f: Filled) -> Prepared | None:
    """Let a party leave the table."""
    signed = at.covenant.signed_at is not None
    own = access.may_leave(at.viewer, signed=signed)
    roster = await reads.roster(at.visit.site.db, at.slug, also=own)
    offices = bool(at.viewer.relations & access.PROXIES)
    party_id, reason = f.get("party"), reason_of(f)
    takes_part = [*balance.seated(roster), *balance.participants(roster)]
    party = next((one for one in takes_part if one.id == party_id), None)
    if party is None or (not offices and party.id not in own):
        f.wrong("party", "Kies een partij die aan tafel zit.", "Choose a party that sits at the table.")
        return None
    seat = at.seat if offices else at.viewer.seat(party=party.id, kind=TaskKind.APPROVAL, today=at.today)
    who = next((one for one in roster.people if seat is not None and one.id == seat.person), None)
    commits = who is not None and any(
        answering.covers(mandate, Power.COMMIT, at.today, None, whole=True) for mandate in who.mandates
    )
    if not offices and not commits:
        f.refuse(_no_mandate(roster, party))
    act = act_of(f)
    actor = c.Actor(person=seat.person) if seat is not None else at.actor
    message = made(f, lambda: c.Withdrawal(act=act, actor=actor, party=party.id, reason=reason))
    if message is None:
        return None
    months = (await asked.playbook(at.visit.site.db, at.slug)).notice_months if signed else 0
    if months:
        leaves = due_moment(enduring.leaves_on(at.today, months))
        bound = Words(
            nl="Tot dan blijft alles gelden wat zij ondertekende, en kan zij de opzegging intrekken.",
            en="Until then all that it signed holds, and it can take its notice back.",
        )
        return Prepared(
            [enduring.notice_words(party.name, leaves), bound],
            [Send(ids.covenant_workflow(at.slug), "withdraw", message, act)],
        )
    left = roster.model_copy(
        update={
            "parties": [
                one.model_copy(update={"status": PartyStatus.WITHDRAWN}) if one.id == party.id else one
                for one in roster.parties
            ]
        }
    )
    holds, words = balance.balance(left)
    said = [
        Words(
            nl=f"{party.name.nl} vertrekt nu: wat haar gevraagd is vervalt, en vanaf nu telt zij in geen besluit mee. "
            "Eerdere besluiten blijven staan.",
            en=f"{party.name.en} leaves now: what it was asked lapses, and from now on it counts in no decision. "
            "Earlier decisions stand.",
        ),
        words,
        Words(
            nl="Alle partijen en bedrijven krijgen bericht, met de reden. Dit kan niet ongedaan gemaakt worden.",
            en="All parties and companies are told, with the reason. This cannot be undone.",
        ),
    ]
    if not holds:
        said.append(
            Words(
                nl="De facilitator moet dan besluiten hoe het verder gaat.",
                en="The facilitator must then decide how to go on.",
            )
        )
    return Prepared(said, [Send(ids.covenant_workflow(at.slug), "withdraw", message, act)])


def _no_mandate(roster: c.Roster, party: c.Party) -> Refusal:
    able = ", ".join(one.name for one in roster.people if one.party == party.id and one.mandates)
    return Refusal(
        "no_mandate",
        f"U hebt vandaag geen mandaat om {party.name.nl} te binden. Verwacht: iemand met die bevoegdheid ({able}).",
        f"You have no mandate today to commit {party.name.en}. Expected: someone with that power ({able}).",
        {"party": party.id},
    )


async def end(at: At, f: Filled) -> Prepared | None:
    """End the talks; what is signed the parties end together."""
    reason, act = reason_of(f), act_of(f)
    enduring.check_ends_alone(at.covenant.signed_at)
    if f.get("sure") != "yes":
        f.wrong("sure", "Kruis aan dat u dit zeker weet.", "Tick that you are sure of this.")
    message = made(f, lambda: c.EndTalks(act=act, actor=at.actor, reason=reason))
    if message is None:
        return None
    waiting = (await reads.waiting(at.visit.site.db, at.slug, at.now)).count
    said = Words(
        nl=f"Het convenant eindigt voorgoed; {count(waiting, 'open taak vervalt', 'open taken vervallen')} en er "
        "begint geen stap meer. De lijst blijft te lezen en te controleren.",
        en=f"The covenant ends for good; {count(waiting, 'open task lapses', 'open tasks lapse')} and no step begins "
        "any more. The record stays to be read and verified.",
    )
    return Prepared([said], [Send(ids.covenant_workflow(at.slug), "end_talks", message, act)])
