"""What each kind of task shows, and the answer its form makes."""

from collections.abc import Iterable, Mapping

from pydantic import ValidationError

from acts import composing
from models import contracts as c
from models.base import Words
from models.enums import AmendmentStatus, Choice, ClauseStatus, Ground, Ratified, Stance, TaskKind
from models.errors import Conflict, Refusal
from models.packages import Condition
from rules import answering, conditions_text, showing
from rules.access import Page, Seat, Viewer, sees
from rules.calendar import local_date
from rules.chain import canonical, sha256
from store import amendments, asked, clauses, commitments, revisions
from store.asked import Asked
from store.clauses import ClauseLine
from store.conditions import given
from web import meeting_answers, question_answers, signing_answers
from web.conditions import chosen, fields, offered_conditions, own_in_words, preset
from web.forms import Filled, upload
from web.visiting import MOST_PAGES, Visit, page_number, whole_number

PER_PAGE = 10
"""Clauses on one page of a task."""

LEAST_ROWS, MOST_ROWS = 3, 50
LONGEST_INLINE = 60_000
"""Characters of text shown on a task's own page; more is behind its link."""


# --- what a form begins with ------------------------------------------------------------------------------------------


def initial(found: Asked) -> dict[str, str | Iterable[str]]:
    """Return the fields of the party's earlier answer, for who wants to replace it."""
    earlier = found.answers[0].answer.content if found.answers else {}
    match found.task.kind:
        case TaskKind.APPROVAL:
            return {name: str(earlier[name]) for name in ("stance", "ground", "lift", "comment") if earlier.get(name)}
        case TaskKind.RATIFICATION:
            return {name: str(earlier[name]) for name in ("result", "comment") if earlier.get(name)}
        case TaskKind.ATTENDANCE:
            return {name: str(earlier[name]) for name in ("attends", "substitute") if earlier.get(name)}
        case TaskKind.CONTRIBUTION:
            items = earlier.get("items", [])
            texts = {f"item-{n}": str(item["text"]) for n, item in enumerate(items)}
            return {**texts, **{f"theme-{n}": str(item["theme"]) for n, item in enumerate(items) if item.get("theme")}}
    return {}


async def freshen(visit: Visit, found: Asked, f: Filled, *, told: bool = False) -> None:
    """Bring what a form carries of the texts up to now; say so when a draft was about an older one.

    Args:
        visit: who looks.
        found: the task.
        f: the form as it was typed or kept.
        told: whether the person has been told already.
    """
    texts = {name: f.get(name) for name in f.values if name.startswith("sha-")}
    now = {f"sha-{one.clause.id}": one.current.sha256 for one in await _agenda(visit, found)} if texts else {}
    moved = {name for name, sha in texts.items() if now.get(name, sha) != sha}
    if found.task.text_sha is not None and f.get("text_sha") not in {"", found.task.text_sha}:
        moved.add("text_sha")
    if moved and not told:
        f.general.append(_changed_since().words)
    for name, sha in texts.items():
        f.values[f"was-{name}"] = [sha] if name in moved else f.values.get(f"was-{name}", [""])
    f.values |= {name: [sha] for name, sha in now.items()}
    f.values["text_sha"] = [found.task.text_sha or ""]


def _changed_since() -> Conflict:
    return Conflict(
        "text_changed",
        "De tekst is gewijzigd sinds u dit typte. Lees wat er veranderd is voor u verstuurt.",
        "The text has changed since you typed this. Read what changed before you send it.",
    )


async def check_versions(visit: Visit, found: Asked, f: Filled) -> None:
    """Refuse positions on another version of a clause than the current one.

    Raises:
        Conflict: `text_changed`; each clause that changed has it at its field.
    """
    if found.task.kind is not TaskKind.POSITIONS or f.get("do") == "bulk":
        return
    changed = False
    for one in await _agenda(visit, found):
        seen = f.get(f"sha-{one.clause.id}")
        if seen and seen != one.current.sha256 and f.get(f"stance-{one.clause.id}"):
            changed = True
            number, version = one.clause.number, one.current.version
            f.wrong(
                f"stance-{one.clause.id}",
                f"Artikel {number} is gewijzigd sinds u het las; het is nu versie {version}. Lees wat er veranderde.",
                f"Clause {number} has changed since you read it; it is version {version} now. Read what changed.",
            )
    if changed:
        raise _changed_since()


