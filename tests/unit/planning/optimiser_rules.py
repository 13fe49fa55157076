"""The product rules as assertions on a finished plan, for the optimiser's own tests: one line per breach."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from math import asin, cos, radians, sin, sqrt

from shared.schedules.planning.brief import Brief, Stop
from shared.schedules.planning.document import Day, Item, Place, Plan, Point

BANDS = {"limited": (2, 3), "caution": (4, 5), "good": (5, 7)}
RESTS = {"limited": 3, "caution": 2, "good": 0}
STRETCHES = {"limited": 180, "caution": 240}
TOP_KMH = {"walk": 5.0, "public": 60, "car": 120, "taxi": 60, "intercity": 320, "flight": 950}
WINDOWS = {"lunch": (690, 840, 45), "dinner": (1050, 1200, 60)}


def violations(plan: Plan, brief: Brief) -> list[str]:
    """Every breach of a rule, as `date rule: detail`."""
    found = list(_whole_trip(plan, brief))
    for index, day in enumerate(plan.days):
        where = _Day(day, brief, index)
        for rule in (
            _order,
            _chain,
            _legs,
            _stays,
            _pace,
            _rests,
            _meals,
            _window,
            _region,
            _weather,
            _parking,
        ):
            found += [f"{day.date} {rule.__name__[1:]}: {text}" for text in rule(where)]
    return found


def minute(text: str) -> int:
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)


def crow(a: Point, b: Point) -> float:
    dlat, dlng = radians(b.lat - a.lat), radians(b.lng - a.lng)
    h = sin(dlat / 2) ** 2 + cos(radians(a.lat)) * cos(radians(b.lat)) * sin(dlng / 2) ** 2
    return 2 * 6_371_000 * asin(sqrt(h))


def pace_of(brief: Brief) -> str:
    if any(m.health == "limited" for m in brief.party):
        return "limited"
    return "caution" if any(m.health == "caution" or m.age > 75 for m in brief.party) else "good"


class _Day:
    """One day with what its rules need."""

    def __init__(self, day: Day, brief: Brief, index: int) -> None:
        self.day, self.brief, self.index = day, brief, index
        self.items = day.items
        self.pace = pace_of(brief)
        self.child = any(m.age < 7 for m in brief.party)
        self.half = day.kind in ("arrival", "departure", "transfer")
        self.begin = minute(day.items[0].start) if day.items else 0
        self.finish = minute(day.items[-1].end) if day.items else 0
        self.points = {c.id: c.point for s in brief.stops for c in s.candidates}
        self.points |= {s.gateway.name: s.gateway.point for s in brief.stops}
        self.points |= {"start": day.start.point, "end": day.end.point}

    def of(self, kind: str) -> list[Item]:
        return [item for item in self.items if item.kind == kind]

    @property
    def short(self) -> bool:
        rides = sum(i.minutes or 0 for i in self.of("leg") if i.mode in ("intercity", "flight"))
        return self.half and self.finish - self.begin - rides < 240

    @property
    def stops(self) -> list[Stop]:
        nights = [s for s in self.brief.stops for _ in range(s.nights)]
        first = self.brief.stops.index(nights[self.index - 1]) if self.index else 0
        last = len(self.brief.stops) - 1
        if self.index < len(nights):
            last = self.brief.stops.index(nights[self.index])
        return list(self.brief.stops[first : last + 1])


def _whole_trip(plan: Plan, brief: Brief) -> Iterator[str]:
    nights = sum(stop.nights for stop in brief.stops)
    if [d.date for d in plan.days] != [brief.start_date + timedelta(days=i) for i in range(nights + 1)]:
        yield "dates"
    used = [i.place.id for d in plan.days for i in d.items if i.kind in ("visit", "meal") and i.place]
    yield from (f"unique: {place}" for place in {p for p in used if used.count(p) > 1})
    reported = {u.wish for u in plan.unmet}
    lost = [wish for wish, place in brief.must_see if place not in used and wish not in reported]
    yield from (f"must-see: {wish}" for wish in lost)
    if brief.budget:
        costs = [i.place.cost for d in plan.days for i in d.items if i.place and i.kind == "visit"]
        spent = sum(c.amount for c in costs if c and c.currency == brief.budget.currency)
        if spent > brief.budget.amount:
            yield f"budget: {spent}"


def _order(d: _Day) -> Iterator[str]:
    for before, after in pairwise(d.items):
        if minute(after.start) < minute(before.end):
            yield f"{before.kind} {before.end} then {after.kind} {after.start}"


def _chain(d: _Day) -> Iterator[str]:
    here = "start"
    for before, item in zip([None, *d.items], d.items, strict=False):
        if item.kind == "leg":
            if item.from_ != here:
                yield f"leg from {item.from_} but the party is at {here}"
            if before is not None and item.start != before.end and before.kind != "leg":
                yield f"leg at {item.start} after {before.end}"
            here = item.to or ""
        elif item.place and here != item.place.id:
            if crow(d.points[here], item.place.point) > 25:
                yield f"no leg from {here} to {item.place.id}"
            here = item.place.id
    if d.items and here != "end":
        yield f"the day ends at {here}"


def _legs(d: _Day) -> Iterator[str]:
    limit = {"limited": 500, "caution": 1_000, "good": 1_340}[d.pace]
    total = {"limited": 2_000, "caution": 5_000, "good": 12_000}[d.pace]
    limit, total = (min(limit, 1_000), min(total, 5_000)) if d.child else (limit, total)
    for leg in d.of("leg"):
        yield from (f"{leg.start} {leg.mode} {leg.from_}->{leg.to}: {t}" for t in _leg(d, leg, limit))
    walked = sum(leg.walk_metres or 0 for leg in d.of("leg"))
    if walked > total:
        yield f"{walked} m on foot"
    for before, after in pairwise(d.items):
        if before.mode == after.mode == "walk":
            yield f"two walks in a row at {after.start}"


def _leg(d: _Day, leg: Item, limit: int) -> Iterator[str]:
    minutes, metres, walked = leg.minutes or 0, leg.metres or 0, leg.walk_metres or 0
    straight = crow(d.points[leg.from_ or ""], d.points[leg.to or ""])
    between_cities = leg.mode in ("intercity", "flight") or (leg.mode == "car" and straight > 50_000)
    if minute(leg.end) - minute(leg.start) != minutes:
        yield "its minutes are not its times"
    if metres < int(straight) or straight / 1_000 > TOP_KMH[leg.mode or "walk"] * minutes / 60 + 0.05:
        yield "too fast"
    if walked > limit or walked / 67 > 20 or (leg.mode == "walk" and (minutes > 20 or walked != metres)):
        yield f"walks {walked} m"
    exempt = (leg.from_ == "start" and d.day.start.kind == "arrival") or (
        leg.to == "end" and d.day.end.kind == "departure"
    )
    if minutes > 60 and not exempt and not between_cities:
        yield f"{minutes} min"
    fetched = leg.mode == "car" and leg.to == "end"
    short = metres <= 500 or (straight <= 500 and not fetched)
    if leg.mode != "walk" and short and d.pace != "limited" and not between_cities:
        yield "rides what should be walked"
    if leg.mode == "car" and d.brief.transport != "car":
        yield "a car in a trip without one"
    if leg.mode in ("public", "taxi") and any(item.mode == "car" for item in d.items):
        yield "the car is left and found again"


def _stays(d: _Day) -> Iterator[str]:
    for item in d.items:
        if item.place is not None:
            yield from (f"{item.place.id} {text}" for text in _at_place(d, item, item.place))
        elif item.kind in ("visit", "meal"):
            yield f"{item.kind} without a place"


def _at_place(d: _Day, item: Item, place: Place) -> Iterator[str]:
    start, end = minute(item.start), minute(item.end)
    hours = [(minute(a), minute(b)) for a, b in place.hours_today or []]
    if not any(opens <= start and end <= closes for opens, closes in hours):
        yield f"is closed {item.start}-{item.end}: {place.hours_today}"
    if item.kind == "visit" and end - start < place.min_visit_minutes:
        yield f"only {end - start} min"
    if d.pace == "limited" and place.step_free != "yes":
        yield "is not step-free"
    if d.pace != "good" and place.strenuous:
        yield "is strenuous"
    if place.category in d.brief.excluded_categories:
        yield "is excluded"


def _pace(d: _Day) -> Iterator[str]:
    low, high = BANDS[d.pace]
    low, high = ((low + 1) // 2, (high + 1) // 2) if d.half else (low, high)
    visits = len(d.of("visit"))
    if visits > high or (visits < low and not d.short):
        yield f"{visits} places, not {low}-{high}"


def _rests(d: _Day) -> Iterator[str]:
    needed = RESTS[d.pace]
    needed = (needed + 1) // 2 if d.half else needed
    rests = d.of("rest")
    if len(rests) < needed and not d.short:
        yield f"{len(rests)} rests"
    yield from (
        f"rest of {r.start}-{r.end}" for r in rests if not 20 <= minute(r.end) - minute(r.start) <= 40
    )
    if d.pace not in STRETCHES:
        return
    since = d.begin
    for item in d.items:
        ride = item.kind == "leg" and item.mode != "walk" and (item.minutes or 0) >= 20
        if item.kind in ("rest", "meal") or ride:
            if minute(item.start) - since > STRETCHES[d.pace]:
                yield f"no rest {since}-{item.start}"
            since = minute(item.end)
    if d.finish - since > STRETCHES[d.pace]:
        yield f"no rest {since}-end"


def _meals(d: _Day) -> Iterator[str]:
    for meal, (opens, closes, shortest) in WINDOWS.items():
        eaten = [i for i in d.of("meal") if i.meal == meal]
        for item in eaten:
            if not opens <= minute(item.start) <= closes or minute(item.end) - minute(item.start) < shortest:
                yield f"{meal} {item.start}-{item.end}"
        if len(eaten) > 1:
            yield f"{meal} twice"
        needed = not d.half or min(closes, d.finish) - max(opens, d.begin) >= 60
        if needed and not eaten:
            yield f"no {meal}"


def _window(d: _Day) -> Iterator[str]:
    brief, stops, last_day = d.brief, d.stops, d.day.end.kind == "departure"
    if not d.items:
        return
    leaving, coming = d.day.kind in ("departure", "transfer"), d.day.kind in ("arrival", "transfer")
    earlier = leaving and (stops[0].check_out or brief.start_time) < brief.start_time
    if d.begin < brief.start_time and not earlier and not (last_day and brief.departure_time):
        yield f"starts {d.items[0].start}"
    if d.day.start.kind == "arrival" and brief.arrival_time and d.begin < brief.arrival_time:
        yield "starts before arrival"
    if d.finish > 21 * 60:
        yield f"ends {d.items[-1].end}"
    if last_day and brief.departure_time and d.finish > brief.departure_time - 20:
        yield "misses the departure"
    if leaving and stops[0].check_out and d.begin > stops[0].check_out:
        yield "leaves after check-out"
    if coming and stops[-1].check_in and d.finish < stops[-1].check_in:
        yield "there before check-in"


def _region(d: _Day) -> Iterator[str]:
    allowed = {c.id: s.point for s in d.stops for c in s.candidates}
    for item in d.items:
        if item.place and item.place.id not in allowed:
            yield f"{item.place.id} is of another stop"
        elif item.place and crow(item.place.point, allowed[item.place.id]) > 60_000:
            yield f"{item.place.id} is too far"


def _weather(d: _Day) -> Iterator[str]:
    for item in d.items:
        for slot in d.day.weather.bad_slots if d.day.weather else []:
            overlaps = minute(item.start) < minute(slot.to) and minute(slot.from_) < minute(item.end)
            if overlaps and item.place and item.place.indoor is not True and not item.warnings:
                yield f"{item.place.id} in bad weather without a word"


def _parking(d: _Day) -> Iterator[str]:
    if d.brief.transport != "car":
        return
    drives = [item for item in d.items if item.mode == "car"]
    if drives and drives[-1].to != "end":
        yield "the car is not at the end node in the evening"
    for item in d.items:
        away = any(i.mode in ("public", "taxi") for i in d.items)
        if (
            not away
            and (item.place or item.mode == "car")
            and (item.parking is None or not item.parking.name)
        ):
            yield f"no car park at {item.start}"
