"""The map client against the simulated Google Maps Platform."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from devstack import native
from shared.maps import Maps
from shared.places import metres_between
from tests.integration.services import MAPS_KEY

MARIENPLATZ = (48.1372, 11.5755)
SALZBURG = (47.8, 13.045)
SEOUL = (37.5665, 126.978)
NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)


async def test_city_and_address_are_located_with_country_and_zone(maps: Maps) -> None:
    munich = await maps.locate("München")
    assert munich is not None
    assert munich.country == "DE"
    assert metres_between((munich.lat, munich.lng), MARIENPLATZ) < 5_000
    assert await maps.zone((munich.lat, munich.lng), NOW) == "Europe/Berlin"
    seoul = await maps.locate("서울")
    assert seoul is not None
    assert ZoneInfo(await maps.zone((seoul.lat, seoul.lng), NOW)).utcoffset(NOW) == ZoneInfo(
        "Asia/Seoul"
    ).utcoffset(NOW)


async def test_unknown_place_is_located_nowhere(maps: Maps) -> None:
    assert await maps.locate("Xyzzyville, Nowhereland") is None


async def test_search_turns_pages_and_stays_within_the_box(maps: Maps) -> None:
    found = await maps.search("restaurant", MARIENPLATZ, radius=20_000)
    assert len(found) > 20, "more than one page"
    assert len({place.id for place in found}) == len(found)
    assert all(metres_between(MARIENPLATZ, (place.lat, place.lng)) < 20_000 * 1.42 for place in found)
    assert all("restaurant" in place.types for place in found)


async def test_found_places_carry_hours_ratings_and_step_free_entrances(maps: Maps) -> None:
    museums = await maps.search("museum", MARIENPLATZ, radius=20_000)
    assert any(place.weekly_hours and place.weekly_hours["periods"] for place in museums)
    assert any(place.current_hours for place in museums)
    assert {True} <= {place.wheelchair_entrance for place in museums} <= {True, False, None}
    assert all(place.ratings > 0 and place.rating is not None for place in museums[:5])


async def test_facts_are_keyed_by_place_and_unknown_places_have_none(maps: Maps) -> None:
    museums = await maps.search("museum", MARIENPLATZ, radius=20_000)
    ids = [place.id for place in museums]
    known = await maps.facts([*ids, "unheard-of"])
    assert set(known) == set(ids)
    assert all(fact.source and fact.visit_minutes for fact in known.values())


async def test_facts_beyond_one_request_are_asked_in_several(maps: Maps) -> None:
    [museum, *_] = await maps.search("museum", MARIENPLATZ, radius=20_000)
    assert set(await maps.facts([f"unheard-of-{n}" for n in range(450)] + [museum.id])) == {museum.id}


async def test_without_a_source_of_facts_there_are_none() -> None:
    nowhere = f"http://127.0.0.1:{native.free_port()}"
    lone = Maps(
        key=MAPS_KEY, maps_url=nowhere, places_url=nowhere, routes_url=nowhere, facts_url=None, facts_key=None
    )
    assert await lone.facts(["somewhere"]) == {}


async def test_journey_by_rail_and_by_road_takes_plausible_time(maps: Maps) -> None:
    for mode in ("drive", "transit"):
        journey = await maps.travel(MARIENPLATZ, SALZBURG, mode=mode)
        assert journey is not None
        assert 60 <= journey.minutes <= 240
        assert 115_000 <= journey.metres <= 200_000


async def test_only_part_of_a_text_that_is_known_is_a_partial_answer(maps: Maps) -> None:
    known, guessed = await maps.locate("Munich"), await maps.locate("Xyzzy Towers, Munich")
    assert known is not None
    assert guessed is not None
    assert (known.partial, guessed.partial) == (False, True)


async def test_nearby_places_are_ranked_by_fame_or_by_distance(maps: Maps) -> None:
    famous = await maps.nearby(["museum", "park"], MARIENPLATZ, radius=3_000, limit=10)
    close = await maps.nearby(["museum", "park"], MARIENPLATZ, radius=3_000, limit=10, by="distance")
    assert len(famous) == len(close) == 10
    away = [metres_between(MARIENPLATZ, (place.lat, place.lng)) for place in close]
    assert away == sorted(away)
    assert away[-1] <= 3_000
    assert sum(place.ratings for place in famous) > sum(place.ratings for place in close)
    assert all({"museum", "park"} & set(place.types) for place in famous)


async def test_words_find_places_and_details_tell_the_rest(maps: Maps) -> None:
    [museum, *_] = await maps.find("Deutsches Museum", MARIENPLATZ, radius=5_000, limit=5)
    details = await maps.details(museum.id)
    assert details is not None
    assert details.found == museum
    assert "Germany" in details.address
    assert 1 <= len(details.reviews) <= 5
    assert all(review.author and review.text and review.published_at for review in details.reviews)
    assert details.sources["rating"] == "Google"


async def test_unknown_place_has_no_details(maps: Maps) -> None:
    assert await maps.details("unheard/of?") is None


async def test_walked_and_waited_parts_of_a_journey_are_told(maps: Maps) -> None:
    ridden = await maps.travel(MARIENPLATZ, (48.1600, 11.5600), mode="transit")
    assert ridden is not None
    assert ridden.walk_metres == 600
    assert ridden.wait_minutes == 5
    walked = await maps.travel(MARIENPLATZ, (48.1400, 11.5800), mode="walk")
    assert walked is not None
    assert walked.walk_metres == walked.metres > 0
    assert walked.wait_minutes == 0
    driven = await maps.travel(MARIENPLATZ, SALZBURG, mode="drive")
    assert driven is not None
    assert driven.walk_metres is None


async def test_matrix_answers_in_order_whatever_its_size(maps: Maps) -> None:
    ends = [(48.1372 + n / 10_000, 11.5755) for n in range(1, 251)]
    ways = await maps.matrix(MARIENPLATZ, [*ends, SEOUL], mode="transit")
    assert len(ways) == 251
    assert ways[-1] is None
    metres = [way.metres for way in ways[:-1] if way is not None]
    assert len(metres) == 250
    assert ways[7] is not None
    assert ways[7].metres == (await maps.travel(MARIENPLATZ, ends[7], mode="transit")).metres  # type: ignore[union-attr]


@pytest.mark.parametrize("mode", ["drive", "transit"])
async def test_no_journey_leads_across_an_ocean(maps: Maps, mode: Any) -> None:
    assert await maps.travel(MARIENPLATZ, SEOUL, mode=mode) is None