# --- what a page shows ------------------------------------------------------------------------------------------------


async def shows(visit: Visit, found: Asked, viewer: Viewer, f: Filled, *, seat: Seat | None) -> dict[str, object]:
    """Return what the page of this kind of task shows besides the task."""
    task, db = found.task, visit.site.db
    if task.kind in meeting_answers.KINDS:
        return await meeting_answers.shows(visit, found)
    if task.kind is TaskKind.POSITIONS:
        return await _positions(visit, found, viewer, f)
    if task.kind is TaskKind.CONTRIBUTION:
        rows = max([LEAST_ROWS, *(number + 1 for number in _numbers(f))])
        rows = min(rows + (LEAST_ROWS if f.get("do") == "more" else 0), MOST_ROWS)
        return {"themes": asked.themes(await asked.playbook(db, task.covenant)), "rows": rows}
    if task.kind is TaskKind.DECISION and Choice.BACK in task.choices:
        found_clauses = await clauses.clauses(db, task.covenant, None)
        return {
            "text_clauses": [one.clause for one in found_clauses], "rejections": await asked.rejections(db, task),
            "objected": await asked.objected(db, task.covenant, asked.failed_step(task)),
            "came": await asked.came_of(db, task),
        }  # fmt: skip
    if task.kind is TaskKind.APPROVAL and question_answers.asks(task):
        return await question_answers.beside(visit, found)
    return await _whole(visit, found, viewer, seat) if task.text_sha is not None else {}


async def _whole(visit: Visit, found: Asked, viewer: Viewer, seat: Seat | None) -> dict[str, object]:
    """Return the text as a whole, which an accord, ratification or signature is about."""
    task, db = found.task, visit.site.db
    where = await revisions.holding(db, task.covenant, task.text_sha or "")  # who joins later signs what was revised
    every = await clauses.clauses(db, where, None)
    whole = [one for one in every if one.clause.status is not ClauseStatus.PARKED]
    same = await clauses.whole_sha(db, where) == task.text_sha
    size = sum(len(one.current.text_nl) + len(one.current.text_en) for one in whole)
    return {
        **(await signing_answers.shows(visit, found, seat)),
        "text": whole, "parked": [one.clause for one in every if one not in whole],
        "inline": size < LONGEST_INLINE, "same": same, "reads": sees(viewer, Page.TEXT),
        "pdf": f"/c/{task.covenant}/documents/{task.text_sha}", "own_name": seat.name if seat else "",
    }  # fmt: skip


async def _agenda(visit: Visit, found: Asked, *, hidden: int | None = None, others: bool = False) -> list[ClauseLine]:
    """Return the clauses of the task's round, those the party still owes an answer on first."""
    if found.round is None:
        return []
    lines = await clauses.clauses(
        visit.site.db, found.task.covenant, found.task.respondent, only=found.round.agenda, hidden=hidden,
        others=others,
    )  # fmt: skip
    return sorted(lines, key=lambda one: one.unchanged)


async def _positions(visit: Visit, found: Asked, viewer: Viewer, f: Filled) -> dict[str, object]:
    open_round = found.round.no if found.round and found.round.closed_at is None else None
    lines = await _agenda(visit, found, hidden=showing.hidden_round(viewer, open_round), others=True)
    book = await asked.playbook(visit.site.db, found.task.covenant)
    number, last = _page(visit, f), (len(lines) - 1) // PER_PAGE + 1
    number = min(number, max(last, 1))
    part = lines[(number - 1) * PER_PAGE : number * PER_PAGE]
    proposed = await _proposed(visit, found)
    named, offers = await offered_conditions(visit.site.db, found.task.covenant, proposed)
    lapsed = {one.clause.id for one in part if not preset(one, f, offers, visit.language, open_round)}
    outside = _outside(visit, found, part)
    committable = await commitments.names(visit.site.db, found.task.covenant)
    return {
        "numbers": {one.clause.id: one.clause.number for one in lines},
        "asks": part, "number": number, "last": last, "every": len(lines), "norms": {n.id: n for n in book.norms},
        "themes": asked.themes(book), "unchanged": [one for one in lines if stands(one)], "outside": outside,
        "offers": [words.pick(visit.language) for words, _ in offers],
        "conditions": {one.clause.id: fields(one) for one in part},
        "committable": committable, "wording": named, "lapsed": lapsed,
        "own_conditions": own_in_words(lines, named, visit.language),
        "proposed": {one.clause.id: [x for x in proposed if x.row.clause == one.clause.id] for one in part},
        "here": {one.clause.id: await _before(visit, one, f, committable) for one in part},
        "kept": {one.clause.id: _kept(one, found) for one in part},
    }  # fmt: skip


