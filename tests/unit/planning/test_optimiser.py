"""The optimiser keeps every rule of the product on trips of all shapes, and is repeatable and stoppable."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import count

import pytest

from shared.schedules.planning.brief import Brief
from shared.schedules.planning.document import Money
from shared.schedules.planning.optimiser import Stopped, make_plan, search
from shared.schedules.planning.optimiser.frames import Frame
from shared.schedules.planning.optimiser.stays import Outcome, Token
from shared.schedules.planning.optimiser.timeline import live
from shared.schedules.planning.optimiser.world import World
from tests.unit.planning.optimiser_rules import minute, violations
from tests.unit.planning.optimiser_towns import NOW, member, plan_of, rain, town, trip

FAMILY = (member(38, "good", "culture"), member(40, "good", "sightseeing"), member(5, "good", "nature"))
SENIORS = (member(72, "caution", "culture"), member(79, "good", "rest"))
LIMITED = (member(70, "limited", "culture", "sightseeing"), member(45, "good", "nature"))
FRIENDS = (member(25, "excellent", "shopping"), member(26, "good", "sports"), member(27, "good"))
PARTIES = {"family": FAMILY, "seniors": SENIORS, "limited": LIMITED, "friends": FRIENDS}


@pytest.mark.parametrize("party", PARTIES)
@pytest.mark.parametrize("nights", [0, 1, 3])
@pytest.mark.parametrize("transport", ["public", "car"])
def test_every_rule_is_kept_in_one_town(party: str, nights: int, transport: str) -> None:
    brief = trip(town("Alba", nights), party=PARTIES[party], transport=transport, weather=rain(0, 1))
    assert violations(plan_of(brief), brief) == []


@pytest.mark.parametrize("party", PARTIES)
@pytest.mark.parametrize("transport", ["public", "car"])
@pytest.mark.parametrize("nights", [(1, 1), (2, 0, 1), (0, 2), (1, 0), (1, 1, 1)])
def test_every_rule_is_kept_from_town_to_town(party: str, transport: str, nights: tuple[int, ...]) -> None:
    stops = [town(name, n) for name, n in zip(("Alba", "Berg", "Cala"), nights, strict=False)]
    brief = trip(*stops, party=PARTIES[party], transport=transport)
    assert violations(plan_of(brief), brief) == []


@pytest.mark.parametrize("party", ["friends", "limited"])
def test_fourteen_days_in_one_town_repeat_nothing(party: str) -> None:
    brief = trip(town("Alba", 13, size=110), party=PARTIES[party])
    assert violations(plan_of(brief, iterations=40), brief) == []


@pytest.mark.parametrize("arrival", [540, 765, 960, 1095, 1155])
@pytest.mark.parametrize("departure", [500, 720, 905, 1140, 1250])
def test_every_rule_is_kept_at_any_hour_of_arrival_and_departure(arrival: int, departure: int) -> None:
    brief = trip(town("Alba", 1), party=SENIORS, arrival_time=arrival, departure_time=departure)
    assert violations(plan_of(brief), brief) == []


def test_same_brief_and_seed_give_the_same_plan() -> None:
    brief = trip(town("Alba", 2), party=FAMILY)
    assert plan_of(brief).model_dump_json() == plan_of(brief).model_dump_json()


def test_each_sequence_of_stays_is_simulated_once(monkeypatch: pytest.MonkeyPatch) -> None:
    lived: Counter[tuple[int, Sequence[Token]]] = Counter()

    def counting(world: World, frame: Frame, tokens: Sequence[Token]) -> Outcome | None:
        lived[frame.index, tuple(tokens)] += 1
        return live(world, frame, tokens)

    monkeypatch.setattr(search, "live", counting)
    plan_of(trip(town("Alba", 2), party=FAMILY))
    assert len(lived) > 100
    assert [tokens for (_, tokens), times in lived.items() if times > 1 and tokens] == []


def test_order_of_candidates_makes_no_difference() -> None:
    stop = town("Alba", 2)
    other = replace(stop, candidates=stop.candidates[::-1])
    assert plan_of(trip(stop)).model_dump_json() == plan_of(trip(other)).model_dump_json()


def test_another_seed_may_give_another_plan_that_keeps_the_rules() -> None:
    brief = trip(town("Alba", 2))
    for seed in range(2, 6):
        assert violations(plan_of(brief, seed=seed), brief) == []


def test_planning_stops_soon_after_it_is_told_to() -> None:
    calls = count()

    def stop() -> bool:
        return next(calls) > 50

    brief = trip(town("Alba", 3))
    with pytest.raises(Stopped):
        make_plan(brief, seed=1, version=1, generated_at=NOW, stop=stop)
    assert next(calls) == 52


def test_progress_only_grows_and_is_told_in_percent() -> None:
    told: list[int] = []
    make_plan(trip(town("Alba", 1)), seed=1, version=1, generated_at=NOW, iterations=80, progress=told.append)
    assert told == sorted(told)
    assert told[0] == 0
    assert 90 < told[-1] <= 100


def test_plan_is_a_draft_that_carries_seed_snapshot_and_request() -> None:
    brief = trip(town("Alba", 1), arrival_time=605, budget=Money(amount=900, currency="EUR"))
    plan = plan_of(brief, seed=77)
    assert (plan.status, plan.seed, plan.report) == ("draft", 77, [])
    assert plan.candidates_snapshot == brief.snapshot
    assert plan.request.route.arrival_time == "10:05"
    assert plan.request.route.stops[0].check_in == "15:00"


def test_a_town_without_candidates_still_gives_its_days() -> None:
    stop = replace(town("Alba", 2), candidates=())
    plan = plan_of(trip(stop))
    assert [day.kind for day in plan.days] == ["arrival", "full", "departure"]


def test_outdoor_places_move_out_of_the_rain_when_others_are_open() -> None:
    brief = trip(town("Alba", 2), weather=rain(0, 1, 2))
    visits = [item for day in plan_of(brief).days for item in day.items if item.kind == "visit"]
    wet = [item for item in visits if minute(item.start) < 17 * 60 and minute(item.end) > 13 * 60]
    outside = [item for item in wet if item.place and item.place.indoor is not True]
    assert len(outside) <= len(wet) // 4
    assert all(item.warnings for item in outside)


@pytest.mark.parametrize("change", [lambda b: b, lambda b: replace(b, start_time=600)])
def test_no_day_begins_before_the_requested_start(change: Callable[[Brief], Brief]) -> None:
    brief = change(trip(town("Alba", 2)))
    starts = [minute(day.items[0].start) for day in plan_of(brief).days]
    assert min(starts) >= brief.start_time


def test_car_is_brought_home_every_evening() -> None:
    brief = trip(town("Alba", 3), party=FAMILY, transport="car")
    for day in plan_of(brief).days[:-1]:
        drives = [item for item in day.items if item.mode == "car"]
        if drives:
            assert drives[-1].to == "end"
