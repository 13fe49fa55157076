"""Claims-based security: the $cbs node checks signatures and Entra tokens and remembers what they cover.

The draft is OASIS AMQP Claims-based Security 1.0; the signature is HMAC-SHA256 over the encoded resource URI,
a line feed and the expiry. Only the path of the URI is compared: on loopback the host has many names.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import unquote_plus

from devstack.entra import Issuer, TokenRefused
from devstack.servicebus.amqp import encode
from devstack.servicebus.broker.bus import entity_path
from devstack.servicebus.broker.errors import Unauthorized
from devstack.servicebus.requests import Reply, Request

ADDRESS = "$cbs"
AUDIENCES = ("https://servicebus.azure.net", "https://servicebus.azure.net/")
_SCHEME = "SharedAccessSignature "
_ACCEPTED, _BAD_REQUEST, _UNAUTHORIZED = 202, 400, 401


class AccessKey(NamedTuple):
    """A shared access policy: its name and its key, as they stand in a connection string."""

    name: str
    key: str


class Claims:
    """What the tokens put on one connection allow; `clock` gives milliseconds since the epoch.

    Without an `issuer` only shared access signatures are taken.
    """

    def __init__(self, access: AccessKey, clock: Callable[[], int], *, issuer: Issuer | None = None) -> None:
        self._access = access
        self._issuer = issuer
        self._clock = clock
        self._expiries: dict[str, int] = {}

    def answer(self, request: Request) -> Reply:
        """Answer a put-token request: 202, or 400 and 401 with the reason."""
        if request.properties.get("operation") != "put-token" or not isinstance(request.body, str):
            return _reply(_BAD_REQUEST, "Expected operation put-token with a token as text.")
        try:
            # Microsoft's clients call everything "jwt", signatures as well.
            if request.properties.get("type") == "jwt" and not request.body.startswith(_SCHEME):
                self._put_entra(request.body, str(request.properties.get("name", "")))
            else:
                self.put(request.body)
        except Unauthorized as error:
            return _reply(_UNAUTHORIZED, error.description)
        return _reply(_ACCEPTED, "Accepted")

    def require(self, path: str) -> None:
        """Unauthorized unless an unexpired token covers the entity at this path, or one above it."""
        now = self._clock()
        for covered, expiry in self._expiries.items():
            if expiry > now and (covered in ("", path) or path.startswith(covered + "/")):
                return
        raise Unauthorized(f"Unauthorized access. No valid token on this connection covers '{path}'.")

    def next_expiry(self) -> int | None:
        """When the next token expires, in milliseconds since the epoch."""
        return min(self._expiries.values(), default=None)

    def drop_expired(self) -> bool:
        """Forget the tokens that have expired; tells whether there were any."""
        now = self._clock()
        ended = [covered for covered, expiry in self._expiries.items() if expiry <= now]
        for covered in ended:
            del self._expiries[covered]
        return bool(ended)

    def put(self, token: str) -> None:
        """Add what a shared access signature covers; Unauthorized when it does not hold."""
        if not token.startswith(_SCHEME):
            raise Unauthorized("Only shared access signatures and tokens of type jwt are accepted here.")
        pairs = (part.partition("=") for part in token.removeprefix(_SCHEME).split("&"))
        fields = {name: value for name, _, value in pairs}
        missing = [name for name in ("sr", "sig", "se", "skn") if not fields.get(name)]
        if missing:
            raise Unauthorized(f"The shared access signature lacks {', '.join(missing)}.")
        expiry = self._expiry(fields["se"])
        self._check_signature(fields)
        self._expiries[_covered(fields["sr"])] = expiry

    def _put_entra(self, token: str, resource: str) -> None:
        """Add the entity that an Entra token is put for; Unauthorized when it does not hold."""
        if self._issuer is None:
            raise Unauthorized("No issuer of tokens is known here: start with --issuer-keys.")
        try:
            expiry = self._issuer.check(token, audiences=AUDIENCES)
        except TokenRefused as error:
            raise Unauthorized(str(error)) from error
        self._expiries[_covered(resource)] = expiry * 1000

    def _expiry(self, seconds: str) -> int:
        if not seconds.isdecimal() or not seconds.isascii():
            raise Unauthorized(
                "The expiry (se) of a shared access signature must be seconds since the epoch."
            )
        expiry = int(seconds[:18]) * 1000
        if expiry <= self._clock():
            raise Unauthorized("The shared access signature has expired.")
        return expiry

    def _check_signature(self, fields: dict[str, str]) -> None:
        if unquote_plus(fields["skn"]) != self._access.name:
            raise Unauthorized(f"There is no shared access key named '{fields['skn']}'.")
        signed = f"{fields['sr']}\n{fields['se']}".encode()
        expected = hmac.digest(self._access.key.encode(), signed, hashlib.sha256)
        try:
            given = base64.b64decode(unquote_plus(fields["sig"]), validate=True)
        except (binascii.Error, ValueError) as error:
            raise Unauthorized("The signature (sig) is no base64.") from error
        if not hmac.compare_digest(expected, given):
            raise Unauthorized("InvalidSignature: The token has an invalid signature.")


def _covered(resource: str) -> str:
    """The path of what a signature is for; the JavaScript client signs addresses with their query."""
    return entity_path(unquote_plus(resource).partition("?")[0])


def _reply(status: int, description: str) -> Reply:
    return Reply({"status-code": encode.int32(status), "status-description": encode.string(description)})
