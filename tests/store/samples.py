"""A small covenant: three parties, three clauses, and entries for its log."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from models import contracts as c
from models.base import Words
from models.covenant import ClauseFile, CovenantFile, MandateFile, PartyFile, PersonFile
from models.enums import Approach, Language, PartyKind, Phase, Power, Role, Stance, StepKind, TaskKind
from models.playbook import Constituency, Norm, Playbook, Step, Theme
from rules.chain import canonical, text_sha
from store import contents, opening, records
from store.engine import Database

SLUG = "proef"
NOW = datetime(2027, 1, 11, 9, 30, 15, 123456, tzinfo=UTC)
DUE = datetime(2027, 2, 1, 16, tzinfo=UTC)
PACKAGE = "application/vnd.polder.package+json"


def words(text: str) -> Words:
    return Words(nl=f"{text} (nl)", en=f"{text} (en)")


def person(name: str, party: str | None, language: Language, *roles: Role) -> PersonFile:
    return PersonFile(
        id=name, name=name.title(), email=f"{name}@example.org", language=language, party=party, roles=list(roles),
        mandates=[MandateFile(powers=list(Power))] if party else [],
    )  # fmt: skip


def package() -> opening.Package:
    return opening.Package(
        covenant=CovenantFile(
            slug=SLUG,
            playbook="proef",
            title=words("Covenant"),
            parties=[
                PartyFile(id="modint", name=words("Modint"), kind=PartyKind.ASSOCIATION, constituency="business"),
                PartyFile(id="vgt", name=words("VGT"), kind=PartyKind.ASSOCIATION, constituency="business"),
                PartyFile(id="fnv", name=words("FNV"), kind=PartyKind.UNION, constituency="unions"),
            ],
            people=[
                person("anna", None, Language.NL, Role.FACILITATOR),
                person("greet", "modint", Language.NL),
                person("lars", "vgt", Language.NL),
                person("mila", "fnv", Language.EN),
            ],
            clauses=[
                ClauseFile(id=f"clause-{n}", number=str(n), theme="living-wage", title=words(f"T{n}"), text=text(n))
                for n in (1, 2, 3)
            ],
        ),
        playbook=Playbook(
            sector="proef",
            title=words("Sector"),
            approaches=[Approach.JOINT_APPROACH],
            term_years=3,
            constituencies=[
                Constituency(id="business", title=words("Business"), minimum=1),
                Constituency(id="unions", title=words("Unions"), minimum=1),
            ],
            themes=[Theme(id="living-wage", title=words("Living wage"))],
            norms=[Norm(id="ilo-c131", source="ILO C131", title=words("Minimum wage"))],
            steps=[
                Step(id="principles", phase=Phase.EXPLORATION, kind=StepKind.APPROVAL, title=words("Principles")),
                Step(id="talks", phase=Phase.DIALOGUE, kind=StepKind.DIALOGUE, title=words("Talks")),
            ],
        ),
    )


def text(n: int, version: int = 1) -> Words:
    return Words(
        nl=f"Artikel {n}: het loon stijgt in {version} jaar.", en=f"Clause {n}: wages rise within {version} years."
    )


def sha(n: int, version: int = 1) -> str:
    return text_sha(text(n, version).nl, text(n, version).en)


async def stored(db: Database) -> c.Launch:
    data = canonical(package().model_dump(mode="json"))
    digest = await contents.put(db, data, PACKAGE)
    return c.Launch(slug=SLUG, package=digest, start=date(2027, 1, 11), facilitator="anna")


async def opened(db: Database) -> c.Opened:
    return await opening.open_covenant(db, await stored(db), NOW)


def entry(event: str, *changes: c.Change, minutes: int = 0, kind: str = "test", actor: str = "polder") -> c.Entry:
    return c.Entry(
        event=event, covenant=SLUG, at=NOW + timedelta(minutes=minutes), kind=kind, actor=actor, changes=list(changes)
    )


def said(event: str, minutes: int = 0) -> c.Entry:
    return entry(event, c.Said(words=words(event)), minutes=minutes)


def task_id(party: str, where: str = "talks") -> str:
    return f"{SLUG}/{where}/{party}"


def asks(party: str, kind: TaskKind = TaskKind.POSITIONS, *, where: str = "talks", due: datetime = DUE) -> c.TaskOpened:
    return c.TaskOpened(
        task=c.TaskState(
            id=task_id(party, where), kind=kind, respondent=party, title=words(where), opened=NOW, due=due, handled=NOW
        ),
        workflow=f"covenant:{SLUG}/step:1",
        step=where,
    )


def answers(
    party: str, content: c.Content, *, where: str = "talks", kind: TaskKind = TaskKind.POSITIONS, complete: bool = True,
    counted: bool = True,
) -> c.TaskAnswered:  # fmt: skip
    return c.TaskAnswered(
        task=task_id(party, where), kind=kind, respondent=party, content=content, complete=complete, counted=counted,
        done=1, total=3, round=1,
    )  # fmt: skip


def position(n: int, stance: Stance, version: int = 1, comment: str | None = None) -> c.PositionsAnswer:
    return c.PositionsAnswer(
        positions=[c.Position(clause=f"clause-{n}", sha256=sha(n, version), stance=stance, comment=comment)]
    )


async def write(db: Database, *entries: c.Entry) -> c.Written:
    written: Sequence[c.Entry] = entries
    return await records.append(db, written)
