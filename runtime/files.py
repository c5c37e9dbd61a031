"""Playbook, covenant and scenario files: read safely, and explained line by line when they are wrong."""

import stat
import types
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal, NamedTuple, TypeGuard, TypeVar, Union, get_args, get_origin

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from models.base import Words
from models.covenant import CovenantFile
from models.errors import InvalidFile, NotFound, oddity
from models.playbook import Playbook
from rules.playbooks import Problem, check_covenant, check_playbook, one_of, wrong

Model = TypeVar("Model", bound=BaseModel)

MOST_BYTES = 2 * 1024 * 1024
DEEPEST = 30
MOST_VALUES = 200_000
MOST_TEXT = 3800
MOST_EXPLAINED = 200
MOST_SHOWN = 60
SLUG_PATTERN = r"^[a-z0-9][a-z0-9-]{0,62}$"

Loader: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The C parser where PyYAML has it: ten times faster, with the same nodes and line numbers."""


@dataclass(frozen=True)
class Source:
    """A YAML file that was read.

    Attributes:
        data: what it says, as plain Python values.
        lines: the line of every key and list item, by its path (`steps.3.after`).
    """

    path: Path
    data: object
    lines: Mapping[str, int]

    def line(self, path: str) -> int:
        """Return the line of a path, or of the nearest thing around it that is in the file."""
        parts = path.split(".")
        while parts:
            found = self.lines.get(".".join(parts))
            if found is not None:
                return found
            parts.pop()
        return 1


class _Finding(NamedTuple):
    line: int
    path: str
    words: Words


# ----------------------------------------------------------------------------------------------- what others call


def load_playbook(path: Path) -> Playbook:
    """Read a playbook file; only its form is checked.

    Raises:
        InvalidFile: with one line for every problem.
    """
    return load(path, Playbook)


def load_covenant(path: Path) -> CovenantFile:
    """Read a covenant file; only its form is checked.

    Raises:
        InvalidFile: with one line for every problem.
    """
    return load(path, CovenantFile)


def checked_playbook(path: Path) -> Playbook:
    """Read a playbook and prove that it can end.

    Raises:
        InvalidFile: with one line for every problem, of form or of meaning.
    """
    source = read(path)
    playbook = fit(source, Playbook)
    refuse(source, check_playbook(playbook))
    return playbook


def checked_covenant(path: Path, today: date) -> tuple[CovenantFile, Playbook]:
    """Read a covenant, with the playbook of its sector, and prove that it can end.

    Raises:
        InvalidFile: with one line for every problem, of form or of meaning.
    """
    source = read(path)
    covenant = fit(source, CovenantFile)
    if covenant.playbook not in list_sectors():
        name = covenant.playbook
        words = wrong(f"onbekende sector '{name}'", f"unknown sector '{name}'", *one_of(name, list_sectors()))
        refuse(source, [Problem(path="playbook", words=words)])
    playbook = checked_playbook(find_playbook(covenant.playbook))
    refuse(source, check_covenant(covenant, playbook, today))
    return covenant, playbook


def load(path: Path, model: type[Model]) -> Model:
    """Read a file of any model.

    Raises:
        InvalidFile: with one line for every problem.
    """
    return fit(read(path), model)


def fit(source: Source, model: type[Model]) -> Model:
    """Make a model of what a file says.

    Raises:
        InvalidFile: with one line for every problem.
    """
    try:
        return model.model_validate(source.data)
    except ValidationError as error:
        errors = error.errors(include_url=False)
        findings = list(_findings(source, model, errors[:MOST_EXPLAINED]))
        raise _invalid(source.path, findings, len(errors[MOST_EXPLAINED:])) from None


def refuse(source: Source, problems: Sequence[Problem]) -> None:
    """Raise the problems found in a file, with their lines; do nothing when there are none.

    Raises:
        InvalidFile: with one line for every problem.
    """
    if problems:
        raise _invalid(source.path, [_Finding(source.line(one.path), one.path, one.words) for one in problems])


def sectors_folder() -> Path:
    """Return the folder with the sectors that come with Polder."""
    return Path(__file__).resolve().parent.parent / "sectors"


def list_sectors() -> list[str]:
    """Return the sectors that have a playbook."""
    return sorted(path.parent.name for path in sectors_folder().glob("*/playbook.yaml"))


def find_playbook(sector: str) -> Path:
    """Return the playbook file of a sector.

    Raises:
        NotFound: there is no such sector.
    """
    if sector in list_sectors():
        return sectors_folder() / sector / "playbook.yaml"
    nl, en = one_of(sector, list_sectors())
    raise NotFound(
        code="unknown_sector",
        nl=f"Er is geen draaiboek voor sector '{sector}'; verwacht: {nl}.",
        en=f"There is no playbook for sector '{sector}'; expected: {en}.",
        evidence={"sector": sector},
    )


def find_covenant(sector: str) -> Path:
    """Return the sample covenant of a sector.

    Raises:
        NotFound: the sector is unknown or has none.
    """
    path = find_playbook(sector).with_name("covenant.yaml")
    if path.is_file():
        return path
    raise NotFound(
        code="no_covenant",
        nl=f"Sector '{sector}' heeft geen voorbeeldconvenant; verwacht: {path}.",
        en=f"Sector '{sector}' has no sample covenant; expected: {path}.",
        evidence={"sector": sector},
    )


def _invalid(path: Path, findings: Sequence[_Finding], unexplained: int = 0) -> InvalidFile:
    ordered = sorted(dict.fromkeys(findings), key=lambda one: one.line)
    total = len(ordered) + unexplained
    ordered = ordered[:MOST_EXPLAINED]
    nl = _joined(
        [f"{path}:{one.line}: {one.path or '(bestand)'}: {one.words.nl}" for one in ordered], "en nog {} meer", total
    )
    en = _joined(
        [f"{path}:{one.line}: {one.path or '(file)'}: {one.words.en}" for one in ordered], "and {} more", total
    )
    return InvalidFile("invalid_file", nl, en, {"file": str(path), "count": str(total)})


def _joined(lines: list[str], more: str, total: int) -> str:
    """Join as many whole lines as an error can carry."""
    room = MOST_TEXT
    kept: list[str] = []
    for line in lines:
        room -= len(line) + 1
        if kept and room < 0:
            break
        kept.append(line)
    left = total - len(kept)
    return "\n".join([*kept, *([f"… {more.format(left)}"] if left else [])])


# ------------------------------------------------------------------------------------------------------- reading


def read(path: Path) -> Source:
    """Read one YAML document, without tags, anchors, aliases or duplicate keys.

    Raises:
        InvalidFile: with one line for every problem.
    """
    text = _text(path)
    try:
        finding = _unsafe(text)
        root = None if finding else yaml.compose(text, Loader=Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise _invalid(path, [_not_yaml(mark.line + 1 if mark else 1, error.problem or error.context or "")]) from None
    except yaml.YAMLError as error:
        raise _invalid(path, [_not_yaml(1, str(error).splitlines()[0])]) from None
    if finding:
        raise _invalid(path, [finding])
    if root is None:
        words = wrong("het bestand is leeg", "the file is empty", "een YAML-bestand", "a YAML file")
        raise _invalid(path, [_Finding(1, "", words)])
    reading = _Reading()
    data = reading.value(root, "")
    if reading.findings:
        raise _invalid(path, reading.findings)
    return Source(path, data, reading.lines)


def _text(path: Path) -> str:
    """Return the text of a file, or say why not."""
    try:
        about = path.stat()
        if not stat.S_ISREG(about.st_mode):
            raise _invalid(path, [_Finding(1, "", wrong("dit is geen bestand", "this is not a file", *_A_FILE))])
        if about.st_size > MOST_BYTES:
            raise _invalid(path, [_Finding(1, "", _too_big(about.st_size))])
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        words = wrong("dit bestand bestaat niet", "this file does not exist", *_A_FILE)
        raise _invalid(path, [_Finding(1, "", words)]) from None
    except (OSError, ValueError) as error:
        words = wrong(f"kan niet gelezen worden ({error})", f"cannot be read ({error})", *_A_FILE)
        raise _invalid(path, [_Finding(1, "", words)]) from None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        words = wrong("dit is geen UTF-8", "this is not UTF-8", "tekst in UTF-8", "text in UTF-8")
        raise _invalid(path, [_Finding(line, "", words)]) from None


_A_FILE = ("een leesbaar YAML-bestand", "a readable YAML file")


def _too_big(size: int) -> Words:
    shown = f"{size / 1024 / 1024:.1f} MB"
    return wrong(f"het bestand is {shown} groot", f"the file is {shown}", "hoogstens 2 MB", "at most 2 MB")


def _not_yaml(line: int, why: str) -> _Finding:
    return _Finding(
        line,
        "",
        wrong(
            f"dit is geen geldige YAML ({why})",
            f"this is not valid YAML ({why})",
            "één YAML-document: inspringen met spaties, teksten met ': ' of '#' tussen aanhalingstekens",
            "one YAML document: indented with spaces, texts with ': ' or '#' between quotes",
        ),
    )


def _unsafe(text: str) -> _Finding | None:
    """Find an anchor, alias or depth that has no place here, before anything is built from the text."""
    depth = 0
    for number, event in enumerate(yaml.parse(text, Loader=Loader)):
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if isinstance(event, yaml.NodeEvent) and event.anchor is not None:
            words = wrong(
                f"anker of alias '{event.anchor}'",
                f"anchor or alias '{event.anchor}'",
                "de tekst zelf, zonder & en *",
                "the text itself, without & and *",
            )
            return _Finding(line, "", words)
        if depth > DEEPEST:
            words = wrong("te diep genest", "nested too deeply", f"hoogstens {DEEPEST} diep", f"at most {DEEPEST} deep")
            return _Finding(line, "", words)
        if number > MOST_VALUES:
            words = wrong("te veel waarden", "too many values", f"hoogstens {MOST_VALUES}", f"at most {MOST_VALUES}")
            return _Finding(line, "", words)
    return None


@dataclass
class _Reading:
    """Turns YAML nodes into plain values, and remembers lines and what was wrong."""

    lines: dict[str, int] = field(default_factory=dict)
    findings: list[_Finding] = field(default_factory=list)

    def value(self, node: yaml.Node, at: str) -> object:
        self.lines.setdefault(at, node.start_mark.line + 1)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, at)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, _below(at, i)) for i, item in enumerate(node.value)]
        return self._scalar(node, at)

    def _mapping(self, node: yaml.MappingNode, at: str) -> dict[str, object]:
        found: dict[str, object] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            key = key_node.value if isinstance(key_node, yaml.ScalarNode) else "?"
            path = _below(at, key)
            if not isinstance(key_node, yaml.ScalarNode):
                words = wrong("de sleutel is geen woord", "the key is no word", "sleutel: waarde", "key: value")
                self.findings.append(_Finding(line, path, words))
                continue
            if key in found:
                words = wrong(
                    f"deze sleutel staat er twee keer, ook op regel {self.lines[path]}",
                    f"this key is there twice, also on line {self.lines[path]}",
                    "elke sleutel één keer",
                    "each key once",
                )
                self.findings.append(_Finding(line, path, words))
                continue
            self.lines[path] = line
            found[key] = self.value(value_node, path)
        return found

    def _scalar(self, node: yaml.Node, at: str) -> object:
        try:
            return _CONSTRUCTOR.construct_object(node)
        except (yaml.YAMLError, ValueError, OverflowError, TypeError, KeyError):
            shown = _short(node.value)
            words = wrong(
                f"{shown} is geen gewone waarde",
                f"{shown} is no plain value",
                "tekst, getal, true/false of een datum als 2027-01-31, zonder !tag",
                "text, a number, true/false or a date such as 2027-01-31, without !tag",
            )
            self.findings.append(_Finding(node.start_mark.line + 1, at, words))
            return None


_CONSTRUCTOR = yaml.constructor.SafeConstructor()


def _below(at: str, name: object) -> str:
    return f"{at}.{name}" if at else str(name)


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]}…"


# ---------------------------------------------------------------------------------------------- explaining pydantic

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


def _findings(source: Source, model: type[BaseModel], errors: Iterable[ErrorDetails]) -> Iterator[_Finding]:
    """Explain every pydantic error; the branches of one either/or become one finding."""
    unions: set[str] = set()
    for error in errors:
        loc = error["loc"]
        path = ".".join(str(part) for part in loc)
        if path not in source.lines and error["type"] != "missing" and loc and str(loc[-1]).split("[")[0] in _BRANCHES:
            path = ".".join(str(part) for part in loc[:-1])
            if path not in unions:
                unions.add(path)
                yield _Finding(source.line(path), path, wrong(*_got(error["input"]), *_FACT))
            continue
        if error["type"] == "polder":
            context = error["ctx"]
            path = _below(path, context["field"])
            yield _Finding(source.line(path), path, Words(nl=context["nl"], en=context["en"]))
            continue
        yield _Finding(source.line(path), path, _explained(model, error, loc))


def _explained(model: type[BaseModel], error: ErrorDetails, loc: tuple[int | str, ...]) -> Words:
    kind = error["type"]
    got = _got(error["input"])
    if kind == "missing":
        return wrong("ontbreekt", "is missing", *_described(_annotation(model, loc)))
    if kind == "extra_forbidden":
        owner = _annotation(model, loc[:-1])
        allowed = list(owner.model_fields) if _is_model(owner) else []
        return wrong("onbekende sleutel", "unknown key", *one_of(loc[-1], allowed))
    if kind in {"too_short", "too_long"}:
        number = error["ctx"]["actual_length"]
        got = f"de lijst heeft er {number}", f"the list has {number}"
    return wrong(*got, *_wanted(model, error, loc))


def _got(value: object) -> tuple[str, str]:
    nl, en = oddity(value) or (_short(value), _short(value))
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


def _pattern(pattern: str) -> tuple[str, str]:
    if pattern == SLUG_PATTERN:
        return (
            "kleine letters, cijfers en streepjes, hoogstens 63 tekens",
            "lower-case letters, digits and hyphens, at most 63 characters",
        )
    return f"tekst volgens {pattern}", f"text like {pattern}"


def _is_model(annotation: object) -> TypeGuard[type[BaseModel]]:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def _bare(annotation: object) -> object:
    """Strip `Annotated` and `| None`."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return _bare(get_args(annotation)[0])
    if origin in {Union, types.UnionType}:
        others = [one for one in get_args(annotation) if one is not type(None)]
        return _bare(others[0]) if len(others) == 1 else annotation
    return annotation


