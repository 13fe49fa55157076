"""A running emulator with its administration surface, and what its process wrote to standard error."""

import base64
import gc
import hashlib
import hmac
import json
import subprocess
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote_plus

import httpx2
from azure.servicebus.management import ServiceBusAdministrationClient

from tests.devstack.servicebus_namespace import CONFIG
from tests.launch import ROOT

KEY_NAME = "RootManageSharedAccessKey"
KEY = "SAS_KEY_VALUE"
LATER = 4_102_444_800  # the year 2100, in seconds since the epoch


class Emulator(NamedTuple):
    """Where a running emulator listens, and where its standard error and its certificates are."""

    addresses: dict[str, str]
    errors: Path
    authority: Path

    def port(self, name: str) -> int:
        return int(self.addresses[name].rpartition(":")[2])

    def connection_string(self, name: str, *, key: str = KEY) -> str:
        at = f"Endpoint=sb://localhost:{self.port(name)};SharedAccessKeyName={KEY_NAME}"
        return f"{at};SharedAccessKey={key};UseDevelopmentEmulator=true;"

    def client(self, *, key: str = KEY) -> ServiceBusAdministrationClient:
        """The administration client, which insists on TLS."""
        return ServiceBusAdministrationClient.from_connection_string(
            self.connection_string("admin-tls", key=key),
            connection_verify=str(self.authority),
            retry_total=0,
        )

    def ask(self, method: str, path: str, *, body: bytes = b"", **headers: str) -> httpx2.Response:
        """A raw request on the http port; authorized unless `authorization` says otherwise."""
        url = self.addresses["admin"] + path
        given = {"authorization": token(self.addresses["admin"])} | headers
        return httpx2.request(method, url, content=body, headers=given)

    def is_healthy(self) -> bool:
        return httpx2.get(self.addresses["control"] + "/health").status_code == 200


def token(address: str, *, key: str = KEY, expiry: int = LATER) -> str:
    """A shared access signature for everything below an address."""
    resource = quote_plus(address)
    digest = hmac.digest(key.encode(), f"{resource}\n{expiry}".encode(), hashlib.sha256)
    signature = quote_plus(base64.b64encode(digest))
    return f"SharedAccessSignature sr={resource}&sig={signature}&se={expiry}&skn={KEY_NAME}"


@contextmanager
def emulator(folder: Path) -> Iterator[Emulator]:
    """Run the emulator with all its surfaces within the block."""
    config, errors, certificates = folder / "Config.json", folder / "stderr", folder / "certificates"
    config.write_text(json.dumps(CONFIG))
    options = ["--config", str(config), "--certificates", str(certificates)]
    ports = ["--port", "0", "--control-port", "0", "--admin-port", "0", "--admin-tls-port", "0"]
    command = [sys.executable, "-m", "devstack.servicebus", "--leash", *ports, *options]
    with (
        errors.open("wb") as output,
        subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=output, text=True
        ) as process,
    ):
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            amqp, *others = process.stdout.readline().split()[1:]
            named = (other.partition("=") for other in others)
            addresses = {"amqp": amqp} | {name: address for name, _, address in named}
            yield Emulator(addresses, errors, certificates / "ca.pem")
        finally:
            process.stdin.close()
            process.wait(10)
    with warnings.catch_warnings(action="ignore", category=ResourceWarning):
        gc.collect()  # the SDK leaves the sockets of failed connections to the garbage collector
