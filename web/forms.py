"""Forms: what was typed, what is wrong with it and where, so that nothing typed is ever lost."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time

from fastapi import Request
from pydantic import ValidationError
from starlette.datastructures import UploadFile

from acts.carrying import new_act
from acts.explaining import expected
from models.base import Words
from models.errors import PolderError, Refusal
from rules.calendar import AMSTERDAM, skipped
from store import accounts
from web.visiting import Visit

MOST_FIELDS = 20_000
MOST_BYTES = 25 * 1024 * 1024
UNKEPT = {"act", "code"}
"""Fields that no draft keeps: the id of one sending, and secrets."""


@dataclass
class Filled:
    """A form as it was typed.

    Attributes:
        tops: how the summary on top says it, where that differs from what stands at the field.
        general: what is wrong with the whole, not with one field.
        kept_at: filled when the values come from a draft on the server.
    """

    values: dict[str, list[str]] = field(default_factory=dict)
    files: dict[str, UploadFile] = field(default_factory=dict)
    errors: dict[str, Words] = field(default_factory=dict)
    tops: dict[str, Words] = field(default_factory=dict)
    general: list[Words] = field(default_factory=list)
    kept_at: object = None

    def get(self, name: str, default: str = "") -> str:
        """Return what was typed in a field."""
        found = self.values.get(name)
        return found[0] if found else default

    def all(self, name: str) -> list[str]:
        """Return everything that was ticked, or typed in fields of the same name."""
        return self.values.get(name, [])

    @property
    def act(self) -> str:
        """The id of this sending: a form sent twice counts once."""
        if not self.get("act"):
            self.values["act"] = [new_act()]
        return self.get("act")

    @property
    def fine(self) -> bool:
        """Whether nothing was found wrong."""
        return not self.errors and not self.general

    def wrong(self, name: str, nl: str, en: str) -> None:
        """Note what is wrong with a field; the first finding stays."""
        self.errors.setdefault(name, Words(nl=nl, en=en))

    def need(self, name: str, nl: str, en: str) -> str:
        """Return what was typed in a field, and note when it is nothing."""
        text = self.get(name).strip()
        if not text:
            self.wrong(name, nl, en)
        return text

    def date(self, name: str, *, required: bool = True) -> date | None:
        """Return a date that was typed, and note when it is none."""
        text = self.get(name).strip()
        if not text and not required:
            return None
        try:
            return date.fromisoformat(text)
        except ValueError:
            self.wrong(name, "Vul een datum in, zoals 2027-03-31.", "Fill in a date, such as 2027-03-31.")
            return None

    def moment(self, day: str, clock: str) -> datetime | None:
        """Return the moment that a day and a time say, in Dutch time, and note what is no day or time."""
        on = self.date(day)
        try:
            at = time.fromisoformat(self.get(clock).strip().replace(".", ":"))
        except ValueError:
            self.wrong(clock, "Vul een tijd in, zoals 14:00.", "Fill in a time, such as 14:00.")
            return None
        if on is None:
            return None
        try:
            found = datetime.combine(on, at.replace(tzinfo=None), AMSTERDAM)
            if not skipped(found):
                return found
            self.wrong(clock, "Deze tijd bestaat die nacht niet: de zomertijd begint. Verwacht: een andere tijd.",
                       "This time does not exist that night: summer time begins. Expected: another time.")  # fmt: skip
        except (ValueError, OverflowError):
            self.wrong(day, "Vul een datum in, zoals 2027-03-31.", "Fill in a date, such as 2027-03-31.")
        return None

    def refuse(self, error: PolderError, fields: Mapping[str, str] | None = None) -> None:
        """Note what was refused: at its field when its code names one, else for the whole."""
        name = (fields or {}).get(error.code)
        if name is not None:
            self.errors.setdefault(name, error.words)
        else:
            self.general.append(error.words)

    def invalid(self, error: ValidationError, fields: Mapping[str, str] | None = None) -> None:
        """Note what a contract found wrong, at the field that holds it (`fields`: of the contract -> of the form)."""
        for one in error.errors(include_url=False):
            path = ".".join(str(part) for part in one["loc"])
            last = path.rpartition(".")[2]
            name = (fields or {}).get(path) or (fields or {}).get(last) or last
            wanted = expected(one)
            self.wrong(name, f"Verwacht: {wanted.nl}.", f"Expected: {wanted.en}.")


async def typed(request: Request) -> Filled:
    """Read a form as it was sent.

    Raises:
        Refusal: it has more fields than any of our forms.
    """
    form = await request.form(max_fields=MOST_FIELDS, max_files=20, max_part_size=2 * 1024 * 1024)
    filled = Filled()
    for name, value in form.multi_items():
        if isinstance(value, UploadFile):
            if value.filename:
                filled.files[name] = value
        else:
            filled.values.setdefault(name, []).append(value.replace("\r\n", "\n").replace("\0", ""))
    return filled


async def resumed(visit: Visit, form: str, initial: Mapping[str, str | Iterable[str]] | None = None) -> Filled:
    """Return a form to show: as its draft left it, else with its initial values."""
    filled = Filled(
        {name: [value] if isinstance(value, str) else list(value) for name, value in (initial or {}).items()}
    )
    kept = await accounts.draft(visit.site.db, visit.email, form) if visit.email else None
    if kept is not None:
        filled.values |= {name: list(values) for name, values in kept.content.items()}
        filled.kept_at = kept.at
    return filled


async def keep(visit: Visit, form: str, filled: Filled) -> None:
    """Keep what was typed, until it is sent."""
    if visit.email:
        content: dict[str, object] = {
            name: values for name, values in filled.values.items() if name not in UNKEPT and any(values)
        }
        await accounts.keep_draft(visit.site.db, visit.email, form, content, visit.now)


async def sent(visit: Visit, form: str) -> None:
    """Forget the draft of a form that was sent."""
    if visit.email:
        await accounts.drop_draft(visit.site.db, visit.email, form)


async def upload(filled: Filled, name: str) -> tuple[bytes, str, str] | None:
    """Return the bytes, media type and name of a file that was sent along.

    Raises:
        Refusal: it is empty or too large.
    """
    file = filled.files.get(name)
    if file is None:
        return None
    data = await file.read(MOST_BYTES + 1)
    if not data:
        raise Refusal(
            "bad_file",
            f"{file.filename} is leeg. Verwacht: een bestand waar iets in staat.",
            f"{file.filename} is empty. Expected: a file with something in it.",
        )
    if len(data) > MOST_BYTES:
        raise Refusal(
            "bad_file",
            f"{file.filename} is te groot. Verwacht: een bestand van hoogstens 25 MB.",
            f"{file.filename} is too large. Expected: a file of at most 25 MB.",
        )
    return data, (file.content_type or "application/octet-stream")[:300], (file.filename or name)[:300]
