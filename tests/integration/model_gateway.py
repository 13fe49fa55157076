"""The model service as Azure has it: over TLS, for whoever shows a token, in front of the simulated one."""

import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import requests

from devstack.entra import Issuer, TokenRefused
from tests.integration.services import MODEL_KEY

AUDIENCE = "https://cognitiveservices.azure.com"


@contextmanager
def model_gateway(target: str, *, keys: Path, certificate: Path) -> Iterator[str]:
    """Pass requests whose token holds on to `target`, with the key it knows; yields the gateway's URL."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(target, Issuer(keys, time.time)))
    server.daemon_threads = True
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield f"https://localhost:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def _handler(target: str, issuer: Issuer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout = 10

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            try:
                issuer.check(self.headers["Authorization"].removeprefix("Bearer "), audiences=[AUDIENCE])
            except TokenRefused as error:
                self._answer(401, f'{{"error": {{"message": "{error}"}}}}'.encode())
                return
            headers = {"Authorization": f"Bearer {MODEL_KEY}", "Content-Type": "application/json"}
            passed = requests.post(target + self.path, data=body, headers=headers, timeout=30)
            self._answer(passed.status_code, passed.content)

        def _answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing: the tests look at answers."""

    return Handler
