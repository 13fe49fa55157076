"""A directory of operators on this machine: an OpenID Connect issuer over HTTP, with keys that rotate."""

import contextlib
import json
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import UUID, uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from jwt.algorithms import RSAAlgorithm

AUDIENCE = "api://tripgen-tests"


def rsa_key(bits: int = 2_048) -> RSAPrivateKey:
    return generate_private_key(public_exponent=65_537, key_size=bits)


class Issuer:
    """Signs with the key of its newest id; `asked` counts questions by path, `trouble` breaks the answers."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.tenant = uuid4()
        self.keys: dict[str, RSAPrivateKey] = {}
        self.extra: list[dict[str, Any]] = []
        self.trouble: str | None = None
        self.asked: Counter[str] = Counter()
        self.rotate("first")

    @property
    def issuer(self) -> str:
        return f"{self.url}/{self.tenant}/v2.0"

    def rotate(self, key_id: str, *, dropping: str | None = None) -> None:
        """Publish another key and sign with it from now on."""
        self.keys[key_id] = rsa_key()
        if dropping is not None:
            del self.keys[dropping]

    def claims(self, operator: UUID, **changes: object) -> dict[str, Any]:
        """What an access token of version 2.0 says; a change to None leaves the claim out."""
        now = int(time.time())
        claims: dict[str, Any] = {
            "iss": self.issuer,
            "aud": AUDIENCE,
            "tid": str(self.tenant),
            "oid": str(operator),
            "azp": "operators-console",
            "roles": ["admin"],
            "iat": now,
            "nbf": now,
            "exp": now + 3_600,
            "ver": "2.0",
        }
        return {name: value for name, value in (claims | changes).items() if value is not None}

    def token(self, operator: UUID, *, key_id: str | None = None, **changes: Any) -> str:
        kid = key_id or list(self.keys)[-1]
        key = self.keys[list(self.keys)[-1] if kid not in self.keys else kid]
        return jwt.encode(self.claims(operator, **changes), key, algorithm="RS256", headers={"kid": kid})

    def answer(self, path: str) -> dict[str, Any] | None:
        if path == f"/{self.tenant}/v2.0/.well-known/openid-configuration":
            other = "https://issuer.example.org" if self.trouble == "another issuer" else self.issuer
            return {"issuer": other, "jwks_uri": f"{self.url}/keys"}
        return {"keys": self.extra + [_published(kid, key) for kid, key in self.keys.items()]}


def _published(key_id: str, key: RSAPrivateKey) -> dict[str, Any]:
    """As Entra ID publishes a key: without `alg`."""
    entry: dict[str, Any] = RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
    return {"kty": entry["kty"], "n": entry["n"], "e": entry["e"], "use": "sig", "kid": key_id}


@contextmanager
def running_issuer() -> Iterator[Issuer]:
    """An issuer at a free port of the loopback, gone after the block."""
    server = _Server(("127.0.0.1", 0), _Handler)
    issuer = Issuer(f"http://127.0.0.1:{server.server_port}")
    server.issuer = issuer
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield issuer
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    issuer: Issuer


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        assert isinstance(self.server, _Server)
        issuer = self.server.issuer
        issuer.asked[self.path.rpartition("/")[2]] += 1
        if issuer.trouble == "away":
            self.connection.close()
            return
        if issuer.trouble == "slow":
            time.sleep(1.5)
        body = json.dumps(issuer.answer(self.path)).encode()
        if issuer.trouble == "garbage":
            body = b"<html>"
        self.send_response(503 if issuer.trouble == "error" else 404 if issuer.trouble == "missing" else 200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        with contextlib.suppress(ConnectionError):  # who asked did not wait
            self.end_headers()
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass
