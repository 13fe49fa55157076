"""The legs of a completed plan are the route service's, and a plan comes when that is away."""

import time
from collections.abc import Iterator
from itertools import pairwise
from math import ceil

import httpx2
import psycopg
import pytest
from psycopg.rows import dict_row

from devstack.stack import Stack
from shared.web.breaker import REST_SECONDS
from tests.acceptance.conftest import Trouble
from tests.acceptance.traveller import Json, Traveller, completed_once, stop

ESTIMATED = "This way is estimated: the map service has not told how long it takes."
MODES = {"walk": "WALK", "public": "TRANSIT", "taxi": "DRIVE"}
WAIT = {"walk": 0, "public": 0, "taxi": 5}
"""Minutes until a taxi comes are ours, not the service's."""
STALE_CONNECTIONS = 3
WEATHER = ("onecall.", "airPollution.")


def legs(plan: Json) -> Iterator[tuple[Json, Json, Json]]:
    """Every leg inside a city with the points it leads from and to."""
    for day in plan["days"]:
        points = {item["place"]["id"]: item["place"]["point"] for item in day["items"] if item.get("place")}
        points |= {"start": day["start"]["point"], "end": day["end"]["point"]}
        for item in day["items"]:
            if item["kind"] == "leg" and item["mode"] in MODES:
                yield item, points[item["from"]], points[item["to"]]


def told(url: str, key: str, mode: str, ends: tuple[Json, Json]) -> tuple[int, int]:
    """Minutes and metres that the route service tells."""
    origin, destination = ({"location": {"latLng": _rounded(end)}} for end in ends)
    answer = httpx2.post(
        f"{url}/directions/v2:computeRoutes",
        json={"origin": origin, "destination": destination, "travelMode": mode},
        headers={"X-Goog-Api-Key": key, "X-Goog-FieldMask": "routes.duration,routes.distanceMeters"},
    ).raise_for_status()
    [route] = answer.json()["routes"]
    return ceil(int(route["duration"][:-1]) / 60), int(route["distanceMeters"])


def _rounded(point: Json) -> Json:
    return {"latitude": round(point["lat"], 5), "longitude": round(point["lng"], 5)}


@pytest.mark.parametrize("party", [{}, {"health": "limited", "age": 70}])
def test_the_legs_of_a_completed_plan_are_what_the_route_service_says(
    stack: Stack, ines: Traveller, *, party: Json
) -> None:
    member = {"name": "Ines", "age": 41, "health": "good", "preferences": ["culture"]} | party
    trip_id = ines.new_trip(destinations=[stop("Munich", 2)], members=[member])
    assert completed_once(ines.wait_for(ines.ask(trip_id)))
    plan = ines.plan(trip_id)
    seen = list(legs(plan))
    assert len(seen) > 5
    for leg, start, end in seen:
        if leg["metres"] < 20:
            continue
        minutes, metres = told(
            stack.url("googlemaps"), stack.settings["GOOGLE_MAPS_KEY"], MODES[leg["mode"]], (start, end)
        )
        assert (leg["minutes"], leg["metres"]) == (minutes + WAIT[leg["mode"]], metres), leg
        assert "warnings" not in leg
    assert [entry["code"] for entry in plan["report"] if not entry["ok"]] == []


def test_what_a_job_asks_is_counted_on_its_row_as_the_service_counts_it(
    stack: Stack, ines: Traveller
) -> None:
    url = f"{stack.url('googlemaps')}/_devstack/calls"
    httpx2.delete(url).raise_for_status()
    # No other test goes there, so that nothing about it is remembered.
    job_id = ines.ask(ines.new_trip(destinations=[stop("Tokyo", 1)]))
    assert completed_once(ines.wait_for(job_id))
    counted: dict[str, int] = httpx2.get(url).json()["calls"]
    assert counted["routes.computeRoutes"] > 0
    deadline = time.monotonic() + 20
    while not _agree((kept := _row(stack, job_id))[0], counted) and time.monotonic() < deadline:
        time.sleep(0.1)  # the last step is counted when it is over, a moment after the plan is there
    assert _agree(kept[0], counted), (kept, counted)
    assert kept[1] > 0


def _agree(kept: dict[str, int], counted: dict[str, int]) -> bool:
    """Equal, but for attempts that met a connection the service had just closed: those are ours alone."""
    over = [kept[name] - counted[name] for name in counted if name in kept]
    return kept.keys() == counted.keys() and min(over) >= 0 and sum(over) <= STALE_CONNECTIONS


def _row(stack: Stack, job_id: str) -> tuple[dict[str, int], float]:
    """What the job asked of Google and of our place facts, and what all it asked costs."""
    with psycopg.connect(stack.settings["POSTGRES_URL"], row_factory=dict_row) as connection:
        row = connection.execute(
            "SELECT outside_calls, outside_cost_usd FROM schedule_jobs WHERE id = %s", (job_id,)
        ).fetchone()
    assert row is not None
    google = {name: calls for name, calls in row["outside_calls"].items() if not name.startswith(WEATHER)}
    return google, float(row["outside_cost_usd"])


@pytest.mark.parametrize("order", [{"mode": "down"}, {"mode": "slow", "latencyMs": 60_000}])
def test_without_the_route_service_the_plan_comes_and_says_that_ways_are_estimated(
    trouble: Trouble, ines: Traveller, *, order: Json
) -> None:
    ines.wait_for(ines.ask(ines.new_trip(destinations=[stop("Paris")])))
    trouble.fault("googlemaps", path="/directions", **order)
    # Somewhere else in the same city, so that nobody remembers its ways.
    lodging = {"name": "Inn", "point": {"lat": 48.8471, "lng": 2.3412 if order["mode"] == "down" else 2.3399}}
    trip_id = ines.new_trip(destinations=[stop("Paris", lodging=lodging)])
    job = ines.wait_for(ines.ask(trip_id))
    assert completed_once(job), job
    assert "some travel times are estimates" in job["events"][-1]["message"]
    plan = ines.plan(trip_id)
    assert any(ESTIMATED in leg.get("warnings", []) for leg, _, _ in legs(plan))
    assert [entry["code"] for entry in plan["report"] if not entry["ok"]] == []
    trouble.mend()
    _until_told_again(ines, lodging)


def _until_told_again(ines: Traveller, lodging: Json) -> None:
    """The service is left alone for a while after it failed; later tests want it back."""
    for _ in range(6):
        time.sleep(REST_SECONDS)  # asking before would only use up the day's plans
        trip_id = ines.new_trip(destinations=[stop("Paris", lodging=lodging)])
        assert completed_once(ines.wait_for(ines.ask(trip_id)))
        if not any("warnings" in leg for leg, _, _ in legs(ines.plan(trip_id))):
            return
    raise AssertionError("the route service is back, and no plan has its ways")


def test_items_follow_each_other_after_the_legs_were_put_in(ines: Traveller) -> None:
    trip_id = ines.new_trip(destinations=[stop("Salzburg", 2)], transport="car")
    assert completed_once(ines.wait_for(ines.ask(trip_id)))
    for day in ines.plan(trip_id)["days"]:
        assert all(first["end"] <= then["start"] for first, then in pairwise(day["items"]))
