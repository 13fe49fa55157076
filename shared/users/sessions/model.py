"""A session on the wire, and how long its tokens live (product rules, Account)."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, SecretStr

from shared.users.wire import Wire

LIFETIME, REMEMBERED = timedelta(days=14), timedelta(days=30)
MOST_SESSIONS = 20
"""Devices of one user; a sign-in beyond them ends the oldest session."""
TOKEN_BYTES = 32


def lifetime(*, remember: bool) -> timedelta:
    """How long a refresh token may be used."""
    return REMEMBERED if remember else LIFETIME


def new_refresh_token() -> str:
    """256 random bits in URL-safe base64."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def digest(refresh_token: str) -> bytes:
    """What is stored of a refresh token; its 256 random bits need no salt and no slow hash."""
    return hashlib.sha256(refresh_token.encode()).digest()


class RefreshRequest(Wire):
    refresh_token: Annotated[SecretStr, Field(min_length=1, max_length=256)]


class Session(Wire):
    """`expires_in` seconds from now the access token, `refresh_expires_in` the refresh token is of no use."""

    access_token: str
    refresh_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - the scheme's name
    expires_in: int
    refresh_expires_in: int
    user_id: UUID


class SessionEntry(Wire):
    """A session as it is told: no token of it."""

    id: UUID
    remember: bool
    created_at: datetime
    expires_at: datetime
