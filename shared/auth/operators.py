"""Operators' tokens: issued by the company's Entra ID tenant, never by us, and good for operators' work only.

What is checked follows Microsoft's rules for access tokens of version 2.0: signature by a key of the issuer,
issuer, tenant, audience, times, and the app role in `roles`.
"""

from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

import jwt

from shared.errors import Forbidden, Unauthenticated

if TYPE_CHECKING:
    from shared.auth.signing_keys import SigningKeys

ALGORITHM = "RS256"
ROLE = "admin"
CLOCK_SKEW_SECONDS = 60
LONGEST_TOKEN = 16_384
REQUIRED = ["iss", "aud", "tid", "oid", "azp", "iat", "nbf", "exp"]
"""`azp` tells access tokens from ID tokens, which may have the same audience."""
_REFUSAL = "This is no valid token of an operator. Sign in again in the operators' directory."


class Operator(NamedTuple):
    """Somebody of the company; `id` is the object id in its directory, no user id of ours."""

    id: UUID


class Operators:
    """Verifies tokens of one tenant for one audience."""

    def __init__(self, *, tenant: UUID, audience: str, issuer: str, keys: "SigningKeys") -> None:
        self._tenant, self._audience, self._issuer, self._keys = tenant, audience, issuer, keys

    async def verify(self, token: str) -> Operator:
        """Whom the token was issued to.

        `Unauthenticated` when it is forged, expired or not for us, `Forbidden` without the role, `Transient`
        when the issuer never told its keys.
        """
        try:
            key_id = self._claimed_key(token)
            key = await self._keys.find(key_id)
            if key is None:
                raise Unauthenticated(_REFUSAL)
            claims = jwt.decode(
                token,
                key,
                algorithms=[ALGORITHM],
                audience=self._audience,
                issuer=self._issuer,
                leeway=CLOCK_SKEW_SECONDS,
                options={"require": REQUIRED},
            )
            operator = Operator(UUID(claims["oid"]))
            is_ours = UUID(claims["tid"]) == self._tenant
        except (jwt.InvalidTokenError, KeyError, TypeError, ValueError, AttributeError) as error:
            raise Unauthenticated(_REFUSAL) from error
        if not is_ours:
            raise Unauthenticated(_REFUSAL)
        _require_role(claims)
        return operator

    def _claimed_key(self, token: str) -> str:
        """The key id in the header; raises InvalidTokenError for what the issuer need not be asked about."""
        if len(token) > LONGEST_TOKEN:
            raise jwt.DecodeError
        read = jwt.decode_complete(token, options={"verify_signature": False})
        if read["header"]["alg"] != ALGORITHM or read["payload"]["iss"] != self._issuer:
            raise jwt.InvalidTokenError
        return str(read["header"]["kid"])


def _require_role(claims: dict[str, Any]) -> None:
    roles = claims.get("roles")
    if not isinstance(roles, list) or ROLE not in roles:
        raise Forbidden(f"This takes the app role {ROLE!r}. Ask who administers the operators' directory.")
