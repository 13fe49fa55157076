"""What all simulators of outside services share: delays, exact bills, quotas and answers to garbage."""

import json
from collections.abc import Iterator
from statistics import median
from typing import Any

import httpx2
import openai
import pytest

from devstack.latency import GOOGLE, OPENAI, OPENWEATHER, Latency, Profile, latency_of
from tests.launch import server

KEY = "k"
HEADERS = {"X-Goog-Api-Key": KEY, "Authorization": f"Bearer {KEY}"}
NEARBY = {
    "locationRestriction": {"circle": {"center": {"latitude": 48.137, "longitude": 11.575}, "radius": 900}}
}
POINT = {"waypoint": {"location": {"latLng": {"latitude": 48.137, "longitude": 11.575}}}}
MATRIX = {"origins": [POINT] * 3, "destinations": [POINT] * 2, "travelMode": "DRIVE"}


@pytest.fixture(scope="module")
def maps() -> Iterator[str]:
    with server("devstack.googlemaps") as address:
        yield address


@pytest.fixture(scope="module")
def weather() -> Iterator[str]:
    with server("devstack.openweather") as address:
        yield address


@pytest.fixture(scope="module")
def model() -> Iterator[str]:
    with server("devstack.openai") as address:
        yield address


def test_delays_follow_their_profile_and_repeat_for_one_seed() -> None:
    profile = Profile(100, 300)
    one, two, other = (Latency({"x": profile}, seed) for seed in (1, 1, 2))
    drawn = [one.draw("x") for _ in range(2000)]
    assert drawn == [two.draw("x") for _ in range(2000)]
    assert drawn != [other.draw("x") for _ in range(2000)]
    assert median(drawn) == pytest.approx(100, rel=0.1)
    assert sorted(drawn)[1900] == pytest.approx(300, rel=0.15)


def test_no_profile_means_no_delay() -> None:
    assert [latency_of("none", GOOGLE).draw("places.get"), latency_of("real", GOOGLE).draw("other")] == [0, 0]
    assert latency_of("real", GOOGLE).draw("places.get") > 0


def test_every_profile_is_well_formed() -> None:
    for profile in (GOOGLE | OPENWEATHER | OPENAI).values():
        assert 0 < profile.median_ms < profile.p95_ms
        assert profile.at(0.5) == pytest.approx(profile.median_ms)
        assert profile.at(0.95) == pytest.approx(profile.p95_ms)


def test_a_real_delay_reaches_the_client() -> None:
    body = {"model": "m", "messages": [{"role": "user", "content": "hi"}]}
    patience = httpx2.Timeout(5, read=0.05)
    with server("devstack.openai", "--latency", "real") as url, pytest.raises(httpx2.ReadTimeout):
        httpx2.post(f"{url}/v1/chat/completions", json=body, headers=HEADERS, timeout=patience)


def billed(url: str) -> dict[str, int]:
    counts: dict[str, int] = httpx2.get(f"{url}/_devstack/calls").json()["billed"]
    return counts


@pytest.mark.parametrize(
    ("path", "mask", "body", "bill"),
    [
        ("/v1/places:searchNearby", "places.id", NEARBY, {"places.searchNearby.pro": 1}),
        ("/v1/places:searchNearby", "places.rating", NEARBY, {"places.searchNearby.enterprise": 1}),
        ("/v1/places:searchNearby", "*", NEARBY, {"places.searchNearby.enterpriseAtmosphere": 1}),
        (
            "/v1/places:searchText",
            "places.id,nextPageToken",
            {"textQuery": "museum"},
            {"places.searchText.idsOnly": 1},
        ),
        (
            "/v1/places:searchText",
            "places.displayName",
            {"textQuery": "museum"},
            {"places.searchText.pro": 1},
        ),
        (
            "/v1/places:searchText",
            "places.reviews",
            {"textQuery": "museum"},
            {"places.searchText.enterpriseAtmosphere": 1},
        ),
        (
            "/distanceMatrix/v2:computeRouteMatrix",
            "condition",
            MATRIX,
            {"routes.computeRouteMatrix.essentials": 6},
        ),
        (
            "/distanceMatrix/v2:computeRouteMatrix",
            "condition",
            {**MATRIX, "routingPreference": "TRAFFIC_AWARE"},
            {"routes.computeRouteMatrix.pro": 6},
        ),
    ],
)
def test_a_request_is_billed_by_its_dearest_field(  # noqa: PLR0917 - pytest passes them by name
    maps: str, path: str, mask: str, body: Any, bill: dict[str, int]
) -> None:
    httpx2.delete(f"{maps}/_devstack/calls")
    answer = httpx2.post(maps + path, json=body, headers={**HEADERS, "X-Goog-FieldMask": mask})
    assert answer.status_code == 200
    assert billed(maps) == bill


