"""Timer: send what a dead process left in the outbox, continue what a dead worker left, drop old exports."""

import azure.functions as func

from shared import exports, schedules
from shared.runtime import runtime

bp = func.Blueprint()


@bp.function_name("sweep")
@bp.timer_trigger(arg_name="timer", schedule="*/5 * * * * *", run_on_startup=True)
async def sweep(timer: func.TimerRequest) -> None:
    room = runtime()
    await schedules.sweep(tools=room.tools)
    await exports.sweep(db=room.db)
    await room.relay.measure()
    await room.relay.sweep()
