"""An account over HTTP: signing in and out, the profile, the password, the picture."""

import io
import time
from collections.abc import Callable, Iterator

import httpx2
import psycopg
import pytest
from azure.cosmos import CosmosClient, DatabaseProxy
from PIL import Image
from psycopg import sql

from devstack.stack import Stack
from tests.acceptance.conftest import ORIGIN
from tests.acceptance.traveller import PASSWORD, Json, Traveller

NEW_PASSWORD = "another horse 8!"  # noqa: S105 - of accounts that live as long as a test


@pytest.fixture
def visitor(stack: Stack) -> Iterator[httpx2.Client]:
    """Nobody in particular."""
    with httpx2.Client(base_url=f"{stack.web}/api/v1", timeout=40) as client:
        yield client


def sign_in(visitor: httpx2.Client, who: Traveller, password: str = PASSWORD) -> Json:
    answer = visitor.post("/sessions", json={"login": who.username, "password": password})
    assert answer.status_code == 201, answer.text
    session: Json = answer.json()
    return session


def status(visitor: httpx2.Client, session: Json) -> int:
    """What reading the profile with the session's access token gives."""
    headers = {"Authorization": f"Bearer {session['accessToken']}"}
    return visitor.get("/users/me", headers=headers).status_code


def test_a_session_is_refreshed_and_its_old_token_ends_it(ines: Traveller, visitor: httpx2.Client) -> None:
    first = sign_in(visitor, ines)
    second = visitor.post("/sessions/refresh", json={"refreshToken": first["refreshToken"]}).json()
    assert status(visitor, second) == 200
    again = visitor.post("/sessions/refresh", json={"refreshToken": first["refreshToken"]})
    assert again.status_code == 401
    assert again.headers["Content-Type"] == "application/problem+json"
    assert status(visitor, second) == 401
    assert visitor.post("/sessions/refresh", json={"refreshToken": second["refreshToken"]}).status_code == 401


def test_signing_out_ends_this_session_then_all(ines: Traveller, visitor: httpx2.Client) -> None:
    here, there = sign_in(visitor, ines), sign_in(visitor, ines)
    headers = {"Authorization": f"Bearer {here['accessToken']}"}
    assert visitor.delete("/sessions/current", headers=headers).status_code == 204
    assert (status(visitor, here), status(visitor, there)) == (401, 200)
    assert ines.call("DELETE", "/sessions").status_code == 204
    assert status(visitor, there) == 401
    assert ines.call("GET", "/users/me").status_code == 401


def test_the_profile_changes_under_its_etag(ines: Traveller) -> None:
    read = ines.call("GET", "/users/me")
    change = {"name": "Ines König", "phone": "+4915112345678"}
    etag = read.headers["ETag"]
    changed = ines.call("PATCH", "/users/me", json=change, headers={"If-Match": etag})
    assert changed.status_code == 200, changed.text
    assert changed.json() == read.json() | change
    assert ines.call("PATCH", "/users/me", json=change, headers={"If-Match": etag}).status_code == 412
    assert ines.call("GET", "/users/me").headers["ETag"] == changed.headers["ETag"] != etag


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"name": None}, "/name"),
        ({"name": "x"}, "/name"),
        ({"phone": "0151"}, "/phone"),
        ({"email": "nobody"}, "/email"),
        ({"password": PASSWORD}, "/password"),
        ({"id": "7"}, "/id"),
    ],
)
def test_a_wrong_change_names_its_field(ines: Traveller, change: Json, pointer: str) -> None:
    answer = ines.call("PATCH", "/users/me", json=change)
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


