"""The options that many commands share. Nothing heavy is imported here: `polder --help` stays quick."""

from pathlib import Path
from typing import Annotated

import typer

from models.enums import Language

LanguageOption = Annotated[
    Language, typer.Option("--lang", envvar="POLDER_LANG", help="nl or en / nl of en", case_sensitive=False)
]
"""For every command that prints words: `--lang`, else POLDER_LANG, else English."""

JsonOption = Annotated[bool, typer.Option("--json", help="for programs / voor programma's")]
StateOption = Annotated[Path | None, typer.Option("--state", help="the state folder (POLDER_STATE)")]
AsOption = Annotated[str, typer.Option("--as", help="who acts: a person id; the facilitator when empty")]
ReasonOption = Annotated[str, typer.Option("--reason", help="why, in words; goes on record")]
ActOption = Annotated[str, typer.Option("--act", help="the id of an act to repeat: it counts once")]

SlugArgument = Annotated[str, typer.Argument(metavar="SLUG", help="the covenant")]
TaskArgument = Annotated[str, typer.Argument(metavar="TASK", help="a task id from `polder tasks` or `polder waiting`")]
