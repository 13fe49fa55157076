"""A schedule job under all that can happen: no job lost, no effect twice, nothing after a cancel."""

import asyncio
import contextlib
from collections.abc import Coroutine, Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from shared import places, schedules
from shared.cache import Cache
from shared.db import Database
from shared.documents import Documents
from shared.errors import Conflict, NotFound
from shared.messaging import Message, NotifyUser
from shared.schedules import Allowance, Tools
from shared.weather import Forecasts
from tests.integration.mortal import WorkerDied, mortal
from tests.integration.planners import ENDED, Traveller, documents_in, handle, outbox_of, sweep_all, traveller
from tests.integration.services import WEATHER_KEY, maps_at
from tests.integration.stores import COSMOS_KEY

STATES = ["queued", "gathering", "planning", "drafted", "refining", "completed"]
ROUNDS = 40
HEAD_START = 0.03  # seconds: inside a step, whatever the machine's speed does to which
CITY = "Salzburg"
FORGOTTEN = ("culture", "food")
lives = st.none() | st.integers(0, 14)


@dataclass(frozen=True)
class House:
    """The stores and services, and the loop they live in."""

    tools: Tools
    runner: asyncio.Runner

    def run[T](self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)


@pytest.fixture(scope="module")
def house(
    postgres_url: str, redis_url: str, cosmos_url: str, request: pytest.FixtureRequest
) -> Iterator[House]:
    tools = Tools(
        db=Database(postgres_url),
        cache=Cache(redis_url),
        documents=Documents(endpoint=cosmos_url, key=COSMOS_KEY, database="tripgen"),
        maps=maps_at(request.getfixturevalue("maps_url")),
        forecasts=Forecasts(url=request.getfixturevalue("weather_url"), key=WEATHER_KEY),
        model=None,
        allowance=Allowance(at_once=2, per_day=1_000),
    )
    with asyncio.Runner() as runner:
        yield House(tools, runner)
        for closing in (tools.db.close, tools.cache.close, tools.documents.close):
            runner.run(closing())


@dataclass
class Bus:
    """Messages under way, in no order, and all that ever were."""

    waiting: list[Message] = field(default_factory=list)
    sent: list[Message] = field(default_factory=list)


