"""What Azure Monitor's own exporter sends: to a local server that takes envelopes as the service does."""

import gzip
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import uuid4

import pytest

from tests.launch import ROOT

QUIET = {
    "APPLICATIONINSIGHTS_STATSBEAT_DISABLED_ALL": "true",
    "APPLICATIONINSIGHTS_SDKSTATS_DISABLED": "true",
    "APPLICATIONINSIGHTS_CONTROLPLANE_DISABLED": "true",
}
"""The exporter's reports to its maker, which the Deployments switch off as well."""
PROGRAM = """
import asyncio, logging, azure.functions as func
from shared import telemetry
from shared.errors import AppError, NotFound
from shared.http import edge, ok_json
from shared.telemetry import meters

export = telemetry.configure()
logging.getLogger("shared").setLevel("INFO")

def ask(name, error=None):
    async def handler(req):
        if error:
            raise error
        with telemetry.span("places.searchText", kind="client", attributes={"peer.service": "google places"}):
            return ok_json("{}")
    handler.__name__ = name
    req = func.HttpRequest("POST", "http://x/api/v1/users", body=b'{"email": "ines@example.org"}',
        headers={"X-Forwarded-For": "203.0.113.77"})
    asyncio.run(edge(handler)(req))

ask("sign_up")
ask("read_trip", NotFound("x"))
ask("change_trip", ValueError("no ines@example.org here"))
ask("health_live")
meters.job_ended("completed", started_at=__import__("datetime").datetime.now(__import__("datetime").UTC))
meters.COST.add(0.5, {"peer.service": "google places"})
meters.OUTBOX_AGE.set(3, {"messaging.destination.name": "notification"})
export.flush()
"""


@contextmanager
def ingestion() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """The address, and the envelopes that have arrived."""
    taken: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.headers.get("Content-Encoding") == "gzip":
                body = gzip.decompress(body)
            items = json.loads(body)
            taken.extend(items)
            answer = json.dumps(
                {"itemsReceived": len(items), "itemsAccepted": len(items), "errors": []}
            ).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/", taken
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


@pytest.fixture(scope="module")
def envelopes() -> list[dict[str, Any]]:
    """What a process that answered four requests has sent."""
    with ingestion() as (url, taken):
        settings = {
            "APPLICATIONINSIGHTS_CONNECTION_STRING": f"InstrumentationKey={uuid4()};IngestionEndpoint={url}",
            "CLOUD_ROLE_NAME": "tripgen-user",
            **QUIET,
        }
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM],
            cwd=ROOT,
            env=os.environ | settings,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
    assert done.returncode == 0, done.stderr
    return taken


def of(envelopes: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [item["data"]["baseData"] for item in envelopes if item["data"]["baseType"] == kind]


def test_requests_are_known_by_function_and_status(envelopes: list[dict[str, Any]]) -> None:
    found = {item["name"]: (item["responseCode"], item["success"]) for item in of(envelopes, "RequestData")}
    # A refusal counts as not successful there: the alert looks at the code, and so has to.
    assert found == {"sign_up": ("200", True), "read_trip": ("404", False), "change_trip": ("500", False)}


def test_calls_are_dependencies_of_the_service_they_ask(envelopes: list[dict[str, Any]]) -> None:
    (call,) = of(envelopes, "RemoteDependencyData")
    assert (call["name"], call["target"], call["success"]) == ("places.searchText", "google places", True)


def test_the_role_is_the_service(envelopes: list[dict[str, Any]]) -> None:
    assert {item["tags"]["ai.cloud.role"] for item in envelopes} == {"tripgen-user"}


def test_measurements_keep_their_names(envelopes: list[dict[str, Any]]) -> None:
    found = {metric["name"]: item for item in of(envelopes, "MetricData") for metric in item["metrics"]}
    assert found["tripgen.jobs"]["properties"] == {"tripgen.job.outcome": "completed"}
    assert "tripgen.job.duration" in found
    assert found["tripgen.outside_call.cost"]["properties"] == {"peer.service": "google places"}
    assert found["tripgen.outbox.age"]["properties"] == {"messaging.destination.name": "notification"}
    assert found["tripgen.outbox.age"]["metrics"][0]["value"] == 3


def test_exceptions_arrive_without_what_is_private(envelopes: list[dict[str, Any]]) -> None:
    told = json.dumps(envelopes)
    assert "ValueError" in told
    assert "ines@example.org" not in told
    assert "203.0.113.77" not in told
