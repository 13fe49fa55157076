"""The pure parts of the optimiser as tables: party limits, day frames, opening hours, legs and scores."""

from dataclasses import replace
from datetime import date, timedelta
from random import Random

import pytest

from shared.schedules.planning.brief import Candidate, Gateway, Interval, Transfer
from shared.schedules.planning.document import Health, Point
from shared.schedules.planning.optimiser import scoring
from shared.schedules.planning.optimiser.frames import Frame, frames_of
from shared.schedules.planning.optimiser.geometry import crow_metres, path_metres
from shared.schedules.planning.optimiser.instance import build
from shared.schedules.planning.optimiser.opening import first_start, hours_on
from shared.schedules.planning.optimiser.party import half, limits_of
from shared.schedules.planning.optimiser.travel import NO_CAR, Travel, public_minutes, road_minutes
from tests.unit.planning.optimiser_towns import MONDAY, member, place, town, trip


@pytest.mark.parametrize(
    ("people", "expected"),
    [
        ([(30, "excellent")], ((5, 7), 0, 1_300, 12_000)),
        ([(30, "good"), (75, "good")], ((5, 7), 0, 1_300, 12_000)),
        ([(30, "good"), (76, "excellent")], ((4, 5), 2, 1_000, 5_000)),
        ([(30, "good"), (6, "good")], ((5, 7), 0, 1_000, 5_000)),
        ([(30, "good"), (7, "good")], ((5, 7), 0, 1_300, 12_000)),
        ([(30, "caution"), (6, "good")], ((4, 5), 2, 1_000, 5_000)),
        ([(30, "limited"), (80, "good"), (3, "good")], ((2, 3), 3, 500, 2_000)),
    ],
)
def test_limits_follow_the_least_able_member(people: list[tuple[int, Health]], expected: object) -> None:
    limits = limits_of(tuple(member(age, health) for age, health in people))
    assert (limits.places, limits.rests, limits.leg_walk, limits.day_walk) == expected


def test_half_of_a_day_is_rounded_up() -> None:
    assert [half(n) for n in (2, 3, 4, 5, 7)] == [1, 2, 2, 3, 4]


def frames(*nights: int, **wishes: object) -> tuple[Frame, ...]:
    names = ("Alba", "Berg", "Cala")
    brief = trip(*(town(name, n, size=6) for name, n in zip(names, nights, strict=False)), **wishes)
    return frames_of(brief, limits_of(brief.party))


@pytest.mark.parametrize(
    ("nights", "kinds", "chains"),
    [
        ((0,), ["single"], [(0,)]),
        ((0, 0), ["single"], [(0, 1)]),
        ((2,), ["arrival", "full", "departure"], [(0,), (0,), (0,)]),
        ((1, 1), ["arrival", "transfer", "departure"], [(0,), (0, 1), (1,)]),
        ((1, 0, 1), ["arrival", "transfer", "departure"], [(0,), (0, 1, 2), (2,)]),
        ((0, 1, 0), ["arrival", "departure"], [(0, 1), (1, 2)]),
    ],
)
def test_each_date_has_its_kind_and_its_stops(
    nights: tuple[int, ...], kinds: list[str], chains: list[tuple[int, ...]]
) -> None:
    found = frames(*nights)
    assert [frame.kind for frame in found] == kinds
    assert [frame.chain for frame in found] == chains
    assert [frame.date for frame in found] == [MONDAY + timedelta(days=n) for n in range(len(kinds))]


def test_last_night_gives_the_departure_day_its_destination_and_the_last_stop_its_end() -> None:
    last = frames(1, 0)[-1]
    assert last.home == 0
    assert last.end.name == "Berg Station"


def test_arrival_departure_and_lodging_times_bound_the_days() -> None:
    first, transfer, last = frames(1, 1, arrival_time=800, departure_time=900)
    assert first.earliest == 800
    assert first.home_from == 900
    assert (transfer.leave_by, transfer.home_from) == (660, 900)
    assert last.latest == 880


def test_airport_is_reached_an_hour_before() -> None:
    stop = replace(town("Alba", 1, size=6), gateway=Gateway("Alba Airport", Point(lat=48.3, lng=11.7)))
    brief = trip(stop, departure_time=900)
    assert frames_of(brief, limits_of(brief.party))[-1].latest == 840


def test_day_across_zones_keeps_the_clock_of_its_start() -> None:
    stops = town("Alba", 1, size=6), replace(town("Berg", 1, size=6), zone="Europe/London")
    brief = trip(*stops)
    frame = frames_of(brief, limits_of(brief.party))[1]
    assert frame.zone == "Europe/Berlin"
    assert frame.shifts == (0, 60)


