"""The formulas of the plans' bench, held against tables worked out by hand."""

from dataclasses import replace
from itertools import pairwise, permutations
from math import log
from random import Random

import pytest

from benchmarks.plans import quality
from benchmarks.plans.making import holds_when_slow
from shared.places import VISITS, metres_between
from shared.schedules.planning.brief import Brief
from shared.schedules.planning.checker import check
from shared.schedules.planning.document import Day, Plan, Point
from shared.schedules.planning.optimiser.scoring import visit_score
from tests.unit.planning.checker_plans import family, two_cities
from tests.unit.planning.checker_writer import Day as Told
from tests.unit.planning.checker_writer import Json, node, place, spot
from tests.unit.planning.optimiser_towns import plan_of, town, trip

KM = 1_000
INN = node("lodging", "Inn", spot(0, 0))
CORNERS = {"a": (KM, 0), "b": (KM, KM), "c": (0, KM)}


def day_of(told: Json) -> Day:
    return Day.model_validate(told)


def round_of(order: str, kind: str = "full") -> Day:
    """A day from the inn to corners of a square kilometre and back, an hour at each."""
    told = Told("2026-05-05", kind, (INN, INN))
    for hour, corner in enumerate(order, start=10):
        told.visit(place(corner, spot(*CORNERS[corner])), f"{hour}:00 {hour}:30")
    return day_of(told.home())


DIAGONAL = 2**0.5


@pytest.mark.parametrize(
    ("order", "ratio"),
    [
        ("abc", 1),
        ("cba", 1),
        ("acb", (2 + 2 * DIAGONAL) / 4),
        ("ab", 1),
        ("ac", 1),
    ],
)
def test_way_of_a_day_is_compared_with_the_shortest_order(order: str, ratio: float) -> None:
    assert quality.zigzag(round_of(order)) == pytest.approx(ratio, abs=0.002)


@pytest.mark.parametrize("day", [round_of(""), round_of("a"), round_of("acb", kind="transfer")])
def test_days_without_a_choice_of_order_have_no_ratio(day: Day) -> None:
    assert quality.zigzag(day) is None


def test_travel_between_cities_gives_a_day_no_ratio() -> None:
    days = Plan.model_validate(two_cities()).days
    assert [quality.zigzag(day) is None for day in days] == [False, True, False]


def test_meals_are_on_the_way_and_rests_are_not() -> None:
    told = Told("2026-05-05", "full", (INN, INN))
    told.visit(place("a", spot(KM, 0)), "10:00 11:00")
    told.stop("rest", place("far", spot(-5 * KM, 0)), "11:30 12:00")
    told.lunch(place("c", spot(0, KM)), "12:30 13:30").visit(place("b", spot(KM, KM)), "14:00 15:00")
    assert quality.zigzag(day_of(told.home())) == pytest.approx((2 + 2 * DIAGONAL) / 4, abs=0.002)


def test_stops_at_one_spot_are_no_detour() -> None:
    told = Told("2026-05-05", "full", (INN, INN))
    told.visit(place("a", spot(0, 0)), "10:00 11:00").visit(place("b", spot(0, 0)), "11:00 12:00")
    assert quality.zigzag(day_of(told.home())) == 1


@pytest.mark.parametrize("count", range(6))
def test_shortest_way_is_that_of_the_best_of_all_orders(count: int) -> None:
    rng = Random(count)  # noqa: S311 -- repeatable
    start, end, *stops = (
        Point(lat=rng.uniform(48, 48.1), lng=rng.uniform(11, 11.2)) for _ in range(count + 2)
    )
    ways = [
        sum(metres_between((a.lat, a.lng), (b.lat, b.lng)) for a, b in pairwise([start, *order, end]))
        for order in permutations(stops)
    ]
    assert quality.shortest_way(start, stops, end) == min(ways)


def test_walking_counts_walks_whole_and_rides_by_their_part_on_foot() -> None:
    told = Told("2026-05-05", "full", (INN, INN))
    told.leg("walk", "a", spot(400, 0))  # 500 m of street, 8 minutes at 67 m a minute
    told.leg("public", "b", spot(4 * KM, 0))  # 200 m of it on foot, 2.99 minutes
    told.leg("taxi", "end", INN["point"])
    minutes, metres = quality.walked(day_of(told.day))
    assert metres == pytest.approx(700, abs=1)
    assert minutes == pytest.approx(8 + 200 / 67)


