"""Who joins a signed covenant and who leaves it, in the tables."""

from sqlmodel import Session, col, func, select

from models.enduring import AlsoJoined, ApplicantAdmitted, NoticeGiven
from models.enums import PartyStatus
from models.tables import Party, Person


def write(session: Session, slug: str, change: ApplicantAdmitted | NoticeGiven | AlsoJoined) -> None:
    """Write an applicant as one of the covenant's organisations, or the day on which a party leaves."""
    if isinstance(change, NoticeGiven):
        session.get_one(Party, (slug, change.party)).leaves_at = change.leaves
        return
    if isinstance(change, AlsoJoined):
        _as_there(session, slug, change)
        return
    applicant = change.applicant
    row = session.get(Party, (slug, applicant.id))
    if row is None:
        row = Party(
            covenant=slug, id=applicant.id, position=_next(session, slug), kind=applicant.kind.value,
            tier=applicant.tier, constituency=applicant.constituency or "participants", name_nl=applicant.name.nl,
            name_en=applicant.name.en, market_share=applicant.market_share, category=applicant.category,
            status=PartyStatus.APPLICANT,
        )  # fmt: skip
    row.status, row.left_at, row.left_reason, row.leaves_at = PartyStatus.APPLICANT, None, None, None
    session.add(row)
    session.flush()  # its people refer to it


def _next(session: Session, slug: str) -> int:
    last = session.exec(select(func.max(col(Party.position))).where(Party.covenant == slug)).one()
    return (last or 0) + 1


def _as_there(session: Session, slug: str, change: AlsoJoined) -> None:
    """Write who joined the covenant that this one revises, with its people, as they are there."""
    there = session.get_one(Party, (change.covenant, change.party))
    session.merge(Party(**{**there.model_dump(), "covenant": slug, "position": _next(session, slug)}))
    session.flush()  # its people refer to it
    people = select(Person).where(Person.covenant == change.covenant, Person.party == change.party)
    for one in session.exec(people).all():
        session.merge(Person(**{**one.model_dump(), "covenant": slug, "roles": []}))
