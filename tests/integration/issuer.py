"""The token endpoint of Entra, for a workload that shows the token of its service account.

"Microsoft identity platform and the OAuth 2.0 client credentials flow", third case: a federated credential.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import jwt

from tests.integration.little_server import Handler, LittleServer
from tests.signer import Signer

TENANT, CLIENT, PRINCIPAL = (f"0000000{n}-1111-4222-8333-444444444444" for n in (1, 2, 3))
SUBJECT = "system:serviceaccount:tripgen:trip"
EXCHANGE = "api://AzureADTokenExchange"
FEDERATED = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


@dataclass(frozen=True, slots=True)
class Issued:
    """A token that was given out, the resource it is for, and when it expires (seconds since 1970)."""

    resource: str
    token: str


class Issuer:
    """Issues tokens for one principal; `told` hears of each before its asker does, as the stores do."""

    def __init__(self, cluster: Signer, certificate: Path) -> None:
        self.signer = Signer("entra-1")
        self.seconds = 3600
        self.refusal: str | None = None
        self.issued: list[Issued] = []
        self.told: list[Callable[[Issued], None]] = []
        self._cluster = cluster
        self.server = LittleServer(_handler(self), certificate=certificate)

    @property
    def url(self) -> str:
        return f"https://localhost:{self.server.port}"

    @contextmanager
    def away(self) -> Iterator[None]:
        """Nobody answers inside the block."""
        self.server.stop()
        try:
            yield
        finally:
            self.server.start()

    @contextmanager
    def refusing(self, code: str = "AADSTS700213") -> Iterator[None]:
        """No token is given inside the block."""
        self.refusal = code
        try:
            yield
        finally:
            self.refusal = None

    @contextmanager
    def short_lived(self, seconds: int) -> Iterator[None]:
        """Tokens given inside the block live for so many seconds."""
        self.seconds = seconds
        try:
            yield
        finally:
            self.seconds = 3600

    def answer(self, path: str, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """Status and body for a form that was posted."""
        if path != f"/{TENANT}/oauth2/v2.0/token":
            return _refused("AADSTS90002", f"Tenant of {path} not found.")
        if form.get("grant_type") != "client_credentials" or form.get("client_assertion_type") != FEDERATED:
            return _refused("AADSTS70003", "The app requested an unsupported grant type.")
        try:
            subject = self._cluster.subject_of(form.get("client_assertion", ""), audience=EXCHANGE)
        except jwt.InvalidTokenError:
            return _refused("AADSTS700211", "No matching federated identity record found for the issuer.")
        if self.refusal or subject != SUBJECT or form.get("client_id") != CLIENT:
            return _refused(self.refusal or "AADSTS700213", "No matching federated identity record found.")
        return 200, self._issue(form.get("scope", ""))

    def _issue(self, scope: str) -> dict[str, Any]:
        resource = scope.removesuffix("/.default")
        claims = {
            "oid": PRINCIPAL,
            "appid": CLIENT,
            "tid": TENANT,
            "iss": f"https://sts.windows.net/{TENANT}/",
        }
        unique = {"uti": f"{len(self.issued)}"}
        token = self.signer.token(resource, seconds=self.seconds, **claims, **unique)
        issued = Issued(resource, token)
        self.issued.append(issued)
        for tell in self.told:
            tell(issued)
        return {"token_type": "Bearer", "expires_in": self.seconds, "access_token": token}


def _refused(code: str, description: str) -> tuple[int, dict[str, Any]]:
    return 401, {"error": "invalid_client", "error_description": f"{code}: {description}"}


def _handler(issuer: Issuer) -> type[Handler]:
    class Endpoint(Handler):
        def reply(self) -> None:
            form = {name: values[0] for name, values in parse_qs(self.sent().decode()).items()}
            self.answer(*issuer.answer(self.path, form))

    return Endpoint
