"""The credential that azure-identity makes of the environment, on first use; its failures are `Transient`."""

import asyncio
import logging
from typing import TYPE_CHECKING, Any

from azure.core.exceptions import AzureError, ClientAuthenticationError

from shared.config import IdentitySettings
from shared.errors import Transient

if TYPE_CHECKING:
    from azure.core.credentials import AccessTokenInfo
    from azure.identity.aio import DefaultAzureCredential, WorkloadIdentityCredential

    type Credential = DefaultAzureCredential | WorkloadIdentityCredential

logger = logging.getLogger(__name__)

CONNECT_SECONDS, READ_SECONDS, RETRIES = 3, 5, 1
"""The library would wait 300 s and try eleven times; who asked has long gone then."""

REFUSED = "The identity service gave no token. Try again in a moment."
AWAY = "The identity service did not answer. Try again in a moment."


class Identity:
    """Who this process is. Nothing is imported, read or asked before the first token is wanted."""

    def __init__(self, settings: IdentitySettings) -> None:
        self._settings = settings
        self._credential: Credential | None = None
        self._making = asyncio.Lock()
        self._asking: dict[str, asyncio.Lock] = {}

    async def credential(self) -> "Credential":
        """For the clients that ask for tokens themselves."""
        async with self._making:
            if self._credential is None:
                # A second to import: in a thread, so that the loop goes on.
                self._credential = await asyncio.to_thread(_chosen, self._settings)
        return self._credential

    async def token(self, scope: str) -> "AccessTokenInfo":
        """A token for `scope`, renewed by the library minutes before it expires; or `Transient`."""
        try:
            async with self._asking.setdefault(scope, asyncio.Lock()):  # who comes second finds it cached
                return await (await self.credential()).get_token_info(scope)
        except ClientAuthenticationError as error:
            # Says which rule of Entra (AADSTS…) was not met, and never holds a token.
            logger.error("no token for %s: %s", scope, error.message)  # noqa: TRY400
            raise Transient(REFUSED) from error
        except (AzureError, OSError, TimeoutError) as error:
            logger.warning("no token for %s: %s", scope, type(error).__name__)
            raise Transient(AWAY) from error

    async def close(self) -> None:
        """Let go of the connections to the identity service."""
        if self._credential is not None:
            await self._credential.close()


def _chosen(settings: IdentitySettings) -> "Credential":
    from azure.identity.aio import DefaultAzureCredential, WorkloadIdentityCredential  # noqa: PLC0415

    limits: dict[str, Any] = {
        "connection_timeout": CONNECT_SECONDS,
        "read_timeout": READ_SECONDS,
        "retry_total": RETRIES,
    }
    if settings.is_workload:
        return WorkloadIdentityCredential(
            tenant_id=settings.azure_tenant_id,
            client_id=settings.azure_client_id,
            token_file_path=settings.azure_federated_token_file,
            **limits,
        )
    return DefaultAzureCredential(require_envvar=True, **limits)  # narrowed by AZURE_TOKEN_CREDENTIALS
