"""The digests of a day. A Temporal Schedule starts this each weekday morning (`acts/digesting.py`)."""

from temporalio import workflow

from models.digesting import DigestMoment, DigestRun
from rules import digests
from rules.calendar import local_date
from workflows import calls


@workflow.defn
class DigestWorkflow:
    """Sends what each account asked for, some accounts at a time; on a public holiday nothing."""

    @workflow.run
    async def run(self, asked: DigestRun) -> int:
        """Return how many were sent."""
        now = asked.at or workflow.now()
        if not digests.goes_today(now):
            return 0
        moment = DigestMoment(at=now, weekly=digests.begins_week(local_date(now)))
        sent = 0
        while True:
            report = await calls.send_digests(moment)
            sent += report.sent
            if report.after is None:
                return sent
            moment = moment.model_copy(update={"after": report.after})
