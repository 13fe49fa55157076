"""One suite for every provider: Google at home and in Korea, Kakao with Google's facts, Kakao alone."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from devstack import native
from shared.maps import KakaoAccess, LatLng, Maps, metres_between
from shared.web import Patience
from tests.integration.services import KAKAO_KEY, MAPS_KEY, maps_at

HASTY = Patience(connect_seconds=0.5, read_seconds=2.0, attempts=1)
OCEAN = (30.0, -40.0)


@dataclass(frozen=True)
class Case:
    """A provider behind Maps, and what it knows: words for a museum, a city, and points to travel between."""

    maps: Maps
    country: str
    centre: LatLng
    near: LatLng
    city: str
    museum: str
    facts: bool = True
    rides: bool = True


@pytest.fixture(params=["google", "google-in-korea", "korea", "kakao-alone"])
def case(request: pytest.FixtureRequest, maps_url: str, kakao_url: str) -> Case:
    nowhere = f"http://127.0.0.1:{native.free_port()}"
    seoul, tower = (37.5665, 126.978), (37.5512, 126.9882)
    munich = Case(
        maps_at(maps_url), "DE", (48.1372, 11.5755), (48.1600, 11.5600), "Munich", "Deutsches Museum"
    )
    cases = {
        "google": munich,
        "google-in-korea": Case(maps_at(maps_url), "KR", seoul, tower, "Seoul", "National Museum of Korea"),
        "korea": Case(maps_at(maps_url, kakao=kakao_url), "KR", seoul, tower, "서울", "국립중앙박물관"),
        "kakao-alone": Case(
            maps_at(nowhere, kakao=kakao_url, patience=HASTY),
            "KR",
            seoul,
            tower,
            "서울",
            "국립중앙박물관",
            facts=False,
            rides=False,
        ),
    }
    return cases[request.param]


def away(case: Case, place: object) -> int:
    return metres_between(case.centre, (place.lat, place.lng))  # type: ignore[attr-defined]


async def test_city_is_located_in_its_country(case: Case) -> None:
    found = await case.maps.locate(case.city, country=case.country)
    assert found is not None
    assert away(case, found) < 10_000
    assert (found.country, found.partial) == (case.country, False)


async def test_point_lies_in_a_region_of_its_country(case: Case) -> None:
    found = await case.maps.region(case.centre, country=case.country)
    assert found is not None
    assert found.name
    assert found.country == case.country


@pytest.mark.parametrize("kind", ["museum", "restaurant", "park"])
async def test_search_gives_each_place_of_the_kind_once_the_best_known_first(case: Case, kind: str) -> None:
    found = await case.maps.search(kind, case.centre, radius=8_000, country=case.country)
    assert len(found) >= 5
    assert len({place.id for place in found}) == len(found)
    assert all(kind in place.types for place in found)
    assert all(away(case, place) < 8_000 * 1.42 for place in found)
    assert all(place.name and place.sources["name"] in {"Google", "Kakao"} for place in found)
    if case.facts:
        assert found[0].ratings >= found[-1].ratings
        assert sum(place.rating is not None for place in found) >= len(found) * 0.8
        assert any(place.weekly_hours for place in found)


async def test_nearby_is_limited_and_sorted_by_distance(case: Case) -> None:
    found = await case.maps.nearby(
        ["museum", "cafe"], case.centre, radius=3_000, limit=7, by="distance", country=case.country
    )
    metres = [away(case, place) for place in found]
    assert len(found) == 7
    assert metres == sorted(metres)
    assert metres[-1] <= 3_000
    assert all({"museum", "cafe"} & set(place.types) for place in found)


async def test_nearby_by_fame_has_the_best_known_of_the_circle(case: Case) -> None:
    found = await case.maps.nearby(["museum"], case.centre, radius=6_000, limit=5, country=case.country)
    assert len(found) == 5
    assert all(away(case, place) <= 6_000 for place in found)


async def test_words_find_the_place_they_name_first(case: Case) -> None:
    found = await case.maps.find(case.museum, case.centre, radius=8_000, limit=3, country=case.country)
    assert found[0].name == case.museum
    assert len(found) <= 3
    assert "museum" in found[0].types


async def test_words_that_name_nothing_find_nothing(case: Case) -> None:
    if case.rides:  # alone, Kakao would have asked Google as well
        assert await case.maps.find("Xyzzyville", case.centre, radius=8_000, country=case.country) == []


async def test_details_are_of_the_place_that_was_found(case: Case) -> None:
    [place, *_] = await case.maps.find(case.museum, case.centre, radius=8_000, country=case.country)
    details = await case.maps.details(place.id, known=place)
    assert details is not None
    assert (details.found.id, details.found.name) == (place.id, place.name)
    assert details.address
    assert details.sources["address"] == details.found.sources["name"]
    if not case.facts:
        assert details.reviews == ()
        return
    assert details.found.weekly_hours
    assert 1 <= len(details.reviews) <= 5
    assert details.sources["reviews"] == details.sources["rating"] == "Google"


async def test_way_by_car_has_minutes_and_metres(case: Case) -> None:
    way = await case.maps.travel(case.centre, case.near, mode="drive", country=case.country)
    assert way is not None
    assert 3 <= way.minutes <= 60
    assert 1_000 < way.metres < 15_000


async def test_later_departure_by_car_is_answered(case: Case) -> None:
    at = datetime.now(UTC) + timedelta(days=3)
    way = await case.maps.travel(case.centre, case.near, mode="drive", departure=at, country=case.country)
    assert way is not None


async def test_matrix_by_car_agrees_with_single_ways_in_order(case: Case) -> None:
    lat, lng = case.centre
    ends = [(lat + n / 1000, lng) for n in range(1, 41)] + [case.near, (lat + 0.2, lng), case.centre]
    ways = await case.maps.matrix(case.centre, ends, mode="drive", country=case.country)
    assert len(ways) == len(ends)
    for number in (0, 29, 30, 40, 41):
        single = await case.maps.travel(case.centre, ends[number], mode="drive", country=case.country)
        assert ways[number] == single is not None
    assert ways[-1] is not None
    assert ways[-1].metres == 0


async def test_matrix_of_nothing_is_empty_and_asks_nobody(case: Case) -> None:
    with case.maps.metering("empty") as meter:
        assert await case.maps.matrix(case.centre, [], mode="drive", country=case.country) == []
    assert meter.calls == {}


@pytest.mark.parametrize("mode", ["walk", "transit"])
async def test_walking_and_transit_are_told_with_their_walk(case: Case, mode: str) -> None:
    if not case.rides:
        return
    way = await case.maps.travel(case.centre, case.near, mode=mode, country=case.country)  # type: ignore[arg-type]
    assert way is not None
    assert way.walk_metres is not None
    assert 0 < way.walk_metres <= way.metres
    assert way.wait_minutes is not None


async def test_no_road_leads_over_the_ocean(case: Case) -> None:
    assert await case.maps.travel(case.centre, OCEAN, mode="drive", country=case.country) is None


async def test_key_and_country_in_any_case_choose_the_provider(maps_url: str, kakao_url: str) -> None:
    access = KakaoAccess(key=KAKAO_KEY, local_url=kakao_url, navi_url=kakao_url)
    maps = Maps(
        key=MAPS_KEY,
        maps_url=maps_url,
        places_url=maps_url,
        routes_url=maps_url,
        facts_url=None,
        facts_key=None,
        kakao=access,
    )
    for country, asked in (
        ("kr", "local.category"),
        ("JP", "places.searchText"),
        (None, "places.searchText"),
    ):
        with maps.metering("choice") as meter:
            await maps.search("cafe", (37.5665, 126.978), radius=2_000, country=country)
        assert asked in meter.calls
