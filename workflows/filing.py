"""Papers in a lane, and moving what is one's own to a wider lane."""

from temporalio import workflow

from models import contracts as c
from models.errors import PolderError
from models.filing import PaperAdding, Widening
from models.papers import LaneFound, LaneQuestion, LaneWidened, PaperAdded
from rules import lanes
from rules.calendar import local_date
from workflows import calls
from workflows.convening import Convening
from workflows.refusing import check_looked, to_application_error


class Filing(Convening):
    """Updates of a covenant about who reads what."""

    @workflow.update
    async def add_paper(self, adding: PaperAdding) -> c.Receipt:
        """Put a paper on record, in its lane."""
        if adding.act not in self.seen:
            check_looked(await calls.look_at_paper(adding.text_sha))
            place = self._filed(adding)
            self.seen = [*self.seen[-400:], adding.act]
            await self.desk.recorder.write(
                self.desk.entry(
                    adding.act,
                    "paper_added",
                    PaperAdded(
                        lane=place.lane, party=place.party, constituency=place.constituency, text_sha=adding.text_sha
                    ),
                    actor=adding.actor.person,
                )
            )
            self.count()
        return self.receipt(adding.act, "Het stuk is geplaatst.", "The paper was placed.")

    @add_paper.validator
    def validate_add_paper(self, adding: PaperAdding) -> None:
        """Refuse by the rules of lanes; whether it is stored is looked up after."""
        if adding.act not in self.seen:
            self._filed(adding)

    def _filed(self, adding: PaperAdding) -> lanes.Place:
        try:
            self.is_open()
            return lanes.placed_paper(self.opened.roster, adding, local_date(workflow.now()))
        except PolderError as error:
            raise to_application_error(error) from error

    @workflow.update
    async def widen(self, act: Widening) -> c.Receipt:
        """Move a comment or paper to a wider lane, on record; never to a narrower one."""
        if act.act not in self.seen:
            found = await calls.look_at_lane(LaneQuestion(covenant=self.desk.slug, item=act.item, id=act.id))
            place = self._widened(act, found)
            self.seen = [*self.seen[-400:], act.act]
            if place is not None:
                change = LaneWidened(
                    item=act.item, id=act.id, lane=place.lane, party=place.party, constituency=place.constituency
                )
                entry = self.desk.entry(act.act, "lane_widened", change, actor=act.actor.person, reason=act.reason)
                await self.desk.recorder.write(entry)
            self.count()
        return self.receipt(act.act, "Meer mensen lezen dit nu.", "More people read this now.")

    @widen.validator
    def validate_widen(self, act: Widening) -> None:
        """Refuse who is not known here; whose it is is looked up after."""
        if act.act not in self.seen:
            self._widened(act, None)

    def _widened(self, act: Widening, found: LaneFound | None) -> lanes.Place | None:
        try:
            self.is_open()
            return lanes.check_widening(self.opened.roster, act, found, local_date(workflow.now()))
        except PolderError as error:
            raise to_application_error(error) from error
