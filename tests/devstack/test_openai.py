"""The simulated OpenAI through the unmodified `openai` client: structured outputs, errors, Azure."""

import json
from collections.abc import AsyncIterator, Iterator
from typing import Any, Literal

import httpx2
import openai
import pytest
from pydantic import BaseModel

from tests.launch import server

KEY = "sk-simulated-key-0001"
Category = Literal["sightseeing", "shopping", "culture", "nature", "sports", "rest"]
HELLO: Any = [{"role": "user", "content": "hello"}]


class Budget(BaseModel):
    amount: float
    currency: str


class TravelConstraints(BaseModel):
    mustSee: list[str]  # noqa: N815 - the product's schema
    excludedCategories: list[Category]  # noqa: N815
    budget: Budget | None
    startTime: str | None  # noqa: N815
    notUnderstood: list[str]  # noqa: N815


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with server("devstack.openai", "--key", KEY, "--models", "planner,planner-mini") as address:
        yield address


@pytest.fixture(scope="module")
async def client(url: str) -> AsyncIterator[openai.AsyncOpenAI]:
    async with openai.AsyncOpenAI(base_url=f"{url}/v1", api_key=KEY, max_retries=0) as opened:
        yield opened


@pytest.fixture
async def broken(url: str) -> AsyncIterator[str]:
    yield f"{url}/_devstack/faults"
    httpx2.delete(f"{url}/_devstack/faults")


async def ask(client: openai.AsyncOpenAI, requests: str) -> Any:
    content = json.dumps({"specialRequests": requests, "destinations": ["Munich"]})
    return await client.chat.completions.parse(
        model="planner",
        messages=[{"role": "system", "content": "Read the wishes."}, {"role": "user", "content": content}],
        response_format=TravelConstraints,
        temperature=0,
        seed=7,
    )


async def test_parse_reads_special_requests_into_constraints(client: openai.AsyncOpenAI) -> None:
    text = "We must see BMW Welt and the Residenz. No shopping, under 1,200 EUR, start at 10. I love jazz."
    answer = await ask(client, text)
    assert answer.choices[0].message.parsed == TravelConstraints(
        mustSee=["BMW Welt", "Residenz"],
        excludedCategories=["shopping"],
        budget=Budget(amount=1200, currency="EUR"),
        startTime="10:00",
        notUnderstood=["I love jazz"],
    )
    assert answer.choices[0].finish_reason == "stop"
    assert answer.choices[0].message.refusal is None


async def test_the_same_question_gets_the_same_content(client: openai.AsyncOpenAI) -> None:
    one, two = [await ask(client, "see Marienplatz") for _ in range(2)]
    assert one.choices[0].message.content == two.choices[0].message.content
    assert one.system_fingerprint == two.system_fingerprint
    assert one.id != two.id


async def test_usage_counts_prompt_and_answer(client: openai.AsyncOpenAI) -> None:
    short, longer = (await ask(client, "x")).usage, (await ask(client, "a much longer wish " * 20)).usage
    assert longer.prompt_tokens > short.prompt_tokens + 60
    assert short.total_tokens == short.prompt_tokens + short.completion_tokens


async def test_the_schema_s_name_may_be_in_snake_case(client: openai.AsyncOpenAI) -> None:
    excluded = {"excludedCategories": {"type": "array", "items": {"type": "string"}}}
    schema = {"type": "object", "properties": excluded, "additionalProperties": False}
    schema["required"] = list(excluded)
    named: Any = {"name": "travel_constraints", "schema": schema, "strict": True}
    answer = await client.chat.completions.create(
        model="planner",
        messages=[{"role": "user", "content": '{"specialRequests": "avoid hiking"}'}],
        response_format={"type": "json_schema", "json_schema": named},
    )
    assert json.loads(answer.choices[0].message.content or "")["excludedCategories"] == ["sports"]


async def test_answers_carry_the_headers_of_the_real_service(client: openai.AsyncOpenAI) -> None:
    raw = await client.chat.completions.with_raw_response.create(model="planner", messages=HELLO)
    assert raw.headers["x-request-id"].startswith("req_")
    assert int(raw.headers["x-ratelimit-remaining-tokens"]) < int(raw.headers["x-ratelimit-limit-tokens"])
    assert {"x-ratelimit-reset-requests", "openai-processing-ms", "openai-version"} <= set(raw.headers)


async def test_an_answer_is_cut_at_its_token_limit(client: openai.AsyncOpenAI) -> None:
    answer = await client.chat.completions.create(model="planner", messages=HELLO, max_completion_tokens=3)
    assert answer.choices[0].finish_reason == "length"
    assert answer.usage is not None
    assert answer.usage.completion_tokens == 3


async def test_models_are_listed(client: openai.AsyncOpenAI) -> None:
    assert [model.id async for model in await client.models.list()] == ["planner", "planner-mini"]
    assert (await client.models.retrieve("planner")).object == "model"


async def test_an_unknown_model_is_not_found(client: openai.AsyncOpenAI) -> None:
    with pytest.raises(openai.NotFoundError) as caught:
        await client.chat.completions.create(model="gone", messages=HELLO)
    assert caught.value.code == "model_not_found"


@pytest.mark.parametrize("key", ["sk-wrong-key-000000", "x"])
async def test_a_wrong_key_is_an_authentication_error(url: str, key: str) -> None:
    async with openai.AsyncOpenAI(base_url=f"{url}/v1", api_key=key, max_retries=0) as client:
        with pytest.raises(openai.AuthenticationError) as caught:
            await client.chat.completions.create(model="planner", messages=HELLO)
    assert caught.value.code == "invalid_api_key"
    assert key not in str(caught.value)


