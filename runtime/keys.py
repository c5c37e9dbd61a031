"""Secrets that are made once in the state folder when no setting gives them."""

import secrets
from pathlib import Path


def kept_secret(folder: Path, name: str, given: str = "") -> bytes:
    """Return a secret: the one that was given, else the one the folder holds, made when it is not there."""
    if given:
        return given.encode()
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("xb") as file:
            path.chmod(0o600)
            file.write(secrets.token_bytes(32))
    except FileExistsError:
        pass
    return path.read_bytes()
