"""Reading one trip with FastAPI, psycopg and PyJWT: the same tables, the same token, the same answer."""

# mypy: disable-error-code="import-not-found"
# FastAPI is there once `./tripgen bench` ran; `./tripgen check` must not depend on that.

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import jwt
import orjson
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from fastapi import FastAPI, HTTPException, Request, Response
from psycopg import AsyncConnection
from psycopg.rows import DictRow, dict_row
from psycopg_pool import AsyncConnectionPool

from devstack.serving import command_line, serve_http

POOL_SIZE = 16  # as many as ours
TRIP = """
    SELECT id, name, transport, start_date, arrival_time, departure_time, created_at, updated_at,
           coalesce((SELECT jsonb_agg(jsonb_build_object('id', m.id, 'name', m.name, 'age', m.age,
                            'gender', m.gender, 'health', m.health, 'preferences', m.preferences)
                            ORDER BY m.position)
                     FROM trip_members m WHERE m.trip_id = trips.id), '[]') AS members,
           coalesce((SELECT jsonb_agg(jsonb_build_object('id', d.id, 'name', d.name, 'nights', d.nights,
                            'zone', d.zone, 'lodging', d.lodging, 'checkIn', to_char(d.check_in, 'HH24:MI'),
                            'checkOut', to_char(d.check_out, 'HH24:MI')) ORDER BY d.position)
                     FROM trip_destinations d WHERE d.trip_id = trips.id), '[]') AS destinations
    FROM trips WHERE id = %s AND owner_id = %s
"""


def service(settings: dict[str, str]) -> FastAPI:
    """The application; keys and database are those of our own settings."""
    pool: AsyncConnectionPool[AsyncConnection[DictRow]] = AsyncConnectionPool(
        settings["POSTGRES_URL"],
        kwargs={"row_factory": dict_row},
        min_size=1,
        max_size=POOL_SIZE,
        open=False,
    )
    keys = {
        name: load_pem_private_key(pem.encode(), password=None).public_key()
        for name, pem in json.loads(settings["TOKEN_KEYS"]).items()
    }

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with pool:
            yield

    async def read_trip(trip_id: UUID, request: Request) -> Response:
        owner = _owner(request.headers.get("authorization", ""), keys)
        async with pool.connection() as connection:
            row = await (await connection.execute(TRIP, (trip_id, owner))).fetchone()
        if row is None:
            raise HTTPException(404, "No such trip.")
        return Response(orjson.dumps(_shown(row), option=orjson.OPT_UTC_Z), media_type="application/json")

    app = FastAPI(lifespan=lifespan)
    app.add_api_route("/api/v1/trips/{trip_id}", read_trip, methods=["GET"])
    return app


def _owner(authorization: str, keys: dict[str, Any]) -> UUID:
    token = authorization.removeprefix("Bearer ")
    try:
        key = keys[jwt.get_unverified_header(token)["kid"]]
        claims = jwt.decode(token, key, algorithms=["EdDSA"], audience="tripgen")
        return UUID(claims["sub"])
    except (jwt.InvalidTokenError, KeyError, ValueError) as error:
        raise HTTPException(401, "Sign in again.") from error


def _shown(row: DictRow) -> dict[str, Any]:
    stops, arrives = [], row["start_date"]
    for stop in row["destinations"]:
        leaves = arrives + timedelta(days=stop["nights"])
        stops.append(stop | {"startDate": arrives, "endDate": leaves})
        arrives = leaves
    return {
        "id": row["id"],
        "role": "owner",
        "name": row["name"],
        "transport": row["transport"],
        "startDate": row["start_date"],
        "endDate": arrives,
        "status": _status(row["start_date"], arrives),
        "arrivalTime": _clock(row["arrival_time"]),
        "departureTime": _clock(row["departure_time"]),
        "members": row["members"],
        "destinations": stops,
        "createdAt": row["created_at"],
        "updatedAt": row["updated_at"],
    }


def _status(start: date, end: date) -> str:
    today = datetime.now(UTC).date()
    return "planned" if today < start else "past" if today > end else "ongoing"


def _clock(at: time | None) -> str | None:
    return f"{at:%H:%M}" if at else None


def main() -> None:
    """Serve until told to stop, with the server and the options our own host uses."""
    parser = command_line("fastapi", "One trip, read with FastAPI.")
    parser.add_argument("--settings", type=Path, required=True, help="a local.settings.json")
    options = parser.parse_args()
    settings = json.loads(options.settings.read_text())["Values"]
    asyncio.run(serve_http(service(settings), port=options.port, leash=options.leash))


if __name__ == "__main__":
    main()
