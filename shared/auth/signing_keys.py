"""Public keys of an issuer of tokens (OpenID Connect Discovery 1.0, RFC 7517), kept while it is away.

They are asked for on first use, again once an hour, and for a key id nobody knows at most once a minute:
however many tokens come, the issuer sees one question. Keys that were not confirmed for a day are dropped.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from shared.errors import AppError, Transient
from shared.web import Call, Patience, Reading, Service

logger = logging.getLogger(__name__)

FRESH_SECONDS = 3_600.0
KEPT_SECONDS = 86_400.0
REST_SECONDS = 60.0
"""Between two questions about a key id nobody knows."""
RETRY_SECONDS = 10.0
"""After a question that was not answered."""
SHORTEST_BITS = 2_048
PATIENCE = Patience(connect_seconds=2.0, read_seconds=3.0, whole_seconds=4.0, attempts=1)

type Keys = Mapping[str, RSAPublicKey]


class SigningKeys:
    """RSA keys by their id. `url` is where they are; without it the issuer's configuration tells."""

    def __init__(
        self,
        issuer: str,
        *,
        url: str | None = None,
        patience: Patience = PATIENCE,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._issuer, self._url, self._clock = issuer, url, clock
        self._service = Service("operators' sign-in", group="issuer", patience=patience)
        self._keys: Keys = {}
        self._told_at: float | None = None
        self._next_question = clock()
        self._asking = asyncio.Lock()

    async def find(self, key_id: str) -> RSAPublicKey | None:
        """The key, or None when the issuer has none of this id; `Transient` when it never told any."""
        if self._wants(key_id):
            async with self._asking:  # the others wait for the answer to the first
                if self._wants(key_id):
                    await self._ask()
        if not self._keys:
            raise Transient("The sign-in service of operators did not answer. Try again in a moment.")
        return self._keys.get(key_id)

    def _wants(self, key_id: str) -> bool:
        outdated = self._told_at is None or self._clock() - self._told_at >= FRESH_SECONDS
        return (outdated or key_id not in self._keys) and self._clock() >= self._next_question

    async def _ask(self) -> None:
        try:
            self._keys = await asyncio.to_thread(self._read)
        except AppError as error:
            logger.warning("the issuer told no keys: %s", error)
            self._next_question = self._clock() + RETRY_SECONDS
            if self._told_at is not None and self._clock() - self._told_at >= KEPT_SECONDS:
                self._keys = {}
        else:
            self._told_at = self._clock()
            self._next_question = self._told_at + REST_SECONDS

    def _read(self) -> Keys:
        url = self._url or self._get(
            f"{self._issuer.rstrip('/')}/.well-known/openid-configuration", "configuration", self._keys_url
        )
        return self._get(url, "keys", usable)

    def _get[T](self, url: str, operation: str, read: Callable[[Any], T]) -> T:
        return self._service.call(Call(operation), "GET", url, reading=Reading(read))

    def _keys_url(self, configuration: Any) -> str:
        """Raises ValueError when the configuration is another issuer's (section 4.3)."""
        if configuration["issuer"] != self._issuer:
            raise ValueError("another issuer")
        return str(configuration["jwks_uri"])


def usable(document: Any) -> Keys:
    """The RSA keys for signatures in a key set; raises ValueError when there is none."""
    found = {}
    for entry in document["keys"]:
        if entry.get("kty") == "RSA" and entry.get("use", "sig") == "sig" and entry.get("kid"):
            key = _public(entry)
            if key is not None:
                found[str(entry["kid"])] = key
    if not found:
        raise ValueError("no usable key")
    return found


def _public(entry: dict[str, Any]) -> RSAPublicKey | None:
    """The key of an entry; None when it is damaged, or too short to trust."""
    try:
        key = jwt.PyJWK(entry, algorithm="RS256").key
    except jwt.PyJWTError:
        return None
    return key if isinstance(key, RSAPublicKey) and key.key_size >= SHORTEST_BITS else None
