"""How answers become a decision (DESIGN section 4). Pure functions; nothing else decides.

`decide_parties` is the usual way in: it folds parties into delegations when the rule says so, and decides.
"""

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from fractions import Fraction

from models.base import Words
from models.deciding import Ballot, DecisionRule, Need, Seat, Verdict
from models.enums import Handling, Language, Outcome, RuleKind, Stance, Unit
from models.errors import Refusal

_SHOWN = 8
"""A sentence names at most this many seats at a time."""

_NAME = 60
"""And at most this many characters of each name."""

_AGREEING = frozenset({Stance.AGREE, Stance.RESERVATION})


class _Want(Enum):
    LIFT = auto()
    ANSWER = auto()
    AGREE = auto()
    QUORUM = auto()


@dataclass(frozen=True)
class _Part:
    """A need, and in what words to ask for it."""

    want: _Want
    seats: tuple[Seat, ...]
    count: int


@dataclass(frozen=True)
class _Tally:
    """The seats, and which of them their answer makes what under the rule, each in the order of the seats.

    `incomplete` are objectors whose objection stands while part of the delegation has not answered; `groundless`
    objected without a ground, which under consent is an abstention.
    """

    seats: tuple[Seat, ...]
    agree: tuple[Seat, ...]
    abstain: tuple[Seat, ...]
    object: tuple[Seat, ...]
    recused: tuple[Seat, ...]
    absent: tuple[Seat, ...]
    incomplete: tuple[Seat, ...]
    groundless: tuple[Seat, ...]

    @property
    def size(self) -> int:
        """The denominator: every seat that is not recused."""
        return len(self.agree) + len(self.abstain) + len(self.object) + len(self.absent)

    def within(self, constituency: str) -> "_Tally":
        """Give the part of one constituency."""
        return _Tally(
            **{
                name: tuple(seat for seat in seats if seat.constituency == constituency)
                for name, seats in vars(self).items()
            }
        )


def decide(
    rule: DecisionRule,
    seats: Sequence[Seat],
    ballots: Iterable[Ballot],
    *,
    closed: bool,
    incomplete: Collection[str] = (),
) -> Verdict:
    """Say where a question stands, why, and what would change it.

    A reservation is an agreement. A recusal takes its seat out of every denominator. An objection without ground
    is an abstention under consent and an objection elsewhere. The quorum counts answers given, abstentions included;
    under the silence procedure, where silence agrees, a quorum is ignored. A majority passes early once it is certain
    whatever the absent still answer. No rule fails early while the absent can still make it pass.

    Args:
        rule: the rule.
        seats: who decides; their order is the order of every list in the verdict.
        ballots: at most one per seat, in any order.
        closed: no answer is accepted any more.
        incomplete: ids of seats whose objection is only part of their answer (see `decide_parties`): it counts as
            an objection, but not as an answer for the quorum. Ignored for seats that do not object.

    Raises:
        Refusal: `ballot_twice` for a second ballot of a seat, `unknown_seat` for a ballot of nobody.
    """
    tally = _count(rule, seats, _by_seat(seats, ballots), incomplete)
    parts = _missing(rule, tally, closed=closed)
    stuck = not closed and bool(parts) and bool(_missing(rule, _at_best(tally), closed=True))
    if tally.size == 0:
        outcome = Outcome.FAILED if closed else Outcome.PENDING
    elif not parts:
        outcome = Outcome.PASSED
    else:
        outcome = Outcome.FAILED if closed or stuck else Outcome.PENDING
    return Verdict(
        outcome=outcome,
        rule=rule,
        sentence=Words(
            nl=_sentence(_NL, rule, tally, parts, outcome, closed=closed),
            en=_sentence(_EN, rule, tally, parts, outcome, closed=closed),
        ),
        needs=[Need(seats=_ids(part.seats), count=part.count) for part in parts],
        agree=_ids(tally.agree),
        abstain=_ids(tally.abstain),
        object=_ids(tally.object),
        recused=_ids(tally.recused),
        absent=_ids(tally.absent),
    )


