"""Run a function under the app's time limit and say in one line when it failed."""

import asyncio
import sys
from collections.abc import Mapping
from datetime import timedelta

from azure_functions_runtime.bindings.datumdef import Datum

from devstack.host.worker import Function, Outcome, Worker


class Invoker:
    """Every trigger invokes through here, so limits and reports are the same for all."""

    def __init__(self, worker: Worker, *, timeout: timedelta | None) -> None:
        self._worker = worker
        self._seconds = timeout.total_seconds() if timeout else None

    async def invoke(
        self, function: Function, value: Datum, metadata: Mapping[str, Datum], *, trace: tuple[str, str]
    ) -> Outcome:
        """Run one function in the caller's task; a failure is printed and returned, never raised.

        Past functionTimeout an asynchronous function is cancelled. A synchronous one cannot be: it keeps its
        thread until it returns, and its result is ignored. (The cloud host restarts the whole worker.)
        """
        try:
            async with asyncio.timeout(self._seconds):
                outcome = await self._worker.invoke(function, value, metadata, trace=trace)
        except TimeoutError:
            error = (
                f"functionTimeout of {self._seconds:g} s exceeded; shorten the work or raise it in host.json"
            )
            outcome = Outcome(ok=False, error=error)
        if not outcome.ok:
            place = f" at {outcome.place}" if outcome.place else ""
            report(f"function {function.name} failed: {outcome.error}{place}")
        return outcome

    async def invoke_apart(
        self, function: Function, value: Datum, metadata: Mapping[str, Datum], *, trace: tuple[str, str]
    ) -> Outcome:
        """The same in a task of its own, so that a loop's next invocation inherits no context variables."""
        return await asyncio.create_task(self.invoke(function, value, metadata, trace=trace))


def report(line: str) -> None:
    """One line for the developer, on standard error."""
    sys.stderr.write(f"host: {line}\n")
    sys.stderr.flush()
