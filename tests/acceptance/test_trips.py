"""A trip over HTTP: its party and route, lists, preconditions, repeated requests, the description."""

from collections.abc import Callable

import httpx2
import pytest

from devstack.stack import Stack
from tests.acceptance.traveller import Traveller, member, stop, trip


def stops(answer: httpx2.Response) -> list[tuple[str, str, str]]:
    assert answer.status_code == 200, answer.text
    body = answer.json()
    items = body.get("destinations") or body["items"]
    return [(s["name"], s["startDate"], s["endDate"]) for s in items]


def test_a_route_is_edited_stop_by_stop_and_its_dates_follow(ines: Traveller) -> None:
    path = f"/trips/{ines.new_trip()}/destinations"
    for name, nights in (("Salzburg", 2), ("Linz", 1)):
        assert ines.call("POST", path, json=stop(name, nights)).status_code == 200
    munich, salzburg, linz = (s["id"] for s in ines.call("GET", path).json()["items"])
    longer = ines.call("PATCH", f"{path}/{munich}", json={"nights": 3})
    assert stops(longer) == [
        ("Munich", "2027-05-04", "2027-05-07"),
        ("Salzburg", "2027-05-07", "2027-05-09"),
        ("Linz", "2027-05-09", "2027-05-10"),
    ]
    assert [s[0] for s in stops(ines.call("PATCH", f"{path}/{linz}", json={"position": 0}))] == [
        "Linz",
        "Munich",
        "Salzburg",
    ]
    removed = ines.call("DELETE", f"{path}/{munich}")
    assert (removed.status_code, removed.content) == (204, b"")
    left = ines.call("GET", path)
    assert stops(left) == [("Linz", "2027-05-04", "2027-05-05"), ("Salzburg", "2027-05-05", "2027-05-07")]
    assert left.headers["ETag"] == removed.headers["ETag"]
    assert ines.call("PATCH", f"{path}/{munich}", json={"nights": 1}).status_code == 404
    assert ines.call("PATCH", f"{path}/x", json={"nights": 1}).status_code == 404
    assert ines.call("PATCH", f"{path}/{salzburg}", json={"position": 5}).status_code == 409


def test_a_party_is_edited_one_by_one(ines: Traveller) -> None:
    path = f"/trips/{ines.new_trip()}/members"
    assert ines.call("POST", path, json=member(name="Jonas", age=3)).status_code == 200
    first, second = ines.call("GET", path).json()["items"]
    changed = ines.call("PATCH", f"{path}/{second['id']}", json={"health": "limited"}).json()["members"]
    assert changed == [first, {**second, "health": "limited"}]
    assert ines.call("DELETE", f"{path}/{first['id']}").status_code == 204
    assert ines.call("DELETE", f"{path}/{second['id']}").status_code == 409
    refused = ines.call("PATCH", f"{path}/{second['id']}", json={"age": 121, "shoe": 7})
    assert {error["pointer"] for error in refused.json()["errors"]} == {"/age", "/shoe"}


EDITS: list[Callable[[str, str, str], tuple[str, str, object]]] = [
    lambda trip_id, _m, _d: ("PATCH", f"/trips/{trip_id}", {"name": "Other"}),
    lambda trip_id, _m, _d: ("PUT", f"/trips/{trip_id}/members", {"items": [member()]}),
    lambda trip_id, _m, _d: ("POST", f"/trips/{trip_id}/members", member()),
    lambda trip_id, m, _d: ("PATCH", f"/trips/{trip_id}/members/{m}", {"age": 9}),
    lambda trip_id, _m, _d: ("PUT", f"/trips/{trip_id}/destinations", {"items": [stop()]}),
    lambda trip_id, _m, _d: ("POST", f"/trips/{trip_id}/destinations", stop()),
    lambda trip_id, _m, d: ("PATCH", f"/trips/{trip_id}/destinations/{d}", {"nights": 9}),
]


@pytest.mark.parametrize("edit", EDITS)
def test_an_edit_of_what_has_changed_since_is_a_412(
    ines: Traveller, edit: Callable[[str, str, str], tuple[str, str, object]]
) -> None:
    made = ines.call("POST", "/trips", json=trip())
    body = made.json()
    method, path, change = edit(body["id"], body["members"][0]["id"], body["destinations"][0]["id"])
    stale = {"If-Match": '"9"'}
    assert ines.call(method, path, json=change, headers=stale).status_code == 412
    fresh = ines.call(method, path, json=change, headers={"If-Match": made.headers["ETag"]})
    assert (fresh.status_code, fresh.headers["ETag"]) == (200, '"2"')


def test_a_list_is_filtered_searched_sorted_and_paged(ines: Traveller) -> None:
    for name, city, start in (("Süd", "München", "2027-05-04"), ("Ost", "서울", "2001-01-01")):
        ines.new_trip(name=name, startDate=start, destinations=[stop(city)])

    def names(query: str) -> list[str]:
        answer = ines.call("GET", f"/trips?{query}")
        assert answer.status_code == 200, answer.text
        return [item["name"] for item in answer.json()["items"]]

    assert names("sort=name") == ["Ost", "Süd"]
    assert names("sort=createdAt&limit=1") == ["Süd"]
    assert names("status=past") == ["Ost"]
    assert names("q=munchen") == ["Süd"]
    assert names("q=%EC%84%9C&status=planned") == []
    cursor = ines.call("GET", "/trips?limit=1").json()["nextCursor"]
    assert names(f"limit=1&cursor={cursor}") == ["Süd"]
    for query in ("status=over", "sort=age", "limit=0", "page=2", f"sort=name&cursor={cursor}", "q=%00"):
        refused = ines.call("GET", f"/trips?{query}")
        assert (refused.status_code, refused.headers["Content-Type"]) == (422, "application/problem+json")


def test_many_trips_are_deleted_at_once_but_no_others(ines: Traveller, jonas: Traveller) -> None:
    mine, theirs = [ines.new_trip(), ines.new_trip()], jonas.new_trip()
    answer = ines.call("POST", "/trips/bulk-delete", json={"ids": [*mine, theirs, mine[0]]})
    assert answer.json() == {"deleted": mine, "missing": [theirs]}
    assert ines.call("GET", "/trips").json()["items"] == []
    assert jonas.call("GET", f"/trips/{theirs}").status_code == 200


def test_the_description_and_its_page_are_served_from_here(stack: Stack) -> None:
    with httpx2.Client(base_url=f"{stack.web}/api/v1") as anyone:
        described = anyone.get("/openapi.json")
        assert (described.status_code, described.json()["openapi"]) == (200, "3.1.0")
        page = anyone.get("/docs")
        assert page.headers["Content-Type"].startswith("text/html")
        assert "script-src 'self'" in page.headers["Content-Security-Policy"]
        for name, kind in (("swagger-ui-bundle.js", "text/javascript"), ("swagger-ui.css", "text/css")):
            asset = anyone.get(f"/docs/{name}")
            assert (asset.status_code, asset.headers["Content-Type"].partition(";")[0]) == (200, kind)
        assert anyone.get("/docs/..%2fmain.py").status_code == 404
