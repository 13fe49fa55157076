"""A copy of the own account, asked for, waited for and taken away over HTTP."""

import io
import json
import time
import zipfile
from typing import Any

from tests.acceptance.traveller import EXPORTS, Json, Traveller


def test_a_traveller_takes_everything_away(ines: Traveller, jonas: Traveller) -> None:
    trip_id = ines.new_trip()
    ines.wait_for(ines.ask(trip_id), "completed")
    ines.inbox(at_least=1)
    export = ines.export()
    [file] = export["files"]
    path = file["url"].removeprefix("/api/v1")
    taken = ines.call("GET", path)
    assert taken.headers["Content-Type"] == "application/zip"
    assert taken.headers["Content-Disposition"] == f'attachment; filename="tripgen-{export["id"]}-1.zip"'
    assert len(taken.content) == file["bytes"]
    with zipfile.ZipFile(io.BytesIO(taken.content)) as copy:
        assert read(copy, "account.json")["username"] == ines.username
        assert read(copy, f"plans/{trip_id}/1.json")["plan"] == ines.plan(trip_id)
        assert read(copy, f"trips/{trip_id}.json")["members"] == trip_of(ines, trip_id)["members"]
        assert [one["tripId"] for one in read(copy, "notifications/1.json")] == [trip_id]
    for stranger in (path, f"{EXPORTS}/{export['id']}"):
        assert jonas.call("GET", stranger).status_code == 404
    assert [one["id"] for one in ines.call("GET", EXPORTS).json()["items"]] == [export["id"]]


def read(copy: zipfile.ZipFile, name: str) -> Any:
    return json.loads(copy.read(name))


def trip_of(who: Traveller, trip_id: str) -> Json:
    trip: Json = who.call("GET", f"/trips/{trip_id}").json()
    return trip


def test_two_exports_a_day(ines: Traveller) -> None:
    key = {"Idempotency-Key": "once"}
    first, again = (ines.call("POST", EXPORTS, headers=key) for _ in range(2))
    assert (first.status_code, again.status_code, first.json()) == (202, 202, again.json())
    wait_until_ready(ines)
    ines.export()
    refused = ines.call("POST", EXPORTS)
    assert refused.status_code == 429
    assert 0 < int(refused.headers["Retry-After"]) <= 86_400


def wait_until_ready(who: Traveller) -> None:
    deadline = time.monotonic() + 60
    while {one["state"] for one in who.call("GET", EXPORTS).json()["items"]} != {"ready"}:
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_an_address_that_names_no_file_is_a_404(ines: Traveller) -> None:
    export = ines.export()
    for number in ("0", "2", "x", "-1", "99999999999"):
        assert ines.call("GET", f"{EXPORTS}/{export['id']}/files/{number}").status_code == 404
    assert ines.call("GET", f"{EXPORTS}/nothing").status_code == 404
