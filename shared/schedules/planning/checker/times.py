"""Checks `order` and `duration`: items follow each other in time and visits last long enough."""

from collections.abc import Iterator

from shared.schedules.planning.checker.facts import Facts, clock_text
from shared.schedules.planning.document import Finding


def order(facts: Facts) -> Iterator[Finding]:
    """No item ends before it starts, and none starts before all items above it have ended."""
    for day in facts.days:
        free_from = 0
        for entry in day.entries:
            start, end = entry.item.start, entry.item.end
            if entry.end < entry.start:
                message = f"{entry.label} ends at {end}, before it starts at {start}."
                yield Finding(where=entry.where, message=message)
            elif entry.start < free_from:
                until = clock_text(free_from)
                message = f"{entry.label} starts at {start}, while the items before it last until {until}."
                yield Finding(where=entry.where, message=message)
            free_from = max(free_from, entry.end)


def duration(facts: Facts) -> Iterator[Finding]:
    """A visit lasts at least the place's minimum, and some time at all."""
    for day in facts.days:
        for entry in day.entries:
            place = entry.item.place
            least = max(1, place.min_visit_minutes if place else 0)
            if entry.item.kind == "visit" and entry.end - entry.start < least:
                stay = entry.end - entry.start
                message = f"{entry.label} takes at least {least} minutes, the visit has {stay}."
                yield Finding(where=entry.where, message=message)
