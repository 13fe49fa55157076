# ruff: noqa
# mypy: ignore-errors
from __future__ import annotations

import typing

import azure.functions as func

app = func.FunctionApp()


@app.route(route="x")
def f(req: func.HttpRequest) -> func.HttpResponse:
    return ""
