"""What a traveller wishes to see, found by its name in their language: among what is known, or by asking."""

from itertools import count

import pytest

from devstack import native
from shared import places
from shared.maps import LatLng, Maps
from shared.messaging import SearchCategory, SearchPlaces
from shared.places import Around, Meant, Shelf
from shared.web import Patience
from tests.integration.services import calls, forget_calls, maps_at

SEOUL, MUNICH = (37.5665, 126.978), (48.1372, 11.5755)
PALACE = "seoul-gyeongbokgung"
HASTY = Patience(connect_seconds=0.5, read_seconds=2.0, attempts=1)
_numbers = count()


@pytest.fixture
def maps(maps_url: str, kakao_url: str) -> Maps:
    """With Kakao for South Korea; a short one where only Kakao is away."""
    return maps_at(maps_url, kakao=kakao_url)


def around(centre: LatLng = SEOUL, zone: str = "Asia/Seoul") -> Around:
    """A region that nobody has asked about."""
    return Around(f"at:wishes-{next(_numbers)}", centre, zone)


async def searched(here: Around, category: SearchCategory, shelf: Shelf, maps: Maps) -> list[places.Place]:
    lat, lng = here.centre
    order = SearchPlaces(region=here.region, category=category, lat=lat, lng=lng, zone=here.zone)
    await places.search(order, shelf=shelf, maps=maps)
    return await places.in_region(here.region, shelf=shelf)


async def meant(
    wish: str, here: Around, known: list[places.Place], *, shelf: Shelf, maps: Maps
) -> tuple[str | None, Meant]:
    found = await places.meant([wish], [here], known, shelf=shelf, maps=maps)
    return found.ids[wish], found


async def test_a_wish_for_a_known_name_asks_nobody(shelf: Shelf, maps: Maps) -> None:
    here = around()
    known = await searched(here, "sightseeing", shelf, maps)
    with maps.metering("wish") as meter:
        assert (await meant("Gyeongbokgung Palace", here, known, shelf=shelf, maps=maps))[0] == PALACE
    assert meter.calls == {}


async def test_a_korean_name_means_the_place_that_the_plan_has_under_its_english_one(
    shelf: Shelf, maps: Maps
) -> None:
    here = around()
    known = await searched(here, "sightseeing", shelf, maps)
    palace, found = await meant("경복궁", here, known, shelf=shelf, maps=maps)
    assert palace == PALACE
    assert next(place.name for place in known if place.id == PALACE) == "Gyeongbokgung Palace"
    assert found.found == {}, "it is the same place, not one more of that name"


async def test_without_kakao_google_is_asked_for_the_korean_name(shelf: Shelf, maps_url: str) -> None:
    here = around()
    nowhere = f"http://127.0.0.1:{native.free_port()}"
    alone = maps_at(maps_url, kakao=nowhere, patience=HASTY)
    known = await searched(here, "sightseeing", shelf, alone)
    assert (await meant("경복궁", here, known, shelf=shelf, maps=alone))[0] == PALACE


@pytest.mark.parametrize(
    ("wish", "place"), [("창덕궁", "seoul-changdeokgung"), ("Lotte World", "seoul-lotte-world")]
)
async def test_a_place_that_no_search_had_is_found_with_all_a_plan_needs(
    shelf: Shelf, maps: Maps, *, wish: str, place: str
) -> None:
    here = around()
    found_id, found = await meant(wish, here, [], shelf=shelf, maps=maps)
    assert found_id == place
    [one] = found.found[here.region]
    assert one.id == place
    assert one.hours is not None
    assert one.category in places.VISITS
    assert one.region == here.region


async def test_a_wish_is_asked_for_once_a_day_and_so_is_that_nobody_knows_it(
    shelf: Shelf, maps: Maps, maps_url: str
) -> None:
    here = around(MUNICH, "Europe/Berlin")
    forget_calls(maps_url)
    for _ in range(2):
        assert (await meant("Xyzzyville", here, [], shelf=shelf, maps=maps))[0] is None
    assert calls(maps_url)["places.searchText"] == 1


@pytest.mark.parametrize("wish", ["경복궁 주차장", "Gyeongbokgung Parking Lot", "?!", "궁"])
async def test_a_car_park_or_less_than_a_name_is_no_sight(shelf: Shelf, maps: Maps, wish: str) -> None:
    assert (await meant(wish, around(), [], shelf=shelf, maps=maps))[0] != "seoul-gyeongbokgung-parking"


async def test_the_first_stop_that_has_it_is_the_one(shelf: Shelf, maps: Maps) -> None:
    munich, seoul = around(MUNICH, "Europe/Berlin"), around()
    found = await places.meant(["경복궁"], [munich, seoul], [], shelf=shelf, maps=maps)
    assert found.ids == {"경복궁": PALACE}
    assert [*found.found] == [seoul.region]


async def test_with_every_provider_away_a_wish_has_no_place_and_nothing_fails(shelf: Shelf) -> None:
    nowhere = f"http://127.0.0.1:{native.free_port()}"
    away = maps_at(nowhere, kakao=nowhere, patience=HASTY)
    assert (await meant("경복궁", around(), [], shelf=shelf, maps=away))[0] is None


async def test_many_wishes_and_stops_ask_no_more_than_twenty_times(
    shelf: Shelf, maps: Maps, maps_url: str
) -> None:
    stops = [around((MUNICH[0] + n / 10, MUNICH[1]), "Europe/Berlin") for n in range(7)]
    forget_calls(maps_url)
    wishes = [f"Nowhere {letter}" for letter in "abcdefg"]
    found = await places.meant(wishes, stops, [], shelf=shelf, maps=maps)
    assert set(found.ids.values()) == {None}
    assert calls(maps_url)["places.searchText"] == 20
