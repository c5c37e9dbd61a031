"""Where a covenant stands: its page for everyone around the table, and its people with what was mailed to them."""

from datetime import date

from fastapi import APIRouter
from fastapi.responses import Response

from models.base import Words
from models.enums import DocumentKind, PartyStatus, TaskKind
from models.outlook import Outlook
from models.tables import Constituency, Covenant, HumanTask, Party
from rules import access, standing
from rules.access import Deed, Page, Viewer
from rules.labels import DOCUMENTS
from rules.showing import shows_document
from rules.standing import Next, NextKind
from store import amendments, correspondence, revisions, rounds, views
from store import standing as reads
from store.outlook import look_ahead
from store.standing import Paper, Standing
from web.rendering import page, task_url
from web.visiting import V, Visit, page_number

router = APIRouter(include_in_schema=False)

PER_PAGE = 25
MOST_MISSING = 12
MOST_PAPERS = 12

TO_TASK: dict[TaskKind, Words] = {
    TaskKind.DOCUMENT: Words(nl="Lever het document", en="Deliver the document"),
    TaskKind.CONTRIBUTION: Words(nl="Geef uw bijdrage", en="Give your contribution"),
    TaskKind.APPROVAL: Words(nl="Geef uw antwoord", en="Give your answer"),
    TaskKind.POSITIONS: Words(nl="Geef uw standpunten", en="Give your positions"),
    TaskKind.DRAFTING: Words(nl="Maak de volgende versie", en="Make the next version"),
    TaskKind.RATIFICATION: Words(nl="Meld wat uw achterban besloot", en="Report what your members decided"),
    TaskKind.SIGNATURE: Words(nl="Onderteken", en="Sign"),
    TaskKind.DECLARATION: Words(nl="Geef uw verklaring", en="Give your declaration"),
    TaskKind.PLAN: Words(nl="Lever uw plan", en="Deliver your plan"),
    TaskKind.REPORT: Words(nl="Lever uw rapportage", en="Deliver your report"),
    TaskKind.DECISION: Words(nl="Neem het besluit", en="Take the decision"),
    TaskKind.ATTENDANCE: Words(nl="Zeg of u komt", en="Say whether you come"),
    TaskKind.MINUTES: Words(nl="Lever het verslag", en="Deliver the minutes"),
    TaskKind.CORRECTION: Words(nl="Lees het verslag", en="Read the minutes"),
    TaskKind.ACTION: Words(nl="Meld dat het gedaan is", en="Say that it is done"),
}
"""What the button to one's own task says."""


@router.get("/c/{slug}")
async def covenant(visit: V, slug: str) -> Response:
    """Show where a covenant stands: steps, who is waited on, what is needed, and the viewer's next action."""
    viewer = await visit.need(Page.COVENANT, slug)
    db = visit.site.db
    row = await views.covenant(db, slug)
    now = visit.clock(row)
    found, waiting = await reads.standing(db, slug), await reads.waiting(db, slug, now)
    mine = standing.own_respondents(viewer)
    number = page_number(visit)
    narrow = access.only_company(viewer)
    tasks = await reads.owed(
        db, slug, only=mine if narrow else None, limit=PER_PAGE + 1, offset=(number - 1) * PER_PAGE
    )
    own = set() if row.revises else access.leavable(viewer, signed=row.signed_at is not None)
    leaves = await reads.bound(db, slug, own)
    general = standing.next_step(row, found.steps, waiting, found.names, now)
    action = standing.next_for(viewer, general, await reads.own_task(db, slug, *mine))
    missing = [] if narrow else standing.missing(found.judgements, found.clauses)
    proposed = access.sees(viewer, Page.TEXT) and await amendments.bracketed(db, slug)
    gaps = (await ahead(visit, viewer, slug))[0].gaps if proposed else []
    missing, between = standing.needed(missing, gaps)
    return page(
        visit, "standing/covenant.html.j2", covenant=row, viewer=viewer, now=now, found=found, waiting=waiting,
        iso=date.fromisoformat, tasks=tasks[:PER_PAGE], more=len(tasks) > PER_PAGE, number=number, mine=mine,
        narrow=narrow, leaves=leaves,
        missing=missing[:MOST_MISSING], between=between[:MOST_MISSING],
        missing_more=max(len(missing) - MOST_MISSING, 0) + max(len(between) - MOST_MISSING, 0),
        numbers={clause.id: clause for clause in found.clauses}, groups=_groups(found),
        action=action, button=button(row, viewer, action), papers=await _papers(visit, slug, viewer),
        kinds=DOCUMENTS, lineage=await revisions.lineage(db, row),
    )  # fmt: skip


