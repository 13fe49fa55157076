"""HTTP functions on the local host, over real HTTP."""

from collections.abc import Iterator

import httpx2
import pytest

from tests.devstack.host_support import APPS, running, write_settings

TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx2.Client]:
    settings = write_settings(tmp_path_factory.mktemp("web"), GREETING="hello")
    with running(APPS / "web", settings) as url, httpx2.Client(base_url=url) as client:
        yield client


def test_function_sees_the_request_as_it_was_sent(client: httpx2.Client) -> None:
    headers = {"X-Test": "T", "traceparent": TRACE}
    reply = client.post("/api/echo/42/a%20b", params={"x": "1"}, content=b'{"a":1}', headers=headers)
    seen = reply.json()
    assert reply.status_code == 201
    assert reply.headers["content-type"] == "application/json"
    assert (seen["method"], seen["body"], seen["route"]) == (
        "POST",
        '{"a":1}',
        {"number": "42", "word": "a b"},
    )
    assert seen["headers"]["x-test"] == "T"
    assert seen["url"] == f"{client.base_url}/api/echo/42/a%20b?x=1"
    assert (seen["trace"], seen["function"]) == (TRACE, "echo")


def test_request_without_a_trace_gets_one_and_each_invocation_its_own_id(client: httpx2.Client) -> None:
    first, second = (client.get("/api/echo/1").json() for _ in range(2))
    version, trace_id, span_id, flags = first["trace"].split("-")
    assert (version, len(trace_id), len(span_id), flags) == ("00", 32, 16, "01")
    assert first["trace"] != second["trace"]
    assert first["invocation"] != second["invocation"]


def test_empty_query_values_are_dropped_and_repeated_ones_joined(client: httpx2.Client) -> None:
    seen = client.get("/api/echo/1?x=1&empty=&x=%C3%BC").json()
    assert seen["query"] == {"x": "1,ü"}


def test_repeated_request_headers_are_joined(client: httpx2.Client) -> None:
    seen = client.get("/api/echo/1", headers=[("x-many", "a"), ("x-many", "b")]).json()
    assert seen["headers"]["x-many"] == "a, b"


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/api/echo/special", "special"),
        ("/API/Echo/Special/", "special"),
        ("/api/files/a/b.txt", "a/b.txt"),
        ("/api/files", ""),
        ("/api/papers/thesis.pdf", "thesis"),
        ("/api/setting/GREETING", "hello"),
        ("/api/setting/AZURE_FUNCTIONS_ENVIRONMENT", "Development"),
    ],
)
def test_route_leads_to_its_function(client: httpx2.Client, path: str, text: str) -> None:
    reply = client.get(path)
    assert (reply.status_code, reply.text) == (200, text)


@pytest.mark.parametrize("path", ["/api/echo/notanumber", "/api/none", "/other", "/api", "/admin/none"])
def test_path_without_a_function_is_not_found(client: httpx2.Client, path: str) -> None:
    reply = client.get(path)
    assert reply.status_code == 404
    assert reply.headers["content-type"] == "application/problem+json"


def test_wrong_method_is_refused_with_the_allowed_ones(client: httpx2.Client) -> None:
    reply = client.delete("/api/echo/1")
    assert (reply.status_code, reply.headers["allow"]) == (405, "GET, POST")


def test_function_without_methods_answers_all_of_them(client: httpx2.Client) -> None:
    assert client.request("PATCH", "/api/any").text == "PATCH"


def test_head_has_the_headers_of_the_answer_and_no_body(client: httpx2.Client) -> None:
    reply = client.head("/api/any")
    assert (reply.status_code, reply.headers["content-length"], reply.content) == (200, "4", b"")


def test_each_cookie_is_a_header_of_its_own(client: httpx2.Client) -> None:
    reply = client.get("/api/cookies")
    assert reply.headers.get_list("set-cookie") == ["a=1", "b=2; HttpOnly; Path=/"]


def test_no_content_has_neither_body_nor_length(client: httpx2.Client) -> None:
    reply = client.delete("/api/nothing")
    assert (reply.status_code, reply.content, "content-length" in reply.headers) == (204, b"", False)


def test_failed_function_is_an_empty_500(client: httpx2.Client) -> None:
    reply = client.get("/api/boom")
    assert (reply.status_code, reply.content) == (500, b"")


def test_function_past_its_timeout_is_a_failure(client: httpx2.Client) -> None:
    assert client.get("/api/slow?seconds=30").status_code == 500


def test_synchronous_function_runs_on_a_thread(client: httpx2.Client) -> None:
    assert client.get("/api/thread").text.startswith("ThreadPoolExecutor")


def test_chunked_body_is_refused_because_the_cloud_would_drop_it(client: httpx2.Client) -> None:
    reply = client.post("/api/echo/1", content=iter([b"ab", b"c"]))
    assert reply.status_code == 411
    assert "Content-Length" in reply.json()["detail"]


@pytest.mark.parametrize(
    "path",
    ["/", "/admin/host/ping", "/runtime/health", "/runtime/health/live", "/runtime/health/ready"],
)
def test_host_says_that_it_lives(client: httpx2.Client, path: str) -> None:
    assert client.get(path).status_code == 200


def test_status_names_the_functions(client: httpx2.Client) -> None:
    status = client.get("/admin/host/status").json()
    assert status["state"] == "Running"
    assert {"echo", "thread"} <= set(status["functions"])
    assert (status["listeners"], status["timers"]) == ([], [])
