"""How a sector is called on a page: by the title of its playbook, where that is at hand."""

from functools import lru_cache

from models.base import Words
from models.errors import PolderError
from runtime.files import find_playbook, load_playbook


@lru_cache(maxsize=500)
def sector_title(sector: str) -> Words:
    """Return the title of the playbook that comes with Polder for a sector; else its short name, with spaces.

    The files change with a release only, so each is read once.
    """
    try:
        return load_playbook(find_playbook(sector)).title
    except PolderError:
        plain = sector.replace("-", " ").strip() or sector
        return Words.model_construct(nl=plain, en=plain)
