"""Playbook, covenant and scenario files: read safely, and explained line by line when they are wrong."""

import stat
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import NamedTuple, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from models.base import Words
from models.covenant import CovenantFile
from models.errors import InvalidFile, NotFound
from models.playbook import Playbook
from rules.playbooks import check_covenant, check_playbook
from rules.problems import Problem, one_of, wrong
from runtime.explaining import SLUG_PATTERN, below, explained, short

__all__ = ["SLUG_PATTERN"]

Model = TypeVar("Model", bound=BaseModel)

MOST_BYTES = 2 * 1024 * 1024
DEEPEST = 30
MOST_VALUES = 200_000
MOST_TEXT = 3800
MOST_EXPLAINED = 200

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
    return _proven(read(path))


def uploaded_playbook(data: bytes, name: str) -> Playbook:
    """Read a playbook that was sent, and prove that it can end; `name` is what its errors call it.

    Raises:
        InvalidFile: with one line for every problem, of form or of meaning.
    """
    path = Path(name)
    if len(data) > MOST_BYTES:
        raise _invalid(path, [_Finding(1, "", _too_big(len(data)))])
    return _proven(_parsed(path, _decoded(path, data)))


def _proven(source: Source) -> Playbook:
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
        found = explained(model, errors[:MOST_EXPLAINED], source.lines)
        findings = [_Finding(source.line(one.path), one.path, one.words) for one in found]
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
    return _parsed(path, _text(path))


def _parsed(path: Path, text: str) -> Source:
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
    return _decoded(path, data)


def _decoded(path: Path, data: bytes) -> str:
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
            return [self.value(item, below(at, i)) for i, item in enumerate(node.value)]
        return self._scalar(node, at)

    def _mapping(self, node: yaml.MappingNode, at: str) -> dict[str, object]:
        found: dict[str, object] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            key = key_node.value if isinstance(key_node, yaml.ScalarNode) else "?"
            path = below(at, key)
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
            shown = short(node.value)
            words = wrong(
                f"{shown} is geen gewone waarde",
                f"{shown} is no plain value",
                "tekst, getal, true/false of een datum als 2027-01-31, zonder !tag",
                "text, a number, true/false or a date such as 2027-01-31, without !tag",
            )
            self.findings.append(_Finding(node.start_mark.line + 1, at, words))
            return None


_CONSTRUCTOR = yaml.constructor.SafeConstructor()
