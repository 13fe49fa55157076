"""Where the bus is and how we show who we are: with a connection string, or with tokens."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from shared.config import BusSettings
from shared.identity import Identity

if TYPE_CHECKING:  # a fifth of a second to import: not before the first message
    from azure.servicebus.aio import ServiceBusClient


@dataclass(frozen=True, slots=True)
class Namespace:
    """A namespace by its host name; without `certificates`, a file, the public authorities are trusted."""

    host: str
    identity: Identity
    certificates: str | None = None


def place_of(settings: BusSettings, identity: Identity) -> str | Namespace:
    """The connection string, or the namespace that is reached as an identity."""
    if settings.service_bus is not None:
        return settings.service_bus.get_secret_value()
    trusted = settings.ssl_cert_file
    return Namespace(settings.service_bus_namespace or "", identity, str(trusted) if trusted else None)


async def client_of(place: str | Namespace, *, backoff_factor: float = 0.8) -> "ServiceBusClient":
    """A client that tries once more, `backoff_factor` seconds later."""
    from azure.servicebus.aio import ServiceBusClient  # noqa: PLC0415

    patience: dict[str, Any] = {"retry_total": 1, "retry_backoff_factor": backoff_factor}
    if isinstance(place, str):
        return ServiceBusClient.from_connection_string(place, **patience)
    credential = await place.identity.credential()
    return ServiceBusClient(place.host, credential, connection_verify=place.certificates, **patience)