def decide_parties(
    rule: DecisionRule,
    parties: Sequence[Seat],
    ballots: Iterable[Ballot],
    names: Mapping[str, Words],
    *,
    closed: bool,
) -> Verdict:
    """Decide on the answers of parties, by the unit the rule names.

    More than `decide` on what `by_unit` gives in one respect: the objection of a delegation in which a member has yet
    to answer does not count for the quorum. Otherwise lifting an objection could cost the quorum and undo a decision.

    Args:
        rule: the rule.
        parties: one seat per party.
        ballots: at most one per party.
        names: what each constituency is called.
        closed: no answer is accepted any more.

    Raises:
        Refusal: as `decide`.
    """
    given = list(ballots)
    seats, folded = by_unit(rule, parties, given, names)
    incomplete: set[str] = set()
    if rule.unit is Unit.DELEGATION:
        answered = {ballot.seat for ballot in given}
        incomplete = {party.constituency for party in parties if party.id not in answered}
    return decide(rule, seats, folded, closed=closed, incomplete=incomplete)


def by_unit(
    rule: DecisionRule,
    parties: Sequence[Seat],
    ballots: Iterable[Ballot],
    names: Mapping[str, Words],
) -> tuple[list[Seat], list[Ballot]]:
    """Fold parties and their ballots into the seats and ballots the rule decides on.

    Party unit: unchanged. Delegation unit, per constituency, in the order of the parties: a member's objection is the
    delegation's; else a member that has not answered leaves it without a ballot; else, recused members aside, it
    abstains when some abstain and none agrees, has a reservation when some have one, and agrees otherwise. All
    recused: it is recused. It is notified when each member that has not answered was: an answer shows that notice
    arrived. So under the silence procedure a silent member never holds back a delegation that was told.

    Args:
        rule: the rule; its unit says what to do, and under consent an objection without ground is an abstention.
        parties: one seat per party.
        ballots: at most one per party.
        names: what each constituency is called; its id is used when missing.

    Raises:
        Refusal: as `decide`.
    """
    given = _by_seat(parties, ballots)
    if rule.unit is Unit.PARTY:
        return list(parties), list(given.values())
    members: dict[str, list[Seat]] = {}
    for party in parties:
        members.setdefault(party.constituency, []).append(party)
    seats = [
        Seat(
            id=constituency,
            constituency=constituency,
            name=names.get(constituency) or Words(nl=constituency, en=constituency),
            notified=all(party.notified or party.id in given for party in group),
        )
        for constituency, group in members.items()
    ]
    folded = [_fold(rule, constituency, group, given) for constituency, group in members.items()]
    return seats, [ballot for ballot in folded if ballot is not None]


def supply(verdict: Verdict, seats: Sequence[Seat], ballots: Iterable[Ballot]) -> list[Ballot]:
    """Give the ballots as they would be once the needs of a verdict were supplied, in the order of the seats.

    Of each need the first seats agree; any other choice would do as well.

    Args:
        verdict: what `decide` said of these seats and ballots.
        seats: the seats it decided on (delegations, when delegations decide).
        ballots: their ballots.

    Raises:
        Refusal: as `decide`.
    """
    after = _by_seat(seats, ballots)
    for need in verdict.needs:
        after |= {seat: Ballot(seat=seat, stance=Stance.AGREE) for seat in need.seats[: need.count]}
    return [after[seat.id] for seat in seats if seat.id in after]


def _ids(seats: Iterable[Seat]) -> list[str]:
    return [seat.id for seat in seats]


def _by_seat(seats: Iterable[Seat], ballots: Iterable[Ballot]) -> dict[str, Ballot]:
    known = {seat.id for seat in seats}
    given: dict[str, Ballot] = {}
    for ballot in ballots:
        if ballot.seat not in known:
            raise Refusal(
                code="unknown_seat",
                nl=f"{ballot.seat} heeft geen zetel in dit besluit. Zetels: {', '.join(sorted(known)) or 'geen'}.",
                en=f"{ballot.seat} has no seat in this decision. Seats: {', '.join(sorted(known)) or 'none'}.",
                evidence={"seat": ballot.seat},
            )
        if ballot.seat in given:
            raise Refusal(
                code="ballot_twice",
                nl=f"{ballot.seat} heeft meer dan één antwoord. Eén antwoord per zetel telt.",
                en=f"{ballot.seat} has more than one answer. One answer per seat counts.",
                evidence={"seat": ballot.seat},
            )
        given[ballot.seat] = ballot
    return given


def _counts_as(rule: DecisionRule, ballot: Ballot) -> Stance:
    if ballot.stance is Stance.OBJECT and rule.kind is RuleKind.CONSENT and not ballot.reasoned:
        return Stance.ABSTAIN
    return ballot.stance


