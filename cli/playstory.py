"""What `polder play` tells: what comes on record while it plays, and what it all came to."""

import asyncio
from collections.abc import Sequence
from typing import Any

from rich.markup import escape
from rich.status import Status

from cli.showing import Screen, column, day
from cli.status import missing, show_steps
from models.enums import StepStatus
from models.tables import Event
from rules import labels
from rules.calendar import local_date, working_days_between
from rules.labels import label
from runtime.settings import Settings
from store import views
from store.engine import Database

LOOK = 0.2
"""Seconds between looks at the record."""

TOLD = {
    "covenant_launched", "step_done", "step_failed", "step_skipped", "step_repeated", "round_closed",
    "entered_into_force", "covenant_ended", "covenant_completed", "party_withdrew", "paused", "resumed",
    "notice_given", "notice_taken_back", "acceded", "accession_lapsed",
    "revision_opened", "covenant_revised", "revision_failed",
    "rung_climbed", "signing_prolonged", "due_extended", "answered_ad_referendum", "package_proposed",
    "go_on_proposed", "question_carried", "question_not_carried", "mediator_named",
}  # fmt: skip
STYLES = {"step_done": "green", "step_failed": "red", "party_withdrew": "yellow", "paused": "yellow",
          "entered_into_force": "bold green", "covenant_ended": "bold red", "rung_climbed": "yellow"}  # fmt: skip


class Story:
    """Tells the record of one covenant as it grows: a line for what matters, the date of the clock at the bottom."""

    def __init__(self, screen: Screen, db: Database, slug: str) -> None:
        self.screen, self.db, self.slug, self.seq = screen, db, slug, 0
        self.status: Status | None = None
        if screen.console.is_terminal:
            self.status = screen.console.status("")
            self.status.start()

    async def tell(self) -> None:
        """Tell until cancelled."""
        while True:
            await self.tell_new()
            await asyncio.sleep(LOOK)

    async def tell_new(self) -> None:
        """Tell what came on record since the last look."""
        rows = await views.events(self.db, self.slug, after=self.seq)
        for row in rows:
            self.seq = row.seq
            if row.kind in TOLD:
                self._line(row)
        if rows and self.status is not None:
            last = rows[-1]
            what = label(labels.EVENTS, last.kind, self.screen.language)
            self.status.update(f"{day(last.at)}  {escape(what)}  ({self.seq})")

    def _line(self, row: Event) -> None:
        what = label(labels.EVENTS, row.kind, self.screen.language)
        self.screen.console.print(
            f"[dim]{day(row.at)}[/dim]  [{STYLES.get(row.kind, 'default')}]{escape(what):<22}[/] "
            f"{escape(self._about(row))}",
            highlight=False,
            soft_wrap=not self.screen.console.is_terminal,
        )

    def _about(self, row: Event) -> str:  # noqa: C901 one case a change
        language = self.screen.language.value
        found: list[str] = []
        for change in row.data.get("changes", []):
            match change["change"]:
                case "step_changed" if row.kind.startswith("step_") and not found:
                    found.append(str(change["planned"]["step"]["title"][language]))
                    found += [change["sentence"][language]] if change.get("sentence") else []
                case "round_changed":
                    found += [change["sentence"][language]] if change.get("sentence") else []
                case "rung_climbed":
                    found.append(f"{change['task']}: {label(labels.RUNGS, change['rung'], self.screen.language)}")
                case "party_changed":
                    found.append(str(change["party"]))
                case "covenant_changed" if change.get("term_ends"):
                    found.append(self.screen.pick(f"tot {change['term_ends']}", f"until {change['term_ends']}"))
                case "question_put":
                    found.append(str(change["question"]["title"][language]))
                case "question_ended":
                    found.append(str(change["sentence"][language]))
                case "said":
                    found.append(str(change["words"][language]))
                case "task_answered" if row.kind == "answered_ad_referendum":
                    found.append(f"{row.actor}, {change['task']}")
        reason = row.data.get("reason")
        return story_line([*found, *([str(reason)] if reason and reason not in found else [])])

    def close(self) -> None:
        """Take the clock off the terminal."""
        if self.status is not None:
            self.status.stop()


def story_line(parts: Sequence[str]) -> str:
    """Join what is known of an entry with colons; a sentence in front loses its full stop."""
    return ": ".join([*(part.rstrip(". ") for part in parts[:-1]), *parts[-1:]])


def show_end(screen: Screen, view: views.CovenantView, facts: dict[str, Any]) -> None:
    """Print what happened: steps, rounds, verdicts, moments, counts, and where to look further."""
    screen.heading("Wat er gebeurde", "What happened")
    show_steps(screen, [step for step in view.steps if step.status is not StepStatus.PLANNED], slips=False)
    left = sum(1 for step in view.steps if step.status is StepStatus.PLANNED)
    if left == 1:
        screen.say("1 stap is nog gepland.", "1 step is still planned.", style="dim")
    elif left:
        screen.say(f"{left} stappen zijn nog gepland.", f"{left} steps are still planned.", style="dim")
    _rounds(screen, view)
    _verdicts(screen, view)
    _moments(screen, view)
    _counts(screen, facts)
    _further(screen, facts)


