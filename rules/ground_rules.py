"""The ground rules of a covenant as people say them: who is asked, how is decided, when is reminded and escalated."""

from collections.abc import Sequence

from models.base import Words
from models.deciding import DecisionRule
from models.enums import Handling, Role, RuleKind, Rung, Unit
from models.ground import GroundRule
from models.playbook import RungAfter
from rules import labels
from rules.commitments import ALL, PARTICIPANTS

RULES = {
    RuleKind.CONSENSUS: Words(nl="consensus", en="consensus"),
    RuleKind.CONSENT: Words(nl="geen beredeneerd bezwaar", en="no reasoned objection"),
    RuleKind.UNANIMITY: Words(nl="eenstemmig", en="unanimity"),
    RuleKind.MAJORITY: Words(nl="meerderheid", en="majority"),
    RuleKind.MAJORITY_PER_CONSTITUENCY: Words(nl="meerderheid per geleding", en="majority per constituency"),
    RuleKind.SILENCE: Words(nl="wie zwijgt stemt toe", en="silence procedure"),
}
RESPONDENTS = {
    ALL: Words(nl="alle partijen", en="all parties"),
    PARTICIPANTS: Words(nl="deelnemende bedrijven", en="participating companies"),
    Role.FACILITATOR: Words(nl="facilitator", en="facilitator"),
    Role.SECRETARIAT: Words(nl="secretariaat", en="secretariat"),
    Role.CHAIR: Words(nl="voorzitter", en="chair"),
    Role.MEDIATOR: Words(nl="bemiddelaar", en="mediator"),
    Role.OPERATOR: Words(nl="beheerder", en="operator"),
}


def rule_in_words(rule: DecisionRule) -> Words:
    """Return a decision rule as people say it."""
    kind = RULES[rule.kind]
    nl, en = [kind.nl], [kind.en]
    if rule.kind in {RuleKind.MAJORITY, RuleKind.MAJORITY_PER_CONSTITUENCY}:
        nl.append(f"{'meer dan' if rule.more_than else 'minstens'} {rule.threshold}")
        en.append(f"{'more than' if rule.more_than else 'at least'} {rule.threshold}")
        if rule.absent is Handling.AGAINST:
            nl.append("wie zwijgt is tegen")
            en.append("no answer counts against")
    if rule.unit is Unit.PARTY:
        nl.append("per partij")
        en.append("by party")
    if rule.quorum:
        nl.append(f"quorum {rule.quorum}")
        en.append(f"quorum {rule.quorum}")
    if isinstance(rule, GroundRule):
        nl.append(f"{rule.days} werkdagen")
        en.append(f"{rule.days} working days")
    return Words(nl=", ".join(nl), en=", ".join(en))


def reminders_in_words(reminders: Sequence[int]) -> Words:
    """Return when is reminded, relative to the due date."""
    nl = [_moment(day, "voor", "na", "op de dag zelf") for day in reminders]
    en = [_moment(day, "before", "after", "on the day itself") for day in reminders]
    if not reminders:
        return Words(nl="geen herinneringen", en="no reminders")
    return Words(
        nl=f"herinneringen in werkdagen ten opzichte van de uiterste dag: {', '.join(nl)}",
        en=f"reminders in working days relative to the due date: {', '.join(en)}",
    )


def _moment(day: int, before: str, after: str, same: str) -> str:
    return same if not day else f"{abs(day)} {before if day < 0 else after}"


def ladder_in_words(ladder: Sequence[RungAfter]) -> Words:
    """Return what happens when an answer stays away."""
    if not ladder:
        return Words(nl="geen ladder: wie niet antwoordt, valt af", en="no ladder: who does not answer drops out")
    nl = ", ".join(f"na {one.after} werkdagen {_rung(one.rung).nl}" for one in ladder)
    en = ", ".join(f"after {one.after} working days {_rung(one.rung).en}" for one in ladder)
    return Words(nl=f"blijft een antwoord weg: {nl}", en=f"when an answer stays away: {en}")


def _rung(rung: Rung) -> Words:
    return labels.RUNGS[rung]
