"""Parties, routes and wishes by number: the same number is the same trip on every machine and every day."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from itertools import pairwise
from random import Random
from typing import Literal

from devstack.googlemaps.places import City, Place, load
from shared.places import VISITS
from shared.schedules import ScheduleRequest
from shared.schedules.planning.document import Money
from shared.trips import DestinationDraft, MemberDraft, TripDraft

type Season = Literal["spring", "summer", "autumn", "winter"]

SEASONS: Mapping[Season, date] = {
    "spring": date(2027, 3, 1),
    "summer": date(2027, 6, 1),
    "autumn": date(2027, 9, 1),
    "winter": date(2027, 12, 1),
}
"""First days of seasons that no forecast of the product's reaches before 2027."""
SEASON_DAYS = 90
LONGEST_DAYS = 14
CONTINENTS = (("Munich", "Salzburg", "Paris"), ("Seoul", "Busan", "Tokyo"))
NEIGHBOURS = {"Munich": "Salzburg", "Salzburg": "Munich", "Seoul": "Busan", "Busan": "Seoul"}
"""Where one may go for a day."""
FAR, THROUGH, TOLD, LODGED, BOUGHT = 0.2, 0.15, 0.7, 0.6, 0.25
"""Chances: any cities of the world, a day stop, a time that is known, something of a lodging, a budget."""
PREFERENCES = ("sightseeing", "shopping", "culture", "nature", "sports", "rest")
A_EURO: Mapping[str, float] = {"EUR": 1, "KRW": 1_500, "JPY": 160}
"""What a euro is worth, roughly: enough for budgets that are tight in any currency."""

type _Ages = list[tuple[int, str]]
"""Age and health of each member."""


@dataclass(frozen=True, slots=True)
class Case:
    """One trip and what is asked of its plan."""

    number: int
    party: str
    season: Season
    trip: TripDraft
    request: ScheduleRequest

    @property
    def days(self) -> int:
        """Calendar days, the first and the last included."""
        return sum(stop.nights for stop in self.trip.destinations) + 1

    def __str__(self) -> str:
        route = ", ".join(f"{stop.name} {stop.nights}" for stop in self.trip.destinations)
        return f"case {self.number}: {self.party}, {self.season}, by {self.trip.transport}, {route}"


def case(number: int) -> Case:
    """The case of that number; all draws come from it alone."""
    rng = Random(f"plans {number}")  # noqa: S311 -- repeatable, nothing secret
    party, season = rng.choice([*PARTIES]), rng.choice([*SEASONS])
    members = tuple(_member(rng, n, *who) for n, who in enumerate(PARTIES[party](rng), start=1))
    route = _route(rng, rng.randint(1, LONGEST_DAYS))
    arrival, departure = _times(rng, single=route == [(route[0][0], 0)])
    trip = TripDraft(
        name=f"Case {number}",
        transport=rng.choice(("public", "public", "car")),
        start_date=SEASONS[season] + timedelta(days=rng.randrange(SEASON_DAYS)),
        arrival_time=arrival,
        departure_time=departure,
        members=members,
        destinations=tuple(_destination(rng, *stop) for stop in route),
    )
    return Case(number, party, season, trip, _request(rng, trip))


def _adults(rng: Random, least: int, most: int) -> _Ages:
    return [(rng.randint(19, 64), rng.choice(("excellent", "good"))) for _ in range(rng.randint(least, most))]


def _children(rng: Random, youngest: int, oldest: int) -> _Ages:
    return [(rng.randint(youngest, oldest), "good") for _ in range(rng.randint(1, 3))]


def _seniors(rng: Random) -> _Ages:
    return [(rng.randint(68, 88), rng.choice(("good", "caution"))) for _ in range(2)]


PARTIES: Mapping[str, Callable[[Random], _Ages]] = {
    "alone": lambda rng: _adults(rng, 1, 1),
    "couple": lambda rng: _adults(rng, 2, 2),
    "friends": lambda rng: _adults(rng, 3, 5),
    "small children": lambda rng: _adults(rng, 1, 2) + _children(rng, 0, 6),
    "school children": lambda rng: _adults(rng, 1, 2) + _children(rng, 7, 15),
    "seniors": _seniors,
    "limited": lambda rng: [(rng.randint(25, 85), "limited"), *_adults(rng, 1, 1)],
    "three generations": lambda rng: _seniors(rng) + _adults(rng, 2, 2) + _children(rng, 2, 12),
    "group": lambda rng: _adults(rng, 8, 10),
}


