"""Who joins a signed covenant and who leaves it, in the tables."""

from sqlmodel import Session, col, func, select

from models.enduring import ApplicantAdmitted, NoticeGiven
from models.enums import PartyStatus
from models.tables import Party


def write(session: Session, slug: str, change: ApplicantAdmitted | NoticeGiven) -> None:
    """Write an applicant as one of the covenant's organisations, or the day on which a party leaves."""
    if isinstance(change, NoticeGiven):
        session.get_one(Party, (slug, change.party)).leaves_at = change.leaves
        return
    applicant = change.applicant
    row = session.get(Party, (slug, applicant.id))
    if row is None:
        last = session.exec(select(func.max(col(Party.position))).where(Party.covenant == slug)).one()
        row = Party(
            covenant=slug, id=applicant.id, position=(last or 0) + 1, kind=applicant.kind.value, tier=applicant.tier,
            constituency=applicant.constituency or "participants", name_nl=applicant.name.nl,
            name_en=applicant.name.en, market_share=applicant.market_share, status=PartyStatus.APPLICANT,
        )  # fmt: skip
    row.status, row.left_at, row.left_reason, row.leaves_at = PartyStatus.APPLICANT, None, None, None
    session.add(row)
    session.flush()  # its people refer to it
