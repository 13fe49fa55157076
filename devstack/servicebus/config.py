"""The official emulator's `Config.json`, read with every unknown or unsupported setting refused by name."""

import json
import re
from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from devstack.servicebus.broker.settings import DAY, HOUR, MINUTE, SECOND, QueueSettings

_COMMENT = re.compile(r'("(?:\\.|[^"\\])*")|//[^\n]*|/\*.*?\*/', re.DOTALL)
_DURATION = re.compile(
    r"P(?:(?P<days>\d+)D)?(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+(?:\.\d+)?)S)?)?"
)
_LOCK_RANGE = (5 * SECOND, 5 * MINUTE)
_WINDOW_RANGE = (20 * SECOND, 7 * DAY)
_MAX_DELIVERY_COUNT = 2000


class ConfigError(ValueError):
    """The configuration asks for something that is malformed or not offered; the message says what."""


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Properties(_Section):
    LockDuration: str = "PT1M"
    MaxDeliveryCount: int = Field(default=10, ge=1, le=_MAX_DELIVERY_COUNT)
    DefaultMessageTimeToLive: str | None = None
    RequiresDuplicateDetection: bool = False
    DuplicateDetectionHistoryTimeWindow: str = "PT10M"
    DeadLetteringOnMessageExpiration: bool = False
    RequiresSession: bool = False
    ForwardTo: str = ""
    ForwardDeadLetteredMessagesTo: str = ""


class _Queue(_Section):
    Name: str = Field(min_length=1, max_length=260, pattern=r"^[A-Za-z0-9][\w./-]*$")
    Properties: _Properties = _Properties()


class _Namespace(_Section):
    Name: str
    Queues: list[_Queue]
    Topics: list[object] = []


class _User(_Section):
    Namespaces: list[_Namespace] = Field(min_length=1, max_length=1)
    Logging: dict[str, str] = {}


class _File(_Section):
    UserConfig: _User


def read_config(path: Path) -> list[QueueSettings]:
    """The queues that a configuration file declares; ConfigError names the file and what is wrong in it."""
    try:
        return parse_config(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, ConfigError) as error:
        raise ConfigError(f"{path}: {error}") from error


def parse_config(text: str) -> list[QueueSettings]:
    """The queues in the text of a configuration, which may hold comments."""
    try:
        file = _File.model_validate(json.loads(_without_comments(text)))
    except json.JSONDecodeError as error:
        raise ConfigError(f"This is no JSON: {error}.") from error
    except ValidationError as error:
        raise ConfigError(_first_complaint(error)) from error
    namespace = file.UserConfig.Namespaces[0]
    if namespace.Topics:
        raise ConfigError("Topics are not supported: leave the list empty.")
    queues = [_settings(queue) for queue in namespace.Queues]
    if len({queue.name.lower() for queue in queues}) < len(queues):
        raise ConfigError("Two queues have the same name; case does not count.")
    return queues


def queue_settings(name: str, properties: Mapping[str, object]) -> QueueSettings:
    """One queue from its name and its properties, named and written as in the file; or ConfigError."""
    try:
        return _settings(_Queue.model_validate({"Name": name, "Properties": dict(properties)}))
    except ValidationError as error:
        raise ConfigError(_first_complaint(error)) from error


def _first_complaint(error: ValidationError) -> str:
    first = error.errors()[0]
    return f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}."


def _without_comments(text: str) -> str:
    return _COMMENT.sub(lambda match: match[1] or " ", text)


def _settings(queue: _Queue) -> QueueSettings:
    given = queue.Properties
    _refuse_unsupported(queue.Name, given)
    life = given.DefaultMessageTimeToLive
    return QueueSettings(
        name=queue.Name,
        lock_duration=_within(queue.Name, "LockDuration", given.LockDuration, _LOCK_RANGE),
        max_delivery_count=given.MaxDeliveryCount,
        default_time_to_live=None if life is None else duration(life),
        has_duplicate_detection=given.RequiresDuplicateDetection,
        duplicate_window=_within(
            queue.Name,
            "DuplicateDetectionHistoryTimeWindow",
            given.DuplicateDetectionHistoryTimeWindow,
            _WINDOW_RANGE,
        ),
        dead_letters_expired=given.DeadLetteringOnMessageExpiration,
    )


def _refuse_unsupported(name: str, given: _Properties) -> None:
    for setting in ("RequiresSession", "ForwardTo", "ForwardDeadLetteredMessagesTo"):
        if getattr(given, setting):
            raise ConfigError(f"{setting} of queue {name} is not supported: leave it out.")


def _within(queue: str, setting: str, text: str, bounds: tuple[int, int]) -> int:
    value = duration(text)
    low, high = bounds
    if not low <= value <= high:
        allowed = f"{low // SECOND} to {high // SECOND} seconds"
        raise ConfigError(f"{setting} of queue {queue} is {text}; allowed are {allowed}.")
    return value


def duration(text: str) -> int:
    """An ISO 8601 duration of days, hours, minutes and seconds, in milliseconds."""
    match = _DURATION.fullmatch(text)
    if match is None or not any(match.groups()):
        raise ConfigError(f"{text!r} is no ISO 8601 duration such as PT5M.")
    units = {"days": DAY, "hours": HOUR, "minutes": MINUTE, "seconds": SECOND}
    return round(sum(float(match[name] or 0) * unit for name, unit in units.items()))
