"""Somebody else's word processor edits our file: LibreOffice, with and without change recording.

No comments here: without a screen (libreoffice-writer-nogui 7.4) it crashes on making one.
"""

import json
import shutil
import subprocess
from pathlib import Path

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

soffice, folder, edits, recorded = json.loads(sys.argv[1])

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
document = desktop.loadComponentFromURL(f"file://{folder}/out.docx", "_blank", 0, (said("Hidden", True),))
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
document.storeToURL(f"file://{folder}/back.docx", (said("FilterName", "MS Word 2007 XML"),))
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


def edited_in_office(folder: Path, data: bytes, *edits: tuple[str, str, str], recorded: bool) -> bytes:
    """Open a file in LibreOffice, edit and save it: kind of edit, words that it is about, text."""
    (folder / "out.docx").write_bytes(data)
    asked = json.dumps([SOFFICE, str(folder), edits, recorded])
    # Without our own packages: python3-uno is one of the system's Python.
    clean = {"PATH": "/usr/bin:/bin", "HOME": str(folder)}
    done = subprocess.run(
        [SYSTEM_PYTHON, "-c", EDITING, asked], capture_output=True, text=True, timeout=100, check=False, env=clean
    )
    assert done.returncode == 0, done.stderr
    return (folder / "back.docx").read_bytes()


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
