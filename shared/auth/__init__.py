"""Access tokens and password hashes."""

from shared.auth.passwords import Passwords
from shared.auth.tokens import Tokens

__all__ = ["Passwords", "Tokens"]
