"""A sample app: a timer that runs once a year and one that runs on startup; both write down their request."""

import json
import os
from pathlib import Path

import azure.functions as func

app = func.FunctionApp()
RECORD = Path(os.environ["RECORD"])


def record(name: str, timer: func.TimerRequest) -> None:
    with RECORD.open("a") as file:
        file.write(json.dumps({"function": name, "late": timer.past_due}) + "\n")


@app.timer_trigger(arg_name="timer", schedule="0 0 3 1 jan *")
async def yearly(timer: func.TimerRequest) -> None:
    record("yearly", timer)


@app.timer_trigger(arg_name="timer", schedule="01:00:00", run_on_startup=True)
def on_startup(timer: func.TimerRequest) -> None:
    record("on_startup", timer)
