"""Signs connections to Redis in with Entra tokens, and again before the token they came with expires.

Azure Managed Redis takes the token as password and the object id of the principal as user, and drops a
connection whose token has expired.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from redis.auth.token import JWToken
from redis.credentials import CredentialProvider
from redis.exceptions import AuthenticationError, RedisError

from shared.errors import Transient
from shared.identity import Identity

if TYPE_CHECKING:
    from azure.core.credentials import AccessTokenInfo
    from redis.asyncio import ConnectionPool

logger = logging.getLogger(__name__)

TOKEN_SCOPE = "https://redis.azure.com/.default"  # noqa: S105 - names a resource
PATIENCE_SECONDS = 0.5
"""How long a new connection waits for the first token; the cache works without Redis meanwhile."""
EARLY_SECONDS = 300
"""azure-identity asks for a new token this long before the old one expires, unless Entra names a time."""


class TokenLogin(CredentialProvider):
    """User and password of new connections; one task keeps the token young and renews what is open."""

    def __init__(
        self, identity: Identity, *, retry_seconds: float = 30.0, clock: Callable[[], float] = time.time
    ) -> None:
        """`retry_seconds` lie between two attempts at a new token; `clock` gives seconds since 1970."""
        self._identity, self._retry_seconds, self._clock = identity, retry_seconds, clock
        self._pools: list[ConnectionPool] = []
        self._token: AccessTokenInfo | None = None
        self._arrived = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def renews(self, pool: "ConnectionPool") -> None:
        """Sign the connections of this pool in again with each new token."""
        self._pools.append(pool)

    def get_credentials(self) -> tuple[str, str]:
        """Object id and token; `AuthenticationError` while there is no token that is still good."""
        if self._token is None or self._token.expires_on <= self._clock():
            raise AuthenticationError("There is no token for Redis.")
        return _user_of(self._token), self._token.token

    async def get_credentials_async(self) -> tuple[str, str]:
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._keep_young())
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await self._arrived.wait()
        except TimeoutError as error:
            raise AuthenticationError("There is no token for Redis yet.") from error
        return self.get_credentials()

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()

    async def _keep_young(self) -> None:
        while True:
            try:
                token = await self._identity.token(TOKEN_SCOPE)
            except Transient:
                await asyncio.sleep(self._retry_seconds)
                continue
            if self._token is None or token.token != self._token.token:
                await self._adopt(token)
            await asyncio.sleep(max(self._retry_seconds, self._due(token) - self._clock()))

    async def _adopt(self, token: "AccessTokenInfo") -> None:
        self._token = token
        self._arrived.set()
        for pool in self._pools:
            try:
                await pool.re_auth_callback(JWToken(token.token))
            except (RedisError, OSError, TimeoutError) as error:
                # It will be dropped by the server, and opened again with the new token.
                logger.warning("a connection kept its old token: %s", type(error).__name__)

    def _due(self, token: "AccessTokenInfo") -> float:
        """When to ask again: from then on azure-identity fetches a new one."""
        return float(token.refresh_on or token.expires_on - EARLY_SECONDS)


def _user_of(token: "AccessTokenInfo") -> str:
    return JWToken(token.token).try_get("oid")