def _annotation(model: type[BaseModel], loc: Sequence[int | str]) -> object:
    """Return the type that is expected at a place in a model."""
    here: object = model
    for part in loc:
        here = _bare(here)
        if _is_model(here):
            known = here.model_fields.get(str(part))
            here = known.annotation if known else None
        else:
            args = get_args(here)
            here = args[-1] if args else None
    return _bare(here)


def _choices(annotation: object) -> list[str]:
    if isinstance(annotation, type) and issubclass(annotation, StrEnum):
        return [str(one) for one in annotation]
    return [str(one) for one in get_args(annotation)] if get_origin(annotation) is Literal else []


def _described(annotation: object) -> tuple[str, str]:
    """Say what a missing key should hold."""
    choices = _choices(annotation)
    if choices:
        return one_of("", choices)
    if _is_model(annotation):
        needed = [name for name, about in annotation.model_fields.items() if about.is_required()]
        keys = ", ".join(needed or annotation.model_fields)
        return f"de sleutel(s) {keys}", f"the key(s) {keys}"
    if get_origin(annotation) is list:
        return _LIST
    named = {int: _WHOLE, float: _NUMBER, bool: _BOOL, date: _DATE}
    return named.get(annotation, _TEXT) if isinstance(annotation, type) else _TEXT
