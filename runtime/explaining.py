"""What pydantic found wrong in what a person wrote, in words, at its place: for files with lines and for forms."""

import types
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Annotated, Any, Literal, TypeGuard, TypeVar, Union, get_args, get_origin

from annotated_types import Le
from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from models.base import Words
from models.convening import LINK
from models.errors import oddity
from rules.problems import Problem, one_of, wrong

Model = TypeVar("Model", bound=BaseModel)

MOST_SHOWN = 60
SLUG_PATTERN = r"^[a-z0-9][a-z0-9-]{0,62}$"


def fitted(model: type[Model], data: object) -> tuple[Model | None, list[Problem]]:
    """Make a model of what was typed; when it does not fit, return none and what is wrong at which path."""
    try:
        return model.model_validate(data), []
    except ValidationError as error:
        return None, list(explained(model, error.errors(include_url=False), set(_paths(data, ""))))


def lenient(model: type[Model], data: object) -> Model:
    """Make a model of as much as fits, so that what hangs together can be looked at before everything is right.

    What does not fit is its default, or nothing. Never launch from this.
    """
    try:
        return model.model_validate(data)
    except ValidationError:
        given: Mapping[str, object] = data if isinstance(data, Mapping) else {}
    values = {
        name: _as_far_as(model, name, given[name]) if name in given else _instead(about)
        for name, about in model.model_fields.items()
    }
    return model.model_construct(**values)  # type: ignore[arg-type] # checked field by field


def _as_far_as(model: type[BaseModel], name: str, value: object) -> object:
    about = model.model_fields[name]
    kind = bare(about.annotation)
    if is_model(kind) and isinstance(value, Mapping):
        return lenient(kind, value)
    if get_origin(kind) is list and isinstance(value, list):
        inner = bare(get_args(kind)[0])
        if is_model(inner):
            return [lenient(inner, one) for one in value]
    try:
        return _adapter(model, name).validate_python(value)
    except ValidationError:
        return _instead(about)


@lru_cache(maxsize=500)
def _adapter(model: type[BaseModel], name: str) -> TypeAdapter[Any]:
    about = model.model_fields[name]
    kind: Any = about.annotation
    for limit in about.metadata:
        kind = Annotated[kind, limit]
    return TypeAdapter(kind)


def _instead(about: FieldInfo) -> object:
    """Return the default of a field; without one what says least, so that nothing seems to follow from it."""
    if not about.is_required():
        return about.get_default(call_default_factory=True)
    most = next((one.le for one in about.metadata if isinstance(one, Le)), None)
    return most if about.annotation is int and most is not None else _nothing(about.annotation)


def _nothing(annotation: object) -> object:
    kind = bare(annotation)
    if is_model(kind):
        return lenient(kind, {})
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return next(iter(kind))
    empty: dict[object, object] = {list: [], dict: {}, str: "", int: 0, float: 0.0, bool: False}
    return empty.get(get_origin(kind) or kind)


def _paths(value: object, at: str) -> Iterator[str]:
    pairs: Iterable[tuple[object, object]] = ()
    if isinstance(value, Mapping):
        pairs = value.items()
    elif isinstance(value, list):
        pairs = enumerate(value)
    for name, one in pairs:
        yield below(at, name)
        yield from _paths(one, below(at, name))


def below(at: str, name: object) -> str:
    """Return the path of something in something."""
    return f"{at}.{name}" if at else str(name)


def short(value: object) -> str:
    """Show a value, cut off where it is long."""
    text = repr(value)
    return text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]}…"


_WHOLE = ("een geheel getal", "a whole number")
_NUMBER = ("een getal", "a number")
_BOOL = ("true of false", "true or false")
_TEXT = ("tekst, zo nodig tussen aanhalingstekens", "text, between quotes if needed")
_DATE = ("een datum als 2027-01-31", "a date such as 2027-01-31")
_LIST = ("een lijst, met op elke regel een streepje", "a list, each line with a dash")
_KEYS = ("sleutels met waarden", "keys with values")
_BY_TYPE = {
    "int": _WHOLE,
    "float": _NUMBER,
    "finite": _NUMBER,
    "bool": _BOOL,
    "string_type": _TEXT,
    "date": _DATE,
    "list": _LIST,
    "tuple": _LIST,
    "dict": _KEYS,
    "model": _KEYS,
}
_LIMITS = {
    "greater_than_equal": ("ge", "minstens {}", "at least {}"),
    "greater_than": ("gt", "meer dan {}", "more than {}"),
    "less_than_equal": ("le", "hoogstens {}", "at most {}"),
    "less_than": ("lt", "minder dan {}", "less than {}"),
    "string_too_short": ("min_length", "minstens {} teken(s)", "at least {} character(s)"),
    "string_too_long": ("max_length", "hoogstens {} tekens", "at most {} characters"),
    "too_short": ("min_length", "minstens {} in de lijst", "at least {} in the list"),
    "too_long": ("max_length", "hoogstens {} in de lijst", "at most {} in the list"),
}
_BRANCHES = {"bool", "int", "str", "float", "date", "constrained-int", "constrained-str"}
_FACT = (
    "true, false, een getal of tekst: hoogstens een miljard, hoogstens 300 tekens",
    "true, false, a number or text: at most a billion, at most 300 characters",
)


