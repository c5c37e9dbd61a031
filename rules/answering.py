"""Who may answer what: the same checks for validators, pages and the command line. Each refusal says what would do."""

from collections.abc import Collection, Sequence
from datetime import date

from models import contracts as c
from models import signing as sg
from models.enums import (
    Choice,
    Language,
    PartyStatus,
    Power,
    Ratified,
    Role,
    SigningRole,
    Stance,
    TaskKind,
    TaskStatus,
)
from models.errors import Conflict, Refusal
from models.meetings import CorrectionAnswer
from models.packages import ConditionalPosition, Stays
from rules import conditions
from rules.attending import check_around
from rules.calendar import in_words, local_date
from rules.drafting import check_ways_out
from rules.fates import check_fates
from rules.labels import OFFICES
from rules.naming import named
from rules.texts import unknown_clause

CONTENT: dict[TaskKind, str] = {
    TaskKind.DOCUMENT: "document",
    TaskKind.CONTRIBUTION: "contribution",
    TaskKind.APPROVAL: "approval",
    TaskKind.POSITIONS: "positions",
    TaskKind.DRAFTING: "drafting",
    TaskKind.RATIFICATION: "ratification",
    TaskKind.SIGNATURE: "signature",
    TaskKind.DECLARATION: "signature",
    TaskKind.PLAN: "document",
    TaskKind.REPORT: "document",
    TaskKind.DECISION: "decision",
    TaskKind.ATTENDANCE: "attendance",
    TaskKind.MINUTES: "minutes",
    TaskKind.CORRECTION: "correction",
    TaskKind.ACTION: "action",
}
POWERS: dict[TaskKind, Power] = {
    TaskKind.APPROVAL: Power.COMMIT,
    TaskKind.POSITIONS: Power.SPEAK,
    TaskKind.CORRECTION: Power.SPEAK,
    TaskKind.RATIFICATION: Power.COMMIT,
    TaskKind.SIGNATURE: Power.SIGN,
    TaskKind.DECLARATION: Power.SIGN,
}
"""What the mandate must allow; other answers need any mandate of the party."""

SIGNING = {TaskKind.SIGNATURE, TaskKind.DECLARATION}
WHOLE = {TaskKind.APPROVAL, TaskKind.RATIFICATION, TaskKind.SIGNATURE, TaskKind.DECLARATION}
"""What is asked about the whole: a mandate limited to themes does not cover it."""

FURTHEST = 10
"""Years ahead that a date may be set: longer than any covenant runs."""

PROXIES = {Role.FACILITATOR, Role.SECRETARIAT}
"""Offices that may enter what a party phoned in, and act where the plan leaves it to the facilitator."""

WATCHERS = {*PROXIES, Role.OPERATOR}
"""Offices that may extend a term and pause a ladder."""


def person(roster: c.Roster, person_id: str) -> c.Person:
    """Find a person.

    Raises:
        Refusal: `unknown_person`.
    """
    for one in roster.people:
        if one.id == person_id:
            return one
    raise Refusal(
        "unknown_person",
        f"Persoon {person_id} is niet bij dit convenant bekend. Verwacht: een id van een persoon aan tafel.",
        f"Person {person_id} is not known in this covenant. Expected: the id of a person at the table.",
        {"person": person_id},
    )


def require_office(roster: c.Roster, actor: c.Actor, offices: Collection[Role] = frozenset({Role.FACILITATOR})) -> None:
    """Require that the actor holds one of the offices.

    Raises:
        Refusal: `no_office`.
    """
    who = person(roster, actor.person)
    if not set(who.roles) & set(offices):
        wanted = sorted(offices)
        nl, en = (", ".join(OFFICES[role].pick(language) for role in wanted) for language in Language)
        holders = named(one for one in roster.people if set(one.roles) & set(offices))
        raise Refusal(
            "no_office",
            f"{who.name} mag dit niet doen. Verwacht: iemand met de rol {nl}: {holders or 'niemand'}.",
            f"{who.name} may not do this. Expected: someone with the role {en}: {holders or 'nobody'}.",
            {"person": who.id, "roles": ", ".join(wanted)},
        )


