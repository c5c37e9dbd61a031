"""Somebody else's word processor edits our file: LibreOffice, with and without change recording.

No comments here: without a screen (libreoffice-writer-nogui 7.4) it crashes on making one.
"""

import json
import random
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

from activities.word import write
from activities.word_reading import read
from models.enums import Language
from rules.amending import applied
from tests.activities.test_word import DRAFT, FIRE, WAGE, clause, draft

SOFFICE = shutil.which("soffice")
SYSTEM_PYTHON = "/usr/bin/python3"
EDITING = """
import json, subprocess, sys, time
import uno
from com.sun.star.beans import PropertyValue

soffice, folder, jobs = json.loads(sys.argv[1])

def said(name, value):
    one = PropertyValue()
    one.Name, one.Value = name, value
    return one

pipe = f"pipe,name=polder{abs(hash(folder))};urp;"
office = subprocess.Popen([soffice, f"-env:UserInstallation=file://{folder}/profile", "--headless", "--norestore",
                           f"--accept={pipe}"])
resolver = uno.getComponentContext().ServiceManager.createInstance("com.sun.star.bridge.UnoUrlResolver")
for _ in range(300):
    try:
        context = resolver.resolve(f"uno:{pipe}StarOffice.ComponentContext")
        break
    except Exception:
        time.sleep(0.2)
desktop = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
dispatcher = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.DispatchHelper", context)
for name, edits, recorded in jobs:
    document = desktop.loadComponentFromURL(f"file://{folder}/{name}.docx", "_blank", 0, (said("Hidden", True),))
    document.RecordChanges = recorded
    for kind, words, text in edits:
        search = document.createSearchDescriptor()
        search.SearchString = words
        place = document.findFirst(search)
        if kind == "swap":
            place.String = text
        elif kind == "add":
            cursor = place.Text.createTextCursorByRange(place)
            cursor.gotoEndOfParagraph(False)
            cursor.Text.insertControlCharacter(cursor.End, 0, False)
            cursor.gotoEndOfParagraph(False)
            cursor.Text.insertString(cursor.End, text, False)
        else:
            dispatcher.executeDispatch(document.CurrentController.Frame, f".uno:{kind}AllTrackedChanges", "", 0, ())
    document.storeToURL(f"file://{folder}/{name}-back.docx", (said("FilterName", "MS Word 2007 XML"),))
    document.close(True)
try:
    desktop.terminate()
except Exception:
    pass
office.wait(20)
"""


def _has_uno() -> bool:
    if SOFFICE is None or not Path(SYSTEM_PYTHON).exists():
        return False
    return subprocess.run([SYSTEM_PYTHON, "-c", "import uno"], capture_output=True, check=False).returncode == 0


pytestmark = pytest.mark.skipif(not _has_uno(), reason="libreoffice-writer-nogui or python3-uno is not installed")


class Job(NamedTuple):
    """A file for LibreOffice to open, edit and save: kind of edit, words that it is about, text."""

    data: bytes
    edits: tuple[tuple[str, str, str], ...]
    recorded: bool


def in_office(folder: Path, jobs: Mapping[str, Job]) -> dict[str, bytes]:
    """Let one LibreOffice do all that is asked, and return what it saved."""
    for name, job in jobs.items():
        (folder / f"{name}.docx").write_bytes(job.data)
    asked = json.dumps([SOFFICE, str(folder), [[name, job.edits, job.recorded] for name, job in jobs.items()]])
    # Without our own packages: python3-uno is one of the system's Python.
    clean = {"PATH": "/usr/bin:/bin", "HOME": str(folder)}
    done = subprocess.run(
        [SYSTEM_PYTHON, "-c", EDITING, asked], capture_output=True, text=True, timeout=100, check=False, env=clean
    )
    assert done.returncode == 0, done.stderr
    return {name: (folder / f"{name}-back.docx").read_bytes() for name in jobs}


def edited_in_office(folder: Path, data: bytes, *edits: tuple[str, str, str], recorded: bool) -> bytes:
    return in_office(folder, {"out": Job(data, edits, recorded)})["out"]


