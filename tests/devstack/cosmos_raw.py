"""The Cosmos emulator through plain HTTP: requests that no SDK would send, signed and not."""

import base64
import hashlib
import hmac
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import formatdate
from pathlib import Path
from typing import Any

import httpx2
from azure.cosmos import CosmosClient, PartitionKey

from tests.devstack.cosmos_client import KEY
from tests.launch import ROOT

DOCS = "/dbs/tripgen/colls/schedules/docs"


def key(partition: str = "t") -> dict[str, str]:
    """The header that names a partition."""
    return {"x-ms-documentdb-partitionkey": json.dumps([partition])}


@dataclass(frozen=True)
class Running:
    """The emulator, what it says on standard error, and a client of plain HTTP."""

    http: httpx2.Client
    errors: Path

    def signed(self, method: str, path: str, date: str | None = None) -> dict[str, str]:
        """The headers that sign a request as the REST reference says; `date` is now unless given."""
        parts = path.strip("/").split("/") if path.strip("/") else []
        kind, link = (
            (parts[-1], parts[:-1]) if len(parts) % 2 else ((parts[-2], parts) if parts else ("", parts))
        )
        date = date or formatdate(usegmt=True)
        text = f"{method}\n{kind}\n".lower() + f"{'/'.join(link)}\n{date.lower()}\n\n"
        digest = hmac.new(base64.b64decode(KEY), text.encode(), hashlib.sha256).digest()
        token = f"type=master&ver=1.0&sig={base64.b64encode(digest).decode()}"
        return {"x-ms-date": date, "authorization": str(httpx2.QueryParams({"t": token}))[2:]}

    def ask(
        self, method: str, path: str, headers: Mapping[str, str | bytes] | None = None, body: Any = None
    ) -> httpx2.Response:
        """A signed request; `body` is JSON unless it is bytes."""
        content = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        sent: dict[str, str | bytes] = {**self.signed(method, path), **(headers or {})}
        encoded = [
            (name.encode(), value.encode() if isinstance(value, str) else value)
            for name, value in sent.items()
        ]
        return self.http.request(method, path, headers=encoded, content=content)

    def query(self, sql: str, partition: str = "t") -> httpx2.Response:
        """A signed query of one partition."""
        headers = {"x-ms-documentdb-isquery": "true", **key(partition)}
        return self.ask("POST", DOCS, headers, {"query": sql})


@contextmanager
def running_emulator(folder: Path) -> Iterator[Running]:
    """An emulator that after the block still serves the SDK and has said nothing on standard error."""
    log = folder / "errors"
    command = [sys.executable, "-m", "devstack.cosmos", "--leash"]
    with (
        log.open("wb") as errors,
        subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors
        ) as process,
    ):
        assert process.stdin is not None
        assert process.stdout is not None
        url = process.stdout.readline().decode().split()[1]
        with httpx2.Client(base_url=url, timeout=30) as http:
            yield Running(http, log)
        serves_on(url)
        process.stdin.close()
        process.wait(10)
    assert log.read_text() == ""


def serves_on(url: str) -> None:
    """An item goes in and out through the SDK."""
    with CosmosClient(url, KEY) as client:
        database = client.create_database_if_not_exists("afterwards")
        container = database.create_container_if_not_exists("c", PartitionKey("/p"))
        container.upsert_item({"id": "still here", "p": "t"})
        assert container.read_item("still here", "t")["id"] == "still here"


def refusal(response: httpx2.Response, status: int) -> str:
    """The message of a refusal with this status in the service's form."""
    assert response.status_code == status, response.text
    assert response.headers["x-ms-activity-id"]
    assert set(response.json()) == {"code", "message"}
    return str(response.json()["message"])
