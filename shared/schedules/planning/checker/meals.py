"""Check `meals`: lunch and dinner in their windows, long enough, and home by the end of the day."""

from collections.abc import Iterator
from dataclasses import dataclass

from shared.schedules.planning.checker.facts import DayFacts, Entry, Facts, clock_text
from shared.schedules.planning.checker.window import DAY_END
from shared.schedules.planning.document import Finding

_INSIDE_MINUTES = 60


@dataclass(frozen=True, slots=True)
class _Rule:
    """A meal starts within `first` to `last` (minutes since midnight) and lasts at least `least` minutes."""

    first: int
    last: int
    least: int


_RULES = {
    "lunch": _Rule(first=11 * 60 + 30, last=14 * 60, least=45),
    "dinner": _Rule(first=17 * 60 + 30, last=20 * 60, least=60),
}


def meals(facts: Facts) -> Iterator[Finding]:
    """Product rules, meals: both on every full day; on a half day each whose window lies at least 60 minutes
    between its first item's start and its last item's end; after dinner the end node is reached by 21:00."""
    for day in facts.days:
        found = [entry for entry in day.entries if entry.item.kind == "meal"]
        for entry in found:
            fault = _meal_fault(entry, day)
            if fault:
                yield Finding(where=entry.where, message=fault)
        had = {entry.item.meal for entry in found}
        for name, rule in _RULES.items():
            if name not in had and _is_due(rule, day):
                window = f"{clock_text(rule.first)} to {clock_text(rule.last)}"
                yield Finding(where=day.where, message=f"The day has no {name}, to start {window}.")


def _is_due(rule: _Rule, day: DayFacts) -> bool:
    start, end = day.span
    return not day.half or min(end, rule.last) - max(start, rule.first) >= _INSIDE_MINUTES


def _meal_fault(entry: Entry, day: DayFacts) -> str | None:
    name = entry.item.meal
    if name is None:
        return "The meal does not say whether it is lunch or dinner."
    rule, minutes = _RULES[name], entry.end - entry.start
    if not rule.first <= entry.start <= rule.last:
        window = f"{clock_text(rule.first)} to {clock_text(rule.last)}"
        return f"{name.capitalize()} starts at {entry.item.start}, not {window}."
    if minutes < rule.least:
        return f"{name.capitalize()} lasts {minutes} minutes, at least {rule.least} are due."
    home = entry.end + _way_after(entry, day)
    if name == "dinner" and home > DAY_END:
        return (
            f"After dinner the day's end is reached at {clock_text(home)}, later than {clock_text(DAY_END)}."
        )
    return None


def _way_after(entry: Entry, day: DayFacts) -> int:
    after = day.entries[day.entries.index(entry) + 1 :]
    return sum(other.item.minutes or 0 for other in after if other.is_leg)
