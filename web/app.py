"""The site: pages for facilitators, parties, operators and the public, and the JSON API, over one application."""

import re

from fastapi import FastAPI
from fastapi.responses import RedirectResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.middleware.sessions import SessionMiddleware

from models.errors import InvalidFile
from runtime.keys import kept_secret
from web import problems
from web.guarding import Guard, Heads
from web.rendering import TEMPLATES
from web.routes import ROUTERS
from web.site import Site

VENDOR = {
    "govuk": "govuk-frontend/dist/govuk",
    "htmx": "htmx.org/dist",
    "font": "@fontsource-variable/source-sans-3/files",
}
"""What of npm's folder is served, by its address."""


def make_app(site: Site) -> FastAPI:
    """Make the application over its resources.

    Raises:
        InvalidFile: npm's packages for the pages are not installed.
    """
    app = FastAPI(title="Polder", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.site = site
    key = kept_secret(site.settings.state, "site-secret", site.settings.code_secret.get_secret_value())
    app.add_middleware(  # only for the way to an OpenID provider and back
        SessionMiddleware, secret_key=key.hex(), session_cookie="signing-in", max_age=900, path="/signin",
        same_site="lax", https_only=site.secure,
    )  # fmt: skip
    app.add_middleware(Guard, site=site)
    app.add_middleware(Heads)
    problems.add_handlers(app)
    for name, folder in VENDOR.items():
        path = site.settings.assets / folder
        if not path.is_dir():
            raise InvalidFile(
                "assets_missing",
                f"De map {path} ontbreekt. Verwacht: `npm ci` in de projectmap (make setup doet het), of "
                "POLDER_ASSETS.",
                f"The folder {path} is missing. Expected: `npm ci` in the project (make setup does it), or "
                "POLDER_ASSETS.",
                {"assets": str(path)},
            )
        if name == "govuk":
            _serve_without_typeface(app, (path / "govuk-frontend.min.css").read_text(encoding="utf-8"))
        app.mount(f"/vendor/{name}", StaticFiles(directory=path), name=f"vendor-{name}")
    app.mount("/static", StaticFiles(directory=TEMPLATES.parent.parent / "web" / "static"), name="static")
    for router in ROUTERS:
        app.include_router(router)

    @app.get("/favicon.ico", include_in_schema=False)
    async def favicon() -> Response:
        return RedirectResponse("/static/polder.svg")

    return app


def _serve_without_typeface(app: FastAPI, sheet: str) -> None:
    """Serve the shapes without their typeface, which is licensed for gov.uk alone (stack.md section 6).

    Ours replaces it, but a browser that has only one of the two sheets yet would ask for theirs.
    """
    ours = re.sub(r"@font-face\{[^}]*\}", "", sheet)

    @app.get("/vendor/govuk/govuk-frontend.min.css", include_in_schema=False)
    async def shapes() -> Response:
        return Response(ours, media_type="text/css")
