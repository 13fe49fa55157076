"""Worker: put news into inboxes, empty those of accounts that are gone, and gather copies of accounts."""

import azure.functions as func

from shared import exports, notifications
from shared.messaging import EraseInbox, ExportAccount, NotifyUser
from shared.runtime import runtime
from shared.worker import consume, read_message, retry_later

bp = func.Blueprint()


@bp.function_name("notify_user")
@bp.service_bus_queue_trigger(arg_name="message", queue_name=NotifyUser.queue, connection="ServiceBus")
@consume
async def notify_user(message: func.ServiceBusMessage) -> None:
    order = read_message(message, NotifyUser, EraseInbox, ExportAccount)
    room = runtime()
    async with retry_later(message, queue=order.queue, bus=room.bus):
        if isinstance(order, NotifyUser):
            await notifications.deliver(order, documents=room.documents)
        elif isinstance(order, EraseInbox):
            await notifications.erase(order, documents=room.documents)
        elif isinstance(order, ExportAccount):
            await exports.run(order, tools=room.tools)
