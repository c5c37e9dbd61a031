"""`polder playbook check` and `polder playbook show`: the process of a sector, proven and drawn."""

import json
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from cli.options import LanguageOption
from models.base import Words
from models.covenant import CovenantFile
from models.enums import Language, Phase, StepKind, StepStatus
from models.errors import NotFound, Refusal
from models.plan import PlannedStep
from models.playbook import Playbook
from rules.calendar import in_words, local_date
from rules.ground_rules import RESPONDENTS, rule_in_words
from rules.labels import KINDS, PHASES
from rules.matters import rule_of
from rules.planning import ROUNDS, expand
from rules.playbooks import DECIDING
from runtime.files import checked_covenant, checked_playbook, find_covenant, find_playbook, read

playbook_app = typer.Typer(no_args_is_help=True, help="The process of a sector. / Het proces van een sector.")

HEADINGS = (
    ("no", Words(nl="nr", en="no")),
    ("phase", Words(nl="fase", en="phase")),
    ("kind", Words(nl="soort", en="kind")),
    ("title", Words(nl="stap", en="step")),
    ("respondents", Words(nl="wie", en="who")),
    ("rule", Words(nl="regel", en="rule")),
    ("days", Words(nl="werkdagen", en="working days")),
    ("planned", Words(nl="gepland", en="planned")),
    ("note", Words(nl="bijzonder", en="note")),
)

PAGE = 170
"""The width of a table that goes to a file or another program."""


def today() -> date:
    """Return the date on the wall in Amsterdam."""
    return local_date(datetime.now(UTC))


@playbook_app.command("check")
def check(
    target: Annotated[str, typer.Argument(help="playbook.yaml, covenant.yaml or a sector")],
    lang: LanguageOption = Language.EN,
) -> None:
    """Prove that a playbook, or a covenant with its playbook, can end; else name every problem."""
    path = Path(target)
    is_file = path.exists() or path.suffix in {".yaml", ".yml"}
    if not is_file:
        path = find_playbook(target)
    covenant: CovenantFile | None = None
    if is_file and _is_covenant(path):
        covenant, playbook = checked_covenant(path, today())
    else:
        playbook = checked_playbook(path)
    typer.echo(_can_end(covenant.slug if covenant else playbook.sector, playbook).pick(lang))


def _is_covenant(path: Path) -> bool:
    data = read(path).data
    return (
        isinstance(data, dict) and "steps" not in data and bool({"parties", "people", "clauses", "slug"} & data.keys())
    )


def _can_end(name: str, playbook: Playbook) -> Words:
    number = Counter(step.phase for step in playbook.steps)
    counts = {
        language: ", ".join(f"{number[phase]} {PHASES[phase].pick(language)}" for phase in Phase)
        for language in Language
    }
    total = len(playbook.steps)
    return Words(
        nl=f"{name} kan eindigen: {total} stappen ({counts[Language.NL]}).",
        en=f"{name} can end: {total} steps ({counts[Language.EN]}).",
    )


@playbook_app.command("show")
def show(
    sector: Annotated[str, typer.Argument(help="a sector, such as garments-textile")],
    start: Annotated[str | None, typer.Option("--start", help="first day, YYYY-MM-DD")] = None,
    lang: LanguageOption = Language.EN,
    as_json: Annotated[bool, typer.Option("--json", help="for programs")] = False,
) -> None:
    """Draw the steps of a sector, planned from a first day, with the facts of its sample covenant."""
    playbook = checked_playbook(find_playbook(sector))
    first = _date(start) if start else today()
    covenant = _sample(sector)
    plan = expand(
        playbook,
        facts=covenant.facts if covenant else {},
        include=covenant.include if covenant else [],
        start=first,
    )
    if as_json:
        rows = [_row(playbook, no, one, lang) for no, one in enumerate(plan, start=1)]
        typer.echo(json.dumps({"sector": sector, "start": str(first), "steps": rows}, ensure_ascii=False, indent=2))
        return
    console = Console()
    if not console.is_terminal:
        console = Console(width=PAGE)
    console.print(_table(playbook, plan, first, lang))


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refusal(
            code="invalid_date",
            nl=f"'{text}' is geen datum; verwacht: een datum als 2027-01-31.",
            en=f"'{text}' is no date; expected: a date such as 2027-01-31.",
            evidence={"start": text},
        ) from None


