"""The cases of the plans' bench: the same by number, of every kind, and all that the product accepts."""

from collections import Counter
from itertools import pairwise

import pytest

from benchmarks.measurement import BenchmarkError, Measurement
from benchmarks.plans import WHOLE, lines, numbers, trouble
from benchmarks.plans.cases import CONTINENTS, LONGEST_DAYS, PARTIES, SEASONS, Case, case
from benchmarks.plans.making import Outcome, Quality
from devstack.googlemaps.places import load
from shared.places import VISITS

CITIES = {city for names in CONTINENTS for city in names}


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    return [case(number) for number in range(WHOLE)]


def test_a_number_is_one_case_for_ever() -> None:
    assert case(3) == case(3)
    assert str(case(3)) == "case 3: couple, spring, by car, Munich 2, Salzburg 3"
    assert case(3).request.seed == 483782574


def test_cities_are_those_of_the_catalogue() -> None:
    assert {city.names[0] for city in load().cities} == CITIES


@pytest.mark.parametrize("whole", [True, False])
def test_cases_are_of_every_kind(*, whole: bool) -> None:
    chosen = [case(number) for number in numbers(whole=whole)]
    assert {one.party for one in chosen} == set(PARTIES)
    assert {one.season for one in chosen} == set(SEASONS)
    assert {one.trip.transport for one in chosen} == {"public", "car"}
    assert {stop.name for one in chosen for stop in one.trip.destinations} == CITIES
    assert {one.days for one in chosen} == set(range(1, LONGEST_DAYS + 1))
    assert {len(one.request.must_see) for one in chosen} == {0, 1, 2, 3}
    assert {bool(one.request.budget) for one in chosen} == {True, False}
    assert {bool(one.request.excluded_categories) for one in chosen} == {True, False}


def test_routes_have_several_cities_and_days_at_a_neighbour(cases: list[Case]) -> None:
    stops = Counter(len(one.trip.destinations) for one in cases)
    assert min(stops[count] for count in (1, 2, 3)) >= 20
    through = [s for one in cases if one.days > 1 for s in one.trip.destinations if s.nights == 0]
    assert len(through) >= 10
    for one in cases:
        names = [stop.name for stop in one.trip.destinations]
        assert all(a != b for a, b in pairwise(names)), one


def test_a_single_day_has_hours_between_arrival_and_departure(cases: list[Case]) -> None:
    single = [one.trip for one in cases if one.days == 1]
    assert single
    for trip in single:
        if trip.arrival_time and trip.departure_time:
            assert trip.departure_time.hour - trip.arrival_time.hour >= 4


def test_wishes_are_of_places_on_the_route(cases: list[Case]) -> None:
    catalogue = load()
    for one in cases:
        on_route = {stop.name for stop in one.trip.destinations}
        names = {p.name for p in catalogue.places if p.city.names[0] in on_route and p.category in VISITS}
        assert set(one.request.must_see) <= names


@pytest.mark.parametrize(
    ("whole", "only", "count"), [(True, (), WHOLE), (False, (), WHOLE // 5), (False, (7, 900), 2)]
)
def test_a_sample_all_or_what_is_named_is_planned(*, whole: bool, only: tuple[int, ...], count: int) -> None:
    assert len(numbers(whole=whole, only=only)) == count


def outcome(number: int, *, reason: str | None = None, waived: bool = True, **findings: str) -> Outcome:
    plan = Quality((1.0, 1.5), 0.5, 10 * number, 1_000, 20, 0.8, holds_when_slow=not findings)
    said = frozenset(findings) if waived else frozenset()
    return Outcome(number, f"case {number}", number, reason, findings, said, quality=None if reason else plan)


def value(found: list[Measurement], what: str) -> float:
    [line] = [line for line in found if line.what.startswith(what)]
    return line.ours


def test_shares_are_of_all_cases_and_means_of_the_plans() -> None:
    found = lines(
        [outcome(1), outcome(2, budget="no"), outcome(3, meals="no", waived=False), outcome(4, reason="x")]
    )
    assert value(found, "delivered") == 75
    assert value(found, "passing every check, or") == 50
    assert value(found, "passing every check, of") == 25
    assert value(found, "with a waiver for budget") == 25
    assert value(found, "holding with 20 %") == pytest.approx(100 / 3)
    assert value(found, "way over the shortest order, mean") == 1.25
    assert value(found, "way over the shortest order, p95") == 1.5
    minutes = [line.ours for line in found if line.what == "on foot a day, mean" and line.unit == "min"]
    assert minutes == [20]
    assert value(found, "one plan with its real legs, p95") == 4


def test_the_bars_are_missed_by_one_plan_that_is_not_there_or_not_explained() -> None:
    for bad in (outcome(4, reason="x"), outcome(3, meals="no", waived=False)):
        found = lines([outcome(1), bad])
        assert False in [line.met for line in found]
    assert {line.met for line in lines([outcome(1), outcome(2, budget="no")])} == {True, None}


def test_without_a_case_there_is_nothing_to_measure() -> None:
    with pytest.raises(BenchmarkError, match="no case"):
        lines([])


def test_trouble_names_the_case_and_the_command_that_shows_it() -> None:
    assert [*trouble(outcome(1))] == []
    [line] = trouble(outcome(7, reason="The trip is too long."))
    assert "no plan: The trip is too long." in line
    assert "./tripgen bench plans --case 7" in line
    [line] = trouble(outcome(8, meals="/days/0 none", waived=False))
    assert "meals NOT explained: /days/0 none" in line
    [line] = trouble(outcome(8, meals="/days/0 none"))
    assert "meals waived" in line
