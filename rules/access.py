"""Who sees which page, and who may do which act: one table for pages, JSON API, tests and docs/access.md.

What a person is to a covenant follows from their seats at its table: rows of `Person` with their address. The engine
checks every act again (`rules.answering`); this table decides what is shown and offered.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from models.contracts import Mandate
from models.enums import Role, TaskKind
from models.errors import Forbidden
from rules.answering import POWERS, covers, holders


class Relation(StrEnum):
    """What someone is to a covenant. Everybody is PUBLIC; who signed in is also ACCOUNT."""

    PUBLIC = "public"
    ACCOUNT = "account"
    PARTICIPANT = "participant"
    PARTY = "party"
    FACILITATOR = "facilitator"
    SECRETARIAT = "secretariat"
    CHAIR = "chair"
    MEDIATOR = "mediator"
    OPERATOR = "operator"


class Page(StrEnum):
    """The pages, by what they show."""

    REGISTER = "register"
    VERIFY = "verify"
    SIGN_IN = "sign_in"
    OWN = "own"
    """My tasks, my settings, my calendar."""
    COVENANT = "covenant"
    """Where the covenant stands, its steps, who is waited on."""
    TEXT = "text"
    """Clauses, versions, positions as the rules show them, rounds."""
    ACTIVITY = "activity"
    TASK = "task"
    """A task of one's own party or office; the facilitator and secretariat see each."""
    DELEGATION = "delegation"
    """The people and mandates of one's own party; the facilitator and secretariat see each."""
    PEOPLE = "people"
    """Addresses, mails and what became of them."""
    STEER = "steer"
    """Plan, terms, answering on behalf."""
    BOARD = "board"
    """All covenants an operator watches."""
    LAUNCH = "launch"


class Deed(StrEnum):
    """The acts, by what they do."""

    ANSWER = "answer"
    ANSWER_ON_BEHALF = "answer_on_behalf"
    REQUEST_CODE = "request_code"
    COMMENT = "comment"
    PROPOSE = "propose"
    """Words of one's own party for a clause, and what follows on them."""
    OBJECT = "object"
    """Lift an objection of one's own party, tell the facilitator a red line or drop one."""
    WEIGH = "weigh"
    """Weigh clauses for one's own party, and read what it weighed."""
    PUT_PACKAGE = "put_package"
    """See which packages there are, without what anyone weighed, and put one to the parties."""
    PUT_QUESTION = "put_question"
    REVISE = "revise"
    """Put a change of the ground rules to the parties."""
    PROPOSE_FIX = "propose_fix"
    """An editorial fix of a clause; take a question back."""
    FILE_PAPER = "file_paper"
    """Put a paper in a lane one reads, and move what is one's own to a wider lane."""
    CALL_MEETING = "call_meeting"
    """Call a meeting, change it, report on it."""
    CHANGE_MANDATES = "change_mandates"
    WITHDRAW = "withdraw"
    """Let one's own party or company leave, and take its notice back."""
    ADMIT = "admit"
    """Put to the parties that somebody wants to join the signed covenant."""
    EXTEND = "extend"
    PAUSE_LADDER = "pause_ladder"
    CHANGE_PLAN = "change_plan"
    HOLD = "hold"
    END = "end"
    LAUNCH = "launch"


R = Relation
EVERYONE = frozenset(Relation)
OFFICES = frozenset({R.FACILITATOR, R.SECRETARIAT, R.CHAIR, R.MEDIATOR})
TABLE = OFFICES | {R.PARTY}
PROXIES = frozenset({R.FACILITATOR, R.SECRETARIAT})

SEES: dict[Page, frozenset[Relation]] = {
    Page.REGISTER: EVERYONE,
    Page.VERIFY: EVERYONE,
    Page.SIGN_IN: EVERYONE,
    Page.OWN: EVERYONE - {R.PUBLIC},
    Page.COVENANT: TABLE | {R.PARTICIPANT, R.OPERATOR},
    Page.TEXT: TABLE,
    Page.ACTIVITY: TABLE | {R.OPERATOR},
    Page.TASK: TABLE | {R.PARTICIPANT, R.OPERATOR},
    Page.DELEGATION: PROXIES | {R.PARTY, R.PARTICIPANT},
    Page.PEOPLE: PROXIES,
    Page.STEER: PROXIES | {R.OPERATOR},
    Page.BOARD: frozenset({R.OPERATOR, R.FACILITATOR, R.SECRETARIAT}),
    Page.LAUNCH: frozenset({R.FACILITATOR}),
}

