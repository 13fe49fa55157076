"""Service Bus triggers: receivers of the real client, each one a loop of receive, invoke, settle.

One coroutine per receiver, because two on one receiver take each other's frames. A receiver is a connection
of its own, so `maxConcurrentCalls` is capped here (`--receivers`): a laptop needs fewer than the cloud does.
`prefetchCount` is spread over the receivers, at least one each when it is not 0.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AsyncExitStack
from math import ceil
from time import monotonic

from azure.servicebus import ServiceBusReceivedMessage
from azure.servicebus.aio import ServiceBusClient, ServiceBusReceiver

from devstack.host import messages
from devstack.host.calls import Function
from devstack.host.configuration import ServiceBusOptions, substitute
from devstack.host.connections import DEFAULT_CONNECTION, open_client
from devstack.host.crew import Crew
from devstack.host.invocations import Invoker
from devstack.host.reports import report
from devstack.host.settlement import half_left, kept_lock, settle

_OPEN_WITHIN = 3.0  # seconds for a receiver to open
_MAX_WAIT = 2.0  # seconds one receive call waits; a broken connection is reported when they are over
_SHORTEST_WAIT = 0.05  # seconds; the client takes 0 for its default
_PAUSES = (0.2, 0.5, 1.0, 2.0)  # seconds between attempts to reach the bus; the last one repeats


class Listener:
    """The receivers of one queue function and what is known of their connection."""

    def __init__(
        self,
        function: Function,
        *,
        client: ServiceBusClient,
        queue: str,
        receivers: int,
        options: ServiceBusOptions,
        invoker: Invoker,
    ) -> None:
        self.function = function
        self.queue = queue
        self.state = "connecting"
        self._client = client
        self._options = options
        self._invoker = invoker
        self._crew = Crew()
        self._batch = function.trigger.get("cardinality", "").lower() == "many"
        self._receivers = 1 if self._batch else receivers
        self._open = 0
        self._auto_complete = bool(function.trigger.get("autoCompleteMessages", options.auto_complete))

    def start(self) -> None:
        """Open all receivers at once, without waiting for them."""
        for _ in range(self._receivers):
            self._crew.add(self._receive_for_ever())

    async def stop(self, *, grace: float) -> None:
        """Receive no more; invocations that run get `grace` seconds, then their messages are abandoned."""
        await self._crew.stop(grace=grace)

    def describe(self) -> dict[str, object]:
        """Function, queue, state (`connecting`, `listening`, `away`) and open receivers."""
        return {
            "function": self.function.name,
            "queue": self.queue,
            "state": self.state,
            "receivers": self._open,
        }

    async def _receive_for_ever(self) -> None:
        failures = 0
        while not self._crew.stopping:
            opened = asyncio.Event()
            try:
                await self._receive_until_broken(opened)
            except Exception as error:  # noqa: BLE001 - whatever the client does, the listener outlives it
                failures = 0 if opened.is_set() else failures + 1
                self._note_away(error)
            await asyncio.sleep(_PAUSES[min(failures, len(_PAUSES) - 1)])

    async def _receive_until_broken(self, opened: asyncio.Event) -> None:
        prefetch = ceil(self._options.prefetch_count / self._receivers)
        receiver = self._client.get_queue_receiver(self.queue, prefetch_count=prefetch)
        async with AsyncExitStack() as stack:
            async with asyncio.timeout(_OPEN_WITHIN):
                await stack.enter_async_context(receiver)
            opened.set()
            self._open += 1
            self._note_listening()
            try:
                while not self._crew.stopping:
                    await self._receive_once(receiver)
            finally:
                self._open -= 1

    async def _receive_once(self, receiver: ServiceBusReceiver) -> None:
        count = self._options.max_message_batch_size if self._batch else 1
        received = await receiver.receive_messages(count, max_wait_time=_MAX_WAIT)
        if not received:
            return
        with self._crew.working():
            if self._batch:
                await self._handle_batch(receiver, await self._gather(receiver, received))
            else:
                await self._handle(receiver, *received)

    async def _gather(
        self, receiver: ServiceBusReceiver, received: list[ServiceBusReceivedMessage]
    ) -> list[ServiceBusReceivedMessage]:
        """Wait for minMessageBatchSize messages, for maxBatchWaitTime and half the lock at most."""
        least, most = self._options.min_message_batch_size, self._options.max_message_batch_size
        if len(received) >= least:
            return received
        patience = min(self._options.max_batch_wait.total_seconds(), half_left(received[0]))
        until = monotonic() + patience
        while len(received) < least and not self._crew.stopping and (left := until - monotonic()) > 0:
            received += await receiver.receive_messages(
                most - len(received), max_wait_time=max(min(left, _MAX_WAIT), _SHORTEST_WAIT)
            )
        return received

    async def _handle(self, receiver: ServiceBusReceiver, message: ServiceBusReceivedMessage) -> None:
        ok = False
        try:
            async with kept_lock(receiver, message, limit=self._options.max_lock_renewal):
                ok = await self._invoke([message])
        finally:
            await self._settle(receiver, [message], ok=ok)

    async def _handle_batch(
        self, receiver: ServiceBusReceiver, received: Sequence[ServiceBusReceivedMessage]
    ) -> None:
        ok = False
        try:
            ok = await self._invoke(received)
        finally:
            await self._settle(receiver, received, ok=ok)

    async def _invoke(self, received: Sequence[ServiceBusReceivedMessage]) -> bool:
        try:
            many = self._batch
            call = (
                messages.many(self.function, received) if many else messages.one(self.function, received[0])
            )
        except ValueError as error:
            report(f"function {self.function.name}: {error}")
            return False
        outcome = await self._invoker.invoke(call)
        return outcome.ok

    async def _settle(
        self, receiver: ServiceBusReceiver, received: Sequence[ServiceBusReceivedMessage], *, ok: bool
    ) -> None:
        """Complete after success if the trigger says so; after a failure abandon, whatever it says."""
        if ok and not self._auto_complete:
            return
        action = receiver.complete_message if ok else receiver.abandon_message
        for message in received:
            await settle(action, message, function=self.function.name)

    def _note_listening(self) -> None:
        if self.state == "away":
            report(f"queue {self.queue}: listening again")
        self.state = "listening"

    def _note_away(self, error: Exception) -> None:
        if self._open or self.state == "away":
            return
        self.state = "away"
        reason = str(error) or "Service Bus does not answer"
        report(f"queue {self.queue}: cannot receive, trying again until it works: {reason}")


class Listeners:
    """All Service Bus triggers of an app; one client per connection name."""

    def __init__(
        self,
        functions: Iterable[Function],
        *,
        options: ServiceBusOptions,
        receivers: int,
        invoker: Invoker,
        settings: Mapping[str, str],
    ) -> None:
        self._clients: dict[str, ServiceBusClient] = {}
        self._settings = settings
        self._listeners = [
            Listener(
                function,
                client=self._client(function),
                queue=substitute(
                    function.trigger["queueName"], settings=settings, where=f"Function {function.name}: queue"
                ),
                receivers=min(options.max_concurrent_calls, receivers),
                options=options,
                invoker=invoker,
            )
            for function in functions
        ]

    def start(self) -> None:
        """Start every listener on the running loop."""
        for listener in self._listeners:
            listener.start()

    async def stop(self, *, grace: float) -> None:
        """Stop every listener, then close the clients."""
        await asyncio.gather(*(listener.stop(grace=grace) for listener in self._listeners))
        for client in self._clients.values():
            await client.close()

    def states(self) -> list[dict[str, object]]:
        """Each listener described."""
        return [listener.describe() for listener in self._listeners]

    def _client(self, function: Function) -> ServiceBusClient:
        name = function.trigger.get("connection") or DEFAULT_CONNECTION
        if name not in self._clients:
            self._clients[name] = open_client(name, settings=self._settings, function=function.name)
        return self._clients[name]
