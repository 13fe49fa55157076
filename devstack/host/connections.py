"""Service Bus clients from app settings, found the way the cloud host finds them."""

from collections.abc import Mapping
from typing import Any

from azure.servicebus.aio import ServiceBusClient

from devstack.host.errors import StartError

DEFAULT_CONNECTION = "AzureWebJobsServiceBus"
_POLICY: dict[str, Any] = {  # half a minute of attempts: work done while the bus is away can still be settled
    "retry_mode": "fixed",
    "retry_total": 60,
    "retry_backoff_factor": 0.5,  # seconds
    "try_timeout": 10.0,  # seconds
}


def open_client(name: str, *, settings: Mapping[str, str], function: str) -> ServiceBusClient:
    """A client for the connection called `name`: a connection string, or `name__fullyQualifiedNamespace`.

    `name__clientId` chooses a user-assigned identity. With both the string wins. Raises StartError when
    neither setting exists.
    """
    text = settings.get(name)
    namespace = settings.get(f"{name}__fullyQualifiedNamespace")
    if text:
        try:
            return ServiceBusClient.from_connection_string(text, **_POLICY)
        except ValueError as error:
            raise StartError(f"Setting {name} is not a Service Bus connection string: {error}.") from error
    if namespace:
        from azure.identity.aio import DefaultAzureCredential  # noqa: PLC0415 - slow, and only for the cloud

        credential = DefaultAzureCredential(managed_identity_client_id=settings.get(f"{name}__clientId"))
        return ServiceBusClient(namespace, credential, **_POLICY)
    raise StartError(
        f"Function {function}: connection {name!r} is not set; add {name} (a connection string) or "
        f"{name}__fullyQualifiedNamespace to Values in local.settings.json."
    )
