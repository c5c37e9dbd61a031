"""Whether a signing plan can complete: by its playbook alone, and with the parties and people of a covenant."""

from collections.abc import Iterator
from datetime import date

from models.covenant import CovenantFile
from models.enums import Power, Role, SigningRole, StepKind
from models.playbook import Playbook, Step
from models.signing import SigningMember
from rules.commitments import ALL, PARTICIPANTS
from rules.problems import Problem, one_of, problem, unknown

OFFICES = {role.value for role in Role}


def check_plan(playbook: Playbook, step: Step, at: str) -> list[Problem]:
    """Find what keeps the plan of a signing step from completing, whoever the parties are."""
    if step.plan is None:
        return []
    named: dict[tuple[str, bool], tuple[int, str]] = {}
    found = []
    for i, group in enumerate(step.plan):
        if group.days is not None and group.days > step.duration:
            found.append(_too_long(f"{at}.{i}.days", group.days, step.duration))
        for j, member in enumerate(group.members):
            path = f"{at}.{i}.members.{j}"
            found += list(_line(member, path))
            key = member.who, member.role is SigningRole.SIGNATORY
            if key in named:
                found.append(_twice(f"{path}.who", member.who, named[key][0]))
            named.setdefault(key, (i + 1, f"{path}.who"))
    groups = {group.id for group in playbook.constituencies}
    signs = {who for who, signatory in named if signatory}
    if PARTICIPANTS in step.respondents and PARTICIPANTS not in signs:
        found.append(_left_out(at, PARTICIPANTS))
    strangers = signs & {PARTICIPANTS, *groups} - set(step.respondents)
    if ALL in step.respondents:
        strangers -= groups
    found += [_excluded(named[who, True][1], who, step) for who in sorted(strangers)]
    return found


def _line(member: SigningMember, path: str) -> Iterator[Problem]:
    if member.who in OFFICES and member.role is SigningRole.SIGNATORY:
        yield problem(
            f"{path}.role",
            f"'{member.who}' is een functie en tekent voor geen partij",
            f"'{member.who}' is an office and signs for no party",
            "role: approver, witness of copy",
            "role: approver, witness or copy",
        )
    if member.who == PARTICIPANTS and member.role is not SigningRole.SIGNATORY:
        yield problem(
            f"{path}.role",
            "bedrijven verklaren mee te doen; iets anders wordt hun niet gevraagd",
            "companies declare that they join; nothing else is asked of them",
            "role: signatory",
            "role: signatory",
        )
    if member.needed > 1 and (member.role is not SigningRole.SIGNATORY or member.who == PARTICIPANTS):
        yield problem(
            f"{path}.needed",
            f"{member.needed} mensen kunnen dit niet samen doen: alleen een partij tekent met meer mensen",
            f"{member.needed} people cannot do this together: only a party signs with several people",
            "needed: 1, of een partij met role: signatory",
            "needed: 1, or a party with role: signatory",
        )


def _too_long(path: str, days: int, window: int) -> Problem:
    return problem(
        path,
        f"{days} werkdagen is langer dan het tekenvenster van {window}",
        f"{days} working days is longer than the signing window of {window}",
        f"hoogstens {window}, of niets (dan geldt het venster)",
        f"at most {window}, or nothing (then the window holds)",
    )


def _twice(path: str, who: str, group: int) -> Problem:
    return problem(
        path,
        f"'{who}' staat al in groep {group}",
        f"'{who}' is in group {group} already",
        "ieder één keer als ondertekenaar, en één keer in een andere rol",
        "everyone once as signatory, and once in another role",
    )


def _left_out(path: str, who: str) -> Problem:
    return problem(
        path,
        f"'{who}' moet tekenen maar staat niet in het tekenplan, dus de ondertekening kan nooit af zijn",
        f"'{who}' must sign but is not in the signing plan, so the signing can never be complete",
        f"een groep met who: {who}",
        f"a group with who: {who}",
    )


def _excluded(path: str, who: str, step: Step) -> Problem:
    asked = ", ".join(step.respondents)
    return problem(
        path,
        f"'{who}' hoort niet bij wie in stap '{step.id}' tekent ({asked})",
        f"'{who}' is not among those who sign in step '{step.id}' ({asked})",
        f"een ondertekenaar uit {asked}, of role: approver, witness of copy",
        f"a signatory out of {asked}, or role: approver, witness or copy",
    )


def check_plan_here(covenant: CovenantFile, playbook: Playbook, today: date) -> list[Problem]:
    """Find what keeps the signing plan from completing with these parties and people."""
    return [
        one
        for step in playbook.steps
        if step.kind is StepKind.SIGNING and step.plan is not None
        for one in _Plan(covenant, playbook, step, today).problems()
    ]


