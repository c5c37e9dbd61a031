"""Signing on a task's page: with a code from a mail or with a passkey, or not at all."""

from models import contracts as c
from models import signing as sg
from models.enums import StepKind, TaskKind
from models.playbook import YearlyDuty
from rules import answering, categories, requests
from rules.access import Seat
from rules.calendar import local_date
from store import accounts, asked
from store.asked import Asked
from web import passkeys
from web.forms import Filled
from web.visiting import Visit

LEAST, MOST = 3, 2000
"""Characters of a reason."""


async def shows(visit: Visit, found: Asked, seat: Seat | None) -> dict[str, object]:
    """Return which colleagues may sign instead, and how many passkeys the visitor has to sign with."""
    if seat is None or found.task.kind not in answering.SIGNING:
        return {}
    able = requests.signatories(found.roster(), found.state, local_date(visit.clock(found.covenant)))
    return {
        **await _category(visit, found),
        "opens": found.step.signs_from if found.step else None,
        "colleagues": [(one.id, one.name) for one in found.people if one.id in able and one.id != seat.person],
        "passkeys": len(await accounts.passkeys(visit.site.db, visit.me)),
    }


async def _category(visit: Visit, found: Asked) -> dict[str, object]:
    """Return what a company takes on by its category, and when its yearly duties are due."""
    if found.task.kind is not TaskKind.DECLARATION or found.party is None:
        return {}
    book, name = await asked.playbook(visit.site.db, found.task.covenant), found.party.category
    yearly = next((step.yearly or YearlyDuty() for step in book.steps if step.kind is StepKind.IMPLEMENTATION), None)
    return {
        "category": next((one for one in book.categories if one.id == name), None),
        "yearly": categories.in_words(yearly, name) if yearly is not None else None,
    }


async def content(visit: Visit, found: Asked, f: Filled, seat: Seat | None) -> c.Content | None:
    """Make a signature or a refusal of a form; None when something is wrong with a field."""
    text_sha = found.task.text_sha or ""
    if f.get("do") == "decline":
        reason = f.need("why-not", "Schrijf waarom niet.", "Write why not.")
        if reason and not LEAST <= len(reason) <= MOST:
            f.wrong("why-not", f"Verwacht: {LEAST} tot {MOST} tekens.", f"Expected: {LEAST} to {MOST} characters.")
        return sg.DeclineAnswer(text_sha=f.get("text_sha"), reason=reason) if f.fine else None
    if f.get("confirm") != text_sha:
        f.wrong("confirm", "Bevestig dat u precies deze tekst ondertekent.", "Confirm that you sign exactly this text.")
    by_passkey = bool(f.get("credential"))
    code = "" if by_passkey else f.need("code", "Vul de code uit de mail in.", "Fill in the code you got by mail.")
    name = f.need(
        "name", "Typ uw naam zoals die onder de tekst komt.", "Type your name as it will stand below the text."
    )
    if code and not 4 <= len(code) <= 40:  # noqa: PLR2004 as the contract has it
        f.wrong("code", "Een code heeft acht tekens, zoals ABCD-2345.", "A code has eight characters, as ABCD-2345.")
    if not f.fine:
        return None
    if by_passkey and seat is not None:
        kept = await passkeys.proof(visit, found.task.id, seat.person, f.get("credential"), f.get("challenge"))
        return sg.SignatureAnswer(text_sha=f.get("text_sha"), passkey_sha=kept, name=name)
    return sg.SignatureAnswer(text_sha=f.get("text_sha"), code=code, name=name)
