"""The administration surface through the unmodified `ServiceBusAdministrationClient`, over verified TLS."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from azure.core.exceptions import (
    ClientAuthenticationError,
    HttpResponseError,
    ResourceExistsError,
    ResourceNotFoundError,
    ServiceRequestError,
)
from azure.servicebus import ServiceBusClient, ServiceBusMessage, ServiceBusSubQueue
from azure.servicebus.aio.management import ServiceBusAdministrationClient as AsyncAdministrationClient
from azure.servicebus.exceptions import MessagingEntityNotFoundError, ServiceBusError
from azure.servicebus.management import ServiceBusAdministrationClient

from tests.devstack.servicebus_admin_parts import Emulator, emulator
from tests.devstack.servicebus_namespace import DECLARED


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    with emulator(tmp_path_factory.mktemp("admin")) as started:
        yield started


@pytest.fixture(scope="module")
def admin(running: Emulator) -> Iterator[ServiceBusAdministrationClient]:
    with running.client() as client:
        yield client


@pytest.fixture(scope="module")
def bus(running: Emulator) -> Iterator[ServiceBusClient]:
    with ServiceBusClient.from_connection_string(running.connection_string("amqp"), retry_total=0) as client:
        yield client


def test_configured_queue_is_described_with_its_settings(admin: ServiceBusAdministrationClient) -> None:
    queue = admin.get_queue("jobs")
    assert queue.name == "jobs"
    assert queue.lock_duration == timedelta(seconds=5)
    assert queue.max_delivery_count == 3
    assert queue.requires_duplicate_detection is True
    assert queue.duplicate_detection_history_time_window == timedelta(seconds=20)
    assert queue.dead_lettering_on_message_expiration is True
    assert queue.requires_session is False
    assert queue.status == "Active"
    assert queue.forward_to is None
    assert queue.authorization_rules is None


def test_queue_names_are_compared_without_case(admin: ServiceBusAdministrationClient) -> None:
    assert admin.get_queue("JOBS").lock_duration == timedelta(seconds=5)


def test_missing_queue_is_not_found(admin: ServiceBusAdministrationClient) -> None:
    with pytest.raises(ResourceNotFoundError, match="does not exist"):
        admin.get_queue("nowhere")
    with pytest.raises(ResourceNotFoundError, match="does not exist"):
        admin.get_queue_runtime_properties("nowhere")
    with pytest.raises(ResourceNotFoundError):
        admin.delete_queue("nowhere")


def test_created_queue_takes_messages_and_deleted_one_does_not(
    admin: ServiceBusAdministrationClient, bus: ServiceBusClient
) -> None:
    created = admin.create_queue(
        "made", max_delivery_count=7, lock_duration=timedelta(seconds=90), default_message_time_to_live="P2D"
    )
    assert (created.name, created.max_delivery_count) == ("made", 7)
    again = admin.get_queue("made")
    assert (again.lock_duration, again.default_message_time_to_live) == (
        timedelta(seconds=90),
        timedelta(days=2),
    )
    with bus.get_queue_sender("made") as sender:
        sender.send_messages(ServiceBusMessage("x"))
        assert admin.get_queue_runtime_properties("made").active_message_count == 1
        admin.delete_queue("made")
        with pytest.raises(ServiceBusError):  # its link is detached; a retry would attach it anew
            sender.send_messages(ServiceBusMessage("y"))
        with pytest.raises(MessagingEntityNotFoundError):
            sender.send_messages(ServiceBusMessage("y"))
    with pytest.raises(ResourceNotFoundError):
        admin.get_queue("made")


def test_name_that_is_taken_is_refused(admin: ServiceBusAdministrationClient) -> None:
    with pytest.raises(ResourceExistsError, match="'Jobs' exists"):
        admin.create_queue("Jobs")


def test_update_changes_what_may_change_and_keeps_the_messages(
    admin: ServiceBusAdministrationClient, bus: ServiceBusClient
) -> None:
    queue = admin.create_queue("changing")
    with bus.get_queue_sender("changing") as sender:
        sender.send_messages(ServiceBusMessage("x"))
    queue.max_delivery_count = 2
    queue.lock_duration = timedelta(seconds=45)
    queue.default_message_time_to_live = timedelta(hours=1)
    admin.update_queue(queue)
    changed = admin.get_queue("changing")
    assert (changed.max_delivery_count, changed.lock_duration) == (2, timedelta(seconds=45))
    assert changed.default_message_time_to_live == timedelta(hours=1)
    assert admin.get_queue_runtime_properties("changing").active_message_count == 1
    admin.delete_queue("changing")


def test_update_of_a_missing_queue_or_a_fixed_setting_is_refused(
    admin: ServiceBusAdministrationClient,
) -> None:
    queue = admin.get_queue("bulk")
    queue.requires_duplicate_detection = True
    with pytest.raises(HttpResponseError, match="RequiresDuplicateDetection") as refused:
        admin.update_queue(queue)
    assert refused.value.status_code == 400
    gone = admin.create_queue("gone")
    admin.delete_queue("gone")
    with pytest.raises(ResourceNotFoundError):
        admin.update_queue(gone)


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("max_delivery_count", 0),
        ("lock_duration", timedelta(minutes=6)),
        ("forward_to", "jobs"),
        ("auto_delete_on_idle", timedelta(minutes=5)),
        ("enable_partitioning", True),
        ("user_metadata", "who reads this"),
        ("status", "Disabled"),
    ],
)
def test_setting_that_cannot_be_had_is_refused_by_name(
    admin: ServiceBusAdministrationClient, setting: str, value: Any
) -> None:
    with pytest.raises(HttpResponseError) as refused:
        admin.create_queue("wishes", **{setting: value})
    assert refused.value.status_code == 400
    assert setting.replace("_", "") in str(refused.value.message).lower()
    with pytest.raises(ResourceNotFoundError):
        admin.get_queue("wishes")


def test_runtime_counts_add_up_as_the_queue_scaler_reads_them(
    admin: ServiceBusAdministrationClient, bus: ServiceBusClient
) -> None:
    since = datetime.now(UTC) - timedelta(seconds=1)
    admin.create_queue("counted")
    with bus.get_queue_sender("counted") as sender, bus.get_queue_receiver("counted") as receiver:
        sender.send_messages([ServiceBusMessage(f"m{number}") for number in range(4)])
        sender.schedule_messages(ServiceBusMessage("later"), datetime.now(UTC) + timedelta(hours=1))
        locked, dead, deferred = receiver.receive_messages(3, max_wait_time=10)
        receiver.dead_letter_message(dead, reason="counted")
        receiver.defer_message(deferred)
        counted = admin.get_queue_runtime_properties("counted")
        receiver.complete_message(locked)
    assert counted.active_message_count == 3
    assert counted.dead_letter_message_count == 1
    assert counted.scheduled_message_count == 1
    assert counted.transfer_message_count == counted.transfer_dead_letter_message_count == 0
    assert counted.total_message_count == 5
    assert counted.size_in_bytes
    assert counted.created_at_utc is not None
    assert counted.accessed_at_utc is not None
    assert since < counted.created_at_utc <= counted.accessed_at_utc
    assert admin.get_queue_runtime_properties("counted").active_message_count == 2
    with bus.get_queue_receiver("counted", sub_queue=ServiceBusSubQueue.DEAD_LETTER) as buried:
        buried.complete_message(buried.receive_messages(1, max_wait_time=10)[0])
    assert admin.get_queue_runtime_properties("counted").dead_letter_message_count == 0
    admin.delete_queue("counted")


def test_lists_are_complete_over_several_pages(admin: ServiceBusAdministrationClient) -> None:
    names = {f"page-{number:03}" for number in range(101)}
    for name in names:
        admin.create_queue(name)
    assert {queue.name for queue in admin.list_queues()} == names | DECLARED
    counted = {queue.name: queue.total_message_count for queue in admin.list_queues_runtime_properties()}
    assert set(counted) >= names
    for name in names:
        admin.delete_queue(name)
    assert {queue.name for queue in admin.list_queues()} == DECLARED


def test_topics_are_none_and_cannot_be_made(admin: ServiceBusAdministrationClient) -> None:
    assert list(admin.list_topics()) == []
    with pytest.raises(HttpResponseError, match="QueueDescription") as refused:
        admin.create_topic("news")
    assert refused.value.status_code == 400


def test_namespace_is_described(admin: ServiceBusAdministrationClient) -> None:
    namespace = admin.get_namespace_properties()
    assert (namespace.name, namespace.messaging_sku) == ("sbemulatorns", "Standard")


def test_wrong_key_is_unauthorized(running: Emulator) -> None:
    with running.client(key="other") as client, pytest.raises(ClientAuthenticationError, match="signature"):
        client.get_queue("jobs")


def test_certificate_is_trusted_only_through_its_own_authority(running: Emulator) -> None:
    with (
        ServiceBusAdministrationClient.from_connection_string(
            running.connection_string("admin-tls"), retry_total=0
        ) as client,
        pytest.raises(ServiceRequestError, match="CERTIFICATE_VERIFY_FAILED"),
    ):
        client.get_queue("jobs")


async def test_async_client_works_as_well(running: Emulator) -> None:
    async with AsyncAdministrationClient.from_connection_string(
        running.connection_string("admin-tls"), connection_verify=str(running.authority), retry_total=0
    ) as client:
        await client.create_queue("async")
        names = [queue.name async for queue in client.list_queues()]
        assert "async" in names
        runtime = await client.get_queue_runtime_properties("async")
        assert runtime.total_message_count == 0
        await client.delete_queue("async")
