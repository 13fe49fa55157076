"""Worker: put news into inboxes."""

import azure.functions as func

from shared import notifications
from shared.messaging import NotifyUser
from shared.runtime import runtime
from shared.worker import consume, read_message, retry_later

bp = func.Blueprint()


@bp.function_name("notify_user")
@bp.service_bus_queue_trigger(arg_name="message", queue_name=NotifyUser.queue, connection="ServiceBus")
@consume
async def notify_user(message: func.ServiceBusMessage) -> None:
    news = read_message(message, NotifyUser)
    room = runtime()
    async with retry_later(message, queue=news.queue, bus=room.bus):
        await notifications.deliver(news, documents=room.documents)
