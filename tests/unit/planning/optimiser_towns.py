"""Made-up towns for the optimiser's tests: places of every kind and habit on a spiral around a centre."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from math import cos, sin
from random import Random

from shared.schedules.planning.brief import Brief, Candidate, Gateway, Interval, Stop, Transfer
from shared.schedules.planning.document import (
    BadSlot,
    Health,
    Member,
    Money,
    Node,
    Plan,
    Point,
    Preference,
    StepFree,
    Weather,
)
from shared.schedules.planning.optimiser import make_plan

MONDAY = date(2026, 12, 7)
NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
KINDS: tuple[Preference, ...] = ("culture", "sightseeing", "nature", "shopping", "sports", "rest")
STEP_FREE: tuple[StepFree, ...] = ("yes", "yes", "unknown", "no")
HABITS: tuple[tuple[Interval, ...], ...] = (
    ((540, 1020),),
    ((0, 1440),),
    ((600, 1200),),
    ((600, 780), (840, 1080)),
    ((480, 1140),),
)


def member(age: int = 35, health: Health = "good", *likes: Preference) -> Member:
    return Member(age=age, health=health, preferences=list(likes))


def place(town: str, number: int, category: str, rng: Random, *, days: Iterable[date]) -> Candidate:
    """One place; its distance from the centre grows with its number, to about 4 km."""
    habit = ((690, 900), (1020, 1380)) if category == "food" else HABITS[number % len(HABITS)]
    closed = number % 7
    angle, reach = number * 2.4 + rng.random(), 0.002 + 0.0006 * number
    origin = CENTRES[town]
    step_free: StepFree = STEP_FREE[number % 4]
    sights = category in KINDS
    return Candidate(
        id=f"{town}-{category}-{number}",
        name=f"{category.title()} {number}",
        point=Point(lat=origin.lat + reach * cos(angle), lng=origin.lng + 1.4 * reach * sin(angle)),
        category=category,
        indoor=None if number % 9 == 0 else number % 3 != 0,
        step_free=step_free,
        strenuous=sights and number % 8 == 5,
        visit_minutes=(30, 60, 90, 120)[number % 4],
        min_visit_minutes=(20, 30, 45, 60)[number % 4],
        hours={day: () if sights and day.weekday() == closed else habit for day in days},
        source="test",
        fetched_at=NOW,
        rating=3.8 + (number % 11) / 10,
        ratings=50 * (number + 1),
        ticket=Money(amount=float(number % 5 * 4), currency="EUR") if sights else None,
    )


CENTRES = {
    "Alba": Point(lat=48.10, lng=11.50),
    "Berg": Point(lat=47.80, lng=13.00),
    "Cala": Point(lat=48.45, lng=14.00),
}


def town(name: str, nights: int, *, days: int = 16, size: int = 70, seed: int = 0) -> Stop:
    """A stop with `size` sights, half as many restaurants, cafés and car parks."""
    rng = Random(f"{name}{seed}")  # noqa: S311 -- test data
    dates = [MONDAY + timedelta(days=offset) for offset in range(-1, days + 1)]
    centre = CENTRES[name]
    kinds: list[str] = [KINDS[n % len(KINDS)] for n in range(size)]
    kinds += ["food"] * (size // 2) + ["cafe"] * (size // 5) + ["parking"] * (size // 3)
    places = [place(name, number % size, kind, rng, days=dates) for number, kind in enumerate(kinds)]
    lodging = Node(kind="lodging", name=f"{name} Inn", point=Point(lat=centre.lat + 0.001, lng=centre.lng))
    return Stop(
        name=name,
        nights=nights,
        point=centre,
        zone="Europe/Berlin",
        gateway=Gateway(f"{name} Station", Point(lat=centre.lat, lng=centre.lng + 0.012)),
        candidates=tuple(places),
        lodging=lodging if nights else None,
        check_in=15 * 60 if nights else None,
        check_out=11 * 60 if nights else None,
    )


def trip(*stops: Stop, **wishes: object) -> Brief:
    """A brief of two adults starting on a Monday, with everything in `wishes` changed."""
    mode = "car" if wishes.get("transport") == "car" else "intercity"
    party = wishes.pop("party", (member(34, "good", "culture"), member(36, "good", "nature")))
    return Brief(
        trip_id="trip",
        party=party,  # type: ignore[arg-type]
        transport=wishes.pop("transport", "public"),  # type: ignore[arg-type]
        start_date=MONDAY,
        stops=stops,
        transfers=tuple(Transfer(mode, 100, 140_000) for _ in stops[1:]),
        **wishes,  # type: ignore[arg-type]
    )


def rain(*offsets: int) -> dict[date, Weather]:
    """Rain from one to five on the days with these offsets from the start."""
    slot = BadSlot(from_="13:00", to="17:00", reason="rain, 80 %")
    return {
        MONDAY + timedelta(days=offset): Weather(
            summary="Rain", min_c=3, max_c=7, rain_probability=80, source="forecast", bad_slots=[slot]
        )
        for offset in offsets
    }


def plan_of(brief: Brief, *, seed: int = 1, iterations: int = 60) -> Plan:
    return make_plan(brief, seed=seed, version=1, generated_at=NOW, iterations=iterations)