async def _proposed(visit: Visit, found: Asked) -> list[amendments.AmendmentView]:
    return await amendments.amendments(visit.site.db, found.task.covenant, only=[AmendmentStatus.OPEN])


def _kept(one: ClauseLine, found: Asked) -> str:
    """Return the mark of the party's position on the current text where who leaves it so says nothing new.

    That is a position of this round, or an agreement that stands. An objection of before is asked about anew: to leave
    it so is to maintain it.
    """
    row = one.holds.position if one.holds is not None else None
    if row is not None and not stands(one) and (found.round is None or row.round != found.round.no):
        return ""
    short = [conditions_text.short(one) for one in given(row)] if row is not None else []
    return "" if row is None else _mark(row.stance, row.ground, row.lift, row.comment, *short)


def stands(one: ClauseLine) -> bool:
    """Whether the party's agreement of a round stands, so that nothing is asked of it.

    One lifted beside the rounds is asked, and one on conditions too: its clause is open, so they did not hold
    (`rules.texts.owes_position`).
    """
    own = one.own.position if one.own is not None else None
    return one.unchanged and own is not None and own.round is not None and not own.conditions


def _mark(*values: str | None) -> str:
    return sha256(canonical([value or "" for value in values]))[:16]


async def _before(visit: Visit, one: ClauseLine, f: Filled, committable: Mapping[str, Words]) -> str | None:
    """Return the text that the person had before them when they typed, where it has changed since."""
    sha = f.get(f"was-sha-{one.clause.id}")
    if not sha:
        return None
    rows = await clauses.versions(visit.site.db, one.clause.covenant, one.clause.id)
    row = next((row for row in rows if row.sha256 == sha), None)
    return commitments.whole(row, committable).pick(visit.language) if row is not None else None


def _page(visit: Visit, f: Filled) -> int:
    return whole_number(f.get("page"), least=1, most=MOST_PAGES) or page_number(visit)


def draft_page(visit: Visit, f: Filled | None = None) -> str:
    """Return the end of the key under which a later page of clauses keeps its draft."""
    number = _page(visit, f or Filled())
    return f"?page={number}" if number > 1 else ""


def next_page(f: Filled) -> str:
    """Return the part of the address that leads on to the next page of clauses."""
    number, last = (whole_number(f.get(name), least=1, most=MOST_PAGES) or 0 for name in ("page", "last"))
    return f"&page={number + 1}" if f.get("do") in {"answer", "rest"} and 0 < number < last else ""


def _outside(visit: Visit, found: Asked, lines: list[ClauseLine]) -> set[str]:
    """Return the clauses that no mandate of the visitor covers: a submission with one of them is kept apart."""
    today = local_date(visit.clock(found.covenant))
    own = next((one for one in found.people if one.email.lower() == visit.email), None)
    if own is None:
        return set()
    held = [c.Mandate.model_validate(mandate) for mandate in own.mandates]
    return {
        one.clause.id
        for one in lines
        if not any(
            answering.covers(mandate, found.state.power, today, one.clause.theme, whole=False) for mandate in held
        )
    }


# --- what a form makes ------------------------------------------------------------------------------------------------