def test_walking_of_the_day_is_what_its_totals_say() -> None:
    for day in plan_of(trip(town("Alba", 2)), iterations=10).days:
        assert day.totals is not None
        assert quality.walked(day)[1] == day.totals.walk_metres


def test_waiting_is_time_in_which_nothing_is_done() -> None:
    told = Told("2026-05-05", "full", (INN, INN))
    told.leg("walk", "a", spot(400, 0))  # 09:00 to 09:08
    told.items.append({"kind": "free", "start": "09:08", "end": "10:00"})
    told.items.append({"kind": "visit", "start": "10:00", "end": "11:00", "place": place("a", spot(400, 0))})
    told.at("11:15").leg("walk", "end", INN["point"])  # 15 minutes before it, none after
    assert quality.waited(day_of(told.day)) == 52 + 15


@pytest.mark.parametrize(
    ("kinds", "excluded", "expected"),
    [
        (["culture"] * 4, [], 0),
        (["culture", "nature"], [], log(2) / log(6)),
        (["culture", "nature"], ["rest", "sports", "shopping", "sightseeing"], 1),
        (["culture", "culture", "culture", "nature"], [], 0.5623 / log(6)),
        (["culture", "nature", "rest", "sports", "shopping", "sightseeing"], [], 1),
        (["culture"], ["nature", "rest", "sports", "shopping", "sightseeing"], 0),
        ([], [], 0),
    ],
)
def test_diversity_is_entropy_over_that_of_an_even_mix(
    kinds: list[str], excluded: list[str], expected: float
) -> None:
    plan = Plan.model_validate(family())
    told = Told("2026-05-05", "full", (INN, INN))
    for number, kind in enumerate(kinds):
        told.visit(place(f"p{number}", spot(number * 10, 0), kind), "10:00 11:00")
    request = plan.request.model_copy(update={"excluded_categories": excluded})
    plan = plan.model_copy(update={"days": [day_of(told.day)], "request": request})
    assert quality.diversity(plan) == pytest.approx(expected, abs=1e-4)


def single(*, opened: int, kept: int) -> tuple[Plan, Brief]:
    """A day with the `kept` best of the sights that open on it, the first `opened` of the town."""
    brief = trip(town("Alba", 0))
    [stop] = brief.stops
    sights = [c for c in stop.candidates if c.category in VISITS][:opened]
    hours = {c.id: {brief.start_date: ((540, 1_200),)} for c in sights}
    candidates = tuple(replace(c, hours=hours.get(c.id, {})) for c in stop.candidates)
    told = Told(brief.start_date.isoformat(), "single", (INN, INN))
    for c in sorted(sights, key=lambda c: -visit_score(c, brief.party))[:kept]:
        told.visit(place(c.id, spot(0, 0), id=c.id), "10:00 10:30")
    plan = plan_of(brief, iterations=1).model_copy(update={"days": [day_of(told.day)]})
    return plan, replace(brief, stops=(replace(stop, candidates=candidates),))


PACE = 7
KINDS_OF_DAY = {7: "arrival", 8: "transfer", 9: "departure"}


def test_score_reaches_its_bound_with_the_best_open_places_alone() -> None:
    plan, brief = single(opened=20, kept=PACE)
    assert quality.share_of_bound(plan, brief) == pytest.approx(1)


def test_fewer_places_than_the_pace_allows_stay_below_the_bound() -> None:
    plan, brief = single(opened=20, kept=PACE - 2)
    sights = [c for c in brief.stops[0].candidates if c.hours and c.category in VISITS]
    worth = sorted((visit_score(c, brief.party) for c in sights), reverse=True)
    assert quality.share_of_bound(plan, brief) == pytest.approx(sum(worth[: PACE - 2]) / sum(worth[:PACE]))


