"""Steps of the launch wizard, as a person without JavaScript takes them."""

from browsing import Browser, Form, Shown

from web.site import Site

ME = "fac@example.org"


async def me(site: Site, email: str = ME) -> Browser:
    return await Browser(site, language="en").become(email)


async def begun(browser: Browser, sector: str = "banking", what: str = "sample") -> str:
    page = await browser.send((await browser.get("/launch")).form("/launch"), {"sector": sector, "with": what})
    return page.url.removeprefix(browser.site.settings.public_url)


async def press(browser: Browser, page: Shown, button: str, status: int = 200) -> Shown:
    """Press the button that says this."""
    found = [one for one in page.soup.find_all("button") if " ".join(one.get_text(" ").split()) == button]
    assert len(found) == 1, f"{len(found)} buttons {button}"
    parent = found[0].find_parent("form")
    assert parent is not None
    values = Form(parent, page.url).values()
    if found[0].get("name"):
        values[str(found[0]["name"])] = [str(found[0]["value"])]
    answer = browser.shown(await browser.http.post(Form(parent, page.url).action, data=values))
    assert answer.status == status, f"{answer.status} {answer.heading} {answer.problems}"
    return answer


async def started(browser: Browser, home: str) -> tuple[int, str]:
    """Press start, without following to the covenant's page."""
    answer = await browser.http.post(f"{home}/start", follow_redirects=False)
    return answer.status_code, answer.headers.get("location", "")


async def rename(browser: Browser, home: str, slug: str, status: int = 200) -> Shown:
    return await browser.send(
        (await browser.get(f"{home}/covenant")).form(having="slug"), {"slug": slug}, status=status
    )
