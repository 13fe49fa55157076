"""Check who calls: the master-key signature of the Cosmos DB REST API, or an Entra token.

Source: "Access control on resources" of the REST API.
"""

import base64
import binascii
import hashlib
import hmac
from datetime import datetime
from urllib.parse import parse_qsl, unquote

from starlette.requests import Request

from devstack.cosmos.errors import Refused
from devstack.cosmos.http.emulator import date_of
from devstack.entra import Issuer, TokenRefused

TOKEN_LIFETIME_SECONDS = 15 * 60
ANY_ACCOUNT = "https://cosmos.azure.com"
# Published by Microsoft for every emulator; it opens nothing else.
EMULATOR_KEY = "C2y6yDjf5/R+ob0N8A7Cgv30VRDJIWEHLM+4QDU5DE2nQ9nDuVTqobD4b8mGGyPMbIZnqyMsEcaGQy67XIw/Jw=="


def check_caller(request: Request, *, key: bytes, issuer: Issuer | None, now: datetime) -> None:
    """Raise `Refused` 401 or 403 unless the account's key signed the request, or a token came with it."""
    shown = unquote(request.headers.get("authorization", ""))
    if shown.startswith("type=aad&"):
        token = dict(parse_qsl(shown)).get("sig", "")
        _check_token(token, issuer=issuer, host=request.url.hostname or "")
    else:
        check_signature(request, key=key, now=now)


def _check_token(token: str, *, issuer: Issuer | None, host: str) -> None:
    if issuer is None:
        raise Refused(401, "No issuer of tokens is known here: start with --issuer-keys.")
    try:
        issuer.check(token, audiences=(f"https://{host}", ANY_ACCOUNT))
    except TokenRefused as error:
        raise Refused(401, str(error)) from error


def check_signature(request: Request, *, key: bytes, now: datetime) -> None:
    """Raise `Refused` 401 for a wrong signature, 403 for one that was made over 15 minutes from now."""
    date = request.headers.get("x-ms-date", "")
    wanted = _signature(request, date, key)
    if not hmac.compare_digest(wanted, _given_signature(request)):
        raise Refused(
            401,
            "The input authorization token can't serve the request: the signature does not match the key of "
            "the account, the resource and x-ms-date.",
        )
    if abs((now - _parsed(date)).total_seconds()) > TOKEN_LIFETIME_SECONDS:
        raise Refused(
            403,
            "The authorization token is not valid at the current time: set the clock "
            f"(token start time: {date}, current server time: {now:%a, %d %b %Y %H:%M:%S} GMT).",
        )


def decoded_key(key: str) -> bytes:
    """The bytes of a base64 account key; ValueError if it is none."""
    try:
        return base64.b64decode(key, validate=True)
    except binascii.Error as error:
        raise ValueError("The key must be base64, as the accountKey of a connection string is.") from error


def _signature(request: Request, date: str, key: bytes) -> bytes:
    resource_type, link = _signed_resource(request.scope["path"])
    text = f"{request.method}\n{resource_type}\n".lower() + f"{link}\n{date.lower()}\n\n"
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def _signed_resource(path: str) -> tuple[str, str]:
    """The type and link that a path is signed as: a feed is signed with the link of its owner."""
    parts = [part for part in path.split("/") if part]
    if parts[4:5] == ["operations"]:
        return "colls", "/".join(parts[:4])
    if len(parts) % 2 == 1:
        return parts[-1], "/".join(parts[:-1])
    return (parts[-2] if parts else ""), "/".join(parts)


def _given_signature(request: Request) -> bytes:
    token = unquote(request.headers.get("authorization", ""))
    # parse_qsl reads the + of base64 as a space
    given = dict(parse_qsl(token)).get("sig", "").replace(" ", "+")
    try:
        return base64.b64decode(given)
    except ValueError:
        return b""


def _parsed(date: str) -> datetime:
    try:
        return date_of(date)
    except ValueError as error:
        raise Refused(401, "The x-ms-date header must be a date as in RFC 1123.") from error