def _fold(rule: DecisionRule, constituency: str, group: list[Seat], given: Mapping[str, Ballot]) -> Ballot | None:
    answers = [given[party.id] for party in group if party.id in given]
    stances = {_counts_as(rule, answer) for answer in answers}
    if Stance.OBJECT in stances:
        reasoned = any(answer.reasoned for answer in answers if answer.stance is Stance.OBJECT)
        return Ballot(seat=constituency, stance=Stance.OBJECT, reasoned=reasoned)
    if len(answers) < len(group):
        return None
    for stance in (Stance.RESERVATION, Stance.AGREE, Stance.ABSTAIN):
        if stance in stances:
            return Ballot(seat=constituency, stance=stance)
    return Ballot(seat=constituency, stance=Stance.RECUSE)


def _count(
    rule: DecisionRule, seats: Sequence[Seat], given: Mapping[str, Ballot], incomplete: Collection[str]
) -> _Tally:
    stances = {seat: _counts_as(rule, ballot) for seat, ballot in given.items()}

    def those(*wanted: Stance | None) -> tuple[Seat, ...]:
        return tuple(seat for seat in seats if stances.get(seat.id) in wanted)

    objecting = those(Stance.OBJECT)
    return _Tally(
        seats=tuple(seats),
        agree=those(*_AGREEING),
        abstain=those(Stance.ABSTAIN),
        object=objecting,
        recused=those(Stance.RECUSE),
        absent=those(None),
        incomplete=tuple(seat for seat in objecting if seat.id in incomplete),
        groundless=tuple(seat for seat in those(Stance.ABSTAIN) if given[seat.id].stance is Stance.OBJECT),
    )


def _ordered(tally: _Tally, *groups: Iterable[Seat]) -> tuple[Seat, ...]:
    wanted = {seat.id for group in groups for seat in group}
    return tuple(seat for seat in tally.seats if seat.id in wanted)


def _at_best(tally: _Tally) -> _Tally:
    """Let every absent seat agree and every answer be complete; no other completion does better."""
    return replace(tally, agree=_ordered(tally, tally.agree, tally.absent), absent=(), incomplete=())


def _missing(rule: DecisionRule, tally: _Tally, *, closed: bool) -> list[_Part]:
    """List what the rule still lacks; nothing lacking is the very meaning of having passed."""
    if tally.size == 0:
        return []
    match rule.kind:
        case RuleKind.UNANIMITY:
            parts = [_all(_Want.AGREE, (*tally.abstain, *tally.object, *tally.absent))]
        case RuleKind.MAJORITY | RuleKind.MAJORITY_PER_CONSTITUENCY:
            parts = _missing_votes(rule, tally, closed=closed)
        case RuleKind.CONSENSUS | RuleKind.CONSENT | RuleKind.SILENCE:
            parts = _missing_peace(rule, tally, closed=closed)
    return [replace(part, seats=_ordered(tally, part.seats)) for part in parts if part.count > 0]


def _all(want: _Want, seats: tuple[Seat, ...]) -> _Part:
    return _Part(want, seats, len(seats))


def _missing_peace(rule: DecisionRule, tally: _Tally, *, closed: bool) -> list[_Part]:
    """For the rules that an objection stops: consensus, consent, silence."""
    lift = _all(_Want.LIFT, tally.object)
    answer = _all(_Want.ANSWER, tally.absent)
    if closed and rule.kind is RuleKind.SILENCE:
        answer = _all(_Want.ANSWER, tuple(seat for seat in tally.absent if not seat.notified))
    elif closed and rule.kind is RuleKind.CONSENT:
        answer = replace(answer, count=_short(rule, tally.size, tally.size - len(tally.absent)))
    nobody = not tally.agree and rule.kind is not RuleKind.SILENCE
    if nobody and not lift.count and not answer.count:
        return [_Part(_Want.AGREE, (*tally.abstain, *tally.absent), 1)]
    return [lift, answer]


def _short(rule: DecisionRule, size: int, answered: int) -> int:
    return max(0, math.ceil(Fraction(rule.quorum) * size) - answered) if rule.quorum else 0


