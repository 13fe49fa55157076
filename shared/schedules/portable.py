"""Jobs and plans of somebody, in pieces for a copy to take away; places nobody chose stay with us."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter
from pydantic.alias_generators import to_camel

from shared.db import Database, pages_of
from shared.documents import Documents
from shared.schedules import store
from shared.schedules.planning.brief import Brief
from shared.schedules.planning.document import Plan
from shared.schedules.store import Kept

type Fields = dict[str, Any]

JOBS_AT_ONCE = 50
_JOBS = """
    SELECT id, trip_id AS "tripId", state, request, seed, day, days, route, version, percent, reason,
           created_at AS "createdAt", started_at AS "startedAt", updated_at AS "updatedAt",
           state_since AS "stateSince", ended_at AS "endedAt", outside_calls AS "outsideCalls",
           (SELECT coalesce(json_agg(json_build_object('number', number, 'state', e.state,
                       'percent', e.percent, 'message', message, 'at', at) ORDER BY number), '[]')
            FROM schedule_job_events e WHERE job_id = schedule_jobs.id) AS events,
           (SELECT coalesce(json_agg(json_build_object('region', region, 'category', category,
                       'outcome', outcome) ORDER BY region, category), '[]')
            FROM schedule_job_searches WHERE job_id = schedule_jobs.id) AS searches
    FROM schedule_jobs WHERE owner_id = %(owner)s AND id > %(after)s ORDER BY id LIMIT %(limit)s
"""
_VERSION = """
    SELECT trip_id AS "tripId", version, document_id AS "documentId", job_id AS "jobId", status, origin,
           based_on AS "basedOn", day, note, v.created_at AS "createdAt"
    FROM schedule_versions v JOIN trips ON trips.id = trip_id
    WHERE owner_id = %s AND (trip_id, version) > (%s, %s) ORDER BY trip_id, version LIMIT 1
"""
_BRIEF = TypeAdapter(Brief)
_OURS: Any = {"stops": {"__all__": {"candidates"}}, "known": True, "weather": True}
"""Of what a plan was made from, the answers of our providers."""


def jobs_of(owner: UUID, *, db: Database) -> AsyncIterator[list[Fields]]:
    """Pages of jobs with their wishes and their story."""
    return pages_of(_JOBS, owner=owner, limit=JOBS_AT_ONCE, db=db)


async def starts_of(owner: UUID, *, db: Database) -> list[Fields]:
    """When jobs were started, as far back as the daily allowance looks."""
    async with db.transaction() as tx:
        cursor = await tx.execute(
            "SELECT at FROM schedule_job_starts WHERE owner_id = %s ORDER BY at", (owner,)
        )
        return list(await cursor.fetchall())


async def plans_of(owner: UUID, *, db: Database, documents: Documents) -> AsyncIterator[Fields]:
    """Every kept version of every own trip, one at a time; one that goes meanwhile is left out."""
    after = UUID(int=0), 0
    while row := await _next_version(owner, after, db=db):
        after = row["tripId"], row["version"]
        kept = await store.read_whole(row["tripId"], row["documentId"], documents=documents)
        if kept is not None:
            yield {**row, **_contents(kept)}


async def _next_version(owner: UUID, after: tuple[UUID, int], *, db: Database) -> Fields | None:
    async with db.transaction() as tx:
        cursor = await tx.execute(_VERSION, (owner, *after))
        return await cursor.fetchone()


def _contents(kept: Kept) -> Fields:
    base = kept.inputs.base
    return {
        "plan": _written(kept.plan),
        "madeFrom": {
            **_brief(kept.inputs.brief),
            "plan": _written(base) if base else None,
        },
        "model": kept.said.model_dump(mode="json", by_alias=True)["exchanges"],
    }


def _brief(brief: Brief) -> Fields:
    asked = _camel(_BRIEF.dump_python(brief, mode="json", by_alias=True, exclude=_OURS))
    return {**asked, "stops": [_camel(stop) for stop in asked["stops"]]}


def _camel(fields: Fields) -> Fields:
    return {to_camel(name): value for name, value in fields.items()}


def _written(plan: Plan) -> Fields:
    return plan.model_dump(mode="json", by_alias=True)
