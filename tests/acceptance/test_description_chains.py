"""Chains of requests, each built on what the one before answered: no 5xx, nothing undocumented."""

from typing import Any

import hypothesis
import orjson
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase
from schemathesis.checks import not_a_server_error
from schemathesis.generation.stateful.state_machine import APIStateMachine
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    ensure_resource_availability,
    ignored_auth,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    use_after_free,
)

from devstack.stack import Stack
from tests.acceptance.traveller import Traveller
from tests.launch import ROOT

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
    use_after_free,
    ensure_resource_availability,
    ignored_auth,
]
SETTINGS = hypothesis.settings(
    max_examples=40,
    stateful_step_count=12,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
LEAVES = "delete_account", "sign_out", "sign_out_everywhere", "change_password"
"""What would end the account or the session everything else is asked with."""


@pytest.fixture
def chains(stack: Stack, ines: Traveller) -> type[APIStateMachine]:
    document: dict[str, Any] = orjson.loads((ROOT / "shared/http/openapi/openapi.json").read_bytes())
    schema = schemathesis.openapi.from_dict(document).exclude(operation_id=list(LEAVES))
    schema.config.update(base_url=stack.web)
    bearer = {"Authorization": ines.api.headers["Authorization"]}

    class Chains(schema.as_state_machine()):  # type: ignore[misc]
        def before_call(self, case: schemathesis.Case[Any]) -> None:
            case.headers.pop("If-Match", None)  # a made-up one is never the right one
            if case.operation.definition.raw["operationId"] == "watch_schedule_job":
                case.query.pop("wait", None)

        def get_call_kwargs(self, case: schemathesis.Case[Any]) -> dict[str, Any]:
            return {"headers": bearer}

        def validate_response(self, response: Any, case: schemathesis.Case[Any], **_: Any) -> None:
            case.validate_response(response, checks=CHECKS)

    return Chains


def test_whatever_follows_from_an_answer_is_answered_as_described(chains: type[APIStateMachine]) -> None:
    chains.run(settings=SETTINGS)