def _member(rng: Random, number: int, age: int, health: str) -> MemberDraft:
    likes = rng.sample(PREFERENCES, rng.randint(0, 3))
    return MemberDraft.model_validate(
        {"name": f"Member {number}", "age": age, "health": health, "preferences": likes}
    )


def _route(rng: Random, days: int) -> list[tuple[str, int]]:
    """Cities with their nights: of one continent four times in five, at times with a day at a neighbour."""
    cities = [city for names in CONTINENTS for city in names]
    choice = cities if rng.random() < FAR else rng.choice(CONTINENTS)
    if days == 1:
        return [(rng.choice(choice), 0)]
    nights = _parts(rng, days - 1, min(days - 1, rng.choice((1, 1, 2, 2, 3, 4))))
    stops: list[tuple[str, int]] = []
    for number in nights:
        before = stops[-1][0] if stops else None
        stops.append((rng.choice([city for city in choice if city != before]), number))
    neighbour = NEIGHBOURS.get(stops[0][0])
    if rng.random() < THROUGH and neighbour and neighbour not in {name for name, _ in stops[1:2]}:
        stops.insert(1, (neighbour, 0))
    return stops


def _parts(rng: Random, total: int, count: int) -> list[int]:
    """So many positive numbers that add up to a total."""
    cuts = [0, *sorted(rng.sample(range(1, total), count - 1)), total]
    return [end - start for start, end in pairwise(cuts)]


def _times(rng: Random, *, single: bool) -> tuple[time | None, time | None]:
    """When the party arrives and leaves; a single day keeps some hours between the two."""
    arrival = time(rng.randint(7, 11 if single else 20), rng.choice((0, 30)))
    departure = time(rng.randint(16 if single else 8, 22), rng.choice((0, 30)))
    return arrival if rng.random() < TOLD else None, departure if rng.random() < TOLD else None


def _destination(rng: Random, name: str, nights: int) -> DestinationDraft:
    centre = _city(name).point
    lodging = {
        "name": f"{name} Inn",
        "point": {
            "lat": round(centre.lat + rng.uniform(-0.02, 0.02), 5),
            "lng": round(centre.lng + rng.uniform(-0.03, 0.03), 5),
        },
    }
    wish: dict[str, object] = {"name": name, "nights": nights}
    if nights and rng.random() < LODGED:
        wish["lodging"] = lodging
    if nights and rng.random() < LODGED:
        wish |= {"checkIn": "15:00", "checkOut": "11:00"}
    return DestinationDraft.model_validate(wish)


def _request(rng: Random, trip: TripDraft) -> ScheduleRequest:
    sights = [place for stop in trip.destinations for place in _sights(stop.name)]
    must_see = rng.sample(sights, rng.choice((0, 0, 1, 2, 3)))
    return ScheduleRequest(
        start_time=rng.choice(("08:00", "09:00", "09:00", "09:00", "10:00", "10:30")),
        must_see=tuple(dict.fromkeys(place.name for place in must_see)),
        excluded_categories=tuple(rng.sample(PREFERENCES, rng.choice((0, 0, 0, 1, 2)))),
        budget=_budget(rng, trip) if rng.random() < BOUGHT else None,
        seed=rng.randrange(2**31),
    )


def _budget(rng: Random, trip: TripDraft) -> Money:
    """For the whole party: 5 to 60 euros a head and day, in the money of the first city."""
    currency = _city(trip.destinations[0].name).currency
    days = sum(stop.nights for stop in trip.destinations) + 1
    return Money(
        amount=round(rng.uniform(5, 60) * A_EURO[currency] * days * len(trip.members)), currency=currency
    )


_CATALOGUE = load()


def _city(name: str) -> City:
    return next(city for city in _CATALOGUE.cities if city.names[0] == name)


def _sights(city: str) -> list[Place]:
    return [p for p in _CATALOGUE.places if p.city.names[0] == city and p.category in VISITS]
