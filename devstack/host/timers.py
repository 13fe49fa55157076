"""Timer triggers: one coroutine per timer, so a timer never overlaps itself.

Nothing is remembered between runs of the host: a due moment missed while it was down is not made up for.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import UTC, datetime

from devstack.host.calls import Call, Function
from devstack.host.configuration import substitute
from devstack.host.crew import Crew
from devstack.host.invocations import Invoker
from devstack.host.schedule import parse_schedule
from devstack.host.tracing import new_trace

_NEVER = datetime.min.replace(tzinfo=UTC)
_LONGEST_NAP = 60.0  # seconds; so that a laptop back from sleep notices the time
_LATE = 1.0  # seconds behind its moment from which a run counts as past due

type Clock = Callable[[], datetime]
type Run = Callable[[bytes], Awaitable[object]]


class Timer:
    """One timer function; `now` gives aware UTC moments and `run` performs an invocation."""

    def __init__(self, function: Function, run: Run, *, settings: Mapping[str, str], now: Clock) -> None:
        where = f"Function {function.name}: schedule"
        text = substitute(str(function.trigger["schedule"]), settings=settings, where=where)
        self.function = function
        self._schedule = parse_schedule(text, function=function.name)
        self._run_on_startup = bool(function.trigger.get("runOnStartup"))
        self._run = run
        self._now = now
        self._last = _NEVER
        self._called = asyncio.Event()
        self.next_due = self._schedule.after(now())

    def call(self) -> None:
        """Run at once, or right after the run that is going on."""
        self._called.set()

    async def keep_time(self) -> None:
        """Run whenever due, until cancelled; what came due during a run is skipped."""
        if self._run_on_startup:
            await self.fire()
        while True:
            self.next_due = self._schedule.after(self._now())
            await self._until_due()
            await self.fire()

    async def fire(self) -> None:
        """Invoke now, with the request the cloud host would send."""
        self._called.clear()
        started = self._now()
        late = (started - self.next_due).total_seconds() > _LATE
        await self._run(json.dumps(self._request(started, late=late)).encode())
        self._last = started

    async def _until_due(self) -> None:
        while not self._called.is_set():
            seconds = (self.next_due - self._now()).total_seconds()
            if seconds <= 0:
                return
            try:
                async with asyncio.timeout(min(seconds, _LONGEST_NAP)):
                    await self._called.wait()
            except TimeoutError:
                continue

    def _request(self, started: datetime, *, late: bool) -> dict[str, object]:
        status = {
            "Last": self._last.isoformat(),
            "Next": self._schedule.after(started).isoformat(),
            "LastUpdated": self._last.isoformat(),
        }
        return {"Schedule": {"AdjustForDST": True}, "ScheduleStatus": status, "IsPastDue": late}


class Timers:
    """All timers of an app, running together."""

    def __init__(
        self, functions: Iterable[Function], *, invoker: Invoker, settings: Mapping[str, str]
    ) -> None:
        self._crew = Crew()
        self._timers = {
            function.name.lower(): Timer(
                function, self._run(function, invoker), settings=settings, now=_utc_now
            )
            for function in functions
        }

    def start(self) -> None:
        """Begin keeping time on the running loop."""
        for timer in self._timers.values():
            self._crew.add(timer.keep_time())

    async def stop(self, *, grace: float) -> None:
        """Stop keeping time; runs that are going on get `grace` seconds to finish."""
        await self._crew.stop(grace=grace)

    def call(self, name: str) -> bool:
        """Run a timer at once by its function's name; False when there is none of that name."""
        timer = self._timers.get(name.lower())
        if timer is not None:
            timer.call()
        return timer is not None

    def states(self) -> list[dict[str, str]]:
        """Each timer with its next due moment."""
        return [
            {"function": timer.function.name, "next": timer.next_due.isoformat()}
            for timer in self._timers.values()
        ]

    def _run(self, function: Function, invoker: Invoker) -> Run:
        async def run(request: bytes) -> None:
            with self._crew.working():
                await invoker.invoke(Call(function, "json", new_trace(), request))

        return run


def _utc_now() -> datetime:
    return datetime.now(UTC)
