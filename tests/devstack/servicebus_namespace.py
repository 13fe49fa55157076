"""A running emulator with two queues, and the waiting that every test of it through the SDK does."""

import gc
import json
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import httpx2
from azure.servicebus import ServiceBusReceivedMessage
from azure.servicebus.aio import ServiceBusReceiver

from tests.launch import server

JOBS = "jobs"
BULK = "bulk"
KEY_NAME = "SharedAccessKeyName=RootManageSharedAccessKey"
CONFIG = {
    "UserConfig": {
        "Namespaces": [
            {
                "Name": "sbemulatorns",
                "Queues": [
                    {
                        "Name": JOBS,
                        "Properties": {
                            "LockDuration": "PT5S",
                            "MaxDeliveryCount": 3,
                            "RequiresDuplicateDetection": True,
                            "DuplicateDetectionHistoryTimeWindow": "PT20S",
                            "DeadLetteringOnMessageExpiration": True,
                        },
                    },
                    {"Name": BULK, "Properties": {"LockDuration": "PT1M"}},
                ],
                "Topics": [],
            }
        ]
    }
}


class Namespace(NamedTuple):
    """Where the emulator listens."""

    port: int
    control: str

    def connection_string(self, secret: str = f"{KEY_NAME};SharedAccessKey=SAS_KEY_VALUE") -> str:
        return f"Endpoint=sb://localhost:{self.port};{secret};UseDevelopmentEmulator=true;"

    def post(self, path: str, body: dict[str, object] | None = None) -> None:
        assert httpx2.post(self.control + path, json=body or {}).status_code == 204

    def counts(self, queue: str = JOBS) -> dict[str, int]:
        counts: dict[str, int] = httpx2.get(f"{self.control}/queues").json()[queue]
        return counts


@contextmanager
def running(folder: Path) -> Iterator[Namespace]:
    """Start the emulator with a configuration written to the folder; stops it afterwards.

    The SDK leaves the sockets of failed connections to the garbage collector; here they are collected.
    """
    config = folder / "Config.json"
    config.write_text(json.dumps(CONFIG))
    with server("devstack.servicebus", "--config", str(config)) as urls:
        amqp, _, control = urls.partition(" control=")
        yield Namespace(int(amqp.rpartition(":")[2]), control)
    with warnings.catch_warnings(action="ignore", category=ResourceWarning):
        gc.collect()


async def next_of(receiver: ServiceBusReceiver) -> ServiceBusReceivedMessage:
    messages = await receiver.receive_messages(1, max_wait_time=10)
    assert messages, "no message arrived within ten seconds"
    return messages[0]


async def has_nothing(receiver: ServiceBusReceiver) -> bool:
    return await receiver.receive_messages(1, max_wait_time=0.3) == []
