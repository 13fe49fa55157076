"""The sentences of a plan: why each stay is there, from facts only, in plain English."""

from datetime import date

from shared.schedules.planning.brief import Brief, Candidate
from shared.schedules.planning.document import Member

NUMBERS = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
LATEST = 29 * 60 + 59
"""The last minute a day of the plan document can show, counted from its midnight."""


class TooLate(ValueError):
    """A day would end later than a plan can show; the message is for the traveller."""


def clock_text(minutes: int) -> str:
    """`HH:MM`, running past 24:00."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def minutes_of(text: str) -> int:
    """Minutes since midnight of an `HH:MM` text."""
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)


def too_late(day: date, label: str, minutes: int) -> str:
    """Why there is no plan: a journey that does not fit behind what comes before it."""
    return (
        f"The journey of {minutes // 60} h {minutes % 60:02d} min to {label} on {day:%A, %-d %B} would end"
        " after six in the morning of the next day. Add a night before it, or leave out a stop on the way."
    )


def why_visit(candidate: Candidate, brief: Brief, bad_reason: str | None) -> str:
    """One sentence from the party's wishes, the votes and the weather."""
    facts = []
    if any(place == candidate.id for _, place in brief.must_see):
        facts.append("you asked for it")
    liked = _liked(candidate.category, brief.party)
    if liked:
        facts.append(liked)
    facts += _rating(candidate)
    if bad_reason is not None and candidate.indoor is True:
        facts.append(f"indoors during {bad_reason}")
    if any(member.health == "limited" for member in brief.party) and candidate.step_free == "yes":
        facts.append("step-free")
    return _sentence(facts or [f"a {candidate.category} stop close to the rest of the day"])


def why_meal(candidate: Candidate, meal: str, walk_minutes: int | None) -> str:
    """One sentence: how near, how well rated, and that it is open."""
    facts = [f"open for the whole {meal}"]
    if walk_minutes:
        facts.append(f"{walk_minutes} min on foot from the stop before")
    return _sentence(facts + _rating(candidate))


def why_coffee(candidate: Candidate, walk_minutes: int | None) -> str:
    """One sentence about a rest at a café."""
    near = f" {walk_minutes} min away" if walk_minutes else ""
    return _sentence([f"a sit-down break at a café{near}", *_rating(candidate)])


def why_bench(name: str) -> str:
    """One sentence about a rest where the party already is."""
    return f"A sit-down break at {name} before going on."


def weather_warning(reason: str) -> str:
    return f"Outdoors during {reason}: dress for it, or swap it on the day."


def _liked(category: str, party: tuple[Member, ...]) -> str | None:
    count = sum(category in member.preferences for member in party)
    if not count:
        return None
    if len(party) == 1:
        return f"matches your wish for {category}"
    who = "all of you" if count == len(party) else f"{NUMBERS[count]} of you"
    return f"matches the wish for {category} of {who}"


def _rating(candidate: Candidate) -> list[str]:
    if candidate.rating is None or not candidate.ratings:
        return []
    return [f"rated {candidate.rating:.1f} by {candidate.ratings:,} visitors"]


def _sentence(facts: list[str]) -> str:
    text = "; ".join(facts)
    return f"{text[0].upper()}{text[1:]}."
