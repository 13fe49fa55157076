"""The place search through HTTP and its queue: what travellers get, and what hostile clients do not."""

import json
import time
import uuid
from collections.abc import Iterator

import pytest
from azure.servicebus import ServiceBusClient, ServiceBusMessage

from devstack.stack import Stack
from tests.acceptance.conftest import Trouble
from tests.acceptance.traveller import Json, Traveller, member, stop

NEARBY = "/places/nearby?lat=48.137&lng=11.575&minutes=30&mode=walk"
SEARCH = "/places/search?lat=48.137&lng=11.575"
MUSEUM = "munich-deutsches-museum"
HERE = {"lat": 48.137, "lng": 11.575, "minutes": 30, "mode": "walk"}
NOBODYS = "0193c7c0-0000-7000-8000-000000000000"
QUEUE = "location-search"


@pytest.fixture(scope="module")
def bus(stack: Stack) -> Iterator[ServiceBusClient]:
    with ServiceBusClient.from_connection_string(stack.settings["ServiceBus"]) as client:
        yield client


@pytest.fixture(scope="module")
def guest(stack: Stack) -> Iterator[Traveller]:
    """One traveller for all that needs no other: sign-ins are limited."""
    with Traveller(stack.web) as traveller:
        yield traveller


def got(ines: Traveller, path: str) -> Json:
    answer = ines.call("GET", path)
    assert answer.status_code == 200, answer.text
    body: Json = answer.json()
    return body


def search(ines: Traveller, **changes: object) -> Json:
    answer = ines.call("POST", "/place-searches", json=HERE | changes)
    assert answer.status_code == 202, answer.text
    body: Json = answer.json()
    assert answer.headers["Location"] == f"/api/v1/place-searches/{body['id']}"
    return body


def done(ines: Traveller, search_id: str) -> Json:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        found = got(ines, f"/place-searches/{search_id}?limit=100")
        if found["state"] == "done":
            return found
        time.sleep(0.1)
    raise AssertionError(found)


def test_nearby_comes_page_by_page_the_nearest_first(guest: Traveller) -> None:
    whole = got(guest, f"{NEARBY}&category=food&limit=100")
    first = got(guest, f"{NEARBY}&category=food&limit=5")
    second = got(guest, f"{NEARBY}&category=food&limit=5&cursor={first['nextCursor']}")
    assert [one["id"] for page in (first, second) for one in page["items"]] == [
        one["id"] for one in whole["items"][:10]
    ]
    assert whole["stale"] is False
    times = [one["travel"]["minutes"] for one in whole["items"]]
    assert times == sorted(times)
    assert {"source", "fetchedAt", "value"} == whole["items"][0]["visitMinutes"].keys()


def test_a_cursor_of_another_query_is_a_400(guest: Traveller) -> None:
    cursor = got(guest, f"{NEARBY}&limit=1")["nextCursor"]
    for path in (f"{NEARBY}&sort=name", f"{NEARBY}&category=food", f"{SEARCH}&q=museum"):
        answer = guest.call("GET", f"{path}&limit=1&cursor={cursor}")
        assert (answer.status_code, answer.headers["Content-Type"]) == (400, "application/problem+json")


@pytest.mark.parametrize(
    ("path", "status", "named"),
    [
        (f"{NEARBY}&lat=NaN", 422, "lat"),
        ("/places/nearby?lat=91&lng=0&minutes=10&mode=walk", 422, "lat"),
        ("/places/nearby?lat=inf&lng=0&minutes=10&mode=walk", 422, "lat"),
        ("/places/nearby?lat=0&lng=-181&minutes=10&mode=walk", 422, "lng"),
        ("/places/nearby?lat=0&lng=0&minutes=15&mode=walk", 422, "minutes"),
        ("/places/nearby?lat=0&lng=0&minutes=10&mode=fly", 422, "mode"),
        (f"{NEARBY}&category=casino", 422, "category"),
        (f"{NEARBY}&sort=price", 422, "sort"),
        (f"{NEARBY}&limit=0", 422, "limit"),
        (f"{NEARBY}&colour=red", 422, "colour"),
        (f"{NEARBY}&cursor=%00", 422, "cursor"),
        (f"{NEARBY}&cursor=nonsense", 400, None),
        (f"{NEARBY}&cursor=////", 400, None),
        ("/places/nearby", 422, "lat"),
        (f"{SEARCH}&q=", 422, "q"),
        (f"{SEARCH}&q={'x' * 7_000}", 422, "q"),
        (f"{SEARCH}&q=museum&radius=99999999", 422, "radius"),
        (f"/places/{MUSEUM}/hours?date=2026-02-30", 422, "date"),
        (f"/places/{MUSEUM}/recommendation", 422, "tripId"),
        (f"/places/{MUSEUM}/recommendation?tripId=7", 422, "tripId"),
        ("/places/nobody-knows-this", 404, None),
        ("/places/..%2f..%2fetc%2fpasswd", 404, None),
        ("/places/nobody-knows-this/hours", 404, None),
        (f"/place-searches/{NOBODYS}", 404, None),
        ("/place-searches/7", 404, None),
    ],
)
def test_a_hostile_address_gets_a_problem_that_names_the_fix(
    guest: Traveller, *, path: str, status: int, named: str | None
) -> None:
    answer = guest.call("GET", path)
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["detail"]
    if named:
        assert named in [error["pointer"] for error in answer.json()["errors"]]


