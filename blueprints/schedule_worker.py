"""Worker: move schedule jobs forward, one step a message."""

import azure.functions as func

from shared import schedules
from shared.messaging import GenerateSchedule
from shared.runtime import runtime
from shared.worker import consume, read_message, retry_later

bp = func.Blueprint()


@bp.function_name("generate_schedule")
@bp.service_bus_queue_trigger(arg_name="message", queue_name=GenerateSchedule.queue, connection="ServiceBus")
@consume
async def generate_schedule(message: func.ServiceBusMessage) -> None:
    order = read_message(message, GenerateSchedule)
    room = runtime()
    room.relay.warm()
    async with retry_later(message, queue=order.queue, bus=room.bus):
        await schedules.advance(order, tools=room.tools)
