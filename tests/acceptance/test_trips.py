"""Trips over HTTP: one member or stop changed, lists filtered, many deleted at once."""

from tests.acceptance.traveller import Traveller, member, stop, trip


def test_one_member_and_one_stop_change_and_the_dates_follow(ines: Traveller) -> None:
    made = ines.call(
        "POST",
        "/trips",
        json=trip(members=[member(), member(name="Jonas")], destinations=[stop(), stop("Linz")]),
    ).json()
    at = f"/trips/{made['id']}"
    second = made["members"][1]["id"]
    changed = ines.call("PATCH", f"{at}/members/{second}", json={"age": 7})
    assert changed.status_code == 200, changed.text
    assert [one["age"] for one in changed.json()["members"]] == [41, 7]
    first, last = (one["id"] for one in made["destinations"])
    longer = ines.call("PATCH", f"{at}/destinations/{first}", json={"nights": 3}).json()
    assert [one["startDate"] for one in longer["destinations"]] == ["2027-05-04", "2027-05-07"]
    assert ines.call("DELETE", f"{at}/destinations/{last}").status_code in {200, 204}
    assert ines.call("DELETE", f"{at}/members/{second}").status_code in {200, 204}
    left = ines.call("GET", at).json()
    assert (len(left["members"]), [one["name"] for one in left["destinations"]]) == (1, ["Munich"])


def test_trips_are_found_by_name_and_deleted_together_but_never_somebody_elses(
    ines: Traveller, jonas: Traveller
) -> None:
    alps, sea = ines.new_trip(name="Alpen 알프스"), ines.new_trip(name="Sea")
    foreign = jonas.new_trip(name="Alpen")
    found = ines.call("GET", "/trips?q=알프스&status=planned&sort=name").json()["items"]
    assert [one["id"] for one in found] == [alps]
    answer = ines.call("POST", "/trips/bulk-delete", json={"ids": [alps, foreign]})
    assert answer.status_code == 200, answer.text
    assert (answer.json()["deleted"], answer.json()["missing"]) == ([alps], [foreign])
    assert [one["id"] for one in ines.call("GET", "/trips").json()["items"]] == [sea]
    assert jonas.call("GET", f"/trips/{foreign}").status_code == 200
