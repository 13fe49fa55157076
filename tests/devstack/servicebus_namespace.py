"""A running emulator with three queues, one of them with sessions, and the waiting every SDK test does."""

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
TALKS = "talks"
DECLARED = {JOBS, BULK, TALKS}
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
                    {
                        "Name": TALKS,
                        "Properties": {
                            "LockDuration": "PT5S",
                            "MaxDeliveryCount": 3,
                            "RequiresSession": True,
                        },
                    },
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
def running(folder: Path, *options: str) -> Iterator[Namespace]:
    """Start the emulator with a configuration written to the folder; stops it afterwards."""
    with server("devstack.servicebus", "--config", str(written(folder)), *options) as urls:
        yield at(urls)
    with abandoned_sockets():
        pass


@contextmanager
def abandoned_sockets() -> Iterator[None]:
    """Let the SDK leave the sockets of failed connections to the garbage collector; at the end they are."""
    with warnings.catch_warnings(action="ignore", category=ResourceWarning):
        yield
        gc.collect()


def written(folder: Path) -> Path:
    """The configuration as a file in the folder."""
    config = folder / "Config.json"
    config.write_text(json.dumps(CONFIG))
    return config


def at(urls: str) -> Namespace:
    """The namespace that a `ready` line speaks of."""
    amqp, _, control = urls.partition(" control=")
    return Namespace(int(amqp.rpartition(":")[2]), control)


async def next_of(receiver: ServiceBusReceiver) -> ServiceBusReceivedMessage:
    messages = await receiver.receive_messages(1, max_wait_time=10)
    assert messages, "no message arrived within ten seconds"
    return messages[0]


async def has_nothing(receiver: ServiceBusReceiver) -> bool:
    return await receiver.receive_messages(1, max_wait_time=0.3) == []