def test_an_address_too_long_for_the_host_gets_a_problem_that_states_the_limit(guest: Traveller) -> None:
    answer = guest.call("GET", f"{SEARCH}&q={'x' * 10_240}")
    assert (answer.status_code, answer.headers["Content-Type"]) == (414, "application/problem+json")
    assert answer.json()["status"] == 414
    assert "8192 bytes" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"lat": "48.1"}, "/lat"),
        ({"lat": 91}, "/lat"),
        ({"minutes": 15}, "/minutes"),
        ({"minutes": "30"}, "/minutes"),
        ({"mode": "fly"}, "/mode"),
        ({"category": "casino"}, "/category"),
        ({"sort": "name"}, "/sort"),
        ({"lng": None}, "/lng"),
    ],
)
def test_a_wrong_field_of_a_background_search_is_named(
    guest: Traveller, *, change: Json, pointer: str
) -> None:
    answer = guest.call("POST", "/place-searches", json=HERE | change)
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


def test_nobody_searches_without_a_token(ines: Traveller) -> None:
    ines.api.headers.pop("Authorization")
    for path in (NEARBY, f"{SEARCH}&q=zoo", f"/places/{MUSEUM}", f"/place-searches/{NOBODYS}"):
        assert ines.call("GET", path).status_code == 401
    assert ines.call("POST", "/place-searches", json=HERE).status_code == 401


def test_words_light_up_in_the_names_by_code_points(guest: Traveller) -> None:
    found = got(guest, f"{SEARCH}&q=Museum")
    lit = [one["name"][span["start"] : span["end"]] for one in found["items"] for span in one["highlights"]]
    assert lit
    assert {text.casefold() for text in lit} == {"museum"}


def test_a_place_is_told_in_full_with_its_hours_on_a_date(guest: Traveller) -> None:
    told = got(guest, f"/places/{MUSEUM}")
    assert told["openNow"] in {True, False}
    assert len(told["hours"]["value"]["weekly"]) == 7
    assert len(told["visitorReviews"]) <= 5
    assert told["stepFree"]["value"] in {"yes", "no", "unknown"}
    hours = got(guest, f"/places/{MUSEUM}/hours?date=2027-05-04")
    assert hours["zone"] == "Europe/Berlin"
    assert {"from", "to", "opensAt", "closesAt"} == hours["open"][0].keys()


def test_a_recommendation_is_for_the_callers_own_party(ines: Traveller, jonas: Traveller) -> None:
    trip_id = ines.new_trip(members=[member(preferences=["culture"])])
    path = f"/places/{MUSEUM}/recommendation?tripId="
    told = got(ines, f"{path}{trip_id}")
    assert told["suits"] == "yes"
    assert all(claim["restsOn"] for claim in told["claims"])
    assert {"party", "place"} == {ground["kind"] for claim in told["claims"] for ground in claim["restsOn"]}
    assert jonas.call("GET", f"{path}{trip_id}").status_code == 404
    assert ines.call("GET", f"{path}{NOBODYS}").status_code == 404


def test_a_search_in_the_background_finds_what_the_same_search_finds(
    ines: Traveller, jonas: Traveller
) -> None:
    begun = search(ines, category="food")
    found = done(ines, begun["id"])
    direct = got(ines, f"{NEARBY}&category=food&limit=100")
    assert [one["id"] for one in found["places"]["items"]] == [one["id"] for one in direct["items"]]
    assert ines.call("GET", f"/place-searches/{begun['id']}").headers["ETag"] == '"done"'
    assert jonas.call("GET", f"/place-searches/{begun['id']}").status_code == 404
    assert got(ines, f"/place-searches/{begun['id']}?limit=1&sort=name")["places"]["nextCursor"]


def test_an_idempotency_key_starts_one_search(ines: Traveller) -> None:
    key = {"Idempotency-Key": str(uuid.uuid4())}
    first, again = (ines.call("POST", "/place-searches", json=HERE, headers=key) for _ in range(2))
    assert first.json() == again.json()
    other = ines.call("POST", "/place-searches", json=HERE | {"minutes": 10}, headers=key)
    assert other.status_code == 422


def test_a_search_message_twice_late_or_for_nobody_is_simply_done(
    bus: ServiceBusClient, trouble: Trouble, ines: Traveller
) -> None:
    begun = search(ines, category="laundry")
    found = done(ines, begun["id"])
    with bus.get_queue_sender(QUEUE) as sender:
        for search_id in (begun["id"], begun["id"], NOBODYS):
            body = {"type": "SearchNearby", "version": 1, "searchId": search_id}
            sender.send_messages(ServiceBusMessage(json.dumps(body)))
    settled(trouble)
    assert done(ines, begun["id"]) == found


