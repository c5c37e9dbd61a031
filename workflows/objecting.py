"""What parties do about their objections, red lines and weights beside the rounds."""

from temporalio import workflow

from models import contracts as c
from models.enums import ObjectionStatus
from models.errors import PolderError
from models.objecting import ObjectionLift, OwnFound, OwnQuestion, RedLineDrop, RedLineTelling
from models.objections import ObjectionEnded, RedLineDropped, RedLineTold
from models.packaging import Weighing, WeighingQuestion
from models.weighing import Weighed
from rules import objecting, texts, weighing
from rules.calendar import local_date
from workflows import calls
from workflows.refusing import check_looked, to_application_error
from workflows.ruling import Ruling


class Objecting(Ruling):
    """Updates of a covenant with which only the owner of an objection or a red line changes it."""

    @workflow.update
    async def lift_objection(self, lift: ObjectionLift) -> c.Receipt:
        """Lift an objection between rounds, or before the answer to one; steps under way learn of it."""
        if lift.act not in self.seen:
            party = self._lifts(lift, None)
            question = OwnQuestion(covenant=self.desk.slug, party=party.id, clause=lift.clause)
            self._lifts(lift, await calls.look_at_own(question))
            self.seen = [*self.seen[-400:], lift.act]
            texts.lifted(self.opened.clauses, lift.clause, party.id, lift.stance)
            await self.desk.recorder.write(
                self.desk.entry(
                    lift.act,
                    "objection_lifted",
                    ObjectionEnded(
                        clause=lift.clause, party=party.id, status=ObjectionStatus.LIFTED, stance=lift.stance,
                        sha256=lift.sha256,
                    ),
                    actor=lift.actor.person,
                    reason=lift.reason,
                )
            )  # fmt: skip
            self.count()
            await workflow.wait_condition(lambda: not self.starting)
            await self.tell_steps(
                c.Notice(
                    kind="lifted", at=workflow.now(), clause=lift.clause, party=party.id, stance=lift.stance,
                    reason=lift.reason,
                )
            )  # fmt: skip
        return self.receipt(lift.act, "Uw bezwaar is opgeheven.", "Your objection is lifted.")

    @lift_objection.validator
    def validate_lift_objection(self, lift: ObjectionLift) -> None:
        """Refuse by the rules; whether there is an objection is looked up after."""
        if lift.act not in self.seen:
            self._lifts(lift, None)

    def _lifts(self, lift: ObjectionLift, found: OwnFound | None) -> c.Party:
        try:
            self.is_open()
            return objecting.check_lift(
                self.opened.roster, lift, self.opened.clauses, local_date(workflow.now()), found
            )
        except PolderError as error:
            raise to_application_error(error) from error

    # --- red lines ----------------------------------------------------------------------------------------------

    @workflow.update
    async def tell_red_line(self, telling: RedLineTelling) -> c.Receipt:
        """Keep what a party cannot accept, for the facilitator alone."""
        if telling.act not in self.seen:
            party = self._red_line(telling, None)
            question = OwnQuestion(covenant=self.desk.slug, party=party.id, text_sha=telling.text_sha)
            self._red_line(telling, await calls.look_at_own(question))
            await self._keep_red_line(telling, RedLineTold(party=party.id, text_sha=telling.text_sha))
        return self.receipt(
            telling.act, "De facilitator kent uw breekpunt, en niemand anders.",
            "The facilitator knows your red line, and nobody else.",
        )  # fmt: skip

    @tell_red_line.validator
    def validate_tell_red_line(self, telling: RedLineTelling) -> None:
        """Refuse who sits at the table for no party; what is stored is looked up after."""
        if telling.act not in self.seen:
            self._red_line(telling, None)

    @workflow.update
    async def drop_red_line(self, drop: RedLineDrop) -> c.Receipt:
        """Hold to a red line no longer."""
        if drop.act not in self.seen:
            party = self._red_line(drop, None)
            question = OwnQuestion(covenant=self.desk.slug, party=party.id, red_line=drop.red_line)
            self._red_line(drop, await calls.look_at_own(question))
            await self._keep_red_line(drop, RedLineDropped(party=party.id, red_line=drop.red_line))
        return self.receipt(drop.act, "Het breekpunt geldt niet meer.", "The red line no longer holds.")

    @drop_red_line.validator
    def validate_drop_red_line(self, drop: RedLineDrop) -> None:
        """Refuse who sits at the table for no party; whose red line it is is looked up after."""
        if drop.act not in self.seen:
            self._red_line(drop, None)

    def _red_line(self, act: RedLineTelling | RedLineDrop, found: OwnFound | None) -> c.Party:
        try:
            self.is_open()
            today = local_date(workflow.now())
            return objecting.check_red_line(self.opened.roster, act, self.opened.clauses, today, found)
        except PolderError as error:
            raise to_application_error(error) from error

    async def _keep_red_line(self, act: RedLineTelling | RedLineDrop, change: RedLineTold | RedLineDropped) -> None:
        self.seen = [*self.seen[-400:], act.act]
        await self.desk.recorder.write(self.desk.entry(act.act, change.change, change, actor=act.actor.person))
        self.count()

    # --- weights ------------------------------------------------------------------------------------------------

    @workflow.update
    async def weigh(self, told: Weighing) -> c.Receipt:
        """Keep what clauses weigh for a party, for the calculation of packages alone: only its hash comes here."""
        if told.act not in self.seen:
            question = WeighingQuestion(covenant=self.desk.slug, text_sha=told.text_sha)
            check_looked(await calls.look_at_weighing(question))
            party = self._weighs(told)
            self.seen = [*self.seen[-400:], told.act]
            change = Weighed(party=party.id, text_sha=told.text_sha)
            await self.desk.recorder.write(self.desk.entry(told.act, change.change, change, actor=told.actor.person))
            self.count()
        return self.receipt(
            told.act, "Uw gewichten zijn bewaard. Alleen uw delegatie leest ze.",
            "Your weights are kept. Only your delegation reads them.",
        )  # fmt: skip

    @weigh.validator
    def validate_weigh(self, told: Weighing) -> None:
        """Refuse who sits at the table for no party; what is stored is looked up after."""
        if told.act not in self.seen:
            self._weighs(told)

    def _weighs(self, told: Weighing) -> c.Party:
        try:
            self.is_open()
            frozen = self.state.moments.accord_at is not None
            return weighing.check_weighing(self.opened.roster, told, local_date(workflow.now()), frozen=frozen)
        except PolderError as error:
            raise to_application_error(error) from error