def _rounds(screen: Screen, view: views.CovenantView) -> None:
    if not view.rounds:
        return
    screen.heading("Ronden", "Rounds")
    screen.table(
        [column("nr", "no", right=True), column("open", "opened"), column("dicht", "closed"),
         column("artikelen", "clauses", right=True), column("uitkomst", "outcome", fold=True)],
        [
            (str(row.no), day(row.opened_at), day(row.closed_at), str(len(row.agenda)), screen.of(row, "sentence"))
            for row in view.rounds
        ],
    )  # fmt: skip


def _verdicts(screen: Screen, view: views.CovenantView) -> None:
    titles = {step.key: screen.of(step) for step in view.steps}
    rows = [one for one in view.decisions if one.clause is None]
    if rows:
        screen.heading("Uitspraken", "Verdicts")
        screen.table(
            [column("over", "about", fold=True), column("uitspraak", "verdict", fold=True)],
            [(titles.get(one.step, one.step), screen.of(one, "sentence")) for one in rows],
        )
    for one in missing(view):
        screen.line(f"{one.clause or one.step}: {screen.of(one, 'sentence')}", style="yellow")


def _moments(screen: Screen, view: views.CovenantView) -> None:
    row = view.covenant
    named = [
        ("gestart", "launched", day(row.opened_at)),
        ("onderhandelaarsakkoord", "negotiators' accord", day(row.accord_at)),
        ("ondertekend", "signed", day(row.signed_at)),
        ("in werking", "in force", day(row.in_force_at)),
        ("looptijd tot", "term until", day(row.term_ends)),
        ("geëindigd", "ended", day(row.ended_at)),
    ]
    screen.heading("Momenten", "Moments")
    screen.line("  ·  ".join(f"{screen.pick(nl, en)} {at}" for nl, en, at in named if at != "-"))
    days = working_days_between(local_date(row.opened_at), local_date(row.moved_at))
    screen.say(
        f"{days} werkdagen van het eerste tot het laatste op de lijst.",
        f"{days} working days from the first to the last on record.",
        style="dim",
    )


def _counts(screen: Screen, facts: dict[str, Any]) -> None:
    n = facts["counts"]
    broken = facts["chain_broken_at"]
    chain = screen.pick("heel", "whole") if broken is None else screen.pick(f"breuk: {broken}", f"broken at {broken}")
    screen.heading("Op de lijst", "On record")
    screen.say(
        f"{n['tasks']} taken, {n['answers']} antwoorden ({n['on_behalf']} namens, {n['ad_referendum']} ad referendum), "
        f"{n['mails']} mails, {n['events']} regels; keten {chain}. Duurde {facts['seconds']} s.",
        f"{n['tasks']} tasks, {n['answers']} answers ({n['on_behalf']} on behalf, {n['ad_referendum']} ad referendum), "
        f"{n['mails']} mails, {n['events']} entries; chain {chain}. Took {facts['seconds']} s.",
    )


def _further(screen: Screen, facts: dict[str, Any]) -> None:
    slug = facts["slug"]
    if facts["document"] is not None:
        kind = label(labels.DOCUMENTS, facts["document_kind"], screen.language)
        screen.line(f"PDF ({kind}): {facts['document']}")
        screen.say(
            f"Certificaten om zegel en handtekeningen elders te controleren: {facts['root_pem']}",
            f"Certificates to check seal and signatures elsewhere: {facts['root_pem']}",
        )
    screen.heading("Verder kijken", "Look further")
    for command, nl, en in (
        (f"polder status {slug}", "stand, artikelen, documenten", "standing, clauses, documents"),
        (f"polder events {slug} --verify", "de keten nalopen", "verify the chain"),
        (f"polder text {slug}", "de tekst zoals hij nu is", "the text as it is now"),
        (f"polder document {slug} --check", "het zegel nalopen", "check the seal"),
    ):
        screen.line(f"  {command:<48} {screen.pick(nl, en)}")


def show_serving(screen: Screen, settings: Settings, site: str) -> None:
    """Say that the engine goes on, and where to look."""
    ui = f"http://127.0.0.1:{settings.temporal_ui_port}" if settings.temporal_ui else "-"
    become = f"{site}/become" if site else "-"
    screen.say(
        f"\nPolder blijft lopen: word iemand aan tafel op {become} (Temporal {settings.embedded_address}, pagina's "
        f"{ui}). Stop met Ctrl-C.",
        f"\nPolder goes on serving: become someone at the table on {become} (Temporal {settings.embedded_address}, UI "
        f"{ui}). Stop with Ctrl-C.",
        style="bold",
    )
