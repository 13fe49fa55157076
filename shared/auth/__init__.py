"""Access tokens and password hashes."""

from shared.auth.passwords import Passwords
from shared.auth.tokens import LIFETIME, Bearer, Tokens

__all__ = ["LIFETIME", "Bearer", "Passwords", "Tokens"]
