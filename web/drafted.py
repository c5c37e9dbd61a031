"""A clause as it stands in the form of the next version: its text, what was typed, and what was said about it."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from models.base import Words
from models.commitments import Commitment
from models.enums import ClauseStatus, Language
from models.tables import Clause, ClauseVersion, Party, Position
from rules.articles import alignment
from rules.chain import text_sha
from rules.commitments import sentence
from store import commitments
from store.amendments import AmendmentView
from store.conditions import Resting
from store.objections import Raised
from store.red_lines import Told


def plain(text: str) -> str:
    """Return a text as it is compared: a browser's line ends and a last empty line are no change."""
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n")).strip()


@dataclass(frozen=True)
class Line:
    """A clause to revise: its current text, what was typed for it, what the parties said about it and proposed.

    Attributes:
        voids: whose approval lapses with what was typed.
        breaks: whose agreements with other clauses lose a condition, with what was typed or by parking.
        restores: whose approval of an earlier version holds again, because it is that version to the letter.
    """

    clause: Clause
    current: ClauseVersion
    nl: str
    en: str
    said: list[tuple[Position, Party]] = field(default_factory=list)
    objections: list[Raised] = field(default_factory=list)
    red_lines: list[Told] = field(default_factory=list)
    brackets: list[AmendmentView] = field(default_factory=list)
    voids: list[Party] = field(default_factory=list)
    breaks: list[Resting] = field(default_factory=list)
    restores: list[Party] = field(default_factory=list)
    authentic: Language = Language.NL
    commitments: list[Commitment] = field(default_factory=list)

    @property
    def unchanged_can_pass(self) -> bool:
        """Whether the text as it is may pass when it is put again: it is open, though nobody has other words for it."""
        return self.clause.status is ClauseStatus.BRACKETED and not self.brackets and not self.objections

    @property
    def sha(self) -> str:
        """The hash of what was typed."""
        return text_sha(plain(self.nl), plain(self.en), self.commitments)

    @property
    def changed_commitments(self) -> bool:
        """Whether it commits to something else than the current version."""
        return self.commitments != commitments.of(self.current)

    @property
    def stale_commitments(self) -> bool:
        """Whether the words change and what they commit to does not."""
        return bool(self.commitments) and (self.changed_nl or self.changed_en) and not self.changed_commitments

    def committed_before(self, names: Mapping[str, Words], language: str) -> str:
        """Return what the current version commits to, in lines."""
        return "\n".join(sentence(one, names).pick(language) for one in commitments.of(self.current))

    def committed_after(self, names: Mapping[str, Words], language: str) -> str:
        """Return what was typed that it commits to, in lines."""
        return "\n".join(sentence(one, names).pick(language) for one in self.commitments)

    @property
    def changed_nl(self) -> bool:
        """Whether the Dutch text is another than the current one."""
        return plain(self.nl) != plain(self.current.text_nl)

    @property
    def changed_en(self) -> bool:
        """Whether the English text is another than the current one."""
        return plain(self.en) != plain(self.current.text_en)

    @property
    def changed(self) -> bool:
        """Whether either is, or what it commits to."""
        return self.changed_nl or self.changed_en or self.changed_commitments

    @property
    def warnings(self) -> list[Words]:
        """Say where the two languages, as typed, are not parallel."""
        old = Words.model_construct(nl=self.current.text_nl, en=self.current.text_en)
        new = Words.model_construct(nl=plain(self.nl), en=plain(self.en))
        worded = self.changed_nl or self.changed_en
        return alignment(self.clause.number, old, new, self.authentic) if worded else []

    @property
    def one_sided(self) -> bool:
        """Whether one language changed without the other."""
        return self.changed_nl != self.changed_en
