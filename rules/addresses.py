"""An e-mail address belongs to one person of a covenant: who signs in with one would else answer for another."""

from collections.abc import Iterator
from typing import NamedTuple

from models.covenant import CovenantFile


class Shared(NamedTuple):
    """An address of more than one person: where it is in the file, what is wrong, and what would be accepted."""

    path: str
    nl: str
    en: str
    wanted_nl: str
    wanted_en: str


def shared(covenant: CovenantFile) -> Iterator[Shared]:
    """Find the addresses that more than one person has, at each of those people."""
    held = [(f"people.{i}.email", one.email, one.name) for i, one in enumerate(covenant.people)]
    held += [(f"participants.{i}.email", one.email, one.contact) for i, one in enumerate(covenant.participants)]
    held = [(path, email, name) for path, email, name in held if email]  # while it is typed it may be missing
    holders: dict[str, list[tuple[str, str]]] = {}
    for path, email, name in held:
        holders.setdefault(email.lower(), []).append((path, name))
    for path, email, _ in held:
        for other in [name for at, name in holders[email.lower()][:2] if at != path][:1]:
            yield Shared(
                path,
                f"'{email}' is ook het adres van {other or 'iemand anders'}",
                f"'{email}' is also the address of {other or 'somebody else'}",
                "voor ieder een eigen e-mailadres; wie een rol heeft én bij een partij hoort is één persoon, met "
                "roles en party",
                "an e-mail address of their own for each; who holds an office and belongs to a party is one person, "
                "with roles and party",
            )
