"""Making the contents of answers: what is large is stored first, what is approved is named by its hash."""

from collections.abc import Collection, Mapping, Sequence

from models import contracts as c
from models.base import Words
from models.commitments import ClauseText, Commitment
from models.enums import AmendmentStatus, Choice, Language
from models.errors import Refusal
from models.scenario import AmendmentReply, PositionReply
from models.tables import ClauseVersion, Content, Event
from rules import conditions_text
from rules.commitments import check
from rules.formats import format_of
from store import amendments, asked, commitments, contents, views
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
    hashes = {clause: text.sha256 for clause, text in texts.items()}
    chosen = {clause: given.get(clause, others) for clause in agenda}
    return c.PositionsAnswer(
        positions=[
            c.Position(
                clause=clause, sha256=agenda[clause], stance=reply.stance, ground=reply.ground, lift=reply.lift,
                comment=reply.comment, conditions=[conditions_text.read(one, hashes) for one in reply.conditions],
            )
            for clause, reply in chosen.items()
            if reply is not None
        ]
    )  # fmt: skip


async def next_version(
    db: Database, slug: str, amend: Mapping[str, AmendmentReply], *, park: list[str], reason: str, end: bool = False,
    fates: Sequence[c.Fate] = (),
) -> c.DraftingAnswer:  # fmt: skip
    """Store the amended texts and make the facilitator's answer, with what becomes of the parties' amendments.

    Raises:
        Refusal: `unknown_committed`.
    """
    texts = await views.current_texts(db, slug) if amend else {}
    await check_commitments(db, slug, {clause: one.commitments or [] for clause, one in amend.items()})
    digests = await contents.put_texts(
        db, [with_commitments(one.text, texts.get(clause), one.commitments) for clause, one in amend.items()]
    )
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


async def check_commitments(db: Database, slug: str, given: Mapping[str, Sequence[Commitment]]) -> None:
    """Refuse commitments, by clause, of somebody who is not there.

    Raises:
        Refusal: `unknown_committed`.
    """
    if any(given.values()):
        names, book = await commitments.names(db, slug), await asked.playbook(db, slug)
        for clause, some in given.items():
            check(clause, some, names, [norm.id for norm in book.norms])


def with_commitments(
    text: Words, current: ClauseVersion | None, changed: Sequence[Commitment] | None = None
) -> ClauseText:
    """Return a next text of a clause with what it commits to: the same as now, unless that is changed too."""
    kept = commitments.of(current) if current is not None else []
    return ClauseText(nl=text.nl, en=text.en, commitments=list(kept if changed is None else changed))


async def taken_up(
    db: Database, slug: str, given: Mapping[str, AmendmentReply], fates: Sequence[c.Fate], *, reason: str, act_id: str
) -> dict[str, AmendmentReply]:
    """Add the next version of clauses whose text follows from what becomes of the amendments.

    Where words are accepted and none are taken up otherwise, the next version is the current one with those in it.

    Args:
        db: the database.
        slug: the covenant.
        given: the clauses that have a text.
        fates: of amendments; those that are not open are left to the rules.
        reason: of the versions that are made.
        act_id: of the answer; when it is on record already, the versions are those that were made then.

    Raises:
        Refusal: `amendments_collide`, `amendment_overtaken`.
    """
    made = dict(given)
    fate_of = {fate.amendment: fate.status for fate in fates}
    found = await amendments.amendments(db, slug) if fates else []
    decided = [one for one in found if one.row.id in fate_of and one.row.clause not in given]
    again = await views.event(db, act_id) if decided else None
    if again is not None:
        return made | await _made_before(db, again, {one.row.clause for one in decided})
    decided = [one for one in decided if one.row.status is AmendmentStatus.OPEN]
    texts = await views.current_texts(db, slug) if decided else {}
    for clause in sorted({one.row.clause for one in decided}):
        here = [one for one in decided if one.row.clause == clause]
        taken = [one for one in here if fate_of[one.row.id] is AmendmentStatus.ACCEPTED]
        if taken and all(fate_of[one.row.id] is not AmendmentStatus.COMPROMISE for one in here):
            text = amendments.merged(texts[clause], taken)
            made[clause] = AmendmentReply(text=Words(nl=text[Language.NL], en=text[Language.EN]), reason=reason)
    return made


async def _made_before(db: Database, event: Event, clauses: Collection[str]) -> dict[str, AmendmentReply]:
    """Return the next versions of some clauses that an answer on record made."""
    changes = event.data.get("changes") or [{}]
    made: dict[str, AmendmentReply] = {}
    async with db.read() as session:
        for one in changes[0].get("content", {}).get("amendments", []):
            if one["clause"] in clauses:
                text = contents.text_of(await session.get(Content, one["sha256"]), one["sha256"])
                made[one["clause"]] = AmendmentReply(
                    text=Words(nl=text.nl, en=text.en), reason=one["reason"], commitments=text.commitments
                )
    return made


async def stored_document(db: Database, data: bytes, name: str) -> str:
    """Store a file that somebody delivers and return its SHA-256.

    Raises:
        Refusal: `bad_file`, no document that others can open (`rules.formats`).
    """
    return await contents.put(db, data, format_of(data, name))


async def document(db: Database, title: str, data: bytes, name: str) -> c.DocumentAnswer:
    """Store a delivered document and make the answer.

    Raises:
        Refusal: `bad_file`.
    """
    return c.DocumentAnswer(title=title, sha256=await stored_document(db, data, name))
