"""Which of a region's places a plan is made from: enough of everything, good, open, and close together."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil, log10

from shared.maps import LatLng, metres_between
from shared.places.model import Place
from shared.places.opening import intervals_on
from shared.places.typical import TABLES, VISITS

PER_DAY: Mapping[str, int] = {"visit": 18, "food": 6, "cafe": 4, "parking": 4}
"""About thirty a day: three times what a brisk day holds, since a day's hours, weather and ways rule
many out.
"""
FEWEST_DAYS = 2
"""A short trip still has a choice."""

MEAN_RATING, PRIOR_VOTES = 4.2, 200
RATING_WORTH, RENOWN_WORTH, LIKED_WORTH = 25.0, 8.0, 45.0
NEAR_METRES, FAR_WORTH_PER_KM = 3_000, 2.0
LONELY_METRES, LONELY_WORTH_PER_KM = 1_500, 3.0
REPEAT_WORTH = 40.0
"""Points, on the scale of the optimiser's score of a visit; repeats of a category lose up to the last
of them.
"""
PARK_METRES = 800


@dataclass(frozen=True, slots=True)
class Need:
    """What a plan needs of a destination.

    `around` are the nodes of its days: the lodging, the centre, the station. `likes` is 0 to 1 by category,
    half where a category is not named. `excluded` are categories or types nobody wants. `wished` ids are
    always in.
    """

    dates: Sequence[date]
    around: Sequence[LatLng]
    by_car: bool = False
    step_free: bool = False
    gentle: bool = False
    likes: Mapping[str, float] | None = None
    excluded: Collection[str] = ()
    wished: Collection[str] = ()


def choose(known: Sequence[Place], need: Need) -> tuple[Place, ...]:
    """About thirty places a day, by id; the same places and need give the same choice, in any order.

    Places the party cannot use are left out, places whose hours nobody knows too: they are never taken as
    open.
    """
    usable = sorted((place for place in known if _is_usable(place, need)), key=lambda place: place.id)
    wished = [place for place in known if place.id in need.wished]
    days = max(FEWEST_DAYS, len(need.dates))
    visits = _spread(_of(usable, VISITS), wished, PER_DAY["visit"] * days, need)
    anchors = [*visits, *wished]
    chosen = [*visits, *wished]
    for kind in ("food", "cafe"):
        chosen += _spread(_of(usable, {kind}), anchors, PER_DAY[kind] * days, need)
    if need.by_car:
        chosen += _parks(_of(known, {"parking"}), visits, wished, need)[: PER_DAY["parking"] * days]
    return tuple(sorted({place.id: place for place in chosen}.values(), key=lambda place: place.id))


def _is_usable(place: Place, need: Need) -> bool:
    if place.category not in VISITS | TABLES or {place.category, *place.types} & set(need.excluded):
        return False
    if (need.step_free and place.step_free != "yes") or (need.gentle and place.strenuous):
        return False
    hours = place.hours
    return hours is not None and any(intervals_on(hours, day) for day in need.dates)


def _of(places: Sequence[Place], categories: Collection[str]) -> list[Place]:
    return [place for place in places if place.category in categories]


def _spread(places: list[Place], anchors: Sequence[Place], count: int, need: Need) -> list[Place]:
    """One after the other, always the best to add: each of a kind makes the next one of it worth less, and so
    does being far from everything chosen before."""
    left = {place.id: place for place in places}
    worth = {place.id: _worth(place, need) for place in places}
    lonely = {place.id: _nearest(place, anchors) for place in places}
    seen: Counter[str] = Counter()
    share = max(1, ceil(count / max(1, len({_kind(place) for place in places}))))
    chosen: list[Place] = []

    def value(place: Place) -> tuple[float, str]:
        repeats = REPEAT_WORTH * min(1.0, seen[_kind(place)] / (2 * share))
        alone = 0.0 if lonely[place.id] is None else _beyond(lonely[place.id] or 0, LONELY_METRES)
        return worth[place.id] - repeats - alone * LONELY_WORTH_PER_KM, place.id

    while left and len(chosen) < count:
        best = max(left.values(), key=value)
        del left[best.id]
        chosen.append(best)
        seen[_kind(best)] += 1
        for place in left.values():
            apart, known = _apart(place, best), lonely[place.id]
            lonely[place.id] = apart if known is None else min(known, apart)
    return chosen


def _kind(place: Place) -> str:
    """Its category, of a restaurant its cuisine where it is told: `thai_restaurant`."""
    cuisines = (kind for kind in place.types if kind.endswith("_restaurant"))
    return next(cuisines, place.category) if place.category == "food" else place.category


def _parks(parks: list[Place], visits: list[Place], wished: list[Place], need: Need) -> list[Place]:
    """Best first: those next to what was wished, then by how many visits and nodes of the days they serve."""
    spots = [_point(place) for place in (*visits, *wished)] + list(need.around)
    next_to_wished = {
        min(parks, key=lambda park: (_apart(park, place), park.id)).id for place in wished if parks
    }

    def rank(park: Place) -> tuple[bool, int, int, str]:
        away = [metres_between(_point(park), spot) for spot in spots]
        served = sum(metres <= PARK_METRES for metres in away)
        return park.id not in next_to_wished, -served, min(away, default=0), park.id

    return sorted(parks, key=rank)


def _worth(place: Place, need: Need) -> float:
    rating = MEAN_RATING - 0.2 if place.rating is None else place.rating
    shrunk = (rating * place.ratings + MEAN_RATING * PRIOR_VOTES) / (place.ratings + PRIOR_VOTES)
    liking = (need.likes or {}).get(place.category, 0.5)
    quality = RATING_WORTH * (shrunk - MEAN_RATING) + RENOWN_WORTH * log10(1 + place.ratings)
    away = min((metres_between(_point(place), node) for node in need.around), default=0)
    return quality + LIKED_WORTH * liking - FAR_WORTH_PER_KM * _beyond(away, NEAR_METRES)


def _nearest(place: Place, others: Sequence[Place]) -> int | None:
    return min((_apart(place, other) for other in others), default=None)


def _apart(place: Place, other: Place) -> int:
    return metres_between(_point(place), _point(other))


def _beyond(metres: int, limit: int) -> float:
    """Kilometres over a limit."""
    return max(0, metres - limit) / 1_000


def _point(place: Place) -> LatLng:
    return place.lat, place.lng
