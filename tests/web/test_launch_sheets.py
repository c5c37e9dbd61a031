"""Spreadsheets in the wizard: looked at row by row, imported after a yes; hostile files refused."""

import io
import zipfile
from collections.abc import Callable
from datetime import date
from typing import Any

import openpyxl
import pytest
from browsing import Browser, Shown
from launching import ME, begun, me, press

from models.errors import Refusal
from runtime.sheets import MOST_BYTES, read_pasted, read_sheet
from web.site import Site

pytestmark = pytest.mark.asyncio(loop_scope="session")

PEOPLE = "name;email;party;powers;until\n"


def xlsx(rows: list[list[Any]]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.create_sheet(index=0)
    for row in rows:
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def bomb(size: int) -> bytes:
    """A workbook whose sheet unpacks to this many zeros."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(xlsx([["name"]]))) as was, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as now:
        for one in was.infolist():
            data = was.read(one)
            now.writestr(one.filename, data + b" " * size if "sheet1" in one.filename else data)
    return out.getvalue()


async def sent(
    browser: Browser, home: str, shelf: str, what: str | bytes, status: int = 200, how: str = "add"
) -> Shown:
    form = (await browser.get(f"{home}/import/{shelf}")).form(having="pasted")
    if isinstance(what, str):
        return await browser.send(form, {"pasted": what, "how": how}, status=status)
    return await browser.send(form, {"how": how}, files={"file": ("rows.xlsx", what, "x/y")}, status=status)


async def test_pasted_rows_are_imported_after_a_yes(launcher: Site) -> None:
    browser = await me(launcher)
    home = await begun(browser)
    rows = PEOPLE + "Zoë Ng;zoe@example.org;fnv;speak, commit;2036-01-31\nJan Smit;jan@example.org;;;\n"
    page = await sent(browser, home, "people", rows)
    assert "Right rows: 2. Wrong rows: 0." in page.text
    assert "People (25)" in (await browser.get(f"{home}/people")).heading  # nothing yet
    page = await press(browser, page, "Import the right rows (2)")
    assert page.heading == "People (27)"
    assert "zoe@example.org" in page.text
    assert page.problems == []


async def test_a_workbook_is_read_with_its_dates_numbers_and_formulas_as_text(launcher: Site) -> None:
    browser = await me(launcher)
    home = await begun(browser)
    data = xlsx(
        [
            ["Bedrijf", "Marktaandeel", "contact", "E-mail"],
            ["Nieuwe Bank", 1.5, "Ina", "ina@example.org"],
            ["Andere Bank", "2,5", '=HYPERLINK("https://evil.example","x")', "a@example.org"],
            ["Derde", "=1+1", "Piet", "p@example.org"],
        ]
    )
    page = await sent(browser, home, "participants", data)
    assert "Right rows: 2. Wrong rows: 1." in page.text
    assert "=1+1" in page.text  # as text
    assert "Expected: a number." in page.text  # a formula is none
    page = await press(browser, page, "Import the right rows (2)")
    assert page.heading == "Companies (15)"
    path = next(one["href"] for one in page.soup.select("a[href]") if one.get_text() == "Andere Bank")
    values = (await browser.get(str(path))).form(having="contact").values()
    assert values["contact"] == ['=HYPERLINK("https://evil.example","x")']
    assert values["market_share"] == ["2,5"]
    people = xlsx(
        [["name", "email", "party", "powers", "until"], ["X", "x@example.org", "fnv", "speak", date(2036, 5, 1)]]
    )
    assert "2036-05-01" in (await sent(browser, home, "people", people)).text


async def test_each_row_says_what_is_wrong_in_which_column(launcher: Site) -> None:
    browser = await me(launcher)
    home = await begun(browser)
    rows = (
        "id,name,email,party,powers,until\n"
        "a,Ann,nobody,fnv,speak,\n"
        "b,Bob,bob@example.org,nvb,shout,\n"
        "c,Cas,cas@example.org,unknown,speak,\n"
        "d,Dot,dot@example.org,fnv,speak,2020-01-01\n"
        "els-haan,Els,els@example.org,,,\n"
        "e,Eef,eef@example.org,fnv,speak,\n"
        "e,Eva,eva@example.org,fnv,speak,\n"
        f"f,Fay,{ME.upper()},fnv,speak,\n"
        "g,Gus,gus@example.org,fnv,speak,\n"
        "h,Hal,Gus@Example.org,fnv,speak,\n"
    )
    page = await sent(browser, home, "people", rows)
    assert "Right rows: 1. Wrong rows: 9." in page.text
    table = {
        str(row.th and row.th.get_text()).strip(): [cell.get_text(" ") for cell in row.find_all("td")]
        for row in page.soup.select("main tbody tr")
    }
    assert "an e-mail address" in table["2 (wrong)"][2]
    assert "one of: speak, commit, sign" in table["3 (wrong)"][6]
    assert "'unknown' is no party here" in table["4 (wrong)"][4]
    assert "already ended" in table["5 (wrong)"][8]
    assert "already used" in table["6 (wrong)"][0]  # somebody has this id
    assert "already used" in table["8 (wrong)"][0]  # a row above has it
    assert "is also the address of" in table["9 (wrong)"][2]  # somebody has this address
    assert "is also the address of Hal" in table["10 (wrong)"][2]
    assert "is also the address of Gus" in table["11 (wrong)"][2]
    page = await press(browser, page, "Import the right rows (1)")
    assert page.heading == "People (26)"
    assert page.problems == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("naam;adres\nAnn;x\n", "unknown column 'adres'; missing: email"),
        ("name;name;email\na;b;c\n", "twice: name"),
        ("name;email\n", "no rows below"),
        ("<script>;email\na;b\n", "unknown column '<script>'"),
    ],
)
async def test_wrong_columns_are_named_with_the_expected_ones(launcher: Site, text: str, said: str) -> None:
    browser = await me(launcher)
    home = await begun(browser)
    page = await sent(browser, home, "people", text, status=422)
    assert said in page.problems[0]
    assert page.form(having="pasted").values()["pasted"][0].strip() == text.strip()
    assert "<script>;" not in page.html
    assert page.soup.select_one("#pasted-error") is not None


async def test_a_list_is_replaced_and_put_back(launcher: Site) -> None:
    browser = await me(launcher)
    home = await begun(browser)
    page = await sent(browser, home, "parties", "naam\tsoort\tgeleding\nEen\tunion\tunions\n", how="replace")
    assert "replace the whole list" in page.text
    page = await press(browser, page, "Import the right rows (1)")
    assert page.heading == "Parties (1)"
    assert "at least 2" in page.text
    page = await press(browser, page, "Put back : FNV")
    assert page.heading == "Parties (2)"


async def test_clauses_are_pasted_several_at_once(launcher: Site) -> None:
    browser = await me(launcher)
    home = await begun(browser)
    rows = (
        "number,theme,title_nl,title_en,text_nl,text_en,norms\n"
        '20,remedy,Kop,Heading,"Een tekst, met een komma\nen een regel","A text",ungp-3\n'
        "21,nothing,Kop,Heading,x,y,\n1,remedy,Kop,Heading,x,y,\n"
    )
    page = await sent(browser, home, "clauses", rows)
    assert "Right rows: 1. Wrong rows: 2." in page.text
    page = await press(browser, page, "Import the right rows (1)")
    assert page.heading == "Clauses (9)"


async def test_a_list_is_taken_from_the_sample(launcher: Site) -> None:
    browser = await me(launcher)
    home = await begun(browser, what="empty")
    page = await press(browser, await browser.get(f"{home}/clauses"), "Take from the sample")
    assert page.heading == "Clauses (8)"
    assert page.problems == []


async def test_rows_are_forgotten(launcher: Site) -> None:
    browser = await me(launcher)
    home = await begun(browser)
    page = await sent(browser, home, "people", PEOPLE + "A;a@example.org;;;\n")
    page = await press(browser, page, "Forget")
    assert "Not imported yet" not in page.text


async def test_the_template_can_be_filled_in_and_sent_back(launcher: Site) -> None:
    browser = await me(launcher)
    home = await begun(browser)
    for shelf in ("parties", "people", "participants", "clauses"):
        answer = await browser.http.get(f"/launch/templates/{shelf}.csv")
        assert answer.headers["content-disposition"] == f'attachment; filename="polder-{shelf}.csv"'
        page = await sent(browser, home, shelf, answer.content)
        assert "Right rows" in page.text  # the columns are known
    assert (await browser.http.get("/launch/templates/secrets.csv")).status_code == 404


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (lambda: bomb(200 * 1024 * 1024), "zip bomb"),
        (lambda: bomb(20 * 1024 * 1024), "zip bomb"),
        (lambda: b"PK\x03\x04 no workbook", "damaged"),
        (lambda: b"x" * (MOST_BYTES + 1), "larger than 5 MB"),
        (lambda: b"\xd0\xcf\x11\xe0\0\0\0", "no spreadsheet that we read"),
        (lambda: b"name;email\n" + b"a;b@example.org\n" * 2500, "longer than 2000 rows"),
        (lambda: b"a;" * 60 + b"a\n" + b"1;" * 60 + b"1\n", "wider than"),
        (lambda: b"name\n" + b"x" * 9000 + b"\n", "too long in a cell"),
    ],
)
async def test_a_hostile_file_is_refused_at_its_field(launcher: Site, made: Callable[[], bytes], said: str) -> None:
    browser = await me(launcher)
    home = await begun(browser)
    page = await sent(browser, home, "people", made(), status=422)
    assert said in page.problems[0]
    assert page.soup.select_one("#file-error") is not None


async def test_two_thousand_rows_that_are_all_wrong_are_shown_in_pages(launcher: Site) -> None:
    browser = await me(launcher)
    home = await begun(browser)
    rows = PEOPLE + "".join(f"P{i};nobody;nowhere;shout;never\n" for i in range(1900))
    page = await sent(browser, home, "people", rows)
    assert "Right rows: 0. Wrong rows: 1900." in page.text
    assert len(page.html) < 100_000
    assert "Import the" not in page.text


async def test_entities_and_lies_about_size_are_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(xlsx([["name"]]))) as was, zipfile.ZipFile(out, "w") as now:
        for one in was.infolist():
            data = was.read(one)
            if "sheet1" in one.filename:
                data = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]>' + data
            now.writestr(one.filename, data)
    with pytest.raises(Refusal, match="DOCTYPE"):
        read_sheet(out.getvalue())


async def test_rows_are_read_as_people_paste_them() -> None:
    assert read_pasted("a\tb\n1\t2\n") == [["a", "b"], ["1", "2"]]
    assert read_pasted("a;b\n\n 1 ; 2,5 \n") == [["a", "b"], ["1", "2,5"]]
    assert read_sheet("naam;x\nZoë;1\n".encode("cp1252")) == [["naam", "x"], ["Zoë", "1"]]
    assert read_sheet(xlsx([["a", None], [1.0, True], [None, None]])) == [["a"], ["1", "True"]]
