"""Which decision rule holds for which kind of question: the ground rules, as given or as the steps imply. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from models.base import Words
from models.contracts import ClauseRef
from models.deciding import DecisionRule
from models.enums import Closing, Matter, RuleKind, StepKind, StepStatus, Unit
from models.errors import Conflict, Refusal
from models.ground import GroundRule, PartyQuestion
from models.plan import PlannedStep
from models.playbook import Playbook, Step
from models.questions import FixProposal, RuleProposal
from rules.texts import clause_of

MATTERS: Mapping[Matter, Words] = {
    Matter.CLAUSE: Words(nl="een artikel in een ronde", en="a clause in a round"),
    Matter.ACCORD: Words(nl="het onderhandelaarsakkoord", en="the negotiators' accord"),
    Matter.RATIFICATION: Words(nl="ratificatie door de achterban", en="ratification by the constituencies"),
    Matter.APPROVAL: Words(
        nl="andere besluiten van de partijen (uitgangspunten, reikwijdte, start)",
        en="other decisions of the parties (principles, scope, the start)",
    ),
    Matter.GO_ON: Words(
        nl="doorgaan na vertrek van een partij of een verbroken balans",
        en="going on after a party left or the balance broke",
    ),
    Matter.EDITORIAL: Words(nl="een redactionele verbetering", en="an editorial fix"),
    Matter.MINUTES: Words(nl="het verslag van een vergadering", en="the minutes of a meeting"),
    Matter.ACCESSION: Words(nl="toetreding van een nieuwe partij", en="accession of a new party"),
    Matter.TERMINATION: Words(nl="een einde vóór de looptijd om is", en="an end before the term is over"),
    Matter.GROUND_RULES: Words(nl="een wijziging van deze procesafspraken", en="a change of these ground rules"),
}

BY_SILENCE = GroundRule(kind=RuleKind.SILENCE, unit=Unit.PARTY, days=10)
OWN: Mapping[Matter, GroundRule] = {
    Matter.EDITORIAL: BY_SILENCE,
    Matter.MINUTES: BY_SILENCE,
    Matter.ACCESSION: GroundRule(kind=RuleKind.SILENCE, unit=Unit.PARTY, days=20),
    Matter.TERMINATION: GroundRule(kind=RuleKind.UNANIMITY, unit=Unit.DELEGATION, days=20),
    Matter.GROUND_RULES: GroundRule(kind=RuleKind.UNANIMITY, unit=Unit.DELEGATION, days=20),
}
"""What holds where a playbook says nothing and no step asks it."""


def matter_of(step: Step) -> Matter | None:
    """Return the kind of question that a step puts to the parties, or None when it decides nothing."""
    if step.kind is StepKind.APPROVAL:
        return Matter.ACCORD if step.accord else Matter.APPROVAL
    return {StepKind.DIALOGUE: Matter.CLAUSE, StepKind.RATIFICATION: Matter.RATIFICATION}.get(step.kind)


def rule_of(step: Step, book: Playbook) -> DecisionRule:
    """Return the rule of a step: its own, that of the ground rules for its kind of question, or the default."""
    matter = matter_of(step)
    given = book.ground_rules.get(matter) if matter is not None else None
    return step.rule or (given.rule if given is not None else book.defaults.rule)


def with_rule(step: Step, rule: DecisionRule | None) -> Step:
    """Return a step with its rule; by silence it ends on its deadline, unless the playbook says otherwise."""
    silent = rule is not None and rule.kind is RuleKind.SILENCE
    return step.model_copy(update={"rule": rule, "closes": step.closes or (Closing.DEADLINE if silent else None)})


def complete(
    given: Mapping[Matter, GroundRule], steps: Iterable[Step], default: DecisionRule
) -> dict[Matter, GroundRule]:
    """Return a ground rule for every kind of question: as given, of the first step that asks it, or the usual one."""
    asked: dict[Matter, GroundRule] = {}
    for step in steps:
        matter = matter_of(step)
        if matter is not None and matter is not Matter.APPROVAL and step.rule is not None:
            asked.setdefault(matter, GroundRule(**step.rule.model_dump(), days=min(step.duration, 250)))
    usual = GroundRule(**default.model_dump())
    return {matter: given.get(matter) or asked.get(matter) or OWN.get(matter) or usual for matter in Matter}


def of_book(book: Playbook) -> dict[Matter, GroundRule]:
    """Return the ground rules of a playbook."""
    return complete(book.ground_rules, book.steps, book.defaults.rule)


def exceptions(plan: Iterable[PlannedStep], rules: Mapping[Matter, GroundRule]) -> dict[Matter, list[PlannedStep]]:
    """Return, by kind of question, the steps that run or are to come and are decided by another rule than it says."""
    found: dict[Matter, list[PlannedStep]] = {}
    for planned in plan:
        matter = matter_of(planned.step)
        over = planned.status not in {StepStatus.PLANNED, StepStatus.ACTIVE}
        if matter is not None and not over and planned.step.rule not in {None, rules[matter].rule}:
            found.setdefault(matter, []).append(planned)
    return found


# --- changing ---------------------------------------------------------------------------------------------------------


def check_rule(rules: Mapping[Matter, GroundRule], open_ones: Iterable[PartyQuestion], proposal: RuleProposal) -> None:
    """Refuse a change that is none, one that is asked already, and a rule that can never pass.

    Raises:
        Refusal: `nothing_changed`, `rule_never_passes`.
        Conflict: `asked_already`.
    """
    name, rule = MATTERS[proposal.matter], proposal.rule
    if rules[proposal.matter] == rule:
        raise Refusal(
            "nothing_changed",
            f"Voor {name.nl} geldt deze regel al. Verwacht: een andere regel of termijn.",
            f"This rule holds already for {name.en}. Expected: another rule or term.",
            {"matter": proposal.matter},
        )
    majority = rule.kind in {RuleKind.MAJORITY, RuleKind.MAJORITY_PER_CONSTITUENCY}
    if majority and rule.more_than and Fraction(rule.threshold) == 1:
        raise Refusal(
            "rule_never_passes",
            "Meer dan alle stemmen kan nooit. Verwacht: een kleiner deel, of 'minstens'.",
            "More than all votes can never be. Expected: a smaller share, or 'at least'.",
            {"threshold": rule.threshold},
        )
    if any(one.matter is proposal.matter for one in open_ones):
        raise Conflict(
            "asked_already",
            f"Over {name.nl} ligt al een wijziging voor. Verwacht: wacht op de uitkomst, of trek die eerst in.",
            f"A change about {name.en} is before the parties already. Expected: wait for it, or take it back first.",
            {"matter": proposal.matter},
        )


def check_go_on(open_ones: Iterable[PartyQuestion]) -> None:
    """Refuse to ask twice at once whether the talks go on.

    Raises:
        Conflict: `asked_already`.
    """
    if any(one.kind == "go_on" for one in open_ones):
        raise Conflict(
            "asked_already",
            "De vraag of de gesprekken doorgaan ligt al voor. Verwacht: wacht op de uitkomst, of trek haar eerst in.",
            "Whether the talks go on is before the parties already. Expected: wait for it, or take it back first.",
        )


def check_fix(
    clauses: Sequence[ClauseRef],
    open_ones: Iterable[PartyQuestion],
    proposal: FixProposal,
    *,
    frozen: bool,
    talks: bool,
) -> ClauseRef:
    """Return the clause that a fix is about; whether the words fit it is looked up after.

    Raises:
        Refusal: `text_frozen`, `no_talks`, `unknown_clause`.
        Conflict: `asked_already`.
    """
    if frozen:
        raise Refusal(
            "text_frozen",
            "De tekst is vastgesteld; er is niets meer aan te verbeteren. Verwacht: een verbetering vóór het akkoord.",
            "The text is frozen; nothing in it can be fixed any more. Expected: a fix before the accord.",
        )
    if not talks:
        raise Refusal(
            "no_talks",
            "Er wordt nu niet over de tekst onderhandeld. Verwacht: een verbetering terwijl de rondes lopen.",
            "The text is not being negotiated now. Expected: a fix while the rounds go on.",
        )
    found = clause_of(clauses, proposal.clause)
    if any(one.clause == proposal.clause for one in open_ones):
        raise Conflict(
            "asked_already",
            f"Voor artikel {found.number} ligt al een redactionele verbetering voor. Verwacht: wacht op de uitkomst, "
            "of trek die eerst in.",
            f"An editorial fix of clause {found.number} is before the parties already. Expected: wait for it, or take "
            "it back first.",
            {"clause": proposal.clause},
        )
    return found
