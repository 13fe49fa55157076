# ruff: noqa
# mypy: ignore-errors
import typing

import azure.functions as func

app = func.FunctionApp()


@app.route(route="x")
@app.service_bus_queue_output(arg_name="o", queue_name="q", connection="SB")
def f(req: func.HttpRequest, o: str):
    return ""
