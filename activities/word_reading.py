"""A Word file that comes back, as data: changes per clause, comments, and what only a person can judge.

Each paragraph is known by its bookmark (`word.Anchor`). The changes that Word recorded give the edits; where the text
before them is not the text that was sent out, someone had switched recording off, and a comparison gives the rest.
Whatever has no place in a clause becomes a review item: nothing is dropped in silence.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from re import finditer

from lxml import etree

from activities.word import Anchor, clause_key, heading, plain_lines
from activities.word_composing import edits_of, in_order, joined
from activities.word_opening import COMMENTS, DOCUMENT, NOTES, opened
from activities.word_walking import Kept, Paragraph, Piece, Walk, attribute, local
from models.amending import Edit
from models.base import UNFIT, Words
from models.enums import Language
from models.errors import InvalidFile
from models.word import WordChanges, WordClause, WordComment, WordDraft, WordEdit, WordReturn, WordReview

MOST_SHOWN = 20
"""Numbers of missing paragraphs that are named."""

REASONS: Mapping[str, Words] = {
    "new_paragraph": Words(
        nl="Deze alinea staat {place} en hoort bij geen alinea van het concept. Ze is niet overgenomen.",
        en="This paragraph stands {place} and belongs to no paragraph of the draft. It was not taken over.",
    ),
    "unknown_anchor": Words(
        nl="Deze alinea ({place}) komt uit een artikel dat niet in dit concept staat. Ze is niet overgenomen.",
        en="This paragraph ({place}) comes from an article that is not in this draft. It was not taken over.",
    ),
    "anchor_twice": Words(
        nl="Deze alinea ({place}) staat er twee keer; de eerste telt. De tweede is niet overgenomen.",
        en="This paragraph ({place}) is there twice; the first one counts. The second was not taken over.",
    ),
    "clauses_joined": Words(
        nl="Alinea's van verschillende artikelen zijn samengevoegd ({place}). Kijk na welke woorden waar horen.",
        en="Paragraphs of different articles were joined ({place}). Check which words belong where.",
    ),
    "paragraph_moved": Words(
        nl="Een alinea {of} is naar een andere plaats verschoven. Ze is gelezen op haar oude plaats.",
        en="A paragraph {of} was moved to another place. It was read in its old place.",
    ),
    "paragraph_gone": Words(
        nl="Alinea {detail} {of} is zonder bijgehouden wijziging verdwenen; 0 is het opschrift.",
        en="Paragraph {detail} {of} is gone without a tracked change; 0 is the heading.",
    ),
    "clause_gone": Words(
        nl="De tekst {of} staat niet in het bestand. Er is niets gewijzigd.",
        en="The text {of} is not in the file. Nothing was changed.",
    ),
    "heading_changed": Words(
        nl="Het opschrift {of} is gewijzigd. Een opschrift wordt niet uit Word overgenomen.",
        en="The heading {of} was changed. A heading is not taken over from Word.",
    ),
    "old_version": Words(
        nl="Dit is versie {detail} van de tekst {of}; de huidige is een andere. De wijzigingen zijn niet overgenomen.",
        en="This is version {detail} of the text {of}; the current one is another. The changes were not taken over.",
    ),
    "too_long": Words(
        nl="De tekst {of} is te lang geworden om te vergelijken. De wijzigingen zijn niet overgenomen.",
        en="The text {of} has become too long to compare. The changes were not taken over.",
    ),
    "hidden_characters": Words(
        nl="Tekens die niemand ziet ({detail}) zijn weggelaten ({place}).",
        en="Characters that nobody can see ({detail}) were left out ({place}).",
    ),
    "not_text": Words(
        nl="Een afbeelding of ingevoegd object ({place}) is niet overgenomen: een artikel bestaat uit tekst.",
        en="A picture or inserted object ({place}) was not taken over: an article is made of text.",
    ),
    "text_box": Words(
        nl="Deze tekst staat in een tekstvak, naast de artikelen. Ze is niet overgenomen.",
        en="This text stands in a text box, beside the articles. It was not taken over.",
    ),
    "note": Words(
        nl="Deze voet- of eindnoot is niet overgenomen: zet de woorden in het artikel of in een opmerking.",
        en="This footnote or endnote was not taken over: put the words in the article or in a comment.",
    ),
}
"""Why a person must look, by code: {place} and {of} name the clause, {detail} what was found."""


def read(data: bytes, draft: WordDraft) -> WordReturn:
    """Read a Word file against the draft as it is now.

    Raises:
        InvalidFile: what `word_opening.opened` refuses; `word_unknown` when nothing in it comes from this draft.
    """
    parts = opened(data)
    walk = Walk(parts[DOCUMENT])
    reading = _Reading(draft, walk.paragraphs)
    if not reading.blocks:
        raise InvalidFile(
            "word_unknown",
            "In dit Word-bestand staat geen alinea van dit concept. Verwacht: het bestand dat Polder van dit convenant "
            "maakte, bewerkt en opgeslagen als .docx.",
            "No paragraph of this draft is in this Word file. Expected: the file that Polder made of this covenant, "
            "edited and saved as .docx.",
        )
    changes = reading.changes()
    reading.look_at_order()
    reading.look_at_gone()
    reading.look_beside(walk.apart)
    for part in NOTES:
        reading.look_at_notes(parts.get(part))
    return WordReturn(changes=changes, comments=_comments(parts.get(COMMENTS), walk, reading), reviews=reading.reviews)


@dataclass
class _Block:
    """An anchored paragraph with those that belong to it: put in before it, split off, or put in behind."""

    anchor: Anchor
    own: Paragraph
    before: list[Paragraph] = field(default_factory=list)
    behind: list[Paragraph] = field(default_factory=list)

    def takes(self, paragraph: Paragraph) -> bool:
        """Whether a paragraph that comes next is a part of this one, by its bookmark or by a recorded split."""
        last = (self.behind or [self.own])[-1]
        return paragraph.within == self.anchor or (last.mark.put_in and not _is_heading(paragraph))


class _Reading:
    """Sorts paragraphs under the clauses they belong to, and keeps what does not fit.

    Attributes:
        blocks: what was found, in the order of the file.
        reviews: what does not fit.
    """

    def __init__(self, draft: WordDraft, paragraphs: Sequence[Paragraph]) -> None:
        self.blocks: dict[Anchor, _Block] = {}
        self.reviews: list[WordReview] = []
        self._clauses = {clause_key(draft.slug, clause.id): clause for clause in draft.clauses}
        self._order = {key: number for number, key in enumerate(self._clauses)}
        self._seen: set[Anchor] = set()
        self._complete: set[tuple[Language, int, int]] = set()
        self._homes: dict[int, Anchor] = {}
        self._last: Anchor | None = None
        self._sort(paragraphs)
        for paragraph in paragraphs:
            self._look_inside(paragraph)

    def home(self, paragraph: Paragraph | None) -> Anchor | None:
        """Return where a paragraph belongs."""
        return self._homes.get(id(paragraph))

    def clause(self, anchor: Anchor | None) -> str | None:
        """Return the id of the clause that an anchor names."""
        return self._clauses[anchor.key].id if anchor else None

    def _sort(self, paragraphs: Sequence[Paragraph]) -> None:
        waiting: list[Paragraph] = []
        block: _Block | None = None
        for paragraph in paragraphs:
            anchor = self._anchor(paragraph)
            if anchor:
                above, block = block, _Block(anchor, paragraph)
                self._homes[id(paragraph)] = anchor
                self.blocks[anchor] = block
                # What was put in before a heading stands behind the clause above it.
                if anchor.paragraph:
                    self._settle(waiting, block.before, anchor)
                elif above:
                    self._settle(waiting, above.behind, above.anchor)
                else:
                    self._leave(waiting)
                self._last, waiting = anchor, []
            elif block and block.takes(paragraph):
                self._settle([*waiting, paragraph], block.behind, block.anchor)
                waiting = []
            elif paragraph.mark.put_in and not _is_heading(paragraph):
                waiting.append(paragraph)
            else:
                self._leave([*waiting, paragraph])
                block, waiting = None, []
        if block:
            self._settle(waiting, block.behind, block.anchor)
        else:
            self._leave(waiting)

    def _anchor(self, paragraph: Paragraph) -> Anchor | None:
        """Return the anchor that a paragraph goes by."""
        taken: Anchor | None = None
        for anchor in paragraph.anchors:
            if anchor.key in self._clauses and anchor not in self._seen:
                self._seen.add(anchor)
                if taken and taken.key != anchor.key:
                    self._tell("clauses_joined", taken, paragraph)
                taken = taken or anchor
        return taken

    def _settle(self, paragraphs: Iterable[Paragraph], among: list[Paragraph], anchor: Anchor) -> None:
        for paragraph in paragraphs:
            self._homes[id(paragraph)] = anchor
            among.append(paragraph)

    def _leave(self, paragraphs: Iterable[Paragraph]) -> None:
        for paragraph in paragraphs:
            if paragraph.words().strip():
                known = any(anchor.key in self._clauses for anchor in paragraph.anchors)
                code = "anchor_twice" if known else "unknown_anchor" if paragraph.anchors else "new_paragraph"
                self._tell(code, self._last, paragraph)

    def _tell(self, code: str, anchor: Anchor | None, about: Paragraph | str = "", detail: str = "") -> None:
        clause = self._clauses[anchor.key] if anchor else None
        words = about if isinstance(about, str) else about.words()
        names = [] if isinstance(about, str) else about.names()
        self.reviews.append(
            WordReview(
                code=code,
                reason=_reason(code, clause, detail),
                clause=clause.id if clause else None,
                language=anchor.language if anchor else None,
                words=words,
                names=names,
            )
        )

    def _look_inside(self, paragraph: Paragraph) -> None:
        home = self.home(paragraph)
        if paragraph.hidden:
            self._tell("hidden_characters", home, paragraph, ", ".join(sorted(paragraph.hidden)))
        if paragraph.odd:
            self._tell("not_text", home, paragraph)

    def changes(self) -> list[WordChanges]:
        """Return the edits of every clause that has any."""
        found: list[WordChanges] = []
        ranked = sorted(self.blocks.values(), key=lambda block: (*self._whole(block), block.anchor.paragraph))
        for (language, number, version), blocks in groupby(ranked, self._whole):
            clause = list(self._clauses.values())[number]
            whole = list(blocks)
            pieces = self._pieces(clause, whole)
            if version != clause.version:
                words = "".join(piece.text for piece in pieces if piece.kept.after)
                self._tell("old_version", whole[0].anchor, words, str(version))
                continue
            text = clause.text.pick(language)
            if plain_lines(text) == "".join(piece.text for piece in pieces if piece.kept.before):
                self._complete.add((language, number, version))
            edits = edits_of(plain_lines(text), pieces)
            if edits is None:
                words = "".join(piece.text for piece in pieces if piece.kept.after)
                self._tell("too_long", whole[0].anchor, words)
            elif edits:
                found.append(
                    WordChanges(clause=clause.id, language=language, version=version, edits=_placed(text, edits))
                )
        return found

    def _whole(self, block: _Block) -> tuple[Language, int, int]:
        """Say which version of which clause a paragraph is of, so that the clauses come in their own order."""
        return block.anchor.language, self._order[block.anchor.key], block.anchor.version

    def _pieces(self, clause: WordClause, blocks: Iterable[_Block]) -> list[Piece]:
        """Return the text of a clause as it stands in the file, without its heading."""
        paragraphs: list[tuple[list[Piece], Kept]] = []
        anchor: Anchor | None = None
        for block in blocks:
            anchor = block.anchor
            if block.anchor.paragraph == 0:
                self._look_at_heading(clause, block)
                paragraphs += _behind_heading(block)
            else:
                paragraphs += [(one.pieces, one.mark) for one in (*block.before, block.own, *block.behind)]
        pieces, cut = joined(paragraphs)
        if cut:
            self._tell("clauses_joined", anchor, "".join(piece.text for piece in pieces if piece.kept.after))
        return pieces

    def _look_at_heading(self, clause: WordClause, block: _Block) -> None:
        title, now = heading(clause, block.anchor.language), block.own
        cut = now.mark.taken_out
        if block.anchor.version == clause.version and (now.text() != title or now.text(after=False) != title or cut):
            self._tell("heading_changed", block.anchor, now)

    def look_at_order(self) -> None:
        """Tell about paragraphs that stand in another place than they were sent out in."""
        for language in Language:
            anchors = [anchor for anchor in self.blocks if anchor.language == language]
            kept = in_order([(self._order[anchor.key], anchor.paragraph) for anchor in anchors])
            for number, anchor in enumerate(anchors):
                if number not in kept:
                    self._tell("paragraph_moved", anchor, self.blocks[anchor].own)

    def look_at_gone(self) -> None:
        """Tell about clauses and paragraphs that were sent out and are not in the file."""
        for language in sorted({anchor.language for anchor in self._seen}):
            for key, clause in self._clauses.items():
                seen = [anchor for anchor in self._seen if anchor.key == key and anchor.language == language]
                if not seen:
                    self._tell("clause_gone", Anchor(language, key, 0, 0, clause.version))
                for version in sorted({anchor.version for anchor in seen}):
                    these = [anchor for anchor in seen if anchor.version == version]
                    # Who accepts or rejects our own changes in Word may lose a bookmark with the line end it was in.
                    last = 0 if (language, self._order[key], version) in self._complete else these[0].last
                    missing = sorted(set(range(last + 1)) - {anchor.paragraph for anchor in these})
                    if missing:
                        shown = ", ".join(map(str, missing[:MOST_SHOWN])) + ("…" if missing[MOST_SHOWN:] else "")
                        self._tell("paragraph_gone", these[0], detail=shown)

    def look_beside(self, paragraphs: Iterable[Paragraph]) -> None:
        """Tell about text boxes and objects beside the running text."""
        for paragraph in paragraphs:
            if paragraph.words().strip():
                self._tell("text_box", None, paragraph)
            elif paragraph.odd:
                self._tell("not_text", None, paragraph)

    def look_at_notes(self, notes: etree._Element | None) -> None:
        """Tell about footnotes or endnotes; those with a type are Word's own lines."""
        for note in () if notes is None else notes:
            text = _text(note)
            if attribute(note, "type") in {"", "normal"} and text:
                self._tell("note", None, text)


