"""The one place where Polder's errors become Temporal's; `acts/carrying.py` turns them back."""

from temporalio.exceptions import ApplicationError

from models.errors import PolderError


def to_application_error(error: PolderError) -> ApplicationError:
    """Wrap an error so that code, words and evidence travel to the caller; never retried."""
    return ApplicationError(error.words.en, error.details(), type=error.code, non_retryable=True)
