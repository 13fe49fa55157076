"""Run a function under the app's time limit, deliver its outputs, and say in one line when it failed."""

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

from devstack.host.calls import Call, Outcome
from devstack.host.pool import Pool
from devstack.host.reports import report

if TYPE_CHECKING:
    from devstack.host.outputs import Outputs


class Invoker:
    """Every trigger invokes through here, so limits, outputs and reports are the same for all."""

    def __init__(self, pool: Pool, *, timeout: timedelta | None, outputs: "Outputs | None") -> None:
        self._pool = pool
        self._seconds = timeout.total_seconds() if timeout else None
        self._outputs = outputs

    async def invoke(self, call: Call) -> Outcome:
        """Run one function; a failure is printed and returned, never raised.

        Past functionTimeout an asynchronous function is cancelled. A worker with a function that does not
        heed it is replaced, after its other calls have finished.
        """
        function = call.function
        try:
            async with asyncio.timeout(self._seconds):
                outcome = await self._pool.invoke(call)
                if outcome.ok and function.outputs and self._outputs is not None:
                    outcome = await self._outputs.deliver(function, outcome)
        except TimeoutError:
            error = (
                f"functionTimeout of {self._seconds:g} s exceeded; shorten the work or raise it in host.json"
            )
            outcome = Outcome(ok=False, error=error)
        if not outcome.ok:
            place = f" at {outcome.place}" if outcome.place else ""
            report(f"function {function.name} failed: {outcome.error}{place}")
        return outcome
