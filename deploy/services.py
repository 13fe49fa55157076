"""Which service runs which functions of the one image, by blueprint."""

from collections.abc import Iterable, Mapping

import azure.functions as func

ANYWHERE = ("health", "preflight")
SERVICES: Mapping[str, tuple[str, ...]] = {
    "user": ("users", "sessions", "notifications", "docs"),
    "trip": ("trips", "sharing", "schedules", "outbox"),
    "ai": ("schedule_worker",),
    "location": ("location_worker", "place_search"),
    "notification": ("notification_worker",),
}
"""Blueprints of each service beside those that run anywhere (docs/decisions/0040)."""

BY_NAME: Mapping[str, str] = {
    "request_schedule": "trip",
    "watch_schedule_job": "ai",
    "cancel_schedule_job": "ai",
}
"""Functions whose blueprint is shared by services: the gateway tells them apart by the start of the path."""


class Homeless(Exception):
    """A function belongs to no service."""


def split(functions: Iterable[func.Function]) -> dict[str, list[str]]:
    """Names of the functions of every service, sorted; raises Homeless for one that has no service."""
    found: dict[str, list[str]] = {service: [] for service in SERVICES}
    for function in functions:
        name = str(function.get_function_name())
        for service in homes(name, blueprint_of(function)):
            found[service].append(name)
    return {service: sorted(names) for service, names in found.items()}


def homes(name: str, blueprint: str) -> tuple[str, ...]:
    """The services that run a function."""
    if blueprint in ANYWHERE:
        return tuple(SERVICES)
    if name in BY_NAME:
        return (BY_NAME[name],)
    found = tuple(service for service, parts in SERVICES.items() if blueprint in parts)
    if not found:
        raise Homeless(
            f"Function {name} of blueprints/{blueprint}.py runs in no service: name it in deploy/services.py."
        )
    return found


def blueprint_of(function: func.Function) -> str:
    """The module under blueprints/ that defines a function."""
    return str(function.get_user_function().__module__).rpartition(".")[2]


def environment(names: Iterable[str]) -> str:
    """Settings that make a host run these functions and no others, a line each."""
    lines = [f"AzureFunctionsJobHost__functions__{i}={name}\n" for i, name in enumerate(names)]
    return "".join(lines)
