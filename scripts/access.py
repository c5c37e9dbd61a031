"""Write docs/access.md from the one table of who sees and does what: `python scripts/access.py`."""

import sys
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[0] = str(ROOT)

from rules.access import DOES, SEES, Relation  # noqa: E402 after the path is set

PAGE = ROOT / "docs" / "access.md"
HEAD = """# Who sees and does what

Made by `python scripts/access.py` from [`rules/access.py:SEES`](../rules/access.py) and `DOES`; a test compares,
and another tries every cell ([ADR 0009](adr/0009-one-table-says-who-sees-and-does-what.md)). What someone is follows
from the people of each covenant: who sits at one table is nobody at another. Of tasks and delegations parties see their
own.
"""


def table(title: str, rows: Mapping[StrEnum, frozenset[Relation]]) -> str:
    """Return a table of the relations that are allowed."""
    heads = [relation.value for relation in Relation]
    lines = [
        f"## {title}",
        "",
        "| | " + " | ".join(heads) + " |",
        "|---|" + "---|" * len(heads),
        *(
            f"| {name.value} | " + " | ".join("yes" if one in allowed else "" for one in Relation) + " |"
            for name, allowed in rows.items()
        ),
    ]
    return "\n".join(lines)


def text() -> str:
    """Return the whole page."""
    return f"{HEAD}\n{table('Pages', SEES)}\n\n{table('Acts', DOES)}\n"


if __name__ == "__main__":
    PAGE.write_text(text())
