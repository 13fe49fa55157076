"""The HTTP edge: every failure becomes a problem document (RFC 9457), and none tells too much."""

import logging
import re

import azure.functions as func
import pytest

from shared import errors, telemetry
from shared.errors import AppError, FieldError, InvalidRequest, RateLimited, Unauthenticated
from shared.http import created, edge, no_content, ok_json
from shared.http.edge import Handler
from shared.users import Availability
from tests.unit.web_requests import problem_of, request

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
TRACED = {"traceparent": f"00-{TRACE}-00f067aa0ba902b7-01"}


def failing(error: Exception) -> Handler:
    @edge
    async def handler(req: func.HttpRequest) -> func.HttpResponse:
        raise error

    return handler


async def test_a_refusal_is_a_problem_document() -> None:
    wrong = InvalidRequest("/name: Too long.", errors=[FieldError("/name", "Too long.")])
    response = await failing(wrong)(request(headers=TRACED, url="http://127.0.0.1/api/v1/trips?x=1"))
    assert response.status_code == 422
    assert problem_of(response) == {
        "type": "urn:tripgen:problem:invalid-request",
        "title": "The request does not match its schema.",
        "status": 422,
        "detail": "/name: Too long.",
        "instance": "/api/v1/trips",
        "traceId": TRACE,
        "errors": [{"pointer": "/name", "detail": "Too long."}],
    }


@pytest.mark.parametrize(
    ("error", "status", "kind"),
    [
        (errors.MalformedRequest("x"), 400, "malformed-request"),
        (errors.Unauthenticated("x"), 401, "unauthenticated"),
        (errors.NotFound("x"), 404, "not-found"),
        (errors.Conflict("x"), 409, "conflict"),
        (errors.PreconditionFailed("x"), 412, "precondition-failed"),
        (errors.TooLarge("x"), 413, "too-large"),
        (errors.InvalidRequest("x"), 422, "invalid-request"),
        (errors.RateLimited("x", retry_after=5), 429, "rate-limited"),
        (errors.Transient("x"), 503, "transient"),
        (errors.AppError("x"), 500, "app-error"),
    ],
)
async def test_each_situation_has_its_status_and_its_type(error: AppError, status: int, kind: str) -> None:
    response = await failing(error)(request())
    document = problem_of(response)
    assert (response.status_code, document["status"]) == (status, status)
    assert document["type"] == f"urn:tripgen:problem:{kind}"
    assert document["detail"] == "x"
    assert "errors" not in document


async def test_a_limit_says_when_to_come_back() -> None:
    response = await failing(RateLimited("Too many.", retry_after=60))(request())
    assert response.headers["Retry-After"] == "60"


async def test_a_missing_token_is_answered_with_the_scheme_to_use() -> None:
    response = await failing(Unauthenticated("Sign in."))(request())
    assert response.headers["WWW-Authenticate"] == "Bearer"


async def test_the_unexpected_is_logged_and_its_text_kept_from_the_caller(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.ERROR):
        response = await failing(ValueError("password=hunter2 at 10.0.0.7"))(request(headers=TRACED))
    assert response.status_code == 500
    assert b"hunter2" not in response.get_body()
    assert b"ValueError" not in response.get_body()
    assert problem_of(response)["traceId"] == TRACE
    assert "handler failed" in caplog.text
    assert "ValueError" in caplog.text


async def test_a_refusal_is_logged_by_its_kind_alone(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        await failing(errors.Conflict("ada@example.org is taken"))(request())
    assert "Conflict" in caplog.text
    assert "ada@" not in caplog.text


@pytest.mark.parametrize(
    "sent",
    [None, "", "garbage", f"00-{'0' * 32}-00f067aa0ba902b7-01", f"00-{TRACE}-{'0' * 16}-01", "00-1-1-1"],
)
async def test_a_request_without_a_usable_trace_starts_one(sent: str | None) -> None:
    headers = {} if sent is None else {"traceparent": sent}
    traces = [problem_of(await failing(AppError("x"))(request(headers=headers)))["traceId"] for _ in "ab"]
    assert all(re.fullmatch(r"(?!0{32})[0-9a-f]{32}", trace) for trace in traces)
    assert traces[0] != traces[1]


async def test_messages_posted_by_a_handler_travel_under_the_trace_of_its_request() -> None:
    seen: list[str | None] = []

    @edge
    async def handler(req: func.HttpRequest) -> func.HttpResponse:
        seen.append(telemetry.traceparent())
        return ok_json("{}")

    response = await handler(request(headers=TRACED))
    assert (response.status_code, response.mimetype) == (200, "application/json")
    assert seen[0] is not None
    assert TRACE in seen[0]


def test_a_created_resource_says_where_it_is_and_which_revision() -> None:
    response = created(Availability(available=True), location="/api/v1/things/7", etag="3")
    assert response.status_code == 201
    assert response.headers["Location"] == "/api/v1/things/7"
    assert response.headers["ETag"] == '"3"'
    assert response.get_body() == b'{"available":true}'


def test_an_answer_without_content_has_no_body() -> None:
    assert (no_content().status_code, no_content().get_body()) == (204, b"")


async def test_a_dependency_that_is_away_says_when_to_try_again() -> None:
    response = await failing(errors.Transient("x"))(request())
    assert response.headers["Retry-After"] == "5"
