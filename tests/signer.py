"""Signs tokens as Entra and a cluster do, and tells the keys to check them by."""

import json
import time
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa


class Signer:
    """One RSA key with a name."""

    def __init__(self, name: str = "key-1") -> None:
        self.name = name
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    def token(self, audience: str, *, seconds: int = 3600, name: str | None = None, **claims: Any) -> str:
        """A token that is good for so many seconds from now; a claim given as None is left out."""
        now = int(time.time())
        body = {"aud": audience, "iat": now, "nbf": now - 60, "exp": now + seconds, **claims}
        present = {key: value for key, value in body.items() if value is not None}
        return jwt.encode(present, self._key, algorithm="RS256", headers={"kid": name or self.name})

    def subject_of(self, token: str, *, audience: str) -> str:
        """Who this signer says the token is for; PyJWT's error when it did not sign it."""
        return str(jwt.decode(token, self._key.public_key(), algorithms=["RS256"], audience=audience)["sub"])

    def keys(self, file: Path) -> Path:
        """The file, with the public key in it as a JWKS."""
        known = jwt.algorithms.RSAAlgorithm.to_jwk(self._key.public_key(), as_dict=True)
        file.write_text(json.dumps({"keys": [{**known, "kid": self.name, "use": "sig"}]}))
        return file
