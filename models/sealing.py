"""What is signed on a PDF, by whom, and how far that is. It stays out of workflow history."""

from typing import NamedTuple

from pydantic import AwareDatetime, ConfigDict, Field

from models.base import Contract, Key, Line, Sha256, Slug, Words


class Box(Contract):
    """Where a signature is seen: the page, from 0, and the rectangle in points from the lower left corner."""

    page: int = Field(ge=0)
    left: float
    bottom: float
    right: float
    top: float


class Signatory(Contract):
    """Who signs in a field of the PDF.

    Attributes:
        id: of this one signature, the same however often it is tried.
        field: the name of the field.
        person: the name as it was typed.
        at: when the person confirmed, in the covenant's own time.
        box: where it is seen; none until the text is laid out.
    """

    id: Key
    field: Line
    party: Slug
    organisation: Words
    person: Line
    email: str = Field(max_length=320)
    at: AwareDatetime
    box: Box | None = None


class SealingOrder(Contract):
    """What is to come on a PDF: the seal, and after it the signatures of these signatories.

    Attributes:
        reason: written into the seal.
        text_sha256: of the text; written into each signature.
    """

    reason: Line
    text_sha256: Sha256
    signatories: list[Signatory] = Field(default_factory=list, max_length=300)


class Pending(Contract):
    """A signature that is prepared: what is signed is fixed, the signature itself is awaited.

    Attributes:
        chain: the certificates (DER), the signer's own first.
        attributes: what is signed (DER of the CMS signed attributes, the file's hash among them).
        digest: of the file outside the region.
        region: where in the file the signature goes.
    """

    model_config = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")

    chain: list[bytes] = Field(min_length=1, max_length=20)
    attributes: bytes
    digest: bytes
    region: tuple[int, int]


class Progress(NamedTuple):
    """How far the signing of a PDF is.

    Attributes:
        pdf: the file, with the place of the pending signature empty in it.
        signed: signatures that are on it, the seal among them.
        done: nothing is to come any more.
    """

    pdf: bytes
    signed: int = 0
    pending: Pending | None = None
    done: bool = False
