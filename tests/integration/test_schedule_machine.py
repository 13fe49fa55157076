"""A schedule job under all that can happen: no job lost, no effect twice, nothing after a cancel."""

import asyncio
import contextlib
from collections.abc import Coroutine, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
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
from tests.integration.witness import Observed, Use

STATES = ["queued", "gathering", "planning", "drafted", "refining", "completed"]
BEFORE_A_DRAFT = {"queued", "gathering", "planning"}
BEFORE_ITS_EFFECT: dict[str, Use] = {
    "queued": "read",
    "gathering": "write",
    "planning": "write",
    "drafted": "write",
}
"""What the step of a state does last before the transaction that moves the job."""
ROUNDS = 40
CITY = "Salzburg"
FORGOTTEN = ("culture", "food")

type Row = dict[str, Any]

lives = st.none() | st.integers(0, 14)
moments: st.SearchStrategy[Use] = st.sampled_from(["write", "read", "transaction"])


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

    def __init__(self, house: House, reached: str, incident: str | None) -> None:
        super().__init__()
        self.house, self.tools = house, house.tools
        self.reached, self.incident = reached, incident
        self.bus = Bus()
        self.jobs: list[UUID] = []
        self.cancelled: set[UUID] = set()
        self.told: dict[UUID, list[Row]] = {}
        self.strays: list[str] = []

    @initialize()
    def a_job_got_so_far(self) -> None:
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
            if self._state(self.jobs[-1]) == self.reached:
                break
            self.relay()
            self._work(self.bus.waiting.pop(0), None)
        self.relay()
        if self.reached == "completed":
            self.ask(again=False)
        if self.incident is not None:
            happen = {"overtaken": self._overtake, "cancelled": self._cancel_at_work}[self.incident]
            happen(self.bus.waiting[0], BEFORE_ITS_EFFECT[self.reached])

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
    @rule(data=st.data())
    def deliver_to_two(self, data: st.DataObject) -> None:
        """One message, two workers, at the same time."""
        message = self._pick(data, self.bus.waiting)

        async def both() -> None:
            await asyncio.gather(*(handle(message, self.tools) for _ in range(2)))

        self.house.run(both())
        self.bus.waiting.remove(message)
        self.relay()

    @precondition(lambda self: self.bus.waiting)
    @rule(data=st.data(), after=moments)
    def overtake(self, data: st.DataObject, after: Use) -> None:
        """A worker stands still within its step, another one gets the lease, and both go on."""
        self._overtake(self._pick(data, self.bus.waiting), after)

    def _overtake(self, message: Message, after: Use) -> None:
        async def both() -> None:
            slow = Observed(message, self.tools, job_id=self.jobs[-1], after=after)
            await slow.stands()
            await self._let_time_pass()
            quick = Observed(message, self.tools, job_id=self.jobs[-1], after="transaction")
            await quick.stands()
            for worker in (slow, quick):
                self.strays += await worker.goes_on()

        self.house.run(both())
        self.bus.waiting.remove(message)
        self.relay()

    @precondition(lambda self: self.bus.waiting and self.running())
    @rule(data=st.data(), after=moments)
    def cancel_at_work(self, data: st.DataObject, after: Use) -> None:
        """A worker stands still within its step while the job is cancelled, and goes on."""
        self._cancel_at_work(self._pick(data, self.bus.waiting), after)

    def _cancel_at_work(self, message: Message, after: Use) -> None:
        job_id = self.jobs[-1]

        async def both() -> None:
            worker = Observed(message, self.tools, job_id=job_id, after=after)
            await worker.stands()
            with contextlib.suppress(Conflict):  # the worker had ended the job before it came to stand
                await self.who.cancel(job_id)
            self.strays += await worker.goes_on()

        self.house.run(both())
        if self._state(job_id) == "cancelled":
            self.cancelled.add(job_id)
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
    def nobody_moves_a_job_without_its_lease(self) -> None:
        assert self.strays == []

    @invariant()
    def the_story_of_a_job_only_grows_and_ends_with_its_state(self) -> None:
        """Numbered without a gap, later is further, and nothing that was told is ever told differently."""
        for job_id in self.jobs:
            story = self._rows(_STORY, job_id)
            before = self.told.get(job_id, [])
            assert story[: len(before)] == before
            assert [event["number"] for event in story] == list(range(1, len(story) + 1))
            for earlier, later in pairwise(story):
                assert earlier["percent"] <= later["percent"]
                assert earlier["state"] not in ENDED, "something was told after the end"
            assert story[-1]["state"] == self._state(job_id)
            self.told[job_id] = story

    @invariant()
    def each_job_has_one_version_and_one_notice_at_most(self) -> None:
        posted = [m.notification_id for m in self.bus.sent if isinstance(m, NotifyUser)]
        for job_id in self.jobs:
            state = self._state(job_id)
            assert len(self._rows(_VERSIONS, job_id)) <= (state not in BEFORE_A_DRAFT)
            assert posted.count(job_id) == (state == "completed"), state

    @invariant()
    def nothing_comes_of_a_cancelled_job(self) -> None:
        for job_id in self.cancelled:
            assert self._state(job_id) == "cancelled"
            assert not self._rows(_VERSIONS, job_id)
            assert self._rows(_LEASES, job_id) == []

    def teardown(self) -> None:
        """Whatever happened, the job ends, and what it left can be read, or is gone for good."""
        for _ in range(ROUNDS):
            if not self.running():
                break
            self.house.run(self._let_time_pass())
            self.relay()
            self._deliver_all()
        self._deliver_all()  # what comes after the end changes nothing
        assert all(self._state(job_id) in ENDED for job_id in self.jobs), "a job was lost"
        assert [row for job_id in self.jobs for row in self._rows(_FAILURES, job_id)] == []
        self.relay()
        self.each_state_is_reached_once_and_in_order()
        self.the_story_of_a_job_only_grows_and_ends_with_its_state()
        self.each_job_has_one_version_and_one_notice_at_most()
        self.nothing_comes_of_a_cancelled_job()
        self._read_what_there_is()
        assert self.house.run(self._documents()) == self.house.run(self._pointed_at())
        self._delete_and_die()
        assert self.house.run(self._documents()) == set()

    def running(self) -> bool:
        return bool(self.jobs) and self._state(self.jobs[-1]) not in ENDED

    def _deliver_all(self) -> None:
        while self.bus.waiting:
            self._work(self.bus.waiting.pop(), None)

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

    def _rows(self, sql: str, job_id: UUID) -> list[Row]:
        async def ask() -> list[Row]:
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
    " OR message LIKE 'Looking around%%' OR message LIKE 'Everything is gathered%%'"
    " OR message LIKE '%% found.')"
    " GROUP BY message HAVING count(*) > 1"
)
_STORY = (
    "SELECT number, state, percent, message, at FROM schedule_job_events WHERE job_id = %s ORDER BY number"
)
_LEASES = "SELECT lease_holder FROM schedule_jobs WHERE lease_holder IS NOT NULL AND id = %s"
_FAILURES = "SELECT reason, day FROM schedule_jobs WHERE state = 'failed' AND id = %s"
_VERSIONS = "SELECT version FROM schedule_versions WHERE job_id = %s"


@pytest.mark.parametrize("reached", ["queued", "gathering", "planning", "drafted", "completed"])
def test_a_job_survives_everything(house: House, reached: str) -> None:
    live_through(house, reached, None, examples=3, steps=8)


@pytest.mark.parametrize("reached", BEFORE_ITS_EFFECT)
@pytest.mark.parametrize("incident", ["overtaken", "cancelled"])
def test_a_worker_that_stood_still_before_its_effect_has_none(
    house: House, reached: str, incident: str
) -> None:
    """And whatever happens then, the job goes on as ever."""
    live_through(house, reached, incident, examples=2, steps=4)


def live_through(house: House, reached: str, incident: str | None, *, examples: int, steps: int) -> None:
    """The same examples in every run."""

    class InThisHouse(JobMachine):
        def __init__(self) -> None:
            super().__init__(house, reached, incident)

    run_state_machine_as_test(
        InThisHouse,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            derandomize=True,
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
