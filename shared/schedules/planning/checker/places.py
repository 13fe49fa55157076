"""Checks `unique`, `grounded` and `region`: each place is real, of its day's destination, and comes once."""

from collections.abc import Iterator, Mapping
from datetime import timedelta

from shared.schedules.planning.brief import Candidate
from shared.schedules.planning.checker.distance import crow_metres, metres_text, on_earth
from shared.schedules.planning.checker.facts import DayFacts, Entry, Facts, clock_text, is_lodging, minutes_of
from shared.schedules.planning.document import Finding, Place, Plan

_REGION_METRES = 60_000
_SAME_PLACE_METRES = 100
_LAST_WRITTEN_MINUTE = 29 * 60 + 59
_CLOCK_SKEW = timedelta(minutes=1)


def unique(facts: Facts) -> Iterator[Finding]:
    """No place twice in a trip among visits and meals; rests and the lodging are exempt."""
    seen: dict[str, str] = {}
    for day in facts.days:
        for entry in day.entries:
            place = entry.item.place
            if entry.item.kind not in ("visit", "meal") or place is None or is_lodging(place, day.day):
                continue
            if place.id in seen:
                message = f"{entry.label} is in the plan already, at {seen[place.id]}."
                yield Finding(where=entry.where, message=message)
            seen.setdefault(place.id, entry.where)


def region(facts: Facts) -> Iterator[Finding]:
    """Every place lies within 60 km of a node or listed stop of its day (product rules, day)."""
    for day in facts.days:
        centres = [day.day.start.point, day.day.end.point, *(stop.point for stop in day.day.stops)]
        for entry in day.entries:
            if entry.item.place is None:
                continue
            away = min(crow_metres(entry.item.place.point, centre) for centre in centres)
            if away > _REGION_METRES:
                limit = metres_text(_REGION_METRES)
                message = f"{entry.label} is {metres_text(away)} from the day's destination, over {limit}."
                yield Finding(where=entry.where, message=message)


def grounded(facts: Facts) -> Iterator[Finding]:
    """Every place has coordinates, a source and the time it was fetched, and is a stored candidate.

    Coordinates, hours, accessibility and effort must be the stored ones, when the candidates are given. The
    lodging, which the traveller names, is in no store. Hours are not compared on dates with several cities,
    whose times may be written in another zone than the place's.
    """
    for day in facts.days:
        for entry in day.entries:
            fault = next(_ground_faults(entry, day, facts), None)
            if fault:
                yield Finding(where=entry.where, message=fault)


def _ground_faults(entry: Entry, day: DayFacts, facts: Facts) -> Iterator[str]:
    place = entry.item.place
    if place is None:
        if entry.item.kind in ("visit", "meal"):
            yield f"The {entry.item.kind} names no place."
        return
    yield from _source_faults(place, facts.plan)
    if facts.candidates is not None and not is_lodging(place, day.day):
        yield from _candidate_faults(place, day, facts.candidates)


def _source_faults(place: Place, plan: Plan) -> Iterator[str]:
    if not place.id.strip() or not place.name.strip():
        yield "The place has no id or no name."
    if not on_earth(place.point):
        yield f"“{place.name}” has no coordinates on earth."
    if not place.source.strip():
        yield f"“{place.name}” has no source."
    made, fetched = plan.generated_at, place.fetched_at
    if fetched.utcoffset() is None:
        yield f"fetchedAt of “{place.name}” has no offset from UTC."
    elif made.utcoffset() is not None and fetched - made > _CLOCK_SKEW:
        yield f"“{place.name}” was fetched at {fetched.isoformat()}, after the plan was made."


def _candidate_faults(place: Place, day: DayFacts, candidates: Mapping[str, Candidate]) -> Iterator[str]:
    candidate = candidates.get(place.id)
    if candidate is None:
        yield f"“{place.name}” is not among the stored candidates."
        return
    away = crow_metres(place.point, candidate.point)
    if away > _SAME_PLACE_METRES:
        yield f"“{place.name}” is {metres_text(away)} from where it is stored."
    if (place.step_free, place.strenuous) != (candidate.step_free, candidate.strenuous):
        yield f"“{place.name}” is stored with another accessibility or effort."
    one_zone = day.role is not None and len(set(day.role.cities)) == 1
    if one_zone and _planned_hours(place) != _stored_hours(candidate, day):
        yield f"“{place.name}” is stored with other hours for {day.day.date}: {_hours_text(candidate, day)}."


def _planned_hours(place: Place) -> list[tuple[int, int]] | None:
    if place.hours_today is None:
        return None
    return sorted((minutes_of(opening), minutes_of(closing)) for opening, closing in place.hours_today)


def _stored_hours(candidate: Candidate, day: DayFacts) -> list[tuple[int, int]] | None:
    if candidate.hours is None:
        return None
    intervals = candidate.hours.get(day.day.date, ())
    return sorted((opening, min(closing, _LAST_WRITTEN_MINUTE)) for opening, closing in intervals)


def _hours_text(candidate: Candidate, day: DayFacts) -> str:
    stored = _stored_hours(candidate, day)
    if stored is None:
        return "unknown"
    return (
        ", ".join(f"{clock_text(opening)} to {clock_text(closing)}" for opening, closing in stored)
        or "closed"
    )
