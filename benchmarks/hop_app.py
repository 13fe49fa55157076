"""The function app of the hop measurement: one queue handler with the product's own queue edge."""

import os
from pathlib import Path

import azure.functions as func

from benchmarks.hop_contract import Hop
from benchmarks.journal import Journal, clock
from shared.worker import consume, read_message

app = func.FunctionApp()
journal = Journal(Path(os.environ["HOP_JOURNAL"]))


@app.function_name("hop")
@app.service_bus_queue_trigger(arg_name="message", queue_name=Hop.queue, connection="ServiceBus")
@consume
async def hop(message: func.ServiceBusMessage) -> None:
    """Note how long the message took to get here."""
    started = clock()
    order = read_message(message, Hop)
    journal.note(order.number, started - order.posted_at)