def test_places_that_never_open_are_not_in_the_bound() -> None:
    plan, brief = single(opened=3, kept=3)
    assert quality.share_of_bound(plan, brief) == pytest.approx(1)


def test_a_stop_gives_the_bound_no_more_than_its_own_days_hold() -> None:
    """Three half days of four places each; only the first two are Alba's, and nothing of Berg is open."""
    brief = trip(town("Alba", 1), town("Berg", 1))
    days = [day_of(Told(f"2026-12-0{n}", kind, (INN, INN)).day) for n, kind in KINDS_OF_DAY.items()]
    plan = plan_of(brief, iterations=1).model_copy(update={"days": days})
    many = tuple(
        replace(c, hours=dict.fromkeys(c.hours or {}, ((540, 1_200),))) for c in brief.stops[0].candidates
    )
    best = [c for c in many if c.category in VISITS]
    few = tuple(replace(c, hours={}) for c in brief.stops[1].candidates)
    brief = replace(
        brief, stops=(replace(brief.stops[0], candidates=many), replace(brief.stops[1], candidates=few))
    )
    worth = sorted((visit_score(c, brief.party) for c in best), reverse=True)
    told = Told("2026-12-07", "arrival", (INN, INN)).visit(
        place(best[0].id, spot(0, 0), id=best[0].id), "10:00 11:00"
    )
    plan = plan.model_copy(update={"days": [day_of(told.day), *days[1:]]})
    expected = visit_score(best[0], brief.party) / sum(worth[:8])
    assert quality.share_of_bound(plan, brief) == pytest.approx(expected)


@pytest.mark.parametrize("nights", [(2,), (1, 2), (1, 0, 1)])
def test_no_plan_passes_the_bound(nights: tuple[int, ...]) -> None:
    brief = trip(*(town(name, n) for name, n in zip(("Alba", "Berg", "Alba"), nights, strict=False)))
    assert 0.3 < quality.share_of_bound(plan_of(brief, iterations=20), brief) <= 1


def test_slow_travel_uses_up_the_waiting_before_anything_is_late() -> None:
    told = Told("2026-05-05", "full", (INN, INN))
    told.leg("walk", "a", spot(536, 0))  # 670 m: 10 minutes, 12 when slow
    told.items.append({"kind": "free", "start": "09:10", "end": "09:11"})
    told.items.append({"kind": "visit", "start": "09:11", "end": "10:00", "place": place("a", spot(536, 0))})
    told.at("10:00").leg("walk", "b", spot(0, 0))  # to 10:10
    told.items.append({"kind": "visit", "start": "10:30", "end": "11:00", "place": place("b", spot(0, 0))})
    plan = Plan.model_validate(family()).model_copy(update={"days": [day_of(told.day)]})
    [day] = quality.slowed(plan).days
    assert [(item.kind, item.start, item.end, item.minutes) for item in day.items] == [
        ("leg", "09:00", "09:12", 12),
        ("visit", "09:12", "10:01", None),
        ("leg", "10:01", "10:13", 12),
        ("visit", "10:30", "11:00", None),
    ]


def test_travel_between_cities_keeps_its_time() -> None:
    plan = Plan.model_validate(two_cities())
    rides = [
        [item.minutes for day in one.days for item in day.items if item.mode == "intercity"]
        for one in (plan, quality.slowed(plan))
    ]
    assert rides == [[40, 90], [40, 90]]


def test_a_plan_with_air_holds_and_one_to_the_minute_does_not() -> None:
    brief = trip(town("Alba", 0))
    roomy = Plan.model_validate(family())
    assert [r.code for r in check(roomy) if not r.ok] == []
    assert holds_when_slow(roomy, brief)
    tight = Plan.model_validate(family())
    dinner = next(item for item in tight.days[1].items if item.meal == "dinner")
    assert dinner.place is not None
    dinner.place.hours_today = [(dinner.start, dinner.end)]
    before = next(i for i, item in enumerate(tight.days[1].items) if item is dinner) - 1
    leg = tight.days[1].items[before]
    late = {"start": "17:48", "end": "18:00", "minutes": 12}
    tight.days[1].items[before] = leg.model_copy(update=late)
    assert not holds_when_slow(tight, brief)
