"""Messages: their contracts, and the outbox that sends them."""

from shared.messaging.contracts import (
    CONTRACTS,
    EraseInbox,
    ExportAccount,
    GenerateSchedule,
    Message,
    NotifyUser,
    SearchCategory,
    SearchNearby,
    SearchPlaces,
    contract_of,
    read,
    schema,
)
from shared.messaging.outbox import post
from shared.messaging.relay import Relay

__all__ = [
    "CONTRACTS",
    "EraseInbox",
    "ExportAccount",
    "GenerateSchedule",
    "Message",
    "NotifyUser",
    "Relay",
    "SearchCategory",
    "SearchNearby",
    "SearchPlaces",
    "contract_of",
    "post",
    "read",
    "schema",
]