DOES: dict[Deed, frozenset[Relation]] = {
    Deed.ANSWER: TABLE | {R.PARTICIPANT, R.OPERATOR},
    Deed.ANSWER_ON_BEHALF: PROXIES,
    Deed.REQUEST_CODE: OFFICES | {R.PARTY, R.PARTICIPANT},
    Deed.COMMENT: TABLE,
    Deed.PROPOSE: frozenset({R.PARTY}),
    Deed.OBJECT: frozenset({R.PARTY}),
    Deed.WEIGH: frozenset({R.PARTY}),
    Deed.PUT_PACKAGE: frozenset({R.FACILITATOR}),
    Deed.PUT_QUESTION: frozenset({R.FACILITATOR}),
    Deed.REVISE: frozenset({R.FACILITATOR}),
    Deed.PROPOSE_FIX: PROXIES,
    Deed.FILE_PAPER: TABLE,
    Deed.CALL_MEETING: PROXIES,
    Deed.CHANGE_MANDATES: PROXIES | {R.PARTY, R.PARTICIPANT},
    Deed.WITHDRAW: PROXIES | {R.PARTY, R.PARTICIPANT},
    Deed.ADMIT: PROXIES,
    Deed.EXTEND: PROXIES | {R.OPERATOR},
    Deed.PAUSE_LADDER: PROXIES | {R.OPERATOR},
    Deed.CHANGE_PLAN: frozenset({R.FACILITATOR}),
    Deed.HOLD: frozenset({R.FACILITATOR, R.OPERATOR}),
    Deed.END: frozenset({R.FACILITATOR}),
    Deed.LAUNCH: frozenset({R.FACILITATOR}),
}
"""Who is offered an act on an object of the covenant; of a task or delegation it must also be their own."""


@dataclass(frozen=True)
class Seat:
    """One person's place in one covenant.

    Attributes:
        party: none for who only holds an office.
        participant: the party joins by declaration, or has not joined yet.
        applicant: it asked to join and has not signed.
        mandates: for the party.
    """

    covenant: str
    person: str
    name: str
    party: str | None = None
    participant: bool = False
    roles: frozenset[Role] = frozenset()
    mandates: tuple[Mandate, ...] = ()
    applicant: bool = False

    @property
    def mandated(self) -> bool:
        """Whether there is any mandate, to show what may be done; the engine looks at themes and dates."""
        return bool(self.mandates)

    def reach(self, kind: TaskKind | None = None, today: date = date.min) -> int:
        """Say how far the mandates go: for all of such a task today, for some of it, for something else, nowhere."""
        power = POWERS.get(kind) if kind is not None else None
        return self.mandated + sum(
            any(covers(mandate, power, today, None, whole=whole) for mandate in self.mandates)
            for whole in (False, True)
        )


@dataclass(frozen=True)
class Viewer:
    """Who looks: an address that signed in, or nobody.

    Attributes:
        seats: those in the covenant that is looked at. An address belongs to one person; where a covenant that was
            launched before that was the rule has it twice, who may do more for their party comes first.
        operates: watches the whole installation (POLDER_OPERATORS).
        launches: may launch covenants (POLDER_FACILITATORS, or facilitator of one).
    """

    email: str | None = None
    seats: tuple[Seat, ...] = ()
    operates: bool = False
    launches: bool = False
    relations: frozenset[Relation] = field(init=False)

    def __post_init__(self) -> None:
        found = {R.PUBLIC}
        ordered = sorted(self.seats, key=lambda seat: -sum(seat.reach(kind) for kind in TaskKind))
        object.__setattr__(self, "seats", tuple(ordered))
        if self.email is not None:
            found.add(R.ACCOUNT)
            found |= {R.OPERATOR} if self.operates else set()
            for seat in self.seats:
                found |= {Relation(role.value) for role in seat.roles}
                if seat.party is not None:
                    found.add(R.PARTICIPANT if seat.participant else R.PARTY)
        object.__setattr__(self, "relations", frozenset(found))

    @property
    def own(self) -> Seat | None:
        """The seat with which someone sits there for a party; none for who only holds an office."""
        return next((seat for seat in self.seats if seat.party is not None), None)

    @property
    def party(self) -> str | None:
        """The party someone sits there for."""
        return self.own.party if self.own is not None else None

    def seat(
        self, *, party: str | None = None, roles: Collection[Role] = (), kind: TaskKind | None = None,
        today: date = date.min,
    ) -> Seat | None:  # fmt: skip
        """Return the seat for a party, or one that holds one of the roles.

        Args:
            party: whose seat.
            roles: of which it holds one.
            kind: of the task it is for; of several seats the one whose mandate goes furthest for it.
            today: the day on which the mandate must hold.
        """
        fitting = [one for one in self.seats if (party is not None and one.party == party) or one.roles & set(roles)]
        return max(fitting, key=lambda one: one.reach(kind, today), default=None)


