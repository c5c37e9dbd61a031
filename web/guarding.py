"""What stands before every request: security headers, and the refusal of forms that another site sent."""

from urllib.parse import parse_qs, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.status import HTTP_413_CONTENT_TOO_LARGE
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from models.enums import Language
from models.errors import Refusal
from web.problems import HEADINGS, nobody
from web.rendering import page
from web.site import Site
from web.visiting import LANGUAGE_COOKIE

SAFE = {"GET", "HEAD", "OPTIONS"}
MOST_BYTES = 30 * 1024 * 1024
"""The largest body: a document of 25 MB with its form."""

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), interest-cohort=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "x-frame-options": "DENY",
}


class Heads:
    """Answers HEAD wherever there is a page: as its GET, without what follows the headers.

    FastAPI's routes take HEAD only when it is named at each of them; link checkers and monitors ask with it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self.app(scope, receive, send)
            return

        async def answered(message: Message) -> None:
            if message["type"] == "http.response.start":
                await send(message)
                # The answer is over: a page that streams hears from the server that its reader went.
                await send({"type": "http.response.body", "body": b"", "more_body": False})

        await self.app({**scope, "method": "GET"}, receive, answered)


class Guard:
    """Refuses what comes from elsewhere, and says to browsers what a page may do."""

    def __init__(self, app: ASGIApp, site: Site) -> None:
        self.app, self.site = app, site

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        path: str = scope["path"]
        asked = parse_qs(scope["query_string"].decode("latin-1")).get("lang", [""])[0]
        language = asked if asked in set(Language) else ""

        async def answered(message: Message) -> None:
            if message["type"] == "http.response.start":
                out = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    out.setdefault(name, value)
                if self.site.secure:
                    out.setdefault("strict-transport-security", "max-age=31536000; includeSubDomains")
                static = path.startswith(("/static/", "/vendor/"))
                out.setdefault("cache-control", "public, max-age=86400" if static else "no-store")
                if language and "content-disposition" not in out:  # a file in a language chooses none
                    out.append("set-cookie", remembered(language, secure=self.site.secure))
            await send(message)

        if b"%00" in scope["query_string"] or "\0" in path:  # no text has it, and PostgreSQL cannot keep it
            wrong = Refusal(
                "bad_address", "Dit adres bevat een teken dat niet kan.", "This address has a character that cannot be."
            )
            await _refused(scope, wrong, 400)(scope, receive, answered)
            return
        if int(headers.get("content-length") or 0) > MOST_BYTES:
            wrong = Refusal("too_large", "Te groot: hoogstens 25 MB.", "Too large: 25 MB at most.")
            await _refused(scope, wrong, 413)(scope, receive, answered)
            return
        if scope["method"] not in SAFE and not self._own(headers, path):
            wrong = Refusal(
                "other_site", "Dit formulier kwam van een andere site.", "This form came from another site."
            )
            await _refused(scope, wrong, 403)(scope, receive, answered)
            return
        await self.app(scope, _counted(receive), answered)

    def _own(self, headers: Headers, path: str) -> bool:
        """Whether a form is our own: Fetch metadata first, Origin as fall-back.

        A program shows its token instead; a browser's cookie counts for nothing but reading there.
        """
        if path.startswith("/api/"):
            return True
        fetch = headers.get("sec-fetch-site")
        if fetch is not None:
            return fetch in {"same-origin", "none"}
        origin = headers.get("origin")
        if origin is None:
            return False
        return urlsplit(origin).netloc in {headers.get("host"), urlsplit(self.site.settings.public_url).netloc}


def _counted(receive: Receive) -> Receive:
    """Let no more of a body in than fits: one that is sent in pieces says no length beforehand."""
    read = 0

    async def received() -> Message:
        nonlocal read
        message = await receive()
        read += len(message.get("body", b""))
        if read > MOST_BYTES:
            raise HTTPException(HTTP_413_CONTENT_TOO_LARGE)
        return message

    return received


def _refused(scope: Scope, error: Refusal, status: int) -> Response:
    """Say what is wrong before any page or route was found: in JSON to a program."""
    if scope["path"].startswith("/api/"):
        return JSONResponse({"error": error.details()}, status)
    return page(nobody(Request(scope)), "problem.html.j2", status=status, error=error, heading=HEADINGS[error.kind])


def remembered(language: str, *, secure: bool) -> str:
    """Return the cookie that keeps the language someone chose."""
    cookie = f"{LANGUAGE_COOKIE}={language}; Path=/; Max-Age=31536000; HttpOnly; SameSite=lax"
    return cookie + ("; Secure" if secure else "")
