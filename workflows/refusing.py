"""The one place where Polder's errors become Temporal's; `acts/carrying.py` turns them back."""

from temporalio.exceptions import ApplicationError

from models.errors import PolderError, from_details
from models.lookups import Looked


def to_application_error(error: PolderError) -> ApplicationError:
    """Wrap an error so that code, words and evidence travel to the caller; never retried."""
    return ApplicationError(error.words.en, error.details(), type=error.code, non_retryable=True)


def check_looked(looked: Looked) -> None:
    """Refuse what the record found wrong.

    Raises:
        ApplicationError: something was.
    """
    error = from_details(looked.problem) if looked.problem else None
    if error is not None:
        raise to_application_error(error)
