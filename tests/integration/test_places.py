"""Place search from the simulated map services into the real document store, and back."""

import asyncio
from itertools import count
from typing import get_args

import pytest
import pytest_asyncio

from devstack import native
from devstack.googlemaps.places import BUNDLED
from shared import places
from shared.cache import Cache
from shared.db import Database
from shared.documents import Documents
from shared.errors import Transient
from shared.maps import Maps
from shared.messaging import SearchCategory, SearchPlaces
from shared.places import Shelf
from tests.integration.services import broken, calls, maps_at

CITIES = sorted(file.stem.capitalize() for file in BUNDLED.glob("*.json"))
VISITS: tuple[SearchCategory, ...] = ("sightseeing", "culture", "nature", "shopping", "sports", "rest")
ALL: tuple[SearchCategory, ...] = get_args(SearchCategory.__value__)
MUNICH = (48.1372, 11.5755)
_numbers = count()


def order(category: SearchCategory, *, region: str | None = None) -> SearchPlaces:
    """A search around Munich's centre, filed under a region of its own."""
    lat, lng = MUNICH
    region = region or f"at:test-{next(_numbers)}"
    return SearchPlaces(region=region, category=category, lat=lat, lng=lng, zone="Europe/Berlin")


@pytest_asyncio.fixture(scope="session")
async def cities(maps: Maps, cache: Cache, shelf: Shelf) -> dict[str, list[places.Place]]:
    """Every place of every catalogue city, found through all categories."""
    filled = await asyncio.gather(*(_filled(name, maps, cache, shelf) for name in CITIES))
    return dict(zip(CITIES, filled, strict=True))


async def _filled(name: str, maps: Maps, cache: Cache, shelf: Shelf) -> list[places.Place]:
    found = await places.locate(name, maps=maps, cache=cache)
    assert found is not None
    region = places.region_of(found.lat, found.lng)
    for category in ALL:
        asked = SearchPlaces(region=region, category=category, lat=found.lat, lng=found.lng, zone=found.zone)
        await places.search(asked, maps=maps, shelf=shelf)
    assert await places.fresh_categories(region, shelf=shelf) == set(ALL)
    return await places.in_region(region, shelf=shelf)


@pytest.mark.parametrize("name", CITIES)
async def test_every_catalogue_city_has_enough_places_for_fourteen_days(
    name: str, cities: dict[str, list[places.Place]]
) -> None:
    kinds = [place.category for place in cities[name]]
    assert sum(kinds.count(kind) for kind in VISITS) >= 70
    assert kinds.count("food") >= 35
    assert kinds.count("cafe") >= 10
    assert kinds.count("parking") >= 10
    assert kinds.count("laundry") >= 2
    stations = [place for place in cities[name] if "train_station" in place.types]
    assert stations


@pytest.mark.parametrize("name", CITIES)
async def test_places_found_are_complete_and_each_is_there_once(
    name: str, cities: dict[str, list[places.Place]]
) -> None:
    found = cities[name]
    assert [place.id for place in found] == sorted({place.id for place in found})
    assert all(0 < place.min_visit_minutes <= place.visit_minutes for place in found)
    known = [place for place in found if place.hours is not None]
    assert len(known) >= 0.8 * len(found)
    assert all(len(place.hours.weekly) == 7 for place in known if place.hours)
    assert {place.source for place in found} == {"Google, TripGen place facts"}


async def test_category_of_a_place_does_not_depend_on_which_search_found_it(
    cities: dict[str, list[places.Place]], maps: Maps, shelf: Shelf
) -> None:
    """Munich again, categories in the opposite order: the same places under the same categories."""
    region = order("food").region
    for category in reversed(ALL):
        await places.search(order(category, region=region), maps=maps, shelf=shelf)
    again = await places.in_region(region, shelf=shelf)
    near = {place.id: place.category for place in cities["Munich"]}
    both = [place for place in again if place.id in near]
    assert len(both) > 100
    assert {place.id: place.category for place in both} == {place.id: near[place.id] for place in both}


async def test_search_made_twice_asks_the_provider_once(maps: Maps, shelf: Shelf, maps_url: str) -> None:
    asked = order("cafe")
    first = await places.search(asked, maps=maps, shelf=shelf)
    before = calls(maps_url)
    assert await places.search(asked, maps=maps, shelf=shelf) == first > 0
    assert calls(maps_url) == before


