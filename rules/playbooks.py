"""Can this playbook come to an end, and can this covenant run by it? Every obstacle, named in both languages."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from itertools import pairwise

from models.base import Words
from models.covenant import CovenantFile
from models.deciding import DecisionRule
from models.enums import Closing, Phase, Power, Role, RuleKind, Rung, StepKind, Unit
from models.playbook import Fact, FactValue, Playbook, RungAfter, Step
from rules import categories
from rules.addresses import shared
from rules.commitments import ALL, PARTICIPANTS, strangers
from rules.matters import rule_of
from rules.problems import Problem, doubles, one_of, problem, unknown, wrong
from rules.signing_checks import check_plan, check_plan_here

PHASES = list(Phase)
DECIDING = (StepKind.APPROVAL, StepKind.DIALOGUE, StepKind.RATIFICATION)
OFFICES = {Rung.CALL: Role.SECRETARIAT, Rung.CHAIR: Role.CHAIR, Rung.MEDIATOR: Role.MEDIATOR}
LATEST_REMINDER = 250
FULL_SHARE = 100


def predecessors(steps: Sequence[Step]) -> dict[str, list[str]]:
    """Return for each step id what it waits for: what `after` says, else the step above it."""
    found: dict[str, list[str]] = {}
    above: list[str] = []
    for step in steps:
        found.setdefault(step.id, above if step.after is None else list(step.after))
        above = [step.id]
    return found


def theme_ids(playbook: Playbook) -> list[str]:
    """Return the ids of all themes and sub-themes."""
    return [name for theme in playbook.themes for name in (theme.id, *(sub.id for sub in theme.sub))]


def fact_values(fact: Fact) -> list[FactValue]:
    """Return the values a fact may have; true or false when the playbook names none."""
    return fact.values if fact.values is not None else [True, False]


def same_value(one: FactValue | None, other: FactValue) -> bool:
    """Compare two fact values without taking 1 for true."""
    return one == other and isinstance(one, bool) == isinstance(other, bool)


def holds(step: Step, facts: Mapping[str, FactValue], include: Iterable[str]) -> bool:
    """Say whether a step is done at all: its facts hold, and it is included if it is optional."""
    met = all(same_value(facts.get(name), value) for name, value in step.when.items())
    return met and (not step.optional or step.id in set(include))


# ---------------------------------------------------------------------------------------------------- the playbook


def check_playbook(playbook: Playbook) -> list[Problem]:
    """Find everything that keeps a playbook from coming to an end."""
    names = (
        doubles((f"steps.{i}.id", step.id) for i, step in enumerate(playbook.steps))
        + doubles((f"norms.{i}.id", norm.id) for i, norm in enumerate(playbook.norms))
        + doubles((f"constituencies.{i}.id", group.id) for i, group in enumerate(playbook.constituencies))
        + doubles((f"facts.{i}.id", fact.id) for i, fact in enumerate(playbook.facts))
        + doubles(
            pair
            for i, theme in enumerate(playbook.themes)
            for pair in (
                (f"themes.{i}.id", theme.id),
                *((f"themes.{i}.sub.{j}.id", sub.id) for j, sub in enumerate(theme.sub)),
            )
        )
    )
    each = [one for i, step in enumerate(playbook.steps) for one in _step(playbook, i, step)]
    defaults = (
        _reminders("defaults.reminders", playbook.defaults.reminders, None)
        + _ladder("defaults.ladder", playbook.defaults.ladder, may_be_empty=False)
        + _satisfiable("defaults.rule", playbook.defaults.rule)
        + [one for name, rule in playbook.ground_rules.items() for one in _satisfiable(f"ground_rules.{name}", rule)]
    )
    return names + _reserved(playbook) + each + defaults + _order(playbook) + categories.check_book(playbook)


def _reserved(playbook: Playbook) -> list[Problem]:
    taken = {ALL, PARTICIPANTS, *Role}
    found = [
        problem(
            f"constituencies.{i}.id",
            f"'{group.id}' heeft al een betekenis bij respondents",
            f"'{group.id}' already means something in respondents",
            "een andere naam",
            "another name",
        )
        for i, group in enumerate(playbook.constituencies)
        if group.id in taken
    ]
    later = {
        f"{one.id}-{n}": Words(nl=f"een herhaling van '{one.id}'", en=f"a repetition of '{one.id}'")
        for one in playbook.steps
        for n in range(2, one.repeat.times + 1 if one.repeat else 0)
    }
    beside = Words(nl="een vraag buiten het plan", en="a question beside the plan")
    later |= {one.id: beside for one in playbook.steps if one.id.startswith("question-")}
    return found + [
        problem(
            f"steps.{i}.id",
            f"'{step.id}' is ook de naam van {later[step.id].nl}",
            f"'{step.id}' is also the name of {later[step.id].en}",
            "een andere naam",
            "another name",
        )
        for i, step in enumerate(playbook.steps)
        if step.id in later
    ]


def _step(playbook: Playbook, i: int, step: Step) -> list[Problem]:
    """Check one step by itself."""
    at = f"steps.{i}"
    steps = [other.id for other in playbook.steps]
    norms = [norm.id for norm in playbook.norms]
    found = [
        unknown(f"{at}.after.{j}", "stap", "step", name, steps)
        for j, name in enumerate(step.after or [])
        if name not in steps
    ]
    found += [
        unknown(f"{at}.norms.{j}", "norm", "norm", name, norms)
        for j, name in enumerate(step.norms)
        if name not in norms
    ]
    return (
        found
        + _respondents(playbook, at, step)
        + _when(playbook, at, step)
        + _kind(at, step)
        + _timing(playbook, at, step)
        + (_satisfiable(f"{at}.rule", step.rule) if step.rule else [])
        + (_reminders(f"{at}.reminders", step.reminders, step) if step.reminders else [])
        + (
            _ladder(f"{at}.ladder", step.ladder, may_be_empty=step.closes is Closing.DEADLINE)
            if step.ladder is not None
            else []
        )
    )


def _respondents(playbook: Playbook, at: str, step: Step) -> list[Problem]:
    groups = [group.id for group in playbook.constituencies]
    allowed = [ALL, PARTICIPANTS, *groups, *Role]
    if step.kind in DECIDING:
        allowed = [ALL, *groups]
    if step.kind is StepKind.SIGNING:
        allowed = [ALL, PARTICIPANTS, *groups]
    found = []
    for j, name in enumerate(step.respondents):
        if name in allowed:
            continue
        if name in {ALL, PARTICIPANTS, *groups, *Role}:
            nl, en = one_of(name, allowed)
            found.append(
                problem(
                    f"{at}.respondents.{j}",
                    f"'{name}' heeft geen stem in een stap van soort {step.kind}",
                    f"'{name}' holds no seat in a {step.kind} step",
                    nl,
                    en,
                )
            )
        else:
            found.append(unknown(f"{at}.respondents.{j}", "respondent", "respondent", name, allowed))
    return found + doubles((f"{at}.respondents.{j}", name) for j, name in enumerate(step.respondents))


def _when(playbook: Playbook, at: str, step: Step) -> list[Problem]:
    facts = {fact.id: fact for fact in playbook.facts}
    found = []
    for name, value in step.when.items():
        if name not in facts:
            found.append(unknown(f"{at}.when.{name}", "feit", "fact", name, facts))
        elif not any(same_value(value, allowed) for allowed in fact_values(facts[name])):
            found.append(unknown(f"{at}.when.{name}", "waarde", "value", value, fact_values(facts[name])))
    return found


def _kind(at: str, step: Step) -> list[Problem]:
    """Check what a kind of step may and must be."""
    found = []
    home = {
        StepKind.DIALOGUE: Phase.DIALOGUE,
        StepKind.RATIFICATION: Phase.DIALOGUE,
        StepKind.SIGNING: Phase.DIALOGUE,
        StepKind.IMPLEMENTATION: Phase.IMPLEMENTATION,
    }.get(step.kind)
    if home and step.phase is not home:
        found.append(
            problem(
                f"{at}.phase",
                f"een stap van soort {step.kind} staat niet in fase {step.phase}",
                f"a {step.kind} step does not belong in phase {step.phase}",
                f"fase {home}",
                f"phase {home}",
            )
        )
    once = step.kind in {StepKind.SIGNING, StepKind.IMPLEMENTATION}
    if step.repeat and once:
        found.append(
            problem(
                f"{at}.repeat",
                f"een stap van soort {step.kind} gebeurt één keer",
                f"a {step.kind} step is done once",
                "geen repeat",
                "no repeat",
            )
        )
    elif step.repeat and step.repeat.until_passed and step.kind is not StepKind.APPROVAL:
        found.append(
            problem(
                f"{at}.repeat.until_passed",
                f"een stap van soort {step.kind} wordt niet aangenomen of afgewezen",
                f"a {step.kind} step is not passed or rejected",
                "until_passed alleen bij soort approval; anders alleen times",
                "until_passed only with kind approval; else only times",
            )
        )
    if (once or step.accord) and (step.when or step.optional):
        found.append(
            problem(
                f"{at}.{'when' if step.when else 'optional'}",
                "zonder deze stap kan het convenant niet eindigen",
                "without this step the covenant cannot end",
                "geen when en geen optional",
                "no when and no optional",
            )
        )
    return found


def _timing(playbook: Playbook, at: str, step: Step) -> list[Problem]:
    found = []
    months = playbook.term_years * 12
    after = step.months_after_entry
    if after is not None and (step.phase is not Phase.IMPLEMENTATION or step.kind is StepKind.IMPLEMENTATION):
        found.append(
            problem(
                f"{at}.months_after_entry",
                "deze stap kan niet vanaf de inwerkingtreding tellen",
                "this step cannot count from entry into force",
                f"alleen in fase implementation, en niet bij soort implementation (die duurt {months} maanden)",
                f"only in phase implementation, and not with kind implementation (that lasts {months} months)",
            )
        )
    elif after is not None and after > months:
        found.append(
            problem(
                f"{at}.months_after_entry",
                f"{after} maanden is na het einde van de looptijd",
                f"{after} months is after the end of the term",
                f"hoogstens {months}",
                f"at most {months}",
            )
        )
    if step.yearly and step.yearly.plan_after_months >= step.yearly.report_after_months:
        found.append(categories.not_later(f"{at}.yearly"))
    return found


def _reminders(path: str, reminders: Sequence[int], step: Step | None) -> list[Problem]:
    earliest = -LATEST_REMINDER if step is None or step.months_after_entry else -step.duration
    rising = all(one < two for one, two in pairwise(reminders))
    if rising and all(earliest <= day <= LATEST_REMINDER for day in reminders):
        return []
    return [
        problem(
            path,
            f"herinneringen {list(reminders)} kunnen zo niet",
            f"reminders {list(reminders)} make no sense",
            f"oplopende werkdagen ten opzichte van de uiterste dag, van {earliest} tot {LATEST_REMINDER}",
            f"rising working days relative to the due date, from {earliest} to {LATEST_REMINDER}",
        )
    ]


def _ladder(path: str, ladder: Sequence[RungAfter], *, may_be_empty: bool) -> list[Problem]:
    order = list(Rung)
    places = [order.index(rung.rung) for rung in ladder]
    days = [rung.after for rung in ladder]
    rising = all(one < two for line in (places, days) for one, two in pairwise(line))
    ends = ladder[-1].rung is Rung.END if ladder else may_be_empty
    if rising and ends:
        return []
    shown = ", ".join(f"{rung.rung} {rung.after}" for rung in ladder) or "-"
    wanted = ", ".join(order)
    return [
        problem(
            path,
            f"deze ladder komt niet aan een einde: {shown}",
            f"this ladder does not come to an end: {shown}",
            f"treden uit {wanted}, elk hoogstens één keer, in die volgorde, met oplopende dagen en end als laatste",
            f"rungs out of {wanted}, each at most once, in that order, with rising days and end last",
        )
    ]


def _satisfiable(path: str, rule: DecisionRule) -> list[Problem]:
    majority = rule.kind in {RuleKind.MAJORITY, RuleKind.MAJORITY_PER_CONSTITUENCY}
    if not (majority and rule.more_than and Fraction(rule.threshold) == 1):
        return []
    return [
        problem(
            f"{path}.threshold",
            "meer dan alle stemmen haalt niemand",
            "nobody gets more than all votes",
            "een drempel onder 1, of more_than: false",
            "a threshold below 1, or more_than: false",
        )
    ]


def _order(playbook: Playbook) -> list[Problem]:
    """Check how the steps hang together."""
    before = predecessors(playbook.steps)
    known = {name: [other for other in after if other in before] for name, after in before.items()}
    cycles = _cycles(known)
    found = []
    place = {step.id: i for i, step in reversed(list(enumerate(playbook.steps)))}
    for cycle in cycles:
        ring = " → ".join([*cycle, cycle[0]])
        found.append(
            problem(
                f"steps.{place[cycle[0]]}.after",
                f"deze stappen wachten op elkaar: {ring}",
                f"these steps wait for each other: {ring}",
                "een after zonder kring",
                "an after without a circle",
            )
        )
    ahead = {name: _ancestors(known, name) for name in known}
    stuck = {name for cycle in cycles for name in cycle}
    for step in playbook.steps:
        blocked = sorted(ahead[step.id] & stuck)
        if step.id not in stuck and blocked:
            found.append(
                problem(
                    f"steps.{place[step.id]}.after",
                    f"stap '{step.id}' wordt nooit bereikt, want '{blocked[0]}' zit in een kring",
                    f"step '{step.id}' is never reached, because '{blocked[0]}' is in a circle",
                    "een after die begint bij de eerste stap",
                    "an after that begins at the first step",
                )
            )
    return found + _phases(playbook, before, place) + _milestones(playbook, ahead, place)


def _cycles(before: Mapping[str, Sequence[str]]) -> list[list[str]]:
    """Find the circles, each named once, in the direction of waiting."""
    rings: list[list[str]] = []
    done: set[str] = set()
    for root in before:
        trail: list[str] = []
        todo = [(root, iter(before[root]))] if root not in done else []
        trail.extend(name for name, _ in todo)
        while todo:
            name, rest = todo[-1]
            following = next(rest, None)
            if following is None:
                todo.pop()
                trail.pop()
                done.add(name)
            elif following in trail:
                rings.append(trail[trail.index(following) :])
            elif following not in done:
                trail.append(following)
                todo.append((following, iter(before[following])))
    return rings


def _ancestors(before: Mapping[str, Sequence[str]], name: str) -> set[str]:
    found: set[str] = set()
    todo = list(before[name])
    while todo:
        one = todo.pop()
        if one not in found:
            found.add(one)
            todo.extend(before[one])
    return found


def _phases(playbook: Playbook, before: Mapping[str, Sequence[str]], place: Mapping[str, int]) -> list[Problem]:
    phase = {step.id: PHASES.index(step.phase) for step in playbook.steps}
    return [
        problem(
            f"steps.{place[step.id]}.{'phase' if step.after is None else 'after'}",
            f"stap '{step.id}' in fase {step.phase} wacht op '{name}' in de latere fase {PHASES[phase[name]]}",
            f"step '{step.id}' in phase {step.phase} waits for '{name}' in the later phase {PHASES[phase[name]]}",
            f"alleen stappen uit fase {step.phase} of eerder (volgorde: {', '.join(PHASES)})",
            f"only steps of phase {step.phase} or earlier (order: {', '.join(PHASES)})",
        )
        for step in playbook.steps
        for name in before[step.id]
        if name in phase and phase[name] > phase[step.id]
    ]


def _milestones(playbook: Playbook, ahead: Mapping[str, set[str]], place: Mapping[str, int]) -> list[Problem]:
    """Accord, signing and implementation are there, and in the right order."""
    kinds = {kind: [step for step in playbook.steps if step.kind is kind] for kind in StepKind}
    accords = {step.id for step in playbook.steps if step.accord}
    talks = {step.id for step in kinds[StepKind.DIALOGUE]}
    signing = {step.id for step in kinds[StepKind.SIGNING]}
    found = []
    if len(kinds[StepKind.SIGNING]) != 1:
        found.append(
            problem(
                f"steps.{place[kinds[StepKind.SIGNING][1].id]}" if signing else "steps",
                f"er zijn {len(kinds[StepKind.SIGNING])} ondertekeningen",
                f"there are {len(kinds[StepKind.SIGNING])} signing steps",
                "precies één stap van soort signing",
                "exactly one step of kind signing",
            )
        )
    if not kinds[StepKind.IMPLEMENTATION]:
        found.append(
            problem(
                "steps",
                "er is geen uitvoering",
                "there is no implementation",
                "minstens één stap van soort implementation",
                "at least one step of kind implementation",
            )
        )
    if not accords:
        found.append(
            problem(
                "steps",
                "er is geen onderhandelaarsakkoord",
                "there is no negotiators' accord",
                "minstens één stap van soort approval met accord: true",
                "at least one step of kind approval with accord: true",
            )
        )
    rows = [
        (step, accords, "een onderhandelaarsakkoord (accord: true)", "a negotiators' accord (accord: true)")
        for step in (*kinds[StepKind.RATIFICATION], *kinds[StepKind.SIGNING])
        if accords
    ]
    rows += [
        (step, talks, "een stap van soort dialogue", "a step of kind dialogue")
        for step in playbook.steps
        if step.accord
    ]
    rows += [
        (step, signing, "de ondertekening (signing)", "the signing step")
        for step in playbook.steps
        if step.phase is Phase.IMPLEMENTATION and signing
    ]
    found += [
        problem(
            f"steps.{place[step.id]}.{'id' if step.after is None else 'after'}",
            f"stap '{step.id}' komt zonder dat eerst {nl} voorbij is",
            f"step '{step.id}' comes without {en} before it",
            f"eerder in de keten van after: {nl}",
            f"earlier in the chain of after: {en}",
        )
        for step, needed, nl, en in rows
        if not ahead[step.id] & needed
    ]
    return found + [one for step in kinds[StepKind.SIGNING] for one in _signers(playbook, step, place[step.id])]


def _signers(playbook: Playbook, step: Step, i: int) -> list[Problem]:
    found = []
    groups = {group.id for group in playbook.constituencies}
    if not set(step.respondents) & {ALL, *groups}:
        found.append(
            problem(
                f"steps.{i}.respondents",
                "geen partij ondertekent",
                "no party signs",
                "'all' of geledingen, eventueel met 'participants'",
                "'all' or constituencies, possibly with 'participants'",
            )
        )
    asked = playbook.thresholds.participants > 0 or playbook.thresholds.market_share > 0
    if asked and PARTICIPANTS not in step.respondents:
        found.append(
            problem(
                "thresholds",
                f"er is een instapdrempel, maar deelnemers verklaren niets in stap '{step.id}'",
                f"there is an entry threshold, but participants declare nothing in step '{step.id}'",
                f"'participants' bij de respondents van '{step.id}', of geen thresholds",
                f"'participants' among the respondents of '{step.id}', or no thresholds",
            )
        )
    return found + check_plan(playbook, step, f"steps.{i}.plan")


# ---------------------------------------------------------------------------------------------------- the covenant


def check_covenant(covenant: CovenantFile, playbook: Playbook, today: date) -> list[Problem]:
    """Find everything that keeps a covenant from being launched, or from ending, by this playbook."""
    found = doubles((f"parties.{i}.id", party.id) for i, party in enumerate(covenant.parties))
    found += doubles((f"people.{i}.id", person.id) for i, person in enumerate(covenant.people))
    found += doubles((f"clauses.{i}.id", clause.id) for i, clause in enumerate(covenant.clauses))
    found += doubles((f"clauses.{i}.number", clause.number) for i, clause in enumerate(covenant.clauses))
    found += doubles(
        [(f"parties.{i}.id", party.id) for i, party in enumerate(covenant.parties)]
        + [(f"participants.{i}.id", one.id) for i, one in enumerate(covenant.participants)]
    )
    if covenant.playbook != playbook.sector:
        found.append(unknown("playbook", "sector", "sector", covenant.playbook, [playbook.sector]))
    if covenant.start and covenant.start < today:
        found.append(
            problem(
                "start",
                f"{covenant.start} is al voorbij",
                f"{covenant.start} is in the past",
                f"{today} of later, of geen start (dan de dag van de lancering)",
                f"{today} or later, or no start (then the day of launch)",
            )
        )
    return (
        list(dict.fromkeys(found))
        + _constituencies(covenant, playbook)
        + _people(covenant, playbook, today)
        + [problem(*one) for one in shared(covenant)]
        + _powers(covenant, today)
        + list(_clauses(covenant, playbook))
        + list(categories.check_companies(covenant, playbook))
        + _facts(covenant, playbook)
        + _included(covenant, playbook)
        + _answerable(covenant, playbook)
        + _offices(covenant, playbook)
        + _thresholds(covenant, playbook)
        + check_plan_here(covenant, playbook, today)
    )


def _constituencies(covenant: CovenantFile, playbook: Playbook) -> list[Problem]:
    groups = [group.id for group in playbook.constituencies]
    found = [
        unknown(f"parties.{i}.constituency", "geleding", "constituency", party.constituency, groups)
        for i, party in enumerate(covenant.parties)
        if party.constituency not in groups
    ]
    size = Counter(party.constituency for party in covenant.parties)
    return found + [
        problem(
            "parties",
            f"geleding '{group.id}' heeft {size[group.id]} partij(en)",
            f"constituency '{group.id}' has {size[group.id]} party or parties",
            f"minstens {group.minimum}",
            f"at least {group.minimum}",
        )
        for group in playbook.constituencies
        if size[group.id] < group.minimum
    ]


def _people(covenant: CovenantFile, playbook: Playbook, today: date) -> list[Problem]:
    parties = [party.id for party in covenant.parties]
    themes = theme_ids(playbook)
    found = []
    for i, person in enumerate(covenant.people):
        if person.party is not None and person.party not in parties:
            found.append(unknown(f"people.{i}.party", "partij", "party", person.party, parties))
        if person.party is None and person.mandates:
            found.append(
                problem(
                    f"people.{i}.mandates",
                    f"'{person.id}' heeft een mandaat maar geen partij",
                    f"'{person.id}' has a mandate but no party",
                    "een party, of geen mandates",
                    "a party, or no mandates",
                )
            )
        for j, mandate in enumerate(person.mandates):
            at = f"people.{i}.mandates.{j}"
            found += [
                unknown(f"{at}.themes.{k}", "thema", "theme", name, themes)
                for k, name in enumerate(mandate.themes)
                if name not in themes
            ]
            if mandate.until and mandate.until < today:
                found.append(
                    problem(
                        f"{at}.until",
                        f"dit mandaat liep al af op {mandate.until}",
                        f"this mandate already ended on {mandate.until}",
                        f"{today} of later, of geen until",
                        f"{today} or later, or no until",
                    )
                )
    if not any(Role.FACILITATOR in person.roles for person in covenant.people):
        found.append(_no_office("people", Role.FACILITATOR))
    return found


def _no_office(path: str, role: Role, why_nl: str = "", why_en: str = "") -> Problem:
    return problem(
        path,
        f"niemand heeft de rol {role}{why_nl}",
        f"nobody has the role {role}{why_en}",
        f"minstens één persoon met roles: [{role}]",
        f"at least one person with roles: [{role}]",
    )


def _powers(covenant: CovenantFile, today: date) -> list[Problem]:
    held: dict[str, set[Power]] = {}
    for person in covenant.people:
        for mandate in person.mandates:
            if person.party and not (mandate.until and mandate.until < today):
                held.setdefault(person.party, set()).update(mandate.powers)
    return [
        problem(
            f"parties.{i}",
            f"niemand mag '{power}' namens partij '{party.id}', dus die kan nooit antwoorden",
            f"nobody may '{power}' for party '{party.id}', so it can never answer",
            f"een persoon met party: {party.id} en een geldig mandaat met power {power}",
            f"a person with party: {party.id} and a valid mandate with power {power}",
        )
        for i, party in enumerate(covenant.parties)
        for power in Power
        if power not in held.get(party.id, set())
    ]


def _clauses(covenant: CovenantFile, playbook: Playbook) -> Iterator[Problem]:
    themes, norms = theme_ids(playbook), [norm.id for norm in playbook.norms]
    who = [one.id for one in covenant.parties] + [one.id for one in playbook.constituencies]
    for i, clause in enumerate(covenant.clauses):
        if clause.theme not in themes:
            yield unknown(f"clauses.{i}.theme", "thema", "theme", clause.theme, themes)
        for j, name in enumerate(clause.norms):
            if name not in norms:
                yield unknown(f"clauses.{i}.norms.{j}", "norm", "norm", name, norms)
        for one in strangers(clause.commitments, who, norms):
            yield unknown(f"clauses.{i}.commitments.{one.at}.{one.field}", one.nl, one.en, one.name, one.known)


def _facts(covenant: CovenantFile, playbook: Playbook) -> list[Problem]:
    known = {fact.id: fact for fact in playbook.facts}
    found = []
    for name, value in covenant.facts.items():
        if name not in known:
            found.append(unknown(f"facts.{name}", "feit", "fact", name, known))
        elif not any(same_value(value, allowed) for allowed in fact_values(known[name])):
            found.append(unknown(f"facts.{name}", "waarde", "value", value, fact_values(known[name])))
    for fact in playbook.facts:
        if fact.id not in covenant.facts:
            says = wrong(
                f"dit feit ontbreekt ({fact.title.nl})",
                f"this fact is missing ({fact.title.en})",
                *one_of("", fact_values(fact)),
            )
            found.append(Problem(path=f"facts.{fact.id}", words=says, empty=True))
    return found


def _included(covenant: CovenantFile, playbook: Playbook) -> list[Problem]:
    optional = [step.id for step in playbook.steps if step.optional]
    return [
        unknown(f"include.{i}", "facultatieve stap", "optional step", name, optional)
        for i, name in enumerate(covenant.include)
        if name not in optional
    ]


def _running(covenant: CovenantFile, playbook: Playbook) -> list[Step]:
    """Return the steps this covenant goes through."""
    return [step for step in playbook.steps if holds(step, covenant.facts, covenant.include)]


def _answerable(covenant: CovenantFile, playbook: Playbook) -> list[Problem]:
    """Every step has someone to answer it, and every rule can pass if all of them agree."""
    size = Counter(party.constituency for party in covenant.parties)
    groups = [group.id for group in playbook.constituencies]
    roles = {role for person in covenant.people for role in person.roles}
    found = []
    for step in _running(covenant, playbook):
        here = f"in stap '{step.id}'", f"in step '{step.id}'"
        asked = groups if ALL in step.respondents else [name for name in step.respondents if name in groups]
        rule = rule_of(step, playbook)
        for name in step.respondents:
            if name in groups and not size[name]:
                found.append(_nobody("parties", name, here))
            elif name == PARTICIPANTS and not covenant.participants:
                found.append(_nobody("participants", name, here))
            elif name in {*Role} and name not in roles:
                found.append(_nobody("people", name, here))
        if step.kind not in DECIDING:
            continue
        each = rule.kind is RuleKind.MAJORITY_PER_CONSTITUENCY
        empty = [name for name in asked if not size[name]] if each and ALL in step.respondents else []
        found += [_nobody("parties", name, here) for name in empty]
        seats = sum(1 if rule.unit is Unit.DELEGATION else size[name] for name in asked if size[name])
        if not seats and not empty:
            found.append(
                problem(
                    "parties",
                    f"de regel {rule.kind} {here[0]} kan nooit slagen: er is geen stem",
                    f"the rule {rule.kind} {here[1]} can never pass: there is no seat",
                    f"minstens één partij in een van: {', '.join(asked)}",
                    f"at least one party in one of: {', '.join(asked)}",
                )
            )
    return found


def _nobody(path: str, name: str, here: tuple[str, str]) -> Problem:
    return problem(
        path,
        f"'{name}' {here[0]} is niemand",
        f"'{name}' {here[1]} is nobody",
        f"minstens één die bij '{name}' hoort",
        f"at least one that belongs to '{name}'",
    )


def _offices(covenant: CovenantFile, playbook: Playbook) -> list[Problem]:
    """Every rung that is climbed has someone standing on it."""
    roles = {role for person in covenant.people for role in person.roles}
    first: dict[Role, Step] = {}
    for step in _running(covenant, playbook):
        for rung in step.ladder if step.ladder is not None else playbook.defaults.ladder:
            if rung.rung in OFFICES:
                first.setdefault(OFFICES[rung.rung], step)
    return [
        _no_office(
            "people", role, f", nodig in de ladder van stap '{step.id}'", f", needed by the ladder of '{step.id}'"
        )
        for role, step in first.items()
        if role not in roles
    ]


def _thresholds(covenant: CovenantFile, playbook: Playbook) -> list[Problem]:
    number = len(covenant.participants)
    share = sum((Fraction(str(one.market_share)) for one in covenant.participants), Fraction(0))
    needed = playbook.thresholds
    found = []
    if number < needed.participants:
        found.append(
            problem(
                "participants",
                f"de instapdrempel van {needed.participants} deelnemers is onhaalbaar met {number}",
                f"the entry threshold of {needed.participants} participants cannot be reached with {number}",
                f"minstens {needed.participants} deelnemers",
                f"at least {needed.participants} participants",
            )
        )
    if share < Fraction(str(needed.market_share)):
        found.append(
            problem(
                "participants",
                f"alle deelnemers samen hebben {float(share):g}% van de markt, minder dan de instapdrempel",
                f"all participants together have {float(share):g}% of the market, below the entry threshold",
                f"samen minstens {needed.market_share:g}%",
                f"together at least {needed.market_share:g}%",
            )
        )
    if share > FULL_SHARE:
        found.append(
            problem(
                "participants",
                f"alle deelnemers samen hebben {float(share):g}% van de markt",
                f"all participants together have {float(share):g}% of the market",
                f"samen hoogstens {FULL_SHARE}%",
                f"together at most {FULL_SHARE}%",
            )
        )
    return found
