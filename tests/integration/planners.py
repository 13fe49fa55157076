"""Trips with plans, made by the real steps over the real stores without a queue in between."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from shared import places, schedules, trips
from shared.messaging import CONTRACTS, GenerateSchedule, Message, SearchPlaces
from shared.schedules import JobStatus, ScheduleRequest, Tools, repository
from shared.trips import DestinationDraft, MemberDraft, TripDraft
from tests.integration.travellers import new_user

ENDED = {"completed", "failed", "cancelled"}


@dataclass(frozen=True)
class Traveller:
    """Somebody with one trip."""

    id: UUID
    trip: UUID
    tools: Tools

    async def ask(self, **wishes: object) -> UUID:
        started = await schedules.request(
            self.trip,
            ScheduleRequest.model_validate({"seed": 1, **wishes}),
            caller=self.id,
            replay=None,
            allowance=self.tools.allowance,
            db=self.tools.db,
        )
        return started.id

    async def plan(self, **wishes: object) -> UUID:
        """A job that has ended."""
        job_id = await self.ask(**wishes)
        await go_on(job_id, self.tools)
        return job_id

    async def cancel(self, job_id: UUID, *, tools: Tools | None = None) -> JobStatus:
        used = tools or self.tools
        return await schedules.cancel(
            job_id,
            caller=self.id,
            allowance=used.allowance,
            db=used.db,
            cache=used.cache,
            documents=used.documents,
        )


async def traveller(tools: Tools, *, city: str = "Salzburg", nights: int = 0) -> Traveller:
    owner = await new_user(tools.db)
    draft = TripDraft(
        name="Alps",
        start_date=date(2027, 5, 4),
        members=(MemberDraft(name="Ines", age=41),),
        destinations=(DestinationDraft(name=city, nights=nights),),
    )
    trip = await trips.create(draft, owner=owner, replay=None, db=tools.db)
    return Traveller(owner, trip.id, tools)


async def forget_places(tools: Tools, city: str) -> None:
    """Nothing is known of the city, whatever other tests looked up."""
    found = await places.locate(city, maps=tools.maps, cache=tools.cache)
    assert found is not None
    region = places.region_of(found.lat, found.lng)
    for row in await tools.documents.query("places", "SELECT c.id FROM c", partition=region):
        await tools.documents.drop("places", row["id"], partition=region)


async def go_on(job_id: UUID, tools: Tools, *, until: str | None = None) -> None:
    """Handle the job's messages until it is in a state, or has ended."""
    while True:
        messages = await outbox_of(job_id, tools)
        assert messages, "the job has no message left"
        for message in messages:
            await handle(message, tools)
            state = await state_of(job_id, tools)
            if state == until or state in ENDED:
                return


async def handle(message: Message, tools: Tools) -> None:
    """What the workers do; a notice is not our concern."""
    if isinstance(message, GenerateSchedule):
        await schedules.advance(message, tools=tools)
    elif isinstance(message, SearchPlaces):
        await schedules.search(message, tools=tools)


async def outbox_of(job_id: UUID, tools: Tools) -> list[Message]:
    """The job's messages, taken out of the outbox."""
    models: dict[str, type[Message]] = {model.__name__: model for model in CONTRACTS}
    async with tools.db.transaction() as tx:
        cursor = await tx.execute(
            "DELETE FROM outbox WHERE body LIKE %s RETURNING body, properties->>'type' AS type",
            (f"%{job_id}%",),
        )
        rows = await cursor.fetchall()
    return [models[row["type"]].model_validate_json(row["body"]) for row in rows]


async def state_of(job_id: UUID, tools: Tools) -> str | None:
    async with tools.db.transaction() as tx:
        job = await repository.lock(tx, job_id)
    return job.state if job else None


async def documents_in(trip: UUID, tools: Tools) -> set[str]:
    """Ids of the plans the document store holds for a trip."""
    found = await tools.documents.query("schedules", "SELECT c.id FROM c", partition=str(trip))
    return {row["id"] for row in found}


async def sweep_all(trip: UUID, tools: Tools) -> None:
    """The sweep, when everything left over of the trip has come due."""
    async with tools.db.transaction() as tx:
        await tx.execute("UPDATE schedule_leftovers SET due_at = now() WHERE trip_id = %s", (trip,))
    await schedules.sweep(tools=tools)