def only_company(viewer: Viewer) -> bool:
    """Whether someone sees only what concerns their own company: neither at the table nor watching it."""
    return not sees(viewer, Page.TEXT) and Relation.OPERATOR not in viewer.relations


def sees(viewer: Viewer, page: Page) -> bool:
    """Whether someone may see a page of the covenant their seats are in."""
    if page is Page.LAUNCH:
        return viewer.launches
    return bool(viewer.relations & SEES[page])


def does(viewer: Viewer, deed: Deed) -> bool:
    """Whether someone is offered an act in the covenant their seats are in."""
    if deed is Deed.LAUNCH:
        return viewer.launches
    return bool(viewer.relations & DOES[deed])


def own_task(
    viewer: Viewer, respondent: str, role: Role | str | None, kind: TaskKind | None = None, today: date = date.min
) -> Seat | None:
    """Return the seat with which someone answers a task, if it is theirs: of the party, or holding the office."""
    if role is None:
        return viewer.seat(party=respondent, kind=kind, today=today)
    return viewer.seat(roles={Role(role)}) or viewer.seat(roles=holders(Role(role)))


def sees_task(viewer: Viewer, respondent: str, role: Role | str | None) -> bool:
    """Whether someone may open a task: their own, or any for the offices that answer on behalf."""
    if own_task(viewer, respondent, role) is not None:
        return True
    return bool(viewer.relations & PROXIES)


def need(viewer: Viewer, page: Page) -> None:
    """Require that someone may see a page.

    Raises:
        Forbidden: `not_yours`, with who may.
    """
    if not sees(viewer, page):
        raise forbidden(SEES[page])


def need_deed(viewer: Viewer, deed: Deed) -> None:
    """Require that someone may do an act.

    Raises:
        Forbidden: `not_yours`, with who may.
    """
    if not does(viewer, deed):
        raise forbidden(DOES[deed])


NAMES: dict[Relation, tuple[str, str]] = {
    R.PUBLIC: ("iedereen", "everyone"),
    R.ACCOUNT: ("wie is ingelogd", "who signed in"),
    R.PARTICIPANT: ("deelnemers", "participants"),
    R.PARTY: ("de partijen aan tafel", "the parties at the table"),
    R.FACILITATOR: ("de facilitator", "the facilitator"),
    R.SECRETARIAT: ("het secretariaat", "the secretariat"),
    R.CHAIR: ("de voorzitter", "the chair"),
    R.MEDIATOR: ("de bemiddelaar", "the mediator"),
    R.OPERATOR: ("de beheerder", "the operator"),
}


def leavable(viewer: Viewer, *, signed: bool) -> set[str]:
    """Return which parties are this person's to take out: their own, a company's only once it is signed."""
    return {
        seat.party
        for seat in viewer.seats
        if seat.party is not None and not seat.applicant and (signed or not seat.participant)
    }


def may_leave(viewer: Viewer, *, signed: bool) -> set[str]:
    """Return `leavable`.

    Raises:
        Forbidden: there is none, and they hold no office that records it.
    """
    own = leavable(viewer, signed=signed)
    if not own and not viewer.relations & PROXIES:
        raise forbidden(PROXIES | {Relation.PARTY})
    return own


def forbidden(allowed: Iterable[Relation]) -> Forbidden:
    """Say that something is not this person's, and whose it is."""
    ordered = sorted(allowed, key=list(Relation).index)
    nl, en = (", ".join(NAMES[one][tongue] for one in ordered) for tongue in (0, 1))
    return Forbidden(
        "not_yours",
        f"Dit is niet voor u. Verwacht: {nl}. Vraag zo nodig het secretariaat om toegang.",
        f"This is not for you. Expected: {en}. Ask the secretariat for access if you need it.",
        {"expected": ", ".join(ordered)},
    )
