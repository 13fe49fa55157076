"""The seam to Microsoft's worker library, the code that runs Python 3.13 apps in Azure.

The library keeps its registry in module globals: one app per process. `native_invocation` is not one of its
public names, so the version is pinned. Its messages are protobuf in Azure; plain records of the same fields
stand in for them here.
"""

import json
import logging
import os
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import azure_functions_runtime as runtime
from azure_functions_runtime.bindings.datumdef import Datum
from azure_functions_runtime.native_invocation import invocation_request_native

from devstack.host.calls import Function, Trace
from devstack.host.errors import StartError

_FRAME = re.compile(r'File "([^"]+)", line (\d+)')


class _Record:
    def __init__(self, **fields: object) -> None:
        self.__dict__.update(fields)


class _Status(_Record):
    Failure, Success, Cancelled = 0, 1, 2


class _Binding(_Record):
    undefined, string, binary, stream = range(4)
    inout, out = 2, 1


_PROTOS = SimpleNamespace(
    StatusResult=_Status,
    BindingInfo=_Binding,
    WorkerInitResponse=_Record,
    WorkerMetadata=_Record,
    FunctionMetadataResponse=_Record,
    RpcFunctionMetadata=_Record,
    RpcRetryOptions=_Record,
    RpcException=_Record,
)


@dataclass(frozen=True)
class Invoked:
    """What the library returned; `error` is the exception as text, `place` the app's line behind it."""

    ok: bool
    result: Datum | None = None
    outputs: Sequence[tuple[str, Datum]] = ()
    error: str = ""
    place: str = ""


class Worker:
    """The app of one folder, loaded and ready to be invoked."""

    def __init__(self, app: Path) -> None:
        self._app = app
        self._found: dict[str, tuple[str, str]] = {}  # name → the library's id, the trigger's argument
        prefix = str(uuid4())[:24]  # the rest counts: a random identifier per request costs time
        self._ids = (f"{prefix}{number:012x}" for number in count(1))

    async def load(self) -> list[Function]:
        """Import and index `function_app.py`; raises StartError with the worker's own words if it refuses."""
        os.chdir(self._app)
        sys.path.insert(0, str(self._app))
        logging.getLogger("azure.functions").setLevel(logging.CRITICAL)  # we report failures ourselves
        runtime.start_threadpool_executor()
        init = SimpleNamespace(capabilities={}, function_app_directory=str(self._app))
        request = SimpleNamespace(
            request=SimpleNamespace(worker_init_request=init),
            properties={"host": "127.0.0.1", "protos": _PROTOS},
        )
        reply = await runtime.worker_init_request(request)
        if reply.result.status != _Status.Success:
            problem = reply.result.exception
            raise StartError(
                f"The worker refused the app. {problem.message}{self._own_frames(problem.stack_trace)}"
            )
        metadata = await runtime.functions_metadata_request(SimpleNamespace())
        if metadata.function_metadata_results is None and not (self._app / "function_app.py").exists():
            raise StartError(f"{self._app} has no function_app.py.")
        functions = []
        for found in metadata.function_metadata_results or []:
            function = _function(found)
            functions.append(function)
            self._found[function.name] = (found.function_id, function.trigger["name"])
        return functions

    async def invoke(self, name: str, value: Datum, metadata: Mapping[str, Datum], trace: Trace) -> Invoked:
        """Run one function on its trigger's value."""
        identifier, argument = self._found[name]
        ok, result, outputs, error, stack = await invocation_request_native(
            next(self._ids), identifier, [(argument, value)], metadata, *trace
        )
        if ok:
            return Invoked(ok=True, result=result, outputs=outputs)
        return Invoked(ok=False, error=error, place=self._place(stack or ""))

    def stop(self) -> None:
        """End the threads of synchronous functions, waiting for those that run."""
        runtime.stop_threadpool_executor()

    def _own_frames(self, stack: str) -> str:
        """The first exception's stack from where it enters the app; the library's own frames are left out."""
        start = stack.find(f'  File "{self._app}')
        return f"\n{stack[start:].partition('\n\n')[0].rstrip()}" if start >= 0 else ""

    def _place(self, stack: str) -> str:
        """The innermost line of the stack that belongs to the app."""
        for file, line in reversed(_FRAME.findall(stack)):
            path = Path(file)
            if path.is_relative_to(self._app) and "site-packages" not in path.parts:
                return f"{path.relative_to(self._app)}:{line}"
        return ""


def _function(found: Any) -> Function:
    bindings = [json.loads(text) for text in found.raw_bindings]
    triggers = [binding for binding in bindings if binding["type"].lower().endswith("trigger")]
    if len(triggers) != 1:
        raise StartError(f"Function {found.name} has {len(triggers)} triggers; give it exactly one.")
    outputs = [b for b in bindings if b["direction"].lower() == "out" and b["type"].lower() != "http"]
    return Function(found.name, triggers[0], outputs)
