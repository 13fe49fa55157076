# ruff: noqa
# mypy: ignore-errors
import typing

import azure.functions as func

app = func.FunctionApp()


@app.service_bus_queue_trigger(arg_name="msg", queue_name="q", connection="SB")
def f(msg: func.QueueMessage):
    pass
