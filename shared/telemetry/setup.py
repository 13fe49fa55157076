"""Start of telemetry in a process, and its end: nothing of the SDK is loaded unless something is exported."""

import asyncio
import atexit
from functools import cache
from typing import TYPE_CHECKING

from shared.config import TelemetrySettings
from shared.telemetry import logs

if TYPE_CHECKING:
    from shared.telemetry.export import Export

_ending: set[asyncio.Task[None]] = set()


@cache
def configure() -> "Export | None":
    """Mask what is logged, and export what the settings ask for; twice is once."""
    logs.configure()
    settings = TelemetrySettings()
    if (
        settings.applicationinsights_connection_string is None
        and settings.otel_exporter_otlp_endpoint is None
    ):
        return None
    from shared.telemetry.export import Export  # noqa: PLC0415 - a tenth of a second, for those who export

    export = Export(settings)
    export.install()
    atexit.register(export.flush)
    return export


def flush_when_the_loop_ends() -> None:
    """Send what waits when the running loop cancels its tasks: a host may end a worker without exit hooks."""
    export = configure()
    if export is None:
        return

    async def wait() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            export.flush()

    _ending.add(asyncio.create_task(wait()))
