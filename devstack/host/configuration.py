"""What `host.json` and `local.settings.json` say, read once and typed."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from devstack.host.errors import StartError
from devstack.host.timespan import parse_timespan

WORKERS_LIMIT = 10
_LONGEST_BATCH_WAIT = timedelta(seconds=150)
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
    min_message_batch_size: int = 1
    max_batch_wait: timedelta = timedelta(seconds=30)


@dataclass(frozen=True)
class HttpOptions:
    """`extensions.http` of host.json; `body_limit` is in bytes, `max_outstanding` -1 means no limit."""

    body_limit: int = 104_857_600
    max_outstanding: int = -1


@dataclass(frozen=True)
class HostOptions:
    """The parts of host.json that this host honours; `function_timeout` None means no limit."""

    route_prefix: str = "api"
    function_timeout: timedelta | None = timedelta(minutes=30)
    functions: frozenset[str] = frozenset()
    http: HttpOptions = field(default_factory=HttpOptions)
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
        http=_http(extensions.get("http", {}), settings),
        service_bus=_service_bus(extensions.get("serviceBus", {})),
    )


def substitute(text: str, *, settings: Mapping[str, str], where: str) -> str:
    """Replace each `%NAME%` by that setting; raises StartError for a setting that does not exist."""

    def value(match: re.Match[str]) -> str:
        if match[1] not in settings:
            raise StartError(f"{where} refers to setting {match[1]}, which does not exist; add it to Values.")
        return settings[match[1]]

    return _REFERENCE.sub(value, text)


def worker_count(settings: Mapping[str, str]) -> int:
    """FUNCTIONS_WORKER_PROCESS_COUNT, 1 to 10 as in the cloud; raises StartError for anything else."""
    text = settings.get("FUNCTIONS_WORKER_PROCESS_COUNT", "1")
    if not text.isdecimal() or not 1 <= int(text) <= WORKERS_LIMIT:
        raise StartError(
            f"FUNCTIONS_WORKER_PROCESS_COUNT is {text!r}; use a number from 1 to {WORKERS_LIMIT}."
        )
    return int(text)


def _function_timeout(text: str | None) -> timedelta | None:
    if text is None:
        return HostOptions.function_timeout
    return None if text == "-1" else parse_timespan(text, field="host.json functionTimeout")


def _http(section: Mapping[str, Any], settings: Mapping[str, str]) -> HttpOptions:
    limit = settings.get("FUNCTIONS_REQUEST_BODY_SIZE_LIMIT", str(HttpOptions.body_limit))
    if not limit.isdecimal():
        raise StartError(f"FUNCTIONS_REQUEST_BODY_SIZE_LIMIT is {limit!r}; use a number of bytes.")
    outstanding = section.get("maxOutstandingRequests", HttpOptions.max_outstanding)
    if not isinstance(outstanding, int):
        raise StartError("host.json extensions.http.maxOutstandingRequests must be a whole number.")
    return HttpOptions(body_limit=int(limit), max_outstanding=outstanding)


def _service_bus(section: Mapping[str, Any]) -> ServiceBusOptions:
    where = "host.json extensions.serviceBus."
    most = _whole(section, "maxMessageBatchSize", ServiceBusOptions.max_message_batch_size, minimum=1)
    least = _whole(section, "minMessageBatchSize", ServiceBusOptions.min_message_batch_size, minimum=1)
    if least > most:
        raise StartError(f"{where}minMessageBatchSize {least} is more than maxMessageBatchSize {most}.")
    wait = parse_timespan(section.get("maxBatchWaitTime", "00:00:30"), field=where + "maxBatchWaitTime")
    if wait > _LONGEST_BATCH_WAIT:
        raise StartError(f"{where}maxBatchWaitTime may be 00:02:30 at most.")
    renewal = section.get("maxAutoLockRenewalDuration", "00:05:00")
    return ServiceBusOptions(
        prefetch_count=_whole(section, "prefetchCount", ServiceBusOptions.prefetch_count, minimum=0),
        auto_complete=bool(section.get("autoCompleteMessages", ServiceBusOptions.auto_complete)),
        max_lock_renewal=parse_timespan(renewal, field=where + "maxAutoLockRenewalDuration"),
        max_concurrent_calls=_whole(
            section, "maxConcurrentCalls", ServiceBusOptions.max_concurrent_calls, minimum=1
        ),
        max_message_batch_size=most,
        min_message_batch_size=least,
        max_batch_wait=wait,
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