async def content(visit: Visit, found: Asked, f: Filled, *, seat: Seat | None) -> c.Content | None:
    """Make the answer of a form; None when something is wrong with a field, which then says so.

    Raises:
        Refusal: what was sent along cannot be used.
        ValidationError: a text is too long or holds what nobody can read.
    """
    made: c.Content | None
    match found.task.kind:
        case TaskKind.POSITIONS:
            made = await _bulk(visit, found) if f.get("do") == "bulk" else await _taken(visit, found, f)
        case TaskKind.APPROVAL:
            made = _approval(f)
        case TaskKind.CONTRIBUTION:
            made = _contribution(f)
        case TaskKind.RATIFICATION:
            made = await _ratification(visit, f)
        case TaskKind.DECISION:
            made = _decision(f)
        case TaskKind.SIGNATURE | TaskKind.DECLARATION:
            made = await signing_answers.content(visit, found, f, seat)
        case kind if kind in meeting_answers.KINDS:
            made = await meeting_answers.content(visit, kind, f)
        case _:
            made = await _document(visit, f)
    return made


def _stance(f: Filled, name: str) -> Stance | None:
    if f.get(name) not in set(Stance):
        f.wrong(name, "Kies een standpunt.", "Choose a position.")
        return None
    return Stance(f.get(name))


def _reasons(f: Filled, stance: Stance | None, suffix: str = "") -> dict[str, str | None]:
    """Return ground, lift and comment as the stance takes them; an objection needs both, in words."""
    objects = stance is Stance.OBJECT
    ground, lift = f.get(f"ground{suffix}"), f.get(f"lift{suffix}").strip()
    if objects and ground not in set(Ground):
        f.wrong(f"ground{suffix}", "Kies de grond van het bezwaar.", "Choose the ground of the objection.")
    if objects and not lift:
        f.wrong(f"lift{suffix}", "Schrijf wat het bezwaar zou opheffen.", "Write what would lift the objection.")
    comment = f.get(f"comment{suffix}").strip()
    for name, text in ((f"lift{suffix}", lift if objects else ""), (f"comment{suffix}", comment)):
        _length(f, name, text)
    return {"ground": ground if objects else None, "lift": lift if objects else None, "comment": comment or None}


LEAST, MOST = 3, 2000


def _length(f: Filled, name: str, text: str) -> None:
    if text and not LEAST <= len(text) <= MOST:
        f.wrong(name, f"Verwacht: {LEAST} tot {MOST} tekens.", f"Expected: {LEAST} to {MOST} characters.")


async def _by_words(visit: Visit, found: Asked) -> dict[str, Condition]:
    _, offered = await offered_conditions(visit.site.db, found.task.covenant, await _proposed(visit, found))
    return {words.casefold(): one for both, one in offered for words in (both.nl, both.en)}


def _approval(f: Filled) -> c.Content | None:
    if f.get("do") in {"object", "agree"}:  # an editorial fix: one press, with a reason if it is an objection
        f.values |= {"stance": [f.get("do")], "ground": [Ground.SCOPE.value]}
    stance = _stance(f, "stance")
    reasons = _reasons(f, stance)
    if not f.fine:
        return None
    return c.ApprovalAnswer.model_validate({"stance": stance, **reasons, "text_sha": f.get("text_sha") or None})


async def _taken(visit: Visit, found: Asked, f: Filled) -> c.Content | None:
    """Make positions of a form; what is wrong says on top of the page with which clause."""
    made = _given(f, await _by_words(visit, found))
    for one in await _agenda(visit, found) if f.errors else ():
        for name, words in f.errors.items():
            if name.endswith(f"-{one.clause.id}") or name.startswith(f"if-{one.clause.id}-"):
                number = one.clause.number
                f.tops[name] = Words(nl=f"Artikel {number}: {words.nl}", en=f"Clause {number}: {words.en}")
    return made


