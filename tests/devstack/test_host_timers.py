"""Timer functions: when they run, what they are given, and that one never overlaps itself."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2

from devstack.host.calls import Function
from devstack.host.timers import Timer
from tests.devstack.host_support import APPS, eventually, running, write_settings, written

NOON = datetime(2026, 2, 27, 12, tzinfo=UTC)


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.moment = NOON

    def __call__(self) -> datetime:
        return self.moment


class Runs:
    """Stands where the function would run; each run moves the clock and may take a while."""

    def __init__(self, clock: Clock, *, lasting: timedelta = timedelta()) -> None:
        self.requests: list[dict[str, Any]] = []
        self._clock = clock
        self._lasting = lasting

    async def __call__(self, request: bytes) -> None:
        self.requests.append(json.loads(request))
        self._clock.moment += self._lasting


def timer(schedule: str, clock: Clock, runs: Runs, *, on_startup: bool = False) -> Timer:
    trigger = {"type": "timerTrigger", "name": "t", "schedule": schedule, "runOnStartup": on_startup}
    return Timer(Function("f", trigger), runs, settings={"EVERY": "0 0 * * * *"}, now=clock)


async def test_request_has_the_shape_of_the_cloud() -> None:
    clock = Clock()
    runs = Runs(clock)
    hourly = timer("%EVERY%", clock, runs)
    await hourly.fire()
    clock.moment += timedelta(hours=1)
    await hourly.fire()
    assert runs.requests[0] == {
        "Schedule": {"AdjustForDST": True},
        "ScheduleStatus": {
            "Last": "0001-01-01T00:00:00+00:00",
            "Next": "2026-02-27T13:00:00+00:00",
            "LastUpdated": "0001-01-01T00:00:00+00:00",
        },
        "IsPastDue": False,
    }
    assert runs.requests[1]["ScheduleStatus"]["Last"] == "2026-02-27T12:00:00+00:00"


async def test_run_that_starts_late_is_past_due() -> None:
    clock = Clock()
    runs = Runs(clock)
    hourly = timer("%EVERY%", clock, runs)
    clock.moment += timedelta(hours=1, minutes=10)
    await hourly.fire()
    assert runs.requests[0]["IsPastDue"] is True


async def test_moments_that_pass_during_a_run_are_skipped() -> None:
    clock = Clock()
    runs = Runs(clock, lasting=timedelta(hours=2, minutes=30))
    hourly = timer("%EVERY%", clock, runs, on_startup=True)
    keeping = asyncio.create_task(hourly.keep_time())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    keeping.cancel()
    assert len(runs.requests) == 1
    assert hourly.next_due == NOON + timedelta(hours=3)


def test_timers_run_on_startup_and_when_called_by_hand(tmp_path: Path) -> None:
    record = tmp_path / "record"
    settings = write_settings(tmp_path, RECORD=str(record))
    with running(APPS / "timers", settings) as url:
        eventually(lambda: len(written(record)) == 1)
        assert httpx2.post(f"{url}/admin/functions/Yearly", json={}).status_code == 202
        eventually(lambda: len(written(record)) == 2)
        assert httpx2.post(f"{url}/admin/functions/none", json={}).status_code == 404
        timers = httpx2.get(f"{url}/admin/host/status").json()["timers"]
    startup, called = written(record)
    assert (startup["function"], called["function"]) == ("on_startup", "yearly")
    assert startup["late"] is False
    assert {"yearly": "-01-01T03:00:00+00:00"}.items() <= {
        t["function"]: t["next"][4:] for t in timers
    }.items()