def _behind_heading(block: _Block) -> list[tuple[list[Piece], Kept]]:
    """Return what was put in right behind a heading: the line end that came with it is the heading's own."""
    behind = [(one.pieces, one.mark) for one in block.behind]
    if behind and block.own.mark.put_in:
        behind[-1] = (behind[-1][0], block.own.mark)
    return behind


def _placed(text: str, edits: Sequence[WordEdit]) -> list[WordEdit]:
    """Return edits with their places in a text whose line ends may be two characters."""
    starts = [found.start() for found in finditer(r"\r\n|[\s\S]", text)] + [len(text)]
    return [
        one.model_copy(
            update={"edit": Edit(start=starts[one.edit.start], end=starts[one.edit.end], text=one.edit.text)}
        )
        for one in edits
    ]


def _comments(part: etree._Element | None, walk: Walk, reading: _Reading) -> list[WordComment]:
    found: list[WordComment] = []
    for comment in () if part is None else part:
        if local(comment) != "comment":
            continue
        remark = walk.remarks.get(attribute(comment, "id"))
        anchor = reading.home(remark.paragraph) if remark else None
        found.append(
            WordComment(
                clause=reading.clause(anchor),
                language=anchor.language if anchor else None,
                words=walk.words(remark) if remark else "",
                text=_text(comment),
                name=UNFIT.sub("", attribute(comment, "author")),
                at=UNFIT.sub("", attribute(comment, "date")),
            )
        )
    return found


def _text(element: etree._Element) -> str:
    return "\n".join(paragraph.text() for paragraph in Walk(element).paragraphs).strip()


def _is_heading(paragraph: Paragraph) -> bool:
    """Whether a paragraph begins something new; the ids of the styles differ by the language of the word processor."""
    return paragraph.style.lower().startswith(("heading", "kop", "title", "titel"))


def _reason(code: str, clause: WordClause | None, detail: str) -> Words:
    if clause is None:
        places = (
            {"place": "voor of buiten de artikelen", "of": ""},
            {"place": "before or outside the articles", "of": ""},
        )
    else:
        number = clause.number
        places = (
            {"place": f"bij of na artikel {number}", "of": f"van artikel {number}"},
            {"place": f"in or after article {number}", "of": f"of article {number}"},
        )
    nl, en = REASONS[code].nl, REASONS[code].en
    return Words(nl=nl.format(detail=detail, **places[0]), en=en.format(detail=detail, **places[1]))
