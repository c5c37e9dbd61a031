"""Who signs after whom: what a signing plan comes to for the parties at the table, and whose turn it is. Pure."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from models.base import Words
from models.contracts import Roster, TaskState
from models.enums import Role, SigningRole, TaskKind, TaskStatus, Tier
from models.errors import Refusal
from models.playbook import Step
from models.signing import SigningGroup, SigningMember
from rules import balance

OFFICES = {role.value for role in Role}


class Member(NamedTuple):
    """One who is asked something in a group: a party, company or office, for what, and how many must sign."""

    respondent: str
    role: SigningRole
    needed: int


def groups(step: Step) -> list[SigningGroup]:
    """Return the plan of a signing step; without one everybody signs at the same time."""
    if step.plan is not None:
        return step.plan
    return [SigningGroup(members=[SigningMember(who=name) for name in step.respondents])]


def members(group: SigningGroup, roster: Roster) -> list[Member]:
    """Return everyone of a group who is still at the table, in the plan's order."""
    active = {party.id for party in balance.seated(roster)}
    found = {
        (one, line.role): Member(one, line.role, line.needed)
        for line in group.members
        for one in (balance.asked(roster, [line.who]) or sorted(active & {line.who}))
    }
    return list(found.values())


def asks(member: Member) -> bool:
    """Whether a member owes something; who gets a copy does not."""
    return member.role is not SigningRole.COPY


def where(step_key: str, role: SigningRole) -> str:
    """Return the middle of the task's id; a signatory's is as without a plan."""
    return step_key if role is SigningRole.SIGNATORY else f"{step_key}.{role}"


def kind_of(member: Member, roster: Roster) -> TaskKind:
    """Return what kind of task a member gets."""
    if member.role is SigningRole.APPROVER:
        return TaskKind.APPROVAL
    company = any(party.id == member.respondent and party.tier is Tier.PARTICIPANT for party in roster.parties)
    return TaskKind.DECLARATION if company else TaskKind.SIGNATURE


def complete(tasks: Iterable[TaskState], *, excused: Sequence[str], thresholds: bool) -> bool:
    """Whether the next group may begin.

    Args:
        tasks: of one group.
        excused: tasks that were declined where the plan goes on without.
        thresholds: whether the entry thresholds are met; until they are, companies of the group hold up the next.
    """
    waiting = [task for task in tasks if task.status in {TaskStatus.OPEN, TaskStatus.EXPIRED}]
    companies = [task for task in waiting if task.kind is TaskKind.DECLARATION]
    others = [task for task in waiting if task.kind is not TaskKind.DECLARATION and task.id not in excused]
    return not others and (thresholds or not companies)


def check_turn(task_id: str, step_key: str, slug: str, later: Sequence[tuple[int, Member]], waits_for: Words) -> None:
    """Refuse an act in a group whose turn has not come (`not_your_turn`): the order guards the act, not the mail.

    Args:
        task_id: the task that was named.
        step_key: of the signing.
        slug: of the covenant.
        later: who belongs to later groups, with the group's number.
        waits_for: who is waited for now.
    """
    for number, member in later:
        if task_id == f"{slug}/{where(step_key, member.role)}/{member.respondent}":
            raise Refusal(
                "not_your_turn",
                f"Groep {number} is nog niet aan de beurt; er is niets getekend. Verwacht: eerst {waits_for.nl}.",
                f"It is not yet the turn of group {number}; nothing was signed. Expected: first {waits_for.en}.",
                {"task": task_id, "group": str(number)},
            )


def titled(title: Words, role: SigningRole) -> Words:
    """Return the title of a task: the step's own for who signs."""
    if role is SigningRole.APPROVER:
        return Words(
            nl=f"Akkoord vóór de ondertekening: {title.nl}"[:300], en=f"Approval before signature: {title.en}"[:300]
        )
    if role is SigningRole.WITNESS:
        return Words(nl=f"Als getuige tekenen: {title.nl}"[:300], en=f"Sign as a witness: {title.en}"[:300])
    return title