def _sample(sector: str) -> CovenantFile | None:
    try:
        path = find_covenant(sector)
    except NotFound:
        return None
    return checked_covenant(path, today())[0]


def _table(playbook: Playbook, plan: list[PlannedStep], first: date, language: Language) -> Table:
    words = Words(nl=f"vanaf {in_words(first, Language.NL)}", en=f"from {in_words(first, Language.EN)}")
    table = Table(title=f"{playbook.title.pick(language)}, {words.pick(language)}", show_lines=True)
    for name, heading in HEADINGS:
        table.add_column(heading.pick(language), justify="right" if name in {"no", "days"} else "left", overflow="fold")
    for no, one in enumerate(plan, start=1):
        row = _row(playbook, no, one, language)
        cells = [
            row["planned_start"] + "\n" + row["planned_end"] if name == "planned" else row[name] for name, _ in HEADINGS
        ]
        table.add_row(*cells, style="dim" if one.status is StepStatus.SKIPPED else None)
    return table


def _row(playbook: Playbook, no: int, one: PlannedStep, language: Language) -> Mapping[str, str]:
    step = one.step
    who = {**RESPONDENTS, **{group.id: group.title for group in playbook.constituencies}}
    return {
        "no": str(no),
        "key": one.key,
        "phase": PHASES[step.phase].pick(language),
        "kind": KINDS[step.kind].pick(language),
        "title": step.title.pick(language),
        "respondents": ", ".join(who[name].pick(language) for name in step.respondents),
        "rule": rule_in_words(rule_of(step, playbook)).pick(language) if step.kind in DECIDING else "",
        "days": "" if step.months_after_entry or step.kind is StepKind.IMPLEMENTATION else str(step.duration),
        "planned_start": str(one.planned_start),
        "planned_end": str(one.planned_end),
        "status": one.status,
        "note": _note(one).pick(language),
    }


def _note(one: PlannedStep) -> Words:
    step = one.step
    nl, en = [], []
    if one.skipped_because:
        nl.append(f"overgeslagen: {one.skipped_because.nl}")
        en.append(f"skipped: {one.skipped_because.en}")
    elif step.when:
        facts = ", ".join(f"{name} = {str(value).lower()}" for name, value in step.when.items())
        nl.append(f"alleen als {facts}")
        en.append(f"only if {facts}")
    if step.optional:
        nl.append("facultatief")
        en.append("optional")
    if step.repeat and step.repeat.until_passed:
        nl.append(f"tot aangenomen, hoogstens {step.repeat.times} keer")
        en.append(f"until passed, at most {step.repeat.times} times")
    elif step.repeat:
        nl.append(f"{one.occurrence} van {one.of}")
        en.append(f"{one.occurrence} of {one.of}")
    if step.accord:
        nl.append("onderhandelaarsakkoord")
        en.append("negotiators' accord")
    if step.kind is StepKind.DIALOGUE:
        nl.append(f"werkdagen per ronde, gepland voor {ROUNDS} rondes")
        en.append(f"working days per round, planned for {ROUNDS} rounds")
    if step.plan is not None:
        nl.append(f"tekenplan met {len(step.plan)} groepen na elkaar")
        en.append(f"signing plan with {len(step.plan)} groups in order")
    if step.months_after_entry:
        nl.append(f"{step.months_after_entry} maanden na inwerkingtreding")
        en.append(f"{step.months_after_entry} months after entry into force")
    return Words(nl="; ".join(nl) or "-", en="; ".join(en) or "-")


COMMANDS = {"playbook": playbook_app}