def test_a_missing_key_is_401(url: str) -> None:
    answer = httpx2.post(f"{url}/v1/chat/completions", json={})
    assert answer.status_code == 401
    assert answer.json()["error"]["message"].startswith("You didn't provide an API key.")


@pytest.mark.parametrize(
    ("options", "param", "code"),
    [
        ({"stream": True}, "stream", "unsupported_value"),
        ({"temperature": 2.5}, "temperature", "decimal_above_max_value"),
        ({"messages": []}, "messages", "empty_array"),
        ({"messages": [{"role": "tourist", "content": "x"}]}, "messages[0].role", "invalid_value"),
        ({"messages": None}, "messages", "missing_required_parameter"),
        ({"temperature": "hot"}, "temperature", "invalid_type"),
        ({"max_tokens": [5]}, "max_tokens", "invalid_type"),
        ({"messages": [{"role": "user", "content": 5}]}, "messages[0].content", "invalid_type"),
        ({"response_format": {"type": ["xml"]}}, "response_format.type", "invalid_value"),
        ({"response_format": {"type": "xml"}}, "response_format.type", "invalid_value"),
        ({"max_tokens": 5, "max_completion_tokens": 5}, None, "invalid_parameter_combination"),
    ],
)
def test_a_bad_request_names_its_parameter(
    url: str, options: dict[str, Any], param: str | None, code: str
) -> None:
    body = {"model": "planner", "messages": HELLO} | options
    answer = httpx2.post(f"{url}/v1/chat/completions", json=body, headers={"Authorization": f"Bearer {KEY}"})
    error = answer.json()["error"]
    assert (answer.status_code, error["param"], error["code"]) == (400, param, code)
    assert error["type"] == "invalid_request_error"


async def test_a_schema_that_is_not_strict_is_refused(client: openai.AsyncOpenAI) -> None:
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {"a": {"type": "object", "properties": {}}},
        "required": ["a"],
    }
    schema["additionalProperties"] = False
    named: Any = {"name": "plan", "schema": schema, "strict": True}
    with pytest.raises(openai.BadRequestError) as caught:
        await client.chat.completions.create(
            model="planner", messages=HELLO, response_format={"type": "json_schema", "json_schema": named}
        )
    assert caught.value.message.endswith(
        "Invalid schema for response_format 'plan': In context=('properties', 'a'), 'additionalProperties' is"
        " required to be supplied and to be false."
    )


async def test_azure_serves_deployments_by_api_key(url: str) -> None:
    azure = openai.AsyncAzureOpenAI(azure_endpoint=url, api_key=KEY, api_version="2024-10-21", max_retries=0)
    async with azure as client:
        answer = await ask(client, "no museums")
        assert answer.model == "planner"
        assert answer.choices[0].message.parsed.excludedCategories == ["culture"]
        with pytest.raises(openai.NotFoundError) as caught:
            await client.chat.completions.create(model="gone", messages=HELLO)
        assert caught.value.code == "DeploymentNotFound"


def test_azure_needs_an_api_version_and_its_own_key_header(url: str) -> None:
    path = f"{url}/openai/deployments/planner/chat/completions"
    body = {"messages": HELLO}
    assert httpx2.post(path, json=body, headers={"api-key": KEY}).status_code == 404
    denied = httpx2.post(path, params={"api-version": "2024-10-21"}, json=body, headers={"api-key": "x"})
    assert (denied.status_code, denied.json()["error"]["code"]) == (401, "401")


@pytest.mark.parametrize("mode", ["garbage", "mismatch"])
async def test_a_model_talking_nonsense_does_not_parse(
    client: openai.AsyncOpenAI, broken: str, mode: str
) -> None:
    httpx2.put(broken, json={"mode": mode, "count": 1})
    with pytest.raises(ValueError, match="validation error"):
        await ask(client, "see Marienplatz")
    assert (await ask(client, "see Marienplatz")).choices[0].message.parsed.mustSee == ["Marienplatz"]


async def test_an_ungrounded_model_adds_a_place_nobody_named(client: openai.AsyncOpenAI, broken: str) -> None:
    httpx2.put(broken, json={"mode": "ungrounded", "count": 1})
    named = (await ask(client, "see Marienplatz")).choices[0].message.parsed.mustSee
    assert named == ["Marienplatz", "The Crystal Palace of Atlantis"]


async def test_a_refusing_model_has_no_content(client: openai.AsyncOpenAI, broken: str) -> None:
    httpx2.put(broken, json={"mode": "refusal", "count": 1})
    message = (await ask(client, "see Marienplatz")).choices[0].message
    assert (message.content, message.parsed) == (None, None)
    assert message.refusal


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ({"mode": "down"}, openai.InternalServerError),
        ({"mode": "drop"}, openai.APIConnectionError),
        ({"mode": "error", "status": 429}, openai.RateLimitError),
        ({"mode": "error", "status": 500}, openai.InternalServerError),
    ],
)
async def test_a_broken_service_raises_the_client_s_own_errors(
    client: openai.AsyncOpenAI, broken: str, fault: dict[str, Any], error: type[openai.APIError]
) -> None:
    httpx2.put(broken, json=fault | {"count": 1})
    with pytest.raises(error):
        await ask(client, "x")
    assert (await ask(client, "x")).choices[0].finish_reason == "stop"


async def test_a_slow_model_meets_the_client_s_timeout(client: openai.AsyncOpenAI, broken: str) -> None:
    httpx2.put(broken, json={"mode": "slow", "latencyMs": 500, "count": 1})
    with pytest.raises(openai.APITimeoutError):
        await client.with_options(timeout=0.05).chat.completions.create(model="planner", messages=HELLO)
