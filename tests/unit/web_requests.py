"""Requests as the Functions host hands them over, and what is refused about their bodies."""

from collections.abc import Mapping
from typing import Any

import azure.functions as func
import orjson
import pytest
from pydantic import BaseModel

from shared.errors import InvalidRequest
from shared.http import read_body

URL = "http://127.0.0.1:7071/api/v1/trips"


def request(
    body: object = b"",
    *,
    method: str = "POST",
    url: str = URL,
    headers: Mapping[str, str] | None = None,
    params: Mapping[str, str] | None = None,
    route: Mapping[str, str] | None = None,
) -> func.HttpRequest:
    """A request; a body that is not bytes is sent as JSON."""
    raw = body if isinstance(body, bytes) else orjson.dumps(body)
    return func.HttpRequest(method, url, headers=headers, params=params, route_params=route, body=raw)


def refusals(body: object, model: type[BaseModel]) -> dict[str, str]:
    """What is wrong with the body, by JSON pointer."""
    with pytest.raises(InvalidRequest) as refused:
        read_body(request(body), model)
    return {error.pointer: error.detail for error in refused.value.errors}


def problem_of(response: func.HttpResponse) -> dict[str, Any]:
    """The problem document of a refusal."""
    assert response.mimetype == "application/problem+json"
    document: dict[str, Any] = orjson.loads(response.get_body())
    return document