class _Plan:
    """A signing plan with the parties of a covenant filled in."""

    def __init__(self, covenant: CovenantFile, playbook: Playbook, step: Step, today: date) -> None:
        self.covenant, self.playbook, self.step, self.today = covenant, playbook, step, today
        self.parties = {party.id: party.constituency for party in covenant.parties}
        self.known = [ALL, PARTICIPANTS, *(group.id for group in playbook.constituencies), *self.parties, *Role]

    def problems(self) -> list[Problem]:
        """Return every obstacle, in the order of the plan."""
        found: list[Problem] = []
        first: dict[tuple[str, bool], int] = {}
        for number, group in enumerate(self.step.plan or [], start=1):
            filled = False
            for member in group.members:
                if member.who not in self.known:
                    found.append(unknown("parties", *self._in(number), member.who, self.known))
                    filled = True
                    continue
                everyone = self._filled(member.who)
                filled = filled or bool(everyone)
                found += self._member(number, member, everyone)
                for one in everyone:
                    key = one, member.role is SigningRole.SIGNATORY
                    if key in first:
                        found.append(self._again(number, one, first[key]))
                    first.setdefault(key, number)
            if not filled:
                found.append(self._empty(number))
        signs = {who for who, signatory in first if signatory}
        return found + [_left_out("parties", who) for who in self.parties if self._must(who) and who not in signs]

    def _in(self, number: int) -> tuple[str, str]:
        return f"ondertekenaar in groep {number} van '{self.step.id}'", f"member in group {number} of '{self.step.id}'"

    def _filled(self, who: str) -> list[str]:
        if who == PARTICIPANTS:
            return [one.id for one in self.covenant.participants]
        if who in OFFICES:
            return [who] if any(who in person.roles for person in self.covenant.people) else []
        return [one for one, group in self.parties.items() if who in {ALL, group, one}]

    def _must(self, party: str) -> bool:
        return bool({ALL, self.parties[party]} & set(self.step.respondents))

    def _member(self, number: int, member: SigningMember, everyone: list[str]) -> Iterator[Problem]:
        if member.who in OFFICES and not everyone:
            yield problem(
                "people",
                f"niemand heeft de rol {member.who}, nodig in groep {number} van '{self.step.id}'",
                f"nobody has the role {member.who}, needed in group {number} of '{self.step.id}'",
                f"minstens één persoon met roles: [{member.who}]",
                f"at least one person with roles: [{member.who}]",
            )
        if member.role is not SigningRole.SIGNATORY or member.who == PARTICIPANTS:
            return
        for party in everyone:
            if party in self.parties and not self._must(party):
                yield _excluded(f"parties.{list(self.parties).index(party)}", party, self.step)
            able = sum(self._may_sign(number_, party) for number_ in range(len(self.covenant.people)))
            if party in self.parties and able < member.needed:
                yield problem(
                    f"parties.{list(self.parties).index(party)}",
                    f"voor '{party}' moeten {member.needed} mensen tekenen (groep {number} van '{self.step.id}'), maar "
                    f"{able} hebben een mandaat om te tekenen",
                    f"{member.needed} people must sign for '{party}' (group {number} of '{self.step.id}'), but {able} "
                    "have a mandate to sign",
                    f"minstens {member.needed} personen met party: {party} en een mandaat met power sign voor alle "
                    "thema's",
                    f"at least {member.needed} people with party: {party} and a mandate with power sign for all themes",
                )

    def _may_sign(self, number: int, party: str) -> bool:
        person = self.covenant.people[number]
        return person.party == party and any(
            Power.SIGN in mandate.powers
            and not mandate.themes
            and (mandate.until is None or mandate.until >= self.today)
            for mandate in person.mandates
        )

    def _again(self, number: int, who: str, first: int) -> Problem:
        nl, en = f"groep {number} van '{self.step.id}'", f"group {number} of '{self.step.id}'"
        return problem(
            "parties",
            f"'{who}' staat in {nl} maar ook al in groep {first}",
            f"'{who}' is in {en} but also in group {first}",
            "ieder één keer als ondertekenaar, en één keer in een andere rol",
            "everyone once as signatory, and once in another role",
        )

    def _empty(self, number: int) -> Problem:
        nl, en = one_of("", self.known)
        return problem(
            "parties",
            f"in groep {number} van '{self.step.id}' is niemand",
            f"nobody is in group {number} of '{self.step.id}'",
            nl,
            en,
        )
