"""Which acts on a request to sign are allowed: passing it on, asking again, cancelling. Refusals say what would do."""

from collections.abc import Collection
from datetime import date

from models.contracts import Actor, Roster, TaskState
from models.enums import Power, SigningRole, TaskKind, TaskStatus
from models.errors import Refusal
from rules import answering
from rules.calendar import in_words


def check_pass_on(roster: Roster, task: TaskState, actor: Actor, to: str, today: date) -> None:
    """Refuse passing on what is not one's own to sign, or to who may not sign.

    Raises:
        Refusal: with what would be accepted.
    """
    answering.check_open(task)
    if task.kind not in answering.SIGNING or task.role is not None or actor.on_behalf is not None:
        raise Refusal(
            "not_to_be_passed_on",
            "Dit is niet door te geven. Verwacht: een verzoek om voor een partij te tekenen, door wie tekent.",
            "This cannot be passed on. Expected: a request to sign for a party, by who signs.",
            {"task": task.id},
        )
    answering.standing(roster, task, actor, today)
    answering.check_signs(task, actor.person)
    colleague = answering.person(roster, to)
    answering.standing(roster, task, Actor(person=to), today)
    able = signatories(roster, task, today)
    if to == actor.person or to in task.signed_by:
        raise Refusal(
            "not_a_successor",
            f"{colleague.name} kan het niet overnemen. Verwacht: een ander met mandaat die nog niet tekende: "
            f"{', '.join(one for one in able if one not in {actor.person, *task.signed_by}) or 'niemand'}.",
            f"{colleague.name} cannot take it over. Expected: somebody else with a mandate who has not signed: "
            f"{', '.join(one for one in able if one not in {actor.person, *task.signed_by}) or 'nobody'}.",
            {"person": to},
        )
    left = {*able, to} - {actor.person}
    if len(left) < max(task.total, 1):
        raise Refusal(
            "too_few_signatories",
            f"Dan blijven er {len(left)} mensen over en er moeten er {task.total} tekenen. Verwacht: eerst iemand met "
            "mandaat erbij.",
            f"That leaves {len(left)} people, and {task.total} must sign. Expected: first somebody else with a "
            "mandate.",
            {"task": task.id},
        )


def signatories(roster: Roster, task: TaskState, today: date) -> list[str]:
    """Return who may sign for the party today and has not passed it on."""
    return [
        one.id
        for one in roster.people
        if one.party == task.respondent
        and one.id not in task.passed_on
        and any(answering.covers(mandate, Power.SIGN, today, None, whole=True) for mandate in one.mandates)
    ]


def check_ask_again(task: TaskState, due: date, today: date, last: date, cancelled: Collection[str]) -> None:
    """Refuse asking again what did not expire and was not cancelled, or for longer than the window.

    Args:
        task: the request.
        due: until when.
        today: the day in Amsterdam.
        last: the last day of the window.
        cancelled: tasks that were cancelled.
    """
    if not (task.status is TaskStatus.EXPIRED or (task.status is TaskStatus.VOID and task.id in cancelled)):
        raise Refusal(
            "nothing_expired",
            f"Dit verzoek verliep niet en is niet geannuleerd ({task.id}). Verwacht: een verlopen of geannuleerd "
            "verzoek.",
            f"This request did not expire and was not cancelled ({task.id}). Expected: one that expired or was "
            "cancelled.",
            {"task": task.id},
        )
    answering.check_future(due, today)
    if due > last:
        raise Refusal(
            "after_the_window",
            f"Het tekenvenster sluit op {in_words(last, 'nl')}. Verwacht: een dag tot en met die dag.",
            f"The signing window closes on {in_words(last, 'en')}. Expected: a day up to and including that day.",
            {"due": due.isoformat(), "last": last.isoformat()},
        )


def check_cancel(task: TaskState) -> None:
    """Refuse cancelling what was signed, or a party's own signature."""
    answering.check_open(task)
    for signer in task.signed_by:
        answering.check_signs(task, signer)
    if task.kind is TaskKind.SIGNATURE and task.signs_as is SigningRole.SIGNATORY:
        raise Refusal(
            "party_must_sign",
            f"Zonder {task.respondent} is de ondertekening niet af. Verwacht: annuleer de hele ondertekening (zonder "
            "taak), of leg vast dat de partij zich terugtrekt.",
            f"Without {task.respondent} the signing is not complete. Expected: cancel the whole signing (without a "
            "task), or record that the party withdraws.",
            {"task": task.id},
        )
    if task.role is not None and task.kind is TaskKind.DECISION:
        raise Refusal(
            "nothing_to_cancel",
            "Dit is uw eigen besluit. Verwacht: een verzoek om te tekenen of goed te keuren.",
            "This is your own decision. Expected: a request to sign or approve.",
            {"task": task.id},
        )
