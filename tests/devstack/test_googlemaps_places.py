"""Places API (New): field masks, searches, paging, hours and errors in the real service's shapes."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from devstack.googlemaps import nearby, textsearch
from devstack.googlemaps.places import BUNDLED, load
from devstack.googlemaps.resource import place_resource
from tests.devstack.maps_catalogue import KEY, NOW, circle, maps_client, write_catalogue

NEARBY, TEXT = "/v1/places:searchNearby", "/v1/places:searchText"
IDS = {"X-Goog-FieldMask": "places.id,nextPageToken"}


@pytest.fixture(scope="module")
async def maps(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[httpx2.AsyncClient]:
    folder = write_catalogue(Path(tmp_path_factory.mktemp("catalogue")))
    async with maps_client(folder, **{"X-Goog-Api-Key": KEY}) as client:
        yield client


async def found(maps: httpx2.AsyncClient, path: str, body: dict[str, Any]) -> list[str]:
    answer = await maps.post(path, json=body, headers=IDS)
    assert answer.status_code == 200, answer.text
    return [place["id"] for place in answer.json().get("places", [])]


async def error_of(maps: httpx2.AsyncClient, path: str, body: dict[str, Any]) -> dict[str, Any]:
    answer = await maps.post(path, json=body, headers=IDS)
    error: dict[str, Any] = answer.json()["error"]
    assert answer.status_code == error["code"]
    return error


async def place(maps: httpx2.AsyncClient, place_id: str, mask: str) -> dict[str, Any]:
    answer = await maps.get(f"/v1/places/{place_id}", headers={"X-Goog-FieldMask": mask})
    assert answer.status_code == 200, answer.text
    resource: dict[str, Any] = answer.json()
    return resource


async def test_a_field_mask_is_required(maps: httpx2.AsyncClient) -> None:
    answer = await maps.post(NEARBY, json={"locationRestriction": circle(500)})
    error = answer.json()["error"]
    assert (answer.status_code, error["status"]) == (400, "INVALID_ARGUMENT")
    assert error["message"].startswith("FieldMask is a required parameter.")


async def test_only_the_asked_fields_come_back(maps: httpx2.AsyncClient) -> None:
    headers = {"X-Goog-FieldMask": "places.id,places.displayName.text,places.location"}
    body = {"includedTypes": ["museum"], "locationRestriction": circle(5000)}
    answer = await maps.post(NEARBY, json=body, headers=headers)
    location = {"latitude": 48.12986, "longitude": 11.58346}
    expected = {
        "id": "munich-deutsches-museum",
        "displayName": {"text": "German Museum"},
        "location": location,
    }
    assert answer.json() == {"places": [expected]}


@pytest.mark.parametrize("mask", ["places.nonsense", "id", "places.id, places.location"])
async def test_a_path_that_matches_no_field_is_refused(maps: httpx2.AsyncClient, mask: str) -> None:
    body = {"locationRestriction": circle(500)}
    answer = await maps.post(NEARBY, json=body, headers={"X-Goog-FieldMask": mask})
    violation = answer.json()["error"]["details"][0]["fieldViolations"][0]
    assert answer.status_code == 400
    assert "Cannot find matching fields for path" in violation["description"]


async def test_a_missing_key_is_403_and_a_wrong_one_400(maps: httpx2.AsyncClient) -> None:
    missing = await maps.post(NEARBY, json={}, headers={"X-Goog-Api-Key": "", **IDS})
    assert (missing.status_code, missing.json()["error"]["status"]) == (403, "PERMISSION_DENIED")
    wrong = await maps.post(NEARBY, json={}, headers={"X-Goog-Api-Key": "AIzaWrong", **IDS})
    assert wrong.status_code == 400
    assert wrong.json()["error"]["details"][0]["reason"] == "API_KEY_INVALID"


async def test_nearby_returns_at_most_twenty_and_has_no_pages(maps: httpx2.AsyncClient) -> None:
    body = {"includedTypes": ["cafe"], "locationRestriction": circle(20_000)}
    answer = await maps.post(NEARBY, json=body, headers=IDS)
    assert len(answer.json()["places"]) == 20
    assert "nextPageToken" not in answer.json()


async def test_nearby_ranks_by_popularity_or_by_distance(maps: httpx2.AsyncClient) -> None:
    body = {"locationRestriction": circle(3000), "maxResultCount": 2}
    assert (await found(maps, NEARBY, body))[0] == "munich-marienplatz"
    around = circle(3000, (48.15, 11.57))
    near = {"locationRestriction": around, "rankPreference": "DISTANCE", "maxResultCount": 2}
    assert await found(maps, NEARBY, near) == ["munich-cafe-00", "munich-cafe-01"]


async def test_nearby_filters_by_types(maps: httpx2.AsyncClient) -> None:
    sights: dict[str, Any] = {
        "includedTypes": ["tourist_attraction"],
        "locationRestriction": circle(5000),
        "excludedTypes": ["plaza"],
    }
    assert await found(maps, NEARBY, sights) == ["munich-deutsches-museum"]
    primary = {"includedPrimaryTypes": ["restaurant"], "locationRestriction": circle(5000)}
    assert await found(maps, NEARBY, primary) == []


async def test_nothing_found_is_an_empty_object(maps: httpx2.AsyncClient) -> None:
    body = {"locationRestriction": circle(100, (0.0, 0.0))}
    answer = await maps.post(NEARBY, json=body, headers=IDS)
    assert answer.json() == {}


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, "location_restriction.circle"),
        ({"locationRestriction": circle(50_001)}, "radius"),
        ({"locationRestriction": circle(0)}, "radius"),
        ({"locationRestriction": circle(500), "maxResultCount": 21}, "between 1 and 20"),
        ({"locationRestriction": circle(500), "includedTypes": ["nonsense"]}, "Unsupported types: nonsense"),
        ({"locationRestriction": circle(500), "includedTypes": ["establishment"]}, "Unsupported types"),
        ({"locationRestriction": circle(500), "rankPreference": "BEST"}, "rankPreference"),
        ({"locationRestriction": circle(500, (91.0, 0.0))}, "LatLng"),
        ({"locationRestriction": circle(500), "wishes": 1}, 'Unknown name "wishes"'),
    ],
)
async def test_a_bad_nearby_request_is_an_invalid_argument(
    maps: httpx2.AsyncClient, body: dict[str, Any], message: str
) -> None:
    error = await error_of(maps, NEARBY, body)
    assert error["status"] == "INVALID_ARGUMENT"
    assert message in error["message"]


async def test_text_search_pages_to_sixty(maps: httpx2.AsyncClient) -> None:
    body: dict[str, Any] = {"textQuery": "cafes in Munich"}
    pages: list[list[str]] = []
    while "pageToken" not in body or body["pageToken"]:
        answer = (await maps.post(TEXT, json=body, headers=IDS)).json()
        pages.append([place["id"] for place in answer["places"]])
        body["pageToken"] = answer.get("nextPageToken", "")
    assert [len(page) for page in pages] == [20, 20, 20]
    assert len({place_id for page in pages for place_id in page}) == 60


async def test_the_next_page_comes_only_when_the_mask_asks(maps: httpx2.AsyncClient) -> None:
    headers = {"X-Goog-FieldMask": "places.id"}
    answer = await maps.post(TEXT, json={"textQuery": "cafe", "pageSize": 5}, headers=headers)
    assert list(answer.json()) == ["places"]
    assert len(answer.json()["places"]) == 5


async def test_a_page_token_belongs_to_its_query(maps: httpx2.AsyncClient) -> None:
    first = await maps.post(TEXT, json={"textQuery": "cafe"}, headers=IDS)
    token = first.json()["nextPageToken"]
    error = await error_of(maps, TEXT, {"textQuery": "bar", "pageToken": token})
    assert "must match the initial SearchText request" in error["message"]
    assert (await error_of(maps, TEXT, {"textQuery": "bar", "pageToken": "x"}))["code"] == 400


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("Deutsches Museum", "munich-deutsches-museum"),
        ("deutsches museum munich", "munich-deutsches-museum"),
        ("museums", "munich-deutsches-museum"),
        ("sights in München", "munich-marienplatz"),
        ("Late Bar", "munich-late-bar"),
        ("Atlantis", None),
        ("museums in Seoul", None),
    ],
)
async def test_text_search_finds_by_name_type_and_city(
    maps: httpx2.AsyncClient, query: str, expected: str | None
) -> None:
    results = await found(maps, TEXT, {"textQuery": query})
    assert next(iter(results), None) == expected


async def test_text_search_is_cut_by_a_rectangle(maps: httpx2.AsyncClient) -> None:
    low, high = {"latitude": 48.155, "longitude": 11.5}, {"latitude": 48.158, "longitude": 11.6}
    body = {"textQuery": "cafe", "locationRestriction": {"rectangle": {"low": low, "high": high}}}
    assert await found(maps, TEXT, body) == [f"munich-cafe-{number:02}" for number in (5, 6, 7, 8)]
    assert (await error_of(maps, TEXT, {"textQuery": "cafe", "locationRestriction": circle(9)}))[
        "code"
    ] == 400


async def test_text_search_open_now_knows_the_weekday(maps: httpx2.AsyncClient) -> None:
    assert await found(maps, TEXT, {"textQuery": "Late Bar", "openNow": True}) == []
    assert await found(maps, TEXT, {"textQuery": "Deutsches Museum", "openNow": True}) != []


@pytest.mark.parametrize("odd", [None, True, -1, "x", [None], [[1]], {}, {"circle": {}}, {"rectangle": 1}])
async def test_values_of_the_wrong_type_never_break_the_service(maps: httpx2.AsyncClient, odd: Any) -> None:
    bodies: dict[str, dict[str, Any]] = {
        NEARBY: {"locationRestriction": circle(500)},
        TEXT: {"textQuery": "cafe"},
    }
    fields = {NEARBY: nearby.FIELDS, TEXT: textsearch.FIELDS}
    for path, body in bodies.items():
        for field in fields[path]:
            answer = await maps.post(path, json=body | {field: odd}, headers=IDS)
            assert answer.status_code in {200, 400}, (path, field)


async def test_an_empty_query_is_refused(maps: httpx2.AsyncClient) -> None:
    assert (await error_of(maps, TEXT, {"textQuery": " "}))["message"] == "Empty text_query."


async def test_a_place_has_the_real_shape(maps: httpx2.AsyncClient) -> None:
    museum = await place(maps, "munich-deutsches-museum", "*")
    assert museum["name"] == "places/munich-deutsches-museum"
    assert museum["displayName"] == {"text": "German Museum", "languageCode": "en"}
    assert museum["formattedAddress"] == "Museumsinsel 1, 80538 München, Germany"
    assert museum["types"] == ["museum", "tourist_attraction", "point_of_interest", "establishment"]
    assert (museum["rating"], museum["userRatingCount"]) == (4.6, 41000)
    assert museum["utcOffsetMinutes"] == 120
    assert museum["timeZone"] == {"id": "Europe/Berlin"}
    assert museum["accessibilityOptions"] == {"wheelchairAccessibleEntrance": True}
    assert museum["businessStatus"] == "OPERATIONAL"
    assert len(museum["reviews"]) == 5
    assert "priceLevel" not in museum


async def test_unknown_facts_are_absent_and_known_ones_explicit(maps: httpx2.AsyncClient) -> None:
    mask = "accessibilityOptions,priceLevel,regularOpeningHours"
    assert await place(maps, "munich-cafe-01", mask) == {"priceLevel": "PRICE_LEVEL_INEXPENSIVE"}
    bar = await place(maps, "munich-late-bar", "accessibilityOptions,priceLevel")
    assert bar["accessibilityOptions"] == {"wheelchairAccessibleEntrance": False}


async def test_the_local_name_answers_the_local_language(maps: httpx2.AsyncClient) -> None:
    path = "/v1/places/munich-deutsches-museum?languageCode=de-DE&fields=displayName"
    assert (await maps.get(path)).json()["displayName"] == {"text": "Deutsches Museum", "languageCode": "de"}


async def test_a_place_that_does_not_exist_is_not_found(maps: httpx2.AsyncClient) -> None:
    answer = await maps.get("/v1/places/munich-nowhere", headers={"X-Goog-FieldMask": "id"})
    assert (answer.status_code, answer.json()["error"]["status"]) == (404, "NOT_FOUND")


async def test_weekday_hours_start_with_sunday_as_day_zero(maps: httpx2.AsyncClient) -> None:
    hours = (await place(maps, "munich-deutsches-museum", "regularOpeningHours"))["regularOpeningHours"]
    assert [period["open"]["day"] for period in hours["periods"]] == [0, 2, 3, 4, 5, 6]
    assert hours["periods"][0] == {
        "open": {"day": 0, "hour": 9, "minute": 0},
        "close": {"day": 0, "hour": 17, "minute": 0},
    }
    assert hours["weekdayDescriptions"][0] == "Monday: Closed"
    assert hours["weekdayDescriptions"][1] == "Tuesday: 9:00\u202fAM\u2009\u2013\u20095:00\u202fPM"
    assert hours["openNow"] is True


async def test_hours_past_midnight_close_on_the_next_day(maps: httpx2.AsyncClient) -> None:
    hours = (await place(maps, "munich-late-bar", "regularOpeningHours"))["regularOpeningHours"]
    saturday = {"open": {"day": 6, "hour": 18, "minute": 0}, "close": {"day": 0, "hour": 2, "minute": 0}}
    assert hours["periods"][-1] == saturday


async def test_always_open_is_one_period_without_a_close(maps: httpx2.AsyncClient) -> None:
    hours = (await place(maps, "munich-marienplatz", "regularOpeningHours"))["regularOpeningHours"]
    assert hours["periods"] == [{"open": {"day": 0, "hour": 0, "minute": 0}}]
    assert hours["weekdayDescriptions"][6] == "Sunday: Open 24 hours"


async def test_current_hours_are_dated_and_know_exceptions(maps: httpx2.AsyncClient) -> None:
    hours = (await place(maps, "munich-deutsches-museum", "currentOpeningHours"))["currentOpeningHours"]
    dates = [period["open"]["date"]["day"] for period in hours["periods"]]
    assert dates == [6, 7, 9, 10, 12]  # not Friday the 8th (exception), not Monday the 11th (closed)
    assert hours["specialDays"] == [{"date": {"year": 2026, "month": 5, "day": 8}}]
    assert hours["weekdayDescriptions"][4] == "Friday: Closed"


async def test_place_facts_tell_what_google_does_not(maps: httpx2.AsyncClient) -> None:
    path = "/facts/v1/places?ids=munich-deutsches-museum,unknown,munich-marienplatz"
    answer = await maps.get(path, headers={"X-Api-Key": KEY})
    museum, square = answer.json()["places"]
    assert (museum["visitMinutes"], museum["minVisitMinutes"], museum["indoor"]) == (180, 90, True)
    assert museum["ticket"] == {"amount": 15, "currency": "EUR"}
    assert museum["stepFree"] == "yes"
    assert square["ticket"] == {"amount": 0, "currency": "EUR"}


async def test_place_facts_need_a_key_and_at_most_two_hundred_ids(maps: httpx2.AsyncClient) -> None:
    assert (await maps.get("/facts/v1/places?ids=a")).status_code == 401
    many = ",".join(f"p{number}" for number in range(201))
    answer = await maps.get(f"/facts/v1/places?ids={many}", headers={"X-Api-Key": KEY})
    assert answer.status_code == 400


def test_every_bundled_place_makes_a_resource_with_a_type_that_can_be_asked_for() -> None:
    catalogue = load(BUNDLED)
    for item in catalogue.places:
        resource = place_resource(item, language="en", now=NOW)
        assert resource["location"]["latitude"]
        assert resource["displayName"]["text"]
    assert len(catalogue.by_id) == len(catalogue.places)
