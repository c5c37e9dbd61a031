"""Mails that only tell something: an extension, a withdrawal, what became of an amendment."""

from models import errands
from models.base import Words
from models.contracts import Shown
from models.enums import Role


def notice(
    key: str, respondent: str, subject: Words, paragraph: Words, *, role: Role | None = None,
    amendment: str | None = None,
) -> errands.MailItem:  # fmt: skip
    """Make a mail that only tells something; one about an amendment leads to its page."""
    values: dict[str, Shown] = {
        "subject_nl": subject.nl,
        "subject_en": subject.en,
        "paragraphs_nl": paragraph.nl,
        "paragraphs_en": paragraph.en,
    }
    if amendment is not None:
        values["amendment"] = amendment
    return errands.MailItem(key=key, template="notice", respondent=respondent, role=role, values=values)
