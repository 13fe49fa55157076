"""What the description promises: requests made up from it get a documented answer, and never a 5xx."""

import json
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import orjson
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    ignored_auth,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from devstack.stack import Stack
from tests.acceptance.traveller import Traveller, stop
from tests.issuer import Issuer
from tests.launch import ROOT

DOCUMENT: dict[str, Any] = orjson.loads((ROOT / "shared/http/openapi/openapi.json").read_bytes())
SCHEMA = schemathesis.openapi.from_dict(DOCUMENT)
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
    unsupported_method,
    ignored_auth,
]
OPERATOR = uuid4()
URI_TOO_LONG = 414
"""The server's own answer, before any endpoint is known (RFC 9110, section 15.5.15)."""
ENDS_THE_SESSION = {"sign_out", "sign_out_everywhere", "change_password", "delete_account"}
OPERATIONS = {
    entry["operationId"]: (path, method)
    for path, methods in DOCUMENT["paths"].items()
    for method, entry in methods.items()
}


@pytest.fixture(scope="module")
def fuzzed(stack: Stack) -> Iterator[Traveller]:
    with Traveller(stack.web) as traveller:
        yield traveller


@pytest.fixture(scope="module")
def real(fuzzed: Traveller) -> dict[str, str]:
    """Ids that lead somewhere, for as long as nobody deletes them."""
    trip = fuzzed.call("GET", f"/trips/{fuzzed.new_trip(destinations=[stop(), stop()])}").json()
    return {
        "trip_id": trip["id"],
        "member_id": trip["members"][0]["id"],
        "destination_id": trip["destinations"][0]["id"],
        "day": "1",
    }


def leading(case: schemathesis.Case[Any], path: str, real: dict[str, str]) -> None:
    """Let the case find what it asks for, and not trip over a made-up ETag."""
    known = {name: value for name, value in real.items() if f"{{{name}}}" in path}
    case.path_parameters = {**case.path_parameters, **known}
    case.headers.pop("If-Match", None)


def modes(name: str) -> list[GenerationMode]:
    """Requests as described, and wrong ones where there is something to get wrong."""
    path, method = OPERATIONS[name]
    entry = DOCUMENT["paths"][path][method]
    reads = "requestBody" in entry or any(parameter["in"] == "query" for parameter in entry["parameters"])
    return list(GenerationMode) if reads or entry["security"] else [GenerationMode.POSITIVE]


@pytest.mark.parametrize(
    ("name", "mode"),
    [
        pytest.param(name, mode, id=f"{name}-{mode.name.lower()}")
        for name in OPERATIONS
        for mode in modes(name)
    ],
)
def test_a_made_up_request_gets_a_documented_answer(
    stack: Stack, issuer: Issuer, fuzzed: Traveller, *, real: dict[str, str], name: str, mode: GenerationMode
) -> None:
    path, method = OPERATIONS[name]
    operator = {"Authorization": f"Bearer {issuer.token(OPERATOR)}"}
    bearer = {"Authorization": fuzzed.api.headers["Authorization"]}
    headers = {} if name in ENDS_THE_SESSION else operator if name.startswith("operator_") else bearer
    operation = SCHEMA[path][method]

    @settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
    @given(case=operation.as_strategy(generation_mode=mode), known=st.booleans())
    def ask(case: schemathesis.Case[Any], known: bool) -> None:  # noqa: FBT001 - drawn by hypothesis
        if known:
            leading(case, path, real)
        if mode is GenerationMode.NEGATIVE:
            case.headers.pop("If-Match", None)  # it would be refused before what is wrong beside it
        if name == "watch_schedule_job":
            case.query.pop("wait", None)
        answer = case.call(base_url=stack.web, headers=headers)
        # A parameter without a value was not given, which no schema can say.
        empty = "" in case.query.values()
        checks = [check for check in CHECKS if not (empty and check is negative_data_rejection)]
        if answer.status_code != URI_TOO_LONG:
            case.validate_response(answer, checks=checks)

    ask()


def test_a_wrong_shape_is_named_by_every_endpoint_that_reads_a_body(
    fuzzed: Traveller, real: dict[str, str]
) -> None:
    for path, methods in DOCUMENT["paths"].items():
        for method, entry in methods.items():
            if "application/json" not in entry.get("requestBody", {}).get("content", {}):
                continue
            address = path.removeprefix("/api/v1")
            for key, value in real.items():
                address = address.replace(f"{{{key}}}", value)
            for body, statuses in ((b"{", {400}), (b'"x"', {422}), (json.dumps({"x": 1}).encode(), {422})):
                answer = fuzzed.call(method.upper(), address, content=body)
                assert answer.status_code in statuses, (entry["operationId"], body, answer.text)
                assert answer.headers["Content-Type"] == "application/problem+json"