def explained(model: type[BaseModel], errors: Iterable[ErrorDetails], known: Container[str]) -> Iterator[Problem]:
    """Explain every pydantic error; the branches of one either/or become one problem. `known`: the paths there are."""
    unions: set[str] = set()
    for error in errors:
        loc = error["loc"]
        path = ".".join(str(part) for part in loc)
        if path not in known and error["type"] != "missing" and loc and str(loc[-1]).split("[")[0] in _BRANCHES:
            path = ".".join(str(part) for part in loc[:-1])
            if path not in unions:
                unions.add(path)
                yield _problem(path, _got(error["input"]), _FACT, empty=_empty(error))
            continue
        if error["type"] == "polder":
            context = error["ctx"]
            yield Problem(path=below(path, context["field"]), words=Words(nl=context["nl"], en=context["en"]))
            continue
        got, wanted = _explained(model, error, loc)
        yield _problem(path, got, wanted, empty=_empty(error))


def _problem(path: str, got: tuple[str, str], wanted: tuple[str, str], *, empty: bool) -> Problem:
    accepted = Words(nl=wanted[0][:4000], en=wanted[1][:4000])
    return Problem(path=path, words=wrong(*got, *wanted), wanted=accepted, empty=empty)


def _empty(error: ErrorDetails) -> bool:
    return error["type"] == "missing" or error["input"] in ("", [])


def _explained(
    model: type[BaseModel], error: ErrorDetails, loc: tuple[int | str, ...]
) -> tuple[tuple[str, str], tuple[str, str]]:
    """Say what was got and what would be accepted, each in Dutch and English."""
    kind = error["type"]
    got = _got(error["input"])
    if kind == "missing":
        return ("ontbreekt", "is missing"), _described(_annotation(model, loc))
    if kind == "extra_forbidden":
        owner = _annotation(model, loc[:-1])
        allowed = list(owner.model_fields) if is_model(owner) else []
        return ("onbekende sleutel", "unknown key"), one_of(loc[-1], allowed)
    if kind in {"too_short", "too_long"}:
        number = error["ctx"]["actual_length"]
        got = f"de lijst heeft er {number}", f"the list has {number}"
    return got, _wanted(model, error, loc)


def _got(value: object) -> tuple[str, str]:
    if value == "":
        return "kreeg niets", "got nothing"
    nl, en = oddity(value) or (short(value), short(value))
    return f"kreeg {nl}", f"got {en}"


def _wanted(model: type[BaseModel], error: ErrorDetails, loc: tuple[int | str, ...]) -> tuple[str, str]:
    """Say what would be accepted in place of a value."""
    kind = "int" if error["type"] == "finite_number" and _annotation(model, loc) is int else error["type"]
    context = error.get("ctx", {})
    if kind in {"enum", "literal_error"}:
        return one_of(error["input"], _choices(_annotation(model, loc)) or [context["expected"]])
    if kind in _LIMITS:
        name, nl, en = _LIMITS[kind]
        return nl.format(context[name]), en.format(context[name])
    if kind == "string_pattern_mismatch":
        return _pattern(str(context["pattern"]))
    if kind == "unfit_text":
        return context["nl"], context["en"]
    if kind == "value_error":
        return _value_error(error, loc)
    text = str(error["msg"])
    return next((wanted for start, wanted in _BY_TYPE.items() if kind.startswith(start)), (text, text))


def _value_error(error: ErrorDetails, loc: tuple[int | str, ...]) -> tuple[str, str]:
    text = str(error["msg"]).removeprefix("Value error, ")
    if "email" in text:
        return "een e-mailadres als naam@example.org", "an e-mail address such as name@example.org"
    if loc[-1] in {"threshold", "quorum"}:
        return "een deel boven 0 en hoogstens 1, als '2/3'", "a share above 0 and at most 1, such as '2/3'"
    return f"wat hier wel mag: {text}", f"what is allowed here: {text}"


_PATTERNS = {
    SLUG_PATTERN: (
        "kleine letters, cijfers en streepjes, hoogstens 63 tekens",
        "lower-case letters, digits and hyphens, at most 63 characters",
    ),
    LINK: (
        "een webadres dat met https:// begint, zonder spaties",
        "a web address that begins with https://, without spaces",
    ),
}


def _pattern(pattern: str) -> tuple[str, str]:
    return _PATTERNS.get(pattern) or (f"tekst volgens {pattern}", f"text like {pattern}")


def is_model(annotation: object) -> TypeGuard[type[BaseModel]]:
    """Whether a type is one of our models."""
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def bare(annotation: object) -> object:
    """Strip `Annotated` and `| None`."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return bare(get_args(annotation)[0])
    if origin in {Union, types.UnionType}:
        others = [one for one in get_args(annotation) if one is not type(None)]
        return bare(others[0]) if len(others) == 1 else annotation
    return annotation


def _annotation(model: type[BaseModel], loc: Sequence[int | str]) -> object:
    """Return the type that is expected at a place in a model."""
    here: object = model
    for part in loc:
        here = bare(here)
        if is_model(here):
            known = here.model_fields.get(str(part))
            here = known.annotation if known else None
        else:
            args = get_args(here)
            here = args[-1] if args else None
    return bare(here)


def _choices(annotation: object) -> list[str]:
    if isinstance(annotation, type) and issubclass(annotation, StrEnum):
        return [str(one) for one in annotation]
    return [str(one) for one in get_args(annotation)] if get_origin(annotation) is Literal else []


def _described(annotation: object) -> tuple[str, str]:
    """Say what a missing key should hold."""
    choices = _choices(annotation)
    if choices:
        return one_of("", choices)
    if is_model(annotation):
        needed = [name for name, about in annotation.model_fields.items() if about.is_required()]
        keys = ", ".join(needed or annotation.model_fields)
        return f"de sleutel(s) {keys}", f"the key(s) {keys}"
    if get_origin(annotation) is list:
        return _LIST
    named = {int: _WHOLE, float: _NUMBER, bool: _BOOL, date: _DATE}
    return named.get(annotation, _TEXT) if isinstance(annotation, type) else _TEXT
