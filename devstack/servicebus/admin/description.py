"""A queue as the administration clients describe it: its settings there and back, and its counts."""

from devstack.servicebus.admin import atom
from devstack.servicebus.broker.bus import MAX_MESSAGE_SIZE
from devstack.servicebus.broker.errors import BadArgument
from devstack.servicebus.broker.queue import Queue
from devstack.servicebus.broker.settings import DAY, HOUR, MINUTE, SECOND, QueueSettings
from devstack.servicebus.config import ConfigError, queue_settings

NEVER = "P10675199DT2H48M5.4775807S"  # the longest time span of .NET, which the service shows for "never"
_NEVER_DAYS = NEVER.partition("T")[0]  # clients round the rest
_SETTINGS = (
    "LockDuration",
    "MaxDeliveryCount",
    "DefaultMessageTimeToLive",
    "RequiresDuplicateDetection",
    "DuplicateDetectionHistoryTimeWindow",
    "DeadLetteringOnMessageExpiration",
    "RequiresSession",
    "ForwardTo",
    "ForwardDeadLetteredMessagesTo",
)
_FIXED = {
    "AutoDeleteOnIdle": NEVER,
    "EnablePartitioning": "false",
    "EnableExpress": "false",
    "IsAnonymousAccessible": "false",
    "Status": "Active",
    "AuthorizationRules": "",
    "UserMetadata": "",
}  # what else exists in the service and would change what a queue does


def wanted_settings(name: str, properties: dict[str, str]) -> QueueSettings:
    """The settings that a client's description asks for; BadArgument names what cannot be had."""
    for setting, only in _FIXED.items():
        wanted = _clip(properties.get(setting) or only)
        if wanted.lower() != _clip(only).lower():
            raise BadArgument(f"{setting} is {wanted!r}; the emulator offers only {only!r}: leave it out.")
    given = {setting: properties[setting] for setting in _SETTINGS if properties.get(setting)}
    if given.get("DefaultMessageTimeToLive", "").startswith(_NEVER_DAYS):
        del given["DefaultMessageTimeToLive"]
    try:
        return queue_settings(name, given)
    except ConfigError as error:
        raise BadArgument(str(error)) from error


def entry(queue: Queue) -> atom.Entry:
    """The queue with its settings and counts, as an entry."""
    content = atom.description("QueueDescription", [*_configured(queue.settings), *_measured(queue)])
    return atom.Entry(queue.name, content, published=queue.record.created_at, updated=queue.record.updated_at)


def _configured(settings: QueueSettings) -> list[str]:
    life = settings.default_time_to_live
    values = {
        "LockDuration": iso_duration(settings.lock_duration),
        "MaxSizeInMegabytes": "1024",
        "RequiresDuplicateDetection": _truth(settings.has_duplicate_detection),
        "RequiresSession": _truth(settings.requires_session),
        "DefaultMessageTimeToLive": NEVER if life is None else iso_duration(life),
        "DeadLetteringOnMessageExpiration": _truth(settings.dead_letters_expired),
        "DuplicateDetectionHistoryTimeWindow": iso_duration(settings.duplicate_window),
        "MaxDeliveryCount": str(settings.max_delivery_count),
        "EnableBatchedOperations": "true",
        **_FIXED,
        "SupportOrdering": "true",
        "EntityAvailabilityStatus": "Available",
        "MaxMessageSizeInKilobytes": str(MAX_MESSAGE_SIZE // 1024),
    }
    del values["UserMetadata"]  # absent, not empty, when there is none
    return [atom.element(name, value) for name, value in values.items()]


def _measured(queue: Queue) -> list[str]:
    """Active are all messages that are neither scheduled nor dead: locked and deferred ones as well."""
    counts = queue.counts()
    active = counts.active + counts.locked + counts.deferred
    buried = sum(queue.dead_letters.counts()) if queue.dead_letters is not None else 0
    details = [
        ("ActiveMessageCount", active),
        ("DeadLetterMessageCount", buried),
        ("ScheduledMessageCount", counts.scheduled),
        ("TransferMessageCount", 0),
        ("TransferDeadLetterMessageCount", 0),
    ]
    return [
        atom.element("SizeInBytes", str(queue.size_in_bytes())),
        atom.element("MessageCount", str(active + buried + counts.scheduled)),
        atom.element("CreatedAt", atom.instant(queue.record.created_at)),
        atom.element("UpdatedAt", atom.instant(queue.record.updated_at)),
        atom.element("AccessedAt", atom.instant(queue.record.accessed_at)),
        atom.counts(details),
    ]


def iso_duration(milliseconds: int) -> str:
    """Milliseconds as an ISO 8601 duration of days, hours, minutes and seconds."""
    days, rest = divmod(milliseconds, DAY)
    hours, rest = divmod(rest, HOUR)
    minutes, rest = divmod(rest, MINUTE)
    clock = "".join(
        f"{value:g}{unit}" for value, unit in ((hours, "H"), (minutes, "M"), (rest / SECOND, "S")) if value
    )
    text = (f"{days}D" if days else "") + (f"T{clock}" if clock else "")
    return f"P{text}" if text else "PT0S"


def _truth(value: bool) -> str:  # noqa: FBT001 - it writes one
    return "true" if value else "false"


def _clip(text: str) -> str:
    return _NEVER_DAYS if text.startswith(_NEVER_DAYS) else text
