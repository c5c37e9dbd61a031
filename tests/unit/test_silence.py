"""Silence counts only of who was told, may answer and is there."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from models import contracts as c
from models.base import Words
from models.deciding import Seat
from models.enums import Outcome, Power, RuleKind, TaskKind, Unit
from models.ground import GroundRule
from rules import silence
from rules.deciding import decide_parties

TODAY = date(2027, 3, 1)
NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)
PARTIES = ("union", "guild", "trade")
days = st.one_of(st.none(), st.integers(-3, 3).map(lambda shift: TODAY + timedelta(days=shift)))


def task(party: str) -> c.TaskState:
    return c.TaskState(
        id=f"t/question-1/{party}", kind=TaskKind.APPROVAL, respondent=party, power=Power.COMMIT,
        title=Words(nl="v", en="q"), opened=NOON, due=NOON, handled=NOON,
    )  # fmt: skip


mandates = st.builds(
    c.Mandate,
    powers=st.lists(st.sampled_from(Power), unique=True),
    themes=st.lists(st.sampled_from(["wage", "air"]), max_size=1),
    until=days,
)
people = st.lists(
    st.builds(
        c.Person,
        id=st.sampled_from([f"{party}-{n}" for party in PARTIES for n in range(2)]),
        name=st.just("Someone"),
        mandates=st.lists(mandates, max_size=2),
        absent_until=days,
    ),
    unique_by=lambda one: one.id,
).map(lambda found: [one.model_copy(update={"party": one.id.split("-")[0]}) for one in found])
told = st.sets(st.sampled_from([f"{party}-{n}" for party in PARTIES for n in range(2)]))


def could_have_spoken(person: c.Person, reached: set[str]) -> bool:
    """The law, said once more in plain words."""
    away = person.absent_until is not None and person.absent_until >= TODAY
    may = any(
        Power.COMMIT in one.powers and not one.themes and (one.until is None or one.until >= TODAY)
        for one in person.mandates
    )
    return may and not away and person.id in reached


@given(people, told)
def test_a_clock_runs_only_for_a_party_of_which_someone_could_have_spoken(
    found: list[c.Person], reached: set[str]
) -> None:
    roster = c.Roster(constituencies=[], parties=[], people=found)
    for party in PARTIES:
        able = any(could_have_spoken(one, reached) for one in found if one.party == party)
        why = silence.why_stopped(roster, task(party), reached, TODAY)
        assert (why is None) == able, "and else it says why it stands still"


@given(people, told, st.sampled_from(Unit))
def test_silence_of_who_was_not_told_never_carries_a_question(
    found: list[c.Person], reached: set[str], unit: Unit
) -> None:
    roster = c.Roster(constituencies=[], parties=[], people=found)
    rule = GroundRule(kind=RuleKind.SILENCE, unit=unit).rule
    seats = [
        Seat(
            id=party, constituency="all", name=Words(nl=party, en=party),
            notified=silence.why_stopped(roster, task(party), reached, TODAY) is None,
        )
        for party in PARTIES
    ]  # fmt: skip
    verdict = decide_parties(rule, seats, [], {}, closed=True)
    heard = all(any(could_have_spoken(one, reached) for one in found if one.party == party) for party in PARTIES)
    assert (verdict.outcome is Outcome.PASSED) == heard


@given(people)
def test_the_days_on_which_a_clock_may_turn_lie_ahead_and_nothing_turns_between(found: list[c.Person]) -> None:
    roster = c.Roster(constituencies=[], parties=[], people=found)
    reached = {one.id for one in found}
    for party in PARTIES:
        turns = silence.turns(roster, task(party), TODAY)
        assert all(day > TODAY for day in turns)
        stands = [
            silence.why_stopped(roster, task(party), reached, TODAY + timedelta(days=n)) is None for n in range(8)
        ]
        changed = {TODAY + timedelta(days=n) for n in range(1, 8) if stands[n] != stands[n - 1]}
        assert changed <= set(turns), "so whoever wakes on those days misses none"
