"""The check of a PDF or dossier by program: what it proves and what it does not, in words."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Query, UploadFile
from pydantic import BaseModel

from activities.providing import seal_of
from acts import verifying
from acts.verifying import Kind, Outcome, Verified
from models.base import Sha256
from web.api import shapes as s
from web.api.auth import Reading
from web.limiting import CHECKED, slowly

router = APIRouter()


class FindingShape(BaseModel):
    """One thing that is proven, wrong, or cannot be known from the file."""

    kind: Kind
    words: s.Text


class VerifiedShape(BaseModel):
    """What a file proves; `known` are the public documents that it is to the letter."""

    outcome: Outcome
    sha256: Sha256
    dossier: bool
    known: list[str]
    findings: list[FindingShape]

    @classmethod
    def of(cls, found: Verified) -> "VerifiedShape":
        """Say it."""
        return cls(
            outcome=found.outcome, sha256=found.sha256, dossier=found.dossier,
            known=[row.slug for _, row in found.known],
            findings=[
                FindingShape(kind=one.kind, words=s.Text(nl=one.words.nl, en=one.words.en)) for one in found.findings
            ],
        )  # fmt: skip


@router.post("/verify", tags=["record"])
async def verify(
    caller: Reading, document: UploadFile, head: Annotated[Sha256 | None, Query()] = None
) -> VerifiedShape:
    """Say what a covenant PDF or a dossier proves and what it does not; `head` is one that you noted elsewhere."""
    await slowly(caller, "verify", caller.me, CHECKED)
    seal = await asyncio.to_thread(seal_of, caller.site.settings)
    return VerifiedShape.of(await verifying.verify(caller.site.db, seal, await document.read(), head))