def one(hours: dict[date, tuple[Interval, ...]]) -> Candidate:
    return replace(place("Alba", 1, "culture", Random(1), days=[]), hours=hours)  # noqa: S311 -- test data


@pytest.mark.parametrize(
    ("hours", "shift", "expected"),
    [
        ({MONDAY: ((540, 1020),)}, 0, ((540, 1020),)),
        ({MONDAY: ((1080, 1560),)}, 0, ((1080, 1560),)),
        ({}, 0, ()),
        ({MONDAY: ((540, 1020),)}, 60, ((600, 1080),)),
        ({MONDAY: ((0, 1440),), MONDAY + timedelta(days=1): ((0, 1440),)}, -60, ((0, 1799),)),
        ({MONDAY - timedelta(days=1): ((1080, 1560),)}, 0, ()),
        ({MONDAY - timedelta(days=1): ((1080, 1440),)}, 120, ((0, 120),)),
    ],
)
def test_hours_are_those_of_the_local_date_on_the_clock_of_the_day(
    hours: dict[date, tuple[Interval, ...]], shift: int, expected: tuple[Interval, ...]
) -> None:
    assert hours_on(one(hours), MONDAY, shift) == expected


def test_unknown_hours_stay_unknown() -> None:
    assert hours_on(replace(one({}), hours=None), MONDAY, 0) is None


@pytest.mark.parametrize(
    ("earliest", "minutes", "start"),
    [(500, 60, 600), (610, 60, 610), (700, 60, 840), (1050, 60, -1), (500, 200, 840), (500, 300, -1)],
)
def test_stay_fits_into_one_opening_interval(earliest: int, minutes: int, start: int) -> None:
    assert first_start(((600, 720), (840, 1080)), earliest, minutes) == start


def test_distance_of_one_degree_of_latitude_is_111_km() -> None:
    a, b = Point(lat=48.0, lng=11.0), Point(lat=49.0, lng=11.0)
    assert crow_metres(a, b) == pytest.approx(111_195, rel=1e-4)
    assert path_metres(a, b) == pytest.approx(144_554, rel=1e-4)


@pytest.mark.parametrize("metres", [700, 2_000, 8_000, 12_000, 25_000, 40_000])
def test_no_estimate_is_faster_than_25_km_h_in_town_or_40_beyond(metres: int) -> None:
    top = 25 if metres <= 8_000 else 40
    for minutes in (public_minutes(metres), road_minutes(metres)):
        assert metres / 1_000 / (minutes / 60) <= top


def test_public_transport_takes_eight_minutes_at_least() -> None:
    assert public_minutes(100) >= 8


@pytest.mark.parametrize(
    ("health", "metres", "mode"),
    [("good", 900, "walk"), ("good", 3_000, "public"), ("limited", 250, "walk"), ("limited", 450, "taxi")],
)
def test_mode_of_a_leg_follows_the_party_and_the_distance(health: Health, metres: int, mode: str) -> None:
    stop = town("Alba", 1, size=6)
    east = Point(lat=stop.point.lat, lng=stop.point.lng + metres / 1.3 / 74_260)
    stop = replace(stop, lodging=None, gateway=Gateway("Alba Station", east))
    instance = build(trip(stop, party=(member(40, health),)))
    leg = Travel(instance).leg(instance.lodging[0], instance.gateway[0], NO_CAR)
    assert leg is not None
    assert leg.mode == mode
    assert leg.metres == pytest.approx(metres, rel=0.02)


def test_journey_between_stops_takes_its_transfer_at_least() -> None:
    brief = trip(town("Alba", 1, size=6), town("Berg", 1, size=6), transport="car")
    instance = build(replace(brief, transfers=(Transfer("car", 95, 150_000),)))
    leg = Travel(instance).leg(instance.lodging[0], instance.lodging[1], instance.lodging[0])
    assert leg is not None
    assert (leg.mode, leg.car) == ("car", instance.lodging[1])
    assert leg.minutes >= 95
    assert leg.metres >= 150_000


def test_few_votes_pull_a_rating_towards_the_mean() -> None:
    few, many = replace(one({}), rating=5.0, ratings=3), replace(one({}), rating=4.8, ratings=9_000)
    assert scoring.shrunk_rating(few) < scoring.shrunk_rating(many)


def test_places_the_party_likes_score_higher() -> None:
    culture = one({})
    fans, others = (member(30, "good", "culture"),), (member(30, "good", "sports"),)
    assert scoring.visit_score(culture, fans) > scoring.visit_score(culture, others)
