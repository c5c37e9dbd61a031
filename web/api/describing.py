"""The description of the API: every route, what it takes, and each way in which it can be refused."""

from functools import cache
from typing import Any

from fastapi import APIRouter
from fastapi.openapi.utils import get_openapi

from web.api import (
    acts,
    amending,
    around,
    enduring,
    meeting,
    objecting,
    packaging,
    papers,
    reads,
    ruling,
    signing,
    verifying,
)
from web.api.shapes import Refused

BASE = "/api/v1"
TITLE = "Polder"
VERSION = "1"
ABOUT = (
    "The same reads and acts as the pages of Polder, in the name of the person whose token it is and never beyond "
    "what that person may do. Send `Authorization: Bearer polder_…` (make one at /account/tokens). Acts take an "
    "`Idempotency-Key`: the same key counts once. Every error has the same form: `code` is stable."
)
REFUSALS: dict[int | str, str] = {
    400: "the request cannot be read",
    401: "no token that works",
    403: "not yours, or not in the scope of the token",
    404: "not there",
    409: "it exists already, was used for something else, or has moved on",
    413: "too large",
    422: "refused by a rule, or a value is wrong",
    429: "too many calls; Retry-After says when to go on",
    503: "the database or Temporal is out of reach; nothing was lost, send it again with the same key",
}

router = APIRouter(
    prefix=BASE,
    responses={code: {"model": Refused, "description": text} for code, text in REFUSALS.items()},
)
router.include_router(reads.router)
router.include_router(acts.router)
router.include_router(around.router)
router.include_router(amending.router)
router.include_router(meeting.router)
router.include_router(papers.router)
router.include_router(ruling.router)
router.include_router(objecting.router)
router.include_router(packaging.router)
router.include_router(enduring.router)
router.include_router(signing.router)
router.include_router(verifying.router)


@cache
def description() -> dict[str, Any]:
    """Return the OpenAPI description."""
    made = get_openapi(title=TITLE, version=VERSION, description=ABOUT, routes=router.routes)
    for path in made["paths"].values():
        for operation in path.values():
            operation["security"] = [{"token": []}]
    made.setdefault("components", {})["securitySchemes"] = {
        "token": {"type": "http", "scheme": "bearer", "description": "made at /account/tokens"}
    }
    return made


def endpoints() -> list[tuple[str, str, str, str]]:
    """Return every route in a line: group, method, path, and what it does."""
    return [
        (operation["tags"][0], method.upper(), path, operation.get("description", operation["summary"]))
        for path, operations in description()["paths"].items()
        for method, operation in operations.items()
    ]
