"""A playbook that cannot end, and a covenant that cannot run by it, are refused with the reason."""

import json
from collections.abc import Mapping
from datetime import date
from functools import cache

import pytest
from typer.testing import CliRunner

from cli.playbooks import playbook_app
from models.covenant import CovenantFile
from models.errors import InvalidFile, NotFound, Refusal
from models.playbook import Playbook
from rules.playbooks import check_covenant, check_playbook
from rules.problems import Problem
from runtime.files import find_covenant, find_playbook, list_sectors, load_covenant, load_playbook

TODAY = date(2026, 11, 22)
SECTORS = list_sectors()


@cache
def playbook(sector: str) -> Playbook:
    return load_playbook(find_playbook(sector))


@cache
def covenant(sector: str) -> CovenantFile:
    return load_covenant(find_covenant(sector))


def changed(data: object, at: str, value: object) -> None:
    """Set `a.3.b` in plain data; the value None removes it, and an index one past the end appends."""
    *way, last = at.split(".")
    for part in way:
        data = data[int(part)] if isinstance(data, list) else data[part]  # type: ignore[index]
    if isinstance(data, list):
        data[int(last) : int(last) + 1] = [] if value is None else [value]
    elif value is None:
        data.pop(last)  # type: ignore[attr-defined]
    else:
        data[last] = value  # type: ignore[index]


def garments(changes: Mapping[str, object]) -> list[Problem]:
    data = playbook("garments-textile").model_dump(mode="json", exclude_unset=True)
    for at, value in changes.items():
        changed(data, at, value)
    return check_playbook(Playbook.model_validate(data))


def banks(changes: Mapping[str, object], sector: str = "banking") -> list[Problem]:
    data = covenant(sector).model_dump(mode="json", exclude_unset=True)
    for at, value in changes.items():
        changed(data, at, value)
    return check_covenant(CovenantFile.model_validate(data), playbook(sector), TODAY)


def says(problems: list[Problem], path: str, wrong: str, accepted: str) -> None:
    lines = {f"{one.path}: {one.words.en}" for one in problems}
    assert any(
        one.path == path
        and wrong in one.words.en.split("; expected: ")[0]
        and accepted in one.words.en.split("; expected: ")[1]
        for one in problems
    ), lines
    assert all("; verwacht: " in one.words.nl for one in problems)


@pytest.mark.parametrize("sector", SECTORS)
def test_shipped_sectors_are_clean(sector: str) -> None:
    assert check_playbook(playbook(sector)) == []
    assert check_covenant(covenant(sector), playbook(sector), TODAY) == []


def test_sectors_differ_in_steps_and_rules() -> None:
    assert len({len(playbook(sector).steps) for sector in SECTORS}) == len(SECTORS)
    kinds = {step.rule.kind for sector in SECTORS for step in playbook(sector).steps if step.rule}
    assert len(kinds) == 6
    for sector in SECTORS:
        assert [theme.id for theme in playbook(sector).themes] == [
            "disclosure", "human-rights", "employment", "environment", "consumers", "science",
        ]  # fmt: skip


def test_garments_reach_their_threshold_with_any_35_companies() -> None:
    shares = sorted(one.market_share for one in covenant("garments-textile").participants)
    assert len(shares) == 40
    assert 30 < sum(shares[:35]) < 32
    assert 39 < sum(shares) < 41