async def test_searches_at_the_same_time_leave_each_place_once(maps: Maps, shelf: Shelf) -> None:
    asked = order("cafe")
    counts = await asyncio.gather(*(places.search(asked, maps=maps, shelf=shelf) for _ in range(3)))
    found = await places.in_region(asked.region, shelf=shelf)
    assert set(counts) == {len(found)}


async def test_search_that_died_half_way_leaves_nothing_and_the_next_one_is_whole(
    maps: Maps, shelf: Shelf, maps_url: str
) -> None:
    asked = order("food")
    with broken(maps_url, "slow", latencyMs=300):
        dying = asyncio.create_task(places.search(asked, shelf=shelf, maps=maps))
        await asyncio.sleep(0.1)
        dying.cancel()
        await asyncio.wait({dying})
    assert dying.cancelled()
    assert await places.in_region(asked.region, shelf=shelf) == []
    assert await _patiently(asked, shelf, maps) > 10


async def test_search_with_the_provider_away_is_transient_and_leaves_nothing(
    maps_url: str, maps: Maps, shelf: Shelf
) -> None:
    asked = order("cafe")
    with broken(maps_url, "down"), pytest.raises(Transient):
        await places.search(asked, maps=maps, shelf=shelf)
    assert await places.fresh_categories(asked.region, shelf=shelf) == set()
    assert await _patiently(asked, shelf, maps) > 0


async def _patiently(asked: SearchPlaces, shelf: Shelf, maps: Maps) -> int:
    """Search again once the rest after a failure is over, as a message that is retried does."""
    while True:
        try:
            return await places.search(asked, shelf=shelf, maps=maps)
        except Transient:
            await asyncio.sleep(0.2)


async def test_search_without_the_store_is_transient_and_asks_no_provider(
    maps: Maps, db: Database, cache: Cache, maps_url: str
) -> None:
    absent = Documents(endpoint=f"http://127.0.0.1:{native.free_port()}", key="a2V5", database="tripgen")
    before = calls(maps_url)
    try:
        with pytest.raises(Transient):
            await places.search(order("cafe"), shelf=Shelf(db=db, cache=cache, documents=absent), maps=maps)
    finally:
        await absent.close()
    assert calls(maps_url) == before


async def test_region_where_nothing_is_known_is_searched_once_and_empty(
    maps: Maps, shelf: Shelf, maps_url: str
) -> None:
    ocean = SearchPlaces(region="at:-40.00,-120.00", category="cafe", lat=-40, lng=-120, zone="Etc/GMT+8")
    assert await places.search(ocean, maps=maps, shelf=shelf) == 0
    before = calls(maps_url)
    assert await places.search(ocean, maps=maps, shelf=shelf) == 0
    assert calls(maps_url) == before


async def test_located_place_is_remembered_whatever_its_case_and_spacing(
    maps: Maps, cache: Cache, maps_url: str
) -> None:
    first = await places.locate("Deutsches Museum, München", maps=maps, cache=cache)
    before = calls(maps_url)
    assert await places.locate("  deutsches  museum, MÜNCHEN ", maps=maps, cache=cache) == first
    assert calls(maps_url) == before
    assert first is not None
    assert (first.country, first.zone) == ("DE", "Europe/Berlin")


async def test_unknown_place_is_located_nowhere_and_asked_for_again(
    maps: Maps, cache: Cache, maps_url: str
) -> None:
    for _ in range(2):
        before = calls(maps_url).get("geocoding.geocode", 0)
        assert await places.locate("Xyzzyville, Nowhereland", maps=maps, cache=cache) is None
        assert calls(maps_url)["geocoding.geocode"] == before + 1


async def test_names_that_differ_by_accents_only_are_asked_for_apart(
    maps: Maps, cache: Cache, maps_url: str
) -> None:
    before = calls(maps_url)["geocoding.geocode"]
    for name in ("Ås", "As"):
        await places.locate(name, maps=maps, cache=cache)
    assert calls(maps_url)["geocoding.geocode"] == before + 2


async def test_without_the_cache_places_are_located_all_the_same(maps: Maps) -> None:
    absent = Cache(f"redis://127.0.0.1:{native.free_port()}/0")
    located = await places.locate("Salzburg", maps=maps, cache=absent)
    await absent.close()
    assert located is not None
    assert located.zone == "Europe/Vienna"


async def test_geocoder_away_is_transient_not_an_unknown_place(cache: Cache) -> None:
    lost = maps_at(f"http://127.0.0.1:{native.free_port()}")
    with pytest.raises(Transient):
        await places.locate("Reykjavík", maps=lost, cache=cache)
