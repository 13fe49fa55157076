"""A Service Bus emulator and the queues app on the local host, for the tests that need both."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
from azure.servicebus import ServiceBusMessage
from azure.servicebus.aio import ServiceBusClient, ServiceBusSender

from tests.devstack.host_support import APPS, running, write_settings, written
from tests.launch import server

QUEUES = ("single", "batch", "patient", "drained", "cut", "late", "relayed", "gathered")


@dataclass(frozen=True)
class Bus:
    """The emulator: how clients connect, and where tests look into it."""

    connection: str
    control: str

    def count(self, queue: str) -> dict[str, int]:
        """Messages of a queue by state."""
        counts: dict[str, dict[str, int]] = httpx2.get(f"{self.control}/queues").json()
        return counts[queue]

    def break_off(self, *, seconds: float) -> None:
        """Drop all connections and refuse new ones for so long."""
        assert httpx2.post(f"{self.control}/faults", json={"refuseSeconds": seconds}).is_success


@contextmanager
def emulated_bus(folder: Path) -> Iterator[Bus]:
    """An emulator whose queues have the shortest lock there is, 5 s, and three deliveries."""
    properties = {"LockDuration": "PT5S", "MaxDeliveryCount": 3}
    queues = [{"Name": name, "Properties": properties} for name in QUEUES]
    namespace = {"Name": "test", "Queues": queues, "Topics": []}
    config = folder / "Config.json"
    config.write_text(json.dumps({"UserConfig": {"Namespaces": [namespace]}}))
    with server("devstack.servicebus", "--config", str(config)) as ready:
        amqp, _, control = ready.partition(" control=")
        key = "SharedAccessKeyName=RootManageSharedAccessKey;SharedAccessKey=SAS_KEY_VALUE"
        endpoint = amqp.replace("amqp://", "sb://")
        yield Bus(f"Endpoint={endpoint};{key};UseDevelopmentEmulator=true;", control)


@dataclass
class Sender:
    """Sends orders; a queue's sender is kept open, for each costs half a second."""

    client: ServiceBusClient
    senders: dict[str, ServiceBusSender] = field(default_factory=dict)

    async def __call__(self, queue: str, *orders: object, **properties: Any) -> None:
        if queue not in self.senders:
            self.senders[queue] = self.client.get_queue_sender(queue)
        bodies = [order if isinstance(order, bytes) else json.dumps(order) for order in orders]
        await self.senders[queue].send_messages([ServiceBusMessage(body, **properties) for body in bodies])


@asynccontextmanager
async def sending(bus: Bus) -> AsyncIterator[Sender]:
    """A way to send for as long as the block lasts."""
    async with ServiceBusClient.from_connection_string(bus.connection) as client:
        sender = Sender(client)
        yield sender
        await asyncio.gather(*(opened.close() for opened in sender.senders.values()))


@dataclass(frozen=True)
class Host:
    """A running host and the file its functions write to."""

    url: str
    record: Path

    def seen(self, name: str, event: str) -> list[dict[str, Any]]:
        """What a function wrote about the order of this name."""
        return [
            facts
            for facts in written(self.record)
            if facts.get("event") == event and facts["order"]["name"] == name
        ]

    def listeners(self) -> set[str]:
        """The states of its listeners."""
        listeners = httpx2.get(f"{self.url}/admin/host/status").json()["listeners"]
        return {listener["state"] for listener in listeners}


def queue_settings(folder: Path, connection: str, *, queue: str = "single") -> Path:
    """Settings of the queues app; its single function listens to `queue`."""
    record = str(folder / "record")
    return write_settings(folder, RECORD=record, SINGLE_QUEUE=queue, Bus=connection)


@contextmanager
def hosted(folder: Path, bus: Bus, *, app: Path = APPS / "queues", queue: str = "single") -> Iterator[Host]:
    """The queues app on a host of its own."""
    with running(app, queue_settings(folder, bus.connection, queue=queue)) as url:
        yield Host(url, folder / "record")
