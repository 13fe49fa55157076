"""Worker: look up places and keep them, for the jobs and the travellers that wait for them."""

import azure.functions as func

from shared import places, schedules
from shared.messaging import SearchNearby, SearchPlaces
from shared.runtime import runtime
from shared.worker import consume, read_message, retry_later

bp = func.Blueprint()


@bp.function_name("search_places")
@bp.service_bus_queue_trigger(arg_name="message", queue_name=SearchPlaces.queue, connection="ServiceBus")
@consume
async def search_places(message: func.ServiceBusMessage) -> None:
    order = read_message(message, SearchPlaces, SearchNearby)
    room = runtime()
    room.relay.warm()
    async with retry_later(message, queue=order.queue, bus=room.bus):
        if isinstance(order, SearchNearby):
            await places.run(order, shelf=room.tools.shelf, maps=room.tools.maps)
        elif isinstance(order, SearchPlaces):
            await schedules.search(order, tools=room.tools)
