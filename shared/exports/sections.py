"""What a copy of an account has in it, section by section, and what the product keeps that is not in it."""

from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
from pydantic import BaseModel

from shared import notifications, places, schedules, trips, users
from shared.db import Page, read_cursor
from shared.errors import NotFound
from shared.schedules import Tools
from shared.trips import TripQuery

TRIPS_AT_ONCE = 100
NOTICES_AT_ONCE = 100

type Portion = tuple[str, bytes]
"""The name of a file and its content."""


@dataclass(frozen=True, slots=True)
class Section:
    """Files about one thing; `tables` and `containers` are those whose rows and documents end up in them."""

    holds: str
    tables: tuple[str, ...]
    portions: Callable[[UUID, Tools], AsyncIterator[Portion]]
    containers: tuple[str, ...] = ()


async def _account(owner: UUID, tools: Tools) -> AsyncIterator[Portion]:
    known = await users.portable.account(owner, db=tools.db)
    if known is None:
        raise NotFound("This account does not exist any more.")
    yield "account.json", written(known)


async def _avatar(owner: UUID, tools: Tools) -> AsyncIterator[Portion]:
    try:
        avatar = await users.avatars.read(owner, db=tools.db)
    except NotFound:
        return
    yield "avatar.jpg", avatar.image


async def _audit(owner: UUID, tools: Tools) -> AsyncIterator[Portion]:
    async for portion in _numbered("audit", users.portable.audit(owner, db=tools.db)):
        yield portion


async def _trips(owner: UUID, tools: Tools) -> AsyncIterator[Portion]:
    async for trip in _listed(owner, tools, shared=False):
        trip_id = UUID(trip["id"])
        try:
            people = await trips.sharing.who(trip_id, caller=owner, db=tools.db)
            links = await trips.sharing.invitations(trip_id, caller=owner, db=tools.db)
        except NotFound:  # deleted just now
            continue
        company = {"people": _plain(people.items), "invitations": _plain(links.items)}
        yield f"trips/{trip_id}.json", written({**trip, **company})


async def _shared_trips(owner: UUID, tools: Tools) -> AsyncIterator[Portion]:
    """As its role shows each; of the people on it nobody but the owner of the account."""
    async for trip in _listed(owner, tools, shared=True):
        trip_id = UUID(trip["id"])
        try:
            people = await trips.sharing.who(trip_id, caller=owner, db=tools.db)
        except NotFound:
            continue
        own = [person for person in people.items if person.user_id == owner]
        yield f"shared-trips/{trip_id}.json", written({**trip, "people": _plain(own)})


async def _listed(owner: UUID, tools: Tools, *, shared: bool) -> AsyncIterator[dict[str, Any]]:
    """Trips one by one, as the owner reads them."""
    cursor: str | None = None
    while True:
        query = TripQuery(sort="createdAt", limit=TRIPS_AT_ONCE, cursor=cursor, shared=shared)
        page = orjson.loads(await trips.list_page(query, caller=owner, db=tools.db))
        for trip in page["items"]:
            yield trip
        cursor = page["nextCursor"]
        if cursor is None:
            return


async def _jobs(owner: UUID, tools: Tools) -> AsyncIterator[Portion]:
    async for portion in _numbered("jobs", schedules.jobs_of(owner, db=tools.db)):
        yield portion
    starts = await schedules.starts_of(owner, db=tools.db)
    if starts:
        yield "jobs/starts.json", written(starts)


async def _plans(owner: UUID, tools: Tools) -> AsyncIterator[Portion]:
    async for plan in schedules.plans_of(owner, db=tools.db, documents=tools.documents):
        yield f"plans/{plan['tripId']}/{plan['version']}.json", written(plan)


async def _notifications(owner: UUID, tools: Tools) -> AsyncIterator[Portion]:
    async for portion in _numbered("notifications", _notices(owner, tools)):
        yield portion


async def _notices(owner: UUID, tools: Tools) -> AsyncIterator[list[Any]]:
    cursor: str | None = None
    while True:
        page = Page(limit=NOTICES_AT_ONCE, after=read_cursor(cursor) if cursor else None)
        inbox = await notifications.inbox(page, owner=owner, documents=tools.documents)
        if inbox.items:
            yield _plain(inbox.items)
        cursor = inbox.next_cursor
        if cursor is None:
            return


async def _searches(owner: UUID, tools: Tools) -> AsyncIterator[Portion]:
    async for portion in _numbered("place-searches", places.searches_of(owner, db=tools.db)):
        yield portion


async def _numbered(name: str, pages: AsyncIterator[list[Any]]) -> AsyncIterator[Portion]:
    number = 0
    async for page in pages:
        number += 1
        yield f"{name}/{number}.json", written(page)


def _plain(models: Iterable[BaseModel]) -> list[Any]:
    return [model.model_dump(mode="json", by_alias=True) for model in models]


def written(content: object) -> bytes:
    """As JSON that people can read, too."""
    return orjson.dumps(content, option=orjson.OPT_INDENT_2)


SECTIONS: Mapping[str, Section] = {
    "account.json": Section(
        "Your profile and the devices you are signed in on.", ("users", "sessions"), _account
    ),
    "avatar.jpg": Section("Your picture.", ("avatars",), _avatar),
    "audit/": Section("What was done to or with your account.", ("audit_log",), _audit),
    "trips/": Section(
        "Your trips: who travels, where to, and whom they are shared with.",
        ("trips", "trip_members", "trip_destinations", "trip_people", "trip_invitations"),
        _trips,
    ),
    "shared-trips/": Section("Trips of others, as they let you see them.", ("trip_people",), _shared_trips),
    "jobs/": Section(
        "Plans you asked for, with your wishes, and how each was made.",
        ("schedule_jobs", "schedule_job_events", "schedule_job_searches", "schedule_job_starts"),
        _jobs,
    ),
    "plans/": Section(
        "The kept versions of your plans, and what each was made from.",
        ("schedule_versions",),
        _plans,
        ("schedules",),
    ),
    "notifications/": Section("Your inbox.", (), _notifications, ("notifications",)),
    "place-searches/": Section("Your searches for places in the background.", ("place_searches",), _searches),
}

LEFT_OUT: Mapping[str, str] = {
    "refresh_tokens": "Digests of tokens: they prove who you are, and say nothing about you.",
    "ended_sessions": "Ids of sessions that are over, for a quarter of an hour.",
    "idempotency_keys": "Answers you have had already, for a day, in case your device asks again.",
    "outbox": "Messages on their way, for seconds; they carry ids.",
    "schedule_leftovers": "Ids of plans that are about to be deleted.",
    "schedule_step_times": "How long steps take; nobody's in particular.",
    "place_flights": "Questions to map services; nobody's in particular.",
    "places": "Answers of map services; nobody's in particular.",
    "account_exports": "When you asked for copies like this one; GET /api/v1/users/me/exports lists them.",
    "account_export_files": "Copies like this one.",
    "alembic_version": "The version of the tables.",
}
"""Tables and containers that are not copied, and why."""
