"""One place in full: its facts, its reviews, and its hours on a date."""

import re
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from shared.errors import NotFound
from shared.maps import Maps
from shared.places import sightings
from shared.places.model import Hours, OnePlace, Place, Review, Told
from shared.places.nearby import zone_of
from shared.places.opening import clock, intervals_on, spans
from shared.places.service import places_of
from shared.places.shelf import Kept, Shelf, Slot
from shared.places.views import DetailsView, HoursView, OpenFrom, Opening, fact, facts_of

MOST_REVIEWS = 5
_ID = re.compile(r"[A-Za-z0-9_:.-]{1,200}")


async def of(place_id: str, *, shelf: Shelf, maps: Maps) -> Kept[Told]:
    """What is known of a place; `NotFound` for an id nobody knows, or of a place of no use to travellers."""
    missing = NotFound("No place has this id. Take one from the search.")
    if not _ID.fullmatch(place_id):
        raise missing
    region = f"place:{place_id}"

    async def ask() -> OnePlace:
        return await _ask(place_id, region=region, shelf=shelf, maps=maps)

    kept = await shelf.get(Slot(region, "details"), OnePlace, ask)
    if kept.value.told is None:
        raise missing
    return Kept(kept.value.told, kept.at, kept.stale)


async def details(place_id: str, *, shelf: Shelf, maps: Maps) -> DetailsView:
    """The place as a traveller reads it."""
    kept = await of(place_id, shelf=shelf, maps=maps)
    told = kept.value
    return DetailsView.model_validate(
        {
            **facts_of(told.place, zone=told.zone, now=shelf.now()),
            "zone": told.zone,
            "address": told.address,
            "phone": told.phone,
            "website": told.website,
            "hours": fact(told.place, "hours", _week(told.place.hours)),
            "visitor_reviews": told.reviews,
            "stale": kept.stale,
        }
    )


async def hours_on(place_id: str, day: date | None, *, shelf: Shelf, maps: Maps) -> HoursView:
    """When the place is open on a local date, today there when none is given."""
    kept = await of(place_id, shelf=shelf, maps=maps)
    place, zone = kept.value.place, kept.value.zone
    hours, day = place.hours, day or shelf.now().astimezone(ZoneInfo(zone)).date()
    return HoursView(
        place_id=place.id,
        date=day,
        zone=zone,
        open=None if hours is None else _openings(hours, day, zone),
        basis="unknown" if hours is None else "date" if day in hours.exceptions else "weekday",
        source=None if hours is None else place.sources.get("hours", place.source),
        fetched_at=place.fetched_at,
        stale=kept.stale,
    )


async def _ask(place_id: str, *, region: str, shelf: Shelf, maps: Maps) -> OnePlace:
    known = await sightings.recall(place_id, shelf=shelf)
    found = await maps.details(place_id, known=known)
    made = await places_of([found.found], region=region, shelf=shelf, maps=maps) if found is not None else []
    if found is None or not made:
        return OnePlace(told=None)
    place: Place = made[0]
    point = (place.lat, place.lng)
    zone = await zone_of(point, maps=maps, cache=shelf.cache) or await maps.zone(point, datetime.now(UTC))
    reviews = tuple(
        Review(
            author=review.author,
            rating=review.rating,
            text=review.text,
            language=review.language,
            published_at=review.published_at,
            source=found.sources.get("reviews", place.source),
        )
        for review in found.reviews[:MOST_REVIEWS]
    )
    told = Told(
        place=place,
        zone=zone,
        address=found.address,
        phone=found.phone,
        website=found.website,
        reviews=reviews,
    )
    return OnePlace(told=told)


def _openings(hours: Hours, day: date, zone: str) -> tuple[Opening, ...]:
    told: list[Opening] = []
    for start, end in intervals_on(hours, day):
        for opens, closes in spans(day, ((start, end),), zone=zone):
            told.append(Opening(from_=clock(start), to=clock(end), opens_at=opens, closes_at=closes))
    return tuple(told)


def _week(hours: Hours | None) -> dict[str, object] | None:
    if hours is None:
        return None
    return {
        "weekly": tuple(_shown(day) for day in hours.weekly),
        "exceptions": tuple(
            {"date": day, "hours": _shown(intervals)} for day, intervals in sorted(hours.exceptions.items())
        ),
    }


def _shown(intervals: tuple[tuple[int, int], ...]) -> tuple[OpenFrom, ...]:
    return tuple(OpenFrom(from_=clock(start), to=clock(end)) for start, end in intervals)
