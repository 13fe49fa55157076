"""The decisions of the queue edge: when to try again, and what can never be read."""

import logging
import traceback
from datetime import timedelta

import azure.functions as func
import pytest

from devstack.servicebus.config import read_config
from shared import telemetry
from shared.db import new_id
from shared.errors import Poison
from shared.messaging import GenerateSchedule
from shared.worker import consume, read_message
from shared.worker.edge import DELIVERIES
from shared.worker.retry import MAX_ATTEMPTS, plan_retry
from tests.launch import ROOT
from tests.unit.queue_messages import delivered

ORDER = GenerateSchedule(job_id=new_id())
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


@pytest.mark.parametrize(("attempt", "seconds"), [(1, 1), (2, 2), (3, 4), (4, 8), (5, 16), (6, 32), (7, 64)])
def test_the_delay_doubles_with_each_attempt(attempt: int, seconds: int) -> None:
    assert plan_retry(attempt, jitter=0.5) == timedelta(seconds=seconds)


@pytest.mark.parametrize("attempt", [MAX_ATTEMPTS, MAX_ATTEMPTS + 1, 10**9])
def test_the_last_attempt_is_not_repeated(attempt: int) -> None:
    assert plan_retry(attempt, jitter=0.5) is None


@pytest.mark.parametrize("attempt", range(1, MAX_ATTEMPTS))
def test_jitter_spreads_a_delay_between_half_and_one_and_a_half(attempt: int) -> None:
    middle = plan_retry(attempt, jitter=0.5)
    assert middle is not None
    assert plan_retry(attempt, jitter=0.0) == middle * 0.5
    latest = plan_retry(attempt, jitter=0.999)
    assert latest is not None
    assert middle < latest < middle * 1.5


def test_a_message_is_read_as_its_contract() -> None:
    body = ORDER.model_dump_json(by_alias=True).encode()
    assert read_message(delivered(body), GenerateSchedule) == ORDER


async def test_poison_is_logged_with_its_reason_and_left_to_the_broker(
    caplog: pytest.LogCaptureFixture,
) -> None:
    @consume
    async def handler(message: func.ServiceBusMessage) -> None:
        read_message(message, GenerateSchedule)

    with caplog.at_level(logging.ERROR), pytest.raises(Poison, match="jobId"):
        await handler(delivered(b'{"type": "GenerateSchedule", "version": 1}'))
    assert "handler cannot read this message: Not a GenerateSchedule message: jobId" in caplog.text


async def test_an_unexpected_failure_is_left_to_the_broker() -> None:
    @consume
    async def handler(message: func.ServiceBusMessage) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await handler(delivered(b"{}"))


async def test_what_the_host_would_write_down_names_nobody() -> None:
    @consume
    async def handler(message: func.ServiceBusMessage) -> None:
        raise ValueError("no mail to ines@example.org")

    with pytest.raises(RuntimeError, match=r"^ValueError: no mail to \*\*\*$") as failed:
        await handler(delivered(b"{}"))
    assert "ines" not in "".join(traceback.format_exception(failed.value)).replace('"no mail to ines', "")


def test_the_last_delivery_is_the_one_the_queues_allow() -> None:
    declared = read_config(ROOT / "devstack/servicebus/Config.json")
    assert {queue.max_delivery_count for queue in declared} == {DELIVERIES}


async def test_a_handler_works_under_the_trace_its_message_was_posted_under() -> None:
    seen: list[str | None] = []

    @consume
    async def handler(message: func.ServiceBusMessage) -> None:
        seen.append(telemetry.traceparent())

    await handler(delivered(b"{}", traceparent=f"00-{TRACE}-00f067aa0ba902b7-01"))
    assert seen[0] is not None
    assert TRACE in seen[0]
