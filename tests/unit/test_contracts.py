"""What travels is bounded and typed, and errors arrive as they left."""

import inspect
import types
from collections.abc import Iterator
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import pytest
from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from models import contracts
from models.base import Key
from models.deciding import DecisionRule
from models.enums import Audience
from models.errors import KINDS, PolderError, from_details
from models.plan import PlannedStep
from models.playbook import Step

SCALARS = ("date", "datetime", "bool", "int", "float", "NoneType")
MODELS = [
    model
    for model in vars(contracts).values()
    if inspect.isclass(model) and issubclass(model, BaseModel) and model.__module__ == contracts.__name__
]


def bounded(metadata: tuple[object, ...]) -> bool:
    return any(
        getattr(part, "max_length", None) is not None
        or getattr(part, "pattern", None) is not None
        or (isinstance(part, FieldInfo) and bounded(tuple(part.metadata)))
        for part in metadata
    )


def loose(annotation: object, metadata: tuple[object, ...], where: str, seen: set[type]) -> Iterator[str]:  # noqa: C901 one case a kind of type
    """Yield each place where something of any size or kind could travel."""
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        yield from loose(inner[0], (*inner[1:], *metadata), where, seen)
    elif origin in {list, dict, set, tuple}:
        if not bounded(metadata):
            yield where
        for part in inner:
            yield from loose(part, (), f"{where}[]", seen)
    elif origin in {Union, types.UnionType}:
        for part in inner:
            yield from loose(part, metadata, where, seen)
    elif origin is Literal:
        return
    elif annotation is str:
        if not bounded(metadata):
            yield where
    elif inspect.isclass(annotation) and issubclass(annotation, BaseModel):
        yield from fields(annotation, seen)
    elif not (inspect.isclass(annotation) and (hasattr(annotation, "__members__") or annotation.__name__ in SCALARS)):
        yield f"{where}: {annotation}"


def fields(model: type[BaseModel], seen: set[type]) -> Iterator[str]:
    if model not in seen:
        seen.add(model)
        for name, field in model.model_fields.items():
            yield from loose(field.annotation, tuple(field.metadata), f"{model.__name__}.{name}", seen)


def test_everything_that_travels_has_a_bound() -> None:
    seen: set[type] = set()

    found = {where for model in MODELS for where in fields(model, seen)}

    assert found == set()
    assert {"PlannedStep", "Words", "Verdict", "DecisionRule"} <= {model.__name__ for model in seen}
    assert len(seen) > 60


STEP = {"id": "talks", "phase": "dialogue", "kind": "dialogue", "title": {"nl": "Praten", "en": "Talks"}}
PLANNED = {"key": "talks", "step": STEP, "planned_start": "2027-01-11", "planned_end": "2027-02-01"}


@pytest.mark.parametrize(
    ("model", "good", "field", "bad"),
    [
        (PlannedStep, PLANNED, "key", "k" * 81),
        (PlannedStep, PLANNED, "key", ""),
        (PlannedStep, PLANNED, "after", ["k"] * 201),
        (PlannedStep, PLANNED, "after", ["k" * 81]),
        (DecisionRule, {}, "threshold", "0." + "6" * 20),
        (DecisionRule, {}, "threshold", "1e-99999999"),
        (DecisionRule, {}, "quorum", "1/" + "3" * 20),
        (DecisionRule, {}, "quorum", "9e999999999"),
        (Step, STEP, "when", {"size": "x" * 301}),
        (Step, STEP, "when", {"size": 10**9 + 1}),
        (Step, STEP, "when", {"size": -(10**12)}),
    ],
)
def test_what_is_too_long_or_huge_is_refused_by_name(
    model: type[BaseModel], good: dict[str, Any], field: str, bad: object
) -> None:
    model.model_validate(good)

    with pytest.raises(ValidationError) as refused:
        model.model_validate({**good, field: bad})

    assert {error["loc"][0] for error in refused.value.errors()} == {field}


@pytest.mark.parametrize("share", ["2/3", "1/2", "0.75", ".5", "1", " 2/3 "])
def test_a_share_as_people_write_it_is_taken(share: str) -> None:
    assert DecisionRule.model_validate({"threshold": share, "quorum": share}).threshold == share


def test_the_walk_finds_what_it_looks_for() -> None:
    class Loose(BaseModel):
        anything: Any
        raw: bytes
        text: str | None = None
        many: list[Key]
        by_name: dict[str, Key]

    assert {where.split(":")[0] for where in fields(Loose, set())} == {
        "Loose.anything",
        "Loose.raw",
        "Loose.text",
        "Loose.many",
        "Loose.by_name",
        "Loose.by_name[]",
    }


@pytest.mark.parametrize("cls", KINDS.values())
def test_an_error_arrives_as_it_left(cls: type[PolderError]) -> None:
    error = cls("some_code", "Zo niet; verwacht: zó.", "Not so; expected: so.", {"clause": "pay"})

    back = from_details(error.details())

    assert type(back) is cls
    assert back is not None
    assert back.details() == error.details()
    assert (back.words, str(back)) == (error.words, "Not so; expected: so.")
    assert back.audience is (Audience.OPERATOR if cls.kind == "unavailable" else Audience.USER)


def test_what_is_no_error_of_ours_is_left_alone() -> None:
    details = PolderError("code", "nl", "en").details()

    for missing in ("kind", "code", "nl", "en"):
        assert from_details({name: value for name, value in details.items() if name != missing}) is None
    assert type(from_details({**details, "kind": "of a newer Polder"})) is PolderError
    long = PolderError("code", "n" * 9000, "e" * 9000)
    assert (len(long.words.nl), len(long.words.en)) == (4000, 4000)