def test_details_are_billed_by_field_and_refusals_are_free(maps: str) -> None:
    httpx2.delete(f"{maps}/_devstack/calls")
    path = f"{maps}/v1/places/munich-residenz"
    for mask in ("id", "location", "displayName", "rating", "displayName,nonsense"):
        httpx2.get(path, headers={**HEADERS, "X-Goog-FieldMask": mask})
    httpx2.get(path)
    assert httpx2.get(f"{maps}/_devstack/calls").json()["calls"] == {"places.get": 6}
    tiers = ("idsOnly", "essentials", "pro", "enterprise")
    assert billed(maps) == {f"places.get.{tier}": 1 for tier in tiers}


async def test_tokens_are_billed_as_the_usage_says(model: str) -> None:
    httpx2.delete(f"{model}/_devstack/calls")
    async with openai.AsyncOpenAI(base_url=f"{model}/v1", api_key=KEY, max_retries=0) as client:
        said = await client.chat.completions.create(
            model="m", messages=[{"role": "user", "content": "hello"}]
        )
    assert said.usage is not None
    assert billed(model) == {
        "m.promptTokens": said.usage.prompt_tokens,
        "m.completionTokens": said.usage.completion_tokens,
    }


async def test_a_cut_answer_ends_with_reason_length(model: str) -> None:
    httpx2.put(f"{model}/_devstack/faults", json={"mode": "length", "count": 1})
    async with openai.AsyncOpenAI(base_url=f"{model}/v1", api_key=KEY, max_retries=0) as client:
        asked: Any = [{"role": "user", "content": "hello"}]
        cut, whole = [await client.chat.completions.create(model="m", messages=asked) for _ in range(2)]
    assert [cut.choices[0].finish_reason, whole.choices[0].finish_reason] == ["length", "stop"]
    assert (whole.choices[0].message.content or "").startswith(cut.choices[0].message.content or "?")


def test_a_truncated_answer_is_whole_http_around_half_the_json(weather: str) -> None:
    url = f"{weather}/data/3.0/onecall?lat=48.1&lon=11.6&appid=k"
    httpx2.put(f"{weather}/_devstack/faults", json={"mode": "truncated", "count": 1})
    half, whole = httpx2.get(url), httpx2.get(url)
    assert half.status_code == 200
    assert whole.json()["lat"] == 48.1
    assert len(half.content) == pytest.approx(len(whole.content) / 2, rel=0.05)
    with pytest.raises(json.JSONDecodeError):
        half.json()


def test_an_empty_quota_names_the_wait() -> None:
    with server("devstack.openai", "--quota-per-minute", "1") as url:
        answers = [httpx2.get(f"{url}/v1/models", headers=HEADERS) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 429]
    assert 1 < int(answers[1].headers["retry-after"]) <= 60
    assert 1000 < int(answers[1].headers["retry-after-ms"]) <= 60_000


@pytest.mark.parametrize("asked", ["GET /v1/nothing", "PATCH /v1/models", "GET /"])
def test_unknown_addresses_get_the_service_s_error_form(
    maps: str, weather: str, model: str, asked: str
) -> None:
    method, path = asked.split()
    for url in (maps, model):
        assert "message" in httpx2.request(method, url + path).json()["error"]
    assert "message" in httpx2.request(method, weather + path).json()


def test_an_empty_quota_of_time_zone_has_its_own_form(maps: str) -> None:
    httpx2.put(f"{maps}/_devstack/faults", json={"mode": "error", "status": 429, "count": 1})
    answer = httpx2.get(f"{maps}/maps/api/timezone/json?location=48,11&timestamp=0&key={KEY}")
    assert set(answer.json()) == {"errorMessage", "status"}
    assert (answer.status_code, answer.json()["status"]) == (200, "OVER_QUERY_LIMIT")