def check_open(task: c.TaskState) -> None:
    """Refuse an answer to a task that is no longer open (`task_closed`)."""
    if task.status is TaskStatus.ANSWERED and task.kind in SIGNING:
        raise _signed_already(task)
    if task.status is not TaskStatus.OPEN:
        nl = {"answered": "beantwoord", "expired": "verlopen", "void": "vervallen"}[task.status]
        raise Refusal(
            "task_closed",
            f"'{task.title.nl}' staat niet meer open: de taak is {nl}. Uw antwoord is niet geteld. "
            "Verwacht: een open taak van uw lijst.",
            f"'{task.title.en}' is no longer open: the task is {task.status}. Your answer was not counted. "
            "Expected: an open task of your list.",
            {"task": task.id, "status": task.status},
        )


def _signed_already(task: c.TaskState) -> Refusal:
    return Refusal(
        "signed_already",
        f"Hier is al getekend ({task.id}); er is niets gewijzigd. Verwacht: wie getekend heeft kan zich alleen nog "
        "formeel terugtrekken, met reden (`polder withdraw`).",
        f"This was signed already ({task.id}); nothing was changed. Expected: who signed can only withdraw formally, "
        "with a reason (`polder withdraw`).",
        {"task": task.id},
    )


def check_signs(task: c.TaskState, person_id: str) -> None:
    """Refuse who signed already, or passed signing on to a colleague (`signed_already`, `passed_on`)."""
    if person_id in task.signed_by:
        raise _signed_already(task)
    if person_id in task.passed_on:
        raise Refusal(
            "passed_on",
            "U gaf het tekenen door aan een collega. Verwacht: de handtekening van die collega, of dat die het aan u "
            "teruggeeft.",
            "You passed signing on to a colleague. Expected: that colleague's signature, or that they pass it back.",
            {"task": task.id, "person": person_id},
        )


def is_asked(respondent: str, office: str | None, party: str | None, roles: Collection[str]) -> bool:
    """Whether a task of a respondent, or of an office, is asked of someone of a party with these roles."""
    return office in roles if office is not None else party == respondent


def holders(office: Role) -> set[Role]:
    """Return who answers for an office: the facilitator stands in, but not for a mediator, told in confidence."""
    return {office} if office is Role.MEDIATOR else {office, Role.FACILITATOR}


def standing(
    roster: c.Roster, task: c.TaskState, actor: c.Actor, today: date, themes: Collection[str] = (), *,
    limited: bool = True,
) -> bool:  # fmt: skip
    """Say whether an answer by this actor counts; false means it is kept ad referendum (DESIGN section 4).

    Args:
        roster: everyone around the table.
        task: the task answered.
        actor: who answers, perhaps on behalf of the party.
        today: the day in Amsterdam.
        themes: what the answer is about, for mandates limited to themes.
        limited: whether such a mandate falls short of the whole text. False only for a workflow that took an answer
            before this was the rule.

    Raises:
        Refusal: the person has nothing to do with the respondent, or may not do this at all.
    """
    who = person(roster, actor.person)
    if task.role is not None:
        require_office(roster, actor, {task.role} if task.kind in SIGNING else holders(task.role))
        return True
    party = next(one for one in roster.parties if one.id == task.respondent)
    if party.status is PartyStatus.WITHDRAWN:
        raise Refusal(
            "party_withdrawn",
            f"{party.name.nl} heeft zich teruggetrokken en antwoordt niet meer. Verwacht: een actieve partij.",
            f"{party.name.en} has withdrawn and answers no more. Expected: an active party.",
            {"party": party.id},
        )
    signing = task.kind in SIGNING
    if actor.on_behalf is not None:
        require_office(roster, actor, PROXIES)
        if signing:
            raise Refusal(
                "no_proxy_signature",
                f"Ondertekenen kan niemand anders namens {party.name.nl} doen. Verwacht: een gemachtigde met de code.",
                f"Nobody else can sign for {party.name.en}. Expected: a mandated person with the code.",
                {"task": task.id},
            )
        return True
    if who.party != party.id or not who.mandates:
        able = named(one for one in roster.people if one.party == party.id and one.mandates)
        raise Refusal(
            "no_mandate",
            f"{who.name} heeft geen mandaat van {party.name.nl}. Verwacht: {able or 'niemand heeft er nu een'}"
            + ("." if signing else "; of antwoord namens de partij door het secretariaat, met reden."),
            f"{who.name} has no mandate of {party.name.en}. Expected: {able or 'nobody has one now'}"
            + ("." if signing else "; or an answer on behalf of the party by the secretariat, with a reason."),
            {"person": who.id, "party": party.id},
        )
    whole = limited and task.kind in WHOLE
    counted = all(
        any(covers(mandate, task.power, today, theme, whole=whole) for mandate in who.mandates)
        for theme in set(themes) or [None]
    )
    if signing and not counted:
        until = max((m.until for m in who.mandates if m.until), default=None)
        nl = f"; het liep tot {in_words(until, 'nl')}" if until and until < today else ""
        en = f"; it ran until {in_words(until, 'en')}" if until and until < today else ""
        raise Refusal(
            "no_mandate_to_sign",
            f"{who.name} heeft vandaag geen mandaat om voor {party.name.nl} te tekenen{nl}. Verwacht: een mandaat met "
            "de bevoegdheid sign dat vandaag geldt, voor alle thema's.",
            f"{who.name} has no mandate today to sign for {party.name.en}{en}. Expected: a mandate with the power "
            "sign that holds today, for all themes.",
            {"person": who.id, "party": party.id},
        )
    return counted


