"""Checks `excluded`, `step-free` and `weather`: each place suits the party, and the sky above it."""

from collections.abc import Iterator

from shared.schedules.planning.checker.distance import same_spot
from shared.schedules.planning.checker.facts import DayFacts, Entry, Facts, is_lodging, minutes_of
from shared.schedules.planning.checker.movement import Step, steps
from shared.schedules.planning.document import BadSlot, Finding


def excluded(facts: Facts) -> Iterator[Finding]:
    """Nothing strenuous for `caution` or `limited`, no category the request ruled out."""
    ruled_out = {name.strip().casefold() for name in facts.plan.request.excluded_categories}
    for day in facts.days:
        for entry in day.entries:
            place = entry.item.place
            if place is None:
                continue
            if place.strenuous and facts.limits.frail:
                message = f"{entry.label} is strenuous, too much for a party of level {facts.limits.level}."
                yield Finding(where=entry.where, message=message)
            elif place.category.strip().casefold() in ruled_out:
                message = f"{entry.label} is of category {place.category}, which the request rules out."
                yield Finding(where=entry.where, message=message)


def step_free(facts: Facts) -> Iterator[Finding]:
    """Only step-free places for a `limited` party; unknown is not yes. The lodging is exempt."""
    if not facts.limits.limited:
        return
    for day in facts.days:
        for entry in day.entries:
            place = entry.item.place
            if place is not None and place.step_free != "yes" and not is_lodging(place, day.day):
                known = "not step-free" if place.step_free == "no" else "not known to be step-free"
                yield Finding(where=entry.where, message=f"{entry.label} is {known}.")


def weather(facts: Facts) -> Iterator[Finding]:
    """No outdoor visit, meal or rest in a bad slot without a warning (product rules, weather).

    A place not known to be indoors counts as outdoors, and so does a rest at no place but at the lodging.
    """
    for day in facts.days:
        slots = day.day.weather.bad_slots if day.day.weather else []
        for step in steps(day):
            slot = next((slot for slot in slots if _overlaps(step.entry, slot)), None)
            if slot is not None and _is_outdoors(step, day) and not _is_warned(step.entry):
                bad = f"{slot.reason}, {slot.from_} to {slot.to}"
                message = f"{step.entry.label} is outdoors in bad weather ({bad}), without a warning."
                yield Finding(where=step.entry.where, message=message)


def _overlaps(entry: Entry, slot: BadSlot) -> bool:
    return entry.start < minutes_of(slot.to) and minutes_of(slot.from_) < entry.end


def _is_outdoors(step: Step, day: DayFacts) -> bool:
    place = step.entry.item.place
    if not step.entry.is_stay or (place is not None and is_lodging(place, day.day)):
        return False
    return not place.indoor if place is not None else not _at_lodging(step, day)


def _at_lodging(step: Step, day: DayFacts) -> bool:
    lodgings = [node.point for node in (day.day.start, day.day.end) if node.kind == "lodging"]
    return step.here is not None and any(same_spot(step.here, point) for point in lodgings)


def _is_warned(entry: Entry) -> bool:
    return any(text.strip() for text in entry.item.warnings or [])
