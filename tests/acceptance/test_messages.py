"""Messages that are wrong, late or there twice: named, never in a loop, never with a second effect."""

import json
import time
import uuid
from collections.abc import Iterator

import pytest
from azure.servicebus import ServiceBusClient, ServiceBusMessage

from devstack.stack import Stack
from tests.acceptance.conftest import Trouble
from tests.acceptance.traveller import Traveller, completed_once

QUEUE = "ai-schedule-generation"
NOBODYS = "0193c7c0-0000-7000-8000-000000000000"


@pytest.fixture(scope="module")
def bus(stack: Stack) -> Iterator[ServiceBusClient]:
    with ServiceBusClient.from_connection_string(stack.settings["ServiceBus"]) as client:
        yield client


def send(bus: ServiceBusClient, body: str, *, queue: str = QUEUE) -> str:
    message = ServiceBusMessage(body, message_id=str(uuid.uuid4()))
    with bus.get_queue_sender(queue) as sender:
        sender.send_messages(message)
    return str(message.message_id)


def order(job_id: str) -> str:
    return json.dumps({"type": "GenerateSchedule", "version": 1, "jobId": job_id})


@pytest.mark.parametrize(
    ("queue", "body"),
    [
        (QUEUE, "this is not JSON"),
        (QUEUE, json.dumps({"type": "GenerateSchedule", "version": 2, "jobId": NOBODYS})),
        (QUEUE, json.dumps({"type": "GenerateSchedule", "version": 1, "jobId": NOBODYS, "x": 1})),
        ("location-search", json.dumps({"type": "SearchPlaces", "version": 1})),
        ("notification", "[]"),
    ],
)
def test_a_message_that_breaks_its_contract_is_dead_lettered(
    bus: ServiceBusClient, trouble: Trouble, *, queue: str, body: str
) -> None:
    sent = send(bus, body, queue=queue)
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        dead = [message for message in trouble.messages(queue, dead=True) if message["messageId"] == sent]
        if dead:
            assert dead[0]["deadLetterReason"] == "MaxDeliveryCountExceeded"
            return
        time.sleep(0.1)
    raise AssertionError(f"{queue} still has {trouble.messages(queue)}")


def test_a_message_for_a_trip_that_is_gone_is_simply_done(
    bus: ServiceBusClient, trouble: Trouble, ines: Traveller
) -> None:
    trip_id = ines.new_trip()
    job_id = ines.ask(trip_id)
    ines.call("DELETE", f"/trips/{trip_id}")
    sent = send(bus, order(job_id))
    deadline = time.monotonic() + 20
    while trouble.messages(QUEUE) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert sent not in [m["messageId"] for m in trouble.messages(QUEUE) + trouble.messages(QUEUE, dead=True)]
    assert ines.inbox() == []


def test_a_message_delivered_over_and_over_has_one_effect(bus: ServiceBusClient, ines: Traveller) -> None:
    trip_id = ines.new_trip()
    job_id = ines.ask(trip_id)
    with bus.get_queue_sender(QUEUE) as sender:
        for _ in range(12):
            sender.send_messages(ServiceBusMessage(order(job_id)))
            time.sleep(0.05)
    job = ines.wait_for(job_id)
    send(bus, order(job_id))
    assert completed_once(job), job
    assert ines.plan(trip_id)["version"] == 1
    assert len(ines.inbox(at_least=1)) == 1