@pytest.mark.parametrize(
    "body",
    [
        {"type": "SearchNearby", "version": 1},
        {"type": "SearchNearby", "version": 2, "searchId": NOBODYS},
        {"type": "SearchNearby", "version": 1, "searchId": NOBODYS, "x": 1},
        {"type": "SearchNearby", "version": 1, "searchId": "7"},
        {"type": "SearchEverything", "version": 1, "searchId": NOBODYS},
    ],
)
def test_a_poisoned_search_message_is_dead_lettered(
    bus: ServiceBusClient, trouble: Trouble, *, body: Json
) -> None:
    sent = str(uuid.uuid4())
    with bus.get_queue_sender(QUEUE) as sender:
        sender.send_messages(ServiceBusMessage(json.dumps(body), message_id=sent))
    deadline = time.monotonic() + 30
    while sent not in [one["messageId"] for one in trouble.messages(QUEUE, dead=True)]:
        assert time.monotonic() < deadline, trouble.messages(QUEUE)
        time.sleep(0.1)


def test_the_provider_away_and_nothing_known_is_a_503_that_says_when_to_try_again(
    trouble: Trouble, ines: Traveller
) -> None:
    trouble.fault("googlemaps", mode="down")
    answer = ines.call("GET", "/places/nearby?lat=35.1&lng=129.04&minutes=10&mode=walk&category=laundry")
    assert (answer.status_code, answer.headers["Content-Type"]) == (503, "application/problem+json")
    assert int(answer.headers["Retry-After"]) > 0
    begun = search(ines, lat=35.12, lng=129.05, category="laundry")
    trouble.mend()
    assert done(ines, begun["id"])["places"]["total"] >= 0


def test_a_destination_known_in_part_only_fails_the_job_with_what_was_found(ines: Traveller) -> None:
    job = ines.wait_for(ines.ask(ines.new_trip(destinations=[stop("Munich, Texas")])))
    assert job["state"] == "failed"
    assert "“Munich, Texas”" in job["reason"]
    assert "closest we know" in job["reason"]


def test_a_lodging_whose_address_is_found_in_another_country_is_not_slept_in_there(ines: Traveller) -> None:
    lodging = {"name": "Inn", "address": "Seoul"}
    trip_id = ines.new_trip(destinations=[stop("Munich", 1, lodging=lodging)])
    assert ines.wait_for(ines.ask(trip_id))["state"] == "completed"
    plan = ines.plan(trip_id)
    node = plan["days"][0]["end"]
    assert (node["kind"], node["name"]) == ("lodging", "Inn")
    assert (round(node["point"]["lat"]), round(node["point"]["lng"])) == (48, 12)
    assert [entry["code"] for entry in plan["report"] if not entry["ok"]] == []


def test_a_must_see_in_any_language_is_a_sight_and_not_the_car_park_of_its_name(ines: Traveller) -> None:
    trip_id = ines.new_trip(destinations=[stop("Seoul", 2)], transport="car")
    job = ines.wait_for(ines.ask(trip_id, mustSee=["COEX", "경복궁"]))
    assert job["state"] == "completed"
    plan = ines.plan(trip_id)
    assert [wish["placeId"] for wish in plan["request"]["mustSee"]] == [
        "seoul-coex-mall",
        "seoul-gyeongbokgung",
    ]
    visits = [item["place"] for day in plan["days"] for item in day["items"] if item["kind"] == "visit"]
    assert "Gyeongbokgung Palace" in [place["name"] for place in visits]
    assert not [place["id"] for place in visits if place["id"].startswith("kakao:")]


def test_the_weather_of_a_trip_is_told_by_day(ines: Traveller, jonas: Traveller) -> None:
    trip_id = ines.new_trip(destinations=[stop("Munich", 1), stop("Salzburg", 1)])
    told = got(ines, f"/trips/{trip_id}/weather")
    assert [day["destination"] for day in told["days"]] == ["Munich", "Salzburg", "Salzburg"]
    assert {day["weather"]["source"] for day in told["days"]} == {"climate"}
    assert told["forecastUntil"] is None
    assert jonas.call("GET", f"/trips/{trip_id}/weather").status_code == 404


def test_without_the_weather_service_the_days_come_without_weather(trouble: Trouble, ines: Traveller) -> None:
    # Somewhere and some time nobody has asked about: what is remembered would be told.
    trip_id = ines.new_trip(startDate="2027-09-14", destinations=[stop("Busan", 1)])
    trouble.fault("openweather", mode="down")
    assert [day["weather"] for day in got(ines, f"/trips/{trip_id}/weather")["days"]] == [None, None]


def settled(trouble: Trouble) -> None:
    """Wait until the queue is empty."""
    deadline = time.monotonic() + 30
    while trouble.messages(QUEUE):
        assert time.monotonic() < deadline, trouble.messages(QUEUE)
        time.sleep(0.1)
