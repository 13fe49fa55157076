"""Check `clock`: local times are real instants in the right zone, also where clocks change."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from shared.schedules.planning.checker.distance import on_earth
from shared.schedules.planning.checker.facts import DayFacts, Entry, Facts
from shared.schedules.planning.document import Finding

_NOON = 12 * 60
_HALF_TURN_HOURS = 12
_DEGREES_AN_HOUR = 15
_ZONE_TOLERANCE_HOURS = 4


def clock(facts: Facts) -> Iterator[Finding]:
    """Product rules, check `clock`: instants hold across changes of clock and zone.

    Zones are known, a day is in that of its start, its local times exist, lengths hold where clocks change,
    and no day starts before the one above has ended.
    """
    if facts.plan.generated_at.utcoffset() is None:
        yield Finding(where="/generatedAt", message="generatedAt has no offset from UTC.")
    yield from _zone_findings(facts)
    ended: datetime | None = None
    for day in facts.days:
        zone = _zone(day.day.zone)
        if zone is None:
            continue
        for entry in day.entries:
            fault = next(_instant_faults(entry, day, zone), None)
            if fault:
                yield Finding(where=entry.where, message=fault)
        began = _instant(day, day.span[0], zone) if day.entries else None
        if began and ended and began < ended:
            message = f"The day starts {_minutes(began, ended)} minutes before the day before it has ended."
            yield Finding(where=day.where, message=message)
        ended = (_instant(day, day.span[1], zone) if day.entries else None) or ended


def _zone_findings(facts: Facts) -> Iterator[Finding]:
    zones: dict[str, str] = {}
    for day in facts.days:
        named = [(f"{day.where}/zone", day.day.zone, _start_city(day))]
        stops = enumerate(day.day.stops)
        named += [(f"{day.where}/stops/{index}", stop.zone, stop.name) for index, stop in stops]
        for where, zone, city in named:
            if _zone(zone) is None:
                yield Finding(where=where, message=f"{zone} is not an IANA time zone.")
            elif city is not None and zones.setdefault(city, zone) != zone:
                message = f"The zone is {zone}, times in {city} are in {zones[city]} elsewhere in the plan."
                yield Finding(where=where, message=message)
        fault = _far_zone(day)
        if fault:
            yield Finding(where=f"{day.where}/zone", message=fault)


def _start_city(day: DayFacts) -> str | None:
    return day.role.cities[0] if day.role else None


def _far_zone(day: DayFacts) -> str | None:
    """Whether the zone cannot be that of the start node: its noon is over 4 hours off the sun's."""
    zone = _zone(day.day.zone) if on_earth(day.day.start.point) else None
    noon = _instant(day, _NOON, zone) if zone else None
    offset = noon.astimezone(zone).utcoffset() if noon else None
    if offset is None:
        return None
    sun = day.day.start.point.lng / _DEGREES_AN_HOUR
    away = abs(
        (offset.total_seconds() / 3600 - sun + _HALF_TURN_HOURS) % (2 * _HALF_TURN_HOURS) - _HALF_TURN_HOURS
    )
    if away <= _ZONE_TOLERANCE_HOURS:
        return None
    return (
        f"The zone is {day.day.zone}, but the day starts at {day.day.start.name}, {away:.0f} hours from it."
    )


def _instant_faults(entry: Entry, day: DayFacts, zone: ZoneInfo) -> Iterator[str]:
    start, end = _instant(day, entry.start, zone), _instant(day, entry.end, zone)
    if start is None or end is None:
        yield f"{entry.label} has a time that {day.day.zone} skips: {entry.times}."
        return
    real, least = _minutes(start, end), entry.item.minutes or 0
    if real != entry.end - entry.start and (real < least or not entry.is_leg):
        yield f"{entry.label} lasts {real} minutes by the clock change, not {entry.end - entry.start}."


def _minutes(start: datetime, end: datetime) -> int:
    return int((end - start) / timedelta(minutes=1))


def _instant(day: DayFacts, minutes: int, zone: ZoneInfo) -> datetime | None:
    """The instant of a local time, the first of two; None when clocks skip it or the calendar ends."""
    try:
        local = datetime.combine(day.day.date, time(), zone) + timedelta(minutes=minutes)
        instant = local.astimezone(UTC)
        return (
            instant if instant.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None) else None
        )
    except OverflowError:
        return None


@lru_cache(maxsize=256)
def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None