def covers(mandate: c.Mandate, power: Power | None, today: date, theme: str | None, *, whole: bool) -> bool:
    """Whether a mandate allows an act; about no theme at all, one limited to themes does unless the act is whole."""
    return (
        (power is None or power in mandate.powers)
        and (mandate.until is None or today <= mandate.until)
        and (not mandate.themes or theme in mandate.themes or (theme is None and not whole))
    )


def limited_to_themes(roster: c.Roster, task: c.TaskState, actor: c.Actor) -> bool:
    """Whether it can matter to an answer that a mandate is limited to themes and the question is not."""
    return task.kind in WHOLE and any(mandate.themes for mandate in person(roster, actor.person).mandates)


def check_content(
    task: c.TaskState, content: c.Content, *, clauses: Sequence[c.ClauseRef] = (), themes: Collection[str] = (),
    today: date, roster: c.Roster | None = None, text: Sequence[c.ClauseRef] = (), amendments: Collection[str] = (),
) -> None:  # fmt: skip
    """Refuse an answer whose content does not fit the task."""
    wanted = CONTENT[task.kind]
    declines = content.kind == "declined" and task.kind in SIGNING
    if content.kind != wanted and not declines:
        raise Refusal(
            "wrong_answer",
            f"Taak {task.id} vraagt om {wanted}, niet om {content.kind}.",
            f"Task {task.id} asks for {wanted}, not for {content.kind}.",
            {"task": task.id, "expected": wanted},
        )
    match content:
        case c.ApprovalAnswer():
            _reasoned(content, "")
            _same_text(task, content.text_sha)
            _approves_or_not(task, content)
        case c.PositionsAnswer():
            _positions(content, clauses)
            _conditions(content, text, amendments)
        case c.ContributionAnswer():
            for item in content.items:
                if item.theme is not None and item.theme not in themes:
                    raise Refusal(
                        "unknown_theme",
                        f"Thema {item.theme} staat niet op de agenda. Verwacht: {', '.join(themes)}.",
                        f"Theme {item.theme} is not on the agenda. Expected: {', '.join(themes)}.",
                        {"theme": item.theme},
                    )
        case c.RatificationAnswer() | sg.SignatureAnswer() | sg.DeclineAnswer() | CorrectionAnswer():
            _same_text(task, content.text_sha)
            check_around(content)
            _explained(content)
        case c.DraftingAnswer():
            check_ways_out(task, content, clauses, roster)
            _drafting(task, content, clauses)
            check_fates(content, clauses)
        case c.DecisionAnswer():
            _decision(task, content, clauses, today)
        case _:
            check_around(content)


def _approves_or_not(task: c.TaskState, content: c.ApprovalAnswer) -> None:
    if task.signs_as is SigningRole.APPROVER and content.stance in {Stance.ABSTAIN, Stance.RECUSE}:
        raise Refusal(
            "not_an_approval",
            "Op dit akkoord wacht de ondertekening. Verwacht: akkoord, akkoord met voorbehoud, of bezwaar met de "
            "reden.",
            "The signing waits for this approval. Expected: agree, agree with reservation, or object with the reason.",
            {"stance": content.stance},
        )


def _explained(content: c.Content) -> None:
    if isinstance(content, c.RatificationAnswer) and content.result is Ratified.REJECTED and content.comment is None:
        raise Refusal(
            "rejected_without_reason",
            "Waarom uw achterban de tekst verwierp staat er niet bij. Verwacht: wat er anders moet om in te stemmen.",
            "Your members rejected the text; why is not said. Expected: what must be different for them to agree.",
        )