STEP: dict[str, object] = {
    "id": "extra", "phase": "implementation", "kind": "task", "title": {"nl": "x", "en": "x"}, "after": ["signing"],
}  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "path", "wrong", "accepted"),
    [
        ({"steps.1.id": "principles"}, "steps.1.id", "already used at steps.0.id", "unique"),
        ({"norms.1.id": "ungp-1"}, "norms.1.id", "already used at norms.0.id", "unique"),
        ({"themes.1.sub.0.id": "disclosure"}, "themes.1.sub.0.id", "already used at themes.0.id", "unique"),
        ({"constituencies.1.id": "business"}, "constituencies.1.id", "already used", "unique"),
        ({"constituencies.1.id": "chair"}, "constituencies.1.id", "already means something", "another name"),
        ({"steps.1.id": "declaration-of-intent-2"}, "steps.1.id", "repetition", "another name"),
        ({"steps.3.after": ["nowhere"]}, "steps.3.after.0", "unknown step 'nowhere'", "principles"),
        ({"steps.2.after": ["agenda"]}, "steps.2.after", "agenda → joining-forces", "without a circle"),
        ({"steps.2.after": ["joining-forces"]}, "steps.2.after", "joining-forces → joining-forces", "circle"),
        ({"steps.0.after": ["principles"]}, "steps.4.after", "never reached", "begins at the first step"),
        ({"steps.1.respondents": ["everyone"]}, "steps.1.respondents.0", "unknown respondent", "all, participants"),
        ({"steps.0.respondents": ["chair"]}, "steps.0.respondents.0", "holds no seat", "business"),
        ({"steps.1.respondents": ["all", "all"]}, "steps.1.respondents.1", "already used", "unique"),
        ({"steps.0.norms": ["ilo-c999"]}, "steps.0.norms.0", "unknown norm", "ilo-c187"),
        ({"steps.1.when": {"prescan": True}}, "steps.1.when.prescan", "unknown fact", "nothing"),
        (
            {
                "facts": [{"id": "size", "title": {"nl": "x", "en": "x"}, "values": ["big"]}],
                "steps.1.when": {"size": "x"},
            },
            "steps.1.when.size",
            "unknown value 'x'",
            "one of: big",
        ),
        (
            {"steps.4.after": ["agenda", "ground-rules"]},
            "steps.4.after",
            "later phase dialogue",
            "exploration or earlier",
        ),
        ({"steps.6.phase": "exploration"}, "steps.6.phase", "does not belong in phase exploration", "phase dialogue"),
        ({"steps.9": None}, "steps", "0 signing steps", "exactly one"),
        ({"steps.13": STEP | {"kind": "signing", "phase": "dialogue"}}, "steps.13", "2 signing steps", "exactly one"),
        ({"steps.7.accord": False}, "steps", "no negotiators' accord", "accord: true"),
        ({"steps.8.after": ["negotiation"]}, "steps.8.after", "without a negotiators' accord", "accord: true"),
        ({"steps.7.after": ["ground-rules"]}, "steps.7.after", "without a step of kind dialogue", "kind dialogue"),
        ({"steps.12": None}, "steps", "no implementation", "kind implementation"),
        ({"steps.12.after": ["agenda"]}, "steps.12.after", "without the signing step", "the signing step"),
        ({"steps.9.optional": True}, "steps.9.optional", "cannot end", "no optional"),
        ({"steps.9.repeat": {"times": 2}}, "steps.9.repeat", "done once", "no repeat"),
        (
            {"steps.6.repeat": {"times": 2, "until_passed": True}},
            "steps.6.repeat.until_passed",
            "not passed",
            "only with kind approval",
        ),
        ({"steps.6.months_after_entry": 3}, "steps.6.months_after_entry", "cannot count", "implementation"),
        ({"steps.12.months_after_entry": 3}, "steps.12.months_after_entry", "cannot count", "60 months"),
        (
            {"term_years": 3, "steps.10.months_after_entry": 40},
            "steps.10.months_after_entry",
            "40 months",
            "at most 36",
        ),
        ({"defaults.ladder.4": None}, "defaults.ladder", "does not come to an end", "end last"),
        ({"defaults.ladder.1.after": 2}, "defaults.ladder", "does not come to an end", "rising days"),
        ({"steps.1.ladder": []}, "steps.1.ladder", "does not come to an end", "end last"),
        ({"steps.1.reminders": [5, 0]}, "steps.1.reminders", "make no sense", "rising working days"),
        ({"steps.1.reminders": [-50]}, "steps.1.reminders", "make no sense", "from -40"),
        (
            {"steps.12.yearly": {"plan_after_months": 11, "report_after_months": 3}},
            "steps.12.yearly",
            "not later than the plan",
            "below report_after_months",
        ),
        ({"steps.9.respondents": ["all"]}, "thresholds", "participants declare nothing", "'participants' among"),
        ({"steps.9.respondents": ["participants"]}, "steps.9.respondents", "no party signs", "'all'"),
        (
            {"steps.5.rule": {"kind": "majority", "threshold": "1", "more_than": True}},
            "steps.5.rule.threshold",
            "nobody gets more than all",
            "below 1",
        ),
    ],
)
def test_a_playbook_that_cannot_end(changes: dict[str, object], path: str, wrong: str, accepted: str) -> None:
    says(garments(changes), path, wrong, accepted)


