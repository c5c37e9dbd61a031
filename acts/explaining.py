"""What a value should have been, in words: pydantic's errors as a person can use them, on pages and command line."""

from pydantic_core import ErrorDetails

from models.base import Words
from models.convening import LINK

EXPECTED = {
    "missing": ("vul dit in", "fill this in"),
    "greater_than_equal": ("minstens {ge}", "at least {ge}"),
    "less_than_equal": ("hoogstens {le}", "at most {le}"),
    "int_parsing": ("een geheel getal", "a whole number"),
    "float_parsing": ("een getal", "a number"),
    "bool_parsing": ("true of false", "true or false"),
    "date_from_datetime_parsing": ("een datum", "a date"),
    "date_parsing": ("een datum", "a date"),
    "string_too_short": ("minstens {min_length} tekens", "at least {min_length} characters"),
    "string_too_long": ("hoogstens {max_length} tekens", "at most {max_length} characters"),
    "too_short": ("minstens {min_length} in de lijst", "at least {min_length} in the list"),
    "too_long": ("hoogstens {max_length} in de lijst", "at most {max_length} in the list"),
    "string_pattern_mismatch": ("iets als {pattern}", "something like {pattern}"),
    "enum": ("{expected}", "{expected}"),
    "literal_error": ("{expected}", "{expected}"),
    "value_error": ("{error}", "{error}"),
    "unfit_text": ("{nl}", "{en}"),
    "bad_edit": ("{nl}", "{en}"),
}
"""What a value should have been, by the kind of error, in Dutch and English."""


PATTERNS = {
    LINK: ("een adres als https://voorbeeld.nl/overleg", "an address such as https://example.org/meeting"),
}
"""What a text must look like, in words; the other patterns are short enough to show."""


def expected(one: ErrorDetails) -> Words:
    """Return what a value should have been, in Dutch and English."""
    nl, en = PATTERNS.get((one.get("ctx") or {}).get("pattern", ""), EXPECTED.get(one["type"], ("{msg}", "{msg}")))
    values = {"msg": one["msg"], "error": one["msg"], **(one.get("ctx") or {})}  # an address has a reason, no error
    values = {name: _shown(str(value)) for name, value in values.items()}
    return Words(nl=nl.format(**values).replace(" or ", " of "), en=en.format(**values))


def _shown(value: str) -> str:
    """Echo a value that may hold anything: what no text of ours holds is shown as what it is not."""
    return "".join(one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in value).replace("'", "")[:1000]
