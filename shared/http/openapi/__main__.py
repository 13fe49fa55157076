"""`python -m shared.http.openapi function_app:app` publishes the description of an app's HTTP functions.

With `--check` nothing is written; it fails when the published document is not what would be.
"""

import importlib
import sys
from typing import Any

import azure.functions as func
import orjson

from shared.http.openapi import PUBLISHED
from shared.http.openapi.document import Route, document

USAGE = "Usage: python -m shared.http.openapi [--check] MODULE:APP (for example function_app:app)\n"
DRIFT = "shared/http/openapi/openapi.json is not up to date. Run: python -m shared.http.openapi {}\n"


def routes(app: func.FunctionApp) -> list[Route]:
    """The HTTP functions of an app, one row for each method."""
    found = []
    for function in app.get_functions():
        trigger: Any = function.get_trigger()  # what its routes are is not in the library's types
        if trigger.get_binding_name() == "httpTrigger":
            name = str(function.get_function_name())
            found += [Route(name, method.value, trigger.route) for method in trigger.methods]
    return found


def generated(app: func.FunctionApp) -> bytes:
    return orjson.dumps(document(routes(app)), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def main(arguments: list[str]) -> int:
    """2 for a wrong call, 1 for a document that has drifted."""
    names = [argument for argument in arguments if argument != "--check"]
    if len(names) != 1 or ":" not in names[0]:
        sys.stderr.write(USAGE)
        return 2
    module, _, name = names[0].partition(":")
    content = generated(getattr(importlib.import_module(module), name))
    if "--check" not in arguments:
        PUBLISHED.write_bytes(content)
    elif not PUBLISHED.exists() or PUBLISHED.read_bytes() != content:
        sys.stderr.write(DRIFT.format(names[0]))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
