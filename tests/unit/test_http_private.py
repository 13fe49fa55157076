"""What a request holds is kept out of logs, whatever goes wrong with it, and whoever repeats it."""

import io
import logging
from collections.abc import Iterator

import azure.functions as func
import pytest

from shared import telemetry
from shared.http import edge
from shared.http.private import private_values
from tests.log_lines import log_lines
from tests.unit.web_requests import problem_of, request

BODY = {
    "name": "Summer",
    "nights": 2,
    "members": [{"name": "Zoë", "age": 7}],
    "destinations": [{"lodging": {"name": "Inn", "point": {"lat": 48.12345, "lng": 11}, "rooms": ["R2"]}}],
    "specialRequests": "no stairs",
}
logger = logging.getLogger("shared.test")


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    with log_lines("shared") as lines:
        yield lines


def test_values_of_private_fields_are_known_however_deep() -> None:
    sent = request(BODY, headers={"Authorization": "Bearer abc.def"}, params={"q": "alps", "limit": "5"})
    assert private_values(sent) == {
        "Summer",
        "Zoë",
        "Inn",
        "48.12345",
        "R2",
        "no stairs",
        "abc.def",
        "alps",
    }


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xd8 a picture", b"7"])
def test_a_body_that_is_no_document_hides_nothing_and_breaks_nothing(body: bytes) -> None:
    assert private_values(request(body)) == frozenset()


async def test_a_handler_that_repeats_the_request_tells_nothing(written: io.StringIO) -> None:
    @edge
    async def handler(req: func.HttpRequest) -> func.HttpResponse:
        logger.warning("got %s %s %s", req.get_body().decode(), dict(req.headers), req.url)
        raise ValueError(f"no room for Zoë in the {req.get_json()}")

    url = "http://127.0.0.1:7071/api/v1/trips?q=alps&email=i%40example.org"
    sent = request(
        BODY,
        url=url,
        headers={"authorization": "Bearer abc.def", "Cookie": "a=b"},
        params={"q": "alps", "email": "i@example.org"},
    )
    problem = problem_of(await handler(sent))
    text = written.getvalue()
    assert "ValueError: no room for ***" in text
    assert problem["traceId"] in text
    for value in ("Summer", "Zoë", "Inn", "48.12345", "R2", "no stairs", "abc.def", "alps", "example.org"):
        assert value not in text


async def test_values_are_hidden_no_longer_than_the_request_lasts() -> None:
    @edge
    async def handler(req: func.HttpRequest) -> func.HttpResponse:
        seen.append(telemetry.private())
        return func.HttpResponse()

    seen: list[frozenset[str]] = []
    await handler(request({"email": "i@example.org"}))
    assert seen == [{"i@example.org"}]
    assert telemetry.private() == frozenset()
