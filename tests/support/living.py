"""A site that is really served."""

from dataclasses import dataclass

from web.site import Site


@dataclass
class Live:
    """The served site, and where."""

    site: Site
    base: str