def _same_text(task: c.TaskState, text_sha: str | None) -> None:
    if task.text_sha is not None and text_sha != task.text_sha:
        raise Refusal(
            "other_text",
            f"Dit antwoord gaat over een andere tekst ({text_sha or 'geen SHA-256 genoemd'}). "
            f"Verwacht: de tekst met SHA-256 {task.text_sha}.",
            f"This answer is about another text ({text_sha or 'no SHA-256 given'}). "
            f"Expected: the text with SHA-256 {task.text_sha}.",
            {"given": text_sha or "", "expected": task.text_sha},
        )


def _reasoned(answer: c.ApprovalAnswer | c.Position, where: str) -> None:
    if answer.stance is Stance.OBJECT and (answer.ground is None or answer.lift is None):
        raise Refusal(
            "objection_without_ground",
            f"Een bezwaar{where} noemt zijn grond (norm, mandate, feasibility, cost, scope) en wat het zou opheffen.",
            f"An objection{where} names its ground (norm, mandate, feasibility, cost, scope) and what would lift it.",
            {"missing": "ground" if answer.ground is None else "lift"},
        )


def _positions(content: c.PositionsAnswer, clauses: Sequence[c.ClauseRef]) -> None:
    known = {clause.id: clause for clause in clauses}
    seen: set[str] = set()
    for position in content.positions:
        clause = known.get(position.clause)
        if clause is None:
            raise Refusal(
                "unknown_clause",
                f"Artikel {position.clause} staat niet op de agenda. Verwacht: {', '.join(known)}.",
                f"Clause {position.clause} is not on the agenda. Expected: {', '.join(known)}.",
                {"clause": position.clause},
            )
        if position.sha256 != clause.sha256:
            raise Refusal(
                "old_clause_version",
                f"Artikel {clause.number} is gewijzigd: dit standpunt gaat over een andere versie. Verwacht: versie "
                f"{clause.version}, SHA-256 {clause.sha256}.",
                f"Clause {clause.number} has changed: this position is about another version. Expected: version "
                f"{clause.version}, SHA-256 {clause.sha256}.",
                {"clause": clause.id, "expected": clause.sha256, "given": position.sha256},
            )
        if position.clause in seen:
            raise Refusal(
                "position_twice",
                f"Artikel {position.clause} staat twee keer in deze inzending. Verwacht: één standpunt per artikel.",
                f"Clause {position.clause} is in this submission twice. Expected: one position a clause.",
                {"clause": position.clause},
            )
        seen.add(position.clause)
        _reasoned(position, f" ({position.clause})")


def _conditions(content: c.PositionsAnswer, text: Sequence[c.ClauseRef], amendments: Collection[str]) -> None:
    current = {clause.id: clause for clause in text}
    for position in content.positions:
        if not position.conditions:
            continue
        if position.stance not in {Stance.AGREE, Stance.RESERVATION}:
            raise Refusal(
                "condition_without_agreement",
                f"Een voorwaarde hoort bij een akkoord, niet bij {position.stance} ({position.clause}). Verwacht: "
                "akkoord, met of zonder voorbehoud.",
                f"A condition belongs to an agreement, not to {position.stance} ({position.clause}). Expected: "
                "agreement, with or without reservation.",
                {"clause": position.clause},
            )
        conditions.check(
            ConditionalPosition(
                party="party", clause=position.clause, sha256=position.sha256, conditions=position.conditions
            ),
            text, amendments,
        )  # fmt: skip
        for one in position.conditions:
            if isinstance(one, Stays) and one.sha256 != current[one.clause].sha256:
                number = current[one.clause].number
                raise Refusal(
                    "old_clause_version",
                    f"De voorwaarde dat artikel {number} blijft gaat over een andere versie. Verwacht: versie "
                    f"{current[one.clause].version}.",
                    f"The condition that clause {number} stays is about another version. Expected: version "
                    f"{current[one.clause].version}.",
                    {"clause": one.clause, "expected": current[one.clause].sha256},
                )