GARBAGE: list[Any] = [
    [],
    {},
    [[]],
    "x" * 3,
    "\ud800",
    -1,
    True,
    1.5,
    10**400,
    [{"a": []}],
    {"circle": 3},
    {"circle": {"center": []}},
]
FIELDS = ["textQuery", "includedType", "includedTypes", "excludedPrimaryTypes", "maxResultCount", "pageSize"]
FIELDS += ["rankPreference", "minRating", "priceLevels", "pageToken", "locationBias", "locationRestriction"]
FIELDS += ["languageCode", "regionCode", "travelMode", "routingPreference", "departureTime", "arrivalTime"]
FIELDS += ["origin", "destination", "intermediates", "origins", "destinations", "optimizeWaypointOrder"]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/places:searchNearby", NEARBY),
        ("/v1/places:searchText", {"textQuery": "museum"}),
        ("/directions/v2:computeRoutes", {"origin": POINT["waypoint"], "destination": POINT["waypoint"]}),
        ("/distanceMatrix/v2:computeRouteMatrix", MATRIX),
    ],
)
def test_garbage_in_any_field_is_answered_or_refused_but_never_breaks_maps(
    maps: str, path: str, body: dict[str, Any]
) -> None:
    with httpx2.Client(base_url=maps, headers={**HEADERS, "X-Goog-FieldMask": "*"}) as client:
        bad = [(name, value, {**body, name: value}) for name in FIELDS for value in GARBAGE]
        raw = [b"\xff\xfe", b"{", b"[" * 100_000, b"NaN", b'{"textQuery": NaN}', b"null", b""]
        sent = [(name, value, json.dumps(whole).encode()) for name, value, whole in bad]
        broken = [
            (name, value, answer.status_code, answer.text[:200])
            for name, value, content in [*sent, *(("body", part[:20], part) for part in raw)]
            if (answer := client.post(path, content=content)).status_code not in {200, 400, 404}
        ]
    assert broken == []


@pytest.mark.parametrize(
    "field", ["model", "messages", "temperature", "max_tokens", "response_format", "stream"]
)
def test_garbage_in_any_field_never_breaks_openai(model: str, field: str) -> None:
    whole: dict[str, Any] = {"model": "m", "messages": [{"role": "user", "content": "hello"}]}
    schema = {"type": "json_schema", "json_schema": {"name": "n", "schema": {"type": [[]]}}}
    with httpx2.Client(base_url=model, headers=HEADERS) as client:
        for value in [*GARBAGE, schema, [{"role": "user", "content": [3, {"text": 4}]}]]:
            answer = client.post("/v1/chat/completions", content=json.dumps({**whole, field: value}))
            assert answer.status_code in {200, 400, 404}, (field, value, answer.text[:200])
        for part in (b"\xff\xfe", b"[" * 100_000, b"", b"NaN"):
            assert client.post("/v1/chat/completions", content=part).status_code == 400, part[:9]


@pytest.mark.parametrize("value", ["", "nan", "1e400", "-inf", "x", "٣", "9" * 400, "\x00"])
def test_garbage_in_any_parameter_never_breaks_the_older_apis(maps: str, weather: str, value: str) -> None:
    for name in (
        "latlng",
        "address",
        "components",
        "place_id",
        "language",
        "region",
        "bounds",
        "location",
        "timestamp",
    ):
        for path, given in (
            ("geocode", {"address": "Munich"}),
            ("geocode", {}),
            ("timezone", {"location": "48,11", "timestamp": "0"}),
        ):
            answer = httpx2.get(f"{maps}/maps/api/{path}/json", params={**given, name: value, "key": KEY})
            assert answer.status_code in {200, 400}, (path, name, answer.text[:200])
            assert answer.json()["status"].isupper()
    for name in ("lat", "lon", "units", "lang", "exclude", "date", "tz"):
        for path in ("3.0/onecall", "3.0/onecall/day_summary", "2.5/air_pollution/forecast"):
            where = {"lat": "48", "lon": "11", "date": "2026-01-02", "appid": KEY, name: value}
            answer = httpx2.get(f"{weather}/data/{path}", params=where)
            assert answer.status_code in {200, 400}, (path, name, answer.text[:200])