def _missing_votes(rule: DecisionRule, tally: _Tally, *, closed: bool) -> list[_Part]:
    """For the majorities: agreements wanted in each group, and answers wanted for the quorum.

    Needs may overlap; as an agreement never harms a majority, any choice that meets each of them passes.
    """
    groups = [tally]
    if rule.kind is RuleKind.MAJORITY_PER_CONSTITUENCY:
        constituencies = dict.fromkeys(seat.constituency for seat in tally.seats)
        groups = [group for group in map(tally.within, constituencies) if group.size]
    unheard = (*tally.absent, *tally.incomplete)
    short = _short(rule, tally.size, tally.size - len(unheard))
    required: tuple[Seat, ...] = ()
    parts: list[_Part] = []
    want = _Want.QUORUM
    covered = 0
    for group in groups:
        votes = _Votes.of(rule, group, closed=closed)
        part = votes.missing()
        if part is None:
            continue
        here = (*group.absent, *group.incomplete)
        sure = short - (len(unheard) - len(here))
        if sure > 0 and votes.enough(sure, from_uncounted=sum(seat in here for seat in votes.uncounted)):
            want = _Want.AGREE  # whoever makes the quorum by agreeing makes this majority too
            continue
        covered += max(0, part.count - sum(seat not in here for seat in part.seats))
        if part.count == len(part.seats):
            required += part.seats
        else:
            parts.append(part)
    if want is _Want.QUORUM and covered >= short:
        short = 0
    return [_all(_Want.AGREE, required), *parts, _Part(want, unheard, short)]


@dataclass(frozen=True)
class _Votes:
    """A majority in one group. Agreements come from seats that count as against, or that do not count yet."""

    rule: DecisionRule
    agree: int
    against: tuple[Seat, ...]
    uncounted: tuple[Seat, ...]

    @classmethod
    def of(cls, rule: DecisionRule, tally: _Tally, *, closed: bool) -> "_Votes":
        """Sort the seats of a group. While the question is open the absent might still object, so they count."""
        against = tally.object
        uncounted: tuple[Seat, ...] = ()
        for seats, counts in (
            (tally.abstain, rule.abstentions is Handling.AGAINST),
            (tally.absent, rule.absent is Handling.AGAINST or not closed),
        ):
            if counts:
                against += seats
            else:
                uncounted += seats
        return cls(rule, len(tally.agree), against, uncounted)

    def enough(self, more: int, from_uncounted: int) -> bool:
        """Tell whether `more` agreements do, even when as many as possible come from uncounted seats."""
        agree = self.agree + more
        if agree == 0:
            return False
        threshold = Fraction(self.rule.threshold)
        share = Fraction(agree, self.agree + len(self.against) + min(more, from_uncounted))
        return share > threshold or (share == threshold and (threshold == 1 or not self.rule.more_than))

    def missing(self) -> _Part | None:
        """Give the smallest need that any choice of seats fulfils; None when there is a majority."""
        if self.enough(0, 0):
            return None
        everyone = (*self.against, *self.uncounted)
        count = next(n for n in range(1, len(everyone) + 1) if self.enough(n, len(self.uncounted)))
        fewer = next((n for n in range(1, min(count, len(self.against) + 1)) if self.enough(n, 0)), None)
        return _Part(_Want.AGREE, everyone, count) if fewer is None else _Part(_Want.AGREE, self.against, fewer)


# The sentences. Names may be singular or plural in their language, so no verb ever agrees with a name.


@dataclass(frozen=True)
class _Tongue:
    """The phrases of one language. A pair is singular and plural."""

    language: Language
    heads: Mapping[Outcome, str]
    stuck: str
    rules: Mapping[RuleKind, str]
    at_least: str
    more_than: str
    quorum: str
    units: Mapping[Unit, tuple[str, str]]
    nobody_counts: str
    answered: tuple[str, str]
    none_agrees: str
    agree: tuple[str, str]
    abstain: tuple[str, str]
    groundless: tuple[str, str]
    object: tuple[str, str]
    silent: tuple[str, str]
    untold: tuple[str, str]
    absent: tuple[str, str]
    incomplete: str
    recused: str
    needed: str
    wants: Mapping[_Want, tuple[str, str]]
    of_which_one: str
    some: str
    one: str
    both: str
    more: tuple[str, str]


