"""How the history tells of questions beside the plan, and of the clocks of silence procedures. Pure."""

from collections.abc import Sequence

from rules.retelling import Both, Change, Known, Make, Two, both, listed, respondent
from rules.retelling import of_kind as of
from rules.retelling import said as said_of


def asked_beside(nl: str, en: str) -> Make:
    """Tell of a question beside the plan, by its title; one taken back has its title in what was said."""

    def make(who: Both, changes: Sequence[Change], known: Known) -> Both | None:  # noqa: ARG001 one shape for all
        titles = [one["question"]["title"] for one in of(changes, "question_put")]
        titles += [one["words"] for one in of(changes, "said")]
        if not titles:
            return None
        title = said_of(titles[0])
        return both(nl.format(who=who.nl, title=title.nl), en.format(who=who.en, title=title.en))

    return make


def outcome(who: Both, changes: Sequence[Change], known: Known) -> Both | None:  # noqa: ARG001 one shape for all
    """Tell what came of a question, by its sentence."""
    found = of(changes, "question_ended")
    return said_of(found[0]["sentence"]) if found else None


def clock(who: Both, changes: Sequence[Change], known: Known) -> Both | None:  # noqa: ARG001 one shape for all
    """Tell for whom the clock of a silence procedure stands still, and for whom it runs again."""
    found = of(changes, "clock_held")
    if not found:
        return None
    told = []
    for stands in (True, False):
        whom = [respondent(str(one["task"]), known) for one in found if bool(one.get("why")) is stands]
        if whom:
            names = listed(whom)
            nl, en = (
                ("Het zwijgen telt nog niet van", "Silence does not count yet of")
                if stands
                else ("De klok loopt weer voor", "The clock runs again for")
            )
            told.append(Two(f"{nl} {names.nl}", f"{en} {names.en}"))
    return both(". ".join(one.nl for one in told), ". ".join(one.en for one in told))
