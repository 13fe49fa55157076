"""Checks `open` and `hours-known`: nothing is planned at a door that is closed or may be."""

from collections.abc import Iterator

from shared.schedules.planning.checker.facts import Entry, Facts, minutes_of
from shared.schedules.planning.document import Finding, Place


def open_hours(facts: Facts) -> Iterator[Finding]:
    """Each visit and meal, and each rest at a place with known hours, lies inside one opening interval."""
    for day in facts.days:
        for entry in day.entries:
            place = entry.item.place
            if entry.is_stay and place is not None and not _is_open(entry, place):
                yield Finding(where=entry.where, message=_closed(entry, place))


def _is_open(entry: Entry, place: Place) -> bool:
    if place.hours_today is None:
        return True
    return any(minutes_of(o) <= entry.start and entry.end <= minutes_of(c) for o, c in place.hours_today)


def _closed(entry: Entry, place: Place) -> str:
    if not place.hours_today:
        return f"{entry.label} is closed on this date, the plan is there {entry.times}."
    hours = ", ".join(f"{opening} to {closing}" for opening, closing in place.hours_today)
    return f"{entry.label} is open {hours}, the plan is there {entry.times}."


def hours_known(facts: Facts) -> Iterator[Finding]:
    """A visit or meal at a place of unknown hours is never taken as open."""
    for day in facts.days:
        for entry in day.entries:
            place = entry.item.place
            if entry.item.kind in ("visit", "meal") and place is not None and place.hours_today is None:
                yield Finding(where=entry.where, message=f"The opening hours of {entry.label} are not known.")
