# ruff: noqa
# mypy: ignore-errors
import typing

import azure.functions as func

app = func.FunctionApp()


@app.route(route="x")
def f(req: func.HttpRequest) -> func.HttpResponse | str:
    return ""
