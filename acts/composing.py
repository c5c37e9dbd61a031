"""Making the contents of answers: what is large is stored first, what is approved is named by its hash."""

from collections.abc import Mapping, Sequence

from models import contracts as c
from models.enums import Choice
from models.errors import Refusal
from models.scenario import AmendmentReply, PositionReply
from store import contents, views
from store.engine import Database


async def positions(
    db: Database, slug: str, given: Mapping[str, PositionReply], *, others: PositionReply | None = None
) -> c.PositionsAnswer:
    """Make a submission of positions on the current versions of the clauses on the agenda.

    Args:
        db: the database.
        slug: the covenant.
        given: per clause id.
        others: the position on every agenda clause that is not named.

    Raises:
        Refusal: `no_open_round`, or `unknown_clause`.
    """
    round_row = await views.open_round(db, slug)
    if round_row is None:
        raise Refusal(
            "no_open_round",
            "Er is nu geen ronde open. Verwacht: wacht op de volgende ronde.",
            "No round is open now. Expected: wait for the next round.",
        )
    texts = await views.current_texts(db, slug)
    agenda = {clause: texts[clause].sha256 for clause in round_row.agenda}
    for clause in given:
        if clause not in agenda:
            raise Refusal(
                "unknown_clause",
                f"Artikel {clause} staat niet op de agenda. Verwacht: {', '.join(agenda)}.",
                f"Clause {clause} is not on the agenda. Expected: {', '.join(agenda)}.",
                {"clause": clause},
            )
    chosen = {clause: given.get(clause, others) for clause in agenda}
    return c.PositionsAnswer(
        positions=[
            c.Position(
                clause=clause, sha256=agenda[clause], stance=reply.stance, ground=reply.ground, lift=reply.lift,
                comment=reply.comment,
            )
            for clause, reply in chosen.items()
            if reply is not None
        ]
    )  # fmt: skip


async def next_version(
    db: Database, amend: Mapping[str, AmendmentReply], *, park: list[str], reason: str, end: bool = False,
    fates: Sequence[c.Fate] = (),
) -> c.DraftingAnswer:  # fmt: skip
    """Store the amended texts and make the facilitator's answer, with what becomes of the parties' amendments."""
    digests = await contents.put_texts(db, [one.text for one in amend.values()])
    return c.DraftingAnswer(
        choice=Choice.END if end else Choice.CONTINUE,
        amendments=[
            c.Amendment(clause=clause, sha256=digest, reason=one.reason)
            for (clause, one), digest in zip(amend.items(), digests, strict=True)
        ],
        parked=park,
        fates=list(fates),
        reason=reason,
    )


async def document(db: Database, title: str, data: bytes, media_type: str) -> c.DocumentAnswer:
    """Store a delivered document and make the answer."""
    return c.DocumentAnswer(title=title, sha256=await contents.put(db, data, media_type))
