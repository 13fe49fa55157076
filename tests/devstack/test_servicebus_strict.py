"""The official emulator's defaults and caps, on request."""

import json
import socket
from contextlib import ExitStack, nullcontext
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from azure.servicebus import ServiceBusClient, ServiceBusMessage
from azure.servicebus.exceptions import ServiceBusError

from devstack.servicebus.amqp.frames import AMQP_HEADER
from devstack.servicebus.broker.bus import Bus
from devstack.servicebus.broker.errors import NotAllowed, QueueFull
from devstack.servicebus.broker.queue import Queue
from devstack.servicebus.broker.settings import HOUR, MINUTE, SECOND, QueueSettings
from devstack.servicebus.config import ConfigError, parse_config
from devstack.servicebus.limits import CLOUD, OFFICIAL_EMULATOR
from tests.devstack.servicebus_namespace import KEY_NAME, abandoned_sockets
from tests.devstack.servicebus_parts import Clock, message
from tests.launch import server

MOST_CONNECTIONS = 10


def config(*queues: object, name: str = "sbemulatorns") -> str:
    namespace = {"Name": name, "Queues": list(queues), "Topics": []}
    return json.dumps({"UserConfig": {"Namespaces": [namespace], "Logging": {"Type": "File"}}})


def queue(**properties: object) -> str:
    return config({"Name": "a", "Properties": properties})


def test_defaults_are_those_of_the_official_emulator() -> None:
    [strict] = parse_config(config({"Name": "a"}), OFFICIAL_EMULATOR)
    assert (strict.max_delivery_count, strict.default_time_to_live) == (3, HOUR)
    assert (strict.lock_duration, strict.duplicate_window) == (MINUTE, 20 * SECOND)
    [cloud] = parse_config(config({"Name": "a"}), CLOUD)
    assert (cloud.max_delivery_count, cloud.default_time_to_live) == (10, None)
    assert (cloud.lock_duration, cloud.duplicate_window) == (MINUTE, 10 * MINUTE)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (queue(MaxDeliveryCount=11), "MaxDeliveryCount of queue a must be 1 to 10"),
        (queue(DefaultMessageTimeToLive="PT61M"), "DefaultMessageTimeToLive .* 300 to 3600 seconds"),
        (queue(DefaultMessageTimeToLive="PT4M"), "DefaultMessageTimeToLive .* 300 to 3600 seconds"),
        (queue(DuplicateDetectionHistoryTimeWindow="PT6M"), "DuplicateDetection.* 5 to 300 seconds"),
        (queue(LockDuration="PT6M"), "LockDuration .* 5 to 300 seconds"),
        (config({"Name": "a"}, name="mine"), "must be named sbemulatorns"),
        (config(*({"Name": f"q{n}"} for n in range(51))), "no more than 50 queues"),
    ],
)
def test_what_the_official_emulator_refuses_is_refused(text: str, complaint: str) -> None:
    with pytest.raises(ConfigError, match=complaint):
        parse_config(text, OFFICIAL_EMULATOR)


def test_a_fifty_first_queue_cannot_be_made_while_it_runs() -> None:
    bus = Bus([QueueSettings(f"q{n}") for n in range(50)], clock=Clock(), max_queues=OFFICIAL_EMULATOR.queues)
    with pytest.raises(NotAllowed, match="no more than 50 queues"):
        bus.create(QueueSettings("one-more"))


def test_a_full_queue_takes_no_more_until_something_leaves() -> None:
    small = Queue(QueueSettings("a", max_size=1000), clock=Clock())
    numbers = [small.send(message("x" * 300, message_id=str(number))) for number in range(3)]
    with pytest.raises(QueueFull, match="has reached its size of 1000 bytes"):
        small.send(message("x" * 300))
    assert small.counts().active == len(numbers)
    small.clear()
    small.send(message("x" * 300))


@pytest.mark.parametrize("strict", [True, False])
def test_the_eleventh_connection_is_refused_only_when_strict(tmp_path: Path, *, strict: bool) -> None:
    path = tmp_path / "Config.json"
    path.write_text(config({"Name": "a"}))
    options = ["--config", str(path), *(["--strict"] if strict else [])]
    with abandoned_sockets(), server("devstack.servicebus", *options) as urls, ExitStack() as opened:
        port = urlsplit(urls.split()[0]).port
        assert port is not None
        for _ in range(MOST_CONNECTIONS):
            idle = opened.enter_context(socket.create_connection(("127.0.0.1", port), 10))
            idle.sendall(AMQP_HEADER)
            assert idle.recv(8) == AMQP_HEADER
        text = f"Endpoint=sb://localhost:{port};{KEY_NAME};SharedAccessKey=SAS_KEY_VALUE;"
        client = ServiceBusClient.from_connection_string(text + "UseDevelopmentEmulator=true;", retry_total=0)
        refused = pytest.raises(ServiceBusError) if strict else nullcontext()
        with client, refused, client.get_queue_sender("a") as sender:
            sender.send_messages(ServiceBusMessage("x"))
