"""The model service as Azure has it: over TLS, for whoever shows a token, in front of the simulated one."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests

from devstack.entra import Issuer, TokenRefused
from tests.integration.little_server import Handler, LittleServer
from tests.integration.services import MODEL_KEY

AUDIENCE = "https://cognitiveservices.azure.com"


@contextmanager
def model_gateway(target: str, *, keys: Path, certificate: Path) -> Iterator[str]:
    """Pass requests whose token holds on to `target`, with the key it knows; yields the gateway's URL."""
    with LittleServer(_handler(target, Issuer(keys, time.time)), certificate=certificate) as server:
        yield f"https://localhost:{server.port}"


def _handler(target: str, issuer: Issuer) -> type[Handler]:
    class Gateway(Handler):
        def reply(self) -> None:
            body = self.sent()
            try:
                issuer.check(self.headers["Authorization"].removeprefix("Bearer "), audiences=[AUDIENCE])
            except TokenRefused as error:
                self.answer(401, {"error": {"message": str(error)}})
                return
            headers = {"Authorization": f"Bearer {MODEL_KEY}", "Content-Type": "application/json"}
            passed = requests.post(target + self.path, data=body, headers=headers, timeout=30)
            self.answer(passed.status_code, passed.content)

    return Gateway
