"""Access tokens of Microsoft Entra as the emulators check them: a key of the issuer, the audience, the time.

Whom a token is for does not matter here: every principal may do everything.
"""

from collections.abc import Callable, Collection
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # a tenth of a second to import, and most emulators never see a token
    from jwt import PyJWK

ALGORITHMS = ["RS256", "ES256"]


class TokenRefused(Exception):
    """The token does not hold; the message says why and never quotes it."""


class Issuer:
    """Who signs tokens, by a file with its keys (a JWKS, RFC 7517); `clock` gives seconds since the epoch."""

    def __init__(self, keys: Path, clock: Callable[[], float]) -> None:
        self._file, self._clock = keys, clock
        self._keys: dict[str, PyJWK] = {}

    def check(self, token: str, *, audiences: Collection[str]) -> int:
        """When the token expires, in seconds since the epoch; TokenRefused when it does not hold."""
        import jwt  # noqa: PLC0415

        try:
            key = self._key(str(jwt.get_unverified_header(token).get("kid")))
            claims = jwt.decode(
                token,
                key,
                algorithms=ALGORITHMS,
                audience=list(audiences),
                options={"require": ["exp", "aud"], "verify_exp": False, "verify_nbf": False},
            )
        except jwt.InvalidAudienceError as error:
            raise TokenRefused(f"The token is not for {' or '.join(audiences)}.") from error
        except jwt.InvalidTokenError as error:
            raise TokenRefused(f"The token is invalid: {error}.") from error
        return self._in_time(claims)

    def _in_time(self, claims: dict[str, object]) -> int:
        expiry, begin = claims["exp"], claims.get("nbf", 0)
        if not isinstance(expiry, int) or not isinstance(begin, int):
            raise TokenRefused("The times (exp, nbf) of a token must be whole seconds.")
        if expiry <= self._clock():
            raise TokenRefused("The token has expired.")
        if begin > self._clock():
            raise TokenRefused("The token is not valid yet: set the clock.")
        return expiry

    def _key(self, name: str) -> "PyJWK":
        """The key of that name; the file is read again when it is not known yet."""
        if name not in self._keys:
            self._keys = self._read()
        if name not in self._keys:
            raise TokenRefused("The token is signed with a key that the issuer does not have.")
        return self._keys[name]

    def _read(self) -> "dict[str, PyJWK]":
        import jwt  # noqa: PLC0415

        try:
            found = jwt.PyJWKSet.from_json(self._file.read_text())
        except (OSError, ValueError, jwt.PyJWTError) as error:
            raise TokenRefused("The keys of the issuer (--issuer-keys) cannot be read.") from error
        return {str(key.key_id): key for key in found.keys}
