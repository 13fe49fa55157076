"""Access tokens of users and of operators, and password hashes."""

from shared.auth.operators import Operator, Operators
from shared.auth.passwords import Passwords
from shared.auth.tokens import LIFETIME, Bearer, Tokens

__all__ = ["LIFETIME", "Bearer", "Operator", "Operators", "Passwords", "Tokens"]
