"""What `host.json` and `local.settings.json` say, read once and typed."""

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from devstack.host.errors import StartError
from devstack.host.timespan import parse_timespan

_TOKEN = re.compile(r'"(?:\\.|[^"\\])*"|//[^\n]*|/\*.*?\*/', re.DOTALL)
_JOB_HOST_FUNCTION = re.compile(r"AzureFunctionsJobHost__functions__\d+", re.IGNORECASE)
_REFERENCE = re.compile(r"%([^%]+)%")


@dataclass(frozen=True)
class ServiceBusOptions:
    """`extensions.serviceBus` of host.json, with the defaults of the cloud host."""

    prefetch_count: int = 0
    auto_complete: bool = True
    max_lock_renewal: timedelta = timedelta(minutes=5)
    max_concurrent_calls: int = 16
    max_message_batch_size: int = 1000


@dataclass(frozen=True)
class HostOptions:
    """The parts of host.json that this host honours; `function_timeout` None means no limit."""

    route_prefix: str = "api"
    function_timeout: timedelta | None = timedelta(minutes=30)
    functions: frozenset[str] = frozenset()
    service_bus: ServiceBusOptions = field(default_factory=ServiceBusOptions)


def read_settings(path: Path) -> dict[str, str]:
    """The Values of a local.settings.json; raises StartError when they are not all strings."""
    values = _read_json(path).get("Values", {})
    if not isinstance(values, dict):
        raise StartError(f"{path}: Values must be an object of settings.")
    for name, value in values.items():
        if not isinstance(value, str):
            raise StartError(f"{path}: Values.{name} must be a string; put it in quotes.")
    return values


def read_host_options(app: Path, settings: Mapping[str, str]) -> HostOptions:
    """host.json of an app, with `AzureFunctionsJobHost__functions__N` settings over its `functions`."""
    path = app / "host.json"
    document: dict[str, Any] = _read_json(path) if path.exists() else {"version": "2.0"}
    if document.get("version") != "2.0":
        raise StartError(f'{path}: "version" must be "2.0".')
    extensions: dict[str, Any] = document.get("extensions", {})
    named = [value for name, value in settings.items() if _JOB_HOST_FUNCTION.fullmatch(name)]
    return HostOptions(
        route_prefix=extensions.get("http", {}).get("routePrefix", HostOptions.route_prefix),
        function_timeout=_function_timeout(document.get("functionTimeout")),
        functions=frozenset(name.lower() for name in named or document.get("functions", [])),
        service_bus=_service_bus(extensions.get("serviceBus", {})),
    )


def substitute(text: str, *, settings: Mapping[str, str], where: str) -> str:
    """Replace each `%NAME%` by that setting; raises StartError for a setting that does not exist."""

    def value(match: re.Match[str]) -> str:
        if match[1] not in settings:
            raise StartError(f"{where} refers to setting {match[1]}, which does not exist; add it to Values.")
        return settings[match[1]]

    return _REFERENCE.sub(value, text)


def apply_settings(values: Mapping[str, str]) -> None:
    """Put settings into the environment; what is set there already wins, as with `func start`."""
    for name, value in values.items():
        os.environ.setdefault(name, value)


def _function_timeout(text: str | None) -> timedelta | None:
    if text is None:
        return HostOptions.function_timeout
    return None if text == "-1" else parse_timespan(text, field="host.json functionTimeout")


def _service_bus(section: Mapping[str, Any]) -> ServiceBusOptions:
    default = ServiceBusOptions()
    renewal = section.get("maxAutoLockRenewalDuration", "00:05:00")
    where = "host.json extensions.serviceBus."
    return ServiceBusOptions(
        prefetch_count=_whole(section, "prefetchCount", default.prefetch_count, minimum=0),
        auto_complete=bool(section.get("autoCompleteMessages", default.auto_complete)),
        max_lock_renewal=parse_timespan(renewal, field=where + "maxAutoLockRenewalDuration"),
        max_concurrent_calls=_whole(section, "maxConcurrentCalls", default.max_concurrent_calls, minimum=1),
        max_message_batch_size=_whole(
            section, "maxMessageBatchSize", default.max_message_batch_size, minimum=1
        ),
    )


def _whole(section: Mapping[str, Any], name: str, default: int, *, minimum: int) -> int:
    value = section.get(name, default)
    if not isinstance(value, int) or value < minimum:
        raise StartError(f"host.json extensions.serviceBus.{name} must be a whole number from {minimum}.")
    return value


def _read_json(path: Path) -> dict[str, Any]:
    try:
        text = path.read_text(encoding="utf-8-sig")
        document = json.loads(_TOKEN.sub(_keep_string, text))
    except OSError as error:
        raise StartError(f"{path} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise StartError(f"{path} is not JSON: {error}.") from error
    if not isinstance(document, dict):
        raise StartError(f"{path} must hold a JSON object.")
    return document


def _keep_string(match: re.Match[str]) -> str:
    return match[0] if match[0].startswith('"') else " "
