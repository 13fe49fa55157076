"""Queues and containers are the same on a laptop, in the messages and in the cloud."""

import json
import re
from pathlib import Path
from typing import Any

from shared.messaging import contracts
from tests.infra.bicep_file import module

ROOT = Path(__file__).parents[2]


def local(name: str) -> dict[str, Any]:
    """A configuration of the dev stack; its comments are whole lines."""
    text = (ROOT / "devstack" / name / "Config.json").read_text()
    return dict(json.loads(re.sub(r"^\s*//.*$", "", text, flags=re.M)))


def cloud_queue() -> dict[str, Any]:
    [body] = module("service-bus").resources("Microsoft.ServiceBus/namespaces/queues")
    return dict(body["properties"])


def test_queues_are_those_of_the_messages_and_of_the_laptop() -> None:
    cloud = set(module("service-bus").of("var")["queueNames"].value)
    [namespace] = local("servicebus")["UserConfig"]["Namespaces"]
    messages = {one.queue for one in contracts.Message.__subclasses__()}
    assert cloud == {queue["Name"] for queue in namespace["Queues"]} == messages


def test_queues_behave_alike_in_both_places() -> None:
    cloud = {key[:1].upper() + key[1:]: value for key, value in cloud_queue().items()}
    [namespace] = local("servicebus")["UserConfig"]["Namespaces"]
    for queue in namespace["Queues"]:
        assert queue["Properties"] == {key: cloud[key] for key in queue["Properties"]}


def test_queues_are_as_drawn() -> None:
    queue = cloud_queue()
    assert (queue["lockDuration"], queue["maxDeliveryCount"], queue["maxSizeInMegabytes"]) == (
        "PT5M",
        5,
        16384,
    )
    assert queue["requiresDuplicateDetection"] is True
    assert queue["deadLetteringOnMessageExpiration"] is True
    params = module("service-bus").of("param")
    assert (params["partitions"].value, params["messagingUnits"].value) == (2, 2)


def test_containers_are_those_of_the_laptop() -> None:
    cloud = {
        one["id"]: (one["partitionKey"], int(one["defaultTtl"]))
        for one in module("cosmos").of("var")["containers"].value
    }
    [database] = local("cosmos")["databases"]
    here = {one["id"]: (one["partitionKey"]["paths"][0], one["defaultTtl"]) for one in database["containers"]}
    assert cloud == here
    [body] = module("cosmos").resources("Microsoft.DocumentDB/databaseAccounts/sqlDatabases")
    assert body["name"] == database["id"]
