"""The published description: complete, consistent, true to the models, and the page that shows it."""

import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from jsonschema import Draft202012Validator
from pydantic import BaseModel

from shared.errors import NotFound
from shared.http import read_body
from shared.http.openapi import PUBLISHED, docs, published
from shared.http.openapi.document import Route, document
from shared.http.openapi.operations import OPERATIONS
from tests.launch import ROOT
from tests.unit.web_requests import request

DOCUMENT: dict[str, Any] = orjson.loads(PUBLISHED.read_bytes())
METHODS = {"get", "put", "post", "patch", "delete"}


def entries() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in DOCUMENT["paths"].items():
        for method, entry in methods.items():
            yield path, method, entry


def references(part: object) -> Iterator[str]:
    if isinstance(part, dict):
        yield from ([part["$ref"]] if isinstance(part.get("$ref"), str) else [])
        for value in part.values():
            yield from references(value)
    elif isinstance(part, list):
        for value in part:
            yield from references(value)


def resolved(reference: str) -> Any:
    found: Any = DOCUMENT
    for name in reference.removeprefix("#/").split("/"):
        found = found[name]
    return found


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "shared.http.openapi", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_what_is_published_is_what_the_app_would_publish() -> None:
    checked = run("--check", "function_app:app")
    assert (checked.returncode, checked.stderr) == (0, "")


@pytest.mark.parametrize("arguments", [(), ("function_app",), ("a:b", "c:d")])
def test_a_wrong_call_says_how_it_is_called(arguments: tuple[str, ...]) -> None:
    wrong = run(*arguments)
    assert (wrong.returncode, wrong.stderr.startswith("Usage: ")) == (2, True)


def test_a_route_nobody_described_is_named() -> None:
    with pytest.raises(LookupError, match=r"\['fly'\]"):
        document([Route("fly", "POST", "v1/flights")])


def test_every_described_operation_is_a_route() -> None:
    assert {entry["operationId"] for _, _, entry in entries()} == set(OPERATIONS)
    assert {method for _, method, _ in entries()} <= METHODS


def test_every_reference_leads_somewhere() -> None:
    for reference in set(references(DOCUMENT)):
        assert resolved(reference), reference


def test_every_schema_is_json_schema() -> None:
    for schema in DOCUMENT["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize("name", [name for name, operation in OPERATIONS.items() if operation.body])
def test_an_example_is_a_request_the_api_accepts(name: str) -> None:
    operation = OPERATIONS[name]
    body: type[BaseModel] | None = operation.body
    assert body is not None
    assert read_body(request(dict(operation.example or {})), body)
    [entry] = [entry for _, _, entry in entries() if entry["operationId"] == name]
    content = entry["requestBody"]["content"]["application/json"]
    schema = {**DOCUMENT, **content["schema"]}
    Draft202012Validator(schema).validate(content["example"])


def test_every_endpoint_says_what_may_go_wrong() -> None:
    for path, method, entry in entries():
        answers = set(entry["responses"])
        assert {"500", "503"} <= answers
        assert ("401" in answers) or not entry["security"], (method, path)
        if "requestBody" in entry:
            assert {"400", "413", "422"} <= answers, (method, path)
        if "Id}" in path or "_id}" in path:
            assert "404" in answers, (method, path)


def test_every_error_has_an_example_of_its_own_shape() -> None:
    for name, response in DOCUMENT["components"]["responses"].items():
        content = response["content"]["application/problem+json"]
        Draft202012Validator({**DOCUMENT, **content["schema"]}).validate(content["example"])
        assert content["example"]["title"] == response["description"], name


def test_the_page_asks_nobody_else_for_anything() -> None:
    page = docs.page()
    assert b"http" not in page.content
    assert "script-src 'self';" in page.policy
    for name in ("swagger-ui-bundle.js", "swagger-ui.css", "start.js"):
        assert name.encode() in page.content
        assert docs.asset(name).content
    assert b'url: "openapi.json"' in docs.asset("start.js").content
    assert orjson.loads(published()) == DOCUMENT


@pytest.mark.parametrize("name", ["", "main.py", "..", "../main.py", "%2e%2e", "index.html"])
def test_the_page_has_no_other_files(name: str) -> None:
    with pytest.raises(NotFound):
        docs.asset(name)
