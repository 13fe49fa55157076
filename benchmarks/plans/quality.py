"""What a plan is like, from its document alone: detours, walking, waiting, variety, and how near it is to the
best that could be. Shares nothing with the optimiser but the worth of a visit, which is the product's own.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import combinations, pairwise
from math import ceil, log

from shared.places import VISITS, metres_between
from shared.schedules.planning.brief import Brief, Candidate
from shared.schedules.planning.checker.facts import clock_text, minutes_of
from shared.schedules.planning.checker.party import limits_of
from shared.schedules.planning.document import Day, Item, Plan, Point
from shared.schedules.planning.optimiser.scoring import visit_score

WALK_METRES_PER_MINUTE = 67
"""4 km/h, for what is walked within a ride (product rules, legs)."""
BETWEEN_CITIES = frozenset({"intercity", "flight"})
LATE_SHARE = 0.2


def zigzag(day: Day) -> float | None:
    """Length of the way through the day's visits and meals over that of the shortest order; 1 is best.

    As the crow flies from the day's start to its end, opening hours ignored (Z_d, Held and Karp 1962). None
    for a day without two places to order, or with travel to another city, which would hide every detour.
    """
    stops = [item.place.point for item in day.items if item.place and item.kind in {"visit", "meal"}]
    if len(stops) <= 1 or day.kind == "transfer" or any(item.mode in BETWEEN_CITIES for item in day.items):
        return None
    start, end = day.start.point, day.end.point
    shortest = shortest_way(start, stops, end)
    gone = sum(_metres(a, b) for a, b in pairwise([start, *stops, end]))
    return gone / shortest if shortest else 1.0


def shortest_way(start: Point, stops: Sequence[Point], end: Point) -> int:
    """Metres of the shortest way from start to end through all stops; up to ten stops are quick."""
    count = len(stops)
    if not count:
        return _metres(start, end)
    apart = [[_metres(a, b) for b in stops] for a in stops]
    best = {(1 << n, n): _metres(start, stop) for n, stop in enumerate(stops)}
    for size in range(2, count + 1):
        for chosen in combinations(range(count), size):
            seen = sum(1 << n for n in chosen)
            for last in chosen:
                before = seen ^ (1 << last)
                best[seen, last] = min(
                    best[before, other] + apart[other][last] for other in chosen if other != last
                )
    everything = (1 << count) - 1
    return min(best[everything, last] + _metres(stop, end) for last, stop in enumerate(stops))


def walked(day: Day) -> tuple[float, int]:
    """Minutes and metres on foot, the walks to and from stops and car parks included."""
    minutes, metres = 0.0, 0
    for item in day.items:
        if item.kind == "leg":
            on_foot = item.walk_metres or 0
            metres += on_foot
            minutes += (item.minutes or 0) if item.mode == "walk" else on_foot / WALK_METRES_PER_MINUTE
    return minutes, metres


def waited(day: Day) -> int:
    """Minutes between the day's first item and its last in which nothing is done; free time is waiting."""
    done = [item for item in day.items if item.kind != "free"]
    return sum(max(0, minutes_of(b.start) - minutes_of(a.end)) for a, b in pairwise(done))


def diversity(plan: Plan) -> float:
    """Entropy of the categories of the visits over that of an even mix of all that the request allows.

    H(categories) / ln #categories: 0 when all visits are of one kind, 1 when every kind has the same share.
    """
    kinds = len(VISITS - set(plan.request.excluded_categories))
    counts = Counter(item.place.category for item in _visits(plan) if item.place)
    total = counts.total()
    if kinds <= 1 or not total:
        return 0.0
    return -sum(n / total * log(n / total) for n in counts.values()) / log(kinds)


def share_of_bound(plan: Plan, brief: Brief) -> float:
    """Score of the visits over a bound that no plan can pass, 0 to 1.

    UB = sum of the best scores of ever-open places, as many as the party's pace lets all days hold (Σ mx_d),
    and of each stop no more than its own days hold. Hours, travel and time are ignored.
    """
    worth = {c.id: visit_score(c, brief.party) for stop in brief.stops for c in stop.candidates}
    score = sum(worth.get(item.place.id, 0.0) for item in _visits(plan) if item.place)
    bound = _bound(plan, brief)
    return score / bound if bound else 1.0


def _bound(plan: Plan, brief: Brief) -> float:
    most = limits_of(brief.party).places[1]
    room = [most if day.kind in {"full", "single"} else ceil(most / 2) for day in plan.days]
    best: dict[str, float] = {}
    first = 0
    for stop in brief.stops:
        days = slice(first, first + stop.nights + 1)
        dates = [day.date for day in plan.days[days]]
        able = {c.id: visit_score(c, brief.party) for c in stop.candidates if _is_ever_open(c, dates)}
        top = sorted(able.items(), key=lambda one: -one[1])[: sum(room[days])]
        best |= dict(top)
        first += stop.nights
    return sum(sorted(best.values(), reverse=True)[: sum(room)])


def _is_ever_open(candidate: Candidate, dates: Sequence[date]) -> bool:
    hours = candidate.hours or {}
    return candidate.category in VISITS and any(hours.get(day) for day in dates)


def slowed(plan: Plan) -> Plan:
    """The plan on days when every way inside a city takes 20 % longer: what follows begins later if it must.

    Waiting and free time are used up first, stays keep their length. Travel between cities keeps its time.
    """
    return plan.model_copy(update={"days": [_slowed(day) for day in plan.days]})


def _slowed(day: Day) -> Day:
    items: list[Item] = []
    free_from = 0
    for item in day.items:
        if item.kind == "free":
            continue
        start, end = minutes_of(item.start), minutes_of(item.end)
        begins = max(start, free_from)
        extra = _extra(item)
        free_from = begins + end - start + extra
        times: dict[str, object] = {"start": clock_text(begins), "end": clock_text(free_from)}
        if extra:
            times["minutes"] = (item.minutes or 0) + extra
        items.append(item.model_copy(update=times))
    return day.model_copy(update={"items": items})


def _extra(item: Item) -> int:
    if item.kind != "leg" or item.mode in BETWEEN_CITIES:
        return 0
    return ceil(LATE_SHARE * (item.minutes or 0))


def _visits(plan: Plan) -> Iterator[Item]:
    return (item for day in plan.days for item in day.items if item.kind == "visit")


def _metres(a: Point, b: Point) -> int:
    return metres_between((a.lat, a.lng), (b.lat, b.lng))
