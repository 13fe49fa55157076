"""Who is calling: bearer token to user id, from where, and how often."""

from urllib.parse import urlsplit
from uuid import UUID

import azure.functions as func

from shared.auth import Bearer, Operator, Operators, Tokens
from shared.cache import Cache
from shared.errors import Unauthenticated

OPERATORS_PER_MINUTE = 1_000
"""Requests for operators from one address, those with a forged token included."""
OPERATIONS_PER_MINUTE = 120
"""Of one operator."""


def require_user(req: func.HttpRequest, tokens: Tokens) -> UUID:
    """The signed-in user's id; `Unauthenticated` without a valid bearer token (RFC 6750)."""
    return require_bearer(req, tokens).user_id


def require_bearer(req: func.HttpRequest, tokens: Tokens) -> Bearer:
    """The signed-in user and the session; `Unauthenticated` without a valid bearer token (RFC 6750)."""
    return tokens.verify(_bearer_token(req))


async def require_operator(req: func.HttpRequest, operators: Operators | None, *, cache: Cache) -> Operator:
    """The signed-in operator, who has not asked too often; `Forbidden` without the role.

    `operators` is None where nobody set up a directory of them: then nobody is one.
    """
    await cache.limit(f"operators at {caller_address(req)}", most=OPERATORS_PER_MINUTE, seconds=60)
    token = _bearer_token(req)
    if operators is None:
        raise Unauthenticated(
            "No operator can sign in here: OPERATOR_TENANT and OPERATOR_AUDIENCE are not set."
        )
    operator = await operators.verify(token)
    await cache.limit(f"operator {operator.id}", most=OPERATIONS_PER_MINUTE, seconds=60)
    return operator


def caller_address(req: func.HttpRequest) -> str:
    """The client's address as the gateway reports it, for limits only: a client can forge it elsewhere."""
    hop = str(req.headers.get("X-Forwarded-For", "local")).partition(",")[0].strip()[:64]
    if hop.startswith("["):  # [IPv6]:port
        return hop[1:].partition("]")[0]
    return hop.partition(":")[0] if hop.count(":") == 1 else hop  # IPv4:port, as some gateways write it


def _bearer_token(req: func.HttpRequest) -> str:
    scheme, _, token = str(req.headers.get("Authorization", "")).partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthenticated("Send 'Authorization: Bearer <access token>'. Sign in to get one.")
    return token.strip()


async def throttle(req: func.HttpRequest, *, most: int, cache: Cache) -> None:
    """At most so many such requests a minute from one address; `RateLimited` beyond."""
    path = urlsplit(req.url).path
    await cache.limit(f"{req.method} {path} {caller_address(req)}", most=most, seconds=60)
