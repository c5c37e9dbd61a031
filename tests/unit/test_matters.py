"""Ground rules: what a playbook leaves out follows from its steps, and a change is a change."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from table import package

from models.contracts import Actor, Launch
from models.enums import Closing, Matter, RuleKind, StepKind, Unit
from models.errors import PolderError
from models.ground import GroundRule, PartyQuestion
from models.playbook import Playbook
from models.questions import RuleProposal
from rules import matters
from rules.ground_rules import rule_in_words
from rules.playbooks import check_playbook
from rules.tasks import closing_of
from store.opening import laid_out

rules = st.builds(GroundRule, kind=st.sampled_from(RuleKind), unit=st.sampled_from(Unit), days=st.integers(1, 250))


def book(**more: Any) -> Playbook:
    return package("t", **more).playbook


@given(st.dictionaries(st.sampled_from(Matter), rules))
def test_every_kind_of_question_has_a_rule_and_what_is_given_holds(given_: dict[Matter, GroundRule]) -> None:
    made = book(ground_rules={matter.value: rule.model_dump() for matter, rule in given_.items()})
    held = matters.of_book(made)
    assert set(held) == set(Matter)
    assert given_.items() <= held.items()
    for step in made.steps:
        matter = matters.matter_of(step)
        assert (matter is None) == (step.kind not in {StepKind.APPROVAL, StepKind.DIALOGUE, StepKind.RATIFICATION})
        if matter is not None:
            wanted = step.rule or (given_[matter].rule if matter in given_ else made.defaults.rule)
            assert matters.rule_of(step, made) == wanted, "a step's own rule goes before the map"


def test_a_playbook_without_ground_rules_takes_them_from_its_steps_and_freezes_them() -> None:
    made = package("t")
    opened = laid_out(made, launch("t"))
    held = opened.ground_rules.rules
    assert held[Matter.RATIFICATION].rule == next(one.rule for one in made.playbook.steps if one.id == "ratification")
    assert held[Matter.CLAUSE].kind is RuleKind.CONSENSUS
    assert held[Matter.EDITORIAL] == matters.BY_SILENCE
    assert rule_in_words(held[Matter.GROUND_RULES]).en == "unanimity, 20 working days"


@given(rules)
def test_a_step_by_silence_ends_on_its_deadline(rule: GroundRule) -> None:
    step = next(one for one in book().steps if one.id == "principles")
    made = matters.with_rule(step, rule.rule)
    assert made.rule == rule.rule
    assert closing_of(made) is (Closing.DEADLINE if rule.kind is RuleKind.SILENCE else Closing.ANSWERED)
    assert matters.with_rule(step.model_copy(update={"closes": Closing.ANSWERED}), rule.rule).closes is Closing.ANSWERED


def launch(slug: str) -> Launch:
    return Launch(slug=slug, package="0" * 64, start=date(2027, 3, 1), facilitator="fay")


def test_a_ground_rule_that_can_never_pass_is_named_at_its_place() -> None:
    made = book(ground_rules={"clause": {"kind": "majority", "threshold": "1/1", "more_than": True}})
    assert [one.path for one in check_playbook(made)] == ["ground_rules.clause.threshold"]


@pytest.mark.parametrize(
    ("rule", "pending", "code"),
    [
        ({"kind": "consensus"}, [], "nothing_changed"),
        ({"kind": "majority", "threshold": "1/1", "more_than": True}, [], "rule_never_passes"),
        ({"kind": "consent"}, [Matter.CLAUSE], "asked_already"),
    ],
)
def test_what_is_no_change_is_refused(rule: dict[str, Any], pending: list[Matter], code: str) -> None:
    held = matters.of_book(book())
    made = GroundRule.model_validate({**rule, "days": held[Matter.CLAUSE].days})
    proposal = RuleProposal(act="a", actor=Actor(person="fay"), matter=Matter.CLAUSE, rule=made, reason="why not")
    open_ones = [
        PartyQuestion.model_validate(
            {"no": 1, "act": "b", "kind": "ground_rule", "title": {"nl": "v", "en": "q"}, "matter": one,
             "reason": "why not", "by": held[Matter.GROUND_RULES]}
        )
        for one in pending
    ]  # fmt: skip
    with pytest.raises(PolderError) as error:
        matters.check_rule(held, open_ones, proposal)
    assert error.value.code == code
