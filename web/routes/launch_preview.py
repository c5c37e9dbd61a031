"""The last page of a launch: every date, every mail as it will be sent, what is missing, and the button."""

from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter
from fastapi.responses import Response

from acts.previewing import Ahead, Preview
from models import contracts as c
from models.base import Words
from models.enums import Role
from models.plan import PlannedStep
from rules import labels
from rules.access import Page
from rules.tasks import Act, Nudge
from web.forms import Filled
from web.launching import state as states
from web.launching.showing import shown
from web.launching.state import Look, look
from web.visiting import V, Visit, whole_number

router = APIRouter(include_in_schema=False)

MOST_PEOPLE = 150
"""Of more people the address is typed, not chosen: the page stays small."""

NUDGES = {
    Act.REMIND: Words(nl="herinnering aan wie nog niet antwoordde", en="reminder to who has not answered"),
    Act.EXPIRE: Words(nl="de taak verloopt", en="the task expires"),
}
ASKED = Words(nl="gevraagd", en="asked")
DUE = Words(nl="uiterste dag", en="due")
MAILS = {
    "asked": Words(nl="Vraag", en="Question"),
    "draft": Words(nl="Concepttekst", en="Draft text"),
    "reminder": Words(nl="Herinnering", en="Reminder"),
    "rung": Words(nl="Ladder", en="Ladder"),
}


@dataclass(frozen=True)
class Asked:
    """What is asked in a step, and when is reminded."""

    planned: PlannedStep
    task: c.TaskState
    nudges: list[Nudge]

    @property
    def moments(self) -> list[tuple[Words, datetime]]:
        """What happens while the task stays unanswered, in the order of time."""
        found = [(ASKED, self.task.opened), (DUE, self.task.due)]
        found += [(labels.LADDER[one.rung] if one.rung else NUDGES[one.act], one.at) for one in self.nudges]
        return sorted(found, key=lambda one: one[1])


@router.get("/launch/{launch}/preview")
async def preview(visit: V, launch: str) -> Response:
    """Show what will happen when the covenant is started."""
    await visit.need(Page.LAUNCH)
    state = await states.load(visit, launch)
    return await preview_page(visit, launch, await look(visit, launch, state))


async def preview_page(visit: Visit, launch: str, seen: Look, *, status: int = 200) -> Response:
    """Draw the preview, or what is missing for it."""
    prepared = seen.examined.prepared
    query = visit.request.query_params
    f = Filled({"person": [query.get("person", "")], "step": [query.get("step", "")]})
    made = Preview.of(prepared, visit.site.settings.public_url) if prepared else None
    asked = _asked(made, f.get("step")) if made else None
    person = _person(made, f.get("person").strip()) if made else None
    mails = made.mails(person) if made and person else []
    chosen = whole_number(query.get("mail", ""), least=0, most=len(mails))
    mail: Ahead | None = mails[chosen] if chosen is not None and chosen < len(mails) else None
    f.values["step"] = [asked.planned.key if asked else ""]
    f.values |= {"person": [person.id] if person and made and len(made.opened.roster.people) <= MOST_PEOPLE else []}
    own = any(
        one.email.lower() == visit.me and Role.FACILITATOR in one.roles
        for one in (prepared.package.covenant.people if prepared else [])
    )
    people = made.opened.roster.people if made else []
    parties = {one.id: one.name for one in made.opened.roster.parties} if made else {}
    return shown(
        visit, "preview", launch, seen, f, status=status, made=made, asked=asked, person=person, mails=mails,
        mail=mail, rendered=made.render(mail, person) if made and mail and person else None, own=own,
        people=people if len(people) <= MOST_PEOPLE else [], parties=parties, MAILS=MAILS,
        address=_address(made, person) if made and person else "",
    )  # fmt: skip


def _asked(made: Preview, key: str) -> Asked | None:
    running = [one for one in made.running() if made.respondents(one)]
    planned = next((one for one in running if one.key == key), running[0] if running else None)
    if planned is None:
        return None
    task = made.task(planned, made.respondents(planned)[0])
    return Asked(planned, task, made.nudges(planned, task))


def _person(made: Preview, text: str) -> c.Person | None:
    package = made.prepared.package.covenant
    by_address = {one.email.lower(): one.id for one in package.people}
    by_address |= {one.email.lower(): f"{one.id}-contact"[:63] for one in package.participants}
    found = made.person(by_address.get(text.lower(), text))
    people = made.opened.roster.people
    return found or next((one for one in people if one.party is not None), None)


def _address(made: Preview, person: c.Person) -> str:
    package = made.prepared.package.covenant
    known = {one.id: one.email for one in package.people}
    known |= {f"{one.id}-contact"[:63]: one.email for one in package.participants}
    return known.get(person.id, "")
