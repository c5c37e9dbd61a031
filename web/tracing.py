"""Where a signature came from: kept under a salt, named in the record by its hash."""

import hashlib
import hmac

from fastapi import Request

from models import contracts as c
from models.signing import SignatureAnswer, Trace
from rules.chain import canonical
from runtime.keys import kept_secret
from store import contents
from store.evidence import TRACE
from web.site import Site


async def traced(site: Site, request: Request, content: c.Content, act: str) -> c.Content:
    """Return a signature with the hash of where it came from; anything else as it is.

    The salt follows from the act and a secret of this installation: the same form sent twice is the same signature.
    """
    if not isinstance(content, SignatureAnswer):
        return content
    agent = "".join(one for one in request.headers.get("user-agent", "") if one.isprintable())
    trace = Trace(address=(request.client.host if request.client else "")[:100], agent=agent[:300])
    key = kept_secret(site.settings.state, "site-secret", site.settings.code_secret.get_secret_value())
    salt = hmac.new(key, f"trace\n{act}".encode(), hashlib.sha256).hexdigest()
    digest = await contents.put(site.db, canonical({**trace.model_dump(), "salt": salt}), TRACE)
    return content.model_copy(update={"trace_sha": digest})
