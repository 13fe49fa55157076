# ruff: noqa
# mypy: ignore-errors
import typing

import azure.functions as func

app = func.FunctionApp()