def test_a_deleted_account_leaves_nothing_in_any_store(stack: Stack, visitor: httpx2.Client) -> None:
    with Traveller(stack.web) as leaving:
        trip_id = leaving.new_trip()
        leaving.wait_for(leaving.ask(trip_id), "completed")
        leaving.inbox(at_least=1)
        user_id = leaving.call("GET", "/users/me").json()["id"]
        assert leaving.call("DELETE", "/users/me", headers={"If-Match": '"99"'}).status_code == 412
        assert leaving.call("DELETE", "/users/me").status_code == 204
        assert leaving.call("GET", "/users/me").status_code == 401
    again = visitor.post("/sessions", json={"login": leaving.username, "password": PASSWORD})
    assert again.status_code == 401
    assert visitor.get(f"/users/availability?username={leaving.username}").json() == {"available": True}
    with psycopg.connect(stack.settings["POSTGRES_URL"]) as connection:
        for table in ("users", "trips", "sessions", "schedule_jobs", "idempotency_keys", "place_searches"):
            query = sql.SQL("SELECT count(*) FROM {} t WHERE t::text LIKE %s").format(sql.Identifier(table))
            assert connection.execute(query, (f"%{user_id}%",)).fetchone() == (0,), table
        # Ten minutes are for a worker that still writes; they pass sooner here.
        connection.execute("UPDATE schedule_leftovers SET due_at = now() WHERE trip_id = %s", (trip_id,))
    account = CosmosClient(stack.settings["COSMOS_ENDPOINT"], stack.settings["COSMOS_KEY"])
    database = account.get_database_client(stack.settings["COSMOS_DATABASE"])
    eventually(lambda: ids(database, "schedules", trip_id) == [])
    eventually(lambda: ids(database, "notifications", user_id) == ["closed"])


def ids(database: DatabaseProxy, container: str, partition: str) -> list[str]:
    items = database.get_container_client(container)
    return [row["id"] for row in items.query_items("SELECT c.id FROM c", partition_key=partition)]


def eventually(look: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 40  # the sweep runs every few seconds
    while not look():
        assert time.monotonic() < deadline
        time.sleep(0.2)


def test_a_new_password_is_the_only_one_from_then_on(ines: Traveller, visitor: httpx2.Client) -> None:
    other = sign_in(visitor, ines)
    body = {"currentPassword": PASSWORD, "newPassword": NEW_PASSWORD}
    assert ines.call("PUT", "/users/me/password", json=body).status_code == 204
    assert status(visitor, other) == 401
    assert ines.call("GET", "/users/me").status_code == 200
    old = visitor.post("/sessions", json={"login": ines.username, "password": PASSWORD})
    assert old.status_code == 401
    sign_in(visitor, ines, NEW_PASSWORD)
    wrong = ines.call("PUT", "/users/me/password", json=body)
    assert [error["pointer"] for error in wrong.json()["errors"]] == ["/currentPassword"]


def test_a_picture_goes_up_and_comes_back_small(ines: Traveller) -> None:
    assert ines.call("GET", "/users/me/avatar").status_code == 404
    written = io.BytesIO()
    Image.new("RGB", (900, 500), "navy").save(written, "PNG")
    put = ines.call("PUT", "/users/me/avatar", content=written.getvalue())
    assert put.status_code == 204
    got = ines.call("GET", "/users/me/avatar")
    assert got.headers["Content-Type"] == "image/jpeg"
    assert Image.open(io.BytesIO(got.content)).size == (256, 256)
    same = ines.call("GET", "/users/me/avatar", headers={"If-None-Match": got.headers["ETag"]})
    assert (same.status_code, same.content) == (304, b"")
    assert put.headers["ETag"] == got.headers["ETag"]
    assert ines.call("DELETE", "/users/me/avatar").status_code == 204
    assert ines.call("GET", "/users/me/avatar").status_code == 404


@pytest.mark.parametrize(
    ("content", "code"), [(b"", 400), (b"garbage", 422), (b"\xff" * (5 * 1024 * 1024 + 1), 413)]
)
def test_what_is_no_picture_is_refused(ines: Traveller, content: bytes, code: int) -> None:
    answer = ines.call("PUT", "/users/me/avatar", content=content)
    assert answer.status_code == code
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_answers_are_not_stored_framed_or_guessed_at(ines: Traveller) -> None:
    for answer in (ines.call("GET", "/users/me"), ines.call("GET", "/trips/none")):
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
        assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"


def test_a_browser_app_of_a_listed_origin_may_read_and_no_other(ines: Traveller) -> None:
    asked = {"Origin": ORIGIN, "Access-Control-Request-Method": "PATCH"}
    preflight = ines.call("OPTIONS", "/users/me", headers=asked)
    assert preflight.status_code == 204
    assert preflight.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert "PATCH" in preflight.headers["Access-Control-Allow-Methods"]
    assert "If-Match" in preflight.headers["Access-Control-Allow-Headers"]
    read = ines.call("GET", "/users/me", headers={"Origin": ORIGIN})
    assert read.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert "ETag" in read.headers["Access-Control-Expose-Headers"]
    for other in ("https://evil.example", ORIGIN + ".evil.example", "null"):
        refused = ines.call("GET", "/users/me", headers={"Origin": other})
        assert "Access-Control-Allow-Origin" not in refused.headers
