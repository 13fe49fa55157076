"""The OpenAPI 3.1 document of a route table."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from shared.errors import AppError, Conflict, RateLimited
from shared.http.openapi.operation import Operation
from shared.http.openapi.operations import HIDDEN, OPERATIONS
from shared.http.problem import Problem, problem_type

type Json = dict[str, Any]
type Schemas = Mapping[Any, Json]
"""References by model and mode."""

_REF = "#/components/schemas/{model}"
_PARAMETER = re.compile(r"{(\w+)}")
_TEXT = {"type": "string"}
_ORDINAL = {"type": "integer", "minimum": 1}
_PATH: Mapping[str, Json] = {"file": _TEXT, "place_id": _TEXT, "day": _ORDINAL, "version": _ORDINAL}
"""Parameters of routes that are no UUID."""


class Route(NamedTuple):
    """A function of the app, and where it answers."""

    name: str
    method: str
    path: str


def document(routes: Iterable[Route]) -> Json:
    """The description of these routes; `LookupError` names the ones nobody has described."""
    shown = sorted((route for route in routes if route.name not in HIDDEN), key=lambda r: (r.path, r.method))
    unknown = [route.name for route in shown if route.name not in OPERATIONS]
    if unknown:
        raise LookupError(f"No operation describes {unknown}. Add it to shared/http/openapi/operations.py.")
    refs, definitions = _schemas([OPERATIONS[route.name] for route in shown])
    paths: Json = {}
    for route in shown:
        entry = _entry(route, OPERATIONS[route.name], refs, definitions)
        paths.setdefault(f"/api/{route.path}", {})[route.method.lower()] = entry
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "TripGen",
            "version": "1",
            "description": "Trips, and day-by-day plans for them that work.",
        },
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "schemas": definitions,
            "responses": _refusals(refs),
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
        },
    }


def _schemas(operations: list[Operation]) -> tuple[Schemas, Json]:
    wanted: dict[tuple[type[BaseModel], JsonSchemaMode], None] = {(Problem, "serialization"): None}
    for operation in operations:
        for model in (operation.body, operation.query):
            if model:
                wanted[model, "validation"] = None
        if operation.answer:
            wanted[operation.answer, "serialization"] = None
    refs, top = models_json_schema(list(wanted), ref_template=_REF)
    return refs, top["$defs"]


def _entry(route: Route, operation: Operation, refs: Schemas, definitions: Json) -> Json:
    entry: Json = {
        "operationId": route.name,
        "summary": operation.does,
        "parameters": [*_path(route), *_query(operation, refs, definitions), *_headers(operation)],
        "responses": _answers(route, operation, refs),
        "security": [] if operation.open else [{"bearer": []}],
    }
    if operation.body:
        content = {"schema": refs[operation.body, "validation"], "example": operation.example}
        entry["requestBody"] = {"required": True, "content": {"application/json": content}}
    if operation.picture:
        entry["requestBody"] = {"required": True, "content": {"image/jpeg": {}, "image/png": {}}}
    return entry


def _path(route: Route) -> list[Json]:
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": _PATH.get(name, {"type": "string", "format": "uuid"}),
        }
        for name in _PARAMETER.findall(route.path)
    ]


def _query(operation: Operation, refs: Schemas, definitions: Json) -> list[Json]:
    if operation.query is None:
        return []
    schema = definitions[refs[operation.query, "validation"]["$ref"].rpartition("/")[2]]
    required = schema.get("required", ())
    return [
        {"name": name, "in": "query", "required": name in required, "schema": _given(field)}
        for name, field in schema["properties"].items()
    ]


def _given(field: Json) -> Json:
    """A parameter is given or not; it is never null."""
    kinds = [kind for kind in field.get("anyOf", ()) if kind.get("type") != "null"]
    rest = {key: value for key, value in field.items() if key not in {"anyOf", "title"}}
    if rest.get("default", ...) is None:
        del rest["default"]
    return {**kinds[0], **rest} if kinds else rest


def _headers(operation: Operation) -> list[Json]:
    headers = []
    if operation.conditional:
        said = "The ETag of what was read; 412 when it has changed since."
        headers.append(_header("If-Match", said, {"type": "string", "examples": ['"3"']}))
    if operation.once:
        said = "The same key and request within 24 hours: the same answer, and the work is done once."
        schema = {"type": "string", "pattern": "^[!-~]{1,128}$"}
        headers.append(_header("Idempotency-Key", said, schema))
    return headers


def _header(name: str, description: str, schema: Json) -> Json:
    return {"name": name, "in": "header", "description": description, "schema": schema}


def _answers(route: Route, operation: Operation, refs: Schemas) -> Json:
    headers = {}
    if operation.etag:
        headers["ETag"] = {"schema": {"type": "string"}}
    if operation.location:
        headers["Location"] = {"schema": {"type": "string"}}
    answer: Json = {"description": operation.does}
    if headers:
        answer["headers"] = headers
    if operation.status != 204:  # noqa: PLR2004 - No Content
        schema = refs[operation.answer, "serialization"] if operation.answer else {}
        answer["content"] = {operation.media: {"schema": schema}}
    named = any(name != "file" for name in _PARAMETER.findall(route.path))
    refused = {
        str(failure.status.value): {"$ref": f"#/components/responses/{failure.__name__}"}
        for failure in operation.failures(named=named)
    }
    also = {str(status): {**answer, "description": "See its status."} for status in operation.also}
    return {str(operation.status): answer, **refused, **also}


def _refusals(refs: Schemas) -> Json:
    """Every error of the API as a response with an example."""
    failures = {f for operation in OPERATIONS.values() for f in operation.failures(named=True)} | {Conflict}
    return {f.__name__: _refusal(f, refs) for f in sorted(failures, key=lambda f: f.status.value)}


def _refusal(failure: type[AppError], refs: Schemas) -> Json:
    title = (failure.__doc__ or "").splitlines()[0]
    example = {
        "type": problem_type(failure),
        "title": title,
        "status": failure.status.value,
        "detail": "What was wrong with this request, and what to do.",
        "instance": "/api/v1/trips",
        "traceId": "4bf92f3577b34da6a3ce929d0e0e4736",
    }
    content = {"schema": refs[Problem, "serialization"], "example": example}
    refusal: Json = {"description": title, "content": {"application/problem+json": content}}
    if failure is RateLimited:
        refusal["headers"] = {"Retry-After": {"schema": {"type": "integer"}}}
    return refusal
