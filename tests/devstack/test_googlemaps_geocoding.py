"""Geocoding and Time Zone, through Google's own Python client."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import googlemaps
import httpx2
import pytest

from tests.devstack.maps_catalogue import KEY, write_catalogue
from tests.launch import server

SUMMER, WINTER = 1_783_000_000, 1_768_000_000


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = write_catalogue(Path(tmp_path_factory.mktemp("catalogue")))
    with server("devstack.googlemaps", "--catalogue", str(folder), "--key", KEY) as address:
        yield address


@pytest.fixture(scope="module")
def client(url: str) -> googlemaps.Client:
    return googlemaps.Client(key=KEY, base_url=url, retry_timeout=1, timeout=5)


def only(results: list[dict[str, Any]]) -> dict[str, Any]:
    assert len(results) == 1
    return results[0]


@pytest.mark.parametrize(
    "name",
    ["Munich", "MUNICH", "München", "Munchen", "Muenchen", "뮌헨", "Munich, Germany", "München Deutschland"],
)
def test_a_city_is_found_by_any_of_its_names(client: googlemaps.Client, name: str) -> None:
    result = only(client.geocode(name))
    assert result["geometry"]["location"] == {"lat": 48.13743, "lng": 11.57549}
    assert result["types"] == ["locality", "political"]
    assert "partial_match" not in result


@pytest.mark.parametrize(
    "query",
    ["Deutsches Museum", "the German Museum, Munich", "Museumsinsel 1, 80538 München", "museumsinsel 1"],
)
def test_a_place_is_found_by_name_and_by_address(client: googlemaps.Client, query: str) -> None:
    result = only(client.geocode(query))
    assert result["place_id"] == "munich-deutsches-museum"
    assert result["formatted_address"] == "Museumsinsel 1, 80538 München, Germany"


@pytest.mark.parametrize("query", ["Atlantis", "Atlantis, Germany", "Springfield", "x"])
def test_an_unknown_city_has_no_results(client: googlemaps.Client, url: str, query: str) -> None:
    assert client.geocode(query) == []
    answer = httpx2.get(f"{url}/maps/api/geocode/json", params={"address": query, "key": KEY})
    assert answer.json() == {"results": [], "status": "ZERO_RESULTS"}


def test_an_unknown_street_in_a_known_city_is_a_partial_match(client: googlemaps.Client) -> None:
    result = only(client.geocode("Nirgendweg 99, München"))
    assert result["partial_match"] is True
    assert result["place_id"] == "munich"


def test_components_narrow_the_search(client: googlemaps.Client) -> None:
    assert only(client.geocode("Munich", components={"country": "DE"}))["place_id"] == "munich"
    assert client.geocode("Munich", components={"country": "KR"}) == []
    assert only(client.geocode(components={"locality": "Seoul"}))["place_id"] == "seoul"


def test_the_answer_comes_in_the_asked_language(client: googlemaps.Client) -> None:
    assert only(client.geocode("Munich", language="de"))["formatted_address"].startswith("München")
    assert only(client.geocode("Munich", language="ko"))["formatted_address"].startswith("뮌헨")


def test_a_point_is_named_by_the_closest_address_and_its_city(client: googlemaps.Client) -> None:
    found = client.reverse_geocode((48.1299, 11.5835))
    assert [result["place_id"] for result in found] == ["munich-deutsches-museum", "munich"]
    assert client.reverse_geocode((0.0, 0.0)) == []


def test_a_city_result_has_the_fields_of_the_real_service(client: googlemaps.Client) -> None:
    result = only(client.geocode("Munich"))
    assert set(result) == {"address_components", "formatted_address", "geometry", "place_id", "types"}
    assert set(result["geometry"]) == {"bounds", "location", "location_type", "viewport"}
    assert set(result["geometry"]["viewport"]) == {"northeast", "southwest"}
    country = result["address_components"][-1]
    assert country == {"long_name": "Germany", "short_name": "DE", "types": ["country", "political"]}


def test_a_wrong_key_is_denied_with_http_200(url: str) -> None:
    client = googlemaps.Client(key="AIzaWrong", base_url=url)
    with pytest.raises(googlemaps.exceptions.ApiError, match="REQUEST_DENIED"):
        client.geocode("Munich")
    answer = httpx2.get(f"{url}/maps/api/geocode/json", params={"address": "Munich"})
    assert answer.status_code == 200
    assert answer.json()["status"] == "REQUEST_DENIED"


def test_a_request_without_address_is_invalid(url: str) -> None:
    answer = httpx2.get(f"{url}/maps/api/geocode/json", params={"key": KEY})
    assert answer.status_code == 400
    assert answer.json()["status"] == "INVALID_REQUEST"


@pytest.mark.parametrize(
    ("point", "moment", "expected"),
    [
        ((48.1, 11.5), SUMMER, ("Europe/Berlin", 3600, 3600, "Central European Summer Time")),
        ((48.1, 11.5), WINTER, ("Europe/Berlin", 3600, 0, "Central European Standard Time")),
        ((37.5, 127.0), SUMMER, ("Asia/Seoul", 32400, 0, "Korean Standard Time")),
        ((40.7, -74.0), SUMMER, ("America/New_York", -18000, 3600, "Eastern Daylight Time")),
    ],
)
def test_offsets_are_those_of_the_zone_at_that_moment(
    client: googlemaps.Client, point: tuple[float, float], moment: int, expected: tuple[str, int, int, str]
) -> None:
    answer = client.timezone(point, moment)
    fields = ("timeZoneId", "rawOffset", "dstOffset", "timeZoneName")
    assert tuple(answer[name] for name in fields) == expected


def test_the_open_sea_has_no_zone(client: googlemaps.Client) -> None:
    assert client.timezone((-48.9, -123.4), SUMMER) == {"status": "ZERO_RESULTS"}


def test_an_empty_quota_is_over_query_limit_and_the_client_waits_it_out(url: str) -> None:
    client = googlemaps.Client(key=KEY, base_url=url, retry_timeout=5)
    fault = {"mode": "error", "status": 429, "count": 1, "path": "/maps/api/geocode"}
    httpx2.put(f"{url}/_devstack/faults", json=fault)
    assert only(client.geocode("Munich"))["place_id"] == "munich"
    httpx2.put(f"{url}/_devstack/faults", json=fault)
    impatient = googlemaps.Client(key=KEY, base_url=url, retry_over_query_limit=False)
    with pytest.raises(googlemaps.exceptions.ApiError, match="OVER_QUERY_LIMIT"):
        impatient.geocode("Munich")


def test_calls_are_counted_by_api_and_method(client: googlemaps.Client, url: str) -> None:
    httpx2.delete(f"{url}/_devstack/calls")
    client.geocode("Munich")
    client.timezone((48.1, 11.5), SUMMER)
    client.geocode("Seoul")
    counts = httpx2.get(f"{url}/_devstack/calls").json()
    assert counts == {
        "total": 3,
        "calls": {"geocoding.geocode": 2, "timezone.timezone": 1},
        "billed": {"geocoding.geocode.essentials": 2, "timezone.timezone.essentials": 1},
    }