def test_a_long_circle_is_named_once_and_stops_nothing_else() -> None:
    problems = garments(
        {"steps.1.after": ["agenda"], "steps.3.after": ["joining-forces"], "steps.2.after": ["risk-analysis"]}
    )
    circles = [one for one in problems if "wait for each other" in one.words.en]
    assert len(circles) == 1
    for name in ("risk-analysis", "agenda", "joining-forces"):
        assert name in circles[0].words.nl


MANDATE: dict[str, object] = {"powers": ["speak"]}


@pytest.mark.parametrize(
    ("changes", "path", "wrong", "accepted"),
    [
        ({"parties.1.id": "nvb"}, "parties.1.id", "already used", "unique"),
        ({"people.1.id": "dirk-esser", "people.0.id": "dirk-esser"}, "people.1.id", "already used", "unique"),
        ({"clauses.1.id": "due-diligence"}, "clauses.1.id", "already used", "unique"),
        ({"clauses.1.number": "1"}, "clauses.1.number", "already used", "unique"),
        ({"participants.0.id": "nvb"}, "participants.0.id", "already used at parties.0.id", "unique"),
        (
            {"people.1.email": "dirk@example.org", "people.0.email": "Dirk@Example.org"},
            "people.1.email",
            "'dirk@example.org' is also the address of Anna Dekker",
            "an e-mail address of their own for each",
        ),
        (
            {"people.0.email": "dirk@example.org", "people.1.email": "DIRK@example.org"},
            "people.0.email",
            "is also the address of Bram Kuiper",
            "one person, with roles and party",
        ),
        (
            {"participants.0.email": "dirk@example.org", "people.0.email": "dirk@example.org"},
            "participants.0.email",
            "is also the address of Anna Dekker",
            "an e-mail address of their own for each",
        ),
        (
            {"parties.0.constituency": "bankers"},
            "parties.0.constituency",
            "unknown constituency",
            "did you mean 'banks'",
        ),
        ({"people.5.party": "nbv"}, "people.5.party", "unknown party", "did you mean 'nvb'"),
        ({"people.5.party": None}, "people.5.mandates", "no party", "a party"),
        ({"people.5.mandates.0.themes": ["gold"]}, "people.5.mandates.0.themes.0", "unknown theme", "land-rights"),
        ({"people.5.mandates.0.until": "2026-11-21"}, "people.5.mandates.0.until", "already ended", "2026-11-22"),
        ({"start": "2026-11-21"}, "start", "in the past", "2026-11-22 or later"),
        (
            {"people.6.mandates.0.powers": ["speak"], "people.5.mandates.0.powers": ["speak", "sign"]},
            "parties.0",
            "nobody may 'commit' for party 'nvb'",
            "power commit",
        ),
        (
            {"people.6.mandates.0.until": "2026-01-01"},
            "parties.0",
            "nobody may 'sign' for party 'nvb', so it can never answer",
            "power sign",
        ),
        ({"parties.1.constituency": "banks"}, "parties", "'unions' has 1", "at least 2"),
        ({"people.0.roles": []}, "people", "nobody has the role facilitator", "roles: [facilitator]"),
        ({"people.1.roles": []}, "people", "nobody has the role secretariat", "roles: [secretariat]"),
        ({"people.2.roles": []}, "people", "role chair, needed by the ladder", "roles: [chair]"),
        ({"people.1.roles": []}, "people", "'secretariat' in step 'monitoring-committee' is nobody", "at least one"),
        ({"clauses.0.theme": "gold"}, "clauses.0.theme", "unknown theme", "human-rights"),
        ({"clauses.0.norms": ["x"]}, "clauses.0.norms.0", "unknown norm", "ungp-1"),
        (
            {"clauses.0.commitments": [{"who": "fnw", "what": {"nl": "a", "en": "b"}}]},
            "clauses.0.commitments.0.who",
            "unknown party, constituency or office",
            "secretariat",
        ),
        (
            {"clauses.0.commitments": [{"who": "all", "what": {"nl": "a", "en": "b"}, "norm": "x"}]},
            "clauses.0.commitments.0.norm",
            "unknown norm",
            "ungp-1",
        ),
        ({"facts": {"size": 3}}, "facts.size", "unknown fact", "nothing"),
        ({"include": ["agenda"]}, "include.0", "unknown optional step", "nothing"),
        ({"playbook": "food"}, "playbook", "unknown sector", "banking"),
        ({"participants": []}, "participants", "'participants' in step 'signing' is nobody", "at least one"),
        ({"participants.0.market_share": 99}, "participants", "of the market", "together at most 100%"),
    ],
)
def test_a_covenant_that_cannot_run(changes: dict[str, object], path: str, wrong: str, accepted: str) -> None:
    says(banks(changes), path, wrong, accepted)


