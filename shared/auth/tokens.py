"""Access tokens: JSON Web Tokens signed with Ed25519, keys named so that they can be rotated."""

from collections.abc import Callable, Container, Mapping
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from shared.errors import Unauthenticated

LIFETIME = timedelta(minutes=15)
AUDIENCE = "tripgen"
ALGORITHM = "EdDSA"
REMEMBERED = 10_000
"""Tokens whose signatures are known to hold: about 8 MB at most."""
REQUIRED = ["exp", "iat", "sub", "sid", "aud"]
_REFUSAL = "The access token is not valid any more. Refresh it, or sign in again."


class Bearer(NamedTuple):
    """Whom a token was issued to, and in which session."""

    user_id: UUID
    session_id: UUID


class _Statement(NamedTuple):
    """What a token says; times in seconds since the epoch."""

    bearer: Bearer
    issued: int
    expires: int


class Tokens:
    """Signs with the active key; verifies with any key it knows, by the `kid` in the token's header.

    `ended` has the sessions whose tokens are refused before their time.
    """

    def __init__(
        self,
        pems: Mapping[str, str],
        *,
        active: str,
        ended: Container[UUID] = frozenset(),
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._keys = {kid: _private_key(kid, pem) for kid, pem in pems.items()}
        if active not in self._keys:
            raise ValueError(f"TOKEN_KEY_ID is {active!r}, but TOKEN_KEYS has only {sorted(self._keys)}.")
        self._active = active
        self._ended = ended
        self._now = now
        self._verified: dict[str, _Statement] = {}

    def issue(self, user_id: UUID, *, session_id: UUID) -> str:
        """A token for `user_id` that lives 15 minutes, or as long as the session if that is shorter."""
        issued = self._now()
        claims = {
            "sub": str(user_id),
            "sid": str(session_id),
            "aud": AUDIENCE,
            "iat": issued,
            "exp": issued + LIFETIME,
        }
        return jwt.encode(
            claims, self._keys[self._active], algorithm=ALGORITHM, headers={"kid": self._active}
        )

    def verify(self, token: str) -> Bearer:
        """Whom the token was issued to.

        `Unauthenticated` when it is forged, expired or not ours, or its session has ended. A signature that
        held is not computed again while its token lives; times and sessions are looked at each time.
        """
        try:
            statement = self._verified.get(token) or self._read(token)
            self._check_times(statement.issued, statement.expires)
        except (jwt.InvalidTokenError, KeyError, TypeError, ValueError) as error:
            raise Unauthenticated(_REFUSAL) from error
        if statement.bearer.session_id in self._ended:
            raise Unauthenticated(_REFUSAL)
        return statement.bearer

    def _read(self, token: str) -> _Statement:
        key = self._keys[str(jwt.get_unverified_header(token).get("kid"))]
        claims = jwt.decode(
            token,
            key.public_key(),
            algorithms=[ALGORITHM],
            audience=AUDIENCE,
            options={"require": REQUIRED, "verify_exp": False, "verify_iat": False},
        )
        bearer = Bearer(UUID(claims["sub"]), UUID(claims["sid"]))
        statement = _Statement(bearer, claims["iat"], claims["exp"])
        if len(self._verified) >= REMEMBERED:
            del self._verified[next(iter(self._verified))]
        self._verified[token] = statement
        return statement

    def _check_times(self, issued: int, expires: int) -> None:
        now = self._now().timestamp()
        if now >= expires or now < issued - 60:  # a minute of clock skew between replicas
            raise jwt.ExpiredSignatureError


def _private_key(kid: str, pem: str) -> Ed25519PrivateKey:
    key = load_pem_private_key(pem.encode(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise TypeError(f"TOKEN_KEYS[{kid!r}] is not an Ed25519 private key in PEM form.")
    return key
