"""Which functions of an app run here, and which of them this host cannot serve."""

from collections.abc import Iterable, Mapping

from devstack.host.calls import Function
from devstack.host.configuration import HostOptions
from devstack.host.errors import StartError
from devstack.host.reports import report

KINDS = ("http", "timer", "serviceBus")


def select(
    functions: Iterable[Function],
    *,
    options: HostOptions,
    kinds: frozenset[str],
    settings: Mapping[str, str],
) -> list[Function]:
    """The functions to run: of these trigger kinds, listed when a list is given, and not disabled.

    Raises StartError for a function that would run but needs what this host lacks.
    """
    found = list(functions)
    for name in sorted(options.functions - {function.name.lower() for function in found}):
        report(
            f"no function is named {name}; see functions in host.json and AzureFunctionsJobHost__functions"
        )
    chosen = [
        function
        for function in found
        if (function.kind in kinds or function.kind not in KINDS)
        and (not options.functions or function.name.lower() in options.functions)
        and settings.get(f"AzureWebJobs.{function.name}.Disabled", "").lower() not in ("true", "1")
    ]
    for function in chosen:
        _refuse_unsupported(function)
    return chosen


def of_kind(functions: Iterable[Function], kind: str) -> list[Function]:
    """The functions with one kind of trigger."""
    return [function for function in functions if function.kind == kind]


def _refuse_unsupported(function: Function) -> None:
    trigger = function.trigger
    if function.kind not in KINDS:
        raise StartError(
            f"Function {function.name}: {trigger['type']} is not supported; use {', '.join(KINDS)}."
        )
    for output in function.outputs:
        if output["type"] != "serviceBus" or "queueName" not in output:
            raise StartError(
                f"Function {function.name}: output binding {output['type']} is not delivered by this host; "
                "use a Service Bus queue, or the service's own client."
            )
    if function.kind == "serviceBus" and "queueName" not in trigger:
        raise StartError(f"Function {function.name}: topics are not supported; use a queue.")
    if trigger.get("isSessionsEnabled"):
        raise StartError(f"Function {function.name}: session queues are not supported; use a plain queue.")
