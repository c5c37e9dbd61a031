"""What the wizard says: in one language, with the name of the field, and as one says it to a person."""

import re

import pytest
from browsing import Shown
from launching import begun, me

from web.launching.state import SHELVES
from web.site import Site

pytestmark = pytest.mark.asyncio(loop_scope="session")
NAMES = {"Nederlands", "English", "facilitator", "Amnesty International", "PAX", "Oxfam Novib", "FNV", "CNV"}
"""What is the same in both languages."""


def offered(page: Shown) -> dict[tuple[str, str], str]:
    """What is offered to choose from, by field and value."""
    found = {}
    for one in page.soup.select("main select"):
        for option in one.find_all("option"):
            found[str(one["name"]), str(option["value"])] = option.get_text(" ").strip()
    for one in page.soup.select("main input[type=checkbox], main input[type=radio]"):
        said = page.soup.select_one(f"label[for='{one['id']}']")
        assert said is not None
        found[str(one["name"]), str(one["value"])] = said.get_text(" ").strip()
    return found


@pytest.mark.parametrize("shelf", ["steps", "clauses", "people", "parties"])
async def test_what_is_offered_is_in_the_language_of_the_page(launcher: Site, shelf: str) -> None:
    browser = await me(launcher)
    home = await begun(browser)
    links = [str(one["href"]) for one in (await browser.get(f"{home}/{shelf}")).soup.select("main a[href]")]
    path = next(one for one in links if re.fullmatch(rf"{home}/{shelf}/[0-9a-f]+", one))
    dutch = offered(await browser.get(f"{path}?lang=nl"))
    english = offered(await browser.get(f"{path}?lang=en"))  # right after the other language
    assert english == offered(await browser.get(f"{path}?lang=en"))  # and after its own
    assert english.keys() == dutch.keys()
    assert {said for key, said in english.items() if said == dutch[key]} <= NAMES


@pytest.mark.parametrize("shelf", list(SHELVES))
async def test_saving_an_empty_form_asks_for_each_field_by_name(launcher: Site, shelf: str) -> None:
    browser = await me(launcher)
    home = await begun(browser, what="empty")
    form = (await browser.get(f"{home}/{shelf}/new")).form(having="id")
    empty: dict[str, str | list[str]] = dict.fromkeys(form.values(), "")
    empty |= {name: [] for name in {"respondents"} & form.names}  # what is not ticked is not sent
    page = await browser.send(form, empty, status=422)
    assert page.problems
    assert all(re.match(r"(Give|Choose) .+\.$", one) for one in page.problems), page.problems
    assert len(set(page.problems)) == len(page.problems)
    dutch = await browser.get(f"{form.action}?lang=nl&check=1")
    assert len(dutch.problems) == len(page.problems)
    assert all(re.match(r"(Geef|Kies) .+\.$", one) for one in dutch.problems), dutch.problems


async def test_what_does_not_fit_is_said_by_the_name_of_its_field_without_echo(launcher: Site) -> None:
    browser = await me(launcher)
    home = await begun(browser)
    form = (await browser.get(f"{home}/covenant")).form(having="slug")
    page = await browser.send(form, {"slug": "Not a slug", "start": "someday", "title.nl": ""}, status=422)
    assert page.problems == [
        "Short name: lower-case letters, digits and hyphens, at most 63 characters.",
        "Give the title in Dutch.",
        "First day: a date such as 2027-01-31.",
    ]
    field = page.soup.select_one("#slug-error")
    assert field is not None
    assert "Expected: lower-case letters, digits and hyphens" in field.get_text(" ")
    missing = (await browser.get(f"{home}/preview")).text
    assert "Name, start and facts : First day: a date such as 2027-01-31." in missing
    assert "someday" not in missing


async def test_a_rung_is_called_by_its_name_and_a_list_by_its_page(launcher: Site) -> None:
    browser = await me(launcher)
    home = await begun(browser, what="empty")
    form = (await browser.get(f"{home}/rules")).form(having="defaults.reminders")
    page = await browser.send(form, {"defaults.ladder.call": "soon"}, status=422)
    assert page.problems[0] == "The secretariat calls: a whole number."
    assert "Parties : Expected: at least 2 in the list." in (await browser.get(f"{home}/preview")).text


async def test_a_fact_that_is_not_chosen_is_asked_for(launcher: Site) -> None:
    browser = await me(launcher)
    home = await begun(browser, "renewable-energy", "empty")
    page = await browser.get(f"{home}/covenant?check=1")
    assert "The agreement covers solar energy: Choose an answer." in page.problems
    field = page.soup.select_one("#facts-solar-error")
    assert field is not None
    assert "Choose an answer." in field.get_text(" ")


async def test_addresses_of_the_sample_are_counted_and_do_not_block(launcher: Site) -> None:
    browser = await me(launcher)
    home = await begun(browser)
    preview = await browser.get(f"{home}/preview")
    said = re.search(r"(\d+) addresses are still the sample's: mail to them reaches nobody", preview.text)
    assert said is not None
    assert preview.forms(f"{home}/start")
    page = await browser.get(f"{home}/addresses")
    form = page.form(f"{home}/addresses")
    name = next(one for one in form.names if form.values()[one][0].endswith("@example.org"))
    await browser.send(form, {name: "someone@polder.nl"})
    assert f"{int(said[1]) - 1} addresses are still" in (await browser.get(f"{home}/preview")).text
    assert "adressen zijn nog die van het voorbeeld" in (await browser.get(f"{home}?lang=nl")).text