async def ahead(visit: Visit, viewer: Viewer, slug: str) -> tuple[Outlook, int | None]:
    """Return what still stands between the parties and an agreement, and the round of which others' part is hidden."""
    hidden = await rounds.hidden_from(visit.site.db, slug, viewer)
    return await look_ahead(visit.site.db, slug, hidden=hidden, own=viewer.party or ""), hidden


def _groups(found: Standing) -> list[tuple[Constituency, list[Party], list[Party]]]:
    """Return each constituency with who sits for it and who left."""
    return [
        (
            group,
            [one for one in found.parties if one.constituency == group.id and one.status is PartyStatus.ACTIVE],
            [one for one in found.parties if one.constituency == group.id and one.status is PartyStatus.WITHDRAWN],
        )
        for group in found.groups
    ]


def button(covenant: Covenant, viewer: Viewer, action: Next) -> tuple[str, Words] | None:
    """Return the address and words of the one button, or none when this viewer has nothing to do."""
    home = f"/c/{covenant.slug}"
    match action.kind:
        case NextKind.ANSWER if action.task is not None:
            return task_address(action.task), TO_TASK[action.task.kind]
        case NextKind.LATE if action.task is not None and access.does(viewer, Deed.ANSWER_ON_BEHALF):
            return task_url(action.task.id), Words(nl="Antwoord namens de partij", en="Answer for the party")
        case NextKind.LATE if action.task is not None and access.does(viewer, Deed.EXTEND):
            return f"{home}/steer/extend?task={action.task.id}", Words(nl="Verleng de termijn", en="Extend the term")
        case NextKind.RESUME:
            return f"{home}/steer/resume", Words(nl="Hervat het convenant", en="Resume the covenant")
        case NextKind.NOTHING if access.sees(viewer, Page.ACTIVITY):
            return f"{home}/activity", Words(nl="Bekijk wat er gebeurd is", en="See what happened")
    return None


def task_address(task: HumanTask) -> str:
    """Return where a task is answered: the next version has a page of its own."""
    return f"/c/{task.covenant}/drafting" if task.kind is TaskKind.DRAFTING else task_url(task.id)


async def _papers(visit: Visit, slug: str, viewer: Viewer) -> list[Paper]:
    reads_text = access.sees(viewer, Page.TEXT)
    kinds = [one for one in DocumentKind if one is not DocumentKind.ATTACHMENT]
    made = await reads.papers(visit.site.db, slug, kinds=kinds, limit=MOST_PAPERS) if reads_text else []
    delivered = await reads.papers(visit.site.db, slug, kinds=[DocumentKind.ATTACHMENT], limit=MOST_PAPERS)
    return [*made, *(one for one in delivered if _shown(viewer, one, reads_text=reads_text))]


def _shown(viewer: Viewer, paper: Paper, *, reads_text: bool) -> bool:
    return shows_document(viewer, paper.kind, paper.respondent, reads_text=reads_text)


# --- people -----------------------------------------------------------------------------------------------------------


@router.get("/c/{slug}/people")
async def people(visit: V, slug: str, q: str = "") -> Response:
    """List the people with their addresses and mandates; whose mail bounced comes first."""
    viewer = await visit.need(Page.PEOPLE, slug)
    db = visit.site.db
    row, number = await views.covenant(db, slug), page_number(visit)
    found = await correspondence.people(
        db, slug, like=q.strip()[:100], limit=PER_PAGE + 1, offset=(number - 1) * PER_PAGE
    )
    return page(
        visit, "standing/people.html.j2", covenant=row, viewer=viewer, people=found[:PER_PAGE],
        more=len(found) > PER_PAGE, number=number, q=q.strip()[:100],
    )  # fmt: skip


@router.get("/c/{slug}/people/{person}")
async def person(visit: V, slug: str, person: str) -> Response:
    """Show one person and every mail to them; what could not be delivered comes first."""
    viewer = await visit.need(Page.PEOPLE, slug)
    db = visit.site.db
    row, number = await views.covenant(db, slug), page_number(visit)
    who, party = await correspondence.person(db, slug, person)
    letters = await correspondence.letters(db, slug, person, limit=PER_PAGE + 1, offset=(number - 1) * PER_PAGE)
    return page(
        visit, "standing/person.html.j2", covenant=row, viewer=viewer, person=who, party=party,
        letters=letters[:PER_PAGE], more=len(letters) > PER_PAGE, number=number,
    )  # fmt: skip