def test_what_libreoffice_records_is_read_exactly(tmp_path: Path) -> None:
    data = edited_in_office(
        tmp_path,
        write(DRAFT, Language.EN),
        ("swap", "six months", "nine months"),
        ("add", "They report", "A new paragraph."),
        ("swap", "The union inspects", "An inspector comes"),
        recorded=True,
    )
    back = read(data, DRAFT)
    edits = {found.clause: [one.edit for one in found.edits] for found in back.changes}
    assert applied(WAGE, edits["wage"]) == WAGE.replace("six", "nine") + "\nA new paragraph."
    assert applied(FIRE, edits["fire"]) == FIRE.replace("The union inspects", "An inspector comes")
    assert all(one.tracked for found in back.changes for one in found.edits)
    assert back.reviews == []


def test_what_libreoffice_does_not_record_is_found(tmp_path: Path) -> None:
    """A draft with tracked changes of our own goes through; what is saved holds them still."""
    sent = draft(clause("wage", WAGE, WAGE.replace("six", "ten")), clause("fire", FIRE, FIRE.split("\n")[0]))
    data = edited_in_office(tmp_path, write(sent, Language.EN), ("swap", "living", "minimum"), recorded=False)
    back = read(data, sent)
    (found,) = back.changes
    assert applied(WAGE, [one.edit for one in found.edits]) == WAGE.replace("living", "minimum")
    assert [one.tracked for one in found.edits] == [False]
    assert back.reviews == []


WORDS = ("loon", "55%", "één", "<b>", "&amp;", "werk", "land", "jaar.", "2.030,50", "“zo”", "🎈", "partijen,")


def drawn(lots: random.Random) -> str:
    """A text of one to four paragraphs."""
    return "\n".join(" ".join(lots.choices(WORDS, k=lots.randint(2, 9))) for _ in range(lots.randint(1, 4)))


def mutated(lots: random.Random, text: str) -> str:
    """The next version of a text: words come, go and change, and so do paragraphs."""
    lines = []
    for line in text.split("\n"):
        kept = [lots.choice(WORDS) if lots.random() < 0.2 else one for one in line.split(" ") if lots.random() < 0.9]
        lines += [" ".join(kept)] if kept and lots.random() < 0.9 else []
        lines += [drawn(lots).split("\n", maxsplit=1)[0]] if lots.random() < 0.2 else []
    return "\n".join(lines) or drawn(lots)


def test_what_libreoffice_accepts_or_rejects_is_the_new_or_the_old_text(tmp_path: Path) -> None:
    """Sixty clauses of drawn texts; accepted or rejected as sent, and after somebody edited them with recording on."""
    lots = random.Random(20261127)  # noqa: S311 nothing secret: the same texts every time
    olds = {f"c-{number}": drawn(lots) for number in range(60)}
    news = {name: mutated(lots, old) for name, old in olds.items()}
    sent = draft(
        *(clause(name, news[name], old) for name, old in olds.items()),
        clause("fire", FIRE.replace("union", "trade union"), FIRE),
    )
    data = write(sent, Language.EN)
    edit = ("swap", "Reports are public", "Reports are secret")
    back = in_office(
        tmp_path,
        {
            "accepted": Job(data, (("Accept", "", ""),), recorded=False),
            "rejected": Job(data, (("Reject", "", ""),), recorded=False),
            "edited-accepted": Job(data, (edit, ("Accept", "", "")), recorded=True),
            "edited-rejected": Job(data, (edit, ("Reject", "", "")), recorded=True),
        },
    )
    base = {one.id: one.text.en for one in sent.clauses}
    wanted = {
        "accepted": base,
        "rejected": {**olds, "fire": FIRE},
        "edited-accepted": {**base, "fire": base["fire"].replace("public", "secret")},
        "edited-rejected": {**olds, "fire": FIRE},
    }
    for name, texts in wanted.items():
        found = read(back[name], sent)
        edits = {one.clause: [edit.edit for edit in one.edits] for one in found.changes}
        assert {one.code for one in found.reviews} <= {"paragraph_gone"}, "told, and made all the same"
        assert {one: applied(text, edits.get(one, [])) for one, text in base.items()} == texts, name
