"""Who is calling: bearer token to user id, and from where."""

from uuid import UUID

import azure.functions as func

from shared.auth import Tokens
from shared.errors import Unauthenticated


def require_user(req: func.HttpRequest, tokens: Tokens) -> UUID:
    """The signed-in user's id; `Unauthenticated` without a valid bearer token (RFC 6750)."""
    scheme, _, token = req.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthenticated("Send 'Authorization: Bearer <access token>'. Sign in to get one.")
    return tokens.verify(token.strip())


def caller_address(req: func.HttpRequest) -> str:
    """The client's address as the gateway reports it, for limits only: a client can forge it elsewhere."""
    hop = str(req.headers.get("X-Forwarded-For", "local")).partition(",")[0].strip()[:64]
    if hop.startswith("["):  # [IPv6]:port
        return hop[1:].partition("]")[0]
    return hop.partition(":")[0] if hop.count(":") == 1 else hop  # IPv4:port, as some gateways write it
