"""Calls of an outside service: attempts and waits, breaker, meter, bounds of time, size and threads."""

import asyncio
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from email.utils import format_datetime
from typing import Any

import pytest

from shared.errors import AppError, Transient
from shared.web import Call, Patience, Reading, Service, Threads, metering
from shared.web.breaker import Breaker
from tests.integration.scripted import Answer, Script, scripted

CALL = Call("things.get", Decimal("0.01"))
QUICK = Patience(connect_seconds=1.0, read_seconds=5.0, whole_seconds=10.0, first_wait=0.001)
FINE = Answer(body=b'{"fine": true}')
BUSY = Answer(status=503, body=b"secret-in-a-body")


class Clock:
    """Seconds that pass when told to, or when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def service_on(clock: Clock, patience: Patience = QUICK) -> Service:
    breaker = Breaker("things", clock=clock)
    return Service("thing", group="things", patience=patience, breaker=breaker, sleep=clock.sleep)


def ask(service: Service, script: Script, read: Callable[[Any], Any] = lambda document: document) -> Any:
    return service.call(CALL, "GET", f"{script.url}/x?key=secret-key", reading=Reading(read))


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_passing_status_is_tried_again_and_not_even_noticed(status: int) -> None:
    clock = Clock()
    with scripted(Answer(status=status), Answer(status=status), FINE) as script:
        assert ask(service_on(clock), script) == {"fine": True}
    assert len(script.asked) == 3
    assert len(clock.slept) == 2


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409])
def test_refusal_is_told_at_once_and_does_not_open_the_breaker(
    status: int, caplog: pytest.LogCaptureFixture
) -> None:
    with scripted(Answer(status=status, body=b"secret-in-a-body")) as script:
        service = service_on(Clock())
        for _ in range(20):
            with pytest.raises(AppError) as caught:
                ask(service, script)
            assert not isinstance(caught.value, Transient)
    assert len(script.asked) == 20
    assert f"status {status}" in caplog.text
    assert "secret" not in caplog.text + repr(caught.value)


def test_redirect_is_a_refusal_and_the_key_does_not_go_along() -> None:
    with (
        scripted(FINE) as elsewhere,
        scripted(Answer(status=302, headers={"Location": elsewhere.url})) as script,
    ):
        with pytest.raises(AppError, match="refused"):
            ask(service_on(Clock()), script)
        assert elsewhere.asked == []


def test_wait_that_is_asked_for_in_seconds_is_kept() -> None:
    clock = Clock()
    with scripted(Answer(status=429, headers={"Retry-After": "3"}), FINE) as script:
        assert ask(service_on(clock), script)
    [slept] = clock.slept
    assert slept == 3


def test_wait_until_a_date_is_kept() -> None:
    clock = Clock()
    at = format_datetime(datetime.now(UTC) + timedelta(seconds=3), usegmt=True)
    with scripted(Answer(status=503, headers={"Retry-After": at}), FINE) as script:
        assert ask(service_on(clock), script)
    [slept] = clock.slept
    assert 0.5 < slept <= 3


def test_wait_that_is_too_long_is_left_to_the_caller() -> None:
    clock = Clock()
    with scripted(Answer(status=429, headers={"Retry-After": "3600"}), FINE) as script:
        with pytest.raises(Transient):
            ask(service_on(clock), script)
        assert len(script.asked) == 1
    assert clock.slept == []


@pytest.mark.parametrize("body", [b"<html>", b"", b"\xff\xfe", b'"text"', b"{}"])
def test_answer_that_cannot_be_read_is_a_failure_of_the_service(body: bytes) -> None:
    with scripted(Answer(body=body)) as script:
        with pytest.raises(Transient):
            ask(service_on(Clock()), script, read=lambda document: document["things"][0]["name"])
        assert len(script.asked) == 3


def test_slow_answer_is_given_up() -> None:
    hasty = Patience(read_seconds=0.1, attempts=2, first_wait=0.001)
    with scripted(Answer(pause=1.0)) as script, pytest.raises(Transient):
        ask(service_on(Clock(), hasty), script)
    assert len(script.asked) == 2


def test_answer_that_trickles_is_given_up() -> None:
    hasty = Patience(read_seconds=5.0, whole_seconds=0.1, attempts=1)
    with scripted(Answer(body=b"[" + b" " * 40 + b"]", trickle=0.05)) as script, pytest.raises(Transient):
        ask(service_on(Clock(), hasty), script)


def test_huge_answer_is_given_up() -> None:
    patience = Patience(attempts=1)
    with scripted(Answer(body=b" " * (17 * 1024 * 1024))) as script, pytest.raises(Transient):
        ask(service_on(Clock(), patience), script)


def test_service_that_keeps_failing_is_left_alone_then_tried_by_one_call() -> None:
    clock = Clock()
    with scripted(*[BUSY] * 15, BUSY, BUSY, BUSY, FINE) as script:
        service = service_on(clock)
        for _ in range(5):
            with pytest.raises(Transient):
                ask(service, script)
        assert len(script.asked) == 15
        with pytest.raises(Transient, match="not used for a moment"):
            ask(service, script)
        assert len(script.asked) == 15, "an open breaker asks nobody"
        clock.now += 11
        with pytest.raises(Transient, match="did not answer"):
            ask(service, script)
        assert len(script.asked) == 18, "the probe, with its attempts"
        with pytest.raises(Transient, match="not used for a moment"):
            ask(service, script)
        clock.now += 11
        assert ask(service, script) == {"fine": True}
        assert ask(service, script) == {"fine": True}


def test_while_a_probe_is_under_way_nobody_else_asks() -> None:
    clock, told = Clock(), threading.Event()
    patience = Patience(read_seconds=60.0, whole_seconds=60.0, first_wait=0.001)
    with scripted(*[BUSY] * 15, Answer(body=b"{}", until=told), FINE) as script:
        service = service_on(clock, patience)
        for _ in range(5):
            with pytest.raises(Transient):
                ask(service, script)
        clock.now += 11
        probe = threading.Thread(target=ask, args=(service, script))
        probe.start()
        while len(script.asked) < 16:
            probe.join(0.01)
        with pytest.raises(Transient, match="not used for a moment"):
            ask(service, script)
        told.set()
        probe.join()
        assert ask(service, script) == {"fine": True}


def test_meter_counts_every_attempt_and_bills_answers_alone() -> None:
    with scripted(BUSY, FINE, Answer(status=400), BUSY) as script:
        service = service_on(Clock())
        with metering("job") as meter:
            ask(service, script)
            with metering("inner") as inner, pytest.raises(AppError):
                ask(service, script)
            with pytest.raises(Transient):
                ask(service, script)
    assert (meter.calls, meter.cost_usd) == ({"things.get": 5}, Decimal("0.01"))
    assert (inner.calls, inner.cost_usd) == ({"things.get": 1}, Decimal(0))


async def test_threads_are_bounded_and_count_for_the_job_that_started_them() -> None:
    threads, service = Threads("bounded", at_once=3), service_on(Clock())
    with scripted(Answer(body=b'{"fine": true}', pause=0.02)) as script:
        with metering("job") as meter:
            await asyncio.gather(*(threads.run(ask, service, script) for _ in range(20)))
        await threads.run(ask, service, script)
    assert meter.calls == {"things.get": 20}
    assert 1 < script.most_at_once <= 3


async def test_a_call_that_nobody_waits_for_is_not_made_again() -> None:
    threads, service, told = Threads("left", at_once=1), service_on(Clock()), threading.Event()
    with scripted(Answer(status=503, until=told), FINE) as script:
        with metering("job") as meter:
            call = asyncio.create_task(threads.run(ask, service, script))
            await asyncio.to_thread(_wait_for_a_question, script)
            call.cancel()
            with pytest.raises(asyncio.CancelledError):
                await call
            told.set()
        # The one thread is free again once the call it was left with has ended.
        assert await threads.run(lambda: "free") == "free"
        assert len(script.asked) == 1
    assert meter.calls == {"things.get": 1}


def _wait_for_a_question(script: Script) -> None:
    while not script.asked:
        time.sleep(0.01)
