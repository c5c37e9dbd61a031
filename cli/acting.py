"""What commands that act share: a client, an actor, an act id, and how a receipt is shown."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from temporalio.client import Client
from temporalio.service import RPCError

from acts.carrying import act, new_act
from cli import context
from cli.showing import Screen, moment
from models import contracts as c
from models import ids
from models.base import Contract
from models.enums import Role
from models.errors import Conflict, NotFound, Refusal
from models.tables import Person
from runtime.settings import Settings
from runtime.temporal import connect, no_server, quiet_runtime
from store import views
from store.engine import Database

Make = Callable[[c.Actor], Contract]
"""Makes the message once it is known who acts."""


@dataclass(frozen=True)
class Hands:
    """What an act needs."""

    client: Client
    db: Database
    settings: Settings


@asynccontextmanager
async def hands(found: Settings) -> AsyncIterator[Hands]:
    """Open database and client for a command.

    Raises:
        Unavailable: one of them is out of reach.
    """
    async with context.database(found) as db:
        with reaching(found):
            yield Hands(await connect(found, runtime=quiet_runtime()), db, found)


@contextmanager
def reaching(found: Settings) -> Iterator[None]:
    """Turn what the connection says into words."""
    try:
        yield
    except RPCError as error:
        raise no_server(found.temporal_address or found.embedded_address, error) from error


async def facilitator(db: Database, slug: str, person: str) -> str:
    """Return who acts: the person named, or the covenant's facilitator.

    Raises:
        NotFound: no such covenant, or no such person in it.
    """
    await views.covenant(db, slug)
    people = await views.people(db, slug)
    if person:
        return known(people, person)
    return next(one.id for one in people if Role.FACILITATOR in one.roles)


def known(people: list[Person], person: str, party: str | None = None) -> str:
    """Return a person's id, or say who there are.

    Raises:
        NotFound: `person_not_found`; named are those of the party, else the offices.
    """
    if any(one.id == person for one in people):
        return person
    near = [one.id for one in people if (one.party == party if party else one.roles)]
    wanted = ", ".join(near[:20])
    raise NotFound(
        "person_not_found",
        f"Persoon {person} is niet bij dit convenant bekend. Verwacht: {wanted}.",
        f"Person {person} is not known in this covenant. Expected: {wanted}.",
        {"person": person},
    )


def need_reason(reason: str) -> str:
    """Return a reason that can go on record.

    Raises:
        Refusal: `no_reason`.
    """
    least = 3
    if len(reason.strip()) < least:
        raise Refusal(
            "no_reason",
            "Waarom? Verwacht: --reason met minstens drie tekens; hij komt op de lijst.",
            "Why? Expected: --reason with at least three characters; it goes on record.",
        )
    return reason.strip()


async def carry(with_hands: Hands, workflow: str, update: str, message: Contract, act_id: str) -> c.Receipt:
    """Carry an act; one that is on record already under this id counts once.

    Raises:
        PolderError: what was refused, that no answer came, or that the id was used for another act.
    """
    return await act(with_hands.client, workflow, update, message, act_id=act_id, db=with_hands.db)


def on_covenant(slug: str, update: str, make: Make, person: str, key: str, state: Path | None) -> c.Receipt:
    """Carry an act on a covenant by who is named, or by its facilitator.

    Args:
        slug: the covenant.
        update: what is asked of its workflow.
        make: the message, once it is known who acts.
        person: who acts; the facilitator when empty.
        key: the act's id.
        state: where this installation keeps its things.
    """

    async def work() -> c.Receipt:
        async with hands(context.settings(state=state)) as with_hands:
            who = c.Actor(person=await facilitator(with_hands.db, slug, person))
            return await carry(with_hands, ids.covenant_workflow(slug), update, make(who), key)

    return context.run(work())


def act_id(given: str) -> str:
    """Return the act's id: the one to repeat, or a new one."""
    return given.strip() or new_act()


def show_receipts(screen: Screen, receipts: list[c.Receipt]) -> None:
    """Print what acts became."""
    if screen.as_json:
        screen.emit(receipts[0] if len(receipts) == 1 else receipts)
        return
    for one in receipts:
        screen.line(one.words.pick(screen.language), style="green" if one.counted else "yellow")
        screen.line(f"{moment(one.at)}  {one.event}", style="dim")


def nothing_open(slug: str) -> Conflict:
    """Say that there is no open task to act on."""
    return Conflict(
        "nothing_open",
        f"In {slug} staat geen taak open. Verwacht: een open taak (zie `polder waiting {slug}`).",
        f"No task is open in {slug}. Expected: an open task (see `polder waiting {slug}`).",
        {"slug": slug},
    )