_NL = _Tongue(
    language=Language.NL,
    heads={Outcome.PASSED: "Aangenomen", Outcome.PENDING: "Nog niet aangenomen", Outcome.FAILED: "Niet aangenomen"},
    stuck="Zoals het nu staat niet aan te nemen",
    rules={
        RuleKind.CONSENSUS: "onder consensus",
        RuleKind.CONSENT: "onder consent (geen beargumenteerd bezwaar)",
        RuleKind.UNANIMITY: "onder unanimiteit",
        RuleKind.MAJORITY: "met een meerderheid van {share}",
        RuleKind.MAJORITY_PER_CONSTITUENCY: "met een meerderheid van {share} in elke geleding",
        RuleKind.SILENCE: "onder de stilteprocedure",
    },
    at_least="ten minste {}",
    more_than="meer dan {}",
    quorum=" en een quorum van {}",
    units={Unit.DELEGATION: ("geleding", "geledingen"), Unit.PARTY: ("partij", "partijen")},
    nobody_counts="geen enkele {} telt mee in dit besluit",
    answered=("{} van de {} {} heeft geantwoord", "{} van de {} {} hebben geantwoord"),
    none_agrees="geen enkele {} stemt in",
    agree=("{} stemt in", "{} stemmen in"),
    abstain=("{} onthoudt zich ({})", "{} onthouden zich ({})"),
    groundless=(
        "{} heeft een bezwaar zonder grond, dat als onthouding telt ({})",
        "{} hebben een bezwaar zonder grond, dat als onthouding telt ({})",
    ),
    object=("{} heeft bezwaar ({})", "{} hebben bezwaar ({})"),
    silent=("{} zwijgt en telt als instemming ({})", "{} zwijgen en tellen als instemming ({})"),
    untold=("{} heeft geen kennisgeving ontvangen ({})", "{} hebben geen kennisgeving ontvangen ({})"),
    absent=("{} heeft niet geantwoord ({})", "{} hebben niet geantwoord ({})"),
    incomplete=" Nog niet volledig is het antwoord van {}.",
    recused=" Buiten de telling: {}.",
    needed=" Nodig: {}.",
    wants={
        _Want.LIFT: (
            "instemming van {} of intrekking van het bezwaar",
            "instemming van {} of intrekking van elk bezwaar",
        ),
        _Want.ANSWER: ("een antwoord zonder bezwaar van {}", "een antwoord zonder bezwaar van {}"),
        _Want.AGREE: ("instemming van {}", "instemming van {}"),
        _Want.QUORUM: ("voor het quorum een antwoord van {}", "voor het quorum een antwoord van {}"),
    },
    of_which_one="ten minste één instemming daaronder",
    some="ten minste {} van deze {}: {}",
    one="één",
    both=" en ",
    more=("{} andere", "{} andere"),
)

_EN = _Tongue(
    language=Language.EN,
    heads={Outcome.PASSED: "Adopted", Outcome.PENDING: "Not yet adopted", Outcome.FAILED: "Not adopted"},
    stuck="Cannot be adopted as it stands",
    rules={
        RuleKind.CONSENSUS: "under consensus",
        RuleKind.CONSENT: "under consent (no reasoned objection)",
        RuleKind.UNANIMITY: "under unanimity",
        RuleKind.MAJORITY: "by a majority of {share}",
        RuleKind.MAJORITY_PER_CONSTITUENCY: "by a majority of {share} in each constituency",
        RuleKind.SILENCE: "under the silence procedure",
    },
    at_least="at least {}",
    more_than="more than {}",
    quorum=" and a quorum of {}",
    units={Unit.DELEGATION: ("constituency", "constituencies"), Unit.PARTY: ("party", "parties")},
    nobody_counts="no {} counts in this decision",
    answered=("{} of the {} {} has answered", "{} of the {} {} have answered"),
    none_agrees="no {} agrees",
    agree=("{} agrees", "{} agree"),
    abstain=("{} abstains ({})", "{} abstain ({})"),
    groundless=(
        "{} objects without a ground, which counts as an abstention ({})",
        "{} object without a ground, which counts as an abstention ({})",
    ),
    object=("{} objects ({})", "{} object ({})"),
    silent=("{} is silent and counts as agreeing ({})", "{} are silent and count as agreeing ({})"),
    untold=("{} was not notified ({})", "{} were not notified ({})"),
    absent=("{} has not answered ({})", "{} have not answered ({})"),
    incomplete=" Not yet complete is the answer of {}.",
    recused=" Left out of the count: {}.",
    needed=" Needed: {}.",
    wants={
        _Want.LIFT: (
            "agreement from {} or withdrawal of the objection",
            "agreement from {} or withdrawal of each objection",
        ),
        _Want.ANSWER: ("an answer without objection from {}", "an answer without objection from {}"),
        _Want.AGREE: ("agreement from {}", "agreement from {}"),
        _Want.QUORUM: ("for the quorum, an answer from {}", "for the quorum, an answer from {}"),
    },
    of_which_one="at least one agreement among these",
    some="at least {} of these {}: {}",
    one="one",
    both=" and ",
    more=("{} other", "{} others"),
)


