"""Chains of requests, each built on what the one before answered: no 5xx, nothing undocumented."""

from collections import Counter
from contextlib import ExitStack, suppress
from typing import Any

import hypothesis
import orjson
import schemathesis
from hypothesis import HealthCheck, Phase
from hypothesis.errors import FlakyStrategyDefinition
from schemathesis.checks import not_a_server_error
from schemathesis.generation.stateful.state_machine import APIStateMachine
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    ensure_resource_availability,
    ignored_auth,
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
LEFT_OUT = ("delete_account", "sign_out", "sign_out_everywhere", "change_password", "sign_up")
"""What would end the session of the chain, and what a chain before may have taken: a username."""
ENOUGH = 30


class Chains:
    """What was asked, how it was answered, and which answers were not as described."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.answers: Counter[str] = Counter()
        self.failures: list[str] = []

    def machine(self) -> type[APIStateMachine]:
        """Each chain has an account of its own."""
        document: dict[str, Any] = orjson.loads((ROOT / "shared/http/openapi/openapi.json").read_bytes())
        schema = schemathesis.openapi.from_dict(document).exclude(operation_id=list(LEFT_OUT))
        schema.config.update(base_url=self.stack.web)
        chains = self

        class Machine(schema.as_state_machine()):  # type: ignore[misc]
            def setup(self) -> None:
                self.opened = ExitStack()
                self.who = self.opened.enter_context(Traveller(chains.stack.web))

            def teardown(self) -> None:
                self.opened.close()
                super().teardown()

            def before_call(self, case: schemathesis.Case[Any]) -> None:
                case.headers.pop("If-Match", None)  # a made-up one is never the right one
                if name_of(case) == "watch_schedule_job":
                    case.query.pop("wait", None)

            def get_call_kwargs(self, case: schemathesis.Case[Any]) -> dict[str, Any]:
                return {"headers": {"Authorization": self.who.api.headers["Authorization"]}}

            def validate_response(self, response: Any, case: schemathesis.Case[Any], **_: Any) -> None:
                chains.answers[name_of(case)] += 1
                try:
                    case.validate_response(response, checks=CHECKS)
                except BaseException as failure:
                    chains.failures.append(f"{name_of(case)}: {failure!r}")
                    raise

        return Machine


def name_of(case: schemathesis.Case[Any]) -> str:
    return str(case.operation.definition.raw["operationId"])


def test_whatever_follows_from_an_answer_is_answered_as_described(stack: Stack) -> None:
    chains = Chains(stack)
    # Searches and plans are done when they are done: the same chain may meet another state the next time.
    with suppress(FlakyStrategyDefinition):
        chains.machine().run(settings=SETTINGS)
    assert chains.failures == []
    assert chains.answers.total() >= ENOUGH, chains.answers
    assert chains.answers["create_trip"]