def _given(f: Filled, asked_of: Mapping[str, Condition]) -> c.Content | None:
    """Make one submission of every clause that has a position; the others stay as they are, or are agreed to."""
    found: list[c.Position] = []
    first = ""
    for name in list(f.values):
        if not name.startswith("sha-"):
            continue
        clause = name.removeprefix("sha-")
        first = first or clause
        if not f.get(f"stance-{clause}") and f.get("do") == "rest":
            f.values[f"stance-{clause}"] = [Stance.AGREE.value]
        if not f.get(f"stance-{clause}"):
            continue
        stance = _stance(f, f"stance-{clause}")
        reasons = _reasons(f, stance, f"-{clause}")
        wanted = chosen(f, clause, asked_of)
        short = [conditions_text.short(one) for one in wanted]
        if f.get(f"kept-{clause}") == _mark(stance, *reasons.values(), *short):
            continue
        said = {"clause": clause, "sha256": f.get(name), "stance": stance, **reasons, "conditions": wanted}
        try:
            found += [c.Position.model_validate(said)] if f.fine else []
        except ValidationError as error:
            f.invalid(error, {one: f"{one}-{clause}" for one in ("ground", "lift", "comment")})
    if not found and f.fine:
        f.wrong(f"stance-{first}", "Kies bij minstens één artikel een standpunt.", "Choose a position on a clause.")
    return c.PositionsAnswer(positions=found) if found and f.fine else None


async def _bulk(visit: Visit, found: Asked) -> c.Content:
    """Repeat the party's agreement with what is, to the letter, what it agreed to before."""
    held = [
        one.own.position
        for one in await _agenda(visit, found)
        if one.unchanged and one.own is not None and not one.own.position.conditions
    ]
    if not held:
        raise Refusal(
            "nothing_unchanged",
            "Er is geen ongewijzigd artikel waar uw partij al akkoord mee was. Verwacht: kies per artikel.",
            "There is no unchanged clause that your party agreed to. Expected: choose for each clause.",
        )
    return c.PositionsAnswer(
        positions=[
            c.Position(
                clause=one.clause,
                sha256=one.sha256,
                stance=Stance(one.stance),
                comment=one.comment,
                conditions=given(one),
            )
            for one in held
        ]
    )


def _numbers(f: Filled) -> list[int]:
    """Return the numbers of the points that a form holds."""
    found = (name.removeprefix("item-") for name in f.values if name.startswith("item-"))
    numbers = (whole_number(one, least=0, most=MOST_ROWS) for one in found)
    return sorted(one for one in numbers if one is not None and one < MOST_ROWS)


def _contribution(f: Filled) -> c.Content | None:
    filled = [(number, text) for number in _numbers(f) if (text := f.get(f"item-{number}").strip())]
    for number, text in filled:
        _length(f, f"item-{number}", text)
    if not filled:
        f.wrong("item-0", "Schrijf minstens één punt op.", "Write down at least one point.")
    if not f.fine:
        return None
    items = [c.Item.model_validate({"theme": f.get(f"theme-{n}") or None, "text": text}) for n, text in filled]
    return c.ContributionAnswer(items=items)


async def _document(visit: Visit, f: Filled) -> c.Content | None:
    try:
        file = await upload(f, "file")
        if file is None:
            f.wrong("file", "Kies een bestand.", "Choose a file.")
            return None
        data, _, name = file
        return await composing.document(visit.site.db, f.get("title").strip() or name, data, name)
    except Refusal as error:
        f.refuse(error, {"bad_file": "file"})
        return None


async def _ratification(visit: Visit, f: Filled) -> c.Content | None:
    if f.get("result") not in set(Ratified):
        f.wrong("result", "Kies wat uw achterban besloot.", "Choose what your members decided.")
    comment = f.get("comment").strip()
    _length(f, "comment", comment)
    kept = None
    try:
        file = await upload(f, "minutes")
        if file is not None:
            kept = await composing.stored_document(visit.site.db, file[0], file[2])
    except Refusal as error:
        f.refuse(error, {"bad_file": "minutes"})
    if not f.fine:
        return None
    return c.RatificationAnswer(
        result=Ratified(f.get("result")), text_sha=f.get("text_sha"), minutes=kept, comment=comment or None
    )


def _decision(f: Filled) -> c.Content | None:
    f.need("choice", "Kies hoe het verder gaat.", "Choose how to go on.")
    reason = f.need("reason", "Schrijf waarom.", "Write why.")
    _length(f, "reason", reason)
    prolongs = f.get("choice") == "prolong"
    due = f.date("due", required=prolongs) if prolongs else None
    if not f.fine:
        return None
    again = f.all("clauses") if f.get("choice") == "back" else []
    return c.DecisionAnswer.model_validate({"choice": f.get("choice"), "reason": reason, "due": due, "clauses": again})