def _drafting(task: c.TaskState, content: c.DraftingAnswer, clauses: Sequence[c.ClauseRef]) -> None:
    known = {clause.id: clause for clause in clauses if not task.about or clause.id in task.about}
    for clause_id in [*(amendment.clause for amendment in content.amendments), *content.parked]:
        if clause_id not in known:
            raise unknown_clause(clause_id, known)
    for amendment in content.amendments:
        if amendment.sha256 == known[amendment.clause].sha256:
            raise Refusal(
                "nothing_changed",
                f"De nieuwe tekst van artikel {amendment.clause} is gelijk aan de huidige. Verwacht: een gewijzigde "
                "tekst, of laat het artikel weg.",
                f"The new text of clause {amendment.clause} equals the current one. Expected: a changed text, or "
                "leave the clause out.",
                {"clause": amendment.clause},
            )


def _decision(task: c.TaskState, content: c.DecisionAnswer, clauses: Sequence[c.ClauseRef], today: date) -> None:
    known = [clause.id for clause in clauses]
    if content.choice not in task.choices:
        raise Refusal(
            "not_a_choice",
            f"{content.choice} kan hier niet. Verwacht: {', '.join(task.choices)}.",
            f"{content.choice} is not possible here. Expected: {', '.join(task.choices)}.",
            {"choice": content.choice},
        )
    if content.choice is Choice.PROLONG:
        check_future(content.due, today)
    for clause in content.clauses:
        if content.choice is not Choice.BACK or clause not in known:
            raise Refusal(
                "unknown_clause",
                f"Over artikel {clause} kan zo niet opnieuw gesproken worden. Verwacht: de keuze back, met "
                f"{', '.join(known)}.",
                f"Clause {clause} cannot be talked about again like this. Expected: the choice back, with "
                f"{', '.join(known)}.",
                {"clause": clause},
            )


def check_future(due: date | None, today: date) -> None:
    """Refuse a date that is not after today (`date_in_the_past`)."""
    if due is None:
        raise Refusal(
            "date_in_the_past",
            f"Er is geen nieuwe datum gegeven. Verwacht: een datum na {in_words(today, 'nl')}.",
            f"No new date was given. Expected: a date after {in_words(today, 'en')}.",
            {"today": today.isoformat()},
        )
    if due <= today:
        raise Refusal(
            "date_in_the_past",
            f"De nieuwe datum {due} ligt niet na vandaag. Verwacht: een datum na {in_words(today, 'nl')}.",
            f"The new date {due} is not after today. Expected: a date after {in_words(today, 'en')}.",
            {"date": str(due), "today": today.isoformat()},
        )
    if due.year > today.year + FURTHEST:
        raise Refusal(
            "date_too_far",
            f"De nieuwe datum {due} ligt te ver weg. Verwacht: uiterlijk {today.year + FURTHEST}.",
            f"The new date {due} is too far away. Expected: {today.year + FURTHEST} at the latest.",
            {"date": str(due)},
        )


def check_later(task: c.TaskState, due: date) -> None:
    """Refuse an extension that would shorten the term of a task (`not_later`)."""
    was = local_date(task.due)
    if due <= was:
        raise Refusal(
            "not_later",
            f"'{task.title.nl}' ({task.respondent}) loopt al tot {in_words(was, 'nl')}. Verwacht: een latere datum.",
            f"'{task.title.en}' ({task.respondent}) is due on {in_words(was, 'en')} already. Expected: a later date.",
            {"task": task.id, "due": was.isoformat()},
        )


def check_seen(task: c.TaskState, answer: c.Answer) -> None:
    """Refuse an answer by who does not know that a colleague has answered (`answered_meanwhile`)."""
    if task.total and answer.content.kind == "signature":  # a colleague's signature is beside it, not in its place
        return
    if answer.seen is not None and task.newest is not None and answer.seen != task.newest:
        raise Conflict(
            "answered_meanwhile",
            "Een collega van uw partij heeft intussen geantwoord. Er is niets vervangen. Verwacht: kijk eerst wat er "
            "geantwoord is, en verstuur het opnieuw als het dat antwoord moet vervangen.",
            "A colleague of your party has answered meanwhile. Nothing was replaced. Expected: look first at what was "
            "answered, and send it again if it is to replace that answer.",
            {"task": task.id, "newest": task.newest},
        )


def check_not_held(held: str | None) -> None:
    """Refuse acts while the covenant is paused (`paused`)."""
    if held is not None:
        raise Refusal(
            "paused",
            f"Het convenant is gepauzeerd: {held}. Verwacht: wacht tot de facilitator het hervat.",
            f"The covenant is paused: {held}. Expected: wait until the facilitator resumes it.",
            {"reason": held},
        )
