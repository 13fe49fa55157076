"""Signs connections to Redis in with Entra tokens, and again before the token they came with expires.

Azure Managed Redis takes the token as password and the object id of the principal as user, and drops a
connection whose token has expired.
"""

import asyncio
import time
from collections.abc import Callable
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import redis.asyncio as redis
from redis.asyncio.connection import AbstractConnection
from redis.auth.token import JWToken
from redis.credentials import CredentialProvider
from redis.exceptions import AuthenticationError

from shared.errors import Transient
from shared.identity import Identity

if TYPE_CHECKING:
    from azure.core.credentials import AccessTokenInfo

TOKEN_SCOPE = "https://redis.azure.com/.default"  # noqa: S105 - names a resource
PATIENCE_SECONDS = 0.5
"""How long a new connection waits for the first token; the cache works without Redis meanwhile."""
EARLY_SECONDS = 300
"""azure-identity asks for a new token this long before the old one expires, unless Entra names a time."""


class TokenLogin(CredentialProvider):
    """User and password of connections; one task keeps the token young.

    The library's own way (`re_auth_callback`) uses idle connections that a blocking pool hands out meanwhile.
    Here a connection signs in again when it is handed out: then nobody else uses it.
    """

    def __init__(
        self, identity: Identity, *, retry_seconds: float = 10.0, clock: Callable[[], float] = time.time
    ) -> None:
        """`retry_seconds` lie between two attempts at a new token; `clock` gives seconds since 1970."""
        self._identity, self._retry_seconds, self._clock = identity, retry_seconds, clock
        self._token: AccessTokenInfo | None = None
        self._shown = WeakKeyDictionary[AbstractConnection, str]()
        self._arrived = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def get_credentials(self) -> tuple[str, str]:
        """Object id and token; `AuthenticationError` while there is no token that is still good."""
        if self._token is None or self._token.expires_on <= self._clock():
            raise AuthenticationError("There is no token for Redis.")
        return JWToken(self._token.token).try_get("oid"), self._token.token

    async def get_credentials_async(self) -> tuple[str, str]:
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._keep_young())
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await self._arrived.wait()
        except TimeoutError as error:
            raise AuthenticationError("There is no token for Redis yet.") from error
        return self.get_credentials()

    async def sign_in_again(self, connection: AbstractConnection) -> None:
        """Show the newest token on a connection that nobody else uses, if it was not shown there yet."""
        if self._token is None or self._shown.get(connection) == self._token.token:
            return
        user, token = self.get_credentials()
        try:
            await connection.send_command("AUTH", user, token)
            await connection.read_response()
        except BaseException:
            await connection.disconnect(nowait=True)  # or the next command would read this one's answer
            raise
        self._shown[connection] = token

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()

    async def _keep_young(self) -> None:
        while True:
            try:
                self._token = await self._identity.token(TOKEN_SCOPE)
            except Transient:
                await asyncio.sleep(self._retry_seconds)
                continue
            self._arrived.set()
            # From then on azure-identity fetches a new one.
            due = self._token.refresh_on or self._token.expires_on - EARLY_SECONDS
            await asyncio.sleep(max(self._retry_seconds, due - self._clock()))


class _SigningIn(redis.ConnectionPool):
    async def ensure_connection(self, connection: AbstractConnection) -> None:
        await super().ensure_connection(connection)
        await self.connection_kwargs["credential_provider"].sign_in_again(connection)


class TokenPool(_SigningIn):
    """A pool whose connections show the newest token when they are handed out."""


class BlockingTokenPool(_SigningIn, redis.BlockingConnectionPool):
    """The same, where who finds no connection waits for one."""
