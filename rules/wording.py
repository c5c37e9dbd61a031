"""Sentences that several surfaces show: what happens next, in both languages."""

from collections.abc import Mapping

from models import contracts as c
from models.base import Words
from models.contracts import TaskState
from models.enums import Language, Role, Rung, Stance, TaskKind
from rules.labels import RATIFIED, STANCES, label

NEXT: dict[TaskKind, Words] = {
    TaskKind.DOCUMENT: Words(
        nl="zodra het document binnen is, begint de volgende stap.",
        en="once the document is in, the next step begins.",
    ),
    TaskKind.CONTRIBUTION: Words(
        nl="na de sluitingsdatum krijgt u een overzicht van alle bijdragen.",
        en="after the closing date you get an overview of all contributions.",
    ),
    TaskKind.APPROVAL: Words(
        nl="zodra er genoeg antwoorden zijn, krijgt iedereen de uitslag met de regel erbij.",
        en="once there are enough answers, everyone gets the outcome with the rule that gave it.",
    ),
    TaskKind.POSITIONS: Words(
        nl="na de ronde krijgt u per artikel de uitslag; wat open blijft gaat mee naar de volgende ronde.",
        en="after the round you get the outcome per clause; what stays open goes to the next round.",
    ),
    TaskKind.DRAFTING: Words(
        nl="met uw volgende versie begint een nieuwe ronde.", en="your next version starts a new round."
    ),
    TaskKind.RATIFICATION: Words(
        nl="als alle partijen terug zijn van hun achterban, volgt de ondertekening.",
        en="once all parties are back from their members, signing follows.",
    ),
    TaskKind.SIGNATURE: Words(
        nl="als allen getekend hebben en de instapdrempel gehaald is, wordt de tekst verzegeld.",
        en="once all have signed and the entry threshold is met, the text is sealed.",
    ),
    TaskKind.DECLARATION: Words(
        nl="als de instapdrempel gehaald is, treedt het convenant in werking.",
        en="once the entry threshold is met, the covenant enters into force.",
    ),
    TaskKind.PLAN: Words(nl="het secretariaat beoordeelt uw plan.", en="the secretariat assesses your plan."),
    TaskKind.REPORT: Words(
        nl="het secretariaat verwerkt uw rapportage in het jaarverslag.",
        en="the secretariat uses your report in the annual report.",
    ),
    TaskKind.DECISION: Words(
        nl="uw besluit gaat met uw reden op de lijst en wordt meteen uitgevoerd.",
        en="your decision goes on record with your reason and is carried out at once.",
    ),
    TaskKind.ATTENDANCE: Words(
        nl="wie komt staat bij het overleg; verandert er iets, dan hoort u dat per mail.",
        en="who comes stands with the meeting; if anything changes you hear by mail.",
    ),
    TaskKind.MINUTES: Words(
        nl="de genodigden lezen het verslag; wie niets laat weten, is akkoord.",
        en="the invited read the minutes; who says nothing agrees.",
    ),
    TaskKind.CORRECTION: Words(
        nl="zonder bezwaar staat het verslag vast; met een correctie komt er een nieuwe versie.",
        en="without an objection the minutes stand; with a correction there will be a new version.",
    ),
    TaskKind.ACTION: Words(
        nl="wat nog open staat, komt terug op de volgende agenda.",
        en="what is still open comes back on the next agenda.",
    ),
}

ACCEDES = Words(nl="met de handtekening doet de aanvrager mee.", en="with the signature the applicant takes part.")
"""What happens next when somebody is asked to sign a covenant that was signed before."""

RUNGS: dict[Rung, Words] = {
    Rung.CALL: Words(
        nl="bel de partij, en vul het antwoord zo nodig namens haar in.",
        en="call the party, and if needed enter its answer on its behalf.",
    ),
    Rung.CHAIR: Words(nl="voer als voorzitter een gesprek met de partij.", en="talk with the party, as the chair."),
    Rung.MEDIATOR: Words(nl="bemiddel tussen de partij en de tafel.", en="mediate between the party and the table."),
}

OFFICES = {
    Role.FACILITATOR: Words(nl="facilitator", en="facilitator"),
    Role.SECRETARIAT: Words(nl="secretariaat", en="secretariat"),
    Role.CHAIR: Words(nl="voorzitter", en="chair"),
    Role.MEDIATOR: Words(nl="bemiddelaar", en="mediator"),
    Role.OPERATOR: Words(nl="beheerder", en="operator"),
}
LADDER: dict[Rung, Role] = {Rung.CALL: Role.SECRETARIAT, Rung.CHAIR: Role.CHAIR, Rung.MEDIATOR: Role.MEDIATOR}
"""Who is written to when the ladder is climbed."""


def task_values(task: TaskState, name: Words, round_no: int | None) -> dict[str, str]:
    """Return what every mail about a task says; `name` is how its respondent is called."""
    return {
        "party_nl": name.nl,
        "party_en": name.en,
        "what_nl": task.title.nl,
        "what_en": task.title.en,
        "due": task.due.isoformat(),
        "task": task.id,
        "since": task.opened.isoformat(),
        "round": str(round_no or ""),
        "sha256": task.text_sha or "",
        "who": task.respondent,
        "next_nl": NEXT[task.kind].nl,
        "next_en": NEXT[task.kind].en,
    }


def said(content: c.Content, numbers: Mapping[str, str]) -> Words:
    """Say what an answer said, for who reads it in a mail.

    Args:
        content: the answer.
        numbers: of the clauses, by id.
    """
    match content:
        case c.PositionsAnswer():
            return Words(nl=_positions(content, numbers, Language.NL), en=_positions(content, numbers, Language.EN))
        case c.ApprovalAnswer():
            lift = f" ({content.lift})" if content.lift else ""
            return Words(nl=STANCES[content.stance].nl + lift, en=STANCES[content.stance].en + lift)
        case c.RatificationAnswer():
            return RATIFIED[content.result]
        case c.ContributionAnswer():
            items = "; ".join(item.text for item in content.items)
            return Words(nl=items[:2000], en=items[:2000])
        case c.DocumentAnswer():
            return Words(nl=content.title, en=content.title)
        case _:
            return Words(nl="gegeven", en="given")


def _positions(content: c.PositionsAnswer, numbers: Mapping[str, str], language: Language) -> str:
    parts = []
    for stance in Stance:
        about = [numbers.get(one.clause, one.clause) for one in content.positions if one.stance is stance]
        if about:
            word = "artikel" if language is Language.NL else "clause"
            parts.append(f"{label(STANCES, stance, language)} ({word} {', '.join(about)})")
    return "; ".join(parts)