def ended_early(verdict: Verdict) -> Words:
    """Return the sentence of a question that ended before its term, as silence that was broken: it stands no longer."""
    return Words(
        nl=verdict.sentence.nl.replace(_NL.stuck, _NL.heads[Outcome.FAILED], 1),
        en=verdict.sentence.en.replace(_EN.stuck, _EN.heads[Outcome.FAILED], 1),
    )


def _sentence(
    tongue: _Tongue, rule: DecisionRule, tally: _Tally, parts: Sequence[_Part], outcome: Outcome, *, closed: bool
) -> str:
    stuck = outcome is Outcome.FAILED and not closed
    text = f"{tongue.stuck if stuck else tongue.heads[outcome]} {_rule_phrase(tongue, rule)}: "
    unit = tongue.units[rule.unit]
    text += _standing(tongue, rule, tally, closed=closed) if tally.size else tongue.nobody_counts.format(unit[0])
    text += "."
    if tally.incomplete:
        text += tongue.incomplete.format(_names(tongue, tally.incomplete))
    if tally.recused:
        text += tongue.recused.format(_names(tongue, tally.recused))
    if parts:
        text += tongue.needed.format(_wanted(tongue, rule, tally, parts))
    return text[:4000]


def _rule_phrase(tongue: _Tongue, rule: DecisionRule) -> str:
    exceed = rule.more_than and Fraction(rule.threshold) < 1
    share = (tongue.more_than if exceed else tongue.at_least).format(rule.threshold)
    quorum = tongue.quorum.format(rule.quorum) if rule.quorum and rule.kind is not RuleKind.SILENCE else ""
    return tongue.rules[rule.kind].format(share=share) + quorum


def _standing(tongue: _Tongue, rule: DecisionRule, tally: _Tally, *, closed: bool) -> str:
    unit = tongue.units[rule.unit]
    answered = tally.size - len(tally.absent)
    plain = tuple(seat for seat in tally.abstain if seat not in tally.groundless)
    silent: tuple[Seat, ...] = ()
    untold: tuple[Seat, ...] = ()
    if rule.kind is RuleKind.SILENCE:
        silent = tuple(seat for seat in tally.absent if seat.notified and closed)
        untold = tuple(seat for seat in tally.absent if not seat.notified)
    rest = tuple(seat for seat in tally.absent if seat not in silent and seat not in untold)
    clauses = [
        _either(tongue.agree, len(tally.agree)).format(len(tally.agree))
        if tally.agree
        else tongue.none_agrees.format(unit[0]),
    ]
    clauses += [
        _either(phrase, len(seats)).format(len(seats), _names(tongue, seats))
        for phrase, seats in (
            (tongue.abstain, plain),
            (tongue.groundless, tally.groundless),
            (tongue.object, tally.object),
            (tongue.silent, silent),
            (tongue.untold, untold),
            (tongue.absent, rest),
        )
        if seats
    ]
    first = _either(tongue.answered, answered).format(answered, tally.size, _either(unit, tally.size))
    return f"{first}; {', '.join(clauses)}"


def _wanted(tongue: _Tongue, rule: DecisionRule, tally: _Tally, parts: Sequence[_Part]) -> str:
    phrases = []
    for part in parts:
        names = _names(tongue, part.seats)
        if part.count < len(part.seats):
            number = tongue.one if part.count == 1 else str(part.count)
            names = tongue.some.format(number, len(part.seats), names)
        phrases.append(_either(tongue.wants[part.want], len(part.seats)).format(names))
    peaceful = rule.kind in (RuleKind.CONSENSUS, RuleKind.CONSENT)
    if peaceful and not tally.agree and parts[0].want is not _Want.AGREE:
        phrases.append(tongue.of_which_one)
    return "; ".join(phrases[:-1]) + (f";{tongue.both}" if phrases[1:] else "") + phrases[-1]


def _either(pair: tuple[str, str], number: int) -> str:
    return pair[0] if number == 1 else pair[1]


def _names(tongue: _Tongue, seats: Sequence[Seat]) -> str:
    called = [seat.name.pick(tongue.language) for seat in seats]
    called = [name if len(name) <= _NAME else name[: _NAME - 1] + "…" for name in called]
    if len(called) > _SHOWN:
        others = len(called) - (_SHOWN - 1)
        called = [*called[: _SHOWN - 1], _either(tongue.more, others).format(others)]
    return tongue.both.join([", ".join(called[:-1]), called[-1]] if called[1:] else called)
