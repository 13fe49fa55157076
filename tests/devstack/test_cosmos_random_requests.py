"""Random requests on the live port, signed and not: served, or refused in the service's own form."""

import json
from collections.abc import Iterator

import httpx2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.devstack.cosmos_raw import DOCS, Running, refusal, running_emulator


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running_emulator(tmp_path_factory.mktemp("random")) as running:
        yield running


words = st.sampled_from(
    ["dbs", "tripgen", "colls", "schedules", "docs", "a", "pkranges", "operations", "%00",
     "partitionkeydelete", "_devstack", "faults", "..", "%e9", "x" * 300]
)  # fmt: skip
paths = st.one_of(
    st.lists(words, max_size=7).map(lambda found: "/" + "/".join(found)),
    st.sampled_from([DOCS, DOCS + "/a", "/dbs/tripgen/colls", "/dbs/tripgen/colls/schedules"]),
)
names = st.sampled_from(
    ["x-ms-documentdb-partitionkey", "x-ms-max-item-count", "x-ms-continuation", "if-match", "if-none-match",
     "if-modified-since", "a-im", "x-ms-documentdb-isquery", "x-ms-documentdb-is-upsert", "prefer",
     "x-ms-cosmos-is-batch-request", "x-ms-cosmos-batch-atomic", "x-ms-start-epk", "x-ms-end-epk",
     "x-ms-documentdb-query-enablecrosspartition", "x-ms-date", "authorization"]
)  # fmt: skip
values = st.one_of(
    st.sampled_from(["true", "false", '["a"]', "[{}]", "[null]", "[1e308]", "[]", "*", "1", "-1", "9" * 30,
                     "Incremental feed",
                     "Mon, 01 Jan 0001 00:00:00 +2359", "Mon, 01 Jan 2024 00:00:00 -0000"]),
    st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=20),
)  # fmt: skip
things = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(2**70), 2**70), st.floats(), st.text(max_size=5)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
keys = st.sampled_from(
    ["id", "tripId", "ttl", "query", "parameters", "operations", "condition", "operationType", "resourceBody",
     "partitionKey", "paths", "defaultTtl", "uniqueKeyPolicy", "op", "path", "value", "count", "downSeconds"]
)  # fmt: skip
SQL = """SELECT VALUE * FROM c WHERE c.n = 1 ( ) , ORDER BY LIKE 'a%' COUNT [ ] { } ? : TOP 9e999
    JOIN IN NOT @p BETWEEN AND - EXISTS"""
fragments = st.lists(st.sampled_from(SQL.split()), max_size=12).map(" ".join)
bodies = st.one_of(
    st.binary(max_size=20),
    st.dictionaries(keys, things | fragments, max_size=5).map(lambda body: json.dumps(body).encode()),
    st.lists(st.dictionaries(keys, things, max_size=5), max_size=3).map(
        lambda body: json.dumps(body).encode()
    ),
    st.builds(lambda sql: json.dumps({"query": sql}).encode(), fragments),
)
verbs = st.sampled_from(["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "PROPFIND"])


@st.composite
def requests(draw: st.DrawFn) -> httpx2.Request:
    path = draw(paths)
    headers = draw(st.dictionaries(names, values, max_size=5))
    return httpx2.Request(draw(verbs), f"http://x{path}", headers=headers, content=draw(bodies))


@given(request=requests(), is_signed=st.booleans())
@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_random_requests_are_answered_in_the_services_form(
    running: Running, *, request: httpx2.Request, is_signed: bool
) -> None:
    path = request.url.raw_path.decode()
    if path.startswith("/_devstack/faults") and b"downSeconds" in request.content:
        return  # an account that is told to be away is away
    signature = running.signed(request.method, request.url.path) if is_signed else {}
    headers = {**signature, **{name: request.headers[name] for name in request.headers if name != "host"}}
    response = running.http.request(request.method, path, headers=headers, content=request.content)
    if response.status_code >= 400 and request.method != "HEAD":
        refusal(response, response.status_code)
    assert response.status_code < 500 or request.method == "HEAD", response.text
    assert running.errors.read_text() == ""