class JobMachine(RuleBasedStateMachine):
    """One traveller with one trip; workers come and go."""

    def __init__(self, house: House) -> None:
        super().__init__()
        self.house, self.tools = house, house.tools
        self.bus = Bus()
        self.jobs: list[UUID] = []
        self.cancelled: set[UUID] = set()

    @initialize(reached=st.sampled_from(["drafted", "planning", "gathering", "queued", "completed"]))
    def a_job_got_so_far(self, reached: str) -> None:
        """For a trip to a city of which not all is known."""

        async def start() -> Traveller:
            found = await places.locate(CITY, maps=self.tools.maps, cache=self.tools.cache)
            assert found is not None
            region = places.region_of(found.lat, found.lng)
            for category in FORGOTTEN:
                await self.tools.documents.drop("places", category, partition=region)
            return await traveller(self.tools, city=CITY)

        self.who = self.house.run(start())
        self.owner, self.trip = self.who.id, self.who.trip
        self.ask(again=False)
        for _ in range(ROUNDS):
            if self._state(self.jobs[-1]) == reached:
                break
            self.relay()
            self._work(self.bus.waiting.pop(0), None)
        self.relay()

    @rule(again=st.booleans())
    def ask(self, *, again: bool) -> None:
        """For the whole trip, or for its day again: refused while another job runs, or without a plan."""
        running = self.running()
        try:
            job_id = self.house.run(self.who.ask(**({"day": 1} if again else {})))
        except Conflict:
            assert running or again
            return
        assert not running
        self.jobs.append(job_id)
        self.relay()

    def relay(self) -> None:
        """What was committed is sent."""
        found = self.house.run(self._take_outbox())
        self.bus.waiting += found
        self.bus.sent += found

    @precondition(lambda self: self.bus.waiting)
    @rule(data=st.data(), life=lives)
    def deliver(self, data: st.DataObject, life: int | None) -> None:
        """Any waiting message, whatever its age; it stays when the worker dies with it."""
        message = self._pick(data, self.bus.waiting)
        if self._work(message, life):
            self.bus.waiting.remove(message)
        self.relay()

    @precondition(lambda self: self.bus.sent)
    @rule(data=st.data(), life=lives)
    def deliver_again(self, data: st.DataObject, life: int | None) -> None:
        """A message that was done with long ago."""
        self._work(self._pick(data, self.bus.sent), life)
        self.relay()

    @precondition(lambda self: self.bus.waiting)
    @rule(data=st.data(), overtaken=st.booleans())
    def deliver_to_two(self, data: st.DataObject, *, overtaken: bool) -> None:
        """One message, two workers, at the same time; the first may be so slow that its lease runs out."""
        message = self._pick(data, self.bus.waiting)

        async def both() -> None:
            first = asyncio.create_task(handle(message, self.tools))
            if overtaken:
                await asyncio.sleep(HEAD_START)
                await self._let_time_pass()
            await asyncio.gather(first, handle(message, self.tools))

        self.house.run(both())
        self.bus.waiting.remove(message)
        self.relay()

    @precondition(lambda self: self.bus.waiting)
    @rule(data=st.data())
    def lose(self, data: st.DataObject) -> None:
        """The bus forgets a message."""
        self.bus.waiting.remove(self._pick(data, self.bus.waiting))

    @rule()
    def leases_run_out(self) -> None:
        self.house.run(self._let_time_pass())
        self.relay()

    @precondition(lambda self: self.jobs)
    @rule(life=lives)
    def cancel(self, life: int | None) -> None:
        """May die between its commit and the clearing up."""
        job_id, running = self.jobs[-1], self.running()
        try:
            self.house.run(self.who.cancel(job_id, tools=mortal(self.tools, life)))
        except Conflict:
            assert not running
        except WorkerDied:
            pass
        if running and not self.running():
            self.cancelled.add(job_id)

    @invariant()
    def each_state_is_reached_once_and_in_order(self) -> None:
        for job_id in self.jobs:
            moves = [row["state"] for row in self._rows(_MOVES, job_id)]
            reached = list(dict.fromkeys(moves))
            assert len(moves) == len(reached), moves
            steps = [STATES.index(state) for state in reached if state in STATES]
            assert steps == sorted(steps), moves
            assert self._rows(_TWICE, job_id) == []

    @invariant()
    def each_job_has_one_version_and_one_notice_at_most(self) -> None:
        posted = [m.notification_id for m in self.bus.sent if isinstance(m, NotifyUser)]
        for job_id in self.jobs:
            assert len(self._rows(_VERSIONS, job_id)) <= 1
            assert posted.count(job_id) <= 1

    @invariant()
    def nothing_comes_of_a_cancelled_job(self) -> None:
        for job_id in self.cancelled:
            assert self._state(job_id) == "cancelled"
            assert not self._rows(_VERSIONS, job_id)

    def teardown(self) -> None:
        """Whatever happened, the job ends, and what it left can be read, or is gone for good."""
        for _ in range(ROUNDS):
            if not self.running():
                break
            self.house.run(self._let_time_pass())
            self.relay()
            while self.bus.waiting:
                self._work(self.bus.waiting.pop(), None)
        assert all(self._state(job_id) in ENDED for job_id in self.jobs), "a job was lost"
        assert [row for job_id in self.jobs for row in self._rows(_FAILURES, job_id)] == []
        self.relay()
        self.each_state_is_reached_once_and_in_order()
        self.each_job_has_one_version_and_one_notice_at_most()
        self.nothing_comes_of_a_cancelled_job()
        self._read_what_there_is()
        assert self.house.run(self._documents()) == self.house.run(self._pointed_at())
        self._delete_and_die()
        assert self.house.run(self._documents()) == set()

    def running(self) -> bool:
        return bool(self.jobs) and self._state(self.jobs[-1]) not in ENDED

    def _read_what_there_is(self) -> None:
        current = schedules.current(
            self.trip, caller=self.owner, db=self.tools.db, documents=self.tools.documents
        )
        completed = [job_id for job_id in self.jobs if self._state(job_id) == "completed"]
        if not completed:
            with pytest.raises(NotFound):
                self.house.run(current)
            return
        plan = self.house.run(current)
        assert plan.status == "final"
        assert [row["version"] for row in self._rows(_VERSIONS, completed[-1])] == [plan.version]

    def _delete_and_die(self) -> None:
        """The trip goes; whoever was to clear up died right after the commit."""
        tools = mortal(self.tools, 3)
        with contextlib.suppress(WorkerDied):
            self.house.run(
                schedules.forget(
                    self.trip, owner=self.owner, seen=None, db=tools.db, documents=tools.documents
                )
            )

    def _work(self, message: Message, life: int | None) -> bool:
        """Whether the worker lived to settle the message."""
        try:
            self.house.run(handle(message, mortal(self.tools, life)))
        except WorkerDied:
            return False
        return True

    @staticmethod
    def _pick(data: st.DataObject, messages: list[Message]) -> Message:
        return messages[data.draw(st.integers(0, len(messages) - 1))]

    async def _take_outbox(self) -> list[Message]:
        return [message for job_id in self.jobs for message in await outbox_of(job_id, self.tools)]

    async def _let_time_pass(self) -> None:
        async with self.tools.db.transaction() as tx:
            await tx.execute(
                "UPDATE schedule_jobs SET updated_at = updated_at - interval '1 minute',"
                " lease_until = now() - interval '1 second' WHERE trip_id = %s",
                (self.trip,),
            )
        await schedules.sweep(tools=self.tools)

    async def _documents(self) -> set[str]:
        """Plans in the document store, once everything that is left over has come due."""
        await sweep_all(self.trip, self.tools)
        return await documents_in(self.trip, self.tools)

    async def _pointed_at(self) -> set[str]:
        async with self.tools.db.transaction() as tx:
            cursor = await tx.execute(
                "SELECT document_id FROM schedule_versions WHERE trip_id = %s", (self.trip,)
            )
            return {str(row["document_id"]) for row in await cursor.fetchall()}

    def _state(self, job_id: UUID) -> str:
        [row] = self._rows("SELECT state FROM schedule_jobs WHERE id = %s", job_id)
        return str(row["state"])

    def _rows(self, sql: str, job_id: UUID) -> list[dict[str, Any]]:
        async def ask() -> list[dict[str, Any]]:
            async with self.tools.db.transaction() as tx:
                return await (await tx.execute(sql, (job_id,))).fetchall()

        return self.house.run(ask())


_MOVES = (
    "SELECT state FROM (SELECT state, number, lag(state) OVER (ORDER BY number) AS before"
    " FROM schedule_job_events WHERE job_id = %s) AS story"
    " WHERE before IS DISTINCT FROM state ORDER BY number"
)
_TWICE = (  # a move tells so in words of its own; progress within a state does not
    "SELECT message FROM schedule_job_events WHERE job_id = %s AND (state IN ('drafted', 'completed')"
    " OR message LIKE 'Looking around%%' OR message LIKE 'Everything is gathered%%')"
    " GROUP BY message HAVING count(*) > 1"
)
_FAILURES = "SELECT reason, day FROM schedule_jobs WHERE state = 'failed' AND id = %s"
_VERSIONS = "SELECT version FROM schedule_versions WHERE job_id = %s"


def test_a_job_survives_everything(house: House) -> None:
    class InThisHouse(JobMachine):
        def __init__(self) -> None:
            super().__init__(house)

    run_state_machine_as_test(
        InThisHouse,
        settings=settings(
            max_examples=10,
            stateful_step_count=10,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
