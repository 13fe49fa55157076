"""Service Bus output bindings: values a function hands out become messages, sent by the host."""

from collections.abc import Iterable, Mapping

import orjson
from azure.servicebus import ServiceBusMessage
from azure.servicebus.aio import ServiceBusClient, ServiceBusSender
from azure.servicebus.exceptions import ServiceBusError

from devstack.host.calls import Function, Outcome, Value
from devstack.host.configuration import substitute
from devstack.host.connections import DEFAULT_CONNECTION, open_client


class Outputs:
    """One sender per queue, opened at its first message and kept."""

    def __init__(self, functions: Iterable[Function], *, settings: Mapping[str, str]) -> None:
        self._clients: dict[str, ServiceBusClient] = {}
        self._senders: dict[tuple[str, str], ServiceBusSender] = {}
        self._places: dict[tuple[str, str], tuple[str, str]] = {}
        for function in functions:
            where = f"Function {function.name}: output queue"
            for binding in function.outputs:
                connection = binding.get("connection") or DEFAULT_CONNECTION
                queue = substitute(binding["queueName"], settings=settings, where=where)
                self._places[function.name, binding["name"]] = (connection, queue)
                if connection not in self._clients:
                    self._clients[connection] = open_client(
                        connection, settings=settings, function=function.name
                    )

    async def deliver(self, function: Function, outcome: Outcome) -> Outcome:
        """Send what a function put out; when that fails, the invocation has failed, as in the cloud."""
        try:
            for name, value in outcome.outputs.items():
                sender = self._sender(*self._places[function.name, name])
                for message in split(value):
                    await sender.send_messages(ServiceBusMessage(message))
        except (ServiceBusError, OSError, ValueError) as error:
            if outcome.answer is not None and outcome.answer.rest is not None:
                outcome.answer.rest.close()
            return Outcome(ok=False, error=f"its output could not be sent: {error}")
        return outcome

    async def close(self) -> None:
        """Close senders and clients."""
        for sender in self._senders.values():
            await sender.close()
        for client in self._clients.values():
            await client.close()

    def _sender(self, connection: str, queue: str) -> ServiceBusSender:
        if (connection, queue) not in self._senders:
            client = self._clients[connection]
            self._senders[connection, queue] = client.get_queue_sender(queue)
        return self._senders[connection, queue]


def split(value: Value) -> list[str | bytes]:
    """One message, or one per element when the value is text that holds a JSON array, as in the cloud."""
    if value.type == "bytes":
        return [value.content]
    text = value.content.decode()
    if not text.lstrip().startswith("["):
        return [text]
    try:
        elements = orjson.loads(text)
    except orjson.JSONDecodeError:
        return [text]
    return [item if isinstance(item, str) else orjson.dumps(item).decode() for item in elements]