@pytest.mark.parametrize(
    ("sector", "changes", "path", "wrong", "accepted"),
    [
        ("food", {"facts": None}, "facts.prescan", "is missing", "true, false"),
        ("food", {"facts": {"prescan": "yes"}}, "facts.prescan", "unknown value 'yes'", "true, false"),
        ("food", {"facts": {"prescan": 1}}, "facts.prescan", "unknown value '1'", "true, false"),
        ("renewable-energy", {"facts.geography": "mars"}, "facts.geography", "'mars'", "netherlands, worldwide"),
        ("renewable-energy", {"include": ["negotiation"]}, "include.0", "optional step", "legal-check"),
        ("renewable-energy", {"people.3.roles": []}, "people", "role mediator", "roles: [mediator]"),
        (
            "food",
            {"parties.3.constituency": "ngos", "parties.4.constituency": "ngos"},
            "parties",
            "'unions' in step 'scope' is nobody",
            "at least one",
        ),
        ("garments-textile", {"participants.0": None, "participants.1": None, "participants.2": None,
          "participants.3": None, "participants.4": None, "participants.5": None}, "participants",
         "35 participants cannot be reached with 34", "at least 35"),
        ("garments-textile", {f"participants.{i}.market_share": 0 for i in range(30)}, "participants",
         "below the entry threshold", "at least 30%"),
    ],
)  # fmt: skip
def test_other_sectors_that_cannot_run(
    sector: str, changes: dict[str, object], path: str, wrong: str, accepted: str
) -> None:
    says(banks(changes, sector), path, wrong, accepted)


def test_the_command_checks_and_shows() -> None:
    run = CliRunner()
    done = run.invoke(playbook_app, ["check", "garments-textile"])
    assert done.output == "garments-textile can end: 13 steps (5 exploration, 5 dialogue, 3 implementation).\n"
    done = run.invoke(playbook_app, ["check", str(find_covenant("food")), "--lang", "nl"])
    assert done.output.startswith("voedingsmiddelen kan eindigen: 15 stappen")
    done = run.invoke(
        playbook_app, ["show", "renewable-energy", "--start", "2027-01-04", "--json"], env={"POLDER_LANG": "nl"}
    )
    steps = json.loads(done.output)["steps"]
    assert steps[0]["title"] == "Uitgangspunten onderschrijven"
    assert steps[4]["note"].startswith("overgeslagen: Deze stap geldt alleen als geography = worldwide")
    done = run.invoke(playbook_app, ["show", "food", "--lang", "nl"])
    assert done.exit_code == 0
    assert "Uitgangspunten" in done.output
    assert isinstance(run.invoke(playbook_app, ["check", "bankin"]).exception, NotFound)
    assert isinstance(run.invoke(playbook_app, ["check", "none.yaml"]).exception, InvalidFile)
    assert isinstance(run.invoke(playbook_app, ["show", "food", "--start", "soon"]).exception, Refusal)
