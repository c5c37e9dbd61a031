"""An act given again under an id that was used before: the same act counts once, another one is a conflict.

Temporal answers an update id it knows with what the first update became, whatever the second one says, and the record
passes over an event it has. So before and after an act is carried, what is on record under its id is compared with
what is asked; what the record does not hold (a code request, the step a plan change was about) with what the workflow
was sent.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from models import contracts as c
from models import ids
from models.amending import FateAnswer, Proposal, ProposalWithdrawal
from models.base import Contract, Words
from models.convening import MeetingCall, MeetingChange, MeetingReport
from models.enums import StepStatus
from models.errors import Conflict
from models.filing import PaperAdding, Widening
from models.meetings import Meeting
from models.objecting import ObjectionLift, RedLineDrop, RedLineTelling
from models.packaging import PackageProposal, Weighing
from models.questions import (
    Absence,
    Application,
    FixProposal,
    GoOnQuestion,
    MailBounce,
    NoticeAgain,
    NoticeRetraction,
    QuestionWithdrawal,
    RuleProposal,
    TerminationProposal,
)
from models.revising import Revision
from models.signing_acts import AskAgain, Cancellation, PassOn, SigningDay
from models.tables import Event
from rules.calendar import add_working_days, due_moment, in_words, local_date
from store import views
from store.engine import Database

AD_REFERENDUM = "answered_ad_referendum"
USED: Mapping[str, Words] = {
    "answered": Words(nl="een antwoord", en="an answer"),
    AD_REFERENDUM: Words(nl="een antwoord ad referendum", en="an answer ad referendum"),
    "due_extended": Words(nl="het verlengen van een termijn", en="extending a term"),
    "ladder_paused": Words(nl="het pauzeren van een ladder", en="pausing a ladder"),
    "ladder_resumed": Words(nl="het hervatten van een ladder", en="resuming a ladder"),
    "step_inserted": Words(nl="het invoegen van een stap", en="inserting a step"),
    "step_skipped": Words(nl="het overslaan van een stap", en="skipping a step"),
    "step_repeated": Words(nl="het herhalen van een stap", en="repeating a step"),
    "step_rescheduled": Words(nl="het verplaatsen van een stap", en="rescheduling a step"),
    "paused": Words(nl="het pauzeren van het convenant", en="pausing the covenant"),
    "resumed": Words(nl="het hervatten van het convenant", en="resuming the covenant"),
    "party_withdrew": Words(nl="het vertrek van een partij", en="the withdrawal of a party"),
    "person_added": Words(nl="het toevoegen van iemand aan een delegatie", en="adding someone to a delegation"),
    "mandates_changed": Words(nl="het wijzigen van een mandaat", en="changing a mandate"),
    "mandates_ended": Words(nl="het beëindigen van een mandaat", en="ending a mandate"),
    "mail_undeliverable": Words(nl="een mail die terugkwam", en="a mail that came back"),
    "commented": Words(nl="een opmerking", en="a comment"),
    "paper_added": Words(nl="een stuk", en="a paper"),
    "lane_widened": Words(nl="een ruimere kring", en="a wider lane"),
    "amendment_proposed": Words(nl="een wijzigingsvoorstel", en="an amendment"),
    "amendment_withdrawn": Words(nl="het intrekken van een wijzigingsvoorstel", en="withdrawing an amendment"),
    "amendment_maintained": Words(nl="het handhaven van een wijzigingsvoorstel", en="maintaining an amendment"),
    "fate_accepted": Words(
        nl="het aanvaarden van wat er van een voorstel werd", en="accepting what became of an amendment"
    ),
    "objection_lifted": Words(nl="het opheffen van een bezwaar", en="lifting an objection"),
    "red_line_told": Words(nl="iets in vertrouwen", en="something in confidence"),
    "red_line_dropped": Words(nl="het terugnemen van iets in vertrouwen", en="taking something in confidence back"),
    "weighed": Words(nl="het wegen van artikelen", en="weighing clauses"),
    "ground_rule_proposed": Words(nl="een wijziging van de procesafspraken", en="a change of the ground rules"),
    "editorial_proposed": Words(nl="een redactionele verbetering", en="an editorial fix"),
    "go_on_proposed": Words(nl="de vraag of de gesprekken doorgaan", en="the question whether the talks go on"),
    "package_proposed": Words(nl="een pakket", en="a package"),
    "question_withdrawn": Words(nl="het intrekken van een vraag", en="taking a question back"),
    "notice_sent_again": Words(nl="het opnieuw versturen van een bericht", en="sending a notice again"),
    "absence_noted": Words(nl="het noteren van een afwezigheid", en="noting an absence"),
    "signature_passed_on": Words(nl="het doorgeven van een handtekening", en="passing a signature on"),
    "signature_asked_again": Words(nl="het opnieuw vragen te tekenen", en="asking to sign again"),
    "signature_cancelled": Words(nl="het annuleren van een verzoek", en="cancelling a request"),
    "signing_day_set": Words(nl="het zetten van een tekendag", en="setting a signing day"),
    "signing_cancelled": Words(nl="het annuleren van een ondertekening", en="cancelling a signing"),
    "meeting_called": Words(nl="het beleggen van een overleg", en="calling a meeting"),
    "meeting_moved": Words(nl="het verzetten van een overleg", en="moving a meeting"),
    "meeting_changed": Words(nl="het wijzigen van een overleg", en="changing a meeting"),
    "meeting_cancelled": Words(nl="het afzeggen van een overleg", en="cancelling a meeting"),
    "meeting_reported": Words(nl="wat er van een overleg kwam", en="what came of a meeting"),
    "notice_given": Words(nl="een opzegging", en="a notice"),
    "notice_taken_back": Words(nl="het intrekken van een opzegging", en="taking a notice back"),
    "accession_proposed": Words(nl="een verzoek om toe te treden", en="a request to join"),
    "termination_proposed": Words(nl="de vraag of het convenant eindigt", en="the question whether the covenant ends"),
    "revision_opened": Words(nl="het openen van een herziening", en="opening a revision"),
    "covenant_ended": Words(nl="het beëindigen van het convenant", en="ending the covenant"),
}
OTHERWISE = Words(nl="iets anders", en="something else")
CHANGES = {
    "insert": "step_inserted",
    "skip": "step_skipped",
    "repeat": "step_repeated",
    "reschedule": "step_rescheduled",
}
DELEGATION = {"add": "person_added", "change": "mandates_changed", "end": "mandates_ended"}


class Entered(NamedTuple):
    """What an act must look like on record."""

    kinds: set[str]
    reason: str | None
    fits: bool


async def on_record(client: Client, db: Database, workflow_id: str, message: Contract, act_id: str) -> c.Receipt | None:
    """Return the receipt of an act that is on record already, or None when its id is new.

    Raises:
        Conflict: `act_id_used`, the id is on record for another act.
    """
    event = await views.event(db, act_id)
    if event is None:
        return None
    if not same(event, workflow_id, message):
        raise _used(act_id, event)
    if isinstance(message, c.PlanChange) and not await _is_what_was_sent(client, workflow_id, act_id, message):
        raise _used(act_id, event)
    counted = event.kind != AD_REFERENDUM
    day = local_date(event.at)
    return c.Receipt(
        event=act_id,
        at=event.at,
        counted=counted,
        words=Words(
            nl=f"Dit stond al op de lijst sinds {in_words(day, 'nl')}; het telt één keer"
            f"{'' if counted else ', zodra iemand met het mandaat het geeft'}.",
            en=f"This was on record already, since {in_words(day, 'en')}; it counts once"
            f"{'' if counted else ', when someone with the mandate gives it'}.",
        ),
    )


async def check_carried(client: Client, db: Database, workflow_id: str, message: Contract, act_id: str) -> None:
    """Check that it is this act that a receipt was about.

    Raises:
        Conflict: `act_id_used`, the receipt was about an earlier act under the same id.
    """
    if isinstance(message, c.CodeRequest):
        if not await _is_what_was_sent(client, workflow_id, act_id, message):
            raise _used(act_id, await views.event(db, act_id))
    elif await on_record(client, db, workflow_id, message, act_id) is None:
        raise _used(act_id, None)


def same(event: Event, workflow_id: str, message: Contract) -> bool:
    """Whether an entry of the record is what this act would have made."""
    actor: c.Actor | None = getattr(message, "actor", None)
    expected = _entered(event.data.get("changes", []), message)
    return (
        event.covenant == ids.covenant_of_workflow(workflow_id)
        and event.kind in expected.kinds
        and event.actor == (actor.person if actor is not None else "polder")
        and event.data.get("reason") == expected.reason
        and expected.fits
    )


def _entered(changes: list[dict[str, Any]], message: Contract) -> Entered:  # noqa: C901, PLR0911, PLR0912, PLR0915 one case an act
    """Say what an act must look like on record, and whether these changes are what it would have made."""
    first = changes[0] if changes else {}
    match message:
        case c.Answer():
            content = message.content.model_dump(mode="json", exclude_none=True, exclude={"code"})
            fits = (first.get("task"), first.get("content")) == (message.task, content)
            return Entered({"answered", AD_REFERENDUM}, message.actor.on_behalf, fits)
        case c.Extension():
            due = due_moment(message.due)
            moved = [one for one in changes if one["change"] == "task_moved"]
            tasks = {one["task"] for one in moved if datetime.fromisoformat(one["due"]) == due}
            return Entered({"due_extended"}, message.reason, bool(tasks) and tasks.issuperset(message.tasks))
        case c.LadderPause():
            kind = "ladder_resumed" if message.resume else "ladder_paused"
            return Entered({kind}, message.reason, first.get("task") == message.task)
        case c.PlanChange():
            return Entered({CHANGES[message.change]}, message.reason, _same_plan(changes, message))
        case c.Hold():
            return Entered({"resumed" if message.resume else "paused"}, message.reason, fits=True)
        case c.Withdrawal():
            return Entered({"party_withdrew", "notice_given"}, message.reason, first.get("party") == message.party)
        case c.EndTalks():
            return Entered({"covenant_ended"}, message.reason, fits=True)
        case c.MandateChange():
            return Entered({DELEGATION[message.change]}, message.reason, _same_person(first, message))
        case c.Comment():
            said = {name: first.get(name) for name in ("clause", "lane", "reply_to", "text_sha")}
            return Entered({"commented"}, None, said == message.model_dump(mode="json", include=set(said)))
        case PaperAdding():
            said = {name: first.get(name) for name in ("lane", "text_sha")}
            return Entered({"paper_added"}, None, said == message.model_dump(mode="json", include=set(said)))
        case Widening():
            said = {name: first.get(name) for name in ("item", "id", "lane")}
            return Entered({"lane_widened"}, message.reason, said == message.model_dump(mode="json", include=set(said)))
        case Proposal():
            said = {name: first.get(name) for name in ("clause", "base_sha", "text_sha", "to")}
            return Entered({"amendment_proposed"}, None, said == message.model_dump(mode="json", include=set(said)))
        case ProposalWithdrawal():
            return Entered({"amendment_withdrawn"}, message.reason, first.get("amendment") == message.amendment)
        case FateAnswer():
            kind = "fate_accepted" if message.accept else "amendment_maintained"
            return Entered({kind}, message.reason, first.get("amendment") == message.amendment)
        case ObjectionLift():
            said = {name: first.get(name) for name in ("clause", "sha256", "stance")}
            fits = said == message.model_dump(mode="json", include=set(said))
            return Entered({"objection_lifted"}, message.reason, fits)
        case RedLineTelling():
            return Entered({"red_line_told"}, None, first.get("text_sha") == message.text_sha)
        case MeetingCall() | MeetingChange() | MeetingReport():
            return Entered(_of_meeting(message), getattr(message, "reason", None), _same_meeting(first, message))
        case RedLineDrop():
            return Entered({"red_line_dropped"}, None, first.get("red_line") == message.red_line)
        case RuleProposal():
            rule = message.rule.model_dump(mode="json", exclude_none=True)
            put = first.get("question", {})
            fits = (put.get("matter"), put.get("rule")) == (message.matter, rule)
            return Entered({"ground_rule_proposed"}, message.reason, fits)
        case FixProposal():
            put = first.get("question", {})
            fits = (put.get("clause"), put.get("text_sha")) == (message.clause, message.text_sha)
            return Entered({"editorial_proposed"}, message.reason, fits)
        case Weighing():
            return Entered({"weighed"}, None, first.get("text_sha") == message.text_sha)
        case PackageProposal():
            put = first.get("question", {}).get("package")
            fits = put == [one.model_dump(mode="json") for one in message.picks]
            return Entered({"package_proposed"}, message.reason, fits)
        case GoOnQuestion():
            return Entered({"go_on_proposed"}, message.reason, fits=True)
        case NoticeRetraction():
            return Entered({"notice_taken_back"}, message.reason, first.get("party") == message.party)
        case Application():
            put = first.get("question", {}).get("applicant")
            fits = put == message.applicant.model_dump(mode="json", exclude_none=True)
            return Entered({"accession_proposed"}, message.reason, fits)
        case TerminationProposal():
            return Entered({"termination_proposed"}, message.reason, fits=True)
        case Revision():
            return Entered({"revision_opened"}, message.reason, fits=True)
        case MailBounce():
            fits = (first.get("task"), first.get("person")) == (message.task, message.person)
            return Entered({"mail_undeliverable"}, None, fits)
        case PassOn():
            fits = (first.get("task"), first.get("to")) == (message.task, message.to)
            return Entered({"signature_passed_on"}, message.reason, fits)
        case AskAgain():
            return Entered({"signature_asked_again"}, message.reason, first.get("task") == message.task)
        case Cancellation():
            kind = "signing_cancelled" if message.task is None else "signature_cancelled"
            return Entered({kind}, message.reason, message.task in {None, first.get("task")})
        case SigningDay():
            hours = [first.get(name) and datetime.fromisoformat(first[name]) for name in ("start", "until")]
            return Entered({"signing_day_set"}, message.reason, hours == [message.start, message.until])
        case NoticeAgain():
            return Entered({"notice_sent_again"}, message.reason, first.get("task") == message.task)
        case QuestionWithdrawal():
            return Entered({"question_withdrawn"}, message.reason, fits=True)
        case Absence():
            person = first.get("person", {})
            until = message.until.isoformat() if message.until else None
            fits = (person.get("id"), person.get("absent_until")) == (message.person, until)
            return Entered({"absence_noted"}, message.reason, fits)
    return Entered(set(), None, fits=False)  # a code request never is on record


def _of_meeting(message: MeetingCall | MeetingChange | MeetingReport) -> set[str]:
    if isinstance(message, MeetingCall):
        return {"meeting_called"}
    if isinstance(message, MeetingReport):
        return {"meeting_reported"}
    return {"meeting_cancelled"} if message.cancel else {"meeting_moved", "meeting_changed"}


def _same_meeting(change: dict[str, Any], message: MeetingCall | MeetingChange | MeetingReport) -> bool:
    """Whether a meeting became what is asked, as far as the act says; action points are tasks of their own."""
    meeting = Meeting.model_validate(change["meeting"]) if change.get("change") == "meeting_set" else None
    asked = message.model_dump(include={"start", "minutes", "text_sha", "silence_days", "present"}, exclude_none=True)
    return meeting is not None and all(getattr(meeting, name) == value for name, value in asked.items())


def _same_person(change: dict[str, Any], message: c.MandateChange) -> bool:
    """Whether someone became what is asked; an address is stored with salt, so its hash says nothing."""
    person = change.get("person", {})
    wanted = [mandate.model_dump(mode="json", exclude_none=True) for mandate in message.mandates]
    return (
        (person.get("id"), person.get("party")) == (message.person, message.party)
        and person.get("mandates") == ([] if message.change == "end" else wanted)
        and (message.change != "add" or person.get("name") == message.name)
    )


def _same_plan(changes: list[dict[str, Any]], message: c.PlanChange) -> bool:
    """Whether the steps that changed are those of this act; none did when a step under way was skipped."""
    planned = {one["planned"]["key"]: one["planned"] for one in changes if one["change"] == "step_changed"}
    match message.change:
        case "insert":
            step = message.step.model_dump(mode="json", exclude_none=True) if message.step else None
            return any(one["step"] == step and message.key in one["after"] for one in planned.values())
        case "repeat":
            return any(f"{message.key}-".startswith(f"{one['step']['id']}-") for one in planned.values())
        case "skip":
            return not planned or planned.get(message.key, {}).get("status") == StepStatus.SKIPPED
    ends = {str(message.due), str(add_working_days(message.due, 0))} if message.due else set()
    return not planned or planned.get(message.key, {}).get("planned_end") in ends


async def _is_what_was_sent(client: Client, workflow_id: str, act_id: str, message: Contract) -> bool:
    """Whether a workflow, in its present run or one before, was sent this under an act id; true when forgotten."""
    run: str | None = None
    while run != "":
        history = client.get_workflow_handle(workflow_id, run_id=run).fetch_history_events()
        run = ""
        try:
            async for event in history:
                if event.HasField("workflow_execution_started_event_attributes"):
                    run = event.workflow_execution_started_event_attributes.continued_execution_run_id
                request = event.workflow_execution_update_accepted_event_attributes.accepted_request
                if request.meta.update_id == act_id:
                    sent = await client.data_converter.decode(list(request.input.args.payloads), [type(message)])
                    return bool(sent[0] == message)
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise
    return True


def _used(act_id: str, event: Event | None) -> Conflict:
    """Say what an act id was used for."""
    if event is None:
        nl = "iets dat zelf niet op de lijst staat, zoals het aanvragen van een code"
        en = "something that is not on record itself, such as asking for a code"
        evidence = {}
    else:
        what = USED.get(event.kind, OTHERWISE)
        about = next(
            (str(one["task"]) for one in event.data.get("changes", []) if isinstance(one.get("task"), str)), ""
        )
        where = f"{event.covenant}, {about}" if about else event.covenant
        nl = f"{what.nl} ({where}) door {event.actor} op {in_words(local_date(event.at), 'nl')}, regel {event.seq}"
        en = f"{what.en} ({where}) by {event.actor} on {in_words(local_date(event.at), 'en')}, entry {event.seq}"
        evidence = {"covenant": event.covenant, "seq": str(event.seq), "kind": event.kind, "task": about}
    return Conflict(
        "act_id_used",
        f"De id {act_id} is al gebruikt voor {nl}. Wat u nu vroeg is iets anders en is niet gedaan. Verwacht: laat "
        "--act weg, of kies een nieuwe id; dezelfde id alleen om precies dezelfde handeling te herhalen.",
        f"The act id {act_id} was used already for {en}. What you ask now is something else and was not done. "
        "Expected: leave out --act, or choose a new id; the same id only to repeat exactly the same act.",
        {"act": act_id, **evidence},
    )
