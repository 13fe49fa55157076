"""The official emulator's `Config.json`, read with every unknown or unsupported setting refused by name."""

import json
import re
from collections.abc import Mapping
from pathlib import Path

from devstack.servicebus.broker.settings import DAY, HOUR, MINUTE, SECOND, QueueSettings
from devstack.servicebus.limits import CLOUD, Limits, Range

_COMMENT = re.compile(r'("(?:\\.|[^"\\])*")|//[^\n]*|/\*.*?\*/', re.DOTALL)
_DURATION = re.compile(
    r"P(?:(?P<days>\d+)D)?(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+(?:\.\d+)?)S)?)?"
)
_NAME = re.compile(r"[A-Za-z0-9][\w./-]{0,259}", re.ASCII)
_UNSUPPORTED = ("ForwardTo", "ForwardDeadLetteredMessagesTo")
_PROPERTIES = {
    "LockDuration": str,
    "MaxDeliveryCount": int,
    "DefaultMessageTimeToLive": str,
    "RequiresDuplicateDetection": bool,
    "DuplicateDetectionHistoryTimeWindow": str,
    "DeadLetteringOnMessageExpiration": bool,
    "RequiresSession": bool,
    **dict.fromkeys(_UNSUPPORTED, str),
}
_KINDS = {str: "a text", int: "a number", bool: "true or false", list: "a list", dict: "an object"}


class ConfigError(ValueError):
    """The configuration asks for something that is malformed or not offered; the message says what."""


def read_config(path: Path, limits: Limits = CLOUD) -> list[QueueSettings]:
    """The queues that a configuration file declares; ConfigError names the file and what is wrong in it."""
    try:
        return parse_config(path.read_text("utf-8"), limits)
    except (OSError, UnicodeDecodeError, ConfigError) as error:
        raise ConfigError(f"{path}: {error}") from error


def parse_config(text: str, limits: Limits = CLOUD) -> list[QueueSettings]:
    """The queues in the text of a configuration, which may hold comments."""
    try:
        file = json.loads(_COMMENT.sub(lambda match: match[1] or " ", text))
    except ValueError as error:
        raise ConfigError(f"This is no JSON: {error}.") from error
    user = _field(_Object(file, "The file", {"UserConfig": dict}), "UserConfig", dict)
    sections = _Object(user, "UserConfig", {"Namespaces": list, "Logging": dict})
    namespaces = _field(sections, "Namespaces", list)
    if len(namespaces) != 1:
        raise ConfigError("UserConfig.Namespaces must hold exactly one namespace.")
    return _namespace(namespaces[0], limits)


def duration(text: str) -> int:
    """An ISO 8601 duration of days, hours, minutes and seconds, in milliseconds."""
    match = _DURATION.fullmatch(text)
    if match is None or not any(match.groups()):
        raise ConfigError(f"{text!r} is no ISO 8601 duration such as PT5M.")
    units = {"days": DAY, "hours": HOUR, "minutes": MINUTE, "seconds": SECOND}
    return round(sum(float(match[name] or 0) * unit for name, unit in units.items()))


def queue_settings(name: str, properties: Mapping[str, object], limits: Limits = CLOUD) -> QueueSettings:
    """One queue from its name and its properties, named as in the file; or ConfigError.

    Numbers and truth values may be written as text, as XML has them.
    """
    given = {key: _from_text(key, value) for key, value in properties.items()}
    return _queue({"Name": name, "Properties": given}, limits)


def _from_text(setting: str, value: object) -> object:
    kind = _PROPERTIES.get(setting)
    if kind is bool and str(value).lower() in ("true", "false"):
        return str(value).lower() == "true"
    if kind is int and isinstance(value, str) and value.isascii() and value.isdecimal():
        return int(value[:9])
    return value


def _namespace(value: object, limits: Limits) -> list[QueueSettings]:
    given = _Object(value, "The namespace", {"Name": str, "Queues": list, "Topics": list})
    name = _field(given, "Name", str)
    if limits.namespace is not None and name != limits.namespace:
        raise ConfigError(f"The namespace must be named {limits.namespace}, not {name}.")
    if given.fields.get("Topics"):
        raise ConfigError("Topics are not supported: leave the list empty.")
    queues = [_queue(queue, limits) for queue in _field(given, "Queues", list)]
    if len({queue.name.lower() for queue in queues}) < len(queues):
        raise ConfigError("Two queues have the same name; case does not count.")
    if limits.queues is not None and len(queues) > limits.queues:
        raise ConfigError(f"The namespace holds no more than {limits.queues} queues, not {len(queues)}.")
    return queues


def _queue(value: object, limits: Limits) -> QueueSettings:
    queue = _Object(value, "A queue", {"Name": str, "Properties": dict})
    name = _field(queue, "Name", str)
    if not _NAME.fullmatch(name):
        raise ConfigError(f"Name {name!r} of a queue must be letters, digits and ._-/, 260 at most.")
    given = _Object(queue.fields.get("Properties", {}), f"Queue {name}", _PROPERTIES).fields
    for setting in _UNSUPPORTED:
        if given.get(setting):
            raise ConfigError(f"{setting} of queue {name} is not supported: leave it out.")
    lock = _span(name, "LockDuration", given, limits.lock_duration)
    count = given.get("MaxDeliveryCount", limits.max_delivery_count.default)
    window = _span(name, "DuplicateDetectionHistoryTimeWindow", given, limits.duplicate_window)
    return QueueSettings(
        name=name,
        lock_duration=lock or 0,
        max_delivery_count=_within(name, "MaxDeliveryCount", int(str(count)), limits.max_delivery_count),
        default_time_to_live=_span(name, "DefaultMessageTimeToLive", given, limits.time_to_live),
        has_duplicate_detection=given.get("RequiresDuplicateDetection") is True,
        duplicate_window=window or 0,
        dead_letters_expired=given.get("DeadLetteringOnMessageExpiration") is True,
        requires_session=given.get("RequiresSession") is True,
        max_size=limits.queue_size,
    )


def _span(queue: str, setting: str, given: dict[str, object], limits: Range) -> int | None:
    if setting not in given:
        return limits.default
    text = str(given[setting])
    value = duration(text)
    if not limits.low <= value <= limits.high:
        allowed = f"{limits.low // SECOND} to {limits.high // SECOND} seconds"
        raise ConfigError(f"{setting} of queue {queue} is {text}; allowed are {allowed}.")
    return value


def _within(queue: str, setting: str, value: int, limits: Range) -> int:
    if not limits.low <= value <= limits.high:
        raise ConfigError(f"{setting} of queue {queue} must be {limits.low} to {limits.high}, not {value}.")
    return value


class _Object:
    """A JSON object whose fields have been checked by name and type."""

    def __init__(self, value: object, title: str, kinds: dict[str, type]) -> None:
        if not isinstance(value, dict):
            raise ConfigError(f"{title} must be an object.")
        for name, field in value.items():
            if name not in kinds:
                raise ConfigError(f"{title} has the unknown setting {name}: leave it out.")
            if type(field) is not kinds[name]:
                raise ConfigError(f"{name} of {title} must be {_KINDS[kinds[name]]}.")
        self.title = title
        self.fields: dict[str, object] = value


def _field[T](given: _Object, name: str, kind: type[T]) -> T:
    value = given.fields.get(name)
    if not isinstance(value, kind):
        raise ConfigError(f"{given.title} lacks {name}.")
    return value
